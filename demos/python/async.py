# SPDX-License-Identifier: MIT
"""How do many waits fit into one thread?  As in demos/async.c.

    python3 async.py 0.5 1
"""

import asyncio
import sys
import threading
import time

NAMES = ["luke", "darthvader", "leia", "han"]
TTLS = [float(word) for word in sys.argv[1:]] or [0.5, 1.0]
TASKS = list(zip(NAMES, TTLS))


def sequential():
    for _, ttl in TASKS:
        time.sleep(ttl)


def threads():
    flows = [threading.Thread(target=time.sleep, args=(ttl,), name=name)
             for name, ttl in TASKS]
    for flow in flows:
        flow.start()
    for flow in flows:
        flow.join()


async def waits(*errands):
    """While one waits, the loop goes on with another."""
    begin = time.perf_counter()

    async def task(name, ttl):
        await asyncio.sleep(ttl)
        late = time.perf_counter() - begin - ttl
        if late > 0.05:
            print(f"            {name} is {late:.1f} s late")

    await asyncio.gather(*[task(*one) for one in TASKS], *errands)


def loop():
    asyncio.run(waits())


async def block():
    """UNSAFE: until this is done, nobody else has a turn."""
    await asyncio.sleep(0.9 * min(TTLS))
    time.sleep(max(TTLS) / 2)


def blocked():
    asyncio.run(waits(block()))


async def give_away():
    await asyncio.sleep(0.9 * min(TTLS))
    await asyncio.to_thread(time.sleep, max(TTLS) / 2)


def offload():
    asyncio.run(waits(give_away()))


def race():
    """UNSAFE: between looking and acting stands an await."""
    count = 0

    async def update(ttl):
        nonlocal count
        seen = count
        await asyncio.sleep(ttl)
        count = seen + 1

    async def main():
        await asyncio.gather(*[update(ttl) for _, ttl in TASKS])

    asyncio.run(main())
    print(f"            expected {len(TASKS)}, actual {count}")


if __name__ == "__main__":
    for variant in (sequential, threads, loop, blocked, offload, race):
        begin = time.perf_counter()
        variant()
        print(f"{variant.__name__:12}{time.perf_counter() - begin:.3f} s")
