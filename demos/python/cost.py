# SPDX-License-Identifier: MIT
"""What does a flow of execution cost?  As in demos/cost.c.

    python3 cost.py

A child of fork() costs more here than a program: what Python does in it,
and the memory of all of Python, which has to be mapped once more, are the
child's; subprocess starts programs by vfork() (3.10), without either.
"""

import asyncio
import concurrent.futures
import os
import statistics
import subprocess
import threading
import time


def nothing():
    pass


def sequential(times):
    for _ in range(times):
        nothing()


def process(times):
    for _ in range(times):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)


def program(times):
    for _ in range(times):
        subprocess.Popen(["true"]).wait()


def thread(times):
    for _ in range(times):
        flow = threading.Thread(target=nothing)
        flow.start()
        flow.join()


def pool(times):
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as workers:
        for _ in range(times):
            workers.submit(nothing).result()


def loop(times):
    async def task():
        pass

    async def main():
        for _ in range(times):
            await asyncio.create_task(task())

    asyncio.run(main())


def measure(variant, times):
    rounds = []
    for _ in range(5):
        begin = time.perf_counter()
        variant(times)
        rounds.append((time.perf_counter() - begin) / times * 1e6)
    print(f"{variant.__name__:12}{statistics.median(rounds):9.2f} us, "
          f"{min(rounds):.2f} to {max(rounds):.2f}")


if __name__ == "__main__":
    for variant, times in ((sequential, 100000), (process, 20), (program, 5),
                           (thread, 200), (pool, 500), (loop, 2000)):
        measure(variant, times)
