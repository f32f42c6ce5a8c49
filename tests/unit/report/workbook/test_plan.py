"""What stands in front in tables to fill in, and what is grouped away."""

from __future__ import annotations

from itertools import pairwise

from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.report.workbook.plan import Need, Section, plan

SCALE = "scales: {rank: {values: {low: {label: Low}, high: {label: High}}}}\n"

PERSON = """
subject: person
facts:
  moved: {type: boolean, default: false, absence: true}
  moved_on: {type: date, applies_when: moved}
  officer: {type: boolean}
  result: {type: rank, applies_when: officer}
  reviewed: {type: boolean, default: true, provisional: true}
  form: {type: string}
pending:
  review: {when: not(reviewed), source: "1"}
ladder:
  scale: rank
  levels:
    high:
      require:
        moved: {when: moved, that: moved_on > period.from, source: "1"}
        result: {when: officer, that: result = high, source: "1"}
    low: {otherwise: true, source: "1"}
"""


def sections(planned):
    """Return the columns of each section."""
    found = {section: [] for section in Section}
    for column, section in planned.columns:
        found[section].append(column.key)
    return found


def test_the_subjects_whose_ids_others_need_come_first(lecturers):
    assert [(one.sheet.key, one.need) for one in lecturers.planned] == [
        ("department", Need.SUBJECTS),
        ("lecturer", Need.SUBJECTS),
        ("lecturer.absences", Need.DECIDES),
    ]


def test_a_column_stands_where_it_is_needed(lecturers):
    found = sections(lecturers.planned[1])
    assert found[Section.ABOUT] == ["id", "name", "department"]
    assert found[Section.FACTS] == ["joined", "report_given"]
    assert found[Section.RARE] == ["hours", "absences?"]
    assert found[Section.CRITERIA] == [
        f"criteria.{item}" for item in ("lessons", "exams", "papers", "guidance")
    ]
    assert {"partner", "on_contract", "contract_end"} <= {*found[Section.BESIDE]}
    assert found[Section.BALLOTS] == [
        f"ballots.{level}" for level in ("excellent", "good", "fair", "weak")
    ]
    assert found[Section.GIVEN][:2] == ["ballots?", "given.level"]


def test_no_column_is_lost_and_none_stands_twice(lecturers, wards):
    for made in (lecturers, wards):
        for one in made.planned:
            assert sorted(one.keys) == sorted(column.key for column in one.sheet.columns)


def test_folded_sections_never_touch():
    order = list(Section)
    assert not any(a.is_folded and b.is_folded for a, b in pairwise(order))


def test_what_hangs_on_a_rare_event_is_folded_what_hangs_on_a_known_one_is_not(tmp_path):
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SCALE, person=PERSON).rulebook
    bag = Bag()
    program = lower_rulebook(rulebook, {}, bag)
    assert bag.diagnostics == ()
    found = sections(plan(program)[0])
    assert found[Section.FACTS] == ["officer", "result", "reviewed"]
    assert found[Section.RARE] == ["moved", "moved_on"]
    assert found[Section.BESIDE] == ["form"]


def test_of_some_subjects_only_their_tables_are_planned(lecturers):
    (only,) = plan(lecturers.program, ["department"])
    assert only.sheet.key == "department"
