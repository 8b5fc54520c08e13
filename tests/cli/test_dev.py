# SPDX-License-Identifier: MIT
"""The workshop itself: what ./dev passes on, and what the count counts."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from conftest import CONC, ROOT

sys.path.insert(0, str(ROOT / "tests"))
import run  # noqa: E402: found only then

DEV = str(ROOT / "dev")


def dev(*args, program=DEV, **how):
    return subprocess.run([program, *args], capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL, **how)


def log(out, returncode=0):
    count = run.Count()
    run.count_tap({"name": "test_x", "stdout": out, "returncode": returncode}, count)
    return count.passed, count.failed, count.skipped


def test_dev_explains_itself():
    assert dev("--help").stdout.startswith("usage: ./dev COMMAND")
    for nonsense in ([], ["--nonsense"], ["nonsense"]):
        result = dev(*nonsense)
        assert result.returncode == 2 and "usage" in result.stderr and not result.stdout


def files_on_the_map():
    """The names in the comment that src/main.c begins with."""
    text = (ROOT / "src" / "main.c").read_text().partition("#include")[0]
    for name, suffix in re.findall(r"(\w+)\.(\[ch\]|c\b|h\b)", text):
        yield from (f"{name}.{letter}" for letter in suffix.strip("[]"))


def test_every_file_is_on_the_map():
    """A lesson's own, which are named alike, are there as NAME.c, NAME_card.c and so on."""
    known = set(files_on_the_map())
    alike = re.compile(r"[a-z]+(_card|_verdict|_facts|_exhibits)?\.[ch]")
    files = [path for folder in ("src", "demos") for path in (ROOT / folder).rglob("*.[ch]")]
    missing = [path.name for path in files if path.name not in known and
               not (ROOT / "demos" in path.parents and alike.fullmatch(path.name))]
    assert len(files) > 200 and not missing


def bare_checkout(folder):
    """A copy of the tree with nothing built in it, which is not the user's own."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns("build*", ".git"))
    return str(folder / "dev")


@pytest.mark.plain
def test_dev_run_is_conc_itself(tmp_path):
    program = bare_checkout(tmp_path / "conc")
    env = dict(os.environ, CFLAGS="-O0 -w")  # built sooner
    first = dev("run", "--version", program=program, env=env)
    assert first.returncode == 0 and first.stdout.startswith("conc "), first
    assert "building" in first.stderr

    def run(*args):
        return dev("run", *args, program=program, cwd=tmp_path)
    version = run("--version")
    assert version.stdout == first.stdout and not version.stderr
    wrong = run("threads", "--ttl", "5 apples")
    assert wrong.returncode == 2 and "5 apples" in wrong.stderr and not wrong.stdout
    written = run("threads", "0.01", "-o", "run 1.json")
    assert written.returncode == 0 and (tmp_path / "run 1.json").exists()


def test_every_function_of_a_test_program_counts():
    assert log("1..3\nok 1 - a\nok 2 - b\nok 3 - c\n# ok - tests\n") == (3, 0, 0)


def test_a_failed_function_counts_once():
    assert log("1..2\nok 1 - a\nnot ok 2 - b\n# 1 != 2\n", 1) == (1, 1, 0)


def test_a_skipped_function_counts_as_skipped():
    assert log("1..2\nok 1 - a\nnot ok 2 # SKIP b\n") == (1, 0, 1)


def test_functions_that_never_ran_count_as_failed():
    assert log("1..3\nok 1 - a\n", 139) == (1, 2, 0)


def test_a_program_that_ends_badly_after_its_tests_counts_as_failed():
    assert log("1..1\nok 1 - a\n", 66) == (1, 1, 0)


def test_a_program_that_says_nothing_counts_as_failed():
    assert log("", 127) == (0, 1, 0)


def test_the_last_line():
    count = run.Count()
    count.passed = 2
    assert count.line() == "2 passed, 0 failed"
    count.skip("one", "no reason")
    assert count.line() == "2 passed, 0 failed, 1 skipped"


@pytest.mark.plain
def test_install_puts_things_where_the_distribution_looks(tmp_path):
    build = pathlib.Path(CONC).parent
    done = subprocess.run(["meson", "install", "-C", str(build), "--quiet"],
                          env={**os.environ, "DESTDIR": str(tmp_path)}, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    share = tmp_path / "usr" / "local" / "share"
    installed = {str(path.relative_to(tmp_path / "usr" / "local"))
                 for path in tmp_path.rglob("*") if path.is_file()}
    pages = {f"share/man/man{page.suffix[1:]}/{page.name}"
             for page in (ROOT / "man").glob("*.[17]")}
    assert installed == pages | {
        "bin/conc", "share/bash-completion/completions/conc",
        "share/fish/vendor_completions.d/conc.fish", "share/zsh/site-functions/_conc"}
    assert (share / "bash-completion" / "completions" / "conc").read_text()
    program = tmp_path / "usr" / "local" / "bin" / "conc"
    assert subprocess.run([program, "threads", "0.01"], capture_output=True).returncode == 0
