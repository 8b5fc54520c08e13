# SPDX-License-Identifier: MIT
"""Whose words does a thread log when its request is over?
As in demos/context.c.

    python3 context.py 0.2 0.2 0.2

A name in Python is a pointer: to pass an object to a thread copies nothing.
"""

import copy
import sys
import threading
import time

NAMES = ["luke", "darthvader", "leia", "han"]
WISHES = ["a lightsaber", "the plans", "help", "a ship"]
TTLS = [float(word) for word in sys.argv[1:]] or [0.2, 0.2, 0.2]
ASKED = [f"{name} wants {wish}" for name, wish, _ in zip(NAMES, WISHES, TTLS)]


class Request:
    words = ""


class Server:
    def __init__(self):
        self.slot = Request()  # of the request that is being answered
        self.log = [""] * len(ASKED)
        self.writers = []

    def write_row(self, number, request):
        time.sleep(TTLS[number])
        self.log[number] = request.words

    def start(self, number, request):
        writer = threading.Thread(target=self.write_row, name=NAMES[number],
                                  args=(number, request))
        self.writers.append(writer)
        writer.start()


def inline(server, number):
    server.write_row(number, server.slot)


def pointer(server, number):
    """UNSAFE: by then, somebody else's words are in the slot."""
    server.start(number, server.slot)


def copied(server, number):
    """It is freed when nobody has it any more: Python sees to that."""
    server.start(number, copy.copy(server.slot))


if __name__ == "__main__":
    for answer in (inline, pointer, copied):
        server, waited = Server(), []
        for number, words in enumerate(ASKED):
            begin = time.perf_counter()
            server.slot.words = words
            answer(server, number)
            waited.append(time.perf_counter() - begin)
        for writer in server.writers:
            writer.join()
        wrong = [pair for pair in zip(ASKED, server.log) if pair[0] != pair[1]]
        print(f"{answer.__name__:10}{max(waited):.3f} s waited at most, "
              f"{len(wrong)} of {len(ASKED)} rows are wrong")
        for asked, logged in wrong:
            print(f"  asked: {asked:30}logged: {logged}")
