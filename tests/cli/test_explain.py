# SPDX-License-Identifier: MIT
"""--explain: what a picture's events mean."""

import re

import pytest

DEMOS = ("threads", "fork", "daemon", "join", "race", "deadlock", "pool", "async", "all")
HURRY = ("--speed", "20")
ITEM = re.compile(r"^ {0,3}(\d+)  ([\d.]+ m?s|[\d.]+ [µu]s) +(\S.*)$")


def explained(text):
    """{variant: ([numbers below the picture], [(number, time, sentence)])}."""
    found, current, numbers, items = {}, None, [], []
    for line in text.split("1 cell = ")[0].splitlines():
        heading = re.match(r"([a-z][\w+-]*) .*(\d m?s|µs|ended|stuck)", line)
        item = ITEM.match(line)
        if heading and not line.startswith("conc "):
            current = heading[1]
            found[current] = ([], [])
        elif current and re.fullmatch(r" +[\d– -]+", line):
            if not found[current][0]:
                found[current][0].extend(line.split())
        elif current and item:
            found[current][1].append((int(item[1]), item[2], item[3]))
        elif not line:
            current = None
        elif current and found[current][1] and re.match(r" {6,}\S", line):
            number, time, sentence = found[current][1][-1]
            found[current][1][-1] = (number, time, f"{sentence} {line.strip()}")
    return {name: parts for name, parts in found.items() if parts[1]}


def flat(text):
    """Without the breaks of lines."""
    return " ".join(text.split())


def numbers_of(places):
    """Each number that the places stand for: ["1–3", "4"] are 1, 2, 3, 4."""
    numbers = []
    for place in places:
        first, *last = re.split("[–-]", place)
        numbers += range(int(first), int((last or [first])[0]) + 1)
    return numbers


def test_it_says_why_somebody_waits(conc):
    out = conc("threads", "0.1", "0.2", "--explain").out
    places, items = explained(out)["threads"]
    sentences = [sentence for _, _, sentence in items]
    assert "main starts luke: a thread of its own, in the same memory" in sentences
    assert "main waits here until luke ends: uv_thread_join returns only then" in sentences
    assert ("main goes on: luke has ended; now it waits here until darthvader ends"
            in sentences)
    assert sentences[-1] == "main ends: the variant returns, and the clock stops"


def test_it_says_who_has_what_others_want(conc):
    out = conc("deadlock", *HURRY, "--only", "opposite", "--plain", "--explain").out
    for one, other, lock in (("luke", "darthvader", "right"), ("darthvader", "luke", "left")):
        assert re.search(rf"{one} wants {lock}, which {other} has held since [\d.]+ ..: "
                         rf"{one} sleeps, and is never given it", out), out


def test_it_says_that_there_is_no_core(conc):
    out = conc("threads", "0.1", "0.1", "--work", "cpu", "--cores", "1", "--plain",
               "--explain", "--only", "threads").out
    assert re.search(r"(luke|darthvader) could go on, but has no core: others have them", out)


@pytest.mark.parametrize("demo", DEMOS)
def test_every_number_has_a_place_and_a_sentence(conc, demo):
    result = conc(demo, *HURRY, "--explain", "--width", "80", "--no-live")
    assert result.status == 0 and not result.err, result
    found = explained(result.out)
    assert found
    for name, (places, items) in found.items():
        wanted = list(range(1, len(items) + 1))
        assert [number for number, _, _ in items] == wanted, name
        assert numbers_of(places) == wanted, (name, places)
        assert len(items) <= 20
        assert all(len(sentence) > 8 for _, _, sentence in items)


@pytest.mark.parametrize("width", [1, 12, 20, 40, 60, 120])
def test_lines_fit(conc, width):
    out = conc("pool", *HURRY, "--explain", "--width", str(width)).out
    assert max(len(line) for line in out.splitlines()) <= width
    assert not [line for line in out.splitlines() if line.endswith(" ")]


def test_of_many_events_some_are_told_and_the_rest_is_counted(conc):
    out = conc("threads", "--tasks", "60", "--ttl", "0.05", "--explain", "--only",
               "threads").out
    places, items = explained(out)["threads"]
    assert len(items) == 20
    assert re.search(r"and [\d,]+ more events: --plain --explain tells all", out)
    # Each kind of event is there once, and the picture's end.
    assert any(" starts " in sentence for _, _, sentence in items)
    assert items[-1][2].startswith("main ends") or "main goes on" in items[-1][2]


def test_a_window_chooses_what_is_explained(conc):
    out = conc("threads", "0.1", "0.3", "--only", "sequential", "--explain", "--from",
               "0.05", "--to", "0.2").out
    _, items = explained(out)["sequential"]
    assert [sentence.split(":")[0] for _, _, sentence in items] == [
        "main is done with the task luke", "main begins the task darthvader"]


def test_it_is_ascii_where_that_is_asked_for(conc):
    for how in ((), ("--plain",)):
        out = conc("threads", "0.01", "0.02", "--explain", "--ascii", *how).out
        assert out.isascii()
    assert out


def test_plain_lines_are_as_many_as_without_it_or_more(conc):
    told = {}
    for how in ((), ("--explain",)):
        out = conc("join", "0.05", "--only", "join", "--plain", *how).out
        told[how] = [line for line in out.splitlines() if re.match(r"[\d.]+ m?s +", line)]
    assert len(told[("--explain",)]) >= len(told[()])
    assert sum(map(len, told[("--explain",)])) > sum(map(len, told[()]))


def test_without_it_nothing_is_explained(conc):
    out = conc("threads", "0.01").out
    assert not explained(out) and "only then" not in flat(out)


@pytest.mark.parametrize("args, message", [
    (("--quiet", "--explain"), "--quiet and --explain exclude each other"),
    (("--explain", "--json"), "--explain: standard output is taken by --json"),
    (("--explain", "--format", "csv"), "--explain: standard output is taken by --format"),
    (("--explain", "--plain", "--json"), "--plain: standard output is taken by --json"),
])
def test_where_it_means_nothing_it_is_refused(conc, args, message):
    result = conc("threads", "0", *args)
    assert result.status == 2 and not result.out
    assert result.err == f"conc threads: {message}\n"


def test_a_text_file_is_explained_beside_json(conc):
    result = conc("threads", "0.01", "--explain", "--json", "-o", "run.txt")
    assert result.status == 0 and result.json
    assert "returns only then" in flat((conc.directory / "run.txt").read_text())


def test_live_frames_are_not_explained_but_what_stays_is(conc):
    terminal = conc.terminal("threads", "--ttl", "0.3", "0.5", "--explain", columns=80,
                             lines=40)
    terminal.wait_for("1 cell")
    assert "only then" not in flat(terminal.text)
    assert terminal.finish() == 0
    assert "returns only then" in flat(terminal.text) and terminal.is_whole()


def test_hostile_names_are_made_safe(conc):
    result = conc("threads", "0.01", "0.01", "--names", "a\x1b[31m,b", "--explain")
    assert "\x1b" not in result.out


def test_of_a_saved_run_it_is_the_same(conc):
    how = ("--explain", "--no-live", "--width", "80")
    run = conc("deadlock", *HURRY, *how, "-o", "run.json")
    assert conc("replay", "run.json", *how).out == run.out


def test_it_says_whose_update_is_lost(conc):
    out = conc("race", *HURRY, "--only", "unsafe", "--plain", "--explain").out
    writes = re.findall(r"(\w+) writes (\d+) to book->count: (.*)", out)
    (first, value, gone), (second, same, over) = writes
    assert first != second and value == same == "1"
    assert gone == "whatever stood there is gone"
    assert over == f"over the 1 that {first} wrote since {second} had read it"


def test_it_says_that_a_child_which_has_ended_is_asked_for_its_status(conc):
    out = conc("fork", "0.05", "--only", "fork", "--plain", "--explain").out
    assert ("darthvader waits for luke, which had ended already: waitpid returns at once, "
            "with its status") in out
    assert out.count("goes on: luke has ended") == 1


def test_what_a_lesson_keeps_for_its_verdict_is_no_event(conc):
    run = conc("fork", "0.05", "--only", "fork", "--plain", "--explain", "-o", "run.json")
    assert "parent_value" in conc("replay", "run.json", "--json").out
    assert "parent_value" not in run.out
