# SPDX-License-Identifier: MIT
"""Runs as trace events: what viewers demand of them, and that they tell the run."""

import decimal
import json

import pytest
import runs
import trace_events

NS = decimal.Decimal("0.001")
DEMOS = ("threads", "fork", "daemon", "join", "race", "deadlock", "pool", "async", "all")


def both(conc, *args):
    """The same run as trace events, and as JSON, which is checked on its own."""
    result = conc(*args, "-o", "run.trace.json", "-o", "run.json", "--quiet")
    assert result.status == 0 and not result.err, result
    trace = trace_events.read((conc.directory / "run.trace.json").read_text())
    return trace, runs.check(json.loads((conc.directory / "run.json").read_text()))


def shown(variant):
    return variant["runs"][variant["shown"]] if variant["shown"] is not None else None


def pictured(run):
    """[(process, lane)] as the trace has them."""
    return [(number, lane) for number, variant in enumerate(run["variants"], 1)
            if shown(variant) for lane in shown(variant)["lanes"]]


def ns(us):
    return int(us * 1000)


@pytest.mark.parametrize("demo", DEMOS)
def test_every_demo_can_be_viewed(conc, demo):
    trace, run = both(conc, demo, "--speed", "20")
    assert set(trace.processes.values()) == {
        variant["name"] for variant in run["variants"]
        if len(variant["runs"]) == 1} or run["options"]["repeat"] > 1
    lanes = pictured(run)
    assert len(trace.threads) == len(lanes)
    for thread, (process, lane) in zip(sorted(trace.threads), lanes):
        assert trace.process_of[thread] == process
        assert trace.threads[thread] == lane["name"]
        spans = [(e["cat"], ns(e["ts"]), ns(e["ts"] + e["dur"]), e["args"].get("label", ""),
                  e["args"].get("source")) for e in trace.slices[thread]]
        assert spans == [(s["state"], s["start_ns"], s["end_ns"], s["label"], s["source"])
                         for s in lane["spans"]]
        marks = [(ns(e["ts"]), e["args"].get("object"), e["args"].get("source"))
                 for e in trace.instants[thread]]
        assert marks == [(m["at_ns"], m["object"], m["source"]) for m in lane["marks"]]


def test_times_are_exact_to_the_nanosecond(conc):
    text = conc("threads", "0.01", "--format", "chrome").out
    times = [event[key] for event in trace_events.read(text).document["traceEvents"]
             for key in ("ts", "dur") if key in event]
    assert all(time.as_tuple().exponent == -3 for time in times)
    assert any(time % 1 for time in times)


def test_every_lane_that_was_started_has_an_arrow_from_its_start(conc):
    trace, run = both(conc, "threads", "0.02", "0.03", "--only", "threads")
    assert sorted(trace.arrows("create")) == [("main", "darthvader"), ("main", "luke")]
    assert trace.arrows("join") == [("luke", "main"), ("darthvader", "main")]
    for (_, name, _), ends in trace.flows.items():
        lane = ends["f" if name == "create" else "s"]
        around = trace.slice_around(lane)
        if name == "create":
            assert around["cat"] == "run" and lane["ts"] - around["ts"] == NS


def test_an_unlock_leads_to_the_lock_that_waited(conc):
    trace, run = both(conc, "deadlock", "--only", "one-lock", "--ttl", "0.05", "0.05")
    (first, second), = trace.arrows("unlock")
    assert {first, second} == {"luke", "darthvader"}
    ends, = [ends for (_, name, _), ends in trace.flows.items() if name == "unlock"]
    finish = ends["f"]
    before = [s for s in trace.slices[finish["tid"]]
              if s["ts"] + s["dur"] == finish["ts"] - NS]
    assert before[0]["cat"] == "blocked" and before[0]["name"] == "wants one_lock"
    assert before[0]["args"]["held_by"] == first


def test_a_lock_that_was_free_has_no_arrow(conc):
    trace, _ = both(conc, "deadlock", "--only", "sequential,opposite", "--speed", "20")
    assert trace.arrows("unlock") == []


def test_each_slice_says_what_it_means_and_where_it_is_from(conc):
    trace, _ = both(conc, "threads", "0.02", "0.03", "--only", "threads")
    main = trace.threads_of("threads")["main"]
    joins = [s for s in trace.slices[main] if s["name"] == "joins luke"]
    assert joins[0]["args"]["explanation"] == (
        "main waits here until luke ends: uv_thread_join returns only then")
    assert joins[0]["args"]["source"].startswith("demos/threads.c:")
    for events in (*trace.slices.values(), *trace.instants.values()):
        assert all(event["args"]["explanation"] for event in events)
    luke = trace.threads_of("threads")["luke"]
    assert [s["args"]["task"] for s in trace.slices[luke] if s["cat"] == "wait"] == ["luke"]


def test_it_carries_the_machine_the_options_and_the_verdict(conc):
    trace, run = both(conc, "threads", "0.02", "0.03", "--names", "a b,=c")
    other = json.loads(json.dumps(trace.other, default=float))
    assert other["machine"] == run["machine"] and other["options"] == run["options"]
    assert other["verdict"] == {v["name"]: v["verdict"] for v in run["variants"]}
    assert other["conc"] == run["conc"] and other["started"] == run["started"]
    assert other["command"] == ("conc threads 0.02 0.03 --names 'a b,=c' "
                                "-o run.trace.json -o run.json --quiet")


def test_of_several_runs_it_has_the_one_of_the_picture(conc):
    trace, run = both(conc, "threads", "0.01", "--repeat", "3", "--only", "threads")
    variant = run["variants"][0]
    assert list(trace.processes.values()) == [f"threads (run {variant['shown'] + 1} of 3)"]


def test_lanes_that_were_cut_off_lead_to_no_join(conc):
    trace, _ = both(conc, "deadlock", "--only", "opposite", "--speed", "20")
    assert len(trace.arrows("create")) == 2 and trace.arrows("join") == []


def test_of_what_was_not_run_there_is_nothing(conc):
    trace, _ = both(conc, "threads", "5", "--limit", "0.2")
    assert not trace.processes and not trace.slices


def test_hostile_names_stay_names(conc):
    name = 'x"}]<script>\\'
    trace, _ = both(conc, "threads", "0.01", "0.01", "--names", f"{name},b")
    assert name in trace.threads.values()


def test_the_longest_extension_names_the_format(conc):
    conc("threads", "0", "-o", "a.trace.json", "-o", "trace.json", "--quiet")
    assert "traceEvents" in json.loads((conc.directory / "a.trace.json").read_text())
    assert "schema" in json.loads((conc.directory / "trace.json").read_text())


@pytest.mark.parametrize("demo", DEMOS)
def test_of_a_saved_run_it_is_the_same(conc, demo):
    trace, _ = both(conc, demo, "--speed", "20")
    result = conc("replay", "run.json", "--quiet", "-o", "again.trace.json")
    assert result.status == 0, result
    again = trace_events.read((conc.directory / "again.trace.json").read_text())
    assert again.document["traceEvents"] == trace.document["traceEvents"]
    for other in (trace.other, again.other):
        other["options"].pop("outputs")
    assert again.other == trace.other


def bad(*events, **more):
    with pytest.raises(trace_events.Bad):
        trace_events.read(json.dumps({"traceEvents": list(events), **more}))


def test_the_reader_of_these_tests_is_strict():
    names = [{"ph": "M", "name": "process_name", "pid": 1, "args": {"name": "p"}},
             {"ph": "M", "name": "thread_name", "pid": 1, "tid": 2, "args": {"name": "t"}}]
    slice_ = {"ph": "X", "name": "a", "cat": "c", "ts": 1.5, "dur": 2, "pid": 1, "tid": 2}
    start = {"ph": "s", "name": "a", "cat": "c", "ts": 2, "id": 1, "pid": 1, "tid": 2}
    finish = {**start, "ph": "f", "bp": "e", "ts": 3}
    trace_events.read(json.dumps({"traceEvents": [*names, slice_, start, finish]}))
    bad(*names, {**slice_, "ph": "Q"})
    bad(*names, {**slice_, "ts": "1"})
    bad(*names, {**slice_, "dur": -1})
    bad(*names, {**slice_, "colour": "red"})
    bad(*names, slice_, {**slice_, "ts": 2, "dur": 2})
    bad(names[0], slice_)
    bad(*names, slice_, start)
    bad(*names, slice_, start, {**finish, "ts": 1.75})
    bad(*names, slice_, start, {**finish, "ts": 3.5})
    bad(*names, slice_, start, {**finish, "bp": None})
    bad(*names, slice_, displayTimeUnit="s")
