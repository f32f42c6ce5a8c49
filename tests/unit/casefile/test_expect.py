"""What a case expects: the names in it, and how it is compared with what was found."""

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.testing import Outcome, judged
from khung.casefile.compare import compare
from khung.driver import Shelf, evaluate_file
from khung.why.result import evaluate_case

SUBJECTS = """
subjects:
  unit: {a: {kind: cell, size: 3}}
  person:
    p: {unit: a, joined: 2010-01-01, active: true, criteria: {speed: fair, care: good}}
    many: {repeat: 2, like: p}
expect:
"""

NAMES = [
    ("person: {q: {}}", [("K0625", "q")]),
    ("person: {many: {}, many_2: {}}", []),
    ("person: {many_3: {}}", [("K0625", "many_3")]),
    ("persn: {p: {}}", [("K0201", "persn")]),
    ("person: {p: {level: hihg}}", [("K0614", "hihg")]),
    ("person: {p: {at_best: good}}", [("K0614", "good")]),
    ("person: {p: {stages: {cap: zzz}}}", [("K0614", "zzz")]),
    ("person: {p: {stages: {floor: low}}}", [("K0201", "low")]),
    ("unit: {a: {level: high}}", [("K0622", "high")]),
    ("person: {p: {reasons: [caps.few, levels.low, levels.high.speed]}}", []),
    ("person: {p: {reasons: [few]}}", [("K0626", "few")]),
    ("person: {p: {reasons: [person.caps.few]}}", [("K0626", "person.caps.few")]),
    ("person: {p: {findings: [not_voted, caps.few]}}", []),
    ("person: {p: {findings: [not_votd]}}", [("K0626", "not_votd")]),
    ("person: {p: {missing: [joined, unit, unit.a.size, unit.a, criteria.speed, speed]}}", []),
    ("person: {p: {assumed: [faults, 'faults[F].place', votes]}}", []),
    ("person: {p: {missing: [joind]}}", [("K0627", "joind")]),
    ("person: {p: {assumed: [unit.b.size]}}", [("K0627", "unit.b.size")]),
    ("person: {p: {outputs: {old: true}}}", []),
    ("person: {p: {outputs: {size_of_unit: 3}}}", [("K0201", "size_of_unit")]),
    ("person: {p: {checks: {unit_is_small: met}, findings: [checks.unit_is_small]}}", []),
    ("person: {p: {checks: {unit_is_smal: met}}}", [("K0201", "unit_is_smal")]),
    ("person: {p: {checks: {unit_is_small: meet}}}", [("K0126", "meet")]),
    ("person: {p: {checks: [unit_is_small]}}", [("K0123", "[unit_is_small]")]),
    ("person: {p: {readings: [strict]}}", []),
    ("person: {p: {readings: [strct]}}", [("K0201", "strct")]),
    ("groups: [{rule: person.quotas.q}]", [("K0626", "person.quotas.q")]),
    ("diagnostics: [K0632]", []),
    ("diagnostics: K0632", [("K0123", "K0632")]),
    ("diagnostics: [K0000, K9999]", [("K0201", "K9999")]),
]


@pytest.mark.parametrize(("text", "codes"), NAMES)
def test_names(text, codes, case):
    lines = SUBJECTS + f"  {text}\n"
    assert case(lines).reported == codes


def test_the_near_check_is_named(case):
    (found,) = case(SUBJECTS + "  person: {p: {checks: {unit_is_smal: met}}}\n").diagnostics
    assert found.args["near"] == "unit_is_small"


def test_the_near_rule_has_its_first_part(case):
    (found,) = case(SUBJECTS + "  person: {p: {reasons: [few]}}\n").diagnostics
    assert (found.help, found.args["near"]) == ("near", "caps.few")


def differences(case, text):
    """Return how the results differ from what a text expects."""
    found = case(SUBJECTS + f"  {text}\n")
    results = evaluate_case(found.sound.program, found.sound)
    return [(d.subject, d.what, d.expected, d.actual) for d in compare(found.file, results)]


MET = "{status: ranked, level: middle, at_best: middle, at_worst: middle, scope: in}"
LISTS = (
    "{reasons: [levels.high.speed], findings: [checks.unit_is_small], missing: [], decision: null}"
)


@pytest.mark.parametrize(
    "text",
    [
        MET,
        LISTS,
        "{}",
        "{checks: {unit_is_small: violated}}",
        "{stages: {standard: middle, vote: null}, outputs: {old: true}}",
    ],
)
def test_what_is_met(text, case):
    assert differences(case, f"person: {{p: {text}}}") == []


NOT_MET = [
    ("{status: pending}", ("status", "pending", "ranked")),
    ("{level: high}", ("level", "high", "middle")),
    ("{level: null}", ("level", None, "middle")),
    ("{stages: {cap: low}}", ("stages.cap", "low", "middle")),
    ("{reasons: [caps.few]}", ("reasons", ["caps.few"], ["levels.high.speed"])),
    ("{reasons: []}", ("reasons", [], ["levels.high.speed"])),
    ("{decision: tie}", ("decision", "tie", None)),
    ("{outputs: {old: false}}", ("outputs.old", False, True)),
    ("{checks: {unit_is_small: met}}", ("checks.unit_is_small", "met", "violated")),
    ("{findings: []}", ("findings", [], ["checks.unit_is_small"])),
    ("{readings: [strict]}", ("readings", ["strict"], [])),
]


@pytest.mark.parametrize(("text", "difference"), NOT_MET)
def test_what_is_not_met(text, difference, case):
    assert differences(case, f"person: {{p: {text}}}") == [("person.p", *difference)]


@pytest.mark.parametrize("path", ["speed", "criteria.speed", "person.p.criteria.speed"])
def test_a_fact_of_its_own_may_be_named_by_its_whole_path(path, case):
    lines = SUBJECTS.replace("speed: fair", "speed: null")
    found = case(f"{lines}  person: {{p: {{missing: [{path}]}}}}\n")
    assert compare(found.file, evaluate_case(found.sound.program, found.sound)) == ()


def test_a_repeated_entry_stands_for_each_of_its_subjects(case):
    found = differences(case, "person: {many: {level: high}}")
    assert [subject for subject, *_ in found] == ["person.many_1", "person.many_2"]


def test_a_type_that_is_not_ranked_has_no_result(case):
    assert differences(case, "unit: {a: {status: ranked}}") == [
        ("unit.a", "status", "ranked", None)
    ]


def test_without_expectations_nothing_differs(case):
    found = case("subjects: {}")
    assert compare(found.file, evaluate_case(found.sound.program, found.sound)) == ()


GROUPS = """
complete: true
subjects:
  unit: {a: {kind: cell, size: 3}, b: {kind: cell, size: 3}}
  person:
    p: {unit: a, joined: 2010-01-01, active: true, criteria: {speed: good, care: good}}
    q: {like: p, criteria: {speed: fair}}
    more: {repeat: 2, like: q, unit: b}
    idle_a: {like: p, active: false, votes: "-"}
    idle_b: {like: idle_a, unit: b}
expect:
  groups:
"""


def group_differences(case, text):
    """Return how the groups differ from the one that a text expects."""
    found = case(f"{GROUPS}    - {{rule: person.quotas.best, {text}}}\n")
    results = evaluate_case(found.sound.program, found.sound)
    return [(d.what, d.expected, d.actual) for d in compare(found.file, results, results.groups)]


@pytest.mark.parametrize(
    "text",
    [
        "key: {unit: a}, base: 2, places: [1, 1], kept: [p], cut: [], open: 0",
        "key: {unit: b}, base: 2, places: 1, kept: 0",
        "kept: [p]",
        "kept: []",
    ],
)
def test_groups_that_are_as_expected(text, case):
    assert group_differences(case, text) == []


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("key: {unit: a}, places: 2", ("places", [2, 2], [1, 1])),
        ("key: {unit: a}, kept: [q]", ("kept", ["q"], ["p"])),
        ("key: {unit: a}, kept: []", ("kept", [], ["p"])),
        ("key: {unit: a}, kept: 2", ("kept", 2, 1)),
        ("key: {unit: a}, cut: [more]", ("cut", ["more_1", "more_2"], [])),
        ("key: {unit: c}", ("groups", {"unit": "c"}, None)),
    ],
)
def test_groups_that_are_not(text, difference, case):
    assert group_differences(case, text) == [difference]


UNIT = """\
subject: unit
links: {above: {to: unit, back: below, optional: true}}
facts: {good: {type: boolean}}
ladder:
  scale: rank
  levels: {high: {require: {good: {that: good, source: X}}}, low: {otherwise: true, source: X}}
quotas: {half: {level: high, per: above, counts: "true", at_most: 50%, source: X}}
"""
OF_UNITS = """\
case: C
rulebook: small
on: 2021-12-15
complete: [unit]
subjects: {unit: {a: {above: "-", good: true}, b: {above: a, good: false}}}
expect: {groups: [{rule: unit.quotas.half, key: {above: KEY}, base: 1}]}
"""


def evaluated(tmp_path, unit, text):
    """Return what comes of a case under a small rulebook."""
    folder = tmp_path / "rulebooks" / "small"
    folder.mkdir(parents=True)
    scale = "scales: {rank: {values: {low: L, high: H}}}\n"
    load_files(folder, rulebook=MANIFEST + scale, unit=unit)
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    return evaluate_file(tmp_path / "c.yaml", Shelf(), {})


@pytest.mark.parametrize(("key", "differs"), [("a", False), ("null", False), ("b", True)])
def test_a_group_may_have_a_key_that_does_not_apply(tmp_path, key, differs):
    found = evaluated(tmp_path, UNIT, OF_UNITS.replace("KEY", key))
    assert found.results is not None
    assert bool(compare(found.case_file, found.results, found.results.groups)) is differs


def test_a_group_of_which_others_may_stand_elsewhere_has_no_greatest_base(tmp_path):
    text = OF_UNITS.replace("complete: [unit]", "complete: [unit.a.below]").replace("KEY", "a")
    found = evaluated(tmp_path, UNIT, text.replace("base: 1", "base: [1, null]"))
    assert found.results is not None
    assert not compare(found.case_file, found.results, found.results.groups)


@pytest.mark.parametrize(("marks", "said"), [("[80, null, 0]", []), ("[80, 101]", ["101"])])
def test_a_range_of_a_list_is_that_of_each_element(tmp_path, marks, said):
    unit = UNIT.replace("facts: {", 'facts: {marks: {type: list of number, range: "0..100"}, ')
    unit = unit.replace("that: good", "that: (lowest m in marks of m) > 50")
    text = OF_UNITS.partition("expect")[0].replace("good: true", f"marks: {marks}")
    found = evaluated(tmp_path, unit, text.replace("good: false", "marks: [51]"))
    assert [d.span.text for d in found.diagnostics if d.code == "K0615"] == said
    assert (found.results is None) == bool(said)


SAID = [
    ("[K0615]", "101", Outcome.PASSED, []),
    ("[K0632]", "101", Outcome.INVALID, []),
    ("[]", "101", Outcome.INVALID, []),
    ("[]", "51", Outcome.PASSED, []),
    ("[K0615]", "51", Outcome.FAILED, [("diagnostics", ["K0615"], [])]),
]


@pytest.mark.parametrize(("expected", "mark", "outcome", "differences"), SAID)
def test_what_is_said_of_a_case_can_be_expected(tmp_path, expected, mark, outcome, differences):
    unit = UNIT.replace("facts: {", 'facts: {mark: {type: number, range: "0..100"}, ')
    text = OF_UNITS.partition("expect")[0].replace("good: true", f"mark: {mark}, good: true")
    found = evaluated(tmp_path, unit, f"{text}expect: {{diagnostics: {expected}}}\n")
    run = judged(found)
    told = [(d.what, d.expected, d.actual) for d in run.differences]
    assert (run.outcome, told) == (outcome, differences)
