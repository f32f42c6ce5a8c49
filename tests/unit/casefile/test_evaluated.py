"""What is wrong with a case and only shows once it has been evaluated."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung import driver
from khung.diagnostics.codes import severity_of
from khung.diagnostics.model import Severity
from khung.engine.rings import CircularRulesError

UNUSED = [
    ("joined: 2010-05-19, active: false, reason: ill", []),
    ("active: true, reason: ill", [("K0609", "reason")]),
    ("reason: ill", [("K0609", "reason")]),
    ("active: null, reason: ill", []),
    ("active: true, reason: '-'", []),
    ("active: false, criteria: {care: good}", [("K0609", "care")]),
]


@pytest.mark.parametrize(("text", "codes"), UNUSED)
def test_values_that_do_not_apply(text, codes, result):
    assert result(f"subjects: {{person: {{p: {{{text}}}}}}}").reported == codes


COUNTS = [
    ("a: {size: 3}", []),
    ("a: {size: 4}", []),
    ("a: {size: null}", []),
    ("a: {}", []),
    ("a: {size: 2}", [("K0632", "2")]),
    ("b: {size: 2}, a: {like: b}", [("K0632", "2")]),
]


@pytest.mark.parametrize(("text", "codes"), COUNTS)
def test_lists_longer_than_their_count(text, codes, result):
    people = "p: {unit: a}, q: {repeat: 2, unit: a}, r: {unit: null}"
    found = result(f"subjects: {{unit: {{{text}}}, person: {{{people}}}}}")
    assert found.reported == codes
    assert found.case is not None, "a warning leaves the results"


OWN_COUNTS = [
    ("places: [red, red], held: 2", []),
    ("places: [red, red], held: 3", []),
    ("places: [red, red, null], held: 2", []),
    ("places: [red, red], held: 1", [("K0632", "1")]),
    ("places: [red, red, null], held: 1", [("K0632", "1")]),
    ("places: [red]", [("K0632", "p")]),
]


@pytest.mark.parametrize(("text", "codes"), OWN_COUNTS)
def test_own_lists_longer_than_their_count(text, codes, result):
    assert result(f"subjects: {{person: {{p: {{{text}}}}}}}").reported == codes


SHORT = [
    ("true", "size: 4", []),
    ("true", "size: 5", [("K0634", "5")]),
    ("true", "size: null", []),
    ("", "size: 5", []),
    ("[unit]", "size: 5", []),
    ("[person]", "size: 5", [("K0634", "5")]),
    ("[unit.a.people]", "size: 5", [("K0634", "5")]),
]


@pytest.mark.parametrize(("said", "text", "codes"), SHORT)
def test_a_whole_list_holds_as_many_as_its_count(said, text, codes, result):
    """Three belong to the unit, and of one it is not known."""
    people = "p: {unit: a}, q: {repeat: 2, unit: a}, r: {unit: null}"
    found = result(f"complete: {said}\nsubjects: {{unit: {{a: {{{text}}}}}, person: {{{people}}}}}")
    assert found.reported == codes
    if codes:
        args = found.diagnostics[0].args
        assert (args["count"], args["listed"], args["missing"]) == ("5", 4, "1")


def test_a_whole_own_list_holds_as_many_as_its_count(result):
    person = "person: {p: {places: [red], held: 2}}"
    for said, codes in (("true", []), ("[person.p.places]", [("K0634", "2")])):
        found = result(f"complete: {said}\nsubjects: {{{person}}}")
        assert found.reported == codes, said


def test_one_count_of_several_subjects_is_one_error(result):
    found = result("complete: true\nsubjects: {unit: {a: {repeat: 3, size: 2}}}")
    assert found.reported == [("K0634", "2")]


def test_what_the_list_holds_is_said(result):
    unit, people = "unit: {a: {size: 1}}", "person: {p: {repeat: 2, unit: a}}"
    (found,) = result(f"subjects: {{{unit}, {people}}}").diagnostics
    assert severity_of(found.code) is Severity.WARNING
    assert found.at == "subjects.unit.a.size"
    said = {name: found.args[name] for name in ("count", "listed", "list", "subject")}
    assert said == {"count": "1", "listed": 2, "list": "people", "subject": "a"}


OFFICE = """\
subject: office
facts: {size: {type: number, range: "0.."}}
"""
CLERK = """\
subject: clerk
links: {office: {to: office, back: clerks, complete: size}}
facts: {good: {type: boolean}, left: {type: boolean, default: false}}
not_ranked: {left: {when: left, source: X}}
ladder:
  scale: rank
  levels: {high: {require: {good: {that: good, source: X}}}, low: {otherwise: true, source: X}}
quotas: {half: {level: high, per: office, SIZE, counts: "true", at_most: 50%, source: X}}
"""
CLERKS = "p: {office: a, good: true}, q: {like: p, left: true}, r: {like: p, office: OTHER}"


@pytest.mark.parametrize(
    ("size", "number", "other", "expected"),
    [
        ("size: office.size", "3", "a", []),
        # Whoever is not ranked is one of the number, too.
        ("size: office.size", "2", "a", [("K0637", "2")]),
        ("size: office.size", "2", "null", []),
        ("size: office.size", "null", "a", []),
        ("size: 2", "3", "a", [("K0637", "p")]),
    ],
)
def test_no_more_stand_in_a_group_than_it_has(tmp_path, size, number, other, expected):
    folder = tmp_path / "rulebooks" / "small"
    folder.mkdir(parents=True)
    scale = "scales: {rank: {values: {low: L, high: H}}}\n"
    clerk = CLERK.replace("SIZE", size)
    load_files(folder, rulebook=MANIFEST + scale, office=OFFICE, clerk=clerk)
    subjects = f"{{office: {{a: {{size: {number}}}}}, clerk: {{{CLERKS}}}}}".replace("OTHER", other)
    head = "case: C\nrulebook: small\non: 2021-12-15\n"
    (tmp_path / "c.yaml").write_text(f"{head}subjects: {subjects}\n", "utf-8")
    found = driver.evaluate_file(tmp_path / "c.yaml", driver.Shelf(), {})
    assert [(d.code, d.span.text) for d in found.diagnostics] == expected
    if expected:
        (told,) = found.diagnostics
        said = {name: told.args[name] for name in ("rule", "key", "size", "listed")}
        assert said == {"rule": "clerk.quotas.half", "key": "a", "size": "2", "listed": 3}


BALLOTS = [
    ("{high: 2, low: 1}", []),
    ("{high: 2, low: 2}", [("K0630", "votes")]),
    ("null", []),
    ("-", []),
]


@pytest.mark.parametrize(("ballots", "codes"), BALLOTS)
def test_more_ballots_than_voters(ballots, codes, result):
    unit, person = (
        "unit: {a: {size: 3}}",
        f"person: {{p: {{unit: a, active: false, votes: {ballots}}}}}",
    )
    assert result(f"subjects: {{{unit}, {person}}}").reported == codes


def test_a_ring_that_no_check_foresaw_is_told(result, monkeypatch):
    """Rings of rules are K0441 and rings of links K0628; this is the net below both."""

    def ring(program, case):
        raise CircularRulesError(("unit.a: cap", "unit.b: cap", "unit.a: cap"))

    monkeypatch.setattr(driver, "evaluate_case", ring)
    found = result("subjects: {unit: {a: {}}}")
    assert found.reported == [("K0440", '"small"')]
    assert found.diagnostics[0].args["path"] == "unit.a: cap → unit.b: cap → unit.a: cap"
    assert found.case is None


SHARED_BY_ALL = """\
subject: clerk
links:
  office: {to: office, back: clerks}
  hall: {to: office, back: clerks_there}
facts: {good: {type: boolean}}
ladder:
  scale: rank
  levels: {high: {require: {good: {that: good, source: X}}}, low: {otherwise: true, source: X}}
quotas: {few: {level: high, LIMIT, source: X}}
"""


@pytest.mark.parametrize(
    ("limit", "sizes", "expected"),
    [
        ("per: hall, places: office.size", ("1", "1"), []),
        ("per: hall, places: office.size", ("1", "2"), [("K0366", "2")]),
        ("per: hall, places: office.size", ("1", "null"), []),
        ("per: hall, counts: 'true', at_most: office.size / 10", ("1", "2"), [("K0366", "2")]),
        ("per: office, places: office.size", ("1", "2"), []),
        ("within: {hall: hall, office: office}, places: office.size", ("1", "2"), [("K0366", "2")]),
    ],
)
def test_a_limit_is_the_same_for_all_of_a_group(tmp_path, limit, sizes, expected):
    folder = tmp_path / "rulebooks" / "small"
    folder.mkdir(parents=True)
    scale = "scales: {rank: {values: {low: L, high: H}}}\n"
    clerk = SHARED_BY_ALL.replace("LIMIT", limit)
    load_files(folder, rulebook=MANIFEST + scale, office=OFFICE, clerk=clerk)
    clerks = "p: {hall: c, office: a, good: true}, q: {like: p, office: b}, r: {like: p}"
    offices = f"a: {{size: {sizes[0]}}}, b: {{size: {sizes[1]}}}, c: {{size: 1}}"
    subjects = f"{{office: {{{offices}}}, clerk: {{{clerks}}}}}"
    head = "case: C\nrulebook: small\non: 2021-12-15\n"
    (tmp_path / "c.yaml").write_text(f"{head}subjects: {subjects}\n", "utf-8")
    found = driver.evaluate_file(tmp_path / "c.yaml", driver.Shelf(), {})
    assert [(d.code, d.span.text) for d in found.diagnostics] == expected
