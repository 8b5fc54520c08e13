# SPDX-License-Identifier: MIT
"""What happens to a thread when the program ends?  As in demos/daemon.c.

    python3 daemon.py 0.5 1

Python itself joins all threads when a program ends, but not those with
daemon=True.  C joins none: there, each is a daemon.
"""

import multiprocessing
import sys
import tempfile
import threading
import time

NAMES = ["luke", "darthvader", "leia", "han"]
TTLS = [float(word) for word in sys.argv[1:]] or [0.5, 1.0]
TASKS = list(zip(NAMES, TTLS))
LINES = 10


def job(path, name, ttl):
    """Ten lines, each after a tenth of the time."""
    with open(path, "a", buffering=1) as file:
        for line in range(LINES):
            time.sleep(ttl / LINES)
            file.write(f"{name} {line + 1}\n")


def program(path, is_daemon, joins):
    """A program of its own, so that this one can look at what it leaves."""
    flows = [threading.Thread(target=job, args=(path, *task), daemon=is_daemon)
             for task in TASKS]
    for flow in flows:
        flow.start()
    time.sleep(0.55 * max(TTLS))  # main's own business
    for flow in flows:
        if joins:
            flow.join()


def lines_of(variant, *args):
    system = multiprocessing.get_context("fork")
    with tempfile.NamedTemporaryFile("r") as file:
        begin = time.perf_counter()
        process = system.Process(target=program, args=(file.name, *args))
        process.start()
        process.join()
        seconds = time.perf_counter() - begin
        written = len(file.readlines())
    print(f"{variant:12}{seconds:.3f} s, "
          f"{written} of {LINES * len(TASKS)} lines are there")


if __name__ == "__main__":
    lines_of("joined", False, True)
    lines_of("not joined", False, False)
    lines_of("daemon", True, False)
    lines_of("daemon+join", True, True)
