#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a text into a C file, as a string: string.py OUTPUT NAME FILE."""

import pathlib
import sys

output, name, path = sys.argv[1:]
text = pathlib.Path(path).read_bytes()
if not text.isascii() or b"\0" in text:
    sys.exit(f"{path}: not plain ASCII")
numbers = [str(byte) for byte in text + b"\0"]
with open(output, "w") as out:
    out.write(f"extern const char {name}[];\n\nconst char {name}[] = {{\n")
    for at in range(0, len(numbers), 24):
        out.write("    " + ",".join(numbers[at:at + 24]) + ",\n")
    out.write("};\n")
