#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build the trees, run all tests in each, and count: what ./dev test and ./dev soak do.

The last line is `N passed, N failed`, with `, N skipped` where some were.  What counts
is a function: of cmocka in a test program, of pytest in a file.  A build that fails, a
test program that ends before its tests do, and a report of a sanitizer that nobody
else noticed, count as a failure each.

Tests of a program that measures time can fail because the machine was busy.  So a few
that failed beside others are run once more, alone, and what passes then is said by name
and counts as passed.  Never so where a sanitizer spoke, where something was left behind
after a test, or in a soak: that is no matter of luck.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

from machine import machine_line

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build-test" / "reports"
#: Taking locks in an order that may get stuck is what this one is about: TSan, which
#: reports that, is told not to, for this run alone.
DEADLOCKS = ["cli/test_deadlock.py"]
#: Runs of pytest, (tree, paths, options...), those first that take longest.  TSan looks
#: where threads meet; formatting a table has none.
LONG_RUNS = [
    ("tsan", ["cli/test_json.py", "cli/test_daemon.py", "cli/test_gil.py",
              "cli/test_context.py", "cli/test_stop.py"]),
    ("asan", ["cli/test_replay.py", "cli/test_compare.py", "cli/test_context.py",
              "cli/test_server.py", "cli/test_webapp.py"]),
    ("tsan", DEADLOCKS),  # which mostly waits
    ("tsan", ["cli/test_race.py"]),
    *(("plain", ["faults/test_every_demo.py"], f"--part={part}/4") for part in (1, 2, 3, 4)),
    ("asan", DEADLOCKS),
    ("asan", ["cli/test_predict.py", "cli/test_class.py", "cli/test_svg_html.py"]),
    ("tsan", ["cli/test_pool.py", "cli/test_async.py", "cli/test_all.py", "cli/test_cost.py"]),
    ("asan", ["cli/test_json.py", "cli/test_text.py", "cli/test_fork.py",
              "cli/test_spawn.py"]),
    ("asan", ["terminal", "faults/test_kills.py", "faults/test_output.py"]),
    ("tsan", ["cli/test_webapp.py", "cli/test_spawn.py", "cli/test_server.py",
              "faults/test_kills.py"]),
    ("plain", DEADLOCKS),
    ("plain", ["cli/test_race.py"]),
]
SHORT_RUNS = [
    ("plain", ["faults/test_signals.py", "faults/test_limits.py", "faults/test_kills.py"]),
    ("plain", ["cli/test_manual.py"]),
    ("plain", ["cli/test_join.py"]),
    ("plain", ["cli/test_daemon.py", "cli/test_pool.py"]),
    ("plain", ["terminal"]),
    ("plain", ["cli/test_replay.py", "cli/test_all.py"]),
    ("plain", ["cli/test_async.py", "cli/test_text.py"]),
    ("asan", ["cli/test_gil.py", "cli/test_stop.py", "cli/test_cost.py"]),
    ("tsan", ["cli/test_fork.py", "cli/test_join.py"], "-k=every_variant or fail"),
]
NAMED = {path for tree, paths, *_ in LONG_RUNS + SHORT_RUNS if tree == "plain"
         for path in paths}
OTHERS = sorted(name for name in (str(path.relative_to(ROOT / "tests"))
                                  for folder in ("cli", "faults")
                                  for path in (ROOT / "tests" / folder).glob("test_*.py"))
                if name not in NAMED)
RUNS = LONG_RUNS + [("plain", OTHERS[first::4]) for first in range(4)] + SHORT_RUNS
#: So many side by side: most of their time, tests of the program wait.
BESIDE = 7
#: Far more than a run of pytest takes; every single test has a time limit of its own.
TESTS_LIMIT_S = 900
SOAK_LIMIT_S = 4 * 3600
#: More failures than these in one run of pytest are no luck.
FEW = 3
PROGRESS_S = 20

#: For the tree `plain` gcc warns of what it sees at -O2, for `clang` clang does at any.
#: Sanitizers find the same at -O1, and need no more than the lines.
SANITIZED = ["-Db_lundef=false", "-Doptimization=1", "-Ddebug=false", "-Dc_args=-g1 -w"]
#: tree: (folder, options of meson, compiler)
TREES = {
    "plain": ("build-test", [], None),
    "asan": ("build-asan", ["-Db_sanitize=address,undefined", *SANITIZED], None),
    "tsan": ("build-tsan", ["-Db_sanitize=thread", *SANITIZED], None),
    "clang": ("build-clang", ["-Doptimization=0", "-Ddebug=false"], "clang"),
}


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def fail(self, what, text=""):
        self.failed += 1
        print(f"FAILED {what}" + (f"\n{text.rstrip()}" if text else ""), flush=True)

    def skip(self, what, why):
        self.skipped += 1
        print(f"skipped: {what}: {why}", flush=True)

    def line(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def title(text):
    print(f"== {text}", flush=True)


def without_randomised_addresses(command):
    """ThreadSanitizer needs its shadow where the kernel may have put something else."""
    prefix = ["setarch", "-R"]
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return command
    return prefix + command


def sanitizer_environment(stem, paths):
    """Reports go to files, since a stage's standard error is conc's to show."""
    about_deadlocks = all(path.startswith(DEADLOCKS[0]) for path in paths)
    lock_order = ":detect_deadlocks=0" if about_deadlocks else ""
    common = f"log_path={stem}-sanitizer:handle_segv=0:handle_abort=0"
    return {
        "ASAN_OPTIONS": f"{common}:detect_stack_use_after_return=1",
        "UBSAN_OPTIONS": f"{common}:print_stacktrace=1:halt_on_error=1",
        # A program that ends while threads are at work is what `daemon` is about.
        "TSAN_OPTIONS": f"{common}:halt_on_error=1:report_thread_leaks=0:atexit_sleep_ms=0"
                        f":suppressions={ROOT}/tests/tsan.suppressions{lock_order}",
    }


def says_more_than_killed(report):
    """LeakSanitizer stops a process's threads at its end.  Where the process is killed
    just then, it says that they are gone, or dies with a report still empty: that is no
    finding."""
    killed = re.compile(r"==\d+==Unable to get registers from thread \d+\.")
    lines = report.read_text(errors="replace").splitlines()
    return not all(killed.fullmatch(line) for line in lines)


def build(tree, count):
    folder, options, compiler = TREES[tree]
    env = dict(os.environ, **({"CC": compiler} if compiler else {}))
    path = ROOT / folder
    wanted = json.dumps(options)
    stamp = path / "options.tests"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(path, ignore_errors=True)
        setup = ["meson", "setup", "-Dwerror=true", *options, str(path), str(ROOT)]
        done = subprocess.run(setup, env=env, capture_output=True, text=True)
        if done.returncode != 0:
            count.fail(f"to set up {folder}", done.stdout[-3000:] + done.stderr)
            return False
        stamp.write_text(wanted)
    done = subprocess.run(["ninja", "-C", str(path)], capture_output=True, text=True)
    if done.returncode != 0:
        said = re.sub(r"^\[\d+/\d+\] .*\n", "", done.stdout, flags=re.MULTILINE)
        count.fail(f"to build {folder}", said + done.stderr)
    return done.returncode == 0


def count_tap(test, count):
    """One test program, as meson logged it."""
    out = test.get("stdout") or ""
    plan = re.search(r"^1\.\.(\d+)", out, re.MULTILINE)
    results = re.findall(r"^(not ok|ok) \d+ (?:- )?(.*)", out, re.MULTILINE)
    bad = []
    for word, name in results:
        if "# SKIP" in name:
            count.skipped += 1
        elif word == "ok":
            count.passed += 1
        else:
            bad.append(name)
    missing = int(plan[1]) - len(results) if plan else 1
    bad += ["did not get to its end"] * missing
    if not bad and test["returncode"] != 0:
        bad = [f"exit status {test['returncode']}"]
    log = f"{out}{test.get('stderr') or ''}"
    for number, name in enumerate(bad):
        count.fail(f"{test['name']}: {name}", log if number == 0 else "")


def meson_tests(folder, patience, *which):
    """The results of test programs, as meson logged them: of all, or of those that
    `which` says, names and options of `meson test`."""
    log = folder / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    command = ["meson", "test", "-C", str(folder), "--no-rebuild", "--quiet",
               "--timeout-multiplier", patience, *which]
    subprocess.run(without_randomised_addresses(command), capture_output=True)
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text().splitlines()]


def failed_by_luck(tests):
    """Names of those that failed, where it may be that the machine was busy."""
    failed = [test for test in tests if test["returncode"] != 0]
    sanitizer = any("Sanitizer" in (test.get("stderr") or "") for test in failed)
    # meson names them "suite:name", or "project:suite / name".
    return [] if sanitizer or len(failed) > FEW else \
        [test["name"].split(" / ")[-1] for test in failed]


def c_tests(tree, count, second_try=True):
    """Unit and golden tests: all that meson knows of."""
    if subprocess.run(["pkg-config", "--exists", "cmocka"]).returncode != 0:
        count.skip("unit tests", "there is no cmocka here")
    folder = ROOT / TREES[tree][0]
    patience = "30" if "CONC_SOAK" in os.environ else "1" if tree == "plain" else "4"
    which = ["--suite", "meeting"] if tree == "tsan" else []
    tests = meson_tests(folder, patience, *which)
    again = failed_by_luck(tests) if second_try else []
    if again:
        alone = meson_tests(folder, patience, *again)
        if len(alone) == len(again) and all(test["returncode"] == 0 for test in alone):
            print(f"failed beside others, passed alone: {tree}, {', '.join(again)}")
            tests = [test for test in tests if test["returncode"] == 0] + alone
    before = count.passed
    for test in tests:
        count_tap(test, count)
    if not tests:
        count.fail("meson test left no log")
    print(f"{count.passed - before} passed", flush=True)


def count_junit(path, count):
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed += 1
        elif case.find("skipped") is not None:
            count.skipped += 1
        else:
            count.passed += 1


class ProgramTests:
    """A run of pytest over a tree.  Output is kept for the end where others run beside."""

    def __init__(self, tree, paths, *options, beside=False, again=False,
                 limit_s=TESTS_LIMIT_S):
        more = f" and {len(paths) - 2} more" if len(paths) > 2 else ""
        part = "".join(f", {word[2:]}" for word in options if word.startswith("--part="))
        self.name = f"{tree}{', again' if again else ''}, {' and '.join(paths[:2])}{more}{part}"
        self.tree = tree
        self.stem = REPORTS / re.sub(r"\W+", "-", self.name)[:150]
        self.report = self.stem.with_suffix(".xml")
        self.failures = self.stem.with_suffix(".failures.json")
        REPORTS.mkdir(parents=True, exist_ok=True)
        for old in [self.report, self.failures, *self.sanitizer_reports()]:
            old.unlink(missing_ok=True)
        env = dict(os.environ, CONC=str(ROOT / TREES[tree][0] / "conc"), CONC_SANITIZER="",
                   PYTHONUNBUFFERED="1")
        if tree != "plain":
            env.update(sanitizer_environment(self.stem, paths), CONC_SANITIZER=tree)
        command = [sys.executable, "-m", "pytest", "-q", "-rfEs", "--tb=short",
                   "--no-header", f"--junitxml={self.report}",
                   f"--failures={self.failures}", *options,
                   *(str(ROOT / "tests" / path) for path in paths)]
        self.output = self.stem.with_suffix(".txt").open("w+") if beside else None
        self.end_s, self.limit_s = time.monotonic() + limit_s, limit_s
        self.process = subprocess.Popen(without_randomised_addresses(command), env=env,
                                        stdout=self.output, stderr=self.output)

    def sanitizer_reports(self):
        found = sorted(REPORTS.glob(f"{self.stem.name}-sanitizer.*"))
        return [report for report in found if says_more_than_killed(report)]

    def progress(self):
        """How far it is, as pytest writes it at the ends of its lines."""
        done = re.findall(r"\[ *(\d+%)\]", self.stem.with_suffix(".txt").read_text())
        return f"{self.name}: {done[-1] if done else '0%'}"

    def is_over(self):
        return self.process.poll() is not None or time.monotonic() > self.end_s

    def finish(self, count):
        try:
            self.process.wait(max(0, self.end_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            count.fail(f"{self.name}: took more than {self.limit_s} s")
        if self.output:
            title(self.name)
            self.output.seek(0)
            print(self.output.read(), end="", flush=True)
        if self.report.exists():
            count_junit(self.report, count)
        else:
            count.fail("pytest left no report")
        for found in self.sanitizer_reports():
            count.fail(f"sanitizer's report {found.name}", found.read_text(errors="replace"))

    def failed_by_luck(self):
        """Those that failed, by their ids, where it may be that the machine was busy."""
        if not self.failures.exists() or self.sanitizer_reports():
            return []
        failures = json.loads(self.failures.read_text())
        few = len(failures) <= FEW
        return list(failures) if few and set(failures.values()) <= {"call"} else []

    def run_again(self, count):
        """Alone, for those that failed beside others."""
        failed = self.failed_by_luck()
        if not failed:
            return
        title(f"{self.tree}: again, alone")
        alone = Count()
        ProgramTests(self.tree, failed, again=True).finish(alone)
        if alone.passed != len(failed) or alone.failed:
            return
        count.failed -= len(failed)
        count.passed += len(failed)
        for test in failed:
            print(f"failed beside others, passed alone: {self.tree}, {test}", flush=True)


def can_test_programs(count):
    absent = [m for m in ("pytest", "pexpect", "pyte") if not importlib.util.find_spec(m)]
    if absent:
        count.skip("tests of the program", f"no {', '.join(absent)} for {sys.executable}")
    return not absent


def build_trees(trees, count):
    """Those that were built."""
    built = []
    for tree in trees:
        if tree == "clang" and not shutil.which("clang"):
            count.skip("build with clang", "there is no clang here")
            continue
        title(f"{tree}: build")
        if build(tree, count):
            built.append(tree)
    return built


def test(trees):
    count = Count()
    built = [tree for tree in build_trees(trees, count) if tree != "clang"]
    for tree in built:
        title(f"{tree}: unit and golden tests")
        c_tests(tree, count)
    if not built or not can_test_programs(count):
        return count
    test_programs([run for run in RUNS if run[0] in built], count)
    return count


def test_programs(waiting, count):
    """Some runs at a time; what failed beside others, at the end."""
    title("tests of the program")
    running, done, shown_s = [], [], time.monotonic()
    while waiting or running:
        while waiting and len(running) < BESIDE:
            running.append(ProgramTests(*waiting.pop(0), beside=True))
        time.sleep(0.2)
        for tests in [tests for tests in running if tests.is_over()]:
            running.remove(tests)
            done.append(tests)
            tests.finish(count)
        if time.monotonic() > shown_s + PROGRESS_S:
            shown_s = time.monotonic()
            print("   " + "; ".join(tests.progress() for tests in running), flush=True)
    for tests in done:
        tests.run_again(count)


def soak(rounds):
    count = Count()
    if not build_trees(["plain"], count) or not can_test_programs(count):
        return count
    REPORTS.mkdir(parents=True, exist_ok=True)
    notes = REPORTS / "soak.json"
    started = time.time()
    title("soak: unit tests")
    os.environ["CONC_SOAK"] = "1"
    c_tests("plain", count, second_try=False)
    unit_tests = count.passed
    title("soak: the program")
    ProgramTests("plain", ["cli", "terminal", "faults"], "--soak", f"--soak-results={notes}",
                 *([f"--rounds={rounds}"] if rounds else []),
                 limit_s=SOAK_LIMIT_S).finish(count)
    results = json.loads(notes.read_text()) if notes.exists() else {}
    write_soak_results(results, count, unit_tests, started)
    return count


def write_soak_results(results, count, unit_tests, started):
    date = time.strftime("%Y-%m-%d", time.gmtime(started))
    lines = ["# The last soak", "",
             f"`./dev soak` on {date}: {count.line()}, in {time.time() - started:.0f} s.",
             f"Of these {unit_tests} are unit tests; in them keeper, stage and watcher were killed,",
             "and a stage was interrupted, 300 times each, at random instants of its life.",
             f"Machine: {machine_line()}."]
    heading = None
    for name, notes in results.items():
        test, _, case = name.split("::")[-1].removesuffix("]").partition("[")
        if test != heading:
            heading = test
            lines += ["", f"## {test.removeprefix('test_').replace('_', ' ')}", ""]
        lines += [f"- {case}: {note}" if case else f"- {note}" for note in notes]
    path = ROOT / "tests" / "soak" / "RESULTS.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def hear_signals():
    """Those ignored where this was started (nohup, a job in the background) would be so in
    every test too, and conc leaves them as they are."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT,
                   signal.SIGTSTP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def main():
    parser = argparse.ArgumentParser(prog="./dev test")
    parser.add_argument("trees", nargs="*", metavar="TREE",
                        help=f"{', '.join(TREES)}; default: all")
    parser.add_argument("--only-build", action="store_true", help="run nothing")
    parser.add_argument("--soak", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    hear_signals()
    unknown = [tree for tree in args.trees if tree not in TREES]
    if unknown:
        parser.error(f"no such tree: {unknown[0]}")
    trees = args.trees or list(TREES)
    if args.only_build:
        count = Count()
        build_trees(trees, count)
        return 1 if count.failed else 0
    count = soak(args.rounds) if args.soak else test(trees)
    print(count.line(), flush=True)
    return 0 if count.passed and not count.failed else 1


if __name__ == "__main__":
    sys.exit(main())
