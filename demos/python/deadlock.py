# SPDX-License-Identifier: MIT
"""Who waits for whom?  As in demos/deadlock.c.

    python3 deadlock.py 0.2

Here a deadlock ends by itself: threads wait for a second lock for a second at
most, then say so and give up.  Without that timeout they would wait for ever.
"""

import random
import sys
import threading
import time

TTL = float(sys.argv[1]) if len(sys.argv) > 1 else 0.2
PATIENCE = 1.0

left, right, one_lock = threading.Lock(), threading.Lock(), threading.Lock()
LOCK_NAMES = {left: "left", right: "right"}
meeting = threading.Barrier(2)


def meet():
    """Each has time to take its first lock, if it can: no luck is needed."""
    try:
        meeting.wait(timeout=0.02)
    except threading.BrokenBarrierError:
        pass


def opposite(first, second):
    """UNSAFE: holds one lock while it waits for another."""
    with first:
        meet()
        if not second.acquire(timeout=PATIENCE):
            name = threading.current_thread().name
            sys.stdout.write(
                f"            {name} holds {LOCK_NAMES[first]}, waits for "
                f"{LOCK_NAMES[second]}, and gives up: a deadlock\n")
            meet()  # else its lock would help the other one out in time
            return
        time.sleep(TTL)
        second.release()


def ordered(first, second):
    """All take left first: no circle."""
    opposite(*sorted((first, second), key=LOCK_NAMES.get))


def trylock(first, second):
    """Takes both, or gives the first one back and tries again later."""
    while True:
        with first:
            meet()
            if second.acquire(blocking=False):
                time.sleep(TTL)
                second.release()
                return
        time.sleep(random.uniform(0, 0.01))


def one_for_all(first, second):
    with one_lock:
        time.sleep(TTL)


if __name__ == "__main__":
    for how in (opposite, ordered, trylock, one_for_all):
        meeting.reset()
        begin = time.perf_counter()
        luke = threading.Thread(
            target=how, args=(left, right), name="luke")
        darthvader = threading.Thread(
            target=how, args=(right, left), name="darthvader")
        for flow in luke, darthvader:
            flow.start()
        for flow in luke, darthvader:
            flow.join()
        print(f"{how.__name__:12}{time.perf_counter() - begin:.3f} s")
