# SPDX-License-Identifier: MIT
"""One server, many clients.  As in demos/server/server.c.

    python3 server.py 0.05

For `offload`, asyncio has loop.run_in_executor().
"""

import asyncio
import concurrent.futures
import os
import signal
import socket
import sys
import threading
import time

TTL = float(sys.argv[1]) if len(sys.argv) > 1 else 0.05
REQUESTS, WORKERS = 8, 2
ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
          b"Connection: close\r\n\r\nOK\n")


def ask(port):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        while client.recv(4096):
            pass


def serve(connection):
    """Not one that reads what it is asked: http.server does."""
    with connection:
        connection.recv(4096)
        time.sleep(TTL)
        connection.sendall(ANSWER)


def accepted(listener):
    for _ in range(REQUESTS):
        yield listener.accept()[0]


def one_at_a_time(listener):
    for connection in accepted(listener):
        serve(connection)


def thread_per_connection(listener):
    for connection in accepted(listener):
        threading.Thread(target=serve, args=(connection,)).start()


def pool(listener):
    with concurrent.futures.ThreadPoolExecutor(max_workers=WORKERS) as workers:
        for connection in accepted(listener):
            workers.submit(serve, connection)


def prefork(listener):
    """All listen, until they are stopped."""
    for _ in range(WORKERS):
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            while True:
                serve(listener.accept()[0])


def loop(listener):
    async def answer(reader, writer):
        await reader.read(4096)
        await asyncio.sleep(TTL)
        writer.write(ANSWER)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def run():
        server = await asyncio.start_server(answer, sock=listener)
        await server.serve_forever()

    asyncio.run(run())


def measure(variant):
    """The server in a process of its own, the clients in threads here."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=REQUESTS)
    port = listener.getsockname()[1]
    server = os.fork()
    if server == 0:
        os.setpgid(0, 0)
        variant(listener)
        for thread in threading.enumerate()[1:]:
            thread.join()
        os._exit(0)
    os.setpgid(server, server)  # whichever of the two is first
    listener.close()
    begin = time.perf_counter()
    clients = [threading.Thread(target=ask, args=(port,), daemon=True)
               for _ in range(REQUESTS)]
    try:
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return time.perf_counter() - begin
    finally:  # after Ctrl-C, too
        os.killpg(server, signal.SIGTERM)
        os.waitpid(server, 0)


if __name__ == "__main__":
    for variant in (one_at_a_time, thread_per_connection, pool, prefork, loop):
        print(f"{variant.__name__:22}{measure(variant):.3f} s, "
              f"{REQUESTS} requests", flush=True)
