# SPDX-License-Identifier: MIT
"""A few workers, many tasks, and a future for each.  As in demos/pool.c.

    python3 pool.py 0.2
"""

import concurrent.futures
import multiprocessing
import sys
import threading
import time

TTL = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2
TASKS, WORKERS, FAILING = 8, 2, 3


def job(number):
    time.sleep(TTL)
    if number == FAILING:
        raise OSError(f"task {number} fails")
    return number * number


def take(result, *args):
    """A result, or the error in its place: it comes out here, not before."""
    try:
        return result(*args)
    except OSError as error:
        return str(error)


def sequential():
    return [take(job, number) for number in range(1, TASKS + 1)]


def threads():
    """A thread has no result: it leaves it somewhere."""
    results = [None] * TASKS

    def worker(number):
        results[number - 1] = take(job, number)

    flows = [threading.Thread(target=worker, args=(number,))
             for number in range(1, TASKS + 1)]
    for flow in flows:
        flow.start()
    for flow in flows:
        flow.join()
    return results


def pool():
    with concurrent.futures.ThreadPoolExecutor(max_workers=WORKERS) as workers:
        futures = [workers.submit(job, n) for n in range(1, TASKS + 1)]
        return [take(future.result) for future in futures]


def processes():
    system = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(
            max_workers=WORKERS, mp_context=system) as workers:
        futures = [workers.submit(job, n) for n in range(1, TASKS + 1)]
        return [take(future.result) for future in futures]


if __name__ == "__main__":
    for variant in (sequential, threads, pool, processes):
        begin = time.perf_counter()
        results = variant()
        seconds = time.perf_counter() - begin
        done = sum(isinstance(result, int) for result in results)
        print(f"{variant.__name__:12}{seconds:.3f} s, {done} done, "
              f"{TASKS - done} failed: {results[FAILING - 1]}")
