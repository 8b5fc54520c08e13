# SPDX-License-Identifier: MIT
"""Help, tables, completions and manual pages must say the same, and examples must work."""

import re
import shlex
import signal
import subprocess
import sys
import xml.etree.ElementTree

import processes
import pytest
from conftest import CONC, ROOT, wait_until

sys.path.insert(0, str(ROOT / "man"))
import examples  # noqa: E402: found only then
import gallery  # noqa: E402

MAN = ROOT / "man"
#: One a command; and what they have in common.
PAGES = sorted(MAN.glob("*.1"))
PATTERNS = MAN / "conc-patterns.7"
README = ROOT / "README.md"
EXAMPLES = [(page, command, output) for page in [*PAGES, PATTERNS, README]
            for command, output in examples.examples(page.read_text())]
#: Times of 5 s and 10 s are for people.
HURRY = ("--speed", "50")


def commands():
    """{name: section of `conc --help` that lists it}, from the program."""
    text = subprocess.run([CONC, "--help"], capture_output=True, text=True, check=True).stdout
    found = {}
    for section in ("Demos", "Tools"):
        body = re.search(rf"^{section}:\n((?:  .*\n)*)", text, re.MULTILINE)[1]
        for name in re.findall(r"^  ([a-z]\S*)  ", body, re.MULTILINE):
            found[name] = section
    return found


def demos():
    return [name for name, section in commands().items() if section == "Demos"]


def options_of_help(text):
    """The long and short options that a help text lists, not those that it mentions."""
    entries = re.findall(r"^  (?:(-[a-z]), )?(--[a-z-]+)\b", text, re.MULTILINE)
    return {word for entry in entries for word in entry if word}


def options_of_page(page):
    """The options that stand at the head of an entry of a list."""
    text = page.read_text().replace("\\-", "-")
    found = set()
    for head in re.findall(r"^\.It ((?:Xo\n(?:.*\n)*?\.Xc)|.*)", text, re.MULTILINE):
        for word in re.findall(r"(?:^|[\s.])Fl (\S+)", head):
            found.add("-" + word.rstrip(","))
    return found


def differences(found, wanted, what="it"):
    """What there is to do about it, for a message."""
    lacks, has_too = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    return "; ".join([f"{what} lacks {' '.join(lacks)}"] * bool(lacks)
                     + [f"{what} has {' '.join(has_too)}, which there is not"] * bool(has_too))


def rendered(page):
    done = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=200", str(page)],
                          capture_output=True, text=True, check=True)
    return re.sub(".\b", "", done.stdout)


def test_there_is_a_page_for_every_command_and_a_command_for_every_page(conc):
    """But help, which is what conc(1) is about."""
    assert demos()
    wanted = set(commands()) - {"help"}
    wanted = {f"conc-{name}.1" for name in wanted} | {"conc.1"}
    assert not differences((page.name for page in PAGES), wanted, "man/")


def test_conc_1_names_every_page():
    text = (MAN / "conc.1").read_text()
    wanted = {page.stem for page in PAGES} - {"conc"}
    for heading in (".Ss Commands", ".Sh SEE ALSO"):
        part = text.split(heading + "\n")[1].split("\n.S", 1)[0]
        names = re.findall(r"^\.Xr (conc-\S+) 1", part, re.MULTILINE)
        assert not differences(names, wanted, f"conc.1, {heading}:")
    assert ".Xr conc-patterns 7" in text.split(".Sh SEE ALSO\n")[1]


def test_conc_1_lists_every_command(conc):
    section = (MAN / "conc.1").read_text().split(".Ss Commands\n")[1].split("\n.S", 1)[0]
    listed = set(re.findall(r"^\.It Cm (\S+)", section, re.MULTILINE))
    assert not differences(listed, set(commands()) | {"help"}, "conc.1, .Ss Commands,")


def test_every_listed_command_has_help(conc):
    for name in commands():
        result = conc("help", name)
        assert result.status == 0 and name in result.out, result


@pytest.mark.parametrize("spelling", [("help", "{}"), ("{}", "--help"), ("{}", "-h")])
def test_options_of_help_and_of_pages_agree(conc, spelling):
    for name in demos():
        result = conc(*[word.format(name) for word in spelling])
        assert result.status == 0 and not result.err, result
        wanted = options_of_help(result.out)
        page = MAN / f"conc-{name}.1"
        assert len(wanted) > 10
        assert not differences(options_of_page(page), wanted, f"OPTIONS of {page.name}")


def test_conc_1_has_the_options_of_every_demo_and_no_others(conc):
    common = options_of_help(conc("--help").out)
    assert not differences(options_of_page(MAN / "conc.1"), common | {"--version"}, "conc.1")
    for name in demos():
        assert common - {"--version"} <= options_of_help(conc(name, "--help").out), name


def test_variants_of_list_and_of_pages_agree(conc):
    for name in demos():
        listed = re.findall(r"^  ([a-z]\S*)", conc(name, "--list").out, re.MULTILINE)
        section = (MAN / f"conc-{name}.1").read_text().split(".Ss Variants\n")[1]
        section = section.split("\n.S", 1)[0]
        on_page = re.findall(r"^\.It Cm (\S+)", section, re.MULTILINE)
        assert on_page == listed, f"conc-{name}.1, Variants: not those of --list, in its order"


def test_the_question_on_the_page_is_that_of_the_help(conc):
    for name in demos():
        question = re.search(r"^\.Nd (.*)", (MAN / f"conc-{name}.1").read_text(),
                             re.MULTILINE)[1]
        about = " ".join(conc("help", name).out.split())
        assert question.lower() in about.lower(), f"conc-{name}.1: .Nd is not the card's question"


def test_completions_know_every_command_option_and_variant(conc):
    for shell in ("bash", "zsh", "fish"):
        words = set(re.findall(r"[\w+-]+", conc("completion", shell).out))
        words |= {word.lstrip("-") for word in words}  # fish has the name alone
        for name in demos():
            options = options_of_help(conc(name, "--help").out)
            wanted = {name} | {word.lstrip("-") for word in options if word[:2] == "--"}
            wanted |= set(re.findall(r"^  ([a-z]\S*)", conc(name, "--list").out,
                                     re.MULTILINE))
            assert wanted <= words, (shell, name, wanted - words)


def test_examples_of_the_help_work(conc):
    calls = []
    for name in demos():
        text = conc(name, "--help").out.split("Examples:\n")[1]
        lines = re.findall(r"^  conc (.*)", text, re.MULTILINE)
        assert lines, name
        calls += [(examples.hurried(shlex.split(line), HURRY), {}) for line in lines]
    for result in conc.each(calls):
        told = re.sub(r"^http://127\.0\.0\.1:\d+/ for .*\n", "", result.err)
        assert result.status == 0 and not told, result


def skeleton(lines):
    """What of an output does not depend on times: names of lanes and of variants, lines
    of source, and, without a picture, who does what."""
    drawn = [re.match(r"\s*(.*?) +(?:├|│$)", line) for line in lines]  # or in one cell
    told = [re.match(r"[\d.]+ m?s +(.*? starts .*)", line) for line in lines]
    listed = [re.match(r"([a-z][\w-]*)  ", line) for line in lines]
    source = [re.match(r"([-+ ][ \d]*\d{3}  .*[;{}()*/])$", line) for line in lines]
    return [match[1] for match in drawn + told + listed + source if match]


@pytest.mark.plain
@pytest.mark.parametrize("page, command, output", EXAMPLES,
                         ids=[f"{page.stem}: {command}" for page, command, _ in EXAMPLES])
def test_examples_of_the_pages_work(conc, page, command, output):
    done = examples.run(CONC, command, HURRY)
    assert done.returncode == 0 and not done.stderr, done
    renewal = f"man/examples.py build/conc {page.relative_to(ROOT)}"
    assert bool(done.stdout) == bool(output), renewal
    wanted = set(skeleton(output))
    assert not output or wanted
    absent = wanted - set(skeleton(done.stdout.splitlines()))
    assert not absent, (f"{absent} on {page.name}, but the run gave\n{done.stdout}\n"
                        f"If that is as it should be: {renewal}")


def test_conc_1_explains_every_state_and_every_key_of_the_json(conc):
    text = (MAN / "conc.1").read_text()
    states = re.findall(r"^\.It (\w+) Ta ", text, re.MULTILINE)
    words = set(re.findall(r"\w+", text.split(".Sh A RUN AS JSON")[1].split("\n.Sh")[0]))
    run = conc("threads", "0.01", "--json").json
    lane = run["variants"][0]["runs"][0]["lanes"][0]
    assert states == list(lane["in_state_ns"])
    for what in (run, run["variants"][0], lane["spans"][0], lane["marks"][0]):
        explained = words & set(what)
        assert len(explained) >= 4, set(what) - words


def check_course(conc, rows, where):
    """All demos, in the order of the help, each with the question and the beliefs that
    its help has: [(name, text), ...]."""
    names = [name for name, _ in rows]
    assert not differences(names, demos(), where)
    assert names == demos(), f"the course in {where} must have the order of src/commands.c"
    for name, text in rows:
        about = " ".join(conc("help", name).out.split())
        question, beliefs = about.split(": ")[1].split("?")[0], re.findall("“(.*?)”", text)
        assert question in text, f"{where}, {name}: the card asks: {question}?"
        assert beliefs, f"{where}, {name}: quote a belief that its card refutes"
        for belief in beliefs:
            assert f'"{belief}"' in about, f"{where}, {name}: “{belief}” is not on its card"


def test_conc_1_has_the_demos_as_a_course(conc):
    section = (MAN / "conc.1").read_text().split(".Ss Commands\n")[1].split("\n.S", 1)[0]
    entries = [entry.split("\n", 1) for entry in section.split(".It Cm ")[1:]]
    quoted = [(name, re.sub(r"\.Dq (.*?)(?: \.)?\n", r"“\1” ", text))
              for name, text in entries if name in demos()]
    check_course(conc, quoted, "conc.1, Commands,")


@pytest.mark.plain
def test_the_readme_has_the_demos_as_a_course_that_works(conc):
    rows = re.findall(r"^\| \d+ \| `conc (\S+)(.*?)` \| (.*) \|$", README.read_text(),
                      re.MULTILINE)
    check_course(conc, [(name, text) for name, _, text in rows], "README.md")
    for name, args, _ in rows:
        result = conc(name, *args.split(), *HURRY)
        assert result.status == 0 and not result.err, result


def test_the_readme_counts_the_demos():
    text, count = README.read_text(), len(demos())
    numbers = ("No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen "
               "Fourteen Fifteen Sixteen Seventeen Eighteen Nineteen Twenty").split()
    word = numbers[count] if count < len(numbers) else str(count)
    begin = f"{word} demos, best taken"
    assert f"\n{begin}" in text, f"README.md: The course must begin with “{begin}”"
    rows = re.findall(r"^\| (\d+) \| `conc ", text, re.MULTILINE)
    assert rows == [str(i + 1) for i in range(count)], "README.md: rows from 1, without gaps"


def test_the_readmes_pictures_are_of_the_commands_that_it_names():
    """A picture says itself which command it was made by."""
    pictures = list(gallery.gallery())
    assert len(pictures) > 3
    for path, arguments in pictures:
        texts = xml.etree.ElementTree.parse(path).iter()
        said = " ".join(" ".join(t.text.split()) for t in texts if t.text)
        missing = [word for word in ["conc", *arguments] if word not in said]
        assert not missing, f"man/gallery.py {path.stem}: it is not of {missing}"


def test_threads_are_seen_from_outside_as_the_page_says(conc):
    text = examples.unescaped((MAN / "conc-threads.1").read_text())
    line = re.search(r"^\$ (ps .*)", text, re.MULTILINE)[1]
    assert '"$(pgrep -n conc-stage)"' in line
    running = conc.start("threads", "--only", "threads", "--ttl", "30", "30")
    stage = processes.wait_for(conc.tag, "conc-stage")
    line = line.replace('"$(pgrep -n conc-stage)"', str(stage))

    def shown():
        listed = subprocess.run(line.split(), capture_output=True, text=True).stdout
        return listed.split() if "darthvader" in listed else None

    words = wait_until(shown)
    running.signal(signal.SIGINT)
    running.finish()
    assert words and {"COMMAND", "conc-stage", "luke"} <= set(words), words


def test_there_are_examples_with_output():
    for page in [*(MAN / f"conc-{name}.1" for name in demos()), MAN / "conc.1", PATTERNS,
                 README]:
        assert any(page == where and output for where, _, output in EXAMPLES), page


def test_the_page_on_patterns_has_all_demos_and_no_figure_of_its_own():
    """What was measured stands in a display, under the command that measured it."""
    text = PATTERNS.read_text()
    linked = re.findall(r"^\.Xr conc-(\S+) 1", text.split(".Sh SEE ALSO")[1], re.MULTILINE)
    assert not differences(linked, demos(), "conc-patterns.7, SEE ALSO,")
    table = text.split("WHAT PYTHON CALLS IT")[1]
    for name in demos():
        assert f"Ta conc {name}" in table or f"$ conc {name}" in text, (
            f"conc-patterns.7: neither a row of WHAT PYTHON CALLS IT nor an example of {name}")
    displays = re.compile(r"^\.Bd.*?^\.Ed$", re.DOTALL | re.MULTILINE)
    assert len(displays.findall(text)) == sum(page == PATTERNS for page, _, _ in EXAMPLES) > 5
    prose = displays.sub("", text)
    assert not re.findall(r"\d\s*(?:(?:ns|µs|us|ms|s)\b|×|%|[KM]iB)", prose)


def test_what_the_page_on_patterns_calls_by_name_is_there(conc):
    """Variants and options beside the demos in its table."""
    rows = re.findall(r" Ta conc (\w+)(?:, (\S+))? Ta ", PATTERNS.read_text())
    assert len(rows) > 15
    for name, what in rows:
        text = conc(name, "--help").out
        assert not what or re.search(rf"^  {re.escape(what)}\b", text, re.MULTILINE), (
            f"conc-patterns.7: {name} has no {what}")


@pytest.mark.parametrize("page", [*PAGES, PATTERNS], ids=lambda page: page.name)
def test_pages_are_well_formed(page):
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_have_what_a_reader_looks_for(page):
    text = page.read_text()
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT",
                    "EXIT STATUS", "EXAMPLES", "SEE ALSO"):
        assert re.search(rf"^\.Sh {section}$", text, re.MULTILINE), f"{page.name}: no {section}"
    for name in re.findall(r"^\.Xr (conc\S*) 1", text, re.MULTILINE):
        assert (MAN / f"{name}.1").exists(), f"{page.name}: there is no man/{name}.1"


def test_the_page_shows_what_its_examples_are(conc):
    """Escapes and all: what man prints is what was run."""
    for page in [*PAGES, PATTERNS]:
        shown = re.sub(r"\s+", " ", rendered(page))
        for command, output in examples.examples(page.read_text()):
            for line in command.splitlines():
                assert f"$ {line}" in shown, page.name
            for line in output:
                assert re.sub(r"\s+", " ", line.strip()) in shown, (page.name, line)
