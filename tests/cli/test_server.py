# SPDX-License-Identifier: MIT
"""conc server: real sockets, real clients, and whom they hold up."""

import contextlib
import copy
import csv
import io
import json
import os
import re
import resource
import select
import signal
import socket
import struct
import subprocess
import threading
import time

import processes
import pytest
from conftest import CONC, PATIENCE

VARIANTS = ("one-at-a-time", "thread-per-connection", "pool", "prefork", "loop", "offload")
NS = 1e9
HOST = b"Host: localhost\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST
TIMEOUT_S = 0.2


def run(conc, *args):
    result = conc("server", "--json", *args)
    assert result.status == 0 and not result.err, result
    return {variant["name"]: variant for variant in json.loads(result.out)["variants"]}


def outcomes(conc, *args):
    return {name: variant["outcome"] for name, variant in run(conc, *args).items()}


# ---- what is drawn, and what is measured


@pytest.fixture(name="saved", scope="module")
def saved_run(module_conc):
    result = module_conc("server", "--json", "--with", "offload", "--tasks", "4", "--ttl",
                         "0.02", "--workers", "2", "--load", "0.15", "--connections", "3")
    assert result.status == 0 and not result.err, result
    return json.loads(result.out)


@pytest.fixture(name="usual", scope="module")
def usual_run(saved):
    return {variant["name"]: variant for variant in saved["variants"]}


@pytest.fixture(name="module_conc", scope="module")
def module_conc_fixture():
    """As the fixture conc, for what is run once and only looked at."""
    class Result:
        def __init__(self, done):
            self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    return lambda *args: Result(subprocess.run([CONC, *args], capture_output=True, text=True,
                                               timeout=60))


@pytest.mark.parametrize("name", VARIANTS)
def test_every_request_is_answered_and_counted_once(usual, name):
    outcome = usual[name]["outcome"]
    assert outcome["answered"] == 4 and outcome["failed"] == outcome["cut"] == 0
    assert sum(outcome["hits"]) == 4
    assert 0.02 * NS <= outcome["first_ns"][0] <= outcome["last_ns"][0]


def test_processes_count_for_themselves(usual):
    assert usual["prefork"]["outcome"]["hits"][0] == 0
    assert len(usual["prefork"]["outcome"]["hits"]) == 3
    assert "each process has a counter of its own" in usual["prefork"]["verdict"]
    assert all(usual[name]["outcome"]["hits"] == [4] for name in VARIANTS if name != "prefork")


def test_workers_are_what_bounds_it(usual):
    """Nothing is faster than its workers allow."""
    for name, at_once in (("one-at-a-time", 1), ("pool", 2), ("prefork", 2), ("offload", 2)):
        assert usual[name]["wall_ns"] >= 4 / at_once * 0.02 * NS
        load = usual[name]["outcome"]["load"]
        assert load["answered"] <= (load["time_ns"] / NS / 0.02 + 1) * at_once


def test_threads_keep_their_books_unseen(conc):
    """Between one thread's start and the next nothing is told but what is served."""
    text = conc("server", "--only", "thread-per-connection", "--load", "0", "--plain").out
    assert "guests.lock" not in text
    assert text.count("main starts thread") == text.count("begins the task") == 8
    assert text.count("main waits for thread") == 8


@pytest.mark.parametrize("args, name, ideal_s", [
    (("--tasks", "3"), "pool", 0.02),
    (("--tasks", "3"), "offload", 0.02),
    (("--ttl", "0.01", "0.01", "0.02"), "prefork", 0.03),
    (("--ttl", "0.02", "0.01", "0.01"), "pool", 0.02),
    (("--tasks", "3", "--work", "cpu", "--workers", "3"), "pool", 0.015),
    (("--tasks", "3", "--work", "cpu", "--cores", "1"), "pool", 0.03),
    (("--tasks", "3", "--idle", "1", "--timeout", "0.015"), "pool", 0.025),
    (("--tasks", "3", "--idle", "3", "--timeout", "0.1"), "pool", 0.13),
    (("--tasks", "3", "--slow", "1", "--timeout", "0.1"), "one-at-a-time", 0.13),
])
def test_the_ideal_is_that_of_whoever_is_free_first(conc, args, name, ideal_s):
    ttl = () if "--ttl" in args else ("--ttl", "0.01")
    found = run(conc, "--only", name, "--cores", "2", "--workers", "2", "--load", "0", *ttl,
                *args)
    assert found[name]["ideal_ns"] == round(ideal_s * NS)


def test_tasks_are_drawn_where_they_were_served(usual):
    for name, where in (("one-at-a-time", {"main"}), ("prefork", {"worker 1", "worker 2"}),
                        ("pool", {"worker 1", "worker 2"}), ("loop", None)):
        lanes = usual[name]["runs"][0]["lanes"]
        served = {lane["name"] for lane in lanes for mark in lane["marks"]
                  if mark.get("event") == "begin" or mark.get("what") == "begin"}
        served = served or {lane["name"] for lane in lanes for span in lane["spans"]
                            if span.get("label") in ("luke", "darthvader", "leia", "han")}
        assert served <= (where or {"luke", "darthvader", "leia", "han"}) and served


@pytest.mark.parametrize("name", VARIANTS)
def test_the_load_is_measured_by_its_clients(usual, name):
    load = usual[name]["outcome"]["load"]
    assert load["answered"] > 0 and load["failed"] == 0
    assert load["time_ns"] >= 0.15 * NS
    assert 0.0195 * NS <= load["p50_ns"] <= load["p99_ns"] <= load["max_ns"]
    assert abs(load["per_s"] - load["answered"] / (load["time_ns"] / NS)) < 0.01
    assert 0 <= load["kept"] <= 3 <= load["opened"]


def figures_in(text, name):
    """What stands behind a name, on a line that has more than a time."""
    lines = text[text.index("Under load from 3 clients"):].splitlines()
    return next(line for line in lines if line.startswith(name)).removeprefix(name)


def test_the_load_is_a_table_in_every_format(conc, saved, tmp_path):
    """Of the same run, read back: the figures are those of its JSON."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(saved))
    text, plain, svg, page, table = (
        conc("replay", str(path), "--no-live", *args).out
        for args in (["--width", "80"], ["--plain"], ["--format", "svg"],
                     ["--format", "html"], ["--format", "csv"]))
    rows = {row["variant"]: row for row in csv.DictReader(io.StringIO(table))}
    for variant in saved["variants"]:
        name, load = variant["name"], variant["outcome"]["load"]
        many = f"{load['per_s']:,.0f}"
        assert figures_in(text, name).split()[0] == many
        assert figures_in(text, name).split()[-1] == str(load["opened"])
        assert f": answered {many} a second, half within" in figures_in(plain, name)
        assert f">{many}</text>" in svg and f"<td>{many}</td>" in page
        assert {key: float(rows[name][f"load.{key}"]) for key in load} == load


def test_where_it_is_narrow_names_stand_above_their_figures(conc, saved, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(saved))
    text = conc("replay", str(path), "--no-live", "--width", "40").out
    lines = text[text.index("Under load from 3 clients"):].splitlines()
    assert all(len(line) <= 40 for line in lines)
    for variant in saved["variants"]:
        below = lines[lines.index(variant["name"]) + 1]
        assert below.split()[0] == f"{variant['outcome']['load']['per_s']:,.0f}"


def test_a_load_that_nobody_measured(conc, saved, tmp_path):
    """In a file that somebody wrote anything is a figure, or none."""
    path, saved = tmp_path / "run.json", copy.deepcopy(saved)
    for load in ([], {"per_s": "x"}, {"per_s": -1e300, "p50_ns": -5, "opened": 1e30},
                 {"per_s": 1e300, "max_ns": 2**63 - 1, "opened": 2**63 - 1}):
        saved["variants"][0]["outcome"]["load"] = load
        path.write_text(json.dumps(saved))
        for args in ([], ["--plain"], ["--format", "csv"]):
            assert conc("replay", str(path), "--no-live", *args).status == 0


def test_connections_are_kept_where_nobody_waits(usual):
    """With fewer workers than clients, somebody always does."""
    for name in ("thread-per-connection", "loop", "offload"):
        load = usual[name]["outcome"]["load"]
        assert load["opened"] == load["kept"] == 3
    load = usual["one-at-a-time"]["outcome"]["load"]
    assert load["opened"] > 3


def test_without_a_load_none_is_told(conc):
    for args in (("--load", "0"), ("--quiet",)):
        found = outcomes(conc, "--only", "pool", "--tasks", "2", "--ttl", "0.01", *args)
        assert "load" not in found["pool"]


def test_computing_takes_the_loop_as_long_as_one_at_a_time(conc):
    found = run(conc, "--only", "one-at-a-time,loop", "--work", "cpu", "--tasks", "3",
                "--ttl", "0.03", "--load", "0")
    assert found["loop"]["wall_ns"] >= 0.9 * 3 * 0.03 * NS
    assert found["loop"]["ideal_ns"] == found["one-at-a-time"]["ideal_ns"]
    assert "one thing at a time" in found["loop"]["verdict"]


# ---- clients that send nothing, or slowly


@pytest.mark.parametrize("what", ["--idle", "--slow"])
def test_silent_clients_hold_up_whoever_serves_them(conc, what):
    found = outcomes(conc, what, "2", "--timeout", "0.1", "--workers", "2", "--tasks", "2",
                     "--ttl", "0.01", "--load", "0")
    assert found["one-at-a-time"]["first_ns"][0] >= 0.2 * NS
    for name in ("pool", "prefork"):
        assert found[name]["first_ns"][0] >= 0.1 * NS
        # A worker that comes late may find that another has answered all requests.
        assert found[name]["cut"] >= 1 and found[name]["input_ns"] >= 0.1 * NS
    assert found["one-at-a-time"]["cut"] == 2
    assert found["one-at-a-time"]["input_ns"] >= 0.2 * NS
    assert all(outcome["answered"] == 2 for outcome in found.values())


def test_one_is_told_of_as_one(conc):
    args = ("--tasks", "1", "--ttl", "0.01", "--load", "0", "--timeout", "0.1")
    found = run(conc, *args, "--workers", "2", "--with", "offload")
    for name in ("pool", "prefork", "offload"):
        assert "by one of 2 workers" in found[name]["verdict"]
    found = run(conc, *args, "--workers", "1", "--idle", "1", "--only", "pool,loop")
    assert ", by 1 worker; its counter shows 1. For " in found["pool"]["verdict"]
    assert "s, it waited for a client that sent no request." in found["pool"]["verdict"]
    assert "A client that sends no request holds no thread" in found["loop"]["verdict"]


def test_many_idle_clients_hold_up_neither_threads_nor_a_loop(conc):
    found = outcomes(conc, "--idle", "64", "--timeout", "20", "--tasks", "2", "--ttl", "0.01",
                     "--only", "thread-per-connection,loop,offload", "--load", str(0.4 * PATIENCE))
    for outcome in found.values():
        assert outcome["answered"] == 2 and outcome["cut"] == 0
        assert outcome["load"]["answered"] > 0


# ---- clients from outside


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def hold(conc, name, seconds, *args, **how):
    """A server for clients from outside, of one task, and where it listens."""
    port = free_port()
    server = conc.start("server", "--only", name, "--tasks", "1", "--port", str(port),
                        "--hold", str(seconds), "--load", "0", "--json", *args, **how)
    line = server.process.stderr.readline().decode()
    assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/ for [\d.]+ m?s\n", line), line
    return port, server


def ended_well(server):
    result = server.finish()
    assert result.status == 0 and not result.err, result
    return result.json["variants"][0]


def connect(port, receive_buffer=None):
    for _ in range(500):
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(20)
        with contextlib.suppress(ConnectionRefusedError):
            client.connect(("127.0.0.1", port))
            return client
        client.close()
        time.sleep(0.01)
    raise AssertionError("nobody listens")


def response(client, is_head=False):
    """The status, the fields, and the body of the next one."""
    stream = client.makefile("rb")
    status = stream.readline()
    fields = {}
    while (line := stream.readline().strip()):
        name, value = line.split(b": ", 1)
        fields[name.lower()] = value
    body = b"" if is_head else stream.read(int(fields.get(b"content-length", 0)))
    return int(status.split()[1]), fields, body


def ask(port, text):
    """The answer to one message, after which the server has to close."""
    with connect(port) as client:
        client.sendall(text)
        answer = response(client)
        assert client.recv(1) == b"", "it is still open"
        return answer


class Closed(Exception):
    pass


def converse(port):
    """Several requests over one connection; each response, as it comes."""
    with connect(port) as client:
        for path, status in ((b"/", 200), (b"/0", 200), (b"/1", 404), (b"/0x", 404)):
            client.sendall(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n")
            found, fields, _ = response(client)
            assert found == status
            yield
            if b"connection" in fields:
                raise Closed
        for path, status in ((b"/", 200), (b"/0", 200), (b"/1", 404)):
            client.sendall(b"HEAD " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n")
            found, fields, _ = response(client, is_head=True)
            assert found == status and int(fields[b"content-length"]) > 0
            yield
            if b"connection" in fields:
                raise Closed
        client.sendall(b"PUT / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n"
                       b"Content-Length: 3\r\n\r\n")
        assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        status, fields, _ = response(client)
        assert status == 405 and fields[b"allow"] == b"GET, HEAD"
        yield


def check_keeps_alive(port):
    """It closes a connection only where others wait, and says so.  @return how many were
    answered."""
    count = 0
    for _ in range(20):
        try:
            for _ in converse(port):
                count += 1
            return count
        except Closed:
            continue
    raise AssertionError("no connection is kept")


def check_pipelined(port):
    """Two at once, in pieces; both are answered, and then it closes, as it was asked."""
    with connect(port) as client:
        both = GET + b"\r\n" + GET + b"Connection: close\r\n\r\n"
        client.sendall(both[:10])
        client.sendall(both[10:])
        text = b""
        while (got := client.recv(4096)):
            text += got
        assert text.count(b"HTTP/1.1 200 OK\r\n") == 2


def check_refuses(port):
    for text, status in (
            (b"GET / HTTP/1.1\n\n", 400),
            (b"\x16\x03\x01\x02\x00\x01", 400),
            (GET + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", 400),
            (GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
            (GET + b"Content-Length: 65537\r\n\r\n" + 10000 * b"a", 413),
            (GET + b"X: " + 60000 * b"a", 431),
            (b"GET /" + 9000 * b"a", 414)):
        found, fields, _ = ask(port, text)
        assert found == status and fields[b"connection"] == b"close"


def check_times_out(port):
    """Half a request is refused; an idle connection is closed without a word.  A loop
    counts from when it last looked at the clock, which may be a little before."""
    begun = time.monotonic()
    assert ask(port, GET)[0] == 408
    assert time.monotonic() - begun >= TIMEOUT_S * 0.95
    with connect(port) as client:
        assert client.recv(1) == b""
    assert time.monotonic() - begun >= 2 * TIMEOUT_S * 0.95


@pytest.mark.parametrize("name", VARIANTS)
def test_outside_clients_are_served(conc, name):
    port, server = hold(conc, name, 1.5, "--ttl", "0.01", "--timeout", str(TIMEOUT_S),
                        "--workers", "2")
    hits = check_keeps_alive(port)
    check_pipelined(port)
    check_refuses(port)
    check_times_out(port)
    outcome = ended_well(server)["outcome"]
    assert sum(outcome["hits"]) == 1 + hits + 2


def test_more_clients_than_descriptors(conc):
    """They wait until others have gone, whose time is over."""
    port, server = hold(conc, "thread-per-connection", 3, "--ttl", "0.01", "--timeout", "0.3",
                        limits={resource.RLIMIT_NOFILE: 64})
    with contextlib.ExitStack() as opened:
        for _ in range(80):
            opened.enter_context(connect(port)).sendall(GET)
        assert ask(port, GET + b"Connection: close\r\n\r\n")[0] == 200
        assert ended_well(server)["outcome"]["answered"] == 1


def test_clients_from_outside_are_told_of_apart(conc):
    port, server = hold(conc, "thread-per-connection", 2, "--ttl", "0.01")
    wait_for_the_task(port)
    for _ in range(2):
        ask(port, GET + b"Connection: close\r\n\r\n")
    done = ended_well(server)
    count = sum(done["outcome"]["hits"]) - 1
    assert (f"by {count + 1} threads, one for each connection, {count} of them from outside."
            f" Clients from outside made {count} requests besides.") in done["verdict"]


def test_workers_that_are_killed_are_told_of(conc):
    """And main, which waits for its clients then, has something to wait for."""
    _, server = hold(conc, "prefork", 1.5, "--ttl", "0.01", "--workers", "2")
    for number in (1, 2):
        os.kill(processes.wait_for(server.tag, f"worker {number}"), signal.SIGKILL)
    result = server.finish()
    assert result.status == 0 and result.err.splitlines() == [
        f"worker {number}: killed by signal 9 (Killed)" for number in (1, 2)]
    [one] = result.json["variants"][0]["runs"]
    main = one["lanes"][0]["in_state_ns"]
    assert main["idle"] > one["wall_ns"] / 2


def test_each_variant_says_once_where_it_listens(conc):
    port = free_port()
    result = conc("server", "--only", "pool,loop", "--tasks", "1", "--ttl", "0.01", "--load",
                  "0.05", "--port", str(port), "--hold", "0.1", "--json")
    assert result.status == 0 and result.err == 2 * f"http://127.0.0.1:{port}/ for 100 ms\n"


def test_where_it_listens_stands_above_a_live_picture(conc):
    port = free_port()
    terminal = conc.terminal("server", "--only", "pool", "--tasks", "1", "--load", "0",
                             "--port", str(port), "--hold", "0.5")
    terminal.wait_for(f"http://127.0.0.1:{port}/ for 500 ms")
    assert terminal.finish() == 0 and terminal.is_whole()
    assert terminal.text.count(f":{port}/ for 500 ms") == 1


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("path", [b"/", b"/0"])
def test_what_came_before_a_half_close_is_answered(conc, name, path):
    """The end comes while the first is served; half a request behind them gets nothing."""
    port, server = hold(conc, name, 2, "--ttl", "0.05")
    for rest in (b"", GET):
        text = b"Connection: close"
        while b"Connection: close" in text:  # conc's own client waits
            with connect(port) as client:
                request = b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n"
                client.sendall(3 * request + rest)
                client.shutdown(socket.SHUT_WR)
                text = b"".join(iter(lambda: client.recv(1 << 16), b""))
        assert text.count(b"HTTP/1.1 200 OK\r\n") == text.count(b"HTTP/1.1 ") == 3
    ended_well(server)


def send_until_stuck(client, request):
    """As often as the server takes it.  @return how many bytes were sent."""
    many, sent = 1000 * request, 0
    while select.select([], [client], [], 0.3)[1]:
        sent += client.send(many[sent % len(many):], socket.MSG_DONTWAIT)
    return sent


def test_a_client_that_reads_late_has_all_its_answers(conc):
    """They are more than the system takes while nobody reads: what is left of one is
    written later, and the loop goes on where it had stopped."""
    request = GET + b"X: " + 200 * b"x" + b"\r\n\r\n"
    port, server = hold(conc, "loop", 5, "--ttl", "0", "--timeout", "5")
    with connect(port, receive_buffer=4096) as client:
        count, part = divmod(send_until_stuck(client, request), len(request))
        rest = request[part:] + GET + b"Connection: close\r\n\r\n"
        sender = threading.Thread(target=client.sendall, args=(rest,))
        sender.start()
        got = b"".join(iter(lambda: client.recv(1 << 20), b""))
        sender.join()
    hits = re.findall(rb"HTTP/1\.1 200 OK\r\n(?:[^\r\n]+\r\n)+\r\nOK; hit (\d+) [^\n]+\n", got)
    hits = list(map(int, hits))
    assert len(hits) == count + 2  # and one more had the client of conc's own, at any time
    assert hits == sorted(set(hits)) and hits[0] in (1, 2) and hits[-1] <= count + 3
    ended_well(server)


def wait_for_the_task(port):
    """conc has a client of its own; wait until that was answered."""
    for count in range(1, 1000):
        body = ask(port, GET + b"Connection: close\r\n\r\n")[2]
        if int(re.match(rb"OK; hit (\d+) ", body)[1]) > count:
            return
        time.sleep(0.01)
    raise AssertionError("it does not ask")


def reset(client):
    """As when its program crashes: what it has not read is dropped, and so is the rest."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@pytest.mark.parametrize("name", VARIANTS)
def test_clients_that_go_before_their_answers(conc, name):
    """Who writes to them gets an error, and, if he does not see to it, a SIGPIPE."""
    port, server = hold(conc, name, 0.8, "--ttl", "0.1", "--work", "cpu", "--timeout", "5")
    for how in (socket.socket.close, reset):
        for _ in range(2):
            first, second, third = (connect(port) for _ in range(3))
            second.sendall(20 * (GET + b"\r\n"))
            how(second)
            first.sendall(b"GET /0 HTTP/1.1\r\n" + HOST + b"\r\n")
            third.sendall(GET + b"\r\n")
            how(third)
            how(first)
    ended_well(server)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_body_that_is_refused_is_read_all_the_same(conc, name):
    """Else the client, still sending it, would be broken off before it sees why.  Much of it
    is there at once, as the server has something else to do first."""
    port, server = hold(conc, name, 1.5, "--ttl", "0.08", "--work", "cpu", "--timeout", "5")
    with connect(port) as other, connect(port) as client:
        other.sendall(b"GET /0 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        client.sendall(GET + b"Content-Length: 8000000\r\n\r\n" + 8_000_000 * b"x")
        client.shutdown(socket.SHUT_WR)
        assert response(client)[0] == 413
    ended_well(server)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_comes_behind_the_last_request_breaks_nothing_off(conc, name):
    """It is not read when the last answer is written; and more may come after it."""
    port, server = hold(conc, name, 1, "--ttl", "0.1", "--timeout", "5")
    with connect(port) as client:
        client.sendall(b"GET /0 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        time.sleep(0.03)
        client.sendall(100_000 * b"x")
        assert response(client)[0] == 200
        client.sendall(b"x")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
    ended_well(server)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_client_that_is_refused_and_sends_on_is_given_up(conc, name):
    port, server = hold(conc, name, 0.5, "--ttl", "0", "--timeout", str(TIMEOUT_S))
    with connect(port) as client:
        client.sendall(b"nonsense\r\n\r\n")
        with pytest.raises(OSError):
            while True:
                client.sendall(100_000 * b"x")
    ended_well(server)


def test_a_request_that_came_while_the_loop_computed_is_in_time(conc):
    """The second client's time was over before the loop looked; and so was that of the
    first one's next request, on the loop's clock, which had stood still."""
    port, server = hold(conc, "loop", 3, "--ttl", "0.6", "--work", "cpu", "--timeout", "0.3")
    wait_for_the_task(port)
    task = b"GET /0 HTTP/1.1\r\n" + HOST + b"\r\n"
    with connect(port) as first, connect(port) as second:
        first.sendall(task)
        time.sleep(0.1)
        second.sendall(task)
        assert response(first)[0] == 200
        time.sleep(0.05)
        first.sendall(GET + b"\r\n")
        assert response(first)[0] == response(second)[0] == 200
    ended_well(server)


def ask_and_never_read(port, server):
    """Until it is hung up on; and it stays."""
    with connect(port, receive_buffer=4096) as client:
        with pytest.raises(OSError):
            while True:
                client.sendall(1000 * (GET + b"\r\n"))
        return ended_well(server)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_client_that_never_reads_is_given_up(conc, name):
    ask_and_never_read(*hold(conc, name, 0.5, "--ttl", "0", "--timeout", str(TIMEOUT_S)))


def keep_asking(port, until):
    """One request a connection, and another connection at once."""
    with contextlib.suppress(OSError):
        while time.monotonic() < until:
            with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
                client.sendall(b"GET /0 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
                while client.recv(4096):
                    pass


@pytest.mark.parametrize("name", VARIANTS)
def test_clients_that_come_again_and_again_do_not_put_off_the_end(conc, name):
    """Somebody always waits to be accepted."""
    begun = time.monotonic()
    port, server = hold(conc, name, 0.5, "--ttl", "0.02", "--workers", "2")
    connect(port).close()
    clients = [threading.Thread(target=keep_asking, args=(port, begun + 20))
               for _ in range(80 if name == "pool" else 8)]
    for client in clients:
        client.start()
    ended_well(server)
    assert time.monotonic() - begun < 15
    for client in clients:
        client.join()


def test_silent_clients_in_a_queue_do_not_put_off_the_end(conc):
    """Each would be waited for, one after the other; who has asked is answered."""
    begun = time.monotonic()
    port, server = hold(conc, "pool", 2, "--ttl", "0", "--workers", "1", "--timeout", "1")
    wait_for_the_task(port)
    with contextlib.ExitStack() as opened:
        clients = [opened.enter_context(connect(port)) for _ in range(40)]
        clients[-1].sendall(GET + b"\r\n")
        ended_well(server)
        assert response(clients[-1])[0] == 200
    assert time.monotonic() - begun < 15


def test_a_time_limit_just_below_a_second(conc):
    """Rounded up, it has a million microseconds, of which a second has no room for one."""
    port, server = hold(conc, "one-at-a-time", 0.5, "--ttl", "0", "--timeout", "0.9999999",
                        "--limit", "20")
    assert ask_and_never_read(port, server)["status"] == "done"


# ---- what goes wrong


def test_a_port_that_is_taken_is_one_line(conc):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = conc("server", "--port", str(taken.getsockname()[1]), "--only", "pool")
    assert result.status == 1 and result.err.count("\n") == 1
    assert "address already in use" in result.err


@pytest.mark.parametrize("args, words", [
    (("--hold", "1"), "--port"),
    (("--tasks", "401"), "400"),
    (("--timeout", "0"), "--timeout"),
    (("--port", "65536"), "--port"),
    (("--workers", "0"), "--workers"),
    (("--connections", "0"), "--connections"),
    (("--idle", "401"), "--idle"),
    (("--idle", "400", "--slow", "400", "--tasks", "161", "--load", "0"), "960"),
    (("--idle", "400", "--slow", "400", "--connections", "161"), "960"),
])
def test_bad_options_are_one_line(conc, args, words):
    result = conc("server", *args)
    assert result.status == 2 and not result.out
    assert result.err.count("\n") == 1 and words in result.err, result


def test_as_many_clients_as_there_may_be_fit_in_the_usual_limit(conc):
    result = conc("server", "--idle", "400", "--slow", "400", "--tasks", "160", "--ttl", "0",
                  "--load", "0", "--timeout", "20", "--only", "thread-per-connection,loop",
                  "--json", limits={resource.RLIMIT_NOFILE: 1024})
    assert result.status == 0 and not result.err, result
    assert all(variant["outcome"]["answered"] == 160 for variant in result.json["variants"])


def test_who_was_not_answered_is_not_counted_as_done(conc):
    """Whoever connects to a server that waits for 1 ms, with 399 others, asks too late."""
    found = run(conc, "--timeout", "1ms", "--tasks", "400", "--ttl", "0", "--load", "0",
                "--only", "one-at-a-time,thread-per-connection")
    for variant in found.values():
        failed = variant["outcome"]["failed"]
        assert variant["outcome"]["answered"] + failed == 400
        assert (failed == 0) == ("without an answer" not in variant["verdict"])
        assert "nobody was served, by" not in variant["verdict"]
    if any(variant["outcome"]["failed"] for variant in found.values()):
        assert not found["thread-per-connection"]["speedup"]


@pytest.mark.parametrize("name", VARIANTS)
def test_interrupted_under_load(conc, name):
    """Its picture is whole: only a line tells that there is more."""
    server = conc.start("server", "--only", name, "--ttl", "0.02", "--load", "20")
    time.sleep(1.5 * PATIENCE)
    server.signal(signal.SIGINT)
    sent = time.monotonic()
    result = server.finish()
    assert result.status == 130 and time.monotonic() - sent < 2 * conc.patience, result
    assert "1 cell" in result.out
    assert result.err == "conc server: interrupted before all was measured\n"
    assert not conc.left_behind()
