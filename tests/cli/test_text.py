# SPDX-License-Identifier: MIT
"""The text for people: the same figures as the JSON, in any width, locale and terminal."""

import json
import re

import pytest
import runs
from wcwidth import wcswidth

UNITS_NS = {"ns": 1, "µs": 1e3, "us": 1e3, "ms": 1e6, "s": 1e9}
QUANTITY = r"([+-]?)([\d,]*\.?\d+) (ns|µs|us|ms|s)\b"
#: A range of widths, and every one that is narrow.
WIDTHS = [*range(1, 45), 50, 59, 60, 61, 79, 80, 81, 99, 100, 101, 120, 200, 299, 300]


def quantity(text):
    """(ns, how far the digits that are not shown may be)."""
    match = re.fullmatch(QUANTITY, text.strip())
    assert match, text
    sign, digits, unit = match.groups()
    digits = digits.replace(",", "")
    places = len(digits.partition(".")[2])
    value = float(digits) * UNITS_NS[unit] * (-1 if sign == "-" else 1)
    return value, 0.5001 * 10 ** -places * UNITS_NS[unit]


def close_to(text, ns):
    value, error = quantity(text)
    return abs(value - ns) <= error


def both(conc, *args, status=0, **how):
    """Text and JSON of one run."""
    result = conc("threads", *args, "-o", "run.json", **how)
    assert result.status == status, result
    return result.out, runs.check(json.loads((conc.directory / "run.json").read_text()))


def table(text):
    """{variant: {heading: cell}}, by the columns under the headings."""
    lines = text.splitlines()
    top = next(i for i, line in enumerate(lines) if re.match(r" +wall\b", line))
    headings = [(m.group(), m.end()) for m in re.finditer(r"\S+( \S+)*", lines[top])]
    rows = {}
    for line in until_blank(lines[top + 1:]):
        name, rest = re.match(r"(\S+)(.*)", line).groups()
        if name == "noise:":  # what is said below the rows
            break
        row, start = {}, len(name)
        for heading, end in headings:
            row[heading] = line[start:end].strip()
            start = end
        row["possible"] = line[start:].strip()
        rows[name] = row
    return rows


def until_blank(lines):
    for line in lines:
        if not line.strip():
            return
        yield line


def is_ratio(shown, ratio):
    """Whether "1.50×" stands for it, to its last digit, or "<0.001×" does."""
    less, digits = re.fullmatch(r"(<?)([\d.]+)[×x]", shown).groups()
    if less:
        return ratio < float(digits)
    places = len(digits.partition(".")[2])
    return abs(float(digits) - ratio) <= 0.5001 * 10 ** -places


@pytest.mark.parametrize("args", [
    ("0.1", "0.2"), ("1ms", "2ms"), ("1.01", "0.3"), ("--tasks", "40", "--ttl", "5ms"),
    ("0.05", "0.05", "--work", "cpu", "--cores", "1"), ("0.02", "0.01", "--repeat", "4"),
    ("0.1", "0.2", "--with", "shared-arg"), ("0", "0"),
], ids=" ".join)
def test_the_table_says_what_the_json_says(conc, args):
    text, run = both(conc, *args, "--width", "100")
    rows = table(text)
    assert list(rows) == runs.names(run)
    for variant in run["variants"]:
        row = rows[variant["name"]]
        assert close_to(row["wall"], variant["wall_ns"]), (row, variant["wall_ns"])
        assert close_to(row["over ideal"], variant["overhead_ns"]), row
        assert close_to(row["cpu"], variant["cpu_ns"]), row
        if variant["speedup"] is None:
            assert not row["speedup"], row
        else:
            assert is_ratio(row["speedup"], variant["speedup"]), row
        if "spread" in row:
            least, most = variant["spread_ns"]
            low, high, unit = re.fullmatch(r"(\S+?)(?: \S+ to |–)(\S+) (\S+)",
                                           row["spread"]).groups()
            assert close_to(f"{high} {unit}", most), row


def headings(text, names):
    """The totals at the right of each picture: {variant: text}."""
    return {name: match[1] for name in names
            if (match := re.search(rf"^{name} {{3,}}(\S+ \S+)$", text, re.MULTILINE))}


def test_the_pictures_say_what_the_json_says(conc):
    text, run = both(conc, "0.1", "0.2", "--with", "shared-arg")
    pictures = text.split("wall")[0]
    totals = headings(pictures, runs.names(run))
    for variant in run["variants"]:
        assert close_to(totals[variant["name"]], variant["wall_ns"])
    for name in ("main", "luke", "darthvader"):
        assert re.search(rf"^  {name} +├", pictures, re.MULTILINE)
    assert len(re.findall("1 cell = ", pictures)) == 1, "one axis for all"


def test_the_verdict_is_the_json_s(conc):
    text, run = both(conc, "0.1", "0.2")
    verdict = " ".join(v["verdict"] for v in run["variants"] if v["verdict"])
    assert verdict and verdict in re.sub(r"\s+", " ", text)


def test_bars_are_as_long_as_they_took(conc):
    """Thin and solid alike: a lane from its start to its end, on the axis of all."""
    text, run = both(conc, "0.2", "0.4", "--width", "120")
    cell = quantity(re.search(r"1 cell = (\S+ \S+)", text)[1])[0]
    bars = dict(re.findall(r"^  (luke|darthvader) +(├\S.*?[┤])", text, re.MULTILINE))
    one = runs.variant(run, "threads")["runs"][0]
    for name, bar in bars.items():
        lane = runs.lane(one, name)
        assert abs(len(bar) * cell - (lane["end_ns"] - lane["start_ns"])) <= 2.5 * cell
    assert set(bars) == {"luke", "darthvader"}


# ---- widths


def check_width(text, width):
    for line in text.splitlines():
        assert "\t" not in line
        assert wcswidth(line) <= width, (wcswidth(line), line)
        assert line == line.rstrip(), "blanks at the end"


@pytest.mark.plain
@pytest.mark.parametrize("args", [
    ("0.01", "0.02"), ("0.01", "0.02", "--plain"), ("0.01", "0.02", "--ascii"),
    ("0.01", "0.02", "--quiet"),
    ("1ms", "1ms", "1ms", "--names", "日本語,ok,e\u0301tranger-au-nom-long"),
    ("--tasks", "40", "--ttl", "1ms", "--with", "shared-arg", "--repeat", "3"),
    ("0.01", "0.01", "--work", "cpu", "--cores", "1"),
    ("0.01", "0.02", "--limit", "0.005"),
], ids=" ".join)
def test_no_line_is_wider_than_the_width(conc, args):
    widths = WIDTHS if args == ("0.01", "0.02") else WIDTHS[::7]
    for width in widths:
        result = conc("threads", *args, "--width", str(width))
        assert result.status == 0 and not result.err, (width, result)
        if "日本語" not in str(args) or width > 1:  # what is 2 wide does not fit 1
            check_width(result.out, width)


@pytest.mark.parametrize("columns, width", [
    ("60", 60), ("200", 200), ("1000", 300), ("0", 80), ("-5", 80), ("abc", 80), ("", 80),
    ("99999999999999999999", 300), (None, 80)])
def test_the_width_of_a_pipe_comes_from_columns(conc, columns, width):
    result = conc("threads", "0.01", "0.02", env={"COLUMNS": columns})
    check_width(result.out, width)
    assert max(map(wcswidth, result.out.splitlines())) >= min(width, 100) - 25


# ---- characters and colours


@pytest.mark.parametrize("args, env", [
    ((), {"LC_ALL": "C"}), ((), {"LC_ALL": "POSIX"}), (("--ascii",), {}),
    ((), {"LC_ALL": None, "LC_CTYPE": "C", "LANG": "C.UTF-8"}),
    ((), {"LC_ALL": "nosuch"}), (("--plain",), {"LC_ALL": "C"}),
    (("--plain", "--ascii"), {}), (("--with", "shared-arg"), {"LC_ALL": "C"})], ids=str)
def test_ascii_only_where_nothing_else_can_be_shown(conc, args, env):
    result = conc("threads", "0.05", "0.1", "--work", "cpu", "--cores", "1", *args, env=env)
    assert result.status == 0 and not result.err, result
    assert result.out.isascii(), result.out


@pytest.mark.parametrize("args", [("10us", "10us"), ("0",), ("300us", "--plain")], ids=str)
def test_short_times_in_ascii(conc, args):
    """Microseconds have a letter that is not."""
    result = conc("threads", *args, "--ascii")
    assert result.status == 0 and result.out.isascii(), result
    assert re.search(r"\d us\b", result.out)


def test_names_that_are_not_ascii_in_an_ascii_locale(conc):
    names = "日本,é"
    result = conc("threads", "0.01", "0.02", "--names", names, env={"LC_ALL": "C.UTF-8"})
    assert "日本" in result.out and "é" in result.out
    result = conc("threads", "0.01", "0.02", "--names", names, env={"LC_ALL": "C"})
    assert result.status in (0, 2) and result.out.isascii() and result.err.isascii()


@pytest.mark.parametrize("args, env, colours", [
    ((), {}, False), (("--color", "always"), {}, True),
    (("--color", "always"), {"NO_COLOR": "1"}, True), (("--color", "auto"), {}, False),
    (("--color", "never"), {}, False), (("--color=always", "--plain"), {}, None),
], ids=str)
def test_colours_in_a_pipe_only_when_asked_for(conc, args, env, colours):
    result = conc("threads", "0.01", "0.02", *args, env=env)
    found = re.findall("\x1b\\[[^m]*m", result.out)
    if colours is not None:
        assert bool(found) == colours
    assert "\x1b" not in re.sub("\x1b\\[[0-9;]*m", "", result.out)


def test_colours_change_nothing_but_colours(conc):
    """Names and headings stand where they stand without."""
    def skeleton(text):
        return [re.sub(r"[^a-z ].*", "", line) for line in text.splitlines()[:8]]

    plain = conc("threads", "0.05", "0.1", "--color", "never").out
    coloured = conc("threads", "0.05", "0.1", "--color", "always").out
    assert skeleton(re.sub("\x1b\\[[0-9;]*m", "", coloured)) == skeleton(plain)


def test_sixteen_colours_where_there_are_no_more(conc):
    for term, many in (("xterm", False), ("linux", False), ("xterm-256color", True)):
        out = conc("threads", "0.01", "0.02", "--color", "always", env={"TERM": term}).out
        assert ("38;5;" in out) == many


def test_the_quantity_looks_the_same_in_every_locale(conc):
    out = conc("threads", "0.01", "0.02", env={"LC_ALL": "de_DE.UTF-8"}).out
    assert re.search(r"\d\.\d\d[×x]", out)


# ---- plain


def test_plain_tells_every_event_in_order(conc):
    text, run = both(conc, "0.05", "0.1", "--plain")
    assert "\x1b" not in text and "├" not in text
    for name in runs.names(run):
        lines = until_blank(text.split(f"\n{name}\n", 1)[1].splitlines())
        times = [re.match(r"(\d+\.\d ms) +\S", line)[1] for line in lines]
        assert times == sorted(times, key=lambda time: float(time[:-3]))
        assert close_to(times[-1], runs.variant(run, name)["wall_ns"])
    for words in ("main starts luke", "main starts darthvader", "main waits for luke to end",
                  "luke ends: waited", "main goes on, waits for darthvader to end",
                  "darthvader ends: waited"):
        assert words in text.replace("main goes on, waits for luke", "main waits for luke")
    assert re.search(r"^threads took \S+ \S+, sequential \S+ \S+: \d\.\d\d times as fast, "
                     r"(of 1\.50 possible|the most that was possible(, within .*)?|"
                     r"more than the 1\.50 times that .*)\.$", text, re.MULTILINE)


def test_plain_breaks_no_line_unless_asked(conc):
    """For who listens, and for grep: a line is an event, wherever it goes to."""
    args = "threads", "0.02", "0.02", "--work", "cpu", "--cores", "1", "--plain"
    for env in {}, {"COLUMNS": "20"}:
        lines = conc(*args, env=env).out.splitlines()
        assert not [line for line in lines if line.startswith(" ")]
        assert re.search(r"^\S+ ms +luke ends: computed \S+ ms, ready without a core \S+ .?s$",
                         "\n".join(lines), re.MULTILINE)
    check_width(conc(*args, "--width", "30").out, 30)


def test_plain_tells_threads_apart_that_took_one_task(conc):
    text = conc("threads", "--tasks", "4", "--ttl", "0.05", "--only", "shared-arg", "--plain").out
    takers = re.findall(r"thread (\d) takes the task \w+(, taken before)?$", text, re.MULTILINE)
    if not takers:
        assert "By luck" in text
        return
    assert sorted(number for number, _ in takers) == ["1", "2", "3", "4"]
    assert sum(again != "" for _, again in takers) >= 1
    assert [int(n) for n in re.findall(r"main starts thread (\d)", text)] == [1, 2, 3, 4]
    assert "moved_on" not in text, "what makes the bug certain is no part of the story"


# ---- what is said


def said(conc, *args, **how):
    return re.sub(r"\s+", " ", conc("threads", *args, **how).out)


def test_waits_side_by_side(conc):
    text = said(conc, "0.1", "0.2")
    assert "as long as the longest (200 ms), not the sum (300 ms)" in text
    assert "of 1.50× possible" in text
    assert "conc threads --ttl 0.1 0.2 --work cpu --cores 1" in text


def test_waiting_on_one_core_is_no_contradiction(conc):
    text = said(conc, "0.1", "0.2", "--cores", "1")
    assert "what waits needs no core" in text


def test_computing_on_one_core_says_why_it_is_no_faster(conc):
    text = said(conc, "0.1", "0.1", "--work", "cpu", "--cores", "1")
    assert "One core computes one thing at a time" in text and "ready" in text
    assert "of 1.00× possible" in text
    assert "at once" not in text


def test_a_shared_argument_says_why(conc):
    text = said(conc, "--with", "shared-arg", "--tasks", "8", "--ttl", "5ms")
    counts = re.search(r"8 threads did (\d) of as many tasks, some more than once; (\d) "
                       r"w\w+ never done", text)
    same = "All 8 threads did the same task; the others were never done." in text
    assert same or (counts and int(counts[1]) + int(counts[2]) == 8), text
    assert "loop variable" in text


def test_what_was_not_run_is_said_with_its_ideal(conc):
    text = said(conc, "--tasks", "100", "--ttl", "0.1", "--limit", "5")
    assert "sequential: not run: would take 10" in text
    assert "threads" in text
    text = said(conc, "--tasks", "10000", "--ttl", "1", "--only", "sequential")
    assert "2 h 46 min" in text


@pytest.mark.parametrize("args", [
    ("0.1", "0.1", "--only", "threads", "--limit", "0.1"), ("0.1",), ("0", "0"),
    ("0.1", "0.1", "--only", "sequential"), ("0.05", "0.05", "--work", "cpu", "--cores", "1"),
    ("0.1", "0.1", "--limit", "0.05"),
], ids=" ".join)
def test_nothing_is_claimed_that_did_not_happen(conc, args):
    assert "went on at once" not in said(conc, *args)


@pytest.mark.parametrize("ttl", ["1us", "10us", "0.1ms", "1.000001ms", "0.000000001", "1.5"])
@pytest.mark.parametrize("more", [[], ["--work", "cpu", "--cores", "1"], ["--tasks", "9"]],
                         ids=" ".join)
def test_the_line_to_try_next_can_be_run(conc, ttl, more):
    text = said(conc, ttl, *more, "--speed", "10", "--color", "never", "--limit", "1ms")
    words = text.rpartition(" conc ")[2].split()
    assert words[0] == "threads"
    result = conc(*words, "--limit", "1us", "--json")
    assert result.status == 0, (words, result)


def test_one_task_is_no_faster(conc):
    text = said(conc, "0.1")
    assert "no faster" in text and "Both" not in text and "All waits" not in text


def test_a_lecture_in_a_hurry_is_said_to_be(conc):
    assert "100× shorter" in said(conc, "5", "10", "--speed", "100")
    assert "longer" in said(conc, "1ms", "1ms", "--speed", "0.1")


def test_repeats_show_their_spread(conc):
    text = said(conc, "5ms", "5ms", "--repeat", "5")
    assert "spread" in text and "5 times" in text
    assert re.search(r"threads \S+ ms \d+\.\d+–\d+\.\d+ ms ", text), "one unit"


def test_a_variant_alone_is_not_compared_with_itself(conc):
    result = conc("threads", "0.01", "0.02", "--only", "threads")
    assert "speedup" not in result.out and "1.00×" not in result.out


def test_a_quantity_looks_alike_wherever_it_stands(conc):
    """What was asked for, drawn, in the table, in the sentence."""
    text = said(conc, "0.1", "0.3", "--speed", "1", "--limit", "100")
    assert "luke 100 ms, darthvader 300 ms" in text and "(300 ms)" in text
    assert re.search(r"threads 30\d ms", text) and not re.search(r"\b0\.\d+ s", text)
    text = said(conc, "100", "--limit", "0.01")
    assert "luke 1 min 40 s" in text and "would take 1 min 40 s, past the limit of 10 ms" in text
    assert "all times 10× longer" in said(conc, "1ms", "--speed", "0.1")


def test_the_limit_is_not_passed_by_its_own_figures(conc):
    text = said(conc, "0.05", "--limit", "0.05", "--only", "threads")
    after = re.search(r"ended after (\S+) ms, at the limit of 50 ms( \(start-up included\))?",
                      text)
    assert after and (after[2] is not None or float(after[1]) >= 50), text


@pytest.mark.plain
def test_what_is_too_short_to_be_seen_is_said_to_be(conc):
    result = conc("threads", "--tasks", "100")
    zoom = re.search(r"^  threads fits in (?:one cell|two cells): (--to \S+) shows it$",
                     result.out, re.MULTILINE)
    assert zoom, result.out
    result = conc("threads", "--tasks", "100", *zoom[1].split())
    assert result.status == 0 and "threads fits in" not in result.out
    assert f"drawn: 0 to {zoom[1][5:].replace('ms', ' ms')}" in result.out


def test_a_window_of_time(conc):
    result = conc("threads", "0.2", "0.4", "--from", "0.1", "--to", "0.3", "--width", "80")
    picture = result.out.split("wall")[0]
    axis = [line for line in picture.splitlines() if re.match(r"^ +\d.* ms$", line)][0]
    ticks = [float(word) for word in axis.split()[:-1]]
    assert ticks[0] >= 100 and ticks[-1] <= 300
    assert "drawn: 100 ms to 300 ms" in result.out
    assert "1.50×" in result.out or "1.49×" in result.out or "possible" in result.out
    result = conc("threads", "0.1", "0.2", "--from", "0.25", "--to", "0.3")
    assert re.search(r"^  luke +\(ended at 1\d\d ms\)$", result.out, re.MULTILINE)
    result = conc("threads", "0.1", "0.2", "--from", "0.25", "--plain")
    assert "Told: from 250 ms to the end." in result.out
    assert re.search(r"\nthreads\nIt had ended at 2\d\d ms\.\n", result.out)


def test_a_lane_shows_all_its_figures_or_none(conc):
    text, run = both(conc, "0.1", "0.2", "--work", "cpu", "--cores", "1", "--width", "110")
    shown, variant = 0, None
    for line in text.split("wall")[0].splitlines():
        if line.split(" ")[0] in runs.names(run):
            variant = runs.variant(run, line.split(" ")[0])
        figures = re.findall(r"  (?:run|ready|wait|blocked) (\S+ .?s)\b", line)
        if figures and line.startswith("  ") and "cell" not in line:
            lane = runs.lane(variant["runs"][0], line.split()[0])
            life = lane["end_ns"] - lane["start_ns"]
            assert abs(sum(quantity(figure)[0] for figure in figures) - life) < 0.07 * life, line
            shown += 1
    assert shown >= 3, text


def test_a_narrow_axis_has_a_scale(conc):
    for width in (16, 20, 24, 30):
        out = conc("threads", "0.05", "0.1", "--only", "threads", "--width", str(width)).out
        assert re.search(r"^ +0 +\d+.* ms$", out, re.MULTILINE), out


def test_what_is_left_of_a_window_beyond_the_end(conc):
    assert conc("threads", "0.02", "0.04", "--from", "5").status == 0
    assert conc("threads", "0.02", "0.04", "--from", "5", "--to", "86400").status == 0
    assert conc("threads", "0.02", "0.04", "--to", "0.000000001").status == 0


def test_what_was_printed_is_folded_between_words(conc):
    words = re.compile(r"fork\(\) returned \d+: I am \w+, pid \d+, child of \d+")
    for width in (24, 40, 60):
        out = conc("fork", "0.01", "--only", "fork", "--width", str(width)).out
        printed = " ".join(re.findall(r"^  │ (.*)$", out, re.MULTILINE))
        assert len(words.findall(printed)) == 2, printed


def test_lanes_that_are_cut_keep_their_number(conc):
    out = conc("pool", "0.01", "0.01", "--only", "uv", "--workers", "2", "--width", "30").out
    assert re.search(r"^  uv…? ?\w*… 1 ", out, re.MULTILINE) and "… 2 " in out, out


def test_all_that_may_be_chance_stands_in_one_sentence(conc):
    out = conc("join", "0.01", "--repeat", "2", "--only", "join,one-by-one,other-order",
               "--width", "200").out
    assert out.count("\nnoise: ") == min(1, out.count("   noise\n")), out
