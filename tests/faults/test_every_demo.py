# SPDX-License-Identifier: MIT
"""What must hold of every demo, from the table: every variant is interrupted, killed, cut
short of what it needs, and its output lost; nothing stays behind."""

import concurrent.futures
import contextlib
import os
import random
import re
import resource
import signal
import subprocess
import time

import processes
import pytest
from conftest import CONC

#: From a signal to the end.
WITHIN_S = 2.0
#: Long enough to be met at any instant of it.
TTLS = ("0.2", "0.4")
RUN_S = 0.6
AT_ONCE = 4


def table():
    """Every variant of every demo that conc lists, and the options that it goes with:
    {(demo, variant): ("--story", "tickets")}."""
    text = subprocess.run([CONC, "--help"], capture_output=True, text=True).stdout
    section = re.search(r"^Demos:\n((?:  .*\n)*)", text, re.MULTILINE)
    found = {}
    for demo in re.findall(r"^  ([a-z]\S*)  ", section[1] if section else "", re.MULTILINE):
        listed = subprocess.run([CONC, demo, "--list"], capture_output=True, text=True).stdout
        for entry in re.split(r"^  (?=[a-z])", listed.split("\n\n")[0], flags=re.MULTILINE)[1:]:
            name, *about = entry.split()
            company = re.search(r"\bwith (--\S+) (\S+)\)$", " ".join(about))
            found[demo, name] = company.groups() if company else ()
    return found


COMPANY = table()
VARIANTS = list(COMPANY)
DEMOS = list(dict.fromkeys(demo for demo, _ in VARIANTS))
every_variant = pytest.mark.parametrize("demo, variant", VARIANTS,
                                        ids=[" ".join(one) for one in VARIANTS])
every_demo = pytest.mark.parametrize("demo", DEMOS)


def test_there_are_demos():
    assert len(VARIANTS) > len(DEMOS) >= 1


def only(demo, variant):
    return "--only", variant, *COMPANY[demo, variant]


def all_variants(demo):
    """All that go together: where there are stories, those of the first one."""
    first = next((company for (of, _), company in COMPANY.items() if of == demo and company), ())
    names = [name for (of, name), company in COMPANY.items()
             if of == demo and company in ((), first)]
    return "--only", ",".join(names), *first


# ---- signals


def signal_later(run, at, number):
    time.sleep(max(0, run.started + at - time.monotonic()))
    run.signal(number)
    sent = time.monotonic()
    return run.finish(), time.monotonic() - sent


def interrupt(conc, demo, variant, chance, count):
    """A batch of runs side by side, each interrupted at an instant of its own."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        endings = [pool.submit(signal_later,
                               conc.start(demo, *TTLS, *only(demo, variant)),
                               chance.uniform(0, RUN_S), signal.SIGINT)
                   for _ in range(count)]
    for ending in endings:
        result, seconds = ending.result()
        assert result.status in (0, 130), result
        assert seconds < WITHIN_S * conc.patience, result
        assert result.err.count("\n") <= 1, result
    assert not conc.left_behind()


def interrupt_in_terminals(conc, demo, variant, chance, count):
    """The same in terminals, which are whole afterwards.  As Ctrl-C: to the whole group,
    but nothing is typed, since what comes when nobody reads it any more is echoed."""
    begun = [(conc.terminal(demo, *TTLS, *only(demo, variant)), time.monotonic(),
              chance.uniform(0, RUN_S)) for _ in range(count)]
    for terminal, since, at in sorted(begun, key=lambda one: one[1] + one[2]):
        while time.monotonic() < since + at and terminal.read(0.02):
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(terminal.pid, signal.SIGINT)
    for terminal, _, _ in begun:
        assert terminal.finish() in (0, 130), terminal.text
        assert terminal.is_whole(), terminal.text
        terminal.close()
    conc.terminals.clear()
    assert not conc.left_behind()


@every_variant
def test_interrupted_at_any_instant(conc, demo, variant):
    interrupt(conc, demo, variant, random.Random(demo + variant), AT_ONCE)


@every_variant
def test_interrupted_at_any_instant_in_a_terminal(conc, demo, variant):
    interrupt_in_terminals(conc, demo, variant, random.Random(variant + demo), 2)


@pytest.mark.soak
@every_variant
def test_interrupted_at_many_instants(conc, soak, demo, variant):
    rounds = soak(100)
    chance = random.Random(demo + variant)
    for first in range(0, rounds, AT_ONCE):
        interrupt(conc, demo, variant, chance, min(AT_ONCE, rounds - first))
    soak.note(f"{rounds} interrupts of {demo} {variant}: no process left")


@pytest.mark.soak
@every_variant
def test_interrupted_at_many_instants_in_a_terminal(conc, soak, demo, variant):
    rounds = soak(50)
    chance = random.Random(variant + demo)
    for first in range(0, rounds, AT_ONCE):
        interrupt_in_terminals(conc, demo, variant, chance, min(AT_ONCE, rounds - first))
    soak.note(f"{rounds} interrupts of {demo} {variant} in a terminal: all whole")


def stage_of(run):
    """The keeper's child: a demo may have given it a name of its own."""
    keeper = processes.wait_for(run.tag, "conc-keeper")

    def children():
        with open(f"/proc/{keeper}/task/{keeper}/children") as listed:
            return [int(pid) for pid in listed.read().split()]

    found = processes.wait_until(children, 5 * processes.PATIENCE)
    assert found, "there is no stage"
    return found[0]


#: These get stuck, and are ended for it, before they can be killed.
STUCK = {("deadlock", "opposite"), ("deadlock", "self")}


@every_variant
@pytest.mark.parametrize("victim, status", [("conc", 137), ("keeper", 1), ("stage", 1)])
def test_killed(conc, demo, variant, victim, status):
    if (demo, variant) in STUCK:
        pytest.skip("gets stuck, and is ended, at once")
    run = conc.start(demo, "9", "9", *only(demo, variant))
    pids = {"conc": run.pid, "keeper": processes.wait_for(run.tag, "conc-keeper"),
            "stage": stage_of(run)}
    time.sleep(0.05)
    os.kill(pids[victim], signal.SIGKILL)
    sent = time.monotonic()
    result = run.finish()
    assert time.monotonic() - sent < WITHIN_S * conc.patience, result
    assert result.status == status, result
    assert not conc.left_behind()


# ---- output


@every_demo
@pytest.mark.parametrize("how", [(), ("--plain",), ("--json",), ("--quiet",)], ids=str)
def test_a_full_disk_is_lost_output(conc, demo, how):
    with open("/dev/full", "w") as full:
        result = conc(demo, "0.01", "0.02", *all_variants(demo), *how, stdout=full)
    assert result.status == 1 and result.err.count("\n") == 1, result


@every_demo
def test_piped_into_head(conc, demo):
    """The reader has gone: no error to speak of."""
    result = conc.shell(f"conc {demo} 0.01 0.02 {' '.join(all_variants(demo))} --json"
                        " | head -n 1; exit ${PIPESTATUS[0]}")
    assert result.status in (0, 141) and not result.err, result
    assert result.out.count("\n") == 1


@every_demo
@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)], ids=str)
def test_closed_standard_files(conc, demo, closed):
    result = conc(demo, "0.01", "0.02", *all_variants(demo), closed=closed)
    assert result.status == (1 if 1 in closed else 0), result


# ---- a system that gives less than is asked for


def check_bounded(conc, result):
    assert result.status in (0, 1), result
    assert result.err.count("\n") >= result.status, result
    assert result.err.count("\n") <= 1 + len(VARIANTS), result
    assert result.seconds < 5 * conc.patience, result
    assert not conc.left_behind()


def check_limited(conc, demo, resource_name, limits):
    args = demo, "0.01", "0.02", *all_variants(demo)
    for result in conc.each([(args, {"limits": {resource_name: limit}}) for limit in limits]):
        check_bounded(conc, result)


@pytest.mark.plain
@every_demo
def test_few_descriptors(conc, demo):
    check_limited(conc, demo, resource.RLIMIT_NOFILE, range(4, 33, 3))


@pytest.mark.plain
@every_demo
def test_little_memory(conc, demo):
    check_limited(conc, demo, resource.RLIMIT_AS,
                  [mib << 20 for mib in (24, 48, 96, 200, 500, 1100)])
