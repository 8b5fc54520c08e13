# SPDX-License-Identifier: MIT
"""Output with nowhere to go, and standard files that are closed."""

import itertools
import json
import os

import pytest
import runs

RUN = ("threads", "--ttl", "0.02", "0.04")
#: More than a pipe holds: 64 KiB.
LARGE = ("threads", "--tasks", "300", "--ttl", "1ms", "--json")
OTHERS = [("--help",), ("--version",), ("help",), ("help", "threads"), ("threads", "--help"),
          ("threads", "--list"), ("completion", "bash"), ()]


def title(args):
    return " ".join(args) or "nothing"


@pytest.mark.parametrize("args", [RUN, (*RUN, "--plain"), (*RUN, "--json"), LARGE, *OTHERS],
                         ids=title)
def test_a_full_disk_is_lost_output(conc, args):
    with open("/dev/full", "wb") as full:
        result = conc(*args, stdout=full)
    assert result.status == 1, result
    assert result.err.count("\n") == 1 and "No space left" in result.err, result


@pytest.mark.parametrize("args", [RUN, (*RUN, "--json"), LARGE, *OTHERS], ids=title)
def test_a_reader_that_has_gone_is_no_error_to_speak_of(conc, args):
    read, write = os.pipe()
    os.close(read)
    result = conc(*args, stdout=write)
    os.close(write)
    assert result.status == 141, result
    assert not result.err, result


@pytest.mark.parametrize("args", [LARGE, RUN, (*RUN, "--plain"), ("--help",)], ids=title)
def test_piped_into_head(conc, args):
    """What fits the pipe is written, whether or not it is read."""
    result = conc.shell(f"conc {' '.join(args)} | head -n 1; echo ${{PIPESTATUS[0]}}")
    first, status = result.out.splitlines()
    assert first and not result.err, result
    assert status == "141" if args is LARGE else status in ("0", "141"), result


def test_a_reader_that_has_gone_does_not_stop_the_file(conc):
    read, write = os.pipe()
    os.close(read)
    result = conc(*RUN, "-o", "run.json", stdout=write)
    os.close(write)
    assert result.status == 141 and not result.err, result
    assert runs.check(json.loads((conc.directory / "run.json").read_text()))["complete"]


def closed_sets():
    for count in (1, 2, 3):
        yield from itertools.combinations((0, 1, 2), count)


@pytest.mark.parametrize("closed", closed_sets(), ids=str)
def test_closed_standard_files(conc, closed):
    """Standard output that was closed is lost output; the others are not needed."""
    result = conc(*RUN, closed=closed)
    assert result.status == (1 if 1 in closed else 0), result
    if 1 not in closed:
        assert "sequential" in result.out and not result.err, result
    elif 2 not in closed:
        assert result.err.count("\n") == 1 and "standard output" in result.err, result


@pytest.mark.parametrize("closed", closed_sets(), ids=str)
def test_closed_standard_files_do_not_mix_into_others(conc, closed):
    """A file that is opened must not get the number of one of them."""
    result = conc(*RUN, "-o", "run.json", closed=closed)
    assert result.status == (1 if 1 in closed else 0), result
    assert runs.check(json.loads((conc.directory / "run.json").read_text()))["complete"]


@pytest.mark.parametrize("closed", closed_sets(), ids=str)
@pytest.mark.parametrize("args", OTHERS, ids=title)
def test_closed_standard_files_without_a_run(conc, args, closed):
    assert conc(*args, closed=closed).status == (1 if 1 in closed else 0)


@pytest.mark.parametrize("closed", closed_sets(), ids=str)
def test_closed_standard_files_and_a_bad_value(conc, closed):
    result = conc("threads", "--ttl", "x", closed=closed)
    assert result.status == 2 and not result.out, result
    assert (result.err.count("\n") == 1) == (2 not in closed)


@pytest.mark.parametrize("closed", [(1,), (0, 1, 2)], ids=str)
def test_closed_standard_output_does_not_matter_where_nothing_goes(conc, closed):
    """A file was asked for, and nothing else is written: but the table always is."""
    result = conc(*RUN, "--quiet", "-o", "run.json", closed=closed)
    assert result.status == 1, result


def test_standard_error_that_is_full_loses_no_figures(conc):
    with open("/dev/full", "wb") as full:
        result = conc(*RUN, "--json", stderr=full)
        assert result.status == 0, result
        assert runs.check(result.json)["complete"]
        assert conc("threads", "--ttl", "x", stderr=full).status == 2


def test_standard_error_that_nobody_reads(conc):
    read, write = os.pipe()
    os.close(read)
    assert conc("threads", "--ttl", "x", stderr=write).status == 2
    os.close(write)


# ---- two outputs into one file


@pytest.fixture
def earlier(conc):
    """A file with figures from before, that nothing but a run may overwrite."""
    path = conc.directory / "run.json"
    path.write_text("from before")
    return path


@pytest.mark.parametrize("other", ["./run.json", "{}/run.json", "link.json", "hard.json"])
def test_two_names_of_one_file(conc, earlier, other):
    (conc.directory / "link.json").symlink_to(earlier)
    (conc.directory / "hard.json").hardlink_to(earlier)
    other = other.format(conc.directory)
    result = conc(*RUN, "-o", "run.json", "-o", other)
    assert result.status == 2 and not result.out, result
    assert result.err == f'conc threads: -o: "run.json" and "{other}" are the same file\n'
    assert earlier.read_text() == "from before"


def test_a_file_that_is_standard_output_too(conc, earlier):
    with open(earlier, "ab") as file:
        result = conc(*RUN, "-o", "run.json", stdout=file)
    assert result.status == 2, result
    assert result.err == 'conc threads: -o: "run.json" is where standard output goes\n'
    assert earlier.read_text() == "from before"


def test_a_device_may_be_named_twice(conc):
    result = conc(*RUN, "-o", "/dev/null", "-o", "/dev/../dev/null", "--format", "json")
    assert result.status == 0 and not result.err, result
    with open("/dev/null", "wb") as null:
        assert conc(*RUN, "-o", "/dev/null", "--format", "json", stdout=null).status == 0


def test_all_files_are_opened_before_one_is_emptied(conc, earlier):
    result = conc(*RUN, "-o", "run.json", "-o", "no/such/folder.json")
    assert result.status == 1 and "no/such/folder.json" in result.err, result
    assert earlier.read_text() == "from before"


def test_a_longer_file_is_overwritten(conc, earlier):
    earlier.write_text("x" * 1_000_000)
    assert conc(*RUN, "-o", "run.json").status == 0
    assert runs.check(json.loads(earlier.read_text()))["complete"]


def test_each_output_has_an_error_of_its_own(conc):
    """A reader that has gone is quiet; a full disk is not, whichever comes first."""
    for order in (("-o", "-", "-o", "/dev/full"), ("-o", "/dev/full", "-o", "-")):
        read, write = os.pipe()
        os.close(read)
        result = conc(*RUN, "--format", "json", *order, stdout=write)
        os.close(write)
        assert result.status == 141, result
        assert result.err.count("\n") == 1 and "No space left" in result.err, result
        assert "/dev/full" in result.err, result


@pytest.mark.parametrize("stdin", ["/dev/null", "/dev/zero", "/dev/full", "/"])
def test_whatever_standard_input_is(conc, stdin):
    fd = os.open(stdin, os.O_RDONLY)
    result = conc(*RUN, stdin=fd)
    os.close(fd)
    assert result.status == 0 and not result.err, result


def test_it_reads_nothing_from_standard_input(conc):
    """What a script's loop reads from must not be eaten."""
    result = conc.shell(f"printf 'a\\nb\\n' | while read -r line; do conc {' '.join(RUN)} "
                        "--only threads >/dev/null; echo $line; done")
    assert result.out == "a\nb\n", result


