# SPDX-License-Identifier: MIT
"""Who loses an update?  As in demos/race.c.

    python3 race.py 0.2

The interpreter's lock does not help: threads take turns between any two steps.
"""

import sys
import threading
import time

NAMES = ["luke", "darthvader"]
TTL = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2


class Book:
    def __init__(self):
        self.count = 0
        self.lock = threading.Lock()
        self.meeting = threading.Barrier(len(NAMES))

    def gap(self):
        """What real code does between looking and acting.  Both meet here, so
        that what is luck otherwise is certain; under a lock none can come."""
        try:
            self.meeting.wait(timeout=0.02)
        except threading.BrokenBarrierError:
            pass
        time.sleep(TTL)


def unsafe(book):
    """UNSAFE: a lost update.  self.count += 1 is the same, in small."""
    seen = book.count
    book.gap()
    book.count = seen + 1


def mutex(book):
    with book.lock:
        seen = book.count
        book.gap()
        book.count = seen + 1


def one_step(book):
    with book.lock:
        book.count += 1
    time.sleep(TTL)


def lock_writes(book):
    """UNSAFE: what was seen is out of date when the lock is taken."""
    seen = book.count
    book.gap()
    with book.lock:
        book.count = seen + 1


if __name__ == "__main__":
    for update in (unsafe, mutex, one_step, lock_writes):
        book = Book()
        begin = time.perf_counter()
        flows = [threading.Thread(target=update, args=(book,), name=name)
                 for name in NAMES]
        for flow in flows:
            flow.start()
        for flow in flows:
            flow.join()
        print(f"{update.__name__:12}{time.perf_counter() - begin:.3f} s, "
              f"expected {len(NAMES)}, actual {book.count}")
