#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure conc beside the floor (plain C, or the clock alone) and Python's own.

All that a row compares is measured in turns, round by round, in this run; a ratio is
taken within a round, and shown as the median over the rounds with the middle half of
them.  Nothing here fails a test: figures move with the machine and what else it does.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from machine import machine, machine_line  # noqa: E402: found only then

PYTHON = sys.executable


#: No program here takes nearly as long.
LIMIT_S = 120


class Bench:
    def __init__(self, build, factor):
        self.build, self.factor = build, factor
        self.conc_path = str(build / "conc")

    def rounds(self, usual):
        return max(3, round(usual * self.factor))

    def output(self, *command):
        done = subprocess.run([str(word) for word in command], check=True,
                              stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              timeout=LIMIT_S * max(1, self.factor))
        return done.stdout.decode()

    def program(self, name, *args):
        return self.output(self.build / "tests" / "bench" / name, *args)

    def numbers(self, name, *args):
        return [float(word) for word in self.program(name, *args).split()]

    def python(self, *args):
        return float(self.output(PYTHON, HERE / "python_classic.py", *args))

    def conc(self, *args):
        """The variants of a run, by name."""
        run = json.loads(self.output(self.conc_path, "threads", *args, "--json"))
        return {variant["name"]: variant for variant in run["variants"]}


# Each row yields, for every round, {contender: value}.  "floor" and "conc" are compared.


def start(bench):
    """posix_spawn to waitpid, for `true`, `conc --version` and a bare python3."""
    for _ in range(bench.rounds(10)):
        floor, conc, python = bench.numbers(
            "floor_starts", 50, "/bin/true", "--", bench.conc_path, "--version",
            "--", PYTHON, "-c", "import threading")
        yield {"floor": floor, "conc": conc, "python": python}


def event(which):
    def rows(bench):
        lines = bench.program("cost_event", bench.rounds(50)).splitlines()
        for line in lines:
            clock, warm, fresh = (float(word) for word in line.split())
            yield {"floor": clock, "conc": warm if which == "warm" else fresh}
    return rows


def flow(kind, python):
    def rows(bench):
        for _ in range(bench.rounds(10)):
            raw, traced = bench.numbers("cost_threads", kind, 1, 400)
            values = {"floor": raw, "conc": traced}
            if python:
                values["python"] = bench.python("threads", 400)
            yield values
    return rows


def sleepers(count, *ttls, rounds):
    longest = max(ttls)

    def rows(bench):
        for _ in range(bench.rounds(rounds)):
            floor, = bench.numbers("floor_sleepers", 1, count,
                                   *(round(ttl * 1000) for ttl in ttls))
            variant = bench.conc("--only", "threads", "--tasks", str(count),
                                 "--ttl", *map(str, ttls))["threads"]
            yield {"floor": floor, "conc": variant["wall_ns"] - longest * 1e9,
                   "python": bench.python("sleepers", count, *ttls)}
    return rows


def waits_on_loop(count, ttl):
    def rows(bench):
        for _ in range(bench.rounds(7)):
            floor, = bench.numbers("floor_loop", 1, count, round(ttl * 1000))
            run = json.loads(bench.output(bench.conc_path, "async", "--only", "loop",
                                          "--tasks", count, "--ttl", ttl, "--json"))
            yield {"floor": floor, "conc": run["variants"][0]["wall_ns"] - ttl * 1e9,
                   "python": bench.python("loop", count, ttl)}
    return rows


def compute(milliseconds):
    def rows(bench):
        ttl = f"{milliseconds}ms"
        for _ in range(bench.rounds(5)):
            floor, = bench.numbers("floor_compute", milliseconds)
            variants = bench.conc("--work", "cpu", "--ttl", ttl, ttl)
            yield {"floor": floor, "conc": variants["threads"]["speedup"],
                   "python": bench.python("compute", milliseconds)}
    return rows


def update(kind, how):
    """One addition to a number that threads share, as the demo race measures it."""
    def rows(bench):
        for _ in range(bench.rounds(15)):
            alone, together = bench.numbers("floor_updates", kind, 2)
            run = json.loads(bench.output(bench.conc_path, "race", "--ttl", "0", "--tasks",
                                          2, "--only", kind, "--json"))
            costs_ps = run["variants"][0]["costs_ps"]
            if how == "alone":
                yield {"floor": alone, "conc": costs_ps["alone"]["min"] / 1000}
            else:
                yield {"floor": together, "conc": costs_ps["together"]["median"] / 1000}
    return rows


def pool(which):
    """Tasks of 10 us for 2 workers: how much of the ideal is reached; and a task that does
    nothing, from submitting it until it is done.  The floor is the best peer there is.
    The latter on one core: across cores it is luck where the scheduler puts whom."""
    on = () if which == "share" else ("taskset", "-c", min(os.sched_getaffinity(0)))

    def rows(bench):
        for _ in range(bench.rounds(11)):
            peers = [peer for name in ("uv", "glib") if (peer := peer_pool(bench, name, on))]
            run = json.loads(bench.output(*on, bench.conc_path, "pool", "--only", "pool",
                                          "--work", "cpu", "--tasks", POOL_TASKS, "--ttl",
                                          "10us", "--workers", 2, "--json"))
            ours = run["variants"][0]
            if which == "share":
                yield {"floor": max(share for share, _ in peers),
                       "conc": ours["ideal_ns"] / ours["wall_ns"],
                       "python": bench.python("pool", 2, POOL_TASKS // 10, 10)}
            else:
                yield {"floor": min(trip for _, trip in peers),
                       "conc": ours["costs_ps"]["alone"]["median"] / 1000,
                       "python": bench.python("round-trip", 1000)}
    return rows


def peer_pool(bench, name, on):
    """Its share and its round trip, or None where it is not installed."""
    try:
        program = bench.build / "tests" / "bench" / "peer_pool"
        return [float(word) for word in
                bench.output(*on, program, name, 2, POOL_TASKS, 10).split()]
    except subprocess.CalledProcessError as error:
        if error.returncode != 77:
            raise
        return None


def load_of(bench, variant, *args):
    """Requests a second, as conc's clients count them."""
    run = json.loads(bench.output(bench.conc_path, "server", "--only", variant, "--tasks", 1,
                                  "--json", *args))
    [variant] = run["variants"]
    if "load" not in variant["outcome"]:
        raise ValueError(f"{variant['name']} bore no load: it is {variant['status']}")
    return variant["outcome"]["load"]["per_s"]


def http_loop(bench):
    """Both by conc's clients, and with answers of the same length."""
    for _ in range(bench.rounds(5)):
        floor, = bench.numbers("cost_http", "conc", 16, 2000)
        yield {"floor": floor, "conc": load_of(bench, "loop", "--ttl", 0, "--load", 2,
                                               "--connections", 16)}


def http_load(bench):
    """The same server, asked by wrk and by conc's clients."""
    for _ in range(bench.rounds(5)):
        wrk, = bench.numbers("cost_http", "wrk", 16, 2000)
        ours, = bench.numbers("cost_http", "conc", 16, 2000)
        yield {"floor": wrk, "conc": ours}


def http_workers(variant, workers):
    """Requests that wait 30 ms each: the floor is what so many workers can answer."""
    def rows(bench):
        for _ in range(bench.rounds(3)):
            yield {"floor": workers / 0.03,
                   "conc": load_of(bench, variant, "--ttl", 0.03, "--load", 4,
                                   "--connections", 8, "--workers", workers)}
    return rows


def live(*args):
    """The wall time that conc measures while it draws, and while it does not."""
    def rows(bench):
        for _ in range(bench.rounds(5)):
            yield {"floor": wall_in_terminal(bench, "--no-live", *args),
                   "conc": wall_in_terminal(bench, "--live", *args)}
    return rows


def wall_in_terminal(bench, *args):
    """Run conc in a pseudo-terminal of 100 by 30 and read what it wrote down."""
    import fcntl
    import pty
    import struct
    import termios

    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "run.json"
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
            os.environ["TERM"] = "xterm-256color"
            os.execv(bench.conc_path, ["conc", "threads", *args, "-o", str(path)])
        while True:
            try:
                if not os.read(terminal, 65536):
                    break
            except OSError:  # EIO: the other side is closed
                break
        os.waitpid(pid, 0)
        os.close(terminal)
        variants = json.loads(path.read_text())["variants"]
    return sum(variant["wall_ns"] for variant in variants)


def compare(bench):
    """1,000 saved runs, each in a file: reading them, with cat, and what conc makes of them."""
    def took(*command):
        start = time.monotonic_ns()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.monotonic_ns() - start

    loads = "import json, sys\nfor path in sys.argv[1:]: json.load(open(path))"
    with tempfile.TemporaryDirectory() as directory:
        paths = [f"{directory}/{number:03}.json" for number in range(1000)]
        bench.output(bench.conc_path, "threads", "--ttl", "0.01", "0.02", "-o", paths[0])
        for path in paths[1:]:
            pathlib.Path(path).write_bytes(pathlib.Path(paths[0]).read_bytes())
        for _ in range(bench.rounds(7)):
            yield {"floor": took("cat", *paths), "python": took(PYTHON, "-c", loads, *paths),
                   "conc": took(bench.conc_path, "compare", directory)}


#: A search, as a form does; and what makes wrk send it.
FORM = "phrase=do+or+do+not&letters=aeiou"
SCRIPT = f"""wrk.method = "POST"
wrk.body = "{FORM}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
"""


def searches(bench, url, directory):
    """By 20 connections for 2 s: how many are answered, a second."""
    script = pathlib.Path(directory) / "search.lua"
    script.write_text(SCRIPT)
    said = bench.output("wrk", "-t1", "-c20", "-d2s", "-s", script, f"{url}search")
    if "Non-2xx" in said or "Socket errors" in said:
        raise ValueError(said)
    return float(re.search(r"Requests/sec: *([\d.]+)", said)[1])


@contextlib.contextmanager
def site(*command, said="stdout"):
    """It says first where it listens; and it is killed at last, if it has not ended."""
    server = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield server, getattr(server, said).readline().decode().split()[0]
    finally:
        server.kill()
        server.communicate()


def reply_bytes(url):
    """How long the whole reply to a search is."""
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)/", url).groups()
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(f"POST /search HTTP/1.1\r\nHost: {host}\r\nContent-Length: "
                           f"{len(FORM)}\r\n\r\n{FORM}".encode())
        return len(connection.recv(65536))


def searches_logged(bench, directory):
    """With a row for each of them, 50 ms later; and how long a reply is."""
    with site(bench.conc_path, "webapp", "--serve", "--only", "batch", "--ttl", "0.05",
                 "--quiet", "--json", said="stderr") as (server, url):
        size, per_s = reply_bytes(url), searches(bench, url, directory)
        server.terminate()
        outcome = json.loads(server.communicate()[0])["variants"][0]["outcome"]
    if outcome["rows"] != outcome["searches"]:
        raise ValueError(f"{outcome['rows']} rows of {outcome['searches']}")
    return size, per_s


def flask_searches(bench, directory):
    """The same in Flask; None: it is not installed."""
    if importlib.util.find_spec("flask") is None:
        return None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([PYTHON, HERE / "flask_search.py", str(port), directory],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        return searches(bench, f"http://127.0.0.1:{port}/", directory)
    finally:
        server.kill()
        server.wait()


def webapp_later(bench):
    """The same pages, of the same site, with a row each and without."""
    for _ in range(bench.rounds(5)):
        with tempfile.TemporaryDirectory() as directory:
            with site(bench.build / "tests/bench/cost_webapp", directory) as (_, url):
                floor = searches(bench, url, directory)
            yield {"floor": floor, "conc": searches_logged(bench, directory)[1]}


def webapp(bench):
    """Searches beside the same requests to a server that reads nothing, writes the same
    bytes each time, as many as a page has, and logs nothing."""
    for _ in range(bench.rounds(5)):
        with tempfile.TemporaryDirectory() as directory:
            size, conc = searches_logged(bench, directory)
            with site(bench.build / "tests/bench/cost_http", "serve", size) as (_, url):
                floor = searches(bench, url, directory)
            python = flask_searches(bench, directory)
            yield {"floor": floor, "conc": conc, **({"python": python} if python else {})}


#: Enough for some 0.1 s, and so many that they are not traced one by one.
POOL_TASKS = 20000

#: key: (what, unit, rows, goal for conc / floor)
ROWS = {
    "start": ("start and end of a program: conc --version, true", "ns", start, "<= 1.3"),
    "event": ("an event recorded, clock_gettime", "ns", event("warm"), "<= 1.05"),
    "event-fresh": ("the same, in fresh chunks", "ns", event("fresh"), "<= 1.15"),
    "thread": ("thread: create and join, one core, raw", "ns", flow("thread", True), "<= 1.08"),
    "fork": ("process: fork and wait, one core, raw", "ns", flow("fork", False), "<= 1.1"),
    "spawn": ("program: start, read its output, wait, one core, raw", "ns",
              flow("spawn", False), "<= 1.1"),
    "sleep-2": ("2 sleepers, 0.5 s and 1 s: over the ideal", "ns",
                sleepers(2, 0.5, 1, rounds=7), "<= 1.0"),
    "sleep-100": ("100 sleepers, 1 s: over the ideal", "ns",
                  sleepers(100, 1, rounds=7), "<= 1.15"),
    "sleep-10000": ("10,000 sleepers, 1 s: over the ideal", "ns",
                    sleepers(10000, 1, rounds=5), "<= 1.15"),
    "loop-10000": ("10,000 waits on a loop, 1 s: over the ideal", "ns",
                   waits_on_loop(10000, 1), "<= 1.15, 4 ms"),
    "compute-20": ("computing 20 ms, 2 workers: speedup", "x", compute(20), ">= 1.95x"),
    "compute-200": ("computing 200 ms, 2 workers: speedup", "x", compute(200), ">= 1.95x"),
    "update": ("race: an update, unsafe, one thread", "ns", update("unsafe", "alone"),
               "<= 1.1"),
    "update-mutex": ("the same under a mutex", "ns", update("mutex", "alone"), "<= 1.1"),
    "update-atomic": ("the same, atomic", "ns", update("atomic", "alone"), "<= 1.1"),
    "update-mutex-2": ("under a mutex, 2 threads at once", "ns", update("mutex", "together"),
                       "<= 1.1"),
    "update-atomic-2": ("atomic, 2 threads at once", "ns", update("atomic", "together"),
                        "<= 1.1"),
    "pool-share": ("pool of 2, tasks of 10 us: share of the ideal", "x", pool("share"),
                   ">= 0.95x, 1.0"),
    "pool-trip": ("pool: a task to its result, one core, peer", "ns", pool("trip"), "<= 1.0"),
    "http-load": ("requests to a bare server, conc's clients, wrk", "/s", http_load,
                  "0.9 to 1.1"),
    "http-loop": ("requests answered by loop, bare libuv", "/s", http_loop, ">= 0.9"),
    "http-one": ("requests of 30 ms, one at a time, 1 / ttl", "/s",
                 http_workers("one-at-a-time", 1), ">= 0.97"),
    "http-pool": ("requests of 30 ms, pool of 4, workers / ttl", "/s",
                  http_workers("pool", 4), ">= 0.97"),
    "http-prefork": ("requests of 30 ms, prefork of 4, workers / ttl", "/s",
                     http_workers("prefork", 4), ">= 0.97"),
    "http-thread": ("requests of 30 ms, 8 threads, connections / ttl", "/s",
                    http_workers("thread-per-connection", 8), ">= 0.97"),
    "live": ("wall time drawn live, not drawn: waiting", "ns",
             live("--ttl", "0.5", "1"), "0.99 to 1.01"),
    "live-cpu": ("the same, computing on every core", "ns",
                 live("--ttl", "0.5", "0.5", "--work", "cpu"), "0.99 to 1.01"),
    "webapp": ("searches, rows 50 ms later; fixed bytes, Flask", "/s", webapp,
               ">= 0.9, Flask x 25"),
    "webapp-later": ("searches, rows 50 ms later; without rows", "/s", webapp_later, ">= 0.9"),
    "compare": ("1,000 saved runs compared, cat, json.load", "ns", compare, "conc <= 1 s"),
}


def summary(values):
    ordered = sorted(values)
    quarter = len(ordered) // 4
    return {"median": statistics.median(ordered), "low": ordered[quarter],
            "high": ordered[-1 - quarter]}


def measure(bench, key):
    what, unit, rows, goal = ROWS[key]
    rounds = list(rows(bench))
    result = {"key": key, "what": what, "unit": unit, "goal": goal, "rounds": rounds}
    for name in ("floor", "conc", "python"):
        values = [values[name] for values in rounds if name in values]
        if values:
            result[name] = summary(values)
    result["ratio"] = summary([values["conc"] / values["floor"] for values in rounds])
    return result


def quantity(value, unit):
    if unit == "x":
        return f"{value:.2f}x"
    if unit == "/s":
        return f"{value:,.0f}/s"
    for size, name in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if abs(value) >= size:
            return f"{value / size:.3g} {name}"
    return f"{value:.1f} ns"


TABLE = "{:<50} {:>9} {:>9} {:>9}   {:>5} {:<12}  {}"


def row(result):
    ratio = result["ratio"]
    cells = [quantity(result[name]["median"], result["unit"]) if name in result else ""
             for name in ("floor", "python", "conc")]
    return TABLE.format(result["what"], *cells, f"{ratio['median']:.2f}",
                        f"{ratio['low']:.2f}-{ratio['high']:.2f}", result["goal"]).rstrip()


def main():
    parser = argparse.ArgumentParser(
        prog="./dev bench", formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__, epilog="rows: " + " ".join(ROWS))
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only these rows")
    parser.add_argument("--json", metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--factor", type=float, default=1.0, metavar="X",
                        help="X times as many rounds")
    args = parser.parse_args()
    for key in args.rows:
        if key not in ROWS:
            parser.error(f"no such row: {key}")
    bench = Bench(args.build, args.factor)
    load = os.getloadavg()[0]
    print(f"{machine_line()}; load before: {load:.2f}\n")
    print(TABLE.format("", "floor", "Python", "conc", "ratio", "middle half", "goal"))
    results = []
    for key in args.rows or ROWS:
        try:
            results.append(measure(bench, key))
            print(row(results[-1]), flush=True)
        except (subprocess.SubprocessError, LookupError, ValueError, OSError) as error:
            print(f"{ROWS[key][0]}: not measured: {error}", flush=True)
    if args.json:
        report = {"schema": "conc-bench/1", "date": time.strftime("%Y-%m-%d", time.gmtime()),
                  "machine": machine(), "load_before": load, "rows": results}
        pathlib.Path(args.json).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
