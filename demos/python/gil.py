# SPDX-License-Identifier: MIT
"""What can threads do at once that share one global lock?  As in demos/gil.c.

    python3 gil.py 0.2

Here the lock is the interpreter's own.  sys.getswitchinterval() is how long a
thread waits for it before it asks; a build without a lock says so in
sys._is_gil_enabled().
"""

import hashlib
import sys
import threading
import time

NAMES = ["luke", "darthvader", "leia", "han"]
TTL = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2


def compute():
    """In steps of the interpreter, for so much CPU time of this thread."""
    begin = time.thread_time()
    while time.thread_time() - begin < TTL:
        sum(range(1000))


def wait():
    time.sleep(TTL)  # gives the lock up


BLOCK = bytes(1 << 20)


def compute_in_c():
    """hashlib is C, and gives the lock up for blocks as large as this."""
    begin = time.thread_time()
    while time.thread_time() - begin < TTL:
        hashlib.sha256(BLOCK).digest()


def sequential(job):
    for _ in NAMES:
        job()


def threads(job):
    flows = [threading.Thread(target=job, name=name) for name in NAMES]
    for flow in flows:
        flow.start()
    for flow in flows:
        flow.join()


class Counter:
    def __init__(self):
        self.count = 0
        self.lock = threading.Lock()
        self.meeting = threading.Barrier(len(NAMES))

    def end_turn_here(self):
        """Between any two steps another thread may come.  Here all do, so that
        what is luck otherwise is certain; under a lock none can."""
        try:
            self.meeting.wait(timeout=0.02)
        except threading.BrokenBarrierError:
            pass

    def race(self):
        """UNSAFE: self.count += 1 is the same, in small."""
        seen = self.count
        self.end_turn_here()
        self.count = seen + 1

    def own_lock(self):
        with self.lock:
            seen = self.count
            self.end_turn_here()
            self.count = seen + 1


if __name__ == "__main__":
    has_lock = getattr(sys, "_is_gil_enabled", lambda: True)()
    print("with" if has_lock else "without", "a global lock")
    for variant, job in ((sequential, compute), (threads, compute),
                         (threads, wait), (threads, compute_in_c)):
        begin = time.perf_counter()
        variant(job)
        seconds = time.perf_counter() - begin
        print(f"{variant.__name__}, {job.__name__:15}{seconds:.3f} s")
    for name in ("race", "own_lock"):
        counter = Counter()
        threads(getattr(counter, name))
        print(f"{name:12}counted {counter.count} of {len(NAMES)}")
