# SPDX-License-Identifier: MIT
"""webapp: replies and rows are counted, and compared with what was searched for."""

import contextlib
import html
import http.client
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.parse

import pytest
import runs
from conftest import PATIENCE, wait_until

#: So long that all replies are there, and the log seen, before the first row is due.
TTL = "0.4"
RIGHT = ("inline", "thread", "queue", "batch", "check-insert", "unique-key")
ALL = ("inline", "thread", "queue", "batch", "lost-context", "shared-connection", "check-insert",
       "unique-key")
LATER = ALL[1:]
LOCKED = "the database is locked"
READ_ONLY = "the database is read-only"
DELETED = "the database cannot be opened"


def report(conc, *args, **how):
    result = conc("webapp", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return runs.check(result.json)


def outcome(run, name):
    return runs.variant(run, name)["outcome"]


def verdict(run, name):
    return runs.variant(run, name)["verdict"]


def check(run):
    """What holds of every run, whatever was slow: a right reply to every search; and of
    every row it is known whether it is there, or lost."""
    for variant in run["variants"]:
        figures, count = variant["outcome"], len(run["tasks"]) * len(variant["runs"])
        assert figures["searches"] == count == figures["replies"]
        assert figures["replies_right"] == count
        assert figures["rows_lost"] == sum(figures["lost"].values())
        if variant["name"] != "lost-context":
            assert figures["rows_wrong"] == 0
            assert figures["rows_right"] + figures["rows_lost"] == count
        if variant["name"] in RIGHT and not figures["lost"]:
            assert figures["rows"] == figures["rows_right"] == count
    return run


# ---- the variants


def test_every_variant(conc):
    run = check(report(conc, "--tasks", "3", "--ttl", TTL, "--only", ",".join(ALL)))
    assert runs.names(run) == list(ALL)
    assert all(variant["ok"] for variant in run["variants"])
    ttl_ns = run["tasks"][0]["ttl_ns"]
    assert outcome(run, "inline")["replies_ns"] >= 3 * ttl_ns
    assert outcome(run, "inline")["rows_seen"] == 3
    for name in LATER:
        assert outcome(run, name)["replies_ns"] < 3 * ttl_ns
        assert max(outcome(run, name)["longest_reply_ns"]) < ttl_ns
    for name in ("thread", "queue", "batch"):
        assert outcome(run, name)["rows_seen"] == 0
        assert "no reply waited for its row" in verdict(run, name)
    assert "had none of its 3 rows yet" in verdict(run, "thread")
    for name in RIGHT:
        assert "every search is in the log" in verdict(run, name)
    made = outcome(run, "batch")["transactions"]  # the first is begun for the first row
    assert made in (1, 2) and f"Its 3 rows took {made} transaction" in verdict(run, "batch")
    assert "transactions" not in outcome(run, "queue")
    figures = outcome(run, "lost-context")
    assert figures["rows"] == 3 and figures["rows_wrong"] == 2 and not figures["lost"]
    figures = outcome(run, "shared-connection")
    assert figures["rows_right"] == 1
    assert figures["lost"] == {"a transaction is refused": 2}
    assert outcome(run, "check-insert")["visitors"] == 3
    assert outcome(run, "unique-key")["visitors"] == 1
    assert "in the table 3 times" in verdict(run, "check-insert")
    assert "in the table once" in verdict(run, "unique-key")


def test_who_writes_a_row_and_when(conc):
    """With `queue` one thread, one after the other; else each a thread of its own; and
    the client has gone by then."""
    run = report(conc, "--tasks", "3", "--ttl", "0.2", "--only", "thread,queue")
    for name, lanes in (("thread", ["darthvader", "leia", "luke"]), ("queue", ["writer"])):
        [one] = runs.variant(run, name)["runs"]
        written = runs.marks(one, "row written")
        assert len(written) == 3
        assert sorted({lane for lane, _ in written}) == lanes
        assert len(runs.marks(one, "reply")) == 3
        client = runs.lane(one, "client")
        assert client["kind"] == "process" and client["os_id"] != one["lanes"][0]["os_id"]


def test_computing_rows(conc):
    check(report(conc, "--tasks", "2", "--ttl", "0.02", "--work", "cpu", "--with",
                 "unique-key"))


def test_figures_of_repeated_runs_are_sums(conc):
    run = check(report(conc, "--tasks", "2", "--ttl", "0.02", "--repeat", "3", "--with",
                       "unique-key"))
    assert outcome(run, "thread")["rows"] == 6
    assert len(outcome(run, "thread")["longest_reply_ns"]) == 3
    assert outcome(run, "unique-key")["visitors"] == 3
    assert "once, in each run" in verdict(run, "unique-key")


def test_many_searches(conc):
    run = check(report(conc, "--tasks", "300", "--ttl", "0.01", "--only", "thread,queue"))
    assert outcome(run, "queue")["rows"] == 300


# ---- what is typed in


def test_what_is_typed_is_only_text(conc):
    names = ("'); DROP TABLE log; --", '" OR ""="', "<script>alert(1)</script>", "50% & é",
             "a+b=c?d#e")
    run = check(report(conc, "--names", ",".join(names), "--tasks", "5", "--ttl", "0.02"))
    assert outcome(run, "thread")["rows_right"] == len(names)


# ---- what is wrong with the database


@pytest.mark.parametrize("fault, why", [("locked", LOCKED), ("read-only", READ_ONLY),
                                        ("deleted", DELETED)])
def test_replies_are_right_and_losses_counted(conc, fault, why):
    run = check(report(conc, "--tasks", "3", "--ttl", "0.05", "--fault", fault, "--with",
                       "lost-context,batch"))
    for name in ("inline", "thread", "queue", "batch"):
        figures = outcome(run, name)
        assert figures["lost"] == {why: 3} and figures["rows_right"] == 0
        assert f"3 rows were lost, and counted: {why}." in verdict(run, name)
    assert outcome(run, "batch")["transactions"] == 0
    assert outcome(run, "lost-context")["lost"] == {}
    if fault != "deleted":
        assert "3 rows are missing, and nobody knows" in verdict(run, "lost-context")


def test_no_loss_is_counted_where_nobody_looks(conc):
    """Not even by the handler, which writes rows where all threads are busy."""
    run = check(report(conc, "--tasks", "300", "--ttl", "0.2", "--fault", "read-only",
                       "--only", "lost-context"))
    assert outcome(run, "lost-context")["lost"] == {}
    assert "300 rows are missing, and nobody knows" in verdict(run, "lost-context")


def test_a_database_that_is_only_busy_loses_nothing(conc):
    """Threads that want to write at the same moment wait for each other."""
    run = check(report(conc, "--tasks", "40", "--ttl", "0.1", "--only", "thread"))
    assert outcome(run, "thread")["rows"] == 40


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "files"
    path.mkdir()
    return path


@pytest.mark.plain  # ThreadSanitizer has a file of its own in TMPDIR
@pytest.mark.parametrize("size", ["64k", "4k"])
def test_a_full_disk(conc, folder, size):
    """There is room for some rows; or not for the database."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root, to mount a small file system")
    mount = f"mount -t tmpfs -o size={size} none {folder}"
    if conc(argv=["unshare", "-m", "sh", "-c", mount]).status != 0:
        pytest.skip("may not mount a file system here")
    result = conc(argv=["unshare", "-m", "sh", "-c", f'{mount} && exec "$0" webapp "$@"',
                        conc.path, "--tasks", "600", "--ttl", "100us", "--only",
                        "inline,queue", "--json"], env={"TMPDIR": str(folder)})
    if size == "4k":
        assert result.status == 1 and result.err.count("\n") == 2, result
        assert result.err.count("no space left on device") == 2, result
        return
    assert result.status == 0 and not result.err, result
    run = check(runs.check(result.json))
    for name in ("inline", "queue"):
        figures = outcome(run, name)
        assert 0 < figures["rows_right"] < 600 and set(figures["lost"]) == {"the disk is full"}


# ---- what stays behind


def test_nothing_is_left(conc, folder):
    report(conc, "--ttl", "0.02", "--with", "unique-key", env={"TMPDIR": str(folder)})
    assert not list(folder.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL],
                         ids=lambda number: number.name)
def test_nothing_is_left_by_a_signal(conc, folder, number):
    running = conc.start("webapp", "--ttl", "0.5", env={"TMPDIR": str(folder)})
    made = wait_until(lambda: list(folder.glob("*/webapp.db")))
    running.signal(number)
    result = running.finish()
    assert result.status == 128 + number and len(made) == 1, (result, made)
    assert not conc.left_behind()
    deadline = time.monotonic() + 2 * PATIENCE
    while list(folder.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)  # of a conc that was killed, the keeper clears up
    assert not list(folder.iterdir())


def test_no_folder_for_the_database(conc, folder):
    result = conc("webapp", "--ttl", "0.01", env={"TMPDIR": str(folder / "none")})
    assert result.status == 1, result
    assert result.err == ("conc webapp: cannot make a file for the run in $TMPDIR: "
                          "no such file or directory\n")


# ---- for a browser


LEFT = "writing what is left to write; Ctrl-C again to stop now\n"


class Site:
    """A conc webapp --serve, and who asks it."""

    def __init__(self, conc, *args, **how):
        self.running = conc.start("webapp", "--serve", "--json", *args, **how)
        line = self.running.process.stderr.readline().decode()
        self.port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/ until Ctrl-C\n", line)[1])

    def ask(self, method, path, body=None, **fields):
        """[status, page] of one request, by a connection of its own."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        client.request(method, path, body, {name.replace("_", "-"): value
                                            for name, value in fields.items()})
        reply = client.getresponse()
        page = reply.read().decode()
        assert reply.status != 200 or method == "HEAD" or page.find("</html>") == len(page) - 8
        client.close()
        return reply.status, page

    def search(self, phrase, letters="aeiou", **fields):
        form = urllib.parse.urlencode({"phrase": phrase, "letters": letters})
        return self.ask("POST", "/search", form, **fields)

    def rows(self):
        status, page = self.ask("GET", "/viewlog")
        assert status == 200
        return int(re.search(r'id="rows">(\d+)<', page)[1])

    def stop(self, number=signal.SIGTERM):
        self.running.signal(number)
        result = self.running.finish()
        assert result.status == 0 and result.err in ("", LEFT), result
        return runs.check(result.json)


def shown(page, what):
    return html.unescape(re.search(rf'id="{what}">(.*?)</', page, re.DOTALL)[1])


@pytest.mark.parametrize("name", ["inline", "thread", "queue"])
def test_a_site_for_a_browser(conc, folder, name):
    site = Site(conc, "--only", name, "--ttl", "0.02", env={"TMPDIR": str(folder)})
    status, page = site.ask("GET", "/")
    assert status == 200 and 'action="/search"' in page
    for phrase, found in (("do or do not", "o"), ("hitch-hiker", "e, i"), ("xyz", "none")):
        status, page = site.search(phrase, User_Agent="a browser")
        assert status == 200 and shown(page, "results") == found
        assert shown(page, "phrase") == phrase
    assert wait_until(lambda: site.rows() == 3)
    page = site.ask("GET", "/viewlog")[1]
    assert page.count("<td>a browser</td>") == page.count("<td>127.0.0.1</td>") == 3
    assert site.ask("GET", "/timeline")[1].count('class="reply" x=') == 3
    run = site.stop()
    figures = outcome(run, name)
    assert run["complete"] and figures["searches"] == figures["rows"] == 3
    assert figures["rows_lost"] == 0
    assert "3 searches were answered" in verdict(run, name)
    assert not list(folder.iterdir()) and not conc.left_behind()


@pytest.mark.parametrize("name", ["inline", "thread", "queue", "batch", "lost-context"])
def test_a_lost_row_is_drawn_as_lost(conc, name):
    """Once it is, the page stays as it is: no bar grows."""
    site = Site(conc, "--only", name, "--fault", "read-only", "--ttl", "0.001")
    assert site.search("luke")[0] == 200
    page = wait_until(lambda: "lost after" in (now := site.ask("GET", "/timeline")[1]) and now)
    assert page == site.ask("GET", "/timeline")[1]
    assert "not yet" not in page and 'class="row" x=' not in page
    site.stop()


def test_the_timeline_has_an_axis_and_figures(conc):
    site = Site(conc, "--only", "inline", "--ttl", "0.02")
    for phrase in ("luke", 33 * "W"):
        assert site.search(phrase)[0] == 200
    page = site.ask("GET", "/timeline")[1]
    assert re.search(">0 m?s</text>", page) and page.count('class="tick"') >= 2
    assert len(re.findall(r"<text [^>]*>[\d.]+ m?s</text>", page)) >= 4
    assert re.search(r'<svg width="\d+" height="\d+"><text y="10">W+\u2026</text></svg>', page)
    site.stop()


EVIL = ("'); DROP TABLE log; --", '" OR ""="', "<script>alert(1)</script>", "<img src=x>&amp;")


def test_what_a_visitor_types_is_only_text(conc):
    site = Site(conc, "--ttl", "0.001")
    for text in EVIL:
        status, page = site.search(text, text, User_Agent=text)
        assert status == 200 and shown(page, "phrase") == text == shown(page, "letters")
        assert "<script" not in page and "<img" not in page
    assert wait_until(lambda: site.rows() == len(EVIL))
    for path in ("/viewlog", "/timeline"):
        page = site.ask("GET", path)[1]
        assert "<script" not in page and "<img" not in page
    cells = [html.unescape(cell) for cell in
             re.findall("<td>(.*?)</td>", site.ask("GET", "/viewlog")[1])]
    assert [cells.count(text) for text in EVIL] == [3] * len(EVIL)
    site.stop(signal.SIGINT)


def test_what_a_visitor_types_is_utf8_to_the_end(conc):
    """All that the form allows is kept, and what is no UTF-8 is replaced: a page that is
    none would not be decoded."""
    site = Site(conc, "--ttl", "0.001")
    for phrase in (100 * "é", 100 * "\u3042", 50 * "\U0001d11e"):
        status, page = site.search(phrase, User_Agent="a" + 100 * "\xe9")
        assert status == 200 and shown(page, "phrase") == phrase
    assert "\ufffd" not in site.ask("GET", "/timeline")[1]
    status, page = site.ask("POST", "/search", "phrase=%ff%fea%c3&letters=a%ff")
    assert status == 200 and shown(page, "phrase") == "\ufffd\ufffda\ufffd"
    assert shown(page, "results") == "a, \ufffd"
    page = site.ask("POST", "/search", "phrase=" + 1000 * "%c3%a9")[1]
    assert page == "400 Bad Request: a phrase has 300 bytes at most, and letters 90\n"
    assert site.search("luke", 91 * "u")[0] == 400
    assert wait_until(lambda: site.rows() == 4)
    page = site.ask("GET", "/viewlog")[1]
    assert "a" + 42 * "\ufffd" + "</td>" in page and 100 * "\u3042" in page
    assert outcome(site.stop(), "thread")["searches"] == 4


def test_letters_are_characters(conc):
    site = Site(conc, "--ttl", "0.001")
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for phrase, letters, found in (
            ("caf\xe9 cr\xe8me", "\xe9a", "\xe9, a"), ("\xe9", "\xe8", "none"),
            (alphabet, alphabet, ", ".join(alphabet)),
            (30 * "\u3042", "\u3042\u3044\u3042", "\u3042")):
        assert shown(site.search(phrase, letters)[1], "results") == found
    site.stop()


def can_connect(address, port):
    try:
        socket.create_connection((address, port), 2).close()
    except OSError:
        return False
    return True


def test_who_may_ask(conc):
    site = Site(conc)
    for host in ("evil.example", f"evil.example:{site.port}", "127.0.0.1.evil.example", ""):
        for method, path in (("GET", "/viewlog"), ("GET", "/"), ("POST", "/search")):
            assert site.ask(method, path, Host=host)[0] == 403
    for host in ("localhost", f"127.0.0.1:{site.port}", f"LocalHost:{site.port}"):
        assert site.ask("GET", "/", Host=host)[0] == 200
    assert not can_connect("127.0.0.2", site.port)
    assert outcome(site.stop(), "thread")["searches"] == 0
    site = Site(conc, "--listen")
    assert can_connect("127.0.0.2", site.port)
    assert site.ask("GET", "/", Host="a.name.of.mine")[0] == 200
    site.stop()


def test_requests_that_are_none(conc):
    site = Site(conc, "--ttl", "0.001")
    with socket.create_connection(("127.0.0.1", site.port)) as slow, \
            socket.create_connection(("127.0.0.1", site.port)) as bad:
        slow.sendall(b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Le")
        bad.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert bad.recv(99).startswith(b"HTTP/1.1 400 ") and site.search("luke")[0] == 200
        slow.sendall(b"ngth: 11\r\n\r\nphrase=leia")
        assert slow.recv(99).startswith(b"HTTP/1.1 200 ")
    assert site.ask("GET", "/other")[0] == site.ask("POST", "/other")[0] == 404
    assert site.ask("HEAD", "/") == (200, "")
    assert outcome(site.stop(), "thread")["searches"] == 2


def test_which_methods_are_allowed(conc):
    site = Site(conc)
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    for path, allowed in (("/", "GET, HEAD"), ("/viewlog", "GET, HEAD"),
                          ("/timeline", "GET, HEAD"), ("/search", "POST")):
        for method in ("DELETE", "PUT", "OPTIONS", "POST" if path != "/search" else "GET"):
            client.request(method, path)
            reply = client.getresponse()
            reply.read()
            assert (reply.status, reply.getheader("Allow")) == (405, allowed), (method, path)
    client.request("GET", "/")
    reply = client.getresponse()
    assert reply.status == 200 and reply.getheader("Allow") is None
    client.close()
    assert outcome(site.stop(), "thread")["searches"] == 0


def test_a_body_that_is_refused_is_read_all_the_same(conc):
    """Else the visitor, still sending it, would be broken off before it sees why."""
    site = Site(conc, "--ttl", "0.001")
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as visitor:
        visitor.sendall(b"POST /search HTTP/1.1\r\nHost: localhost\r\n"
                        b"Content-Length: 16000000\r\n\r\n" + 16_000_000 * b"x")
        visitor.shutdown(socket.SHUT_WR)
        reply = b"".join(iter(lambda: visitor.recv(4096), b""))
    assert reply.startswith(b"HTTP/1.1 413 ") and reply.count(b"HTTP/1.1") == 1
    assert outcome(site.stop(), "thread")["searches"] == 0


def search_for_a_while(site, until, replies, number):
    """Over a connection for as long as it is kept.  None may be closed without a word, but
    where it was silent for a tenth of a second, as it may be on a busy machine."""
    client, heard = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20), None
    while time.monotonic() < until:
        asked = time.monotonic()
        try:
            client.request("POST", "/search", "phrase=luke&letters=u")
            reply = client.getresponse()
        except ConnectionError:
            assert time.monotonic() - (heard or asked) > 0.1
            client.close()
            heard = None
            continue
        assert reply.status == 200 and shown(reply.read().decode(), "results") == "u"
        replies[number] += 1
        heard = None if reply.will_close else asked
    client.close()


def test_more_visitors_than_it_has_places_for(conc):
    """Each is answered, if not over the same connection; silent ones make place."""
    site = Site(conc, "--only", "batch", "--ttl", "0.001")
    replies = [0] * 90
    with contextlib.ExitStack() as opened:
        for _ in range(70):
            opened.enter_context(socket.create_connection(("127.0.0.1", site.port)))
        flows = [threading.Thread(target=search_for_a_while,
                                  args=(site, time.monotonic() + 1, replies, i))
                 for i in range(len(replies))]
        for flow in flows:
            flow.start()
        for flow in flows:
            flow.join()
    assert all(replies)
    figures = outcome(site.stop(), "batch")
    assert figures["searches"] == figures["rows"] == sum(replies)


def test_silent_visitors_who_have_all_descriptors(conc):
    """The one that is silent for longest makes place."""
    site = Site(conc, "--ttl", "0.001", limits={resource.RLIMIT_NOFILE: 48})
    with contextlib.ExitStack() as opened:
        for _ in range(60):
            opened.enter_context(socket.create_connection(("127.0.0.1", site.port)))
        assert site.search("luke")[0] == 200
    figures = outcome(site.stop(), "thread")
    assert figures["searches"] == figures["rows"] + figures["rows_lost"] == 1


def search_until_refused(site, replies, number):
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        while True:
            client.request("POST", "/search", "phrase=luke&letters=u")
            reply = client.getresponse()
            assert reply.status == 200 and shown(reply.read().decode(), "results") == "u"
            replies[number] += 1
    except OSError:
        pass
    except http.client.HTTPException:
        pass


@pytest.mark.parametrize("name, ttl", [("inline", "0.002"), ("thread", "0.1"),
                                       ("queue", "0.001"), ("batch", "0.2"),
                                       ("queue", "1")])
def test_stopped_under_load(conc, name, ttl):
    """Whoever had a reply has a row; or the row is lost, and counted."""
    site = Site(conc, "--only", name, "--ttl", ttl)
    replies = [0] * 4
    flows = [threading.Thread(target=search_until_refused, args=(site, replies, i))
             for i in range(4)]
    for flow in flows:
        flow.start()
    assert wait_until(lambda: sum(replies) >= 100)
    run = site.stop()
    for flow in flows:
        flow.join()
    figures = outcome(run, name)
    assert sum(replies) <= figures["searches"] <= sum(replies) + len(flows)
    assert figures["rows"] + figures["rows_lost"] == figures["searches"]
    if ttl == "1":
        assert set(figures["lost"]) == {"the server was told to end"}
    else:
        assert not figures["lost"]


def test_a_database_that_goes_away(conc, folder):
    site = Site(conc, "--only", "thread", "--ttl", "0.001", env={"TMPDIR": str(folder)})
    assert site.search("luke")[0] == 200
    assert wait_until(lambda: site.rows() == 1)
    for file in folder.glob("*/webapp.db*"):
        file.unlink()
    status, page = site.search("leia")
    assert status == 200 and shown(page, "results") == "a, e, i"
    assert "cannot be read" in site.ask("GET", "/viewlog")[1]
    figures = outcome(site.stop(), "thread")
    assert figures["searches"] == 2 and figures["lost"] == {DELETED: 1}


def test_another_program_has_the_lock(conc, folder):
    site = Site(conc, "--only", "queue", "--ttl", "0.001", env={"TMPDIR": str(folder)})
    [path] = folder.glob("*/webapp.db")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert site.search("luke")[0] == 200 and site.rows() == 0
    other.execute("COMMIT")
    other.close()
    assert wait_until(lambda: site.rows() == 1)
    assert outcome(site.stop(), "queue")["lost"] == {}


def test_another_program_does_not_give_the_lock_up(conc, folder):
    """Each thread would try for 5 s, one after the other."""
    site = Site(conc, "--only", "thread", "--ttl", "0.001", env={"TMPDIR": str(folder)})
    [path] = folder.glob("*/webapp.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(20):
            assert site.search("luke")[0] == 200
        begun = time.monotonic()
        figures = outcome(site.stop(), "thread")
    assert time.monotonic() - begun < 20
    assert figures["rows"] == 0 and figures["lost"] == {LOCKED: 20}


def test_a_site_that_is_killed(conc, folder):
    site = Site(conc, "--ttl", "9", env={"TMPDIR": str(folder)})
    assert site.search("luke")[0] == 200
    site.running.signal(signal.SIGKILL)
    assert site.running.finish().status == 128 + signal.SIGKILL
    assert not conc.left_behind()
    assert wait_until(lambda: not list(folder.iterdir()))


def test_visitors_who_never_read_do_not_delay_the_end(conc):
    """It waits a second for each of them; but no more when it is told to end."""
    site = Site(conc, "--ttl", "0.001")
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with contextlib.ExitStack() as opened:
        visitors = [opened.enter_context(socket.create_connection(("127.0.0.1", site.port)))
                    for _ in range(50)]
        for visitor in visitors:
            visitor.sendall(request)
            assert visitor.recv(8) == b"HTTP/1.1"
        for visitor in visitors:
            visitor.sendall(20_000 * request)
        begun = time.monotonic()
        site.stop(signal.SIGINT)
        assert time.monotonic() - begun < 20


def test_a_visitor_who_reads_slowly_does_not_hold_up_the_others(conc):
    """What he asked for at once is more than the system takes, and he reads it so slowly
    that each part of it is soon taken."""
    site = Site(conc, "--ttl", "0")
    for _ in range(100):
        assert site.search(120 * "<", 60 * "x")[0] == 200
    request = b"GET /viewlog HTTP/1.1\r\nHost: localhost\r\n\r\n"
    is_over = threading.Event()
    with socket.socket() as visitor:
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 400_000)
        visitor.connect(("127.0.0.1", site.port))

        def read_slowly():
            while visitor.recv(1 << 20) and not is_over.wait(0.15):
                pass

        reader = threading.Thread(target=read_slowly)
        reader.start()
        with contextlib.suppress(OSError):
            visitor.sendall(2000 * request)
        longest = 0
        for _ in range(20):
            begun = time.monotonic()
            assert site.ask("GET", "/")[0] == 200
            longest = max(longest, time.monotonic() - begun)
        is_over.set()
        reader.join()
    assert longest < 6 * PATIENCE
    site.stop()


def test_what_comes_behind_the_last_request_breaks_nothing_off(conc):
    site = Site(conc, "--ttl", "0")
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as visitor:
        visitor.sendall(request + 1_000_000 * b"x")
        visitor.shutdown(socket.SHUT_WR)
        page = b"".join(iter(lambda: visitor.recv(65536), b""))
    assert page.startswith(b"HTTP/1.1 200 OK") and page.endswith(b"</html>\n")
    assert site.ask("GET", "/")[0] == 200
    site.stop()


def test_a_row_that_takes_long_does_not_keep_those_that_are_done(conc):
    """250 are at work at most; the first one of all still is."""
    site = Site(conc, "--ttl", "9", *(5 * ["0.001"]))
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    begun = time.monotonic()
    for _ in range(400):
        client.request("POST", "/search", "phrase=luke&letters=u")
        assert client.getresponse().read()
    assert time.monotonic() - begun < 8
    client.close()
    assert outcome(site.stop(), "thread")["rows"] == 400


def test_what_was_asked_but_not_begun_is_not_answered_at_the_end(conc):
    """30 searches at once, and each reply waits for its row."""
    site = Site(conc, "--only", "inline", "--ttl", "0.2")
    form = b"phrase=luke&letters=aeiou"
    search = b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (
        len(form), form)
    with socket.create_connection(("127.0.0.1", site.port)) as visitor:
        visitor.sendall(30 * search)
        assert visitor.recv(8) == b"HTTP/1.1"
        figures = outcome(site.stop(), "inline")
    assert 1 <= figures["searches"] == figures["rows"] < 30


def test_who_cannot_wait_for_the_rows(conc, folder):
    """A second signal ends it at once."""
    site = Site(conc, "--ttl", "9", env={"TMPDIR": str(folder)})
    assert site.search("luke")[0] == 200
    site.running.signal(signal.SIGTERM)
    time.sleep(0.3 * PATIENCE)
    site.running.signal(signal.SIGTERM)
    assert site.running.finish().status == 128 + signal.SIGTERM
    assert not conc.left_behind()
    assert wait_until(lambda: not list(folder.iterdir()))


@pytest.mark.parametrize("name", ["thread", "queue", "batch"])
def test_what_is_left_to_write_is_said_at_once(conc, name):
    site = Site(conc, "--only", name, "--ttl", "60")
    assert site.search("luke")[0] == 200
    site.running.signal(signal.SIGINT)
    assert site.running.process.stderr.readline().decode() == LEFT
    site.running.signal(signal.SIGKILL)
    assert site.running.finish().status == 128 + signal.SIGKILL


def test_a_site_in_a_terminal(conc):
    terminal = conc.terminal("webapp", "--serve")
    terminal.wait_for("until Ctrl-C")
    terminal.send("\x03")
    assert terminal.finish() == 0 and terminal.is_whole()
    assert "0 searches were answered; the log has 0 rows." in terminal.text
    assert "left to write" not in terminal.text


def test_a_site_for_a_while(conc):
    result = conc("webapp", "--serve", "--limit", "0.3", "--json")
    run = runs.check(result.json)
    assert result.status == 0 and run["complete"] and result.err.count("\n") == 1
    assert result.err.endswith("/ until Ctrl-C, or for 300 ms\n")
    assert runs.variant(run, "thread")["ok"]


def test_a_port_that_is_taken(conc):
    site = Site(conc)
    result = conc("webapp", "--serve", "--port", str(site.port))
    assert result.status == 1 and "bind: address already in use" in result.err, result
    site.stop()


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser",
                                                "google-chrome"))), None)


def browse(url):
    done = subprocess.run([CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu",
                           "--virtual-time-budget=5000", "--dump-dom", url],
                          capture_output=True, text=True, timeout=120)
    return done.stdout


@pytest.mark.soak
@pytest.mark.plain
@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_a_real_browser(conc, tmp_path, soak):
    site = Site(conc, "--ttl", "0.05")
    url = f"http://127.0.0.1:{site.port}"
    assert "<form" in browse(url + "/")
    form = tmp_path / "form.html"  # as if the button were pressed
    form.write_text(f"<form method=post action='{url}/search'><input name=phrase "
                    "value='do or do not &lt;b&gt;'><input name=letters value=aeiou></form>"
                    "<script>document.forms[0].submit()</script>")
    page = browse(f"file://{form}")
    assert shown(page, "results") == "o" and shown(page, "phrase") == "do or do not <b>"
    assert wait_until(lambda: site.rows() == 1)
    page = browse(url + "/viewlog")
    assert "<td>do or do not &lt;b&gt;</td>" in page and "HeadlessChrome" in page
    page = browse(url + "/timeline")
    assert page.count('class="reply" x=') == page.count('class="row" x=') == 1
    assert outcome(site.stop(), "thread")["rows"] == 1
    soak.note("a search, its result, the log and the timeline in chromium")


# ---- the command line


@pytest.mark.parametrize("args, words", [
    (["--tasks", "1001", "--ttl", "0.1"], "1,000"),
    (["--ttl"] + ["0.1"] * 1001, "--ttl: it takes 1,000 tasks at most"),
    (["--names", ",".join(map(str, range(1001)))], "--names: it takes 1,000 tasks at most"),
    (["--names", "x" * 128, "--ttl", "0.1"], "127 bytes at most"),
    (["--fault", "broken"], "--fault"),
    (["--port", "8080"], "--port goes with --serve"),
    (["--listen"], "--listen goes with --serve"),
    (["--serve", "--only", "inline,thread"], "--serve: one variant at a time"),
    (["--serve", "--with", "lost-context"], "--serve: one variant at a time"),
    (["--serve", "--repeat", "2"], "--serve and --repeat"),
    (["--serve", "--live"], "--serve and --live"),
    (["--serve", "--port", "65536"], "--port"),
])
def test_bad_command_lines(conc, args, words):
    result = conc("webapp", *args)
    assert result.status == 2 and not result.out
    assert result.err.count("\n") == 1 and words in result.err, result


# ---- many times


@pytest.mark.soak
def test_hazards_show_and_their_cures_hold_many_times(conc, soak):
    rounds = soak(100)
    run = check(report(conc, "--tasks", "3", "--ttl", "0.05", "--repeat", str(rounds),
                       "--with", "lost-context,shared-connection,check-insert,unique-key",
                       timeout=600))
    for one in runs.variant(run, "unique-key")["runs"]:
        assert one["outcome"]["visitors"] == 1
    doubled = sum(one["outcome"]["visitors"] > 1
                  for one in runs.variant(run, "check-insert")["runs"])
    wrong = sum(one["outcome"]["rows_wrong"] > 0
                for one in runs.variant(run, "lost-context")["runs"])
    assert doubled == wrong == rounds
    soak.note(f"{rounds} runs: a row for every reply, inline, thread and queue; the name "
              f"doubled in {doubled}, never with a unique key; rows wrong in {wrong}")
