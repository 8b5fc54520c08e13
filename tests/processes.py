# SPDX-License-Identifier: MIT
"""The processes of a run by their names, and many runs at a time."""

import contextlib
import pathlib

import pytest
from conftest import PATIENCE, processes_tagged, wait_until


def name_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def state_of(pid):
    """R, S, T, Z, ...; "" for none: see proc(5)."""
    with contextlib.suppress(OSError):
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
        return text.rsplit(")", 1)[1].split()[0]
    return ""


def named(tag, name):
    """The processes of that name: "conc", "conc-keeper", "conc-stage"."""
    return [pid for pid in processes_tagged(tag) if name_of(pid) == name]


def wait_for(tag, name, timeout=5.0):
    """Wait until there is one; its pid."""
    found = wait_until(lambda: named(tag, name), timeout * PATIENCE)
    if not found:
        pytest.fail(f"there is no {name} among {processes_tagged(tag)}")
    return found[0]


