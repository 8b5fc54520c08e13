# SPDX-License-Identifier: MIT
"""What is true of every run that conc writes as JSON, whatever became of it."""

import itertools

NULL = type(None)
NUMBER = (int, float)

RUN_KEYS = {
    "schema": str, "conc": str, "demo": str, "argv": list, "options": dict, "seed": int,
    "tasks": list, "started": str, "complete": bool, "disturbed": bool,
    "dropped_events": int, "machine": dict, "prediction": (NULL, list), "variants": list,
}
MACHINE_KEYS = {
    "os": str, "kernel": str, "cpu": str, "cores": int, "cores_used": int,
    "cpu_quota": (NULL, *NUMBER), "calibration_error": (NULL, *NUMBER),
}
TASK_KEYS = {"name": str, "ttl_ns": int, "work": str}
VARIANT_KEYS = {
    "name": str, "ok": bool, "skipped": (NULL, str), "error": (NULL, str),
    "wall_ns": (NULL, int), "spread_ns": (NULL, list), "ideal_ns": (NULL, int),
    "overhead_ns": (NULL, int), "cpu_ns": (NULL, int), "speedup": (NULL, *NUMBER),
    "outcome": (NULL, dict), "verdict": str, "sweep": (NULL, list), "runs": list,
}
ONE_RUN_KEYS = {
    "wall_ns": int, "outcome": dict, "ended_by": (NULL, str), "disturbed": bool,
    "lanes": list,
}
LANE_KEYS = {
    "id": int, "name": str, "kind": str, "parent": (NULL, int), "os_id": (NULL, int),
    "start_ns": int, "end_ns": int, "cut": bool, "cpu_ns": (NULL, int), "switches": dict,
    "spans": list, "marks": list,
}
SPAN_KEYS = {"state": str, "label": str, "start_ns": int, "end_ns": int,
             "source": (NULL, str)}
MARK_KEYS = {"at_ns": int, "what": str, "object": (NULL, str), "source": (NULL, str)}

# The clocks of events and of CPU time are not read at the same moments.
CLOCKS_NS = 200_000

STATES = {"run", "ready", "wait", "blocked", "idle", "zombie"}
KINDS = {"process", "thread", "task"}


def has_keys(value, wanted):
    for key, kind in wanted.items():
        assert key in value, f"no {key!r} in {sorted(value)}"
        there = value[key]
        assert isinstance(there, kind), f"{key!r} is {there!r}"
        assert not isinstance(there, bool) or kind is bool, f"{key!r} is {there!r}"


def check_lane(lane, ids):
    has_keys(lane, LANE_KEYS)
    assert lane["kind"] in KINDS
    assert lane["parent"] is None or lane["parent"] in ids
    assert 0 <= lane["start_ns"] <= lane["end_ns"]
    at = lane["start_ns"]
    for span in lane["spans"]:
        has_keys(span, SPAN_KEYS)
        assert span["state"] in STATES
        assert span["start_ns"] == at, f"a gap or an overlap at {at} ns of {lane['name']}"
        assert span["end_ns"] >= span["start_ns"]
        at = span["end_ns"]
    assert not lane["spans"] or at == lane["end_ns"]
    for mark in lane["marks"]:
        has_keys(mark, MARK_KEYS)
        assert lane["start_ns"] <= mark["at_ns"] <= lane["end_ns"]
    times = [mark["at_ns"] for mark in lane["marks"]]
    assert times == sorted(times)
    for state, total in lane["in_state_ns"].items():
        assert total == state_ns(lane, state)


def check_cores(run, cores):
    """No lane has run for longer than it spent CPU time, nor all on more cores than there
    are; but those that were cut off could not tell."""
    known = [lane for lane in run["lanes"] if lane["cpu_ns"] is not None]
    for lane in known:
        assert state_ns(lane, "run") <= lane["cpu_ns"] + CLOCKS_NS, lane["name"]
    if known:
        start = min(lane["start_ns"] for lane in known)
        end = max(lane["end_ns"] for lane in known)
        total = sum(state_ns(lane, "run") for lane in known)
        assert total <= cores * (end - start) + CLOCKS_NS * len(known)


def check_run_of_variant(run, cores):
    has_keys(run, ONE_RUN_KEYS)
    if run["dropped_events"] == 0:
        check_cores(run, cores)
    ids = {lane["id"] for lane in run["lanes"]}
    assert len(ids) == len(run["lanes"])
    for lane in run["lanes"]:
        check_lane(lane, ids)
        outlives = lane["kind"] == "process" and lane["parent"] is not None
        assert outlives or lane["end_ns"] <= run["wall_ns"]
    if run["ended_by"] is None:
        assert run["lanes"][0]["start_ns"] == 0 and not run["lanes"][0]["cut"]


def comparable(variant):
    return sorted(run["wall_ns"] for run in variant["runs"]
                  if run["ended_by"] is None and not run["disturbed"])


def check_variant(variant, cores):
    has_keys(variant, VARIANT_KEYS)
    for run in variant["runs"]:
        check_run_of_variant(run, cores)
    walls = comparable(variant)
    if walls:
        assert variant["wall_ns"] == walls[(len(walls) - 1) // 2]
        assert variant["spread_ns"] == [walls[0], walls[-1]]
        ideal = variant["ideal_ns"]
        assert variant["overhead_ns"] == (None if ideal is None else
                                          variant["wall_ns"] - ideal)
    else:
        assert variant["wall_ns"] is None and variant["spread_ns"] is None
        assert variant["overhead_ns"] is None and variant["speedup"] is None
    if variant["skipped"]:
        assert not variant["runs"] and not variant["ok"]
    if variant["ok"]:
        # A deadlock that was caught is what there was to be seen.
        assert all(run["ended_by"] in (None, "deadlock") for run in variant["runs"])
    for key, value in (variant["outcome"] or {}).items():
        if isinstance(value, int) and not isinstance(value, bool):
            assert value == sum(r["outcome"].get(key, 0) for r in variant["runs"]), key


def check(run):
    """Assert all of it; the run back, so that a test can go on with it."""
    has_keys(run, RUN_KEYS)
    assert run["schema"] == "conc-run/1"
    has_keys(run["machine"], MACHINE_KEYS)
    assert 1 <= run["machine"]["cores_used"] <= run["machine"]["cores"]
    for task in run["tasks"]:
        has_keys(task, TASK_KEYS)
        assert task["ttl_ns"] >= 0 and task["work"] in ("wait", "cpu", "program")
    for variant in run["variants"]:
        check_variant(variant, run["machine"]["cores_used"])
    runs = list(itertools.chain(*(variant["runs"] for variant in run["variants"])))
    assert run["disturbed"] == any(one["disturbed"] for one in runs)
    assert run["dropped_events"] == sum(one["dropped_events"] for one in runs)
    first = run["variants"][0]
    for variant in run["variants"]:
        if variant["speedup"] is not None:
            ratio = first["wall_ns"] / variant["wall_ns"]
            assert abs(variant["speedup"] - ratio) < 1e-9 * ratio
    return run


# ---- looking things up


def variant(run, name):
    return next(v for v in run["variants"] if v["name"] == name)


def names(run):
    return [v["name"] for v in run["variants"]]


def lane(run, name):
    """A lane of one run of a variant."""
    return next(each for each in run["lanes"] if each["name"] == name)


def marks(run, what):
    """All marks of a kind: [(lane's name, mark)]."""
    return [(each["name"], mark) for each in run["lanes"] for mark in each["marks"]
            if mark["what"] == what]


def tasks_done(run):
    """When each task was begun and done: {name: (begin, done)}, of tasks that got there."""
    begun = {mark["object"]: mark["at_ns"] for _, mark in marks(run, "begin")}
    return {mark["object"]: (begun[mark["object"]], mark["at_ns"])
            for _, mark in marks(run, "done")}


def state_ns(lane_of_run, state):
    return sum(span["end_ns"] - span["start_ns"] for span in lane_of_run["spans"]
               if span["state"] == state)


def in_order_ns(ttls, workers):
    """When all tasks are done, where whoever is free first takes the next one."""
    free = workers * [0]
    for ttl in ttls:
        free[free.index(min(free))] += ttl
    return max(free)


def both_in_state_ns(one, other, state):
    """How long two lanes are in a state at the same time."""
    total = 0
    for a in one["spans"]:
        for b in other["spans"]:
            if a["state"] == state == b["state"]:
                total += max(0, min(a["end_ns"], b["end_ns"]) -
                             max(a["start_ns"], b["start_ns"]))
    return total
