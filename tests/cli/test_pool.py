# SPDX-License-Identifier: MIT
"""pool: every task is done once, by no more workers than there are; errors come out where
results are asked for; a full queue holds main up; a worker that dies loses no task."""

import contextlib
import itertools
import os
import signal
import time

import processes
import pytest
import runs
from conftest import PATIENCE, wait_until

MS = 1_000_000
DEFAULT = ("sequential", "threads", "pool", "processes", "uv")
POOLS = ("pool", "processes", "uv")
#: Long enough for a busy machine to run another worker meanwhile.
TTL = ("--ttl", "50ms")

every_pool = pytest.mark.parametrize("pool", POOLS)


def report(conc, *args, costs=False, **how):
    """What a task costs takes longer than most runs."""
    result = conc("pool", *args, "--json", *([] if costs else ["--quiet"]), **how)
    assert result.status == 0 and not result.err, result
    return check(runs.check(result.json))


def one_of(run, name):
    """The only run of a variant."""
    [one] = runs.variant(run, name)["runs"]
    return one


def told(one, key):
    """The one figure of that name that main told."""
    [(_, mark)] = runs.marks(one, key)
    return mark["value"]


def moments(one, what):
    """When that happened to each task: {name: ns}."""
    return {mark["object"]: mark["at_ns"] for _, mark in runs.marks(one, what)}


def in_order(times):
    """The names, in the order of their times."""
    return sorted(times, key=times.get)


def most_at_once(intervals):
    """How many of [(begin, end), ...] there are at the same time, at most."""
    edges = sorted([(begin, 1) for begin, _ in intervals] + [(end, -1) for _, end in intervals],
                   key=lambda edge: (edge[0], edge[1]))
    return max(itertools.accumulate(step for _, step in edges))


def check_drawn(run, variant, one):
    """Each task is begun and done once, and after it was queued."""
    names = [task["name"] for task in run["tasks"]]
    done = [mark["object"] for _, mark in runs.marks(one, "done")]
    assert sorted(done) == sorted(names), variant["name"]
    begun, queued = moments(one, "begin"), moments(one, "queue")
    if variant["name"] in POOLS:
        assert in_order(queued) == names
        assert all(queued[name] <= begun[name] for name in names)
        assert most_at_once(list(runs.tasks_done(one).values())) <= run["options"]["workers"]
    if variant["name"] == "pool":
        assert sum(one["outcome"]["taken"].values()) == len(names)


def check(run):
    """What holds of every run in which no worker dies."""
    fails = 1 if run["options"].get("fail") else 0
    for variant in run["variants"]:
        assert variant["ok"]
        for one in variant["runs"]:
            outcome = one["outcome"]
            assert outcome["tasks"] == len(run["tasks"])
            assert outcome["failed"] == fails
            assert outcome["done"] == len(run["tasks"]) - fails
            assert outcome["workers_lost"] == 0
            if len(run["tasks"]) <= 10_000:
                check_drawn(run, variant, one)
    digests = {told(one, "digest") for variant in run["variants"] for one in variant["runs"]}
    assert len(digests) == 1, "the same tasks come to the same, in whatever order"
    return run


# ---- who does what


def test_the_default_run(conc):
    result = conc("pool", "--json")
    assert result.status == 0 and result.seconds < 6 * PATIENCE, result
    run = check(runs.check(result.json))
    assert runs.names(run) == list(DEFAULT)
    assert [task["ttl_ns"] // MS for task in run["tasks"]] == [500, 200, 400, 300, 200]
    assert run["options"]["workers"] == run["machine"]["cores_used"]
    costs = runs.variant(run, "pool")["costs_ps"]
    assert costs["operation"].startswith("one round trip")
    assert 0 < costs["alone"]["min"] <= costs["alone"]["median"] <= costs["alone"]["max"]


def test_as_many_workers_as_cores_or_as_asked_for(conc):
    run = report(conc, *TTL, "--tasks", "3", "--cores", "1", "--only", "pool")
    assert run["options"]["workers"] == 1
    run = report(conc, *TTL, "--tasks", "3", "--cores", "1", "--workers", "3", "--with", "pool")
    assert run["options"]["workers"] == 3
    wanted = {"sequential": 0, "threads": 3, "pool": 3, "processes": 3, "uv": 3}
    found = {v["name"]: v["outcome"]["workers"] for v in run["variants"]}
    # Of libuv's threads, those are seen that had a task.
    assert found.pop("uv") <= wanted.pop("uv") and found == wanted


@every_pool
def test_one_worker_does_them_in_the_order_of_submitting(conc, pool):
    run = report(conc, "--ttl", "0.05", "0.01", "0.03", "0", "--workers", "1", "--only", pool)
    names = [task["name"] for task in run["tasks"]]
    one = one_of(run, pool)
    assert in_order(moments(one, "done")) == names
    assert runs.variant(run, pool)["ideal_ns"] == 90 * MS


@every_pool
def test_a_long_task_is_overtaken(conc, pool):
    run = report(conc, "--ttl", "1", "0.01", "0.01", "--workers", "2", "--only", pool)
    assert in_order(moments(one_of(run, pool), "done")) == ["darthvader", "leia", "luke"]
    if pool == "pool":
        assert "luke was submitted before" in runs.variant(run, pool)["verdict"]


@every_pool
def test_tasks_wait_in_the_queue_while_all_workers_are_at_work(conc, pool):
    run = report(conc, *TTL, "--tasks", "4", "--workers", "2", "--only", pool)
    one = one_of(run, pool)
    done, begun = moments(one, "done"), moments(one, "begin")
    third = in_order(begun)[2]
    assert begun[third] >= min(done.values())
    assert one["outcome"]["queue_ns"] >= 50 * MS  # two that waited for nearly as long, each


def test_workers_without_a_task_are_idle(conc):
    run = report(conc, "--ttl", "0.1", "--tasks", "1", "--workers", "3", "--only",
                 "pool,processes")
    for name in ("pool", "processes"):
        workers = [lane for lane in one_of(run, name)["lanes"] if lane["id"] != 0]
        assert len(workers) == 3
        idle = [lane for lane in workers if not any(m["what"] == "begin" for m in lane["marks"])]
        assert len(idle) == 2
        assert all(runs.state_ns(lane, "idle") > 0 for lane in idle)
        # For a moment the pool's lock may be another's; to wait for work is no blocking.
        assert not any(span["state"] == "blocked" and not span["label"].startswith("wants")
                       for lane in workers for span in lane["spans"])


def test_the_ideal_is_that_of_whoever_is_free_first(conc):
    def ideal(variant, *args):
        return runs.variant(report(conc, *args, "--only", variant), variant)["ideal_ns"] / MS

    three = ("--ttl", "30ms", "30ms", "30ms", "--cores", "1")
    assert ideal("threads", *three) == 30
    for pool in POOLS:
        assert ideal(pool, *three, "--workers", "2") == 60
        assert ideal(pool, *three, "--workers", "9") == 30
        assert ideal(pool, *three, "--workers", "2", "--work", "cpu") == 90


def test_computing_uses_no_more_workers_than_cores(conc):
    args = (*TTL, "--tasks", "4", "--workers", "4", "--only", "pool")
    for work, is_said in (("cpu", True), ("wait", False)):
        run = report(conc, *args, "--cores", "1", "--work", work)
        assert ("Computing takes cores" in runs.variant(run, "pool")["verdict"]) == is_said


def test_the_threads_of_libuv_have_names(conc):
    run = report(conc, *TTL, "--tasks", "6", "--workers", "3", "--only", "uv")
    one = one_of(run, "uv")
    names = {lane["name"] for lane in one["lanes"][1:]}
    assert names and names <= {f"uv worker {i + 1}" for i in range(3)}
    assert len({lane["os_id"] for lane in one["lanes"]}) == len(one["lanes"])


def test_the_environment_does_not_size_the_pool_of_libuv(conc):
    run = report(conc, *TTL, "--tasks", "6", "--workers", "1", "--only", "uv",
                 env={"UV_THREADPOOL_SIZE": "4"})
    assert len(one_of(run, "uv")["lanes"]) == 2


# ---- errors


def test_an_error_comes_out_where_the_result_is_asked_for(conc):
    run = report(conc, "--ttl", "0.02", "0.2", "0.02", "--workers", "2", "--fail", "1")
    for name in DEFAULT:
        one = one_of(run, name)
        [(lane, failed)] = runs.marks(one, "fails")
        [(asker, out)] = runs.marks(one, "the error comes out")
        assert failed["at_ns"] <= out["at_ns"] and asker == "main"
        last = max(moments(one, "done").values())
        if name == "sequential":
            assert lane == "main" and out["at_ns"] < last
        else:
            assert lane != "main" and out["at_ns"] >= last
    assert "luke failed" in runs.variant(run, "pool")["verdict"]


def test_the_last_of_many_fails(conc):
    run = report(conc, "--tasks", "500", "--ttl", "0", "--fail", "500", "--queue", "7",
                 "--only", ",".join(POOLS))
    for name in POOLS:
        assert len(runs.marks(one_of(run, name), "fails")) == 1


@pytest.mark.parametrize("args, named", [
    (("--fail", "3", "--tasks", "2"), "--fail"),
    (("--fail", "0"), "--fail"),
    (("--workers", "0"), "--workers"),
    (("--workers", "1025"), "--workers"),
    (("--queue", "1", "--only", "threads"), "--queue"),
    (("--sweep", "1..4", "--only", "uv"), "--sweep"),
    (("--sweep", "0..4"), "--sweep"),
], ids=" ".join)
def test_what_cannot_be(conc, args, named):
    result = conc("pool", *args)
    assert result.status == 2 and not result.out, result
    assert named in result.err and result.err.count("\n") == 1, result


# ---- a full queue


@every_pool
def test_a_full_queue_holds_main_up(conc, pool):
    args = (*TTL, "--tasks", "6", "--workers", "2", "--only", pool)
    full = one_of(report(conc, *args, "--queue", "1"), pool)
    free = one_of(report(conc, *args), pool)
    assert free["outcome"]["held_up_ns"] == 0
    # The last one is submitted when the last but one is taken: two were done before.
    assert full["outcome"]["held_up_ns"] > 50 * MS
    assert moments(full, "queue")["chewbacca"] >= sorted(moments(full, "done").values())[1]


def test_a_wait_for_a_result_is_no_full_queue(conc):
    """With --queue 1, main waits for the first result before the 1002nd task."""
    run = report(conc, "--only", "pool", "--workers", "2", "--queue", "1", "--ttl", "2",
                 *["10us"] * 1200)
    one = one_of(run, "pool")
    assert moments(one, "done")["luke"] > 2000 * MS
    assert 0 < one["outcome"]["held_up_ns"] < 1500 * MS


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_there_are_never_more_in_the_queue_than_it_has_room_for(conc, limit):
    run = report(conc, "--tasks", "200", "--ttl", "1ms", "--workers", "3", "--queue",
                 str(limit), "--only", ",".join(POOLS))
    for name in POOLS:
        one = one_of(run, name)
        begun, queued = moments(one, "begin"), moments(one, "queue")
        # One that is taken from the queue is not begun yet.
        waiting = most_at_once([(queued[task], begun[task]) for task in queued])
        assert waiting <= limit + 3, name
    assert one_of(run, "pool")["outcome"]["most_queued"] == [limit]


def test_room_for_all_is_no_limit(conc):
    run = report(conc, "--tasks", "20", "--ttl", "1ms", "--queue", "20", "--only", "pool")
    assert one_of(run, "pool")["outcome"]["held_up_ns"] == 0


# ---- very many


@pytest.mark.parametrize("work", ["wait", "cpu"])
def test_very_many_tasks(conc, work):
    run = report(conc, "--tasks", "20000", "--ttl", "1us", "--work", work, "--workers", "3",
                 "--only", ",".join(POOLS), "--queue", "50")
    assert run["dropped_events"] == 0
    assert all(variant["outcome"]["done"] == 20000 for variant in run["variants"])


def memory_of(conc, count, *args):
    outcome = one_of(report(conc, "--tasks", str(count), "--ttl", "0", "--work", "cpu",
                            "--only", "pool", *args), "pool")["outcome"]
    assert outcome["done"] == count
    return outcome["memory_bytes"][0], outcome["most_queued"][0]


@pytest.mark.plain
def test_with_a_limit_memory_does_not_grow_with_the_tasks(conc):
    bytes_free, _ = memory_of(conc, 100_000)
    bytes_limited, queued = memory_of(conc, 100_000, "--queue", "100")
    assert bytes_limited < 1_000_000 < bytes_free and queued == 100


@pytest.mark.soak
def test_a_million_tasks(conc, soak):
    for args in ((), ("--queue", "100")):
        kept, queued = memory_of(conc, 1_000_000, *args)
        soak.note(f"{' '.join(args) or 'no limit'}: 1,000,000 tasks, at most {queued} of them "
                  f"in the queue, {kept // 1000} kB")


# ---- workers that die


def test_of_very_many_tasks_a_full_queue_holds_main_up(conc):
    """It is seen to be idle then, and not to want a core."""
    run = report(conc, "--only", "uv", "--work", "cpu", "--tasks", "10001", "--ttl", "50us",
                 "--workers", "1", "--queue", "1")
    assert one_of(run, "uv")["outcome"]["held_up_ns"] > 5 * MS


def kill(run, name):
    """Kill a worker by its name; its pid."""
    pid = processes.wait_for(run.tag, name)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid not in processes.named(run.tag, name), 5 * PATIENCE)
    return pid


def ended(run):
    result = run.finish()
    assert result.status == 0 and not result.err, result
    return runs.check(result.json)


def test_a_worker_that_dies_is_named_and_its_task_is_done(conc):
    run = conc.start("pool", "--only", "processes", "--ttl", "1", "--tasks", "3", "--workers",
                     "2", "--json")
    kill(run, "worker 2")
    report = ended(run)
    one = one_of(report, "processes")
    assert one["outcome"]["done"] == 3 and one["outcome"]["failed"] == 0
    assert one["outcome"]["workers_lost"] == 1
    assert one["printed"].startswith("worker 2 was killed by signal 9 (Killed), ")
    assert [lane["name"] for lane in one["lanes"]].count("worker 2") == 2
    verdict = runs.variant(report, "processes")["verdict"]
    assert "1 of them died" in verdict
    assert ("given to another" in verdict) == ("at work on" in one["printed"])


def test_a_worker_that_dies_idle_had_no_task(conc):
    run = conc.start("pool", "--only", "processes", "--ttl", "2", "--tasks", "1", "--workers",
                     "2", "--json")
    kill(run, "worker 2")
    report = ended(run)
    assert "with nothing to do" in one_of(report, "processes")["printed"]
    verdict = runs.variant(report, "processes")["verdict"]
    assert "1 of them died" in verdict and "given to another" not in verdict


def test_a_task_of_which_two_workers_die_counts_as_failed(conc):
    run = conc.start("pool", "--only", "processes", "--ttl", "20", "--tasks", "1", "--workers",
                     "1", "--json")
    while run.process.poll() is None and time.monotonic() < run.started + 10 * PATIENCE:
        for pid in processes.named(run.tag, "worker 1"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    one = one_of(ended(run), "processes")
    assert one["outcome"]["failed"] == 1 and one["outcome"]["done"] == 0
    assert one["outcome"]["workers_lost"] >= 2
    assert "at work on luke: another one gets it" in one["printed"]
    assert one["printed"].rstrip().endswith("counts as failed")
