# SPDX-License-Identifier: MIT
"""Runs as CSV, read back by readers that know nothing of conc: Python's and SQLite's."""

import csv
import io
import json
import shutil
import sqlite3
import subprocess

import pytest
import runs

DEMOS = ("threads", "fork", "daemon", "join", "race", "deadlock", "pool", "async", "all")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows_of(text):
    """[{column: field}] by a strict reader, lines and quotes as RFC 4180 has them."""
    assert text.endswith("\r\n")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header, *rows = list(reader)
    assert len(set(header)) == len(header)
    assert all(len(row) == len(header) for row in rows)
    return [dict(zip(header, row)) for row in rows]


def both(conc, *args, status=0):
    result = conc(*args, "-o", "run.csv", "-o", "run.json", "--quiet")
    assert result.status == status, result
    text = (conc.directory / "run.csv").read_bytes().decode()
    run = runs.check(json.loads((conc.directory / "run.json").read_text()))
    return rows_of(text), run


def number(field):
    return json.loads(field) if field else None


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@pytest.mark.parametrize("demo", DEMOS)
def test_each_run_is_a_row_with_the_figures_of_the_json(conc, demo):
    rows, run = both(conc, demo, "--speed", "20", "--repeat", "2")
    wanted = [(v, i, r) for v in run["variants"] for i, r in enumerate(v["runs"], 1)]
    assert len(rows) == len(wanted)
    for row, (variant, index, one) in zip(rows, wanted):
        assert row["demo"] == demo and row["variant"] == variant["name"]
        assert number(row["run"]) == index
        for key in ("wall_ns", "cpu_ns", "dropped_events"):
            assert number(row[key]) == one[key]
        for key in ("ideal_ns", "speedup", "possible"):
            assert number(row[key]) == variant[key]
        assert (row["ended_by"] or None) == one["ended_by"]
        returned = one["ended_by"] is None
        assert number(row["overhead_ns"]) == (
            one["wall_ns"] - variant["ideal_ns"] if returned else None)
        assert row["disturbed"] == str(one["disturbed"]).lower()
        assert row["complete"] == str(run["complete"]).lower()
        assert row["verdict"] == variant["verdict"]
        figures = {key: value for key, value in one["outcome"].items() if is_number(value)}
        assert figures == {key.removeprefix("outcome."): number(value)
                           for key, value in row.items()
                           if key.startswith("outcome.") and value}


def test_it_carries_the_options_and_the_machine(conc):
    rows, run = both(conc, "threads", "0.02", "0.01", "--seed", "7", "--names", "a b,c")
    for row in rows:
        assert row["ttl_ns"] == "20000000 10000000" and row["tasks"] == "2"
        assert row["work"] == "wait" and row["repeat"] == "1" and row["seed"] == "7"
        machine = run["machine"]
        for key in ("os", "kernel", "cpu"):
            assert row[key] == machine[key]
        for key in ("cores", "cores_used", "cpu_quota"):
            assert number(row[key]) == machine[key]
        assert row["started"] == run["started"] and row["conc"] == run["conc"]
        assert row["command"] == ("conc threads 0.02 0.01 --seed 7 --names 'a b,c' "
                                  "-o run.csv -o run.json --quiet")
        assert row["prediction"] == "" and row["reason"] == ""


def test_ttls_that_are_the_same_are_one_number(conc):
    rows, _ = both(conc, "threads", "--tasks", "50", "--ttl", "0.001")
    assert {row["ttl_ns"] for row in rows} == {"1000000"}


def test_predictions_stand_beside_what_was_measured(conc):
    rows, _ = both(conc, "threads", "0.02", "0.01", "--predict=threads=1.5s",
                   "--reason", 'one, then "the other"')
    said = {row["variant"]: (row["prediction"], row["reason"]) for row in rows}
    assert said == {"sequential": ("", ""),
                    "threads": ("1500000000", 'one, then "the other"')}


def test_a_prediction_of_an_end_is_a_word(conc):
    rows, _ = both(conc, "deadlock", "--speed", "20", "--predict=opposite=hangs")
    assert {row["variant"]: row["prediction"] for row in rows}["opposite"] == "hangs"
    assert {row["variant"]: row["ended_by"] for row in rows}["opposite"] == "deadlock"


@pytest.mark.parametrize("reason", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''@x", "'plain",
                                    "=cmd|' /C calc'!A0"])
def test_no_text_is_a_formula_and_each_can_be_had_back(conc, reason):
    rows, _ = both(conc, "threads", "0.01", "--predict=threads=1s", "--reason", reason)
    field = [row["reason"] for row in rows if row["variant"] == "threads"][0]
    assert not field.startswith(FORMULA)
    if field.startswith("'") and field.lstrip("'").startswith(FORMULA):
        field = field[1:]
    assert field == reason


def test_a_verdict_that_begins_with_a_name_is_no_formula(conc):
    rows, _ = both(conc, "threads", "0.01", "0.01", "--names", "=a,@b")
    for row in rows:
        assert not any(value.startswith(FORMULA) for value in row.values())


def test_rows_of_a_file_have_the_same_columns_whatever_ran(conc):
    rows, run = both(conc, "async", "--speed", "20", "--with", "race")
    keys = {key for v in run["variants"] for r in v["runs"]
            for key, value in r["outcome"].items() if is_number(value)}
    per_variant = [{k for r in v["runs"] for k in r["outcome"]} for v in run["variants"]]
    assert any(a != b for a in per_variant for b in per_variant)
    assert keys == {key.removeprefix("outcome.") for key in rows[0] if "outcome." in key}


def test_of_what_was_not_run_there_is_only_the_header(conc):
    conc("threads", "5", "--limit", "0.2", "-o", "run.csv")
    lines = (conc.directory / "run.csv").read_bytes().split(b"\r\n")
    assert lines[0].startswith(b"demo,variant,run,wall_ns,") and lines[1:] == [b""]


def test_standard_output_takes_it_too(conc):
    result = conc("threads", "0", "--format", "csv")
    assert result.status == 0 and len(rows_of(result.out_bytes.decode())) == 2


def test_no_control_character_gets_through(conc):
    result = conc("threads", "0", "--format", "csv", "--predict=threads=1s",
                  "--reason", "a\x1b[31mb\x07")
    assert "\x1b" not in result.out and "\x07" not in result.out


def test_sqlite_reads_it(conc):
    if not shutil.which("sqlite3"):
        pytest.skip("no sqlite3")
    rows, run = both(conc, "race", "--speed", "20", "--repeat", "3")
    done = subprocess.run(
        ["sqlite3", ":memory:", ".mode csv", f".import {conc.directory / 'run.csv'} runs",
         ".mode json", "select * from runs"], capture_output=True, text=True, check=True)
    read = json.loads(done.stdout)
    assert not done.stderr
    # The shell takes a line's end as it comes: the last field keeps no CR of its own.
    assert read == rows


def test_a_database_can_add_it_up(conc):
    rows, run = both(conc, "threads", "0.01", "--repeat", "3")
    base = sqlite3.connect(":memory:")
    base.execute(f"create table runs ({', '.join(repr(key) for key in rows[0])})")
    base.executemany(f"insert into runs values ({','.join('?' * len(rows[0]))})",
                     [list(row.values()) for row in rows])
    found = base.execute("select variant, count(*), min(cast(wall_ns as integer)) "
                         "from runs group by variant order by variant").fetchall()
    assert found == sorted((v["name"], len(v["runs"]), v["spread_ns"][0])
                           for v in run["variants"])


@pytest.mark.parametrize("demo", DEMOS)
def test_of_a_saved_run_it_is_the_same(conc, demo):
    conc(demo, "--speed", "20", "--quiet", "-o", "run.json", "-o", "run.csv")
    result = conc("replay", "run.json", "--quiet", "-o", "again.csv")
    assert result.status == 0, result
    again = (conc.directory / "again.csv").read_bytes()
    assert again == (conc.directory / "run.csv").read_bytes()
