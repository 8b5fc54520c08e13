#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the text of lessons into a C file, for `conc source`.

    embed.py OUTPUT ROOT FILE...

What it writes is declared in src/classroom/source/files.h.  A file belongs to the demo
that its name begins with, up to a "_".  All is constant, and holds no address that the
loader would have to fill in.
"""

import pathlib
import sys


def rows(data):
    """The bytes as C, so many a line; a literal may be 4,095 bytes long, and no more."""
    for at in range(0, len(data), 24):
        yield "    " + ",".join(str(byte) for byte in data[at:at + 24]) + ",\n"


def main():
    output, root = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    paths = [pathlib.Path(name).resolve() for name in sys.argv[3:]]
    paths.sort(key=lambda path: (path.suffix == ".py", path.name))
    texts, entries = b"", []
    for path in paths:
        text = path.read_bytes()
        if not text.isascii() or b"\0" in text or b"\t" in text or text[-1:] != b"\n":
            sys.exit(f"{path}: not lines of plain ASCII, without tabs")
        demo, name = path.stem.split("_")[0], path.relative_to(root)
        entries.append(f'    {{"{demo}", "{name}", {len(texts)}, {len(text)}}},\n')
        texts += text
    with output.open("w") as out:
        out.write('#include "classroom/source/files.h"\n\n')
        out.write("const struct embedded embedded_files[] = {\n")
        out.writelines(entries)
        out.write('    {"", "", 0, 0},\n};\n\nconst char embedded_texts[] = {\n')
        out.writelines(rows(texts))
        out.write("};\n")


main()
