"""Lists that are of one length for all: another is an error, what is not stated is unknown."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files
from tests.unit.casefile.conftest import with_small

from khung.casefile.compare import compare
from khung.diagnostics.bag import Bag
from khung.driver import evaluate_file
from khung.ir.from_rulebook import lower_rulebook

SCALES = "scales: {rank: {values: {low: {}, high: {}}}, grade: {values: {poor: {}, good: {}}}}\n"
RECORDS = "records: {visit: {fields: {day: {type: date}}}}\n"
PUPIL = """
subject: pupil
facts:
  points: {type: list of number, length: 4, range: "0..10"}
  grades: {type: list of grade, length: 2, default: [good, good]}
definitions:
  total: {is: sum p in points of p, output: true}
  number: {is: count(points), output: true}
  good: {is: share p in points satisfies p >= 5, output: true}
  part: {is: total / 40, output: true}
  best: {is: count g in grades satisfies g = good, output: true}
ladder:
  scale: rank
  levels:
    high: {require: {sum: {that: total >= 20, source: X}}}
    low: {otherwise: true, source: X}
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    files = {"rulebook": MANIFEST + SCALES, "pupil": PUPIL}
    return with_small(tmp_path_factory.mktemp("books"), files)


@pytest.fixture
def evaluated(books, shelf, tmp_path):
    def of(facts, expect=""):
        path = tmp_path / "case.yaml"
        head = 'case: A\nrulebook: "small"\non: 2021-12-15\n'
        said = f"expect: {{pupil: {{p: {{outputs: {{{expect}}}}}}}}}\n" if expect else ""
        subjects = f"subjects: {{pupil: {{p: {{{facts}}}}}}}\n"
        path.write_text(head + subjects + said, encoding="utf-8")
        return evaluate_file(path, shelf, {}, books)

    return of


TOTALS = [
    ("points: [5, 6, 7, 8]", 26, 26),
    # three of them are known: 18, and one of 0 to 10
    ("points: [5, 6, 7, null]", 18, 28),
    ("points: [5, null]", 5, 35),
    ("points: [null, 6, 7, 8]", 21, 31),
    ("points: [5, 6, 7, 8, null]", 26, 26),
    ("points: [null]", 0, 40),
    ("points: null", 0, 40),
    ("", 0, 40),
]


@pytest.mark.parametrize(("facts", "least", "most"), TOTALS)
def test_what_is_not_stated_is_so_many_unknown_elements(facts, least, most, evaluated):
    found = evaluated(facts)
    assert found.diagnostics == ()
    result = found.results.by_type["pupil"]["p"]
    values = {one.name: one.value for one in result.outputs}
    assert (values["total"].least, values["total"].most) == (least, most)
    assert (values["number"].least, values["number"].most) == (4, 4)
    reaches, may_reach = least >= 20, most >= 20
    assert (result.at_worst, result.at_best) == (int(reaches), int(may_reach))
    assert bool(result.missing) == (reaches != may_reach)
    whole = not facts.startswith("points: [")
    assert all(path.startswith("pupil.p.points") for path in result.missing)
    assert not whole or set(result.missing) == {"pupil.p.points"}


EXPECTED = [
    ("good: 75%, part: 55%", []),
    ("good: 3/4, part: 0.55", []),
    ("good: '75,0 %'", []),
    ("good: 74%", ["good"]),
    ("part: 55.1%", ["part"]),
    ("total: 2200%", []),
    ("total: 22%", ["total"]),
]


@pytest.mark.parametrize(("expect", "others"), EXPECTED)
def test_percentages_may_be_expected(expect, others, evaluated):
    """Of four, three are at 5 or above; 22 of 40 points are 55 %."""
    found = evaluated("points: [5, 4, 6, 7]", expect)
    assert found.diagnostics == ()
    differences = compare(found.case_file, found.results)
    assert [one.what for one in differences] == [f"outputs.{name}" for name in others]


WRONG = [
    ("points: [5, 6, 7]", "[5, 6, 7]", "short"),
    ("points: [5, 6, 7, 8, 9]", "[5, 6, 7, 8, 9]", ""),
    ("points: [5, 6, 7, 8, 9, null]", "[5, 6, 7, 8, 9, null]", ""),
    ("points: []", "[]", "short"),
    ("grades: [good]", "[good]", "short"),
]


@pytest.mark.parametrize(("facts", "under", "advice"), WRONG)
def test_another_length_is_an_error_at_the_list(facts, under, advice, evaluated):
    found = [(d.code, d.span.text, d.help) for d in evaluated(facts).diagnostics]
    assert found == [("K0644", under, advice)]


REFUSED = [
    ("{type: number, length: 4}", "K0492", "4"),
    ("{type: list of visit, length: 4}", "K0492", "4"),
    ("{type: list of number, length: 4, complete: b}", "K0493", "4"),
    ("{type: list of number, length: 0}", "K0494", "0"),
    ("{type: list of number, length: 4.5}", "K0123", "4.5"),
    ("{type: list of number, length: 2..4}", "K0123", "2..4"),
    ("{type: list of number, length: 2, default: []}", "K0495", "[]"),
    ("{type: list of number, length: 2, default: [1, 2, 3]}", "K0495", "[1, 2, 3]"),
]


@pytest.mark.parametrize(("fact", "code", "text"), REFUSED)
def test_a_length_that_cannot_be(fact, code, text, tmp_path):
    subject = f"subject: x\nfacts: {{a: {fact}, b: {{type: number}}}}\n"
    found = load_files(tmp_path, rulebook=MANIFEST + SCALES + RECORDS, x=subject)
    bag = Bag()
    if found.rulebook is not None:
        lower_rulebook(found.rulebook, {}, bag)
    said = (*found.diagnostics, *bag.diagnostics)
    assert [(d.code, d.span.text) for d in said] == [(code, text)]
