"""What is said of columns."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.driver import summaries
from khung.ir.from_rulebook import lower_rulebook
from khung.locale import languages, phrase
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer
from khung.report.workbook.plan import plan
from khung.report.workbook.to_xlsx import to_xlsx
from khung.report.workbook.told import Teller

SHARED = """
scales: {rank: {values: {low: {label: Low}, high: {label: High}}}}
enumerations:
  place: {values: {town: {label: "Town, city"}, village: {label: Village}, same: {label: village}}}
readings:
  long:
    question: Which?
    options: {OPTIONS}
    chosen: option_1
""".replace("OPTIONS", ", ".join(f"option_{n}: {{}}" for n in range(1, 40)))

PERSON = """
subject: person
label: Person
facts:
  lives: {type: place, applies_when: has(lives)}
  moved: {type: date, default: "-", absence: true, applies_when: has(moved)}
  portion: {type: number, range: "0%..100%"}
  seen: {type: boolean}
  done: {type: boolean, default: true, provisional: true}
  form: {type: string}
  twice: {type: number, default: "if seen then 2 else 1"}
criteria: {scale: rank, groups: {work: {source: "1", items: {care: {}}}}}
ladder:
  scale: rank
  levels:
    high:
      require:
        work: {that: seen and done and portion > 50%, source: "1"}
        care: {that: twice > 1 and criteria.care = high, source: "1"}
    low: {otherwise: true, source: "1"}
"""

CLAUSES = 'clauses: {"1": {summary: How the work is done}}'


@pytest.fixture(params=languages)
def told(tmp_path, request):
    """Return what says a column is for, by its key; and the language."""
    files = {"rulebook": MANIFEST + SHARED, "person": PERSON, "clauses": CLAUSES}
    loaded = load_files(tmp_path, **files)
    program = lower_rulebook(loaded.sound, {}, Bag())
    words = Words(program, request.param, summaries(loaded.sound))
    teller, planned = Teller(words, Sayer(words).say), plan(program)
    to_xlsx(program, planned, teller)  # XlsxWriter warns of what is too long
    (person,) = planned
    columns = {c.key: (c, section) for c, section in person.columns}

    def about(key):
        column, section = columns[key]
        return teller.about(column, person.sheet, section)

    def label(key):
        return teller.label(columns[key][0])

    def say(key, **args):
        said = phrase(request.param, f"workbook.{key}", **args)
        return f"{said[:1].upper()}{said[1:]}"

    return about, say, words, label


def test_options_with_commas_are_told_apart(told):
    about, *_ = told
    assert "Town, city; Village; village" in about("lives").enter


def test_of_what_need_not_be_there_no_condition_is_told(told):
    about, *_ = told
    assert (about("lives").when, about("moved").when) == ("", "")


def test_an_empty_cell_is_told_by_what_comes_of_it(told):
    about, say, words, _ = told
    assert about("seen").empty == say("empty.open")
    assert about("form").empty == say("empty.beside")
    assert about("moved").empty == say("empty.absent")
    assert about("done").empty == say("empty.step", value=words.say("yes"))
    assert about("id").empty == say("empty.required")
    assert about("criteria.care").empty == say("empty.open")
    worked_out = about("twice").empty
    assert words.say("unknown") not in worked_out
    assert "seen" in worked_out


def test_a_share_is_told_in_percent(told):
    about, _, words, _ = told
    assert words.percent("100") in about("portion").enter


def test_a_criterion_without_a_label_is_called_as_its_clause_says(told):
    about, _, _, label = told
    assert about("criteria.care").clauses == (("1", "How the work is done"),)
    assert label("criteria.care") == "How the work is done"
    assert label("seen") == "seen"  # it has no clause either
