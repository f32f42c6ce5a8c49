"""The shape of a case file."""

from datetime import date

import pytest

from khung.casefile.from_source import read_case
from khung.casefile.model import Written
from khung.diagnostics.bag import Bag
from khung.rulebook.model import Ref

WHOLE = """
case: {vi: Một trường hợp, en: A case}
rulebook: small
on: 2021-12-15
readings: {strict: tight}
subjects:
  unit:
    a: {kind: cell}
    known_by_id:
    many: {repeat: 3, like: a, given: {status: pending, by: Ủy ban, on: 2021-12-20}}
  person: {}
expect:
  person:
    p: {status: ranked, level: null, decision: null, stages: {cap: high}, reasons: [],
        outputs: {old: true}}
  groups: [{rule: person.quotas.q, key: {unit: a}, base: [1, 2], places: 3, kept: 2, cut: [p]}]
"""


@pytest.fixture
def written(tmp_path):
    """Write a case file and read it."""

    def write(text, name="a.yaml"):
        bag = Bag()
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_case(tmp_path / name, bag), bag

    return write


def test_a_whole_file(written):
    case, bag = written(WHOLE)
    assert bag.diagnostics == ()
    assert (case.title.vi, case.rulebook.name, case.on) == (
        "Một trường hợp",
        "small",
        date(2021, 12, 15),
    )
    assert [(r.name, o.name) for r, o in case.readings] == [("strict", "tight")]
    units, people = case.subjects
    assert (units.type.name, people.type.name, people.entries) == ("unit", "person", ())
    a, by_id, many = units.entries
    assert [e.key for e in a.facts] == ["kind"]
    assert by_id == Written(Ref("known_by_id", by_id.id.span))
    assert many.ids == ("many_1", "many_2", "many_3")
    assert many.like.name == "a"


def test_a_decision_is_repeated_as_it_was_said(written):
    case, _ = written(WHOLE)
    given = case.subjects[0].entries[2].given
    assert given.said == {
        "status": "pending",
        "after": "quota",
        "by": "Ủy ban",
        "on": "2021-12-20",
    }


def test_what_is_expected(written):
    case, _ = written(WHOLE)
    (expected,) = case.expect.subjects
    assert {wanted.what: wanted.value for wanted in expected.single} == {
        "status": "ranked",
        "level": None,
        "stages.cap": "high",
        "decision": None,
        "outputs.old": True,
    }
    assert expected.lists == {"reasons": ()}
    (group,) = case.expect.groups
    assert (group.base, group.places, group.kept) == ((1, 2), (3, 3), 2)
    assert [ref.name for ref in group.cut] == ["p"]
    assert (group.key, group.open) == ((("unit", "a"),), None)


MISTAKES = [
    ("sujects: {}\n", [("K0120", "sujects")]),
    ('"on": 15/12/2021\n', [("K0616", "15/12/2021")]),
    ('"on": 2021-2-3\n', [("K0616", "2021-2-3")]),
    ('"on": 2021-02-30\n', [("K0125", "2021-02-30")]),
    ('"on": 30/02/2021\n', [("K0125", "30/02/2021")]),
    ("subjects: {unit: [a]}\n", [("K0123", "[a]")]),
    ("subjects: {unit: {a: 3}}\n", [("K0123", "3")]),
    ("subjects: {unit: {a: {repeat: 0}}}\n", [("K0127", "0")]),
    ("subjects: {unit: {a: {repeat: 100000}}}\n", [("K0127", "100000")]),
    ("subjects: {unit: {a: {criteria: 3}}}\n", [("K0123", "3")]),
    ("subjects: {unit: {a: {}, a: {}}}\n", [("K0130", "a")]),
    ("subjects: {person: {p: {given: {by: x}}}}\n", [("K0415", "by")]),
    ("subjects: {person: {p: {given: {level: low, status: pending}}}}\n", [("K0416", "status")]),
    ("subjects: {person: {p: {given: {level: low, after: vot}}}}\n", [("K0126", "vot")]),
    ("expect: {person: {p: {stauts: ranked}}}\n", [("K0120", "stauts")]),
    ("expect: {person: {p: {status: ranket}}}\n", [("K0126", "ranket")]),
    ("expect: {groups: [{places: 3}]}\n", [("K0121", "places")]),
    (
        "expect: {groups: [{rule: person.quotas.q, places: [1, x]}]}\n",
        [("K0626", "person.quotas.q"), ("K0123", "x")],
    ),
    (
        "expect: {groups: [{rule: person.quotas.q, places: [1]}]}\n",
        [("K0626", "person.quotas.q"), ("K0624", "[1]")],
    ),
]


@pytest.mark.parametrize(("text", "codes"), MISTAKES)
def test_mistakes_of_shape(text, codes, case):
    found = [(c, t) for c, t in case(text).reported if c != "K0625"]
    assert sorted(found) == sorted(codes)


def test_every_line_of_the_head_that_is_missing_is_told(written):
    case, bag = written("case: x\n")
    assert case is None  # without a rulebook there is nothing to look names up in
    assert [(d.code, d.args["key"]) for d in bag.diagnostics] == [
        ("K0121", "rulebook"),
        ("K0121", "on"),
    ]


def test_the_name_of_the_file_stands_in_for_the_title(written):
    case, bag = written("rulebook: 2021\non: 2021-12-15\n", "nghỉ ốm.yaml")
    assert bag.diagnostics == ()
    assert (case.title.vi, case.rulebook.name, case.subjects) == ("nghỉ ốm", "2021", ())


def test_a_folder_is_no_file(tmp_path):
    bag = Bag()
    assert read_case(tmp_path, bag) is None
    assert [d.code for d in bag.diagnostics] == ["K0102"]


def test_a_file_that_is_not_there(tmp_path):
    bag = Bag()
    assert read_case(tmp_path / "none.yaml", bag) is None
    assert [d.code for d in bag.diagnostics] == ["K0101"]


def test_a_wrong_date_hides_no_other_mistake(case):
    found = case('"on": 5/2/2021\nsubjects: {person: {p: {actve: true}}}')
    assert found.reported == [("K0616", "5/2/2021"), ("K0610", "actve")]
    assert found.case is None


def test_the_day_of_a_date_in_another_order_is_told(case):
    (found,) = case('"on": 5.2.2021').diagnostics
    assert found.args["iso"] == "2021-02-05"
