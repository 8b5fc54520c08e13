#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A picture for a page: what a terminal shows after a real run, as SVG.

    man/picture.py FILE.svg COLUMNS PROGRAM [ARG...]

Glyphs of bars are drawn as shapes, so that they join in every font.
"""

import os
import shlex
import sys
from xml.sax.saxutils import escape

import pexpect
import pyte

CELL, LINE, MARGIN = 8.4, 19, 14
INK, PAPER = "#d8dee9", "#16181d"
NAMED = {"default": INK, "black": "#3b4252", "red": "#d55e00", "green": "#009e73",
         "brown": "#e69f00", "blue": "#56a0e0", "magenta": "#cc79a7", "cyan": "#56b4e9",
         "white": "#eceff4"}
SOLID = {"█": 1.0, "▓": 0.75, "▒": 0.5, "░": 0.45}
#: Lines of a glyph from the middle of its cell: left, right, up, down.
STROKES = {"─": "lr", "├": "rud", "┤": "lud", "┼": "lrud", "│": "ud", "┬": "lrd",
           "┴": "lru", "└": "ru", "┘": "lu", "┌": "rd", "┐": "ld"}


def capture(columns, argv):
    screen = pyte.Screen(columns, 60)
    stream = pyte.ByteStream(screen)
    env = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8",
           "HOME": "/"}
    child = pexpect.spawn(argv[0], argv[1:], env=env, dimensions=(60, columns), timeout=120)
    while True:
        try:
            stream.feed(child.read_nonblocking(65536))
        except pexpect.EOF:
            break
    child.close()
    if child.exitstatus != 0:
        raise SystemExit(f"it ended with status {child.exitstatus}, signal {child.signalstatus}")
    return screen


def color(cell):
    name = cell.fg.removeprefix("bright")
    return NAMED.get(name) or f"#{name}"


def shape(cell, x, y):
    """The glyph of a bar, or None for what is text."""
    ink, glyph = color(cell), cell.data
    if glyph in SOLID:
        return (f'<rect x="{x:.1f}" y="{y + 2.5:.1f}" width="{CELL + 0.1:.1f}" '
                f'height="{LINE - 5}" fill="{ink}" fill-opacity="{SOLID[glyph]}"/>')
    if glyph in STROKES:
        ends = {"l": (x, y + LINE / 2), "r": (x + CELL, y + LINE / 2),
                "u": (x + CELL / 2, y + 1.5), "d": (x + CELL / 2, y + LINE - 1.5)}
        path = "".join(f"M{x + CELL / 2:.1f} {y + LINE / 2:.1f}L{ends[e][0]:.1f} {ends[e][1]:.1f}"
                       for e in STROKES[glyph])
        return f'<path d="{path}" stroke="{ink}" stroke-width="1.6" fill="none"/>'
    return None


def words(row, columns):
    """Stretches of text of one look: [first column, text, cell].  One blank joins."""
    found = []
    for column in range(columns):
        cell = row[column]
        if cell.data == " " or cell.data in SOLID or cell.data in STROKES:
            continue
        last = found[-1] if found else None
        gap = column - last[0] - len(last[1]) if last else None
        between = row[column - 1].data if column else ""
        if last and (cell.fg, cell.bold) == (last[2].fg, last[2].bold) and (
                gap == 0 or (gap == 1 and between == " ")):
            last[1] += " " * gap + cell.data
        else:
            found.append([column, cell.data, cell])
    return found


def svg(screen, title):
    used = [number for number in range(screen.lines)
            if any(screen.buffer[number][c].data != " " for c in range(screen.columns))]
    lines = used[-1] + 1
    width = 2 * MARGIN + screen.columns * CELL
    height = 2 * MARGIN + lines * LINE
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
           f'width="{width:.0f}" height="{height:.0f}" font-size="14" '
           f'font-family="ui-monospace,Menlo,Consolas,DejaVu Sans Mono,monospace">',
           f"<title>{escape(title)}</title>",
           f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>']
    for number in range(lines):
        row, y = screen.buffer[number], MARGIN + number * LINE
        out += filter(None, (shape(row[c], MARGIN + c * CELL, y)
                             for c in range(screen.columns)))
        for column, text, cell in words(row, screen.columns):
            weight = ' font-weight="bold"' if cell.bold else ""
            out.append(f'<text x="{MARGIN + column * CELL:.1f}" y="{y + 14:.1f}" '
                       f'textLength="{len(text) * CELL:.1f}" fill="{color(cell)}"{weight}>'
                       f"{escape(text)}</text>")
    return "\n".join(out + ["</svg>", ""])


def write(path, columns, argv):
    screen = capture(columns, argv)
    with open(path, "w", encoding="utf-8") as file:
        file.write(svg(screen, shlex.join(["conc", *argv[1:]])))


def main():
    path, columns, *argv = sys.argv[1:]
    write(path, int(columns), argv)


if __name__ == "__main__":
    main()
