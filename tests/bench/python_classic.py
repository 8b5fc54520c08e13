#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The classic: luke and darthvader, and how far Python's own threads are off the ideal.

    python_classic.py sleepers COUNT TTL_S...    ns over the longest ttl
    python_classic.py loop COUNT TTL_S           ns over the ttl, with asyncio
    python_classic.py compute MS                 speedup of two threads that compute
    python_classic.py threads COUNT              ns to start and join a thread, median
    python_classic.py pool WORKERS TASKS US      share of the ideal of tasks that compute
    python_classic.py round-trip COUNT           ns from submit to result, median
"""

import statistics
import sys
import threading
import time


def sleepers(count, ttls):
    ttls = [ttls[min(i, len(ttls) - 1)] for i in range(count)]
    threading.stack_size(64 * 1024)
    begin = time.perf_counter_ns()
    threads = [threading.Thread(target=time.sleep, args=(ttl,)) for ttl in ttls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter_ns() - begin - round(max(ttls) * 1e9)


def loop(count, ttl):
    import asyncio

    async def wait_for_all():
        await asyncio.gather(*(asyncio.sleep(ttl) for _ in range(count)))

    begin = time.perf_counter_ns()
    asyncio.run(wait_for_all())
    return time.perf_counter_ns() - begin - round(ttl * 1e9)


def count_down(n):
    while n > 0:
        n -= 1


def compute(milliseconds):
    n, end = 0, time.thread_time() + milliseconds / 1e3
    while time.thread_time() < end:
        count_down(1000)
        n += 1000
    begin = time.perf_counter()
    count_down(n)
    count_down(n)
    sequential = time.perf_counter() - begin
    begin = time.perf_counter()
    threads = [threading.Thread(target=count_down, args=(n,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sequential / (time.perf_counter() - begin)


def one_thread():
    begin = time.perf_counter_ns()
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return time.perf_counter_ns() - begin


def pool(workers, tasks, microseconds):
    import concurrent.futures

    count_down(1_000_000)
    begin = time.thread_time()
    count_down(1_000_000)
    n = round(microseconds * 1e-6 * 1_000_000 / (time.thread_time() - begin))
    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(workers) as executor:
        for _ in range(tasks):
            executor.submit(count_down, n)
    return tasks * microseconds * 1e-6 / workers / (time.perf_counter() - begin)


def round_trips(count):
    import concurrent.futures

    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        for _ in range(count):
            begin = time.perf_counter_ns()
            executor.submit(int).result()
            yield time.perf_counter_ns() - begin


def main():
    what, *values = sys.argv[1:]
    if what == "sleepers":
        print(sleepers(int(values[0]), [float(value) for value in values[1:]]))
    elif what == "loop":
        print(loop(int(values[0]), float(values[1])))
    elif what == "compute":
        print(f"{compute(float(values[0])):.4f}")
    elif what == "pool":
        print(f"{pool(int(values[0]), int(values[1]), float(values[2])):.4f}")
    elif what == "round-trip":
        print(round(statistics.median(round_trips(int(values[0])))))
    else:
        print(round(statistics.median(one_thread() for _ in range(int(values[0])))))


if __name__ == "__main__":
    main()
