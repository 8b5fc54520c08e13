#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The pictures in README: made anew, each by a real run.

    man/gallery.py PROGRAM [NAME...]

An image of README whose description ends with a command, as in

    ![Two tasks that wait: conc threads --ttl 1 2](man/img/threads.svg)

is made by that command: of man/img/screen/ the screen of a terminal of 80 columns
(man/picture.py), of man/img/ what `-o NAME.svg` writes.  A quiet machine tells more.
"""

import pathlib
import re
import shlex
import subprocess
import sys

import picture

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMAGE = re.compile(r"!\[([^\]]*)\]\((man/img/[\w/-]+\.svg)\)")


def gallery():
    """[(path, arguments), ...] in the order of README."""
    for alt, path in IMAGE.findall((ROOT / "README.md").read_text()):
        command = shlex.split(alt.rpartition(": ")[2])
        if command[0] != "conc":
            raise SystemExit(f"{path}: its description does not end with a command")
        yield ROOT / path, command[1:]


def make(program, path, arguments):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent.name == "screen":
        picture.write(path, 80, [program, *arguments])
        return
    subprocess.run([program, *arguments, "-o", str(path.relative_to(ROOT))], check=True,
                   stdout=subprocess.DEVNULL, cwd=ROOT)


def main():
    program, *names = sys.argv[1:] or [None]
    if program is None:
        raise SystemExit(__doc__)
    for path, arguments in gallery():
        if not names or path.stem in names:
            print(f"{path.relative_to(ROOT)}: conc {shlex.join(arguments)}", flush=True)
            make(str(pathlib.Path(program).resolve()), path, arguments)


if __name__ == "__main__":
    main()
