# SPDX-License-Identifier: MIT
"""Pictures and pages: well-formed, whole in one file, and text in them nothing but text."""

import base64
import hashlib
import html.parser
import itertools
import json
import re
import xml.etree.ElementTree as ET

import pytest

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=y>', "' onload='z", '&lt;',
           '</title>', ']]>', '--><!--']
DEMOS = [
    ["threads", "--ttl", "0.02", "0.04"],
    ["threads", "--ttl", "20ms", "20ms", "--work", "cpu", "--cores", "1"],
    ["fork", "--ttl", "20ms"],
    ["daemon", "--ttl", "20ms", "40ms"],
    ["join", "--ttl", "20ms", "40ms"],
    ["pool", "--ttl", "10ms", "--tasks", "4", "--sweep", "1..4"],
    ["race", "--ttl", "5ms", "5ms", "--repeat", "3"],
    ["race", "--story", "tickets", "--ttl", "5ms", "5ms"],
    ["deadlock", "--ttl", "5ms", "5ms"],
    ["async", "--tasks", "100", "--ttl", "10ms", "--limit", "500ms"],
    ["all", "--ttl", "20ms", "40ms"],
]


def write(conc, extension, *args):
    path = conc.directory / f"run.{extension}"
    result = conc(*args, "-o", str(path))
    assert result.status == 0, result
    return path.read_text(encoding="utf-8")


def texts(root):
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


class Page(html.parser.HTMLParser):
    """Elements with their attributes, and what is in script and style elements."""

    VOID = {"meta", "link", "br", "img", "input", "hr"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.raw, self.text = [], [], {}, []
        self.feed(text)
        self.close()
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"twice in {tag}: {names}"
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"{tag} closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            key = (self.open[-1], self.elements[-1][1].get("type"))
            self.raw[key] = self.raw.get(key, "") + data
        else:
            self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def data(self):
        return json.loads(self.raw["script", "application/json"])


# ---- svg


@pytest.mark.parametrize("args", DEMOS, ids=" ".join)
def test_a_picture_is_whole(conc, args):
    text = write(conc, "svg", *args)
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    assert set(root.get("aria-labelledby").split()) <= ids
    assert "conc " + args[0] in root.find(f"{SVG}title").text
    assert len(root.find(f"{SVG}desc").text) > 40
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "desc", "defs", "pattern", "rect", "path", "circle",
                     "text"}
    width, height = (float(value) for value in root.get("viewBox").split()[2:])
    assert width == 1200
    for element in root.iter(f"{SVG}text"):
        assert float(element.get("font-size")) >= 14
        assert 0 <= float(element.get("x")) <= width
        assert 0 <= float(element.get("y")) <= height
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    said = " ".join(texts(root))
    assert "conc " + " ".join(args[:2]) in said
    assert "cores" in said or "core" in said


def test_a_picture_shows_who_waits_for_whom(conc):
    root = ET.fromstring(write(conc, "svg", "deadlock", "--ttl", "5ms", "5ms"))
    said = "\n".join(texts(root))
    assert "wait for each other" in said
    assert "demos/deadlock.c:" in said
    assert "stuck at" in said


def test_a_sweep_is_a_chart(conc):
    root = ET.fromstring(write(conc, "svg", "pool", "--ttl", "5ms", "--tasks", "4",
                               "--sweep", "1..4"))
    said = texts(root)
    assert "pool: time against workers" in said
    assert "tasks that wait" in said and "tasks that compute" in said
    assert len(list(root.iter(f"{SVG}circle"))) >= 8


def test_a_prediction_stands_on_the_axis(conc):
    reason = "one <b>after</b> the other"
    root = ET.fromstring(write(conc, "svg", "threads", "--ttl", "0.02", "0.04",
                               "--predict=threads=60ms", "--reason", reason))
    assert f'threads, you: 60 ms, "{reason}"' in texts(root)
    assert any(text.startswith("You said 60 ms for threads") for text in texts(root))
    dashed = [path for path in root.iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(dashed) == 1


def test_a_window_is_drawn_alone(conc):
    root = ET.fromstring(write(conc, "svg", "threads", "--ttl", "0.02", "0.4",
                               "--from", "300ms", "--to", "400ms"))
    said = texts(root)
    assert any("drawn: 300 ms to 400 ms" in text for text in said)
    assert "0" not in said and any(text in ("320", "350") for text in said)
    assert any(re.fullmatch(r"\(ended at \S+ ms\)", text) for text in said)


def test_names_of_any_kind_are_text_in_a_picture(conc):
    text = write(conc, "svg", "threads", "--tasks", str(len(HOSTILE)), "--ttl", "5ms",
                 "--names", ",".join(HOSTILE))
    root = ET.fromstring(text)
    assert not any(f"<{name}" in text for name in ("script", "img"))
    said = " ".join(texts(root))
    for name in HOSTILE:
        assert name in said


def test_control_characters_do_not_get_through(conc):
    """They come in by the name of a file, say, which the command line holds."""
    for extension in ("svg", "html"):
        path = conc.directory / f"a\x1b[31m\n\x7f\N{RIGHT-TO-LEFT OVERRIDE}b.{extension}"
        result = conc("threads", "--ttl", "5ms", "5ms", "--names", "日本,\N{CRAB}é",
                      "-o", str(path))
        assert result.status == 0, result
        text = path.read_text(encoding="utf-8")
        said = re.sub("<[^<>]*>|\n", "", text)
        assert "\N{CRAB}é" in said and "a\\x1b[31m\\n\\x7f\\u202eb." in said
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\u202a-\u202e]",
                             text)


def test_ascii_is_ascii(conc):
    for extension in ("svg", "html"):
        text = write(conc, extension, "threads", "--ttl", "5ms", "5ms", "--ascii",
                     "--names", "日本,leia")
        assert text.isascii()


# ---- html


@pytest.mark.parametrize("args", DEMOS, ids=" ".join)
def test_a_page_is_whole(conc, args):
    page = Page(write(conc, "html", *args))
    names = [tag for tag, _ in page.elements]
    assert names.count("h1") == 1 and names.count("main") == 1
    assert page.all("html")[0]["lang"] == "en"
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for key in ("aria-labelledby", "aria-describedby"):
            assert set(attributes.get(key, "").split()) <= set(ids)
    assert len(page.all("table")) >= 1
    said = " ".join(page.text)
    assert "How it was measured" in said and args[0] in said


@pytest.mark.plain
@pytest.mark.parametrize("args", DEMOS, ids=" ".join)
def test_a_page_needs_nothing_else(conc, args):
    text = write(conc, "html", *args)
    page = Page(text)
    for tag, attributes in page.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "href", "style", "srcset", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert "http://" not in text and "https://" not in text
    assert not re.search(r"\b(eval|fetch|XMLHttpRequest|import)\b\s*\(", text)
    assert "@import" not in text and "url(" not in page.raw["style", None]


def test_a_page_allows_its_own_script_and_style_alone(conc):
    page = Page(write(conc, "html", *DEMOS[0]))
    policy = next(meta["content"] for meta in page.all("meta")
                  if meta.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for kind, rule in (("script", "script-src"), ("style", "style-src")):
        digest = hashlib.sha256(page.raw[kind, None].encode()).digest()
        assert rules[rule] == f"'sha256-{base64.b64encode(digest).decode()}'"


class Row:
    """Numbers from left to right, as the script of a page reads them."""

    def __init__(self, text):
        self.numbers = iter(int(number) for number in text.split(" ")) if text else iter(())

    def next(self):
        return next(self.numbers)

    def pairs(self):
        return [(self.next(), self.next()) for _ in range(self.next())]

    def level(self, data, start):
        """Stretches, and blocks as (end, state, spans, label, source, sentence)."""
        stretches, blocks, at = self.pairs(), [], start
        for length in self.numbers:
            look = self.next()
            spans = self.next() if look < 0 else 1
            state, label, what = map(int, data["looks"][look if look >= 0 else -1 - look]
                                     .split(" "))
            at += length
            label = data["texts"][label] if label >= 0 else ""
            source, sentence = (data["texts"][what] if what >= 0 else "\n").split("\n")
            blocks.append((at, data["states"][state], spans, label, source,
                           sentence.replace("\x02", label)))
        return stretches, blocks


def folded_lanes(data, fold):
    """Lanes as (name, kind, start, cut, totals, blocks)."""
    name, start = "", 0
    for row in fold["lanes"]:
        new, numbers = row.split("\n")
        name = new or re.sub(r"\d+$", lambda digits: str(int(digits[0]) + 1), name)
        row = Row(numbers)
        kind, start = row.next(), start + row.next()
        cut, totals = row.next(), data["texts"][row.next()]
        assert all(0 <= text < len(data["texts"]) for _, text in row.pairs())
        stretches, blocks = row.level(data, start)
        assert all(block < len(blocks) for block, _ in stretches)
        yield name, ["process", "thread", "task"][kind], start, cut, totals, blocks


@pytest.mark.plain
@pytest.mark.parametrize("args", DEMOS, ids=" ".join)
def test_what_a_page_draws_makes_sense(conc, args):
    page = Page(write(conc, "html", *args))
    data = page.data
    lanes = [attributes for attributes in page.all("canvas") if "aria-label" in attributes]
    assert len(lanes) == len(data["lanes"]) > 0
    assert data["columns"] == sorted(set(data["columns"]))
    assert data["from"] <= data["window"][0] < data["window"][1] <= data["to"]
    for lane, canvas in zip(data["lanes"], lanes):
        assert canvas["aria-label"].startswith(lane["name"] + ", ")
        assert len(lane["levels"]) == len(data["columns"])
        for row in lane["levels"]:
            stretches, blocks = Row(row).level(data, lane["start"])
            assert all(block < len(blocks) and text < len(data["texts"])
                       for block, text in stretches)
            ends = [block[0] for block in blocks]
            assert all(a < b for a, b in itertools.pairwise(ends))
            assert not ends or ends[-1] == lane["end"]
        for *_, spans, _, _, sentence in blocks:
            assert spans > 1 or sentence.startswith((" ", "thread ", "process "))


def test_the_finest_level_is_the_run_itself(conc):
    run, page = conc.directory / "run.json", conc.directory / "run.html"
    assert conc("threads", "--ttl", "20ms", "40ms", "-o", str(run), "-o", str(page)).status == 0
    data = Page(page.read_text(encoding="utf-8")).data
    lanes = [lane for variant in json.loads(run.read_text())["variants"]
             for lane in variant["runs"][0]["lanes"]]
    assert len(lanes) == len(data["lanes"])
    for lane, drawn in zip(lanes, data["lanes"]):
        _, blocks = Row(drawn["levels"][-1]).level(data, drawn["start"])
        assert [(end, state, source or None) for end, state, _, _, source, _ in blocks] == [
            (span["end_ns"], span["state"], span["source"]) for span in lane["spans"]]


# ---- lanes that are folded


def test_folded_lanes_are_in_the_page(conc):
    run, path = conc.directory / "run.json", conc.directory / "run.html"
    assert conc("threads", "--tasks", "60", "--ttl", "10ms", "--only", "threads",
                "-o", str(run), "-o", str(path)).status == 0
    page = Page(path.read_text(encoding="utf-8"))
    (fold,) = page.data["folds"]
    (variant,) = json.loads(run.read_text())["variants"]
    lanes = variant["runs"][0]["lanes"]
    assert len(page.data["lanes"]) + len(fold["lanes"]) == len(lanes) == 61
    assert len(fold["lanes"]) == 50
    hidden = lanes[fold["after"]:fold["after"] + len(fold["lanes"])]
    assert page.data["foldsAreExact"]
    for lane, (name, kind, start, cut, _, blocks) in zip(
            hidden, folded_lanes(page.data, fold)):
        assert (name, kind, start, cut) == (lane["name"], lane["kind"], lane["start_ns"],
                                            lane["cut"])
        assert [(end, state) for end, state, *_ in blocks] == [
            (span["end_ns"], span["state"]) for span in lane["spans"]]
    assert {"class": "fold"} in page.all("details")
    assert "50 more: " in " ".join(page.text)
    box = next(one for one in page.all("div") if one.get("class") == "lanes")
    assert box["tabindex"] == "0" and box["aria-label"] == "50 lanes that were folded"
    assert "no room" not in " ".join(page.text)


def test_a_page_says_which_lanes_it_has_no_room_for(conc):
    page = Page(write(conc, "html", "async", "--tasks", "30000", "--ttl", "50ms",
                      "--only", "loop"))
    (fold,) = page.data["folds"]
    said = re.search("The first ([0-9,]+) of them; there is no room in this page for the "
                     "other ([0-9,]+)[.]", " ".join(page.text))
    held, others = (int(number.replace(",", "")) for number in said.groups())
    assert held == len(fold["lanes"]) > 1000
    assert held + others + len(page.data["lanes"]) == 30001
    names = [name for name, *_ in folded_lanes(page.data, fold)]
    assert names[-1] == f"task{fold['after'] + held - 1}"


def test_folds_of_several_variants(conc):
    data = Page(write(conc, "html", "async", "--tasks", "40", "--ttl", "5ms", "--limit",
                      "500ms")).data
    assert len(data["folds"]) > 1
    assert all(fold["lanes"] for fold in data["folds"])
    assert [fold["after"] for fold in data["folds"]] == sorted(
        {fold["after"] for fold in data["folds"]})


def test_names_of_any_kind_are_text_in_a_page(conc):
    text = write(conc, "html", "threads", "--tasks", str(len(HOSTILE)), "--ttl", "5ms",
                 "--names", ",".join(HOSTILE), "--predict=threads=1s", "--reason", HOSTILE[0])
    page = Page(text)
    assert len(page.all("script")) == 2 and len(page.all("style")) == 1
    assert page.all("img") == []
    data = page.raw["script", "application/json"]
    assert not set(data) & set("<>&")
    assert set(HOSTILE) <= {lane["name"] for lane in page.data["lanes"]}
    assert {tag for tag, _ in page.elements} <= {
        "html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1",
        "h2", "h3", "p", "div", "span", "canvas", "button", "output", "details", "summary",
        "kbd", "code", "noscript", "ul", "li", "ol", "dl", "dt", "dd", "table", "caption",
        "thead", "tbody", "tr", "th", "td", "script", "pre", "bdi"}


def test_a_window_is_where_a_page_begins(conc):
    data = Page(write(conc, "html", "threads", "--ttl", "0.02", "0.04", "--from", "30ms",
                      "--to", "50ms")).data
    assert data["window"] == [30_000_000, 50_000_000]
    assert data["from"] == 0 and data["to"] >= 60_000_000


# ---- both


@pytest.mark.plain
def test_many_lanes_and_spans_stay_small(conc):
    picture, page = conc.directory / "run.svg", conc.directory / "run.html"
    result = conc("async", "--tasks", "30000", "--ttl", "50ms", "--only", "loop",
                  "-o", str(picture), "-o", str(page))
    assert result.status == 0, result
    assert picture.stat().st_size < 100_000
    assert page.stat().st_size < 1_000_000
    assert len(list(ET.parse(picture).iter())) < 1000


@pytest.mark.parametrize("args", DEMOS, ids=" ".join)
def test_a_saved_run_is_drawn_as_when_it_was_run(conc, args):
    run, *first = (conc.directory / f"run.{name}" for name in ("json", "svg", "html"))
    again = [conc.directory / f"again.{name}" for name in ("svg", "html")]
    outputs = [word for path in (run, *first) for word in ("-o", str(path))]
    assert conc(*args, *outputs).status == 0
    assert conc("replay", str(run), "-o", str(again[0]), "-o", str(again[1])).status == 0
    for before, after in zip(first, again):
        assert before.read_bytes() == after.read_bytes()


def test_formats_by_name_on_standard_output(conc):
    result = conc("threads", "--ttl", "5ms", "5ms", "--format", "svg")
    assert result.status == 0
    ET.fromstring(result.out)
    result = conc("threads", "--ttl", "5ms", "5ms", "--format", "html", "-o", "-")
    assert result.out.startswith("<!DOCTYPE html>\n")
    assert result.out.endswith("</html>\n")


def test_a_run_of_which_nothing_is_left(conc):
    for extension in ("svg", "html"):
        text = write(conc, extension, "threads", "--ttl", "10", "20", "--limit", "1s",
                     "--only", "sequential")
        assert "past the limit" in text
