# SPDX-License-Identifier: MIT
"""Who has to wait for the log?  As in demos/webapp/webapp.c.

    python3 webapp.py 0.3 0.3 0.3

A search is answered by a small server, and logged by an INSERT that is
slow.  In Flask it is the same: code in a thread has no request any more.
Of the variants, those that are about SQL rather than threads are in C alone.
"""

import contextlib
import http.client
import http.server
import os
import queue
import sqlite3
import sys
import tempfile
import threading
import time

NAMES = ["luke", "darthvader", "leia", "han"]
TTLS = [float(word) for word in sys.argv[1:]] or [0.3, 0.3, 0.3]
TASKS = list(zip(NAMES, TTLS))
request = {}  # the handler's, used again for each search
flows = []
rows = queue.SimpleQueue()


def letters_of(phrase):
    return ", ".join(letter for letter in "aeiou" if letter in phrase)


def connect():
    """Each thread has a connection of its own."""
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    return contextlib.closing(connection)


def insert(row):
    with connect() as db:
        db.execute("BEGIN")
        time.sleep(row["ttl"])  # this INSERT is slow
        db.execute("INSERT INTO log VALUES (?, ?)",
                   (row["phrase"], row["results"]))
        db.execute("COMMIT")


def log_inline():
    insert(request)


def log_in_thread():
    start(dict(request))  # a copy


def log_without_context():
    start(request)  # no copy: what stands there later is logged


def background(target, *args):
    """A daemon: Ctrl-C does not wait for its end."""
    thread = threading.Thread(target=target, args=args, daemon=True)
    thread.start()
    return thread


def start(row):
    flows.append(background(insert, row))


def log_in_queue():
    rows.put(dict(request))


def write_rows():
    while (row := rows.get()) is not None:
        insert(row)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        phrase = self.rfile.read(length).decode()
        request.update(phrase=phrase, results=letters_of(phrase),
                       ttl=dict(TASKS)[phrase])
        self.server.log()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(request["results"].encode())

    def log_message(self, *args):
        pass


def search(port, phrase):
    client = http.client.HTTPConnection("127.0.0.1", port)
    client.request("POST", "/search", phrase)
    reply = client.getresponse().read().decode()
    client.close()
    assert reply == letters_of(phrase)


def run(variant, log):
    with connect() as db:
        db.execute("DELETE FROM log")
    writer = background(write_rows)
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.log = log
    background(server.serve_forever, 0.01)
    begin = time.perf_counter()
    for name, _ in TASKS:
        search(server.server_port, name)
    reply = (time.perf_counter() - begin) / len(TASKS)
    server.shutdown()
    server.server_close()
    for flow in flows:
        flow.join()
    flows.clear()
    rows.put(None)  # what is in the queue is still written
    writer.join()
    seconds = time.perf_counter() - begin
    with connect() as db:
        kept = set(db.execute("SELECT phrase, results FROM log"))
    right = sum((name, letters_of(name)) in kept for name, _ in TASKS)
    print(f"{variant:14}{seconds:.3f} s, a reply after {reply:.3f} s, "
          f"{right} of {len(TASKS)} rows are right")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "webapp.db")
        with connect() as db:
            db.execute("CREATE TABLE log (phrase TEXT, results TEXT)")
        run("inline", log_inline)
        run("thread", log_in_thread)
        run("queue", log_in_queue)
        run("lost_context", log_without_context)
