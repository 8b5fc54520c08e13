# SPDX-License-Identifier: MIT
"""What a run's JSON says must be true of what was asked for."""

import itertools
import json
import os
import re

import pytest
import runs

MS = 1_000_000
S = 1_000_000_000


def run_json(conc, *args, status=0, **how):
    result = conc("threads", *args, "--json", **how)
    assert result.status == status, result
    return runs.check(result.json)


def test_a_run_is_complete_and_says_what_was_asked(conc):
    run = run_json(conc, "--ttl", "0.05", "100ms", "--names", "ann,bob", "--seed", "7")
    assert run["argv"] == ["threads", "--ttl", "0.05", "100ms", "--names", "ann,bob",
                           "--seed", "7", "--json"]
    assert run["demo"] == "threads" and run["seed"] == 7
    assert run["complete"] and not run["disturbed"] and run["dropped_events"] == 0
    assert run["tasks"] == [{"name": "ann", "ttl_ns": 50 * MS, "work": "wait"},
                            {"name": "bob", "ttl_ns": 100 * MS, "work": "wait"}]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", run["started"])
    assert runs.names(run) == ["sequential", "threads"]
    assert run["prediction"] is None
    assert run["options"]["ttl_ns"] == [50 * MS, 100 * MS]
    assert run["options"]["repeat"] == 1 and run["options"]["limit_ns"] == 60 * S


def test_it_does_not_tell_who_and_where(conc):
    text = conc("threads", "--ttl", "0", "--json", env={"USER": "somebody"}).out
    assert os.uname().nodename not in text or len(os.uname().nodename) < 4
    assert "somebody" not in text


def test_no_wait_ends_before_its_deadline(conc):
    run = run_json(conc, "--ttl", "0.03", "0.08", "0.02", "--repeat", "3")
    for variant in run["variants"]:
        assert variant["ok"] and len(variant["runs"]) == 3
        for one in variant["runs"]:
            done = runs.tasks_done(one)
            for task in run["tasks"]:
                begin, end = done[task["name"]]
                assert end - begin >= task["ttl_ns"]
            assert one["wall_ns"] >= variant["ideal_ns"]


def test_tasks_follow_each_other_in_sequence_and_overlap_in_threads(conc):
    run = run_json(conc, "--ttl", "0.1", "0.1", "0.1")
    done = runs.tasks_done(runs.variant(run, "sequential")["runs"][0])
    order = [done[task["name"]] for task in run["tasks"]]
    for (_, end), (begin, _) in itertools.pairwise(order):
        assert end <= begin
    done = runs.tasks_done(runs.variant(run, "threads")["runs"][0])
    assert max(begin for begin, _ in done.values()) < min(end for _, end in done.values())


def test_sequential_has_one_lane_and_threads_one_more_for_each_task(conc):
    run = run_json(conc, "--tasks", "5", "--ttl", "0.02")
    one = runs.variant(run, "sequential")["runs"][0]
    assert [lane["name"] for lane in one["lanes"]] == ["main"]
    one = runs.variant(run, "threads")["runs"][0]
    assert [lane["name"] for lane in one["lanes"]] == ["main", "luke", "darthvader", "leia",
                                                       "han", "yoda"]
    main, *others = one["lanes"]
    assert main["kind"] == "process" and main["parent"] is None
    assert {lane["kind"] for lane in others} == {"thread"}
    assert {lane["parent"] for lane in others} == {main["id"]}
    assert len({lane["os_id"] for lane in one["lanes"]}) == 6
    assert not any(lane["cut"] for lane in one["lanes"])


def test_every_variant_has_a_process_of_its_own(conc):
    run = run_json(conc, "--ttl", "0", "--repeat", "2")
    ids = [one["lanes"][0]["os_id"] for v in run["variants"] for one in v["runs"]]
    assert len(set(ids)) == 4


def test_main_joins_after_the_end_of_what_it_joins(conc):
    run = run_json(conc, "--ttl", "0.06", "0.02", "0.04")
    one = runs.variant(run, "threads")["runs"][0]
    ends = {name: mark["at_ns"] for name, mark in runs.marks(one, "end")}
    joined = {mark["object"]: mark["at_ns"] for _, mark in runs.marks(one, "join")}
    assert set(joined) == {"luke", "darthvader", "leia"}
    for name, at in joined.items():
        assert at >= ends[name]
    blocked = [span for span in runs.lane(one, "main")["spans"]
               if span["state"] == "blocked"]
    assert blocked and blocked[0]["label"] == "joins luke"


def test_main_has_a_heartbeat_while_the_threads_wait(conc):
    run = run_json(conc, "--ttl", "0.2", "0.4")
    one = runs.variant(run, "threads")["runs"][0]
    beats = [mark["at_ns"] for name, mark in runs.marks(one, "main is free") if name == "main"]
    assert len(beats) == 3
    assert max(beats) < runs.tasks_done(one)["luke"][1]
    assert not runs.marks(runs.variant(run, "sequential")["runs"][0], "main is free")


def test_sources_are_lines_of_the_lesson(conc):
    run = run_json(conc, "--ttl", "0.02", "0.04")
    one = runs.variant(run, "threads")["runs"][0]
    sources = {mark["source"] for _, mark in runs.marks(one, "create")}
    assert len(sources) == 1
    assert re.fullmatch(r"demos/threads\.c:\d+", sources.pop())


def test_the_ideal_is_the_sum_or_the_longest(conc):
    run = run_json(conc, "--ttl", "0.02", "0.05", "0.01")
    assert runs.variant(run, "sequential")["ideal_ns"] == 80 * MS
    assert runs.variant(run, "threads")["ideal_ns"] == 50 * MS
    assert runs.variant(run, "sequential")["speedup"] == 1


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs 2 cores")
def test_the_ideal_of_computing_counts_the_cores(conc):
    run = run_json(conc, "--tasks", "4", "--ttl", "0.02", "--work", "cpu", "--cores", "2")
    assert runs.variant(run, "sequential")["ideal_ns"] == 80 * MS
    assert runs.variant(run, "threads")["ideal_ns"] == 40 * MS
    assert run["machine"]["cores_used"] == 2


def test_names_without_ttls_say_how_many(conc):
    run = run_json(conc, "--names", "ann,bob,cid,dee", "--speed", "100")
    assert [task["name"] for task in run["tasks"]] == ["ann", "bob", "cid", "dee"]


def test_speed_shortens_every_time(conc):
    run = run_json(conc, "--ttl", "1", "2", "--speed", "50")
    assert [task["ttl_ns"] for task in run["tasks"]] == [20 * MS, 40 * MS]
    assert run["options"]["speed"] == 50
    assert runs.variant(run, "threads")["ideal_ns"] == 40 * MS


def test_repeat_keeps_every_run_and_adds_up(conc):
    run = run_json(conc, "--ttl", "0.01", "0.01", "0.01", "--repeat", "7")
    for variant in run["variants"]:
        assert len(variant["runs"]) == 7
        assert sum(variant["outcome"]["orders"].values()) == 7
        for order in variant["outcome"]["orders"]:
            assert sorted(order.split(",")) == ["darthvader", "leia", "luke"]
    sequential = runs.variant(run, "sequential")
    assert sequential["outcome"]["orders"] == {"luke,darthvader,leia": 7}


def test_only_and_with_choose_variants_in_the_order_of_the_table(conc):
    for options, wanted in ((["--only", "threads"], ["threads"]),
                            (["--only", "shared-arg,sequential"],
                             ["sequential", "shared-arg"]),
                            (["--with", "shared-arg"],
                             ["sequential", "threads", "shared-arg"])):
        assert runs.names(run_json(conc, "--ttl", "0", "0", *options)) == wanted


def test_a_variant_longer_than_the_limit_is_not_run(conc):
    run = run_json(conc, "--ttl", "0.2", "0.2", "--limit", "0.39")
    skipped = runs.variant(run, "sequential")
    assert skipped["skipped"] == "limit" and skipped["ideal_ns"] == 400 * MS
    assert runs.variant(run, "threads")["ok"]
    assert runs.variant(run, "threads")["speedup"] is None
    assert run["complete"]


def test_a_run_longer_than_the_limit_is_ended(conc):
    """Its ideal is just the limit; 500 threads cannot start and end in no time."""
    run = run_json(conc, "--tasks", "500", "--ttl", "0.1", "--only", "threads",
                   "--limit", "0.1")
    variant = runs.variant(run, "threads")
    assert not variant["ok"]
    one = variant["runs"][0]
    assert one["ended_by"] == "limit" and one["wall_ns"] >= 20 * MS  # it counts the start
    assert any(lane["cut"] for lane in one["lanes"])


def test_times_of_zero_are_times(conc):
    run = run_json(conc, "--ttl", "0", "0")
    assert [v["ideal_ns"] for v in run["variants"]] == [0, 0]
    assert all(v["ok"] for v in run["variants"])


def test_one_task(conc):
    run = run_json(conc, "--ttl", "0.03")
    assert len(run["tasks"]) == 1
    assert all(v["ok"] and v["ideal_ns"] == 30 * MS for v in run["variants"])


# ---- computing



def test_computing_on_one_core_takes_turns(conc):
    run = run_json(conc, "--ttl", "0.2", "0.2", "--work", "cpu", "--cores", "1")
    one = runs.variant(run, "threads")["runs"][0]
    luke, darthvader = runs.lane(one, "luke"), runs.lane(one, "darthvader")
    for lane in (luke, darthvader):
        assert lane["in_state_ns"]["run"] > 0 and lane["in_state_ns"]["ready"] > 0
        assert lane["in_state_ns"]["wait"] == 0
    # A lane learns that it had lost the core when it is back on it, at the next chunk.
    shorter = min(luke["in_state_ns"]["run"], darthvader["in_state_ns"]["run"])
    assert runs.both_in_state_ns(luke, darthvader, "run") <= 0.1 * shorter
    states = [span["state"] for span in luke["spans"]]
    assert states.count("run") > 2, "it never lost the core and got it back"
    assert run["machine"]["cores_used"] == 1 and run["machine"]["calibration_error"] is not None


def test_of_many_that_compute_none_runs_longer_than_it_computed(conc):
    """check() says so of all lanes; here most lose their core, also at their end."""
    run = run_json(conc, "--tasks", "30", "--ttl", "0.01", "--work", "cpu", "--only",
                   "threads")
    variant = runs.variant(run, "threads")
    main, *others = variant["runs"][0]["lanes"]
    assert all(lane["cpu_ns"] is not None for lane in [main, *others])
    assert sum(lane["in_state_ns"]["ready"] for lane in others) > 0
    assert sum(lane["cpu_ns"] for lane in [main, *others]) <= variant["cpu_ns"] + MS


def test_main_is_not_charged_for_what_its_process_did_before(conc):
    run = run_json(conc, "--ttl", "0.02", "0.03")
    variant = runs.variant(run, "sequential")
    assert variant["runs"][0]["lanes"][0]["cpu_ns"] <= variant["cpu_ns"]


@pytest.mark.plain
def test_computing_is_as_much_in_every_variant(conc):
    """A fixed amount, so CPU times agree; to be sure on any machine, only roughly."""
    run = run_json(conc, "--ttl", "0.2", "0.2", "--work", "cpu", "--cores", "1")
    sequential, threads = (runs.variant(run, n)["cpu_ns"] for n in ("sequential", "threads"))
    assert 0.7 < threads / sequential < 1.4
    assert sequential >= 390 * MS
    assert abs(run["machine"]["calibration_error"]) < 0.2


def test_computing_without_sequential_is_calibrated_and_says_so(conc):
    run = run_json(conc, "--ttl", "0.05", "0.05", "--work", "cpu", "--only", "threads")
    assert run["machine"]["calibrated"] and run["machine"]["calibration_error"] is not None
    run = run_json(conc, "--ttl", "0.05", "0.05", "--work", "cpu")
    assert not run["machine"]["calibrated"]


def test_waiting_needs_no_core(conc):
    run = run_json(conc, "--ttl", "0.1", "0.1", "--cores", "1")
    one = runs.variant(run, "threads")["runs"][0]
    luke, darthvader = runs.lane(one, "luke"), runs.lane(one, "darthvader")
    assert runs.both_in_state_ns(luke, darthvader, "wait") > 0
    assert run["machine"]["calibration_error"] is None


# ---- a pointer to the one loop variable


def taken(run):
    outcomes = [one["outcome"] for one in runs.variant(run, "shared-arg")["runs"]]
    return [(outcome["taken_twice"], outcome["never_taken"]) for outcome in outcomes]


@pytest.mark.parametrize("cores", [None, "1"])
def test_a_shared_argument_shows_in_every_run(conc, cores):
    options = ["--cores", cores] if cores else []
    run = run_json(conc, "--tasks", "8", "--ttl", "1ms", "--only", "shared-arg",
                   "--repeat", "5", *options)
    assert len(taken(run)) == 5
    for twice, never in taken(run):
        assert twice > 0 and never > 0


def test_a_shared_argument_shows_with_two_tasks(conc):
    run = run_json(conc, "--ttl", "1ms", "1ms", "--with", "shared-arg")
    assert taken(run) == [(1, 1)]
    for name in ("sequential", "threads"):
        outcome = runs.variant(run, name)["outcome"]
        assert (outcome["taken_twice"], outcome["never_taken"]) == (0, 0)


def test_a_shared_argument_of_one_thread_is_its_own(conc):
    run = run_json(conc, "--ttl", "1ms", "--only", "shared-arg", "--repeat", "3")
    assert taken(run) == [(0, 0)] * 3


@pytest.mark.soak
@pytest.mark.parametrize("options", [
    (), ("--cores", "1"), ("--work", "cpu"), ("--work", "cpu", "--cores", "1")],
    ids=lambda options: " ".join(options) or "default")
@pytest.mark.parametrize("tasks", ["2", "8", "100"])
def test_a_shared_argument_shows_in_every_one_of_many_runs(conc, soak, tasks, options):
    rounds = soak(30)
    run = run_json(conc, "--tasks", tasks, "--ttl", "1ms", "--only", "shared-arg",
                   "--repeat", str(rounds), *options)
    shown = sum(twice > 0 and never > 0 for twice, never in taken(run))
    soak.note(f"shown in {shown} of {rounds} runs of {tasks} tasks {' '.join(options)}")
    assert shown == rounds


# ---- as programs read it


def test_names_of_any_characters_come_out_as_they_went_in(conc):
    names = 'a"b,c\\d,日本,é̂,🦀'
    run = run_json(conc, "--names", names, "--ttl", "0", "0", "0", "0", "0")
    assert [task["name"] for task in run["tasks"]] == names.split(",")
    one = runs.variant(run, "threads")["runs"][0]
    assert [lane["name"] for lane in one["lanes"]][1:] == names.split(",")


def test_bytes_that_are_no_utf8_leave_it_json(conc):
    result = conc("threads", "--ttl", "0", "0", "-o", b"\xff\xfe.json", "--json")
    assert result.status == 0, result
    runs.check(json.loads(result.out_bytes.decode("utf-8")))


def test_numbers_have_a_point_in_every_locale(conc):
    run = run_json(conc, "--ttl", "0.01", "0.02", env={"LC_ALL": "de_DE.UTF-8"})
    assert isinstance(run["variants"][1]["speedup"], float)
