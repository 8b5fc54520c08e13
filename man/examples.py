#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples of manual pages and README: commands after `$ `, with what they printed.

    man/examples.py PROGRAM [PAGE...]    run every example anew and put its output in

Without a PAGE these are all manual pages, of sections 1 and 7, and README.md.

An example is a display (`.Bd -literal`, or a fence "```console" in Markdown) whose first
line begins with `$ conc`.  What follows is the output as it came, 72 columns wide, for
the indented page.  It is renewed only where there is some: for a new example, write a line
TODO below the command.  Several commands may stand one after another: they share a folder,
and the output is that of the last.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

MAN = pathlib.Path(__file__).resolve().parent
ALL_PAGES = [*sorted(MAN.glob("*.[17]")), MAN.parent / "README.md"]
COLUMNS = "72"
#: Commands that take no options of demos.
TOOLS = ("compare", "completion", "help", "replay", "source")
ESCAPES = [("\\", "\\e"), ("-", "\\-"), ("^", "\\(ha"), ("~", "\\(ti"), ("`", "\\(ga"),
           ("'", "\\(aq")]
DISPLAY = re.compile(r"^(\.Bd -literal[^\n]*\n|```console\n)(\$ conc.*?)(^\.Ed$|^```$)",
                     re.DOTALL | re.MULTILINE)


def same(line):
    return line


def escaped(line):
    for plain, code in ESCAPES:
        line = line.replace(plain, code)
    return "\\&" + line if line.startswith(".") else line


def unescaped(line):
    line = line.removeprefix("\\&")
    for plain, code in reversed(ESCAPES):
        line = line.replace(code, plain)
    return line


def parted(lines):
    """The commands at the beginning, and the output after them."""
    count = next((i for i, line in enumerate(lines) if not line.startswith("$ conc ")),
                 len(lines))
    return lines[:count], lines[count:]


def examples(page):
    """[(commands, [line of output, ...]), ...] of a page's text."""
    found = []
    for begin, body, _ in DISPLAY.findall(page):
        plain = unescaped if begin[0] == "." else same
        commands, output = parted([plain(line) for line in body.splitlines()])
        found.append(("\n".join(line.removeprefix("$ ") for line in commands), output))
    return found


def hurried(words, extra):
    """A demo's command line with `extra`; programs behind "--" take their time, and who
    is late for a --timeout is another example."""
    as_it_is = words[0] in TOOLS or "--" in words or "--timeout" in words
    return [words[0], *(() if as_it_is else extra), *words[1:]]


def run(program, commands, extra=()):
    """Run an example, a plain command a line, those of demos with `extra`: how the last
    one ended, or the first that failed."""
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "COLUMNS": COLUMNS,
           "HOME": os.environ.get("HOME", "/")}
    with tempfile.TemporaryDirectory() as directory:
        for line in commands.splitlines():
            words = shlex.split(line)[1:]
            done = subprocess.run([program, *hurried(words, extra)], env=env, cwd=directory,
                                  text=True, timeout=120, stdin=subprocess.DEVNULL,
                                  capture_output=True)
            if done.returncode != 0:
                break
    return done


def refreshed(program, page):
    def replace(match):
        begin, body, end = match.groups()
        plain, written = (unescaped, escaped) if begin[0] == "." else (same, same)
        commands, output = parted(body.splitlines())
        if output:
            done = run(program, "\n".join(plain(command).removeprefix("$ ")
                                          for command in commands))
            if done.returncode != 0 or done.stderr:
                raise SystemExit(f"{commands}: status {done.returncode}\n{done.stderr}")
            output = [written(line) for line in done.stdout.splitlines()]
        return begin + "\n".join([*commands, *output]) + "\n" + end
    return DISPLAY.sub(replace, page)


def main():
    program, *pages = sys.argv[1:]
    for path in map(pathlib.Path, pages or ALL_PAGES):
        path.write_text(refreshed(os.path.abspath(program), path.read_text()))


if __name__ == "__main__":
    main()
