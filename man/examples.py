#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples of manual pages and README: commands after `$ `, with what they printed.

    man/examples.py PROGRAM [PAGE...]    run every example anew and put its output in

Without a PAGE these are all manual pages, of sections 1 and 7, and README.md.

An example is a display (`.Bd -literal`, or a fence "```console" in Markdown) whose first
line begins with `$ conc`.  What follows is the output as it came, 72 columns wide, for
the indented page.  It is renewed only where there is some: for a new example, write a line
TODO below the command.
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


def examples(page):
    """[(command, [line of output, ...]), ...] of a page's text."""
    found = []
    for begin, body, _ in DISPLAY.findall(page):
        plain = unescaped if begin[0] == "." else same
        first, *output = [plain(line) for line in body.splitlines()]
        found.append((first.removeprefix("$ "), output))
    return found


def run(program, command, extra=()):
    """Run an example, which must be one plain command."""
    words = shlex.split(command)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "COLUMNS": COLUMNS,
           "HOME": os.environ.get("HOME", "/")}
    with tempfile.TemporaryDirectory() as directory:
        return subprocess.run([program, *words[1:], *extra], env=env, text=True,
                              timeout=120, stdin=subprocess.DEVNULL, capture_output=True,
                              cwd=directory)


def refreshed(program, page):
    def replace(match):
        begin, body, end = match.groups()
        plain, written = (unescaped, escaped) if begin[0] == "." else (same, same)
        command, *output = body.splitlines()
        if output:
            done = run(program, plain(command).removeprefix("$ "))
            if done.returncode != 0 or done.stderr:
                raise SystemExit(f"{command}: status {done.returncode}\n{done.stderr}")
            output = [written(line) for line in done.stdout.splitlines()]
        return begin + "\n".join([command, *output]) + "\n" + end
    return DISPLAY.sub(replace, page)


def main():
    program, *pages = sys.argv[1:]
    for path in map(pathlib.Path, pages or ALL_PAGES):
        path.write_text(refreshed(os.path.abspath(program), path.read_text()))


if __name__ == "__main__":
    main()
