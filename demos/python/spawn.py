# SPDX-License-Identifier: MIT
"""How does a program run others, at the same time?  As in demos/spawn.c.

    python3 spawn.py
    python3 spawn.py -- sh -c 'echo hello; exit 3' -- sleep 1
"""

import itertools
import subprocess
import sys
import time

WORDS = sys.argv[1:] or ["--", "sleep", "0.2", "--", "sleep", "0.4"]
PROGRAMS = [list(words) for is_between, words
            in itertools.groupby(WORDS, lambda word: word == "--")
            if not is_between]


def start(program):
    try:
        return subprocess.Popen(program, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
    except OSError as error:  # there is nothing to read or to wait for
        print(f"            {program[0]}: {error.strerror}")
        return None


def finish(program, process):
    output, _ = process.communicate()  # reads to the end, then waits
    print(f"            {program[0]} printed {len(output)} bytes, "
          f"and ended with {process.returncode}")  # of a signal, below 0


def sequential():
    for program in PROGRAMS:
        process = start(program)
        if process:
            finish(program, process)


def parallel():
    # One is read after the other: a program that has filled its pipe waits for
    # its turn.  demos/spawn.c reads from whichever has printed.
    processes = [start(program) for program in PROGRAMS]
    for program, process in zip(PROGRAMS, processes):
        if process:
            finish(program, process)


if __name__ == "__main__":
    for variant in (sequential, parallel):
        begin = time.perf_counter()
        variant()
        print(f"{variant.__name__:12}{time.perf_counter() - begin:.3f} s")
