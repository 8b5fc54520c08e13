# SPDX-License-Identifier: MIT
"""What does starting a thread change?  As in demos/threads.c.

    python3 threads.py 0.5 1
"""

import sys
import threading
import time

NAMES = ["luke", "darthvader", "leia", "han"]
TTLS = [float(word) for word in sys.argv[1:]] or [0.5, 1.0]
TASKS = list(zip(NAMES, TTLS))


def job(ttl):
    time.sleep(ttl)


def sequential():
    for _, ttl in TASKS:
        job(ttl)


def threads():
    flows = [threading.Thread(target=job, args=(ttl,), name=name)
             for name, ttl in TASKS]
    for flow in flows:
        flow.start()  # and main goes on at once
    for flow in flows:
        flow.join()


def shared_arg():
    """UNSAFE: all threads look at the one variable of the loop, and too late.
    args=(name,) would have given each its own."""
    taken, flows = [], []

    def late_worker():
        time.sleep(0.02)  # a real thread does something else first
        taken.append(name)

    for name, _ in TASKS:
        flows.append(threading.Thread(target=late_worker))
        flows[-1].start()
    for flow in flows:
        flow.join()
    print("            taken:", ", ".join(taken))


if __name__ == "__main__":
    for variant in (sequential, threads, shared_arg):
        begin = time.perf_counter()
        variant()
        print(f"{variant.__name__:12}{time.perf_counter() - begin:.3f} s")
