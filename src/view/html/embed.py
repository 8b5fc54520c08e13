#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the style sheet and the script of a page into a C file.

    embed.py page.css page.js OUTPUT

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


def main():
    *inputs, output = (pathlib.Path(name) for name in sys.argv[1:])
    with output.open("w") as out:
        out.write('#include "view/html/page.h"\n')
        for name, path in zip(("html_style", "html_script"), inputs):
            text = path.read_bytes()
            if not text.isascii() or b"\0" in text:
                sys.exit(f"{path}: not plain ASCII")
            if b"</" in text or b"<!--" in text:
                sys.exit(f"{path}: holds what would end its element")
            digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
            out.write(f'\nconst char {name}_hash[] = "sha256-{digest}";\n')
            out.write(f"const char {name}[] = {{\n")
            out.writelines(rows(text + b"\0"))
            out.write("};\n")


main()
