# SPDX-License-Identifier: MIT
"""async: who waits for whom in one thread, who is late, what it costs, and what races."""

import re
import resource

import pytest
import runs
from conftest import PATIENCE

MS = 1_000_000
ALL = ("sequential", "threads", "loop", "blocked", "offload", "race")
#: Those in which libuv's timers wait.
LOOPS = ("loop", "blocked", "offload", "race")
TTLS = ("0.1", "0.2")


def report(conc, *args, **how):
    result = conc("async", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return runs.check(result.json)


def said(conc, *args, **how):
    result = conc("async", *args, "--color", "never", **how)
    assert result.status == 0 and not result.err, result
    return re.sub(r"\s+", " ", result.out)


def one_of(run, name):
    """The only run of a variant."""
    [one] = runs.variant(run, name)["runs"]
    return one


def lanes(one, kind):
    return [lane for lane in one["lanes"] if lane["kind"] == kind]


def slept(lane):
    """The first time that a lane slept: (start, end)."""
    return next((span["start_ns"], span["end_ns"]) for span in lane["spans"]
                if span["label"] == "sleeps")


def ended(one):
    return {name: mark["at_ns"] for name, mark in runs.marks(one, "end")}


# ---- waiting


def check_waits(run):
    """What holds of every run of tasks that wait, however busy the machine is."""
    tasks = {task["name"]: task["ttl_ns"] for task in run["tasks"]}
    for variant in run["variants"]:
        name = variant["name"]
        assert variant["ok"]
        for one in variant["runs"]:
            done = runs.tasks_done(one)
            assert set(done) == set(tasks) and one["outcome"]["tasks"] == len(tasks)
            late = {task: at - begun - tasks[task] for task, (begun, at) in done.items()}
            assert min(late.values()) >= 0, f"{name} cut a wait short"
            assert one["outcome"]["late_max_ns"] == [max(late.values())]
            on_loop = name in LOOPS
            assert len(lanes(one, "task")) == (len(tasks) if on_loop else 0)
            assert len(lanes(one, "process")) == 1
            threads = len(lanes(one, "thread"))
            assert threads == {"threads": len(tasks), "offload": 1}.get(name, 0)
            if on_loop:
                assert {lane["os_id"] for lane in lanes(one, "task")} == \
                    {one["lanes"][0]["os_id"]}


@pytest.mark.parametrize("name", LOOPS)
def test_a_wait_on_a_loop_names_its_line(conc, name):
    one = one_of(report(conc, *TTLS, "--only", name), name)
    waits = [lane["spans"][0] for lane in lanes(one, "task")]
    assert len(waits) == len(TTLS)
    assert all(re.fullmatch(r"demos/async\.c:[1-9]\d*", wait["source"]) for wait in waits)


def test_every_variant_waits_for_every_task(conc):
    run = report(conc, *TTLS, "--only", ",".join(ALL))
    assert runs.names(run) == list(ALL)
    check_waits(run)


@pytest.mark.parametrize("ttls", [("0",), ("1us",), ("1500us", "0"), ("0.001", "0.0005", "0.05"),
                                  ("0.05",) * 20], ids=lambda ttls: "-".join(ttls[:3]))
def test_short_and_equal_waits(conc, ttls):
    check_waits(report(conc, "--ttl", *ttls, "--only", ",".join(ALL)))


def test_by_default_neither_hazards_nor_extras(conc):
    assert runs.names(report(conc, "--ttl", "0.01", "0.02")) == ["sequential", "threads", "loop"]


def test_waits_on_a_loop_overlap(conc):
    one = one_of(report(conc, *TTLS, "--only", "loop"), "loop")
    luke, darthvader = (runs.lane(one, name) for name in ("luke", "darthvader"))
    assert runs.both_in_state_ns(luke, darthvader, "wait") >= 90 * MS
    assert runs.state_ns(one["lanes"][0], "idle") > 0
    assert one["lanes"][0]["os_id"] == luke["os_id"] == darthvader["os_id"]


def test_timers_are_rounded_up_to_whole_milliseconds(conc):
    """A task is over at a whole millisecond of the clock, or after it: so all waits of less
    than a millisecond, begun within the same one, are due at the same time."""
    run = report(conc, "--tasks", "50", "--ttl", "10us", "--only", "loop", "--repeat", "5")
    for one in runs.variant(run, "loop")["runs"]:
        due = {span["start_ns"] for lane in lanes(one, "task") for span in lane["spans"]
               if span["state"] == "ready"}
        assert due and all((a - b) % MS == 0 for a in due for b in due), due


def test_callbacks_come_in_the_order_in_which_they_are_due(conc):
    """Those of one millisecond, one after the other; those that are 256 ms apart, and are
    found in the same place, each in its time."""
    ttls = ("20ms", "276ms", "20ms", "532ms", "276ms") * 20
    one = one_of(report(conc, *ttls, "--only", "loop"), "loop")
    tasks = lanes(one, "task")
    called = {}
    for number, (lane, ttl) in enumerate(zip(tasks, ttls)):
        [done] = [mark["at_ns"] for mark in lane["marks"] if mark["what"] == "done"]
        [ready] = [span for span in lane["spans"] if span["state"] == "ready"]
        assert 0 <= ready["start_ns"] - lane["start_ns"] - int(ttl[:-2]) * MS < MS
        called[done] = (ready["start_ns"], number)
    order = [called[at] for at in sorted(called)]
    assert len(order) == len(ttls) and order == sorted(order)
    assert 3 <= len({due for due, _ in order}) < len(ttls)  # many are due together


# ---- computing


def test_a_loop_computes_one_thing_at_a_time(conc):
    run = report(conc, "0.03", "0.06", "0.03", "--work", "cpu", "--only",
                 "sequential,loop,race,blocked")
    for name in ("loop", "race", "blocked"):
        one = one_of(run, name)
        assert one["outcome"]["tasks"] == 3 and "late_max_ns" not in one["outcome"]
        tasks = lanes(one, "task")
        for i, lane in enumerate(tasks):
            for other in tasks[:i]:
                assert runs.both_in_state_ns(lane, other, "run") == 0
        done = runs.tasks_done(one)
        spans = sorted(done.values())
        assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:]))
        assert all(name == "main" for name, _ in runs.marks(one, "done"))
    assert runs.variant(run, "loop")["ideal_ns"] == 120 * MS
    assert runs.variant(run, "blocked")["ideal_ns"] == 150 * MS


def test_offloaded_computing_is_done_by_other_threads(conc):
    run = report(conc, "0.03", "0.03", "0.03", "--work", "cpu", "--only", "loop,offload")
    one = one_of(run, "offload")
    main = one["lanes"][0]["os_id"]
    by = {lane["os_id"] for lane in one["lanes"]
          if any(mark["what"] == "done" for mark in lane["marks"])}
    assert by and main not in by and one["outcome"]["tasks"] == 3
    assert all(lane["kind"] == "thread" for lane in one["lanes"] if lane["os_id"] in by)


# ---- a callback that takes long


def test_a_callback_that_does_not_return_makes_others_late(conc):
    for _ in range(3):
        one = one_of(report(conc, "0.1", "0.4", "--block", "0.1", "--only", "blocked"), "blocked")
        main = one["lanes"][0]
        start, end = slept(main)
        assert end - start >= 100 * MS
        luke = runs.lane(one, "luke")
        begun, done = runs.tasks_done(one)["luke"]
        if start <= begun + 100 * MS < end:  # or the machine was too busy for it
            assert done >= end and luke["in_state_ns"]["ready"] >= end - begun - 101 * MS
            return
    pytest.fail("three times the callback did not begin in time")


def test_what_is_given_away_does_not_hold_up_the_loop(conc):
    """Its thread sleeps; meanwhile, main does not, and calls the callback that is due."""
    one = one_of(report(conc, "0.1", "0.2", "--block", "0.3", "--only", "offload"), "offload")
    [pool] = lanes(one, "thread")
    start, end = slept(pool)
    assert not any(span["label"] == "sleeps" for span in one["lanes"][0]["spans"])
    assert pool["os_id"] != one["lanes"][0]["os_id"]
    assert start < ended(one)["luke"] < end


def test_blocked_is_never_quicker_than_its_ideal(conc):
    for ttls, block, ideal in ((("0.05", "0.1"), "0.2", 200), (("0.1",), "0.02", 110),
                               (("0.05", "0.1"), "0", 100)):
        run = report(conc, *ttls, "--block", block, "--only", "blocked,offload")
        for variant in run["variants"]:
            assert variant["ideal_ns"] == ideal * MS
            assert variant["wall_ns"] >= variant["ideal_ns"]


def test_blocked_says_who_was_late(conc):
    text = said(conc, "0.1", "0.4", "--block", "0.15", "--only", "blocked,offload")
    late = re.search(r"blocked: one callback did not return for ([0-9.]+) ms, .*?: luke was due "
                     r"meanwhile, and was called ([0-9.]+) ms late", text)
    assert late and float(late[1]) >= 150 and float(late[2]) > 1, text
    assert "the loop was free" in text


@pytest.mark.parametrize("args", [("--block", "0.3"), ("--block", "0.3", "--only", "loop,race"),
                                  ("--block", "1us", "--work", "cpu")])
def test_a_time_that_nothing_takes_is_an_error(conc, args):
    result = conc("async", *TTLS, *args)
    assert result.status == 2 and "--block" in result.err and result.err.count("\n") == 1, result


# ---- a race in one thread


@pytest.mark.parametrize("work", ["wait", "cpu"])
@pytest.mark.parametrize("tasks", [1, 2, 7])
def test_a_race_without_a_second_thread(conc, tasks, work):
    run = report(conc, "--tasks", str(tasks), "--ttl", "0.005", "--work", work, "--only", "race",
                 "--repeat", "10")
    for one in runs.variant(run, "race")["runs"]:
        assert one["outcome"]["expected"] == tasks and one["outcome"]["actual"] == 1
        assert one["outcome"]["lost"] == tasks - 1
        assert not lanes(one, "thread")
        reads, writes = runs.marks(one, "read"), runs.marks(one, "write")
        assert [mark["value"] for _, mark in reads] == [0] * tasks
        assert [mark["value"] for _, mark in writes] == [1] * tasks
        # Each task's own, on its own lane.
        names = [task["name"] for task in run["tasks"]]
        assert [name for name, _ in reads] == names and \
            sorted(name for name, _ in writes) == sorted(names)


def test_a_lost_update_is_shown_step_by_step(conc):
    text = said(conc, "0.01", "0.02", "--only", "race")
    assert re.search(r"1 reads 0 async\.c:\d+ 0 2 reads 0 async\.c:\d+ 0 3 writes 1", text), text
    assert "two counted, one kept" in text
    assert "1 of 2 additions was lost, and there was one thread" in text
    assert "nobody to race with" in said(conc, "0.01", "--only", "race")


@pytest.mark.plain
def test_nothing_is_claimed_of_what_did_not_fit_in_the_trace(conc):
    """Nor what main counted at the end: 0 of 0 additions would not be true."""
    result = conc("async", "--only", "race", "--tasks", "100000", "--ttl", "0.1", "--color",
                  "never", limits={resource.RLIMIT_AS: 100 << 20})
    assert result.status == 0 and "did not fit in the trace" in result.out, result
    assert "0 of 0" not in result.out


# ---- threads that nobody started


def printed_names(one, when):
    """Of the list with that heading, and how many threads the heading counts."""
    found = re.search(rf"^(\d+) threads? {when}:\n((?:  .*\n)*)", one["printed"], re.MULTILINE)
    return int(found[1]), re.findall(r"^  \d+  (.*)$", found[2], re.MULTILINE)


@pytest.mark.plain
def test_hidden_threads_are_listed_by_their_names(conc):
    run = report(conc, *TTLS, "--only", ",".join(ALL), "--hidden",
                 env={"UV_THREADPOOL_SIZE": "3"})
    for variant in run["variants"]:
        name, [one] = variant["name"], variant["runs"]
        assert printed_names(one, "at first") == (1, ["conc-stage"])
        when = "when all are started" if name == "threads" else "at last"
        count, names = printed_names(one, when)
        assert count == len(names) == {"threads": 3, "offload": 4}.get(name, 1)
        assert one["outcome"]["threads"] == names
        assert one["outcome"]["threads_at_first"] == ["conc-stage"]
    # A thread names itself when it gets to run.
    assert set(one_of(run, "threads")["outcome"]["threads"]) <= {"conc-stage", "luke", "darthvader"}


@pytest.mark.plain
def test_hidden_threads_are_counted_in_words(conc):
    text = said(conc, *TTLS, "--only", "loop,offload", "--hidden",
                env={"UV_THREADPOOL_SIZE": "2"})
    assert "The program started no thread, and had 1 at first, 3 at last: libuv has started " \
        "2." in text


def test_threads_are_not_listed_unasked(conc):
    one = one_of(report(conc, *TTLS, "--only", "loop"), "loop")
    assert one["printed"] is None and "threads" not in one["outcome"]


# ---- many


@pytest.mark.plain
def test_memory_of_a_wait_beside_that_of_a_thread(conc):
    run = report(conc, "--tasks", "2500", "--ttl", "0.8", "--only", "threads,loop")
    [loop] = runs.variant(run, "loop")["outcome"]["bytes_per_task"]
    # What it has to know: the task, what to call, who is next.
    assert 24 <= loop <= 100
    threads = runs.variant(run, "threads")["outcome"].get("bytes_per_task")
    if threads:  # else they were not all alive at the same time
        assert threads[0] >= 4096 > loop


@pytest.mark.plain
def test_memory_is_told_beside_that_of_the_other(conc):
    assert re.search(r"Each wait took \d+ B of memory here, and a thread [\d.]+ KiB\.",
                     said(conc, "--tasks", "2500", "--ttl", "0.8", "--only", "threads,loop"))
    assert re.search(r"of its own\. Each wait took [\d.]+ KiB of memory\.",
                     said(conc, "--tasks", "200", "--ttl", "0.4", "--only", "threads"))


@pytest.mark.plain
def test_memory_of_less_than_twenty_pages_is_not_told(conc):
    run = report(conc, "--tasks", "200", "--ttl", "0.4", "--only", "threads,loop")
    assert "bytes_per_task" not in runs.variant(run, "loop")["outcome"]


def test_memory_of_few_tasks_is_not_told(conc):
    run = report(conc, "--tasks", "50", "--ttl", "0.05", "--only", "threads,loop")
    assert all("bytes_per_task" not in variant["outcome"] for variant in run["variants"])


def test_a_hundred_thousand_waits(conc):
    tasks = 100_000 if not conc.sanitizer else 10_000
    result = conc("async", "--tasks", str(tasks), "--ttl", "0.5", "--only", "loop", "--quiet",
                  "--limit", "20")
    assert result.status == 0, result
    result = conc("async", "--tasks", str(tasks), "--ttl", "0.5", "--only", "loop", "--width",
                  "100")
    assert result.status == 0 and f"{tasks - 10:,} more" in result.out, result


# ---- what is said


@pytest.mark.parametrize("args", [
    ("0",), ("0.05",), ("0.01", "0.01"), ("0.005", "--work", "cpu"), ("0", "--work", "cpu"),
    ("0.01", "0.02", "--work", "cpu", "--cores", "1"), ("--tasks", "300", "--ttl", "0.01"),
    ("0.02", "0.04", "--repeat", "3"), ("0.1", "0.2", "--speed", "10"),
], ids=" ".join)
def test_every_variant_says_something_and_nothing_odd(conc, args):
    text = said(conc, *args, "--only", ",".join(ALL), "--no-live")
    for name in ("loop", "blocked", "offload", "race"):
        assert f" {name}: " in text, text
    assert "nan" not in text and "(null)" not in text
    assert not re.search(r"\b0 threads? of libuv", text), text


def test_one_that_is_cut_off_claims_nothing(conc):
    result = conc("async", "0.1", "5", "--only", "loop,race", "--limit", "5.1", "--speed", "1",
                  "--json", "--block", "2.5")
    run = runs.check(result.json)
    assert result.status == 0 and all(variant["ok"] for variant in run["variants"])


# ---- what the system may refuse


@pytest.mark.plain
def test_few_descriptors(conc):
    done = []
    for limit in range(4, 33):
        result = conc("async", "0.01", "0.02", "--only", "loop,offload", "--json",
                      limits={resource.RLIMIT_NOFILE: limit})
        assert result.status in (0, 1), (limit, result)
        assert result.seconds < 2 * PATIENCE
        if result.status == 0:
            done.append(limit)
            continue
        assert 1 <= result.err.count("\n") <= 2, (limit, result)
        assert all(line.startswith("conc") for line in result.err.splitlines()), result
        assert not re.search(r"signal|abort", result.err, re.IGNORECASE), (limit, result)
    assert done and done == list(range(done[0], 33))


@pytest.mark.soak
def test_many_runs(conc, soak):
    """No wait is ever cut short, everything is done, and the race is never won."""
    rounds = soak(300)
    run = report(conc, "--tasks", "5", "--ttl", "0.003", "--only", "loop,blocked,offload,race",
                 "--repeat", str(rounds))
    check_waits(run)
    assert all(one["outcome"]["lost"] == 4 for one in runs.variant(run, "race")["runs"])
    soak.note(f"{rounds} runs of each loop: no wait cut short, every race lost")
