#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Draw every case and compare it with what is expected.

    golden.py DRAW [--update] [NAME]...     only cases whose name contains NAME

--update writes what is drawn now to expected/: read the diff before you commit it.
"""
import difflib
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE / "expected"


def cases():
    for line in (HERE / "cases").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            words = line.split()
            yield "-".join(word.strip("-") for word in words), words


def draw(program, words):
    trace, view, *options = words
    command = [program, HERE / f"{trace}.trace", view, *options]
    done = subprocess.run(command, capture_output=True, timeout=60)
    if done.returncode != 0 or done.stderr:
        return None, done.stderr.decode(errors="replace") or f"status {done.returncode}"
    return done.stdout, ""


def difference(name, drawn):
    path = EXPECTED / f"{name}.golden"
    expected = path.read_bytes() if path.exists() else b""
    if expected == drawn and path.exists():
        return ""
    lines = difflib.unified_diff(
        expected.decode(errors="replace").splitlines(),
        drawn.decode(errors="replace").splitlines(),
        str(path.name), "drawn", lineterm="")
    return "\n".join(lines) or f"{path.name} is missing"


def main():
    program, *rest = sys.argv[1:]
    update = "--update" in rest
    wanted = [word for word in rest if word != "--update"]
    chosen = [(name, words) for name, words in cases()
              if not wanted or any(word in name for word in wanted)]
    print(f"1..{len(chosen)}")
    failed = 0
    for number, (name, words) in enumerate(chosen, 1):
        drawn, problem = draw(program, words)
        if update and drawn is not None:
            (EXPECTED / f"{name}.golden").write_bytes(drawn)
        elif not problem:
            problem = difference(name, drawn)
        failed += problem != ""
        print(f"{'not ok' if problem else 'ok'} {number} - {name}")
        for line in problem.splitlines():
            print(f"# {line}")
    return 1 if failed else 0


sys.exit(main())
