# SPDX-License-Identifier: MIT
"""When is a result there?  As in demos/join.c.

    python3 join.py 0.5 1
"""

import sys
import threading
import time

NAMES = ["luke", "darthvader", "leia", "han"]
TTLS = [float(word) for word in sys.argv[1:]] or [0.5, 1.0]
TASKS = list(zip(NAMES, TTLS))


def job(results, name, ttl):
    time.sleep(ttl)
    results[name] = sum(map(ord, name))


def prepare(results):
    return [threading.Thread(target=job, args=(results, *task))
            for task in TASKS]


def sequential(results):
    for task in TASKS:
        job(results, *task)
    return len(results)


def join(results):
    flows = prepare(results)
    for flow in flows:
        flow.start()
    for flow in flows:
        flow.join()
    return len(results)


def one_by_one(results):
    for flow in prepare(results):
        flow.start()
        flow.join()  # it has ended before the next one starts
    return len(results)


def no_join(results):
    """UNSAFE: looks before it has joined."""
    flows = prepare(results)
    for flow in flows:
        flow.start()
    ready = len(results)
    for flow in flows:
        flow.join()
    return ready


def timeout(results):
    flows = prepare(results)
    for flow in flows:
        flow.start()
    until = time.monotonic() + 0.75 * max(TTLS)
    for flow in flows:
        flow.join(max(0, until - time.monotonic()))  # returns None either way:
    alive = sum(flow.is_alive() for flow in flows)  # so it has to be asked
    print(f"            {alive} alive after the timeout")
    for flow in flows:
        flow.join()
    return len(results)


if __name__ == "__main__":
    for variant in (sequential, join, one_by_one, no_join, timeout):
        begin = time.perf_counter()
        ready = variant({})
        print(f"{variant.__name__:12}{time.perf_counter() - begin:.3f} s, "
              f"{ready} of {len(TASKS)} results were there")
