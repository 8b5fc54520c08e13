# SPDX-License-Identifier: MIT
"""cost: what is measured of each flow, what of it is shown, and what is said of it."""

import csv
import io
import json
import re
import signal

import pytest
import runs
from conftest import wait_until

ALL = ("sequential", "process", "program", "thread", "pool", "loop")
KIND = {"sequential": None, "process": "process", "program": "process",
        "thread": "thread", "pool": "thread", "loop": "task"}
OUTCOMES = {"processes": "process", "threads": "thread", "timers": "task"}
START, SWITCH, MEMORY = ("time to start one and wait for its end",
                         "time to go from one to another",
                         "memory that one has while it waits")
FLOORS = {START: ["reading the clock", "a system call", "fork, _exit, waitpid",
                  "pthread_create, _join"],
          SWITCH: ["a byte through a pipe", "a semaphore, up, down"], MEMORY: []}
POOL_THREADS = 4


def report(conc, *args, **how):
    result = conc("cost", *args, "--json", **how)
    assert result.status == 0 and not result.err, result
    return check(runs.check(result.json))


def check(run):
    """What holds of every run: the flows that there were, and whole figures."""
    tasks = len(run["tasks"])
    for variant in run["variants"]:
        kind = KIND[variant["name"]]
        for one in variant["runs"]:
            flows = [lane["kind"] for lane in one["lanes"][1:]]
            assert set(flows) <= {kind}
            if variant["name"] == "pool":
                assert 1 <= len(flows) <= min(tasks, POOL_THREADS)
            else:
                assert len(flows) == (tasks if kind else 0)
            assert one["outcome"] == {key: flows.count(of) for key, of in OUTCOMES.items()}
            done = [mark["object"] for _, mark in runs.marks(one, "done")]
            assert len(done) == len(set(done)) == tasks
    for measure in run.get("measures", []):
        least, most = measure["middle_half"]
        assert 0 < least <= measure["median"] <= most
        assert measure["unit"] == ("bytes" if measure["chart"] == MEMORY else "ps")
    return run


def measured(run):
    return {(measure["chart"], measure["name"]): measure for measure in run["measures"]}


def names_in(run, chart):
    return [measure["name"] for measure in run["measures"] if measure["chart"] == chart]


def apart(one, other):
    return one["middle_half"][0] > other["middle_half"][1] or \
        other["middle_half"][0] > one["middle_half"][1]


# ---- what is measured


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return tmp_path_factory.mktemp("cost") / "cost.json"


@pytest.fixture
def run(conc, saved):
    """One run, for all tests that look at it."""
    if not saved.exists():
        assert conc("cost", "--no-live", "-o", str(saved)).status == 0
    return check(runs.check(json.loads(saved.read_text())))


def test_every_flow_is_measured_beside_the_floors(run):
    assert runs.names(run) == list(ALL)
    for chart in (START, SWITCH, MEMORY):
        flows = [name for name in ALL if chart == START or name != "sequential"]
        assert names_in(run, chart) == flows + FLOORS[chart]
        assert [m["name"] for m in run["measures"] if m["chart"] == chart and m["floor"]] \
            == FLOORS[chart]


@pytest.mark.plain
def test_what_differs_a_hundredfold_does_so_on_a_busy_machine_too(run):
    least = {key: measure["middle_half"][0] for key, measure in measured(run).items()}
    assert least[START, "program"] > 100 * least[START, "loop"]
    assert least[START, "process"] > 20 * least[START, "loop"]
    assert least[START, "loop"] > 5 * least[START, "sequential"]
    assert least[START, "process"] > 20 * least[START, "a system call"]
    assert least[MEMORY, "process"] > 20 * least[MEMORY, "pool"]
    assert least[MEMORY, "thread"] > 20 * least[MEMORY, "loop"]


def test_only_what_was_chosen_is_measured(conc):
    run = report(conc, "--only", "thread,loop")
    for chart in (START, SWITCH, MEMORY):
        assert names_in(run, chart) == ["thread", "loop"] + FLOORS[chart]


def test_quiet_measures_nothing(conc):
    run = report(conc, "--only", "process", "--quiet")
    assert "measures" not in run
    assert runs.variant(run, "process")["verdict"] == ""


def test_a_flow_that_was_cut_off_is_not_measured(conc):
    run = report(conc, "--only", "sequential,thread", "0.2", "0.3", "--limit", "0.4")
    assert runs.variant(run, "sequential")["status"] == "skipped"
    assert names_in(run, START) == ["thread"] + FLOORS[START]
    assert verdict(run).startswith("To start a thread and wait for its end takes ")


@pytest.mark.parametrize("args", [("--work", "cpu", "--cores", "1"),
                                  ("--tasks", "9", "--ttl", "0.002"), ("0", "0.003"),
                                  ("--tasks", "1"), ("--repeat", "2")])
def test_options_are_for_what_is_drawn(conc, args):
    run = report(conc, "--quiet", *args)
    assert all(variant["ok"] for variant in run["variants"])
    for variant in run["variants"]:
        assert variant["ideal_ns"] == ideal_ns(run, variant["name"])


def test_the_pool_is_as_large_whatever_the_environment_says(conc):
    run = report(conc, "--only", "pool", "--tasks", "4", "--ttl", "0.1", "--quiet",
                 env={"UV_THREADPOOL_SIZE": "1"})
    [one] = runs.variant(run, "pool")["runs"]
    assert len(one["lanes"]) == 1 + POOL_THREADS


def ideal_ns(run, name):
    ttls, cores = [task["ttl_ns"] for task in run["tasks"]], run["machine"]["cores_used"]
    computes = run["tasks"][0]["work"] == "cpu"
    if name == "sequential" or (name == "loop" and computes):
        return sum(ttls)
    if name == "pool":
        shared = sum(ttls) // cores if computes else 0
        return max(runs.in_order_ns(ttls, POOL_THREADS), shared)
    return max(max(ttls), sum(ttls) // cores) if computes else max(ttls)


def test_an_interrupt_while_it_measures_leaves_nothing(conc):
    running = conc.start("cost", "--only", "program")
    assert wait_until(lambda: [line for line in running.others().values()
                               if line.startswith(("true ", "cat "))])
    running.signal(signal.SIGINT)
    result = running.finish()
    assert result.status == 130
    assert ("interrupted before all was measured" in result.err) == ("✗" not in result.out)
    assert not conc.left_behind()


# ---- what is said


def verdict(run):
    *others, last = run["variants"]
    assert not any(variant["verdict"] for variant in others)
    return last["verdict"]


WORDS = {"program": ("program", "programs"), "process": ("process", "processes"),
         "thread": ("thread", "threads"), "pool": ("task of a pool", "tasks of a pool"),
         "loop": ("task on a loop", "tasks on a loop"),
         "sequential": ("function call", "function calls")}


def number(text):
    return float(text.replace(",", ""))


def test_ratios_are_those_of_the_figures(run):
    text, figures = verdict(run), measured(run)
    order = list(WORDS)
    for name, other in zip(order, order[1:]):
        one, two = figures[START, name], figures[START, other]
        assert f"a {WORDS[name][0]} " in text
        found = re.search(rf"a {WORDS[name][0]} takes as long as ([\d.,]+)(?: to ([\d.,]+))? "
                          rf"{WORDS[other][1]}", text)
        if not apart(one, two):
            assert f"a {WORDS[name][0]} and a {WORDS[other][0]} are not told apart" in text
        elif one["median"] < two["median"]:
            assert f"a {WORDS[name][0]} takes less than a {WORDS[other][0]}" in text
        elif found[2]:
            least, most = one["middle_half"][0] / two["middle_half"][1], \
                one["middle_half"][1] / two["middle_half"][0]
            assert most > 1.5 * least
            assert number(found[1]) == pytest.approx(least, rel=0.06)
            assert number(found[2]) == pytest.approx(most, rel=0.06)
        else:
            assert number(found[1]) == pytest.approx(one["median"] / two["median"], rel=0.06)
    calls = re.search(r"\. A thread takes as long as ([\d.,]+)", text)
    assert number(calls[1]) <= figures[START, "thread"]["median"] / \
        figures[START, "sequential"]["median"] * 1.06


def changed(conc, saved, tmp_path, change):
    """The saved run with other figures, replayed: what views make of it."""
    run = json.loads(saved.read_text())
    change(run)
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(run))
    return conc("replay", str(path), "--no-live", "--width", "80")


def test_a_replay_shows_the_same(conc, run, saved):
    for how in (("--width", "80"), ("--plain",), ("--width", "40", "--ascii")):
        text = conc("replay", str(saved), "--no-live", *how).out
        for chart in (START, SWITCH, MEMORY):
            assert re.search(f"^{chart}.*:$", text, re.MULTILINE), how
        for measure in run["measures"]:
            assert measure["name"] in text, how
    again = conc("replay", str(saved), "--json").json
    assert again["measures"] == run["measures"]


def test_bars_are_in_pages_and_pictures(conc, run, saved, tmp_path):
    bars = {tmp_path / "cost.svg": 'fill="#0072b2"/>',
            tmp_path / "cost.html": 'class="measured"/>'}
    wanted = [word for path in bars for word in ("-o", str(path))]
    assert conc("replay", str(saved), "--no-live", *wanted).status == 0
    for path, bar in bars.items():
        text = path.read_text()
        assert all(measure["name"] in text for measure in run["measures"])
        assert text.count(bar) >= len(run["measures"]) - 6


def test_rows_have_the_medians_of_their_variant(conc, run, saved):
    out = conc("replay", str(saved), "--format", "csv", "-o", "-").out
    rows, figures = list(csv.DictReader(io.StringIO(out))), measured(run)
    assert [row["variant"] for row in rows] == list(ALL)
    for row in rows:
        for chart in (START, SWITCH, MEMORY):
            unit = "bytes" if chart == MEMORY else "ps"
            figure = figures.get((chart, row["variant"]))
            assert row[f"measured.{chart} ({unit})"] == (str(figure["median"]) if figure else "")


@pytest.mark.parametrize("wrong, said", [
    ({"name": "lightness"}, "is nothing that conc cost measures"),
    ({"median": 0}, "median"),
    ({"middle_half": [5, 4]}, "does not hold the median"),
    ({"middle_half": None}, "does not hold the median"),
])
def test_a_file_that_cannot_be_is_refused(conc, run, saved, tmp_path, wrong, said):
    assert run
    result = changed(conc, saved, tmp_path, lambda file: file["measures"][1].update(wrong))
    assert result.status == 1 and "measures[1]" in result.err and said in result.err


def test_a_file_from_before_there_were_measures_is_read(conc, run, saved, tmp_path):
    assert run
    result = changed(conc, saved, tmp_path, lambda file: file.pop("measures"))
    assert result.status == 0 and START + ":" not in result.out
