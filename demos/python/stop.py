# SPDX-License-Identifier: MIT
"""How is a thread ended?  As in demos/stop.c.

    python3 stop.py 0.5 1

Python has a threading.Event for it: to look at, as a flag, or to sleep on.
It has no way to cancel a thread; what can be ended from outside is a process.
"""

import multiprocessing
import sys
import tempfile
import threading
import time

NAMES = ["luke", "darthvader", "leia", "han"]
TTLS = [float(word) for word in sys.argv[1:]] or [0.5, 1.0]
TASKS = list(zip(NAMES, TTLS))
RECORDS = 4


def write_all(path, name, ttl):
    """Nobody asks."""
    with open(path, "a", buffering=1) as file:
        for record in range(RECORDS):
            file.write(f"begins {record + 1} {name}\n")
            time.sleep(ttl / RECORDS)
            file.write(f"ends {record + 1} {name}\n")


def write_until_flag(path, name, ttl, asked):
    with open(path, "a", buffering=1) as file:
        for record in range(RECORDS):
            if asked.is_set():
                return
            file.write(f"begins {record + 1} {name}\n")
            time.sleep(ttl / RECORDS)
            file.write(f"ends {record + 1} {name}\n")


def write_until_woken(path, name, ttl, asked):
    with open(path, "a", buffering=1) as file:
        for record in range(RECORDS):
            file.write(f"begins {record + 1} {name}\n")
            if asked.wait(timeout=ttl / RECORDS):
                file.write(f"undoes {record + 1} {name}\n")
                return
            file.write(f"ends {record + 1} {name}\n")


def own_business():
    time.sleep(max(TTLS) / 3)


def never(path):
    """A program of its own, so that this one can look at what it leaves."""
    for task in TASKS:
        threading.Thread(target=write_all, args=(path, *task),
                         daemon=True).start()
    own_business()


def asked_by_event(path, write):
    asked = threading.Event()
    threads = [threading.Thread(target=write, args=(path, *task, asked))
               for task in TASKS]
    for thread in threads:
        thread.start()
    own_business()
    begin = time.perf_counter()
    asked.set()
    for thread in threads:
        thread.join()
    return begin


def kill(path):
    system = multiprocessing.get_context("fork")
    processes = [system.Process(target=write_all, args=(path, *task))
                 for task in TASKS]
    for process in processes:
        process.start()
    own_business()
    begin = time.perf_counter()
    for process in processes:
        process.kill()
    for process in processes:
        process.join()
    return begin


def run(variant, function, *args):
    with tempfile.NamedTemporaryFile("r") as file:
        begin = function(file.name, *args)
        seconds = time.perf_counter() - (begin or 0)
        words = [line.split()[0] for line in file]
    half = words.count("begins") - words.count("ends") - words.count("undoes")
    after = f"{1000 * seconds:.1f} ms after main asked, " if begin else ""
    print(f"{variant:8} {after}{half} records are half written")


def run_program(path):
    system = multiprocessing.get_context("fork")
    program = system.Process(target=never, args=(path,))
    program.start()
    program.join()


if __name__ == "__main__":
    run("never", run_program)
    run("flag", asked_by_event, write_until_flag)
    run("wakeup", asked_by_event, write_until_woken)
    run("kill", kill)
