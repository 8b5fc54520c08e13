# SPDX-License-Identifier: MIT
"""race: what is wrong loses updates in every run, what is right in none, and what is shown
of it is what was read and written in that run."""

import re

import pytest
import runs
from conftest import PATIENCE, ROOT

MS = 1_000_000
RIGHT = ("sequential", "mutex", "one-step", "atomic")
NO_FIXES = ("sleep", "check-twice", "wrong-lock", "lock-writes", "faster")
WRONG = ("unsafe", *NO_FIXES)
DEFAULT = ("sequential", "unsafe", "mutex", "one-step", "atomic")
ALL = (*DEFAULT, *NO_FIXES)
STORIES = ("counter", "tickets")
#: The machine idle but for the tests, beside two busy processes a core, and on one core.
SURROUNDINGS = [(), ("--load",), ("--cores", "1")]
#: Short, and long enough for a busy machine to run another thread meanwhile.
TTL = ("--ttl", "50ms")
#: Long enough for three threads to be at work at once on a busy machine.
LONG_MS = 100 * PATIENCE
LONG_TTL = ("--ttl", f"{LONG_MS}ms")


def names_of(options):
    return " ".join(options) or "default"


surroundings = pytest.mark.parametrize("where", SURROUNDINGS, ids=names_of)
stories = pytest.mark.parametrize("story", STORIES)


def report(conc, *args, costs=False, **how):
    """What an update costs takes longer than most runs."""
    result = conc("race", *args, "--json", *([] if costs else ["--quiet"]), **how)
    assert result.status == 0 and not result.err, result
    return check(runs.check(result.json))


def said(conc, *args):
    result = conc("race", *args, "--width", "300", "--color", "never")
    assert result.status == 0 and not result.err, result
    return re.sub(r"\s+", " ", result.out)


def one_of(run, name):
    """The only run of a variant."""
    [one] = runs.variant(run, name)["runs"]
    return one


def lost(run, name):
    """Of each run of a variant: how many updates were lost."""
    return [one["outcome"]["lost"] for one in runs.variant(run, name)["runs"]]


def check_outcome(run, outcome):
    sells = run["options"]["story"] == "tickets"
    count = run["options"]["count"]
    expected, actual = outcome["expected"], outcome["actual"]
    assert expected == (count if sells else count * len(run["tasks"]))
    assert outcome["lost"] == (actual - expected if sells else expected - actual)
    assert 0 <= outcome["lost"] < count * len(run["tasks"])
    assert outcome["runs"] == 1
    assert outcome["runs_with_loss"] == (outcome["lost"] > 0)
    assert outcome.get("sold_twice") == (outcome["lost"] if sells else None)


def check_steps(variant):
    """The steps are marks of that run, and are a lost update."""
    shown = variant["interleaving"]
    if shown is None:
        return
    steps = shown["steps"]
    marks = [(name, mark["at_ns"], mark["value"], mark["source"])
             for what in ("read", "write")
             for name, mark in runs.marks(variant["runs"][shown["run"]], what)]
    for step in steps:
        value = int(step["value"].replace(",", ""))
        assert (step["lane"], step["at_ns"], value, step["source"]) in marks
    assert [step["at_ns"] for step in steps] == sorted(step["at_ns"] for step in steps)
    assert len({step["lane"] for step in steps}) == 2
    *reads, first, second = steps
    assert first["lane"] != second["lane"]
    assert first["value"] == second["value"]
    assert len({step["value"] for step in reads}) == 1 != first["value"]
    assert [bool(step["remark"]) for step in steps] == [False] * (len(steps) - 1) + [True]


def check_histogram(variant):
    bins = variant["histogram"]
    if bins is None:
        return
    assert sum(each["runs"] for each in bins) == len(variant["runs"])
    found = [one["outcome"]["lost"] for one in variant["runs"]]
    for each in bins:
        least, _, most = each["label"].replace(",", "").partition(" to ")
        assert each["runs"] == sum(int(least) <= n <= int(most or least) for n in found)


def check(run):
    """What holds of every run, whatever the machine was doing."""
    for variant in run["variants"]:
        assert variant["ok"]
        for one in variant["runs"]:
            check_outcome(run, one["outcome"])
            assert not any(lane["cut"] for lane in one["lanes"])
        if variant["name"] in RIGHT:
            assert variant["outcome"]["lost"] == 0
            assert variant["interleaving"] is None and variant["histogram"] is None
        check_steps(variant)
        check_histogram(variant)
    return run


def assert_all_lose(run, names):
    for name in names:
        assert 0 not in lost(run, name), f"{name} lost nothing in some of {lost(run, name)}"


# ---- the variants


def test_the_default_run(conc):
    result = conc("race", "--json")
    assert result.status == 0 and result.seconds < 3 * PATIENCE
    run = check(runs.check(result.json))
    assert runs.names(run) == list(DEFAULT)
    assert [task["ttl_ns"] for task in run["tasks"]] == [100 * MS] * 2
    assert lost(run, "unsafe") == [1]
    assert runs.variant(run, "unsafe")["interleaving"]


@stories
def test_every_variant(conc, story):
    run = report(conc, *TTL, "--tasks", "3", "--story", story, "--with", ",".join(NO_FIXES))
    assert runs.names(run) == list(ALL)
    assert_all_lose(run, WRONG)
    for name in WRONG:
        assert runs.variant(run, name)["interleaving"], name


@surroundings
@stories
@pytest.mark.parametrize("count", ["1", "1000"])
def test_what_is_wrong_loses_in_every_run(conc, story, where, count):
    run = report(conc, *TTL, "--tasks", "2", "--story", story, "--count", count, *where,
                 "--only", ",".join(WRONG), "--repeat", "3")
    assert_all_lose(run, WRONG)


@stories
def test_a_million_updates(conc, story):
    run = report(conc, *TTL, "--tasks", "2", "--story", story, "--count", "1000000",
                 "--with", "check-twice,lock-writes")
    assert_all_lose(run, ("unsafe", "check-twice", "lock-writes"))


@stories
@pytest.mark.parametrize("options", [("--natural",), (), ("--work", "cpu")], ids=names_of)
def test_what_is_right_never_loses(conc, story, options):
    run = report(conc, "--ttl", "1ms", "--tasks", "3", "--story", story, "--count", "200",
                 "--only", ",".join(RIGHT), "--repeat", "20", *options)
    assert [variant["outcome"]["runs"] for variant in run["variants"]] == [20] * 4


@pytest.mark.soak
@surroundings
@stories
@pytest.mark.parametrize("count", ["1", "10", "1000", "1000000"])
def test_unsafe_loses_in_all_of_many_runs(conc, soak, story, where, count):
    rounds = soak(30)
    run = report(conc, *TTL, "--tasks", "2", "--story", story, "--count", count, *where,
                 "--only", "unsafe", "--repeat", str(rounds))
    assert_all_lose(run, ["unsafe"])
    soak.note(f"{story}, --count {count}, {names_of(where)}: something lost in "
              f"{rounds} of {rounds} runs")


@pytest.mark.soak
@surroundings
@stories
@pytest.mark.parametrize("tasks", ["2", "3", "10"])
def test_fixes_that_are_none_lose_in_all_of_many_runs(conc, soak, story, where, tasks):
    rounds = soak(20)
    run = report(conc, *TTL, "--tasks", tasks, "--story", story, "--count", "10", *where,
                 "--only", ",".join(NO_FIXES), "--repeat", str(rounds))
    assert_all_lose(run, NO_FIXES)
    soak.note(f"{story}, {tasks} tasks, {names_of(where)}: each of {len(NO_FIXES)} lost in "
              f"{rounds} of {rounds} runs")


@pytest.mark.soak
@surroundings
@stories
def test_what_is_right_loses_in_none_of_many_runs(conc, soak, story, where):
    rounds = soak(1000)
    run = report(conc, "--ttl", "1ms", "--tasks", "2", "--story", story, "--count", "100",
                 *where, "--only", ",".join(RIGHT), "--repeat", str(rounds))
    for name in RIGHT:
        assert not any(lost(run, name))
    soak.note(f"{story}, {names_of(where)}: nothing lost in {rounds} runs of each of "
              f"{', '.join(RIGHT)}")


def works_at_once(one):
    """How many tasks were being done at the same time, at most."""
    done = runs.tasks_done(one).values()
    return max(sum(begin <= at < end for begin, end in done) for at, _ in done)


def test_the_work_is_in_the_critical_section_or_not(conc):
    run = report(conc, *LONG_TTL, "--tasks", "3", "--with", "wrong-lock,lock-writes")
    at_once = {name: works_at_once(one_of(run, name)) for name in runs.names(run)}
    assert at_once == {"sequential": 1, "unsafe": 3, "mutex": 1, "one-step": 3, "atomic": 3,
                       "wrong-lock": 3, "lock-writes": 3}
    for name, times in (("mutex", 3), ("one-step", 1), ("atomic", 1)):
        assert runs.variant(run, name)["ideal_ns"] == times * LONG_MS * MS


def test_under_the_lock_nobody_is_met_and_else_somebody_is(conc):
    run = report(conc, *TTL, "--tasks", "2", "--with", "lock-writes")
    waits = {name: len(runs.marks(one_of(run, name), "timeout")) for name in runs.names(run)}
    assert waits == {"sequential": 0, "unsafe": 0, "mutex": 1, "one-step": 0, "atomic": 0,
                     "lock-writes": 0}
    assert "in vain" in runs.variant(run, "mutex")["verdict"]


def test_each_thread_has_read_before_any_has_written(conc):
    run = report(conc, *TTL, "--tasks", "2", "--only", "unsafe,check-twice,lock-writes")
    for variant in run["variants"]:
        [one] = variant["runs"]
        reads = [mark["at_ns"] for _, mark in runs.marks(one, "read")]
        writes = [mark["at_ns"] for _, mark in runs.marks(one, "write")]
        assert len(reads) == (4 if variant["name"] == "check-twice" else 2)
        assert len(writes) == 2 and max(reads) < min(writes)


def test_sources_of_steps_are_where_it_is_read_and_written(conc):
    lesson = (ROOT / "demos" / "race.c").read_text().splitlines()
    for step in runs.variant(report(conc, *TTL, "--tasks", "2"), "unsafe")["interleaving"]["steps"]:
        path, _, line = step["source"].partition(":")
        assert path == "demos/race.c"
        call = "atomic_load_explicit" if "reads" in step["what"] else "atomic_store_explicit"
        assert call in lesson[int(line) - 1]


def test_faster_does_a_tenth_of_the_work(conc):
    run = report(conc, "--ttl", "200ms", "--tasks", "2", "--only", "unsafe,faster")
    faster = runs.variant(run, "faster")
    assert faster["ideal_ns"] == 20 * MS <= faster["wall_ns"]
    assert faster["speedup"] is None
    assert lost(run, "faster") == [1]


def test_sleep_comes_later_and_not_late_enough(conc):
    run = report(conc, *TTL, "--tasks", "3", "--only", "sleep")
    one = one_of(run, "sleep")
    slept = {lane["name"]: runs.state_ns(lane, "wait") - 50 * MS for lane in one["lanes"][1:]}
    assert slept["darthvader"] >= MS and slept["leia"] >= 2 * MS


# ---- left to luck


@stories
@pytest.mark.parametrize("count", ["1", "100000"])
def test_natural_says_what_happened(conc, story, count):
    run = report(conc, "--natural", "--ttl", "1ms", "--tasks", "2", "--story", story,
                 "--count", count, "--only", "unsafe,lock-writes", "--repeat", "10")
    for variant in run["variants"]:
        assert variant["interleaving"] is None
        assert ("luck" in variant["verdict"]) == (variant["outcome"]["lost"] == 0)
        assert variant["histogram"]
        for one in variant["runs"]:
            assert not [name for what in ("read", "write", "take")
                        for name, _ in runs.marks(one, what)]


def test_natural_holds_no_lock_while_it_works(conc):
    run = report(conc, "--natural", *LONG_TTL, "--tasks", "3")
    for name in DEFAULT[1:]:
        assert works_at_once(one_of(run, name)) == 3
        assert runs.variant(run, name)["ideal_ns"] == LONG_MS * MS


def test_natural_excludes_faster(conc):
    result = conc("race", "--natural", "--with", "faster")
    assert result.status == 2 and result.err.count("\n") == 1
    assert "--natural" in result.err and "faster" in result.err
    assert conc("race", "--natural", "--ttl", "0", "--with", "sleep", "--quiet").status == 0


# ---- costs


def test_what_an_update_costs(conc):
    run = report(conc, "--ttl", "1ms", "--tasks", "2", "--with", ",".join(NO_FIXES), costs=True)
    for variant in run["variants"]:
        costs = variant["costs_ps"]
        if variant["name"] in ("unsafe", "mutex", "one-step", "atomic"):
            assert costs["operation"] == "one update"
            for how in ("alone", "together"):
                assert 0 < costs[how]["min"] <= costs[how]["median"] <= costs[how]["max"]
        else:
            assert costs is None


# ---- the command line


@pytest.mark.parametrize("args, what", [
    (("--story", "lottery"), "counter"), (("--count", "0"), "1 to 1,000,000"),
    (("--count", "1000001"), "1 to 1,000,000"), (("--count", "-1"), "1 to 1,000,000"),
    (("--natural=yes",), "--natural"), (("--only", "rase"), "unsafe"),
])
def test_bad_values(conc, args, what):
    result = conc("race", *args)
    assert result.status == 2 and result.err.count("\n") == 1
    assert args[0].partition("=")[0] in result.err and what in result.err, result


@pytest.mark.parametrize("args", [
    ("0",), ("0", "0"), ("0.1", "0.02"), ("0.02", "0.05", "--work", "cpu"),
    ("0.02", "0.02", "--work", "cpu", "--cores", "1"), ("--tasks", "100", "--ttl", "1ms"),
    ("1", "1", "--speed", "20"), ("0.1", "0.1", "--limit", "0.15"),
    ("0.01", "0.01", "--names", "ann,bob", "--count", "7", "--story", "tickets"),
], ids=" ".join)
def test_any_command_line(conc, args):
    result = conc("race", *args, "--with", ",".join(NO_FIXES), "--json", "--quiet")
    assert result.status == 0, result
    for variant in runs.check(result.json)["variants"]:
        if not variant["ok"]:
            assert not variant["verdict"]
        elif variant["name"] in RIGHT:
            assert variant["outcome"]["lost"] == 0
    assert "disturbed" not in said(conc, *args, "--with", ",".join(NO_FIXES))


def test_work_that_computes_is_lost_as_well(conc):
    for cores in ((), ("--cores", "1")):
        run = report(conc, "0.03", "0.03", "--work", "cpu", *cores, "--with",
                     ",".join(NO_FIXES))
        assert_all_lose(run, WRONG)


def test_unequal_times(conc):
    assert_all_lose(report(conc, "0.15", "0.02", "--with", ",".join(NO_FIXES)), WRONG)
    assert_all_lose(report(conc, "0.02", "0.15", "--with", ",".join(NO_FIXES)), WRONG)


def test_one_task_has_nobody_to_race_with(conc):
    run = report(conc, "0.01", "--with", ",".join(NO_FIXES))
    for variant in run["variants"]:
        assert variant["outcome"]["lost"] == 0
        assert not runs.marks(variant["runs"][0], "timeout")
    verdicts = [variant["verdict"] for variant in run["variants"]]
    assert sum("nobody to race with" in text for text in verdicts) == 1
    assert all(not text for text in verdicts if "nobody" not in text)


def test_what_was_cut_off_claims_nothing(conc):
    run = runs.check(conc("race", "0.2", "0.2", "--only", "unsafe,mutex", "--limit", "0.1",
                          "--json").json)
    for variant in run["variants"]:
        assert variant["skipped"] and not variant["verdict"]
    # A thousand threads cannot all have started, waited and ended in that time.
    run = runs.check(conc("race", "--tasks", "1000", "--ttl", "0.2", "--only", "unsafe",
                          "--limit", "0.2", "--json").json)
    [variant] = run["variants"]
    assert not variant["ok"] and not variant["verdict"]
    assert variant["outcome"]["runs"] == variant["outcome"]["lost"] == 0


# ---- what is shown


def test_the_words_of_the_verdicts(conc):
    text = said(conc, *TTL, "--tasks", "2")
    for words in ("1 of 2 additions was lost", "a lost update", "critical section",
                  "atomic", "two counted, one kept"):
        assert words in text, words
    text = said(conc, *TTL, "--tasks", "2", "--story", "tickets")
    for words in ("2 tickets were sold for 1 seat", "time of check", "time of use",
                  "two tickets, one seat", "sees 1 left"):
        assert words in text, words


@pytest.mark.parametrize("name, why", [
    ("sleep", "comes later"), ("check-twice", "second look"), ("wrong-lock", "the same"),
    ("lock-writes", "out of date"), ("faster", "tenth")])
def test_why_it_is_no_fix(conc, name, why):
    text = runs.variant(report(conc, *TTL, "--tasks", "2", "--only", name), name)["verdict"]
    assert "1 of 2 additions was lost" in text and why in text


def test_runs_are_counted(conc):
    text = said(conc, "--ttl", "10ms", "--tasks", "2", "--only", "unsafe,mutex", "--repeat", "9")
    assert "in 9 of 9 runs something was lost" in text
    assert "in 9 runs no addition was lost" in text
    assert "additions lost" in text and "9 runs" in text


def test_plain_tells_who_read_and_wrote_what(conc):
    text = said(conc, *TTL, "--tasks", "2", "--only", "unsafe", "--plain")
    assert text.count("reads 0 from") == 2 and text.count("writes 1 to") == 2
    assert not re.search("[─█░├]", text)


@pytest.mark.plain
@pytest.mark.parametrize("width", ["40", "72", "80", "200"])
@stories
def test_lines_fit(conc, story, width):
    result = conc("race", "--ttl", "1ms", "--story", story, "--count", "1000000", "--only",
                  "unsafe,check-twice", "--repeat", "2", "--width", width)
    assert result.status == 0
    assert max(map(len, result.out.splitlines())) <= int(width)


@pytest.mark.plain
@pytest.mark.parametrize("args", [
    (), ("--only", "unsafe", "--natural"), ("--only", "unsafe", "--natural", "--count", "10"),
    ("--story", "tickets"), ("--only", "sleep"), ("--story", "tickets", "--only", "faster"),
    ("--tasks", "1"), ("--limit", "1us")], ids=names_of)
def test_the_line_to_try_next_can_be_run(conc, args):
    text = said(conc, "--ttl", "10ms", *args)
    words = text.rpartition(" conc ")[2].split()
    result = conc(*words, "--json", "--quiet")
    assert result.status == 0, (words, result)


def test_a_thousand_threads(conc):
    run = report(conc, "--tasks", "1000", "--ttl", "1ms", "--only", "unsafe,one-step,atomic",
                 timeout=60 * PATIENCE)
    assert lost(run, "unsafe")[0] > 0
