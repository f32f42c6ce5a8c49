"""Who moves from which level to which in a case of tables: two engines count alike."""

import csv
from datetime import date
from random import Random

import pyarrow.parquet as pq
import pytest
from tests.support.rulebook import RULEBOOKS

from khung.analysis.diff.cases import Side, compare_outcomes
from khung.analysis.diff.moves import Engine
from khung.analysis.diff.tables import carried
from khung.casefile.tables.case import frames_of_case, read_any
from khung.diagnostics.bag import Bag
from khung.driver import Shelf
from khung.records import replace

YEARS = ("lecturers", "lecturers_next")
BEGIN = {"lecturers": 2024, "lecturers_next": 2025}
BALLOTS = ("weak", "fair", "good", "excellent")
DECIDED = [("excellent", "", ""), ("weak", "", "standard"), ("", "not_ranked", "")]


def write(file, heads, rows):
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([heads, *rows])


@pytest.fixture(scope="module", params=YEARS)
def school(request, tmp_path_factory):
    """Tables of one of the two years: with what is unknown, and what was decided of some."""
    folder, year = tmp_path_factory.mktemp(request.param), BEGIN[request.param]
    later, rng = request.param == "lecturers_next", Random(7)  # noqa: S311  # of tests
    head = f"rulebook: {request.param}\non: {year + 1}-06-30\ncomplete: true\n"
    (folder / "case.yaml").write_text(head, "utf-8")
    write(
        folder / "department.csv",
        ("id", "kind", "parent", "staff"),
        [
            ("arts", "faculty", "-", 40),
            ("law", "faculty", "-", 19),
            ("lab", "institute", "arts", 1),
        ],
    )
    own = ("id", "department", "joined", "report_given", "hours")
    graded = [f"criteria.{one}" for one in ("lessons", "exams", "papers", "guidance")]
    more = ["criteria.outreach"] if later else []
    votes = [f"ballots.{one}" for one in BALLOTS]
    rows, absences = [], []
    for number in range(60):
        id_, staff = f"l{number}", "arts" if number < 40 else "law" if number < 59 else "lab"
        size = {"arts": 40, "law": 19, "lab": 1}[staff]
        joined = date(year, 9, 1) if rng.random() < 0.9 else date(year + 1, 2, 10)
        hours = rng.choice((0, 150, 250, 300, ""))
        new = joined.year > year
        grades = [rng.choice((20, 30, 40)), 10 if hours != 0 else "-"]
        grades += ["-", "-"] if new else [rng.choice((10, 20, 30)), rng.choice((-5, 5, 10))]
        grades += [rng.choice((0, 10, ""))] if later else []
        cast = rng.randint(0, size)
        told = rng.choice(("true", "true", "false", ""))
        rows.append((id_, staff, joined, told, hours, *grades, 0, size - cast, 0, cast))
        kinds = ("illness", "study", "unpaid", *(("care",) if later else ()))
        if rng.random() < 0.3:
            day = date(year, 8, 31) if rng.random() < 0.3 else date(year, 9, 1)
            kind = rng.choice(kinds)
            absences.append((id_, f"N{number}", kind, day, 3, "lab" if kind == "study" else ""))
    write(folder / "lecturer.csv", (*own, *graded, *more, *votes), rows)
    heads = ("of", "number", "kind", "first_day", "months", "host")
    write(folder / "lecturer.absences.csv", heads, absences)
    decided = [("lecturer", f"l{n * 11}", *said) for n, said in enumerate(DECIDED, 1)]
    write(
        folder / "decisions.csv",
        ("subject", "id", "given.level", "given.status", "given.after"),
        decided,
    )
    return folder, request.param


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


def compared(folder, engine, shelf):
    sides = (Side(RULEBOOKS / name, {}) for name in YEARS)
    (found,) = compare_outcomes([folder], *sides, shelf, brief=True, engine=Engine(engine))
    assert found.refused == {}
    return found


def not_asked(found):
    return {
        side: {(one.code, str(one.args.get("name", one.args.get("value")))) for one in said}
        for side, said in found.without.items()
    }


def test_compiled_rules_count_as_the_reference(school, shelf):
    folder, year = school
    theirs, ours = (compared(folder, engine, shelf) for engine in ("reference", "duckdb"))
    assert dict(ours.moves) == dict(theirs.moves)
    assert (ours.counted, theirs.counted) == (True, False)
    assert sum(ours.moves.values()) == 60
    assert {"undetermined", "weak", "not_ranked"} <= {was for _, was, _ in ours.moves}
    assert any(was != now for _, was, now in ours.moves)
    # only in the later year there is work for the public, and care is a kind of absence
    asked = {"before": {("K0201", "outreach"), ("K0614", "care")}}
    assert not_asked(ours) == not_asked(theirs) == (asked if year == "lecturers_next" else {})


def test_few_subjects_are_for_the_reference_if_nobody_says_how(school, shelf):
    assert not compared(school[0], "", shelf).counted


def test_what_is_left_on_disk_is_carried_over_as_what_is_held(school, shelf, tmp_path):
    folder, year = school
    other = next(name for name in YEARS if name != year)
    home, away = (shelf.ready(RULEBOOKS / name, {}).program for name in (year, other))
    months = 12 * (BEGIN[other] - BEGIN[year])
    held = frames_of_case(read_any(folder, Bag()), home, Bag())
    paths = {key: tmp_path / f"{key}.parquet" for key in held.tables}
    for key, table in held.tables.items():
        pq.write_table(table, paths[key])
    (tmp_path / "to").mkdir()
    there = carried(held, home, away, months, tmp_path)
    left = carried(replace(held, tables={}, parquet=paths), home, away, months, tmp_path / "to")
    assert left.frames.tables == {}
    written = {key: pq.read_table(path).to_pylist() for key, path in left.frames.parquet.items()}
    assert written == {key: one.to_pylist() for key, one in there.frames.tables.items()}
    assert left.without == there.without
    days = there.frames.tables["lecturer.absences"]["first_day"].to_pylist()
    begin = BEGIN[other]
    assert set(days) == {date(begin, 8, 31), date(begin, 9, 1)}
    assert there.frames.head.on == date(begin + 1, 6, 30)
