# SPDX-License-Identifier: MIT
"""What a reader of figures must know of the machine they come from; not its name."""

import os
import pathlib
import re


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)", info, re.MULTILINE)
    system = os.uname()
    return {"cpu": model[1] if model else system.machine,
            "cores": len(os.sched_getaffinity(0)),
            "kernel": f"{system.sysname} {system.release}"}


def machine_line():
    about = machine()
    return f"{about['cpu']}, {about['cores']} cores, {about['kernel']}"
