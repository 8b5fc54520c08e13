# SPDX-License-Identifier: MIT
"""Computes or waits in threads, and prints when each had the interpreter's lock.

    python3 gil_python.py wait|cpu NAME NANOSECONDS [NAME NANOSECONDS]...

`conc gil --python` runs this, and draws what it prints: src/stage/told.h explains the
lines.  Nothing is printed before all is over, as that would give the lock up.

Nobody can ask who has the lock.  But a thread that only computes is never asleep,
unless it waits for the lock.  So where the system has put a thread to sleep between two
looks, it had to wait for the lock then; where it took long and was not asleep, it had no
core.  Times are true within the 50 us or so between two looks.
"""

import resource
import sys
import threading
import time

if sys.version_info < (3, 8):
    sys.exit("conc gil --python: needs Python 3.8, and this is " + sys.version.split()[0])

GAP_NS = 300_000  # a look later than this was interrupted
HAS_LOCK = getattr(sys, "_is_gil_enabled", lambda: True)()

now = time.monotonic_ns


def switches():
    """How often this thread was put to sleep, and lost its core, so far."""
    usage = resource.getrusage(resource.RUSAGE_THREAD)
    return usage.ru_nvcsw, usage.ru_nivcsw


def slept():
    return switches()[0]


def delay():
    """For how long this process's first thread has had no core, so far."""
    try:
        with open("/proc/self/schedstat") as file:
            return int(file.read().split()[1])
    except OSError:
        return 0


class Flow:
    """A thread, what it does, and what it has noted."""

    def __init__(self, number, name, ns):
        self.number, self.name, self.ns = number, name, ns
        self.created = 0
        self.notes = []

    def note(self, at, *words):
        self.notes.append((at, *words))

    def note_lock(self, at, word):
        if HAS_LOCK:
            self.note(at, word)

    def note_gap(self, since, until, has_slept):
        if has_slept and HAS_LOCK:
            self.note(since, "give")
            self.note(since, "want")
            self.note(until, "have")
        else:
            self.note(since, "lack", until - since)

    def compute(self):
        """For so much CPU time of this thread's own.  Returns how much it was."""
        begin = time.thread_time_ns()
        end = begin + self.ns
        asleep, last = slept(), now()
        while time.thread_time_ns() < end:
            for _ in range(2000):
                pass
            at, times = now(), slept()
            if times > asleep or at - last > GAP_NS:
                self.note_gap(last, at, times > asleep)
            last, asleep = at, times
        return time.thread_time_ns() - begin

    def wait(self):
        self.note_lock(now(), "give")
        time.sleep(self.ns / 1e9)
        self.note_lock(now(), "have")
        return 0

    def run(self, work):
        if slept() and HAS_LOCK:  # for its first step it had to wait already
            self.note(self.created, "start", threading.get_native_id(), self.name)
            self.note(self.created, "want")
        else:
            self.note(now(), "start", threading.get_native_id(), self.name)
        self.note_lock(now(), "have")
        self.note(now(), "task", self.number - 1)
        spent = work(self)
        self.note(now(), "done", self.number - 1, spent)
        self.note_lock(now(), "give")
        self.note(now(), "end", time.thread_time_ns(), *switches())

    def print(self):
        for at, *words in self.notes:
            print(self.number, at, *words)


def main(kind, *tasks):
    work = {"cpu": Flow.compute, "wait": Flow.wait}[kind]
    flows = [Flow(number + 1, name, int(ns))
             for number, (name, ns) in enumerate(zip(tasks[::2], tasks[1::2]))]
    threads = [threading.Thread(target=flow.run, args=(work,)) for flow in flows]
    own = Flow(0, "", 0)
    own.note(now(), "loaded", time.thread_time_ns(), delay())
    version = sys.version_info
    own.note(now(), "figure", "python_version",
             version.major * 10000 + version.minor * 100 + version.micro)
    own.note(now(), "figure", "python_has_lock", int(HAS_LOCK))
    own.note_lock(now(), "have")
    for flow, thread in zip(flows, threads):
        flow.created = now()
        own.note(flow.created, "create", flow.number)
        thread.start()  # waits until it has begun, and then for the lock
        own.note_gap(flow.created, now(), True)
    own.note_lock(now(), "give")
    for flow, thread in zip(flows, threads):
        own.note(now(), "join", flow.number)
        thread.join()
        own.note(now(), "joined", flow.number)
    own.note(now(), "end", time.thread_time_ns(), *switches())
    for flow in (own, *flows):
        flow.print()


main(*sys.argv[1:])
