# SPDX-License-Identifier: MIT
"""The same tasks, every way: what differs?  As in demos/all.c.

    python3 all.py 0.2 0.4
"""

import asyncio
import concurrent.futures
import multiprocessing
import os
import subprocess
import sys
import threading
import time

TTLS = [float(word) for word in sys.argv[1:]] or [0.2, 0.4]
CORES = len(os.sched_getaffinity(0))


def job(ttl):
    time.sleep(ttl)


def sequential():
    for ttl in TTLS:
        job(ttl)


def fork():
    pids = []
    for ttl in TTLS:
        pid = os.fork()
        if pid == 0:
            job(ttl)
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)


def spawn():
    program = "import sys, time; time.sleep(float(sys.argv[1]))"
    flows = [subprocess.Popen([sys.executable, "-c", program, str(ttl)])
             for ttl in TTLS]
    for flow in flows:
        flow.wait()


def threads():
    flows = [threading.Thread(target=job, args=(ttl,)) for ttl in TTLS]
    for flow in flows:
        flow.start()
    for flow in flows:
        flow.join()


def pool():
    with concurrent.futures.ThreadPoolExecutor(max_workers=CORES) as workers:
        list(workers.map(job, TTLS))


def processes():
    system = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(
            max_workers=CORES, mp_context=system) as workers:
        list(workers.map(job, TTLS))


def loop():
    async def main():
        await asyncio.gather(*[asyncio.sleep(ttl) for ttl in TTLS])

    asyncio.run(main())


if __name__ == "__main__":
    for variant in (sequential, fork, spawn, threads, pool, processes, loop):
        sys.stdout.flush()  # a fork would copy what waits in there
        begin = time.perf_counter()
        variant()
        print(f"{variant.__name__:12}{time.perf_counter() - begin:.3f} s")
