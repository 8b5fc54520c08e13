# SPDX-License-Identifier: MIT
"""What does a process get a copy of?  As in demos/fork.c.

    python3 fork.py 0.5 1
"""

import os
import sys
import time

NAMES = ["luke", "leia", "han", "yoda"]
TTLS = [float(word) for word in sys.argv[1:]] or [0.5, 1.0]
TASKS = list(zip(NAMES, TTLS))

done = 0  # how many tasks are done, as far as this process knows


def job(ttl):
    global done
    time.sleep(ttl)
    done += 1


def sequential():
    for _, ttl in TASKS:
        job(ttl)
    print(f"            one process: done is {done}")


def fork():
    pids = []
    sys.stdout.flush()  # else each child has a copy of what waits in there
    for number, (name, ttl) in enumerate(TASKS, 1):
        pid = os.fork()
        if pid == 0:  # the child goes on here, with a copy of `done`
            job(ttl)
            print(f"            {name}: done is {done}", flush=True)
            os._exit(number)
        pids.append(pid)
    for (name, _), pid in zip(TASKS, pids):
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        print(f"            darthvader: {name} ended with status {code}")
    print(f"            darthvader: done is {done}")


if __name__ == "__main__":
    for variant in (sequential, fork):
        done = 0
        begin = time.perf_counter()
        variant()
        print(f"{variant.__name__:12}{time.perf_counter() - begin:.3f} s")
