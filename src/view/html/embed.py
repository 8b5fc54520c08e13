#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the style sheet and the script of a page into a C file.

    embed.py page.css SCRIPT... OUTPUT

The scripts become one, in a function of their own.

What it writes is declared in src/view/html/page.h: the texts, and the hashes by which a
page's Content-Security-Policy lets them, and nothing else, be used.
"""

import base64
import hashlib
import pathlib
import sys


def rows(data):
    for at in range(0, len(data), 24):
        yield "    " + ", ".join(str(byte) for byte in data[at:at + 24]) + ",\n"


def checked(path):
    text = path.read_bytes()
    if not text.isascii() or b"\0" in text:
        sys.exit(f"{path}: not plain ASCII")
    if b"</" in text or b"<!--" in text:
        sys.exit(f"{path}: holds what would end its element")
    return text


def main():
    sheet, *scripts, output = (pathlib.Path(name) for name in sys.argv[1:])
    script = b"\n".join(checked(path) for path in scripts)
    texts = {"html_style": checked(sheet),
             "html_script": b"(function () {\n'use strict';\n\n" + script + b"})();\n"}
    with output.open("w") as out:
        out.write('#include "view/html/page.h"\n')
        for name, text in texts.items():
            digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
            out.write(f'\nconst char {name}_hash[] = "sha256-{digest}";\n')
            out.write(f"const char {name}[] = {{\n")
            out.writelines(rows(text + b"\0"))
            out.write("};\n")


main()
