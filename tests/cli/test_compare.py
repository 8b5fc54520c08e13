# SPDX-License-Identifier: MIT
"""Saved runs beside one another: conc compare."""

import copy
import csv
import html.parser
import io
import json
import os
import re
import signal
import statistics
import unicodedata
import xml.etree.ElementTree

import pytest

RUN = ("threads", "--ttl", "0.01", "0.02")
HOSTILE = "a\x1b[31m\u202e<b>&\"',\n"
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@pytest.fixture
def saved(conc):
    """saved("anna", "--repeat", "3") is the path of such a run."""
    def save(name, *more, command=RUN):
        path = conc.directory / f"{name}.json"
        result = conc(*command, *more, "-o", str(path))
        assert result.status == 0, result
        return path
    return save


def changed(path, name, change):
    run = json.loads(path.read_text())
    change(run)
    other = path.with_name(f"{name}.json")
    other.write_text(json.dumps(run))
    return other


def compared(conc, *args, status=0):
    result = conc("compare", *map(str, args))
    assert result.status == status, result
    assert status != 0 or not result.err
    return result


def with_times(run, **walls):
    """A run whose variants took that long, in ms."""
    for variant in run["variants"]:
        times = [wall * 1_000_000 for wall in walls[variant["name"]]]
        one = copy.deepcopy(variant["runs"][0])
        variant["runs"] = [one | {"wall_ns": wall, "lanes": []} for wall in times]
        variant["wall_ns"] = statistics.median_low(times)


@pytest.fixture
def times(saved):
    """times("anna", sequential=[30, 31], threads=[20]) is the path of such a run."""
    template = saved("template")

    def save(name, **walls):
        return changed(template, name, lambda run: with_times(run, **walls))
    return save


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_figures_are_those_of_the_files(conc, saved):
    paths = [saved("anna", "--repeat", "3"), saved("ben", "--repeat", "4")]
    found = compared(conc, *paths, "--json").json
    assert [f["label"] for f in found["files"]] == ["anna", "ben"]
    demo, = found["demos"]
    assert [v["name"] for v in demo["variants"]] == ["sequential", "threads"]
    for place, path in enumerate(paths):
        run = json.loads(path.read_text())
        for variant, row in zip(run["variants"], [v["rows"][place] for v in demo["variants"]]):
            assert row["file"] == place
            assert row["runs_ns"] == sorted(r["wall_ns"] for r in variant["runs"])
            for key in "wall_ns", "spread_ns", "ideal_ns", "overhead_ns", "cpu_ns", "speedup":
                assert row[key] == variant[key], key
        assert found["files"][place]["options"] == run["options"]
        for key in "os", "kernel", "cpu", "cores", "cores_used", "cpu_quota":
            assert found["files"][place]["machine"][key] == run["machine"][key]


def test_no_speedup_where_the_run_itself_says_none(conc, tmp_path):
    path = tmp_path / "left.json"
    assert conc("daemon", "--ttl", "0.05", "0.1", "-o", str(path)).status == 0
    said = [variant["speedup"] for variant in json.loads(path.read_text())["variants"]]
    demo, = compared(conc, path, "--json").json["demos"]
    assert [variant["rows"][0]["speedup"] for variant in demo["variants"]] == said
    assert None in said


def test_a_row_for_each_file_and_variant(conc, saved):
    out = compared(conc, saved("anna"), saved("ben")).out
    chart, table = out.split("median")
    for part in chart, table:
        rows = re.findall(r"^(?:sequential|threads|  (?:anna|ben))\b", part, re.MULTILINE)
        assert [row.strip() for row in rows][-6:] == [
            "sequential", "anna", "ben", "threads", "anna", "ben"]
    assert len(re.findall("●", chart)) == 4 + 1  # and the legend


def test_noise_is_where_runs_overlap(conc, times):
    first = times("first", sequential=[30, 33, 36], threads=[20, 21, 22])
    second = times("second", sequential=[34, 35, 40], threads=[37, 38, 39])
    lines = compared(conc, first, second, "--width", "120").out.splitlines()
    rows = [line for line in lines if re.match("  (first|second) .*×", line)]
    assert [line.count("noise") for line in rows] == [0, 1, 0, 1]
    rows = {(v["name"], r["label"]): (r["speedup_is"], r["to_first_is"])
            for v in compared(conc, first, second, "--json").json["demos"][0]["variants"]
            for r in v["rows"]}
    assert rows == {("sequential", "first"): (None, None),
                    ("sequential", "second"): (None, "noise"),
                    ("threads", "first"): ("apart", None),
                    ("threads", "second"): ("noise", "apart")}


def test_a_single_run_is_not_judged(conc, times):
    out = compared(conc, times("one", sequential=[30], threads=[20]),
                   times("two", sequential=[31], threads=[20])).out
    assert "noise shows with --repeat" in out and "noise:" not in out
    assert " noise" not in out.split("median")[1].split("A single run")[0]


def test_luck_with_few_runs_is_said(conc, times):
    few = times("few", sequential=[30, 31], threads=[20, 21])
    many = times("many", sequential=[30, 31, 32, 33, 34], threads=[20, 21, 22, 23, 24])
    assert "2 and 2 runs still lie apart once in 3 times" in compared(conc, few).out
    assert "once in" not in compared(conc, many).out


def test_what_is_not_alike_is_said(conc, saved):
    a, b = saved("a"), saved("b", "--work", "cpu", "--repeat", "2")
    other = changed(a, "c", lambda run: run.update(conc="9.9"))
    text = " ".join(compared(conc, a, b, other).out.split())
    assert "not alike: --work: wait in a, c; cpu in b" in text
    assert "not alike: --repeat: 1 in a, c; 2 in b" in text
    assert re.search(r"not alike: conc: \S+ in a, b; 9\.9 in c", text)
    assert "not alike" not in compared(conc, a, a).out
    found = compared(conc, a, b, "--json").json["demos"][0]["not_alike"]
    assert {d["what"]: [(v["value"], v["files"]) for v in d["values"]] for d in found} == {
        "--work": [("wait", ["a"]), ("cpu", ["b"])], "--repeat": [(1, ["a"]), (2, ["b"])]}


#: Looked at, and found right.
WIDE = """\
threads    3 files, on A CPU, 4 of 4 cores

sequential
  anna                                     ●● ●
  ben                                        ●●       ●
  carl                                              ●●                       ●
  all 3                                     ● ●      ●
threads
  anna                         ●●   ●◇
  ben                           ● 2
  carl                                           ● ● ●                         ›
  all 3                         ● ●                ●
         0          10         20          30         40         50           ms
         ● a run   2–9 so many in one place   ◇ predicted   ‹ › predicted beyond

         runs   median        spread  speedup         vs first         predicted
sequential
  anna      3  31.0 ms  30.0–33.0 ms    1.00×
  ben       3  33.0 ms  32.0–40.0 ms    1.00×            0.94×  noise
  carl      3  39.0 ms  38.0–60.0 ms    1.00×            0.79×
  all 3     3  33.0 ms  31.0–39.0 ms
threads
  anna      3  21.0 ms  20.0–24.0 ms    1.48×                              25 ms
  ben       3  22.0 ms  21.0–22.0 ms    1.50×            0.95×  noise
  carl      3  37.0 ms  36.0–39.0 ms    1.05×  noise     0.57×            500 ms
  all 3     3  22.0 ms  21.0–37.0 ms

all 3: each file's median counts as one run.
noise: the runs of the two overlap, from the least to the greatest, so their
difference may be luck.
Where nothing differs, 3 and 3 runs still lie apart once in 10 times; 5 and 5
once in 126 (--repeat 5).
"""
NARROW = """\
threads    3 files, on A CPU, 4 of 4
cores

sequential
  anna                 ●●●
  ben                   ●●  ●
  carl                     ●●         ●
  all 3                 ●●  ●
threads
  anna            ●●●◇
  ben              3
  carl                    ●●●          ›
  all 3            2       ●
         0        20        40        ms
         ● a run
         2–9 so many in one place
         ◇ predicted
         ‹ › predicted beyond

          median  speedup  vs first
sequential
  anna   31.0 ms    1.00×
  ben    33.0 ms    1.00×     noise
  carl   39.0 ms    1.00×     0.79×
  all 3  33.0 ms
threads
  anna   21.0 ms    1.48×
  ben    22.0 ms    1.50×     noise
  carl   37.0 ms    noise     0.57×
  all 3  22.0 ms

all 3: each file's median counts as one
run.
noise: the runs of the two overlap, from
the least to the greatest, so their
difference may be luck.
Where nothing differs, 3 and 3 runs
still lie apart once in 10 times; 5 and
5 once in 126 (--repeat 5).
"""


@pytest.mark.parametrize("width, expected", [(80, WIDE), (40, NARROW)], ids=["80", "40"])
def test_the_picture_of_fixed_times(conc, times, width, expected):
    def there(milliseconds):
        def change(run):
            run["machine"].update(cpu="A CPU", cores=4, cores_used=4)
            run["options"]["cores"] = 4
            if milliseconds:
                run["prediction"] = [{"variant": "threads", "value_ns": milliseconds * 1_000_000}]
        return change
    anna = times("anna", sequential=[30, 31, 33], threads=[20, 21, 24])
    ben = times("ben", sequential=[32, 33, 40], threads=[21, 22, 22])
    carl = times("carl", sequential=[38, 39, 60], threads=[36, 37, 39])
    paths = [changed(anna, "anna", there(25)), changed(ben, "ben", there(None)),
             changed(carl, "carl", there(500))]
    assert compared(conc, *paths, "--width", width).out == expected


def test_how_a_run_was_shown_is_no_difference(conc, saved):
    paths = [saved("a", "--ascii", "--width", "60"), saved("b", "--plain"), saved("c", "--quiet")]
    assert "not alike" not in compared(conc, *paths).out


def test_another_machine_is_a_column_and_no_option(conc, saved):
    def move(run):
        run["machine"].update(cpu="Other CPU", cores=8, cores_used=8)
        run["options"]["cores"] = 8
    a = saved("a")
    out = compared(conc, a, changed(a, "b", move), "--width", "140").out
    assert "not alike: --cores" not in out
    assert re.search(r"^  b +Other CPU +8 of 8 ", out, re.MULTILINE)


def test_disturbed_runs_are_left_out_and_named(conc, times):
    def disturb(run):
        run["disturbed"] = True
        for variant in run["variants"]:
            variant["runs"][0]["disturbed"] = True
            variant["wall_ns"] = statistics.median_low(
                [r["wall_ns"] for r in variant["runs"][1:]])
    a = times("a", sequential=[90, 30, 31], threads=[80, 20, 21])
    b = changed(a, "b", disturb)
    out = compared(conc, a, b, "--width", "120").out
    assert "not alike: disturbed: no in a; yes in b" in out
    assert re.search(r"^  b +2 of 3 +30\.0 ms", out, re.MULTILINE)
    assert "disturbed: yes in the file" in compared(conc, b).out


def test_predictions_stand_beside_what_was_measured(conc, times):
    def predict(run):
        run["prediction"] = [{"variant": "threads", "value_ns": 25_000_000, "reason": HOSTILE}]
    path = changed(times("a", sequential=[30, 31], threads=[20, 21]), "b", predict)
    out = compared(conc, path).out
    assert out.count("◇") == 2 and re.search(r"^  b .* 25 ms$", out, re.MULTILINE)
    row = compared(conc, path, "--json").json["demos"][0]["variants"][1]["rows"][0]
    assert row["prediction"] == {"value_ns": 25_000_000, "reason": HOSTILE}
    plain = compared(conc, path, "--plain").out
    assert "predicted: 25 ms" in plain and not CONTROLS.search(plain)


def test_predictions_of_counts_and_ends(conc, saved):
    race = saved("race", "--predict=unsafe=150", command=("race",))
    lock = saved("lock", "--predict=opposite=hangs", command=("deadlock",))
    out = compared(conc, race, lock).out
    counted = json.loads(race.read_text())["variants"][1]["runs"][0]["outcome"]["actual"]
    assert re.search(rf"^  race .* 150, was {counted}$", out, re.MULTILINE)
    row = compared(conc, race, "--json").json["demos"][0]["variants"][1]["rows"][0]
    assert row["prediction"]["count"] == 150 and row["counted"] == [counted, counted]
    assert re.search(r"^  lock  stuck.*predicted: it hangs$", out, re.MULTILINE)


def test_a_class_stands_there_by_its_median(conc, times):
    def votes(*seconds):
        return [{"value_ns": s * 1_000_000, "reason": HOSTILE} for s in seconds]

    def voted(first, again=None):
        return lambda run: run.update({"class": {
            "variant": "threads", "votes": votes(*first), "again": again and votes(*again)}})
    a = times("a", sequential=[30, 31], threads=[20, 21])
    b = changed(a, "b", voted((30, 20, 25, 40, 40)))
    c = changed(a, "c", voted((30, 20, 40), (20, 20, 21, 40)))
    out = compared(conc, a, b, c).out
    assert re.search(r"^  b .* 30 ms \(5 votes\)$", out, re.MULTILINE)
    assert re.search(r"^  c .* 30 ms, then 20\.5 ms \(4 votes\)$", out, re.MULTILINE)
    assert "predicted: of a class, the median of its votes." in out
    rows = compared(conc, a, b, c, "--json").json["demos"][0]["variants"][1]["rows"]
    assert [row["prediction"] for row in rows] == [
        None,
        {"value_ns": 30_000_000, "reason": None, "votes": 5, "before": None},
        {"value_ns": 20_500_000, "reason": None, "votes": 4,
         "before": {"value_ns": 30_000_000}}]
    for view in "--plain", "--csv", "--ascii":
        assert not CONTROLS.search(compared(conc, b, c, view).out.replace("\r\n", "\n"))

    def said_by_one(run):
        voted((30,))(run)
        run["prediction"] = [{"variant": "threads", "value_ns": 7_000_000, "reason": None}]
    assert re.search(r"^  d .* 7 ms$", compared(conc, changed(a, "d", said_by_one)).out,
                     re.MULTILINE)


def test_a_class_on_ends_and_counts(conc):
    conc.shell("printf 'a,ends\nb,hangs\nc,hangs\n' | conc class deadlock --ttl 10ms 10ms "
               "-o lock.json")
    conc.shell("printf 'a,1\nb,2\n' | conc class race --ttl 10ms 10ms --of mutex -o race.json")
    folder = conc.directory
    out = compared(conc, folder / "lock.json", folder / "race.json").out
    assert "stuck, and ended; predicted: it hangs (2 of 3 votes)" in out
    assert "predicted: of a class, what most of its votes said." in out
    assert re.search(r"^  race .* 1, was 2 \(2 votes\)$", out, re.MULTILINE)


def test_sweeps_are_not_compared_and_that_is_said(conc, saved):
    sweep = saved("sweep", "--sweep", "1..2", command=("pool", "--tasks", "2", "--ttl", "0.01"))
    assert "Sweeps are not compared" in compared(conc, sweep).out
    assert "Sweeps" not in compared(conc, saved("none")).out


def test_machines_are_named_on_any_terminal(conc, saved):
    a = saved("a")
    b = changed(a, "b", lambda run: run["machine"].update(cpu="Other CPU"))
    for more in ("--width", "40"), ("--plain",):
        assert re.search(r"Other\s+CPU\s+in\s+b", compared(conc, a, b, *more).out)
    assert "not_alike" in compared(conc, a, b, "--json").json["demos"][0]
    assert compared(conc, a, b, "--json").json["demos"][0]["not_alike"] == []


def test_variants_that_did_not_return_say_why(conc, saved):
    path = saved("x", "--limit", "0.55", command=("threads", "--ttl", "0.3", "0.3"))
    out = compared(conc, path).out
    assert re.search(r"^  x +not run: past the limit$", out, re.MULTILINE)
    assert re.search(r"^  x .*3\d\d ms", out, re.MULTILINE)


def test_files_keep_their_order_and_folders_are_sorted(conc, saved):
    one = saved("zeta")
    folder = conc.directory / "class"
    folder.mkdir()
    for name in ("b.json", "a.json", "B.json", ".hidden.json", "c.trace.json", "d.txt"):
        (folder / name).write_bytes(one.read_bytes())
    (folder / "sub").mkdir()
    (folder / "sub" / "e.json").write_bytes(one.read_bytes())
    (folder / "sub.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    first = compared(conc, one, folder, "--json")
    assert [f["label"] for f in first.json["files"]] == ["zeta", "B", "a", "b"]
    assert compared(conc, one, folder, "--json").out == first.out


def test_the_same_file_twice(conc, saved):
    path = saved("a")
    found = compared(conc, path, path, "--json").json
    assert [f["label"] for f in found["files"]] == [str(path)[:-5], f"{str(path)[:-5]} (2)"]


def test_standard_input(conc, saved):
    path = saved("a")
    result = conc.shell(f"conc compare - < {path}".replace("conc ", f"{conc.path} ", 1))
    assert result.status == 0 and "standard input" in result.out


@pytest.mark.parametrize("width", [1, 7, 20, 40, 80, 200])
def test_lines_are_as_wide_as_asked(conc, saved, width):
    paths = [saved("anna", "--repeat", "3"), saved("ben", "--work", "cpu")]
    out = compared(conc, *paths, "--width", width).out
    assert max(columns(line) for line in out.splitlines()) <= width
    assert all(line == line.rstrip() for line in out.splitlines())
    if width >= 40:
        assert "●" in out and "1.00×" in out


def test_ascii(conc, saved):
    path = saved("käthe")
    for args in ("--ascii",), ("--ascii", "--plain"):
        assert compared(conc, path, *args).out.isascii()
    result = conc("compare", path, env={"LC_ALL": "C"})
    assert result.out.isascii() and "k\\u00e4the" in result.out


def test_colour_only_where_asked_for(conc, saved):
    path = saved("a")
    assert "\x1b" not in compared(conc, path).out
    coloured = conc("compare", path, "--color=always", env={"TERM": "xterm"})
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured.out) == compared(conc, path).out
    assert "\x1b[" in coloured.out


def test_plain_is_sentences(conc, saved):
    lines = compared(conc, saved("a", "--repeat", "2"), "--plain").out.splitlines()
    assert all(line.endswith(".") for line in lines)
    assert sum(line.startswith("threads, threads, a: ") for line in lines) == 1


def test_csv_is_read_back(conc, saved, times):
    paths = [saved("=1+1"), times('b, "x"', sequential=[30], threads=[20, 21])]
    text = compared(conc, *paths, "--csv").out
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert all(len(row) == len(header) for row in rows) and len(rows) == 4
    rows = [dict(zip(header, row)) for row in rows]
    assert {row["file"] for row in rows} == {"'=1+1", 'b, "x"'}
    row, = [r for r in rows if r["file"][0] == "b" and r["variant"] == "threads"]
    assert (row["min_ns"], row["wall_ns"], row["max_ns"]) == ("20000000", "20000000", "21000000")
    assert row["overhead_ns"] == "0" and row["runs"] == "2"


SVG = "{http://www.w3.org/2000/svg}"


def test_svg(conc, saved):
    paths = [saved("anna", "--repeat", "3"), saved("ben"), saved("carl", "--work", "cpu")]
    compared(conc, *paths, "-o", "x.svg")
    root = xml.etree.ElementTree.parse(conc.directory / "x.svg").getroot()
    assert root.find(f"{SVG}title").text and "anna" in root.find(f"{SVG}desc").text
    texts = [text.text for text in root.iter(f"{SVG}text")]
    for words in ("threads", "sequential", "anna", "ben", "carl", "all 3"):
        assert words in texts
    assert any("--work: wait in anna, ben; cpu in carl" in text for text in texts)
    assert not root.findall(f".//{SVG}script") and not root.findall(f".//{SVG}image")


class Page(html.parser.HTMLParser):
    """Open and close must match; what there is."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def page_of(conc, *args, status=0):
    compared(conc, *args, "-o", "x.html", status=status)
    page = Page()
    text = (conc.directory / "x.html").read_text()
    page.feed(text)
    page.close()
    assert not page.open
    return page, text


def test_html(conc, saved):
    page, text = page_of(conc, saved("anna", "--repeat", "3"), saved("ben"))
    names = [tag for tag, _ in page.tags]
    assert names.count("svg") == 1 and names.count("table") == 1 and "script" not in names
    assert ("html", {"lang": "en"}) in page.tags
    assert not re.search(r"(src|href|@import|url\()", text)
    for words in ("anna", "ben", "Over ideal", "Not alike"):
        assert words in page.text


def test_names_from_outside_are_text_everywhere(conc, saved):
    good = saved("a")
    path = good.with_name(f"{HOSTILE}.json")
    path.write_bytes(good.read_bytes())

    def rename(run):
        run["options"][HOSTILE] = HOSTILE
        run["prediction"] = [{"variant": "threads", "ends": True, "reason": HOSTILE}]
    bad = changed(path, f"b{HOSTILE}", rename)
    for args in (), ("--plain",), ("--csv",), ("--json",), ("--width", "30"):
        out = compared(conc, good, path, bad, *args).out.replace("\r\n", "\n")
        assert not CONTROLS.search(out), args
    page, text = page_of(conc, good, path, bad)
    assert "b" not in [tag for tag, _ in page.tags] and "<b>" not in text
    assert not CONTROLS.search(text)
    compared(conc, good, path, bad, "-o", "x.svg")
    root = xml.etree.ElementTree.parse(conc.directory / "x.svg").getroot()
    assert not root.findall(".//b")


DAMAGE = {
    "cut": (lambda t: t[:len(t) // 2], r"line \d+, column \d+: "),
    "empty": (lambda t: "", "line 1, column 1: the file is empty"),
    "text": (lambda t: "hello\n", r"line 1, column \d: .*near 'hello'"),
    "binary": (lambda t: b"\x89PNG\r\n\x1a\n", r"line 1, column 1: "),
    "nul": (lambda t: b"\0" * 9, r"line 1, column 1: "),
    "utf8": (lambda t: t.encode().replace(b"luke", b"l\x80ke"), r"line \d+, column \d+: "),
    "twice": (lambda t: t.replace('"demo"', '"conc"', 1),
              r"line \d+, column \d+: duplicate object key"),
    "deep": (lambda t: '{"a":' + "[" * 100000, r"line 1, column \d+: nested"),
    "big": (lambda t: re.sub('"seed": 1', '"seed": 1' + "0" * 30, t, count=1),
            r"line \d+, column \d+: too big integer"),
    "control": (lambda t: '{"schema": "\x1b[31m"}', r"line 1, column \d+: control"),
    "array": (lambda t: "[1]", "not a run of conc"),
    "foreign": (lambda t: '{"name": "x"}', 'not a run of conc: it has no "schema"'),
    "newer": (lambda t: t.replace("conc-run/1", "conc-run/2"), "a run of another conc"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_and_foreign_files_are_named_and_skipped(conc, saved, name):
    damage, message = DAMAGE[name]
    good = saved("good")
    spoilt = damage(good.read_text())
    bad = conc.directory / "bad.json"
    bad.write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
    result = compared(conc, bad, good, status=1)
    assert re.fullmatch(f'conc compare: skipped "{re.escape(str(bad))}": {message}.*\n', result.err)
    assert not CONTROLS.search(result.err) and "good" in result.out
    found = json.loads(compared(conc, bad, good, "--json", status=1).out)
    assert [f["label"] for f in found["files"]] == ["good"]
    assert re.match(message, found["skipped"][0]["error"])
    assert compared(conc, bad, status=1).out == ""


def last(run):
    return run["variants"][1]


WRONG = [
    (lambda r: last(r)["runs"][0].update(wall_ns="5"), "variants[1].runs[0].wall_ns is not a time"),
    (lambda r: last(r)["runs"][0].update(wall_ns=-1), "variants[1].runs[0].wall_ns is not a time"),
    (lambda r: last(r)["runs"][0].update(wall_ns=2.5), "variants[1].runs[0].wall_ns is not a time"),
    (lambda r: last(r)["runs"][0].update(wall_ns=2**63 - 1),
     "variants[1].runs[0].wall_ns is not a time"),
    (lambda r: last(r)["runs"][0].pop("wall_ns"), "variants[1].runs[0].wall_ns is missing"),
    (lambda r: last(r).update(wall_ns=[]), "variants[1].wall_ns is not a time"),
    (lambda r: last(r).update(wall_ns=7), "variants[1].wall_ns is not the median of the runs"),
    (lambda r: last(r)["runs"].append(3), "variants[1].runs[1] is not an object"),
    (lambda r: last(r).update(name="\x1b[31m"), "variants[1].name holds characters"),
    (lambda r: last(r).update(name="x\0y"), "variants[1].name holds characters"),
    (lambda r: last(r).update(name=""), "variants[1].name is empty"),
    (lambda r: last(r).update(name="sequential"), "variants[1].name stands for another"),
    (lambda r: r.update(variants={}), "variants is not an array"),
    (lambda r: r.update(variants=[]), "variants is empty"),
    (lambda r: r.update(variants=r["variants"] * 40), "variants has more items"),
    (lambda r: r["machine"].update(cores=0), "machine.cores is not from 1 to"),
    (lambda r: r["machine"].update(cores_used=9999), "machine.cores_used is not from 1 to"),
    (lambda r: r.update(options=None), "options is not an object"),
    (lambda r: r.update(complete="yes"), "complete is not true or false"),
    (lambda r: r.update(prediction=[{"variant": "threads", "value_ns": -1}]),
     "prediction[0].value_ns is not a time"),
    (lambda r: r.update(prediction=[{"variant": "threads", "value_ns": 1, "reason": 3}]),
     "prediction[0].reason is not a text"),
    (lambda r: r.update({"class": []}), "class is not an object"),
    (lambda r: r.update({"class": {"variant": "threads"}}), "class.votes is not an array"),
    (lambda r: r.update({"class": {"variant": 3, "votes": []}}), "class.variant is not a text"),
    (lambda r: r.update({"class": {"variant": "threads", "votes": [3]}}),
     "class.votes has something in it that is no vote"),
    (lambda r: r.update({"class": {"variant": "threads", "votes": [{"value_ns": -1}]}}),
     "class.votes.value_ns is not a time"),
    (lambda r: r.update({"class": {"variant": "threads", "votes": [
        {"value_ns": 1}, {"ends": True}]}}), "class.votes has votes of more than one kind"),
]


@pytest.mark.parametrize("change, message", WRONG, ids=[message for _, message in WRONG])
def test_what_cannot_be_is_refused_with_its_place(conc, saved, change, message):
    good = saved("good")
    result = compared(conc, good, changed(good, "bad", change), status=1)
    assert f'bad.json": {message}' in result.err and result.err.count("\n") == 1
    assert "good" in result.out


def test_files_that_cannot_be_read(conc):
    (conc.directory / "none").mkdir()
    result = compared(conc, "missing.json", "none", status=1)
    assert result.err == (
        'conc compare: skipped "missing.json": No such file or directory\n'
        'conc compare: skipped "none": no *.json in this folder\n')


@pytest.mark.parametrize("args, message", [
    ((), "name files or folders"),
    (("a.json", "--csv", "--json"), "--csv and --json exclude each other"),
    (("a.json", "-o", "x.png"), '"x.png" names no format'),
    (("a.json", "-o", "-"), '"-" names no format'),
    (("a.json", "-o", "x.svg", "-o", "x.svg"), '"x.svg" is given twice'),
    (("a.json", "-o", "a.json"), '"a.json" is one of the runs to compare'),
    (("a.json", "--width", "0"), "--width"),
    (("a.json", "--jsn"), 'did you mean "--json"?'),
])
def test_a_bad_command_line_is_one_line(conc, saved, args, message):
    before = saved("a").read_bytes()
    result = compared(conc, *args, status=2)
    assert message in result.err and result.err.count("\n") == 1 and not result.out
    assert (conc.directory / "a.json").read_bytes() == before
    assert not list(conc.directory.glob("x.*"))


def test_outputs_in_any_number(conc, saved):
    path = saved("a")
    names = [f"x.{end}" for end in ("txt", "json", "csv", "svg", "html")]
    result = compared(conc, path, *[word for name in names for word in ("-o", name)])
    text, found, *_ = [(conc.directory / name).read_bytes() for name in names]
    assert text.decode() == result.out == compared(conc, path).out
    assert json.loads(found)["schema"] == "conc-compare/1"
    assert (conc.directory / "x.csv").read_text() == compared(conc, path, "--csv").out.replace(
        "\r\n", "\n")


def test_lost_output(conc, saved):
    path = saved("a")
    many = f"{path} " * 200  # more than a pipe holds
    for missing in "", "missing.json":
        result = conc.shell(f"{conc.path} compare {path} {missing} > /dev/full")
        assert result.status == 1 and "output is lost" in result.err
        result = conc.shell(f"{conc.path} compare {many} {missing} --json | :; "
                            "exit ${PIPESTATUS[0]}")
        assert result.status == 128 + signal.SIGPIPE and "lost" not in result.err
    result = conc("compare", path, "-o", "none/x.svg")
    assert result.status == 1 and result.err.count("\n") == 1 and "cannot write" in result.err


def test_a_thousand_files(conc, saved):
    one = saved("one").read_bytes()
    folder = conc.directory / "class"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number:03}.json").write_bytes(one)
    found = compared(conc, folder, "--json").json
    assert len(found["files"]) == 1000
    assert found["files"][999]["label"] == "999"
    assert "1,000 files" in compared(conc, folder).out
