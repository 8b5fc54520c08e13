# SPDX-License-Identifier: MIT
"""Completions, asked of the shells themselves."""

import os
import pathlib
import re
import shutil
import subprocess

import pexpect
import pytest

CONC = os.environ.get(
    "CONC", str(pathlib.Path(__file__).resolve().parents[2] / "build" / "conc"))

#: A line up to its last, unfinished word, and what completes that word.
CASES = [
    (["conc", "th"], ["threads"]),
    (["conc", "he"], ["help"]),
    (["conc", "help", "th"], ["threads"]),
    (["conc", "completion", ""], ["bash", "fish", "zsh"]),
    (["conc", "completion", "bash", ""], []),
    (["conc", "threads", "--wo"], ["--work"]),
    (["conc", "threads", "5", "10", "--co"], ["--color", "--cores"]),
    (["conc", "threads", "--work", "c"], ["cpu"]),
    (["conc", "threads", "--color", ""], ["always", "auto", "never"]),
    (["conc", "threads", "--format", "js"], ["json"]),
    (["conc", "threads", "--only", "seq"], ["sequential"]),
    (["conc", "threads", "--with", "threads,seq"], ["threads,sequential"]),
    (["conc", "threads", "-o", "ru"], ["run me.json"]),
    (["conc", "threads", "--tasks", ""], []),
    (["conc", "spawn", "--", "mkfif"], ["mkfifo"]),
    (["conc", "spawn", "--only", "parallel", "--", "cat", "ru"], ["run me.json"]),
    (["conc", "spawn", "--", "true", "--", "mkfif"], ["mkfifo"]),
    (["conc", "class", "spawn", "--", "cat", "ru"], ["run me.json"]),
    (["conc", "threads", "--rea"], ["--reason"]),
    (["conc", "threads", "--predict", "--wo"], ["--work"]),
    (["conc", "class", "th"], ["threads"]),
    (["conc", "class", "--vo"], ["--votes"]),
    (["conc", "class", "threads", "--vo"], ["--votes"]),
    (["conc", "class", "threads", "--wo"], ["--work"]),
    (["conc", "class", "threads", "--work", "c"], ["cpu"]),
    (["conc", "class", "threads", "--votes", "ru"], ["run me.json"]),
    (["conc", "class", "race", "--ttl", "1", "--of", "one"], ["one-step"]),
    (["conc", "class", "race", "--sto"], ["--story"]),
    (["conc", "class", "race", "--story", "t"], ["tickets"]),
]


def options_with_words():
    """Of each demo, those common to all and its own: [(demo, option, its words)]."""
    def help_of(*command):
        return subprocess.run([CONC, *command, "--help"], capture_output=True, text=True,
                              check=True, timeout=30).stdout

    demos = re.search(r"^Demos:\n((?:  .*\n)*)", help_of(), re.MULTILINE)[1]
    return [(demo, option, words.split("|"))
            for demo in re.findall(r"^  ([a-z]\S*)  ", demos, re.MULTILINE)
            for option, words in re.findall(r"^  (--[a-z-]+) ([a-z-]+(?:\|[a-z-]+)+)(?: |$)",
                                            help_of(demo), re.MULTILINE)]


WORDS = options_with_words()


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with conc's script for each shell, and with a file to be completed."""
    for shell in "bash", "fish", "zsh":
        script = subprocess.run([CONC, "completion", shell], capture_output=True,
                                check=True, timeout=30).stdout
        (tmp_path / f"conc.{shell}").write_bytes(script)
    (tmp_path / "run me.json").touch()
    (tmp_path / "conc").symlink_to(CONC)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.stderr == ""
    return done.stdout.splitlines()


def bash_answers(words):
    """As readline would ask, which parts words at "=" too."""
    return output_of("bash", "--norc", "-c", """
        source conc.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        compopt() { :; }  # only allowed while readline completes
        _conc
        ((${#COMPREPLY[@]} == 0)) || printf '%s\\n' "${COMPREPLY[@]}"
        """, "bash", *words)


@pytest.mark.parametrize("words, expected", CASES, ids=" ".join)
def test_bash(place, words, expected):
    assert sorted(bash_answers(words)) == expected


@pytest.mark.parametrize("words, expected", [
    (["conc", "threads", "--work", "=", "c"], ["cpu"]),
    (["conc", "threads", "--work", "="], ["cpu", "wait"]),
    (["conc", "threads", "--with", "=", "threads,seq"], ["threads,sequential"]),
    (["conc", "threads", "--predict", "="], ["shared-arg=", "threads="]),
    (["conc", "threads", "--predict=th"], ["--predict=threads="]),
    (["conc", "threads", "--work=c"], ["--work=cpu"]),  # "=" not in COMP_WORDBREAKS
    (["conc", "threads", "--only=threads,seq"], ["--only=threads,sequential"]),
], ids=" ".join)
def test_bash_after_an_equals_sign(place, words, expected):
    assert sorted(bash_answers(words)) == expected


def test_every_demo_has_options_with_words():
    assert {("threads", "--work"), ("threads", "--color")} < {case[:2] for case in WORDS}


@pytest.mark.parametrize("demo, option, words", WORDS, ids=str)
def test_bash_knows_the_words_of_every_option(place, demo, option, words):
    assert sorted(bash_answers(["conc", demo, option, ""])) == sorted(words)
    assert sorted(bash_answers(["conc", demo, option, "="])) == sorted(words)
    assert bash_answers(["conc", demo, f"{option}={words[0]}"]) == [f"{option}={words[0]}"]
    assert option in bash_answers(["conc", demo, option[:-1]])


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish")
@pytest.mark.parametrize("demo, option, words", WORDS, ids=str)
def test_fish_knows_the_words_of_every_option(place, demo, option, words):
    answers = output_of("fish", "--no-config", "-c",
                        f"source conc.fish; complete -C 'conc {demo} {option} '")
    assert sorted(answer.split("\t")[0] for answer in answers) == sorted(words)


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish")
@pytest.mark.parametrize("words, expected", [
    *CASES,
    (["conc", "threads", "--predict=th"], ["--predict=threads="]),
    (["conc", "threads", "--work=c"], ["--work=cpu"]),
    (["conc", "threads", "--only=threads,seq"], ["--only=threads,sequential"]),
], ids=" ".join)
def test_fish(place, words, expected):
    answers = output_of("fish", "--no-config", "-c",
                        f"source conc.fish; complete -C '{' '.join(words)}'")
    assert sorted(answer.split("\t")[0].replace("\\ ", " ") for answer in answers) == expected


#: Shell: how it is started, and how it tells that it completes conc.
SHELLS = {
    "bash": (["bash", "--norc", "-c"], "{}; complete -p conc"),
    "fish": (["fish", "--no-config", "-c"], "{}; complete -C 'conc th'"),
    "zsh": (["zsh", "-f", "-c"],
            "autoload -Uz compinit && compinit -u -D; {}; print -r -- $_comps[conc]"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_what_the_page_says_to_type(place, shell):
    if not shutil.which(shell):
        pytest.skip(f"no {shell}")
    page = (pathlib.Path(__file__).resolve().parents[2] / "man" / "conc-completion.1")
    lines = re.findall(r"^\.Dl \$ (.*)", page.read_text(), re.MULTILINE)
    [line] = [line for line in lines if f"completion {shell}" in line]
    start, script = SHELLS[shell]
    answer = " ".join(output_of(*start, script.format(line)))
    assert "threads" in answer if shell == "fish" else "_conc" in answer


def beginning(words):
    """As much of the last one as makes it the only one meant."""
    *others, last = words
    return next(last[:length] for length in range(1, len(last) + 1)
                if not any(other.startswith(last[:length]) for other in others))


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh")
def test_zsh(place, monkeypatch):
    """Where there is one answer, zsh puts it into the line; a function in conc's place
    then shows the words that came to stand there."""
    monkeypatch.setenv("ZDOTDIR", str(place))
    (place / ".zshrc").write_text("""
        PS1= RPS1=
        unsetopt zle_bracketed_paste 2>/dev/null
        autoload -Uz compinit && compinit -u -D
        source conc.zsh
        conc() { print -r -- "<${(j:|:)@}>" }
        """)
    lines = [(words, expected[0]) for words, expected in CASES if len(expected) == 1]
    lines += [(["conc", demo, option, beginning(words)], words[-1])
              for demo, option, words in WORDS]
    lines.append((["conc", "threads", "--predict=th"], "--predict=threads="))
    lines.append((["conc", "threads", "--work=c"], "--work=cpu"))
    lines.append((["conc", "threads", "--only=threads,seq"], "--only=threads,sequential"))
    shell = pexpect.spawn("zsh", ["-d"], encoding="utf-8", dimensions=(24, 200), timeout=30)
    for words, expected in lines:
        shell.send(" ".join(words) + "\t\n")
        shell.expect("<([^>\r\n]*)>")
        assert shell.match[1] == "|".join([*words[1:-1], expected])
    shell.sendline("exit")
    shell.expect(pexpect.EOF)


def test_another_shell_is_a_clear_line():
    done = subprocess.run([CONC, "completion", "zhs"], capture_output=True, text=True,
                          timeout=30)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r'conc completion: .*"zhs".*"zsh".*\n', done.stderr)
