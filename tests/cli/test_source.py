# SPDX-License-Identifier: MIT
"""conc source: the C that ran, whole, in parts, with the times of a run, and in Python."""

import json
import re
import subprocess

import pytest
from conftest import CONC, ROOT
from test_manual import demos, options_of_help, options_of_page

SGR = re.compile(r"\x1b\[[0-9;]*m")
PARTS = {"cost": ("cost.h", "cost_floors.c", "cost_switch.c"),
         "pool": ("pool.h", "pool_job.c", "pool_processes.c", "pool_uv.c"),
         "gil": ("gil_lock.c", "gil_lock.h", "gil_python.c", "gil_python.h")}
PYTHON = "/usr/bin/python3"


def files_of(demo):
    """All that is the lesson."""
    folder = ROOT / "demos" / demo
    if folder.is_dir():
        parts = [*folder.glob("*.c"), *folder.glob("*.h")]
        names = [part.name for part in parts if part.stem not in
                 (f"{demo}_card", f"{demo}_verdict", f"{demo}_facts")]
        return [f"demos/{demo}/{name}" for name in sorted(names)]
    return [f"demos/{demo}.c"] + [f"demos/{part}" for part in PARTS.get(demo, ())]


def numbered(text):
    """{file: {number: line}} of an output with headings and numbers."""
    found, lines = {}, None
    for line in text.splitlines():
        if re.match(r"demos/\S+  ", line):
            lines = found.setdefault(line.split()[0], {})
        elif match := re.match(r" *(\d+)(?:  (.*))?$", line):
            lines[int(match[1])] = match[2] or ""
    return found


def bare(text):
    """Without blanks, numbers at the beginnings of lines, and colours."""
    text = re.sub(r"^ *\d*", "", SGR.sub("", text), flags=re.MULTILINE)
    return re.sub(r"\s", "", text)


def function(path, name):
    """A function's lines, from its head to its end."""
    lines = (ROOT / path).read_text().splitlines()
    begin = next(i for i, line in enumerate(lines) if re.match(rf"static .*\b{name}\(", line))
    end = lines.index("}", begin)
    return lines[begin:end + 1]


@pytest.fixture(name="saved", scope="module")
def saved_run(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "run.json"
    subprocess.run([CONC, "race", "--ttl", "0.02", "0.02", "-o", path], check=True,
                   capture_output=True, timeout=60)
    return path


def changed(saved, tmp_path, **keys):
    """A copy of the run with other values at the top."""
    run = json.loads(saved.read_text())
    run.update(keys)
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(run))
    return path


# ---- all of it


def test_without_a_demo_it_names_them(conc):
    result = conc("source")
    assert result.status == 2 and not result.out
    assert result.err == f"conc source: name a demo: {', '.join(demos())}\n"


def test_it_is_the_c_of_the_tree_line_by_line(conc):
    for demo in demos():
        result = conc("source", demo)
        assert result.status == 0 and not result.err and "\x1b" not in result.out
        found = numbered(result.out)
        assert list(found) == files_of(demo)
        for path, lines in found.items():
            text = (ROOT / path).read_text().splitlines()
            assert lines == dict(enumerate(text, 1)), path
            assert f"{path}  {len(text)} lines" in result.out


def test_colours_change_nothing_else(conc):
    plain = conc("source", "deadlock").out
    colored = conc("source", "deadlock", "--color", "always").out
    assert colored != plain and SGR.sub("", colored) == plain
    assert SGR.sub("", colored).isascii()


def test_colours_mean_something(conc):
    """A keyword, a primitive, a string, a comment and a directive, each in its own."""
    out = conc("source", "deadlock", "--color", "always").out
    codes = {re.search(rf"\x1b\[([0-9;]*)m *{re.escape(word)}", out)[1]
             for word in ("struct", "uv_mutex_lock", '"uv_mutex_init"', "/* posted", "#include")}
    assert len(codes) == 5 and "0" not in codes


@pytest.mark.parametrize("width", [20, 40, 60, 79])
def test_lines_are_folded_and_nothing_is_lost(conc, width):
    for demo in ("race", "pool"):
        out = conc("source", demo, "--width", str(width)).out
        assert max(map(len, out.splitlines())) <= width
        assert not re.search(r" $", out, re.MULTILINE)
        whole = conc("source", demo).out
        assert bare(out).count(";") == bare(whole).count(";")
        assert re.sub(r"\d", "", bare(out)) == re.sub(r"\d", "", bare(whole))


@pytest.mark.parametrize("columns", [40, 80, 130])
def test_a_terminal_shows_it(conc, columns):
    terminal = conc.terminal("source", "threads", columns=columns, lines=50)
    assert terminal.finish() == 0 and terminal.is_whole()
    assert "\x1b[" in terminal.raw.decode()
    text = re.sub(r"\s", "", terminal.text)
    for line in (ROOT / "demos/threads.c").read_text().splitlines():
        assert re.sub(r"\s", "", line) in text


def test_plain_is_a_number_a_colon_and_the_line(conc):
    out = conc("source", "join", "--plain", "--color", "always", "--width", "40").out
    lines = (ROOT / "demos/join.c").read_text().splitlines()
    assert "\x1b" not in out
    assert f"16: {lines[15]}"[:30] in out
    assert "\n17:\n" in out or "\n20:\n" in out


# ---- a variant


def test_a_variant_is_its_function_and_what_that_hands_over(conc):
    result = conc("source", "race", "--variant", "mutex")
    assert result.status == 0 and not result.err
    lines = "\n".join(numbered(result.out)["demos/race.c"].values())
    for name in ("mutex", "update_mutex"):
        assert "\n".join(function("demos/race.c", name)) in lines
    assert lines.count("\n}") == 2
    assert result.out.splitlines()[-1].startswith("It calls look(), line ")
    heading = result.out.splitlines()[0]
    assert re.match(r"demos/race.c  variant mutex, lines \d+–\d+ and \d+–\d+$", heading)


def test_every_variant_is_there(conc):
    for demo in demos():
        for name in re.findall(r"^  ([a-z]\S*)", conc(demo, "--list").out, re.MULTILINE):
            result = conc("source", demo, "--variant", name)
            assert result.status == 0 and not result.err, result
            (path, lines), = numbered(result.out).items()
            text = (ROOT / path).read_text().splitlines()
            assert lines and all(text[n - 1] == line for n, line in lines.items())
            assert re.search(r"\(const struct tasks \*tasks\)\n *\d+  {", result.out)


def test_a_variant_of_another_file(conc):
    out = conc("source", "pool", "--variant", "uv").out
    assert out.startswith("demos/pool_uv.c  variant uv, lines ")
    assert "static void uv_done(uv_work_t *request, int status)" in out
    assert "of demos/pool_job.c" in out


# ---- two variants


def sides(out):
    """What a diff says that the left and the right side are."""
    rows = [re.match(r"([-+ ])( [ \d]{3} [ \d]{3})(?:  (.*))?$", line)
            for line in out.splitlines()[2:]]
    assert all(rows), out
    return ([row[3] or "" for row in rows if row[1] != "+"],
            [row[3] or "" for row in rows if row[1] != "-"])


def test_a_diff_has_all_of_both(conc):
    result = conc("source", "daemon", "--diff", "daemon", "daemon+join")
    assert result.status == 0 and not result.err
    left, right = ("\n".join(side) for side in sides(result.out))
    assert "\n".join(function("demos/daemon.c", "unjoined")) in left
    assert "\n".join(function("demos/daemon.c", "joined_late")) in right
    added = re.findall(r"^\+.*", result.out, re.MULTILINE)
    assert any(line.endswith("    join_all(thread, tasks);") for line in added)
    assert len(added) == 3, "two lines of the head, and the one that matters"


def test_a_diff_with_a_comma(conc):
    assert (conc("source", "race", "--diff", "unsafe,mutex").out ==
            conc("source", "race", "--diff", "unsafe", "mutex").out)


@pytest.mark.parametrize("width", [100, 140, 300])
def test_a_wide_diff_has_two_columns(conc, width):
    result = conc("source", "race", "--diff", "unsafe", "mutex", "--width", str(width))
    lines = result.out.splitlines()
    assert result.status == 0 and max(map(len, lines)) <= width
    half = (width - 3) // 2
    same = [line for line in lines[2:] if line[half + 1:half + 2] == " "]
    assert any("gap(me, 1);" in line[:half] and "gap(me, 1);" in line[half:]
               for line in same)
    assert any(line[half + 1] == ">" and "uv_mutex_lock" in line[half:]
               for line in lines if len(line) > half + 1)


def test_a_narrow_diff_fits(conc):
    out = conc("source", "race", "--diff", "unsafe", "mutex", "--width", "40").out
    assert max(map(len, out.splitlines())) <= 40


# ---- the times of a run


def test_named_lines_have_times_and_no_others(conc, saved):
    result = conc("source", "race", "--run", saved)
    assert result.status == 0 and not result.err, result
    run = json.loads(saved.read_text())
    named = set()
    for variant in run["variants"]:
        for lane in variant["runs"][0]["lanes"]:
            for event in lane["spans"] + lane["marks"]:
                if event["source"]:
                    named.add(int(event["source"].removeprefix("demos/race.c:")))
    text = (ROOT / "demos/race.c").read_text().splitlines()
    noted = {number for number, line in numbered(result.out)["demos/race.c"].items()
             if line != text[number - 1]}
    assert len(named) > 10 and noted == named
    assert f"with the times of {saved}" in result.out.splitlines()[0]


def test_times_are_those_of_the_run(conc, saved):
    out = conc("source", "race", "--run", saved, "--variant", "unsafe").out
    run = json.loads(saved.read_text())
    variant, = [v for v in run["variants"] if v["name"] == "unsafe"]
    writes = {lane["name"]: mark["at_ns"] for lane in variant["runs"][0]["lanes"]
              for mark in lane["marks"] if mark["what"] == "write"}
    line, = [line for line in out.splitlines() if "atomic_store_explicit" in line]
    assert set(writes) == {"luke", "darthvader"}
    told = dict((name, float(at)) for at, name in
                re.findall(r"([\d.]+) ms (luke|darthvader)\b", line))
    for name, at_ns in writes.items():
        assert name in line
        if len(told) == 2:  # else both were there at the same moment
            assert told[name] == pytest.approx(at_ns / 1e6, abs=0.006)


def test_tasks_have_a_line(conc, tmp_path):
    """Not only what a lesson waits for, but also where its work is done."""
    path = tmp_path / "threads.json"
    conc("threads", "--ttl", "0.1", "0.2", "--only", "threads", "-o", path)
    out = conc("source", "threads", "--run", path).out
    line, = [line for line in out.splitlines() if re.match(r" *\d+ +work\(task\);", line)]
    assert re.search(r"[\d.]+–1\d\d\.\d\d ms luke, [\d.]+–2\d\d\.\d\d ms darthvader$", line)


def test_the_demo_is_that_of_the_run(conc, saved):
    with_name = conc("source", "race", "--run", saved)
    assert conc("source", "--run", saved).out == with_name.out
    with open(saved) as file:
        assert numbered(conc("source", "--run", "-", stdin=file).out)


def test_notes_fit_beside_or_below(conc, saved):
    for width in ("40", "80", "130"):
        out = conc("source", "race", "--run", saved, "--width", width).out
        assert max(map(len, out.splitlines())) <= int(width)
        assert "luke" in out and "darthvader" in out
    assert "↳" in conc("source", "race", "--run", saved, "--width", "40").out
    assert conc("source", "race", "--run", saved, "--width", "40", "--ascii").out.isascii()


def test_a_run_of_another_demo_is_refused(conc, saved):
    result = conc("source", "threads", "--run", saved)
    assert result.status == 1 and not result.out
    assert result.err == f"conc source: {saved} is a run of race, not of threads\n"


def test_a_run_by_another_version_is_said_to_be(conc, saved, tmp_path):
    path = changed(saved, tmp_path, conc="0.0.1")
    result = conc("source", "race", "--run", path)
    assert result.status == 0 and numbered(result.out)
    assert len(result.err.splitlines()) == 1 and "0.0.1" in result.err


def test_a_run_of_another_build_is_said_to_be(conc, saved, tmp_path):
    text = saved.read_text().replace("demos/race.c:61", "demos/race.c:6161")
    path = tmp_path / "longer.json"
    path.write_text(text)
    result = conc("source", "race", "--run", path)
    assert result.status == 0 and len(result.err.splitlines()) == 1
    assert "another conc made it" in result.err


def test_what_the_engine_notes_is_no_line_of_another_conc(conc, tmp_path):
    path = tmp_path / "server.json"
    conc("server", "--tasks", "1", "--ttl", "0.01", "--only", "loop", "--load", "0", "-o", path)
    assert '"source": "src/' in path.read_text() or '"source":"src/' in path.read_text()
    result = conc("source", "server", "--run", path)
    assert result.status == 0 and numbered(result.out) and not result.err


@pytest.mark.parametrize("demo", ["nothing", "", 7, "source", "a\x1b[31mb"])
def test_a_run_of_no_demo_is_refused(conc, saved, tmp_path, demo):
    result = conc("source", "--run", changed(saved, tmp_path, demo=demo))
    assert result.status == 1 and not result.out
    assert len(result.err.splitlines()) == 1 and "\x1b" not in result.err


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"schema": "other/1"}', "\x00\xff",
                                  '{"schema": "conc-run/1", "demo": "race"'])
def test_a_damaged_run_is_refused(conc, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="latin-1")
    result = conc("source", "race", "--run", path)
    assert result.status == 1 and not result.out
    assert len(result.err.splitlines()) == 1 and str(path) in result.err


def test_no_run_is_no_file(conc, tmp_path):
    result = conc("source", "race", "--run", tmp_path / "none.json")
    assert result.status == 1 and len(result.err.splitlines()) == 1


def test_a_variant_that_was_not_run(conc, saved):
    result = conc("source", "race", "--run", saved, "--variant", "wrong-lock")
    assert result.status == 1 and not result.out
    assert result.err == f"conc source: {saved} has no run of wrong-lock\n"


def test_names_of_lanes_are_made_safe(conc, saved, tmp_path):
    run = json.loads(saved.read_text())
    for variant in run["variants"]:
        for lane in variant["runs"][0]["lanes"]:
            lane["name"] = "e\x1b[31mvil\u202e\n"
    path = tmp_path / "evil.json"
    path.write_text(json.dumps(run))
    for options in ((), ("--plain",), ("--ascii",), ("--width", "40")):
        out = conc("source", "race", "--run", path, *options).out
        assert "\x1b" not in out and "\u202e" not in out and "vil" in out


# ---- in Python


def seconds(out):
    """{variant: its time}."""
    return {name: float(time) for name, time in
            re.findall(r"^([a-z_]+) +(\d+\.\d+) s", out, re.MULTILINE)}


def python(conc, demo, *args):
    """What `conc source DEMO --python | python3 - ARGS` prints."""
    shown = conc("source", demo, "--python")
    assert shown.status == 0 and not shown.err
    done = subprocess.run([PYTHON, "-W", "error", "-", *args], input=shown.out, text=True,
                          capture_output=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout


def test_the_twin_is_in_the_tree_and_its_names_are_mapped(conc):
    for demo in demos():
        out = conc("source", demo, "--python").out
        text = (ROOT / f"demos/python/{demo}.py").read_text()
        assert out.startswith(text)
        table = out.removeprefix(text)
        assert re.match(r"\n\n# in C +in Python\n", table)
        rows = re.findall(r"^# (\S+) {2,}(\S.*)$", table, re.MULTILINE)
        c = "".join((ROOT / path).read_text() for path in files_of(demo))
        assert len(rows) >= 4, f"{demo}: more rows in src/classroom/source/python.c"
        assert all(re.search(rf"\b{name}\(", c) for name, _ in rows), rows
        assert len({where for _, where in rows}) == len(rows)
        assert max(map(len, out.splitlines())) <= 79
    assert "# uv_mutex_lock" in conc("source", "race", "--python").out


def test_threads_in_python(conc):
    out = python(conc, "threads", "0.1", "0.2")
    times = seconds(out)
    assert list(times) == ["sequential", "threads", "shared_arg"]
    assert times["threads"] < times["sequential"]
    assert "taken: darthvader, darthvader" in out


def test_fork_in_python(conc):
    out = python(conc, "fork", "0.1", "0.2")
    assert "one process: done is 2" in out
    assert "luke: done is 1" in out and "leia: done is 1" in out
    assert "luke ended with status 1" in out and "leia ended with status 2" in out
    assert "darthvader: done is 0" in out
    assert list(seconds(out)) == ["sequential", "fork"]


def test_daemon_in_python(conc):
    out = python(conc, "daemon", "0.2", "0.4")
    written = dict(re.findall(r"^([a-z+]+(?: [a-z]+)?) .*, (\d+) of 20 lines", out, re.MULTILINE))
    assert written["joined"] == written["not joined"] == written["daemon+join"] == "20"
    assert int(written["daemon"]) < 20


def test_join_in_python(conc):
    out = python(conc, "join", "0.1", "0.2")
    ready = dict(re.findall(r"^(\S+) .*, (\d) of 2 results", out, re.MULTILINE))
    assert ready == {"sequential": "2", "join": "2", "one_by_one": "2", "no_join": "0",
                     "timeout": "2"}
    assert "1 alive after the timeout" in out


def test_race_in_python(conc):
    out = python(conc, "race", "0.05")
    actual = dict(re.findall(r"^(\S+) .* expected 2, actual (\d)", out, re.MULTILINE))
    assert actual == {"unsafe": "1", "mutex": "2", "one_step": "2", "lock_writes": "1"}


def test_deadlock_in_python_ends_and_says_so(conc):
    out = python(conc, "deadlock", "0.05")
    assert "luke holds left, waits for right, and gives up: a deadlock" in out
    assert "darthvader holds right, waits for left, and gives up: a deadlock" in out
    assert out.count("deadlock") == 2
    assert list(seconds(out)) == ["opposite", "ordered", "trylock", "one_for_all"]


def test_pool_in_python(conc):
    out = python(conc, "pool", "0.05")
    times = seconds(out)
    assert list(times) == ["sequential", "threads", "pool", "processes"]
    assert out.count("7 done, 1 failed: task 3 fails") == 4
    assert times["threads"] < times["sequential"]


def test_async_in_python(conc):
    out = python(conc, "async", "0.2", "0.4")
    assert list(seconds(out)) == ["sequential", "threads", "loop", "blocked", "offload", "race"]
    assert "expected 2, actual 1" in out and "luke is 0." in out


def test_cost_in_python(conc):
    out = python(conc, "cost")
    names = re.findall(r"^([a-z]+) +[\d.]+ us, [\d.]+ to [\d.]+$", out, re.MULTILINE)
    assert names == ["sequential", "process", "program", "thread", "pool", "loop"]


def test_all_in_python(conc):
    out = python(conc, "all", "0.1", "0.2")
    times = seconds(out)
    assert list(times) == ["sequential", "fork", "spawn", "threads", "pool", "processes", "loop"]
    assert times["loop"] < times["sequential"]


def test_webapp_in_python(conc):
    out = python(conc, "webapp", "0.2", "0.2")
    right = dict(re.findall(r"^(\S+) .*, (\d) of 2 rows are right", out, re.MULTILINE))
    assert right == {"inline": "2", "thread": "2", "queue": "2", "lost_context": "1"}


def test_server_in_python(conc):
    out = python(conc, "server", "0.05")
    times = seconds(out)
    assert list(times) == ["one_at_a_time", "thread_per_connection", "pool", "prefork", "loop"]
    assert out.count("8 requests") == 5 and times["loop"] < times["one_at_a_time"]


# ---- the command line


@pytest.mark.parametrize("args, words", [
    (["thread"], 'did you mean "threads"?'),
    (["xyzzy"], 'no demo "xyzzy"'),
    (["compare\x1b"], "no demo"),
    (["completion"], 'no demo "completion"'),
    (["race", "threads"], '"threads" too'),
    (["race", "--variant", "mutx"], 'did you mean "mutex"?'),
    (["race", "--variant"], "--variant"),
    (["race", "--variant="], "there are sequential"),
    (["race", "--diff", "unsafe"], "--diff A B"),
    (["race", "--diff", "unsafe", "--ascii"], "--diff A B"),
    (["race", "--diff", "unsafe", "nothing"], "--diff"),
    (["race", "--diff", "unsafe,"], "--diff"),
    (["race", "--diff", "mutex", "mutex"], "mutex twice"),
    (["race", "--diff", "unsafe", "mutex", "--variant", "mutex"], "excludes --variant"),
    (["race", "--diff", "unsafe", "mutex", "--run", "x"], "exclude each other"),
    (["race", "--python", "--variant", "mutex"], "excludes --variant"),
    (["race", "--python", "--run", "x"], "excludes --run"),
    (["race", "--python=3"], "--python"),
    (["race", "--width", "19"], "20"),
    (["race", "--color", "pink"], "pink"),
    (["race", "--pyton"], 'did you mean "--python"?'),
    (["--python"], "name a demo"),
])
def test_bad_command_lines(conc, args, words):
    result = conc("source", *args)
    assert result.status == 2 and not result.out
    assert len(result.err.splitlines()) == 1 and words in result.err, result
    assert "\x1b" not in result.err


def test_the_page_has_the_options_of_the_help(conc):
    text = conc("source", "--help").out
    assert options_of_page(ROOT / "man/conc-source.1") == options_of_help(text)
    assert conc("help", "source").out == text


def test_examples_of_the_help_work(conc):
    lines = re.findall(r"^  conc (.*)", conc("source", "--help").out.split("Examples:\n")[1],
                       re.MULTILINE)
    assert len(lines) > 2
    for line in lines:
        result = conc(*line.split())
        assert result.status == 0 and result.out and not result.err


def test_every_demos_page_names_it():
    for demo in demos():
        text = (ROOT / f"man/conc-{demo}.1").read_text()
        assert f".Ql conc source {demo}\n" in text and ".Xr conc-source 1" in text


def test_what_cannot_be_written_is_lost(conc):
    assert conc.shell("conc source all >/dev/full").status == 1
    assert conc.shell("conc source all | true; exit ${PIPESTATUS[0]}").status in (0, 141)
    assert conc.shell("conc source all >&-").status == 1
