"""Documents that the schemas of cases and of the output must accept, and some they must refuse."""

from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator
from tests.support.schemas import accepts, schema

CASE = {
    "case": {"vi": "Một người nghỉ dài", "en": "Somebody who was away"},
    "rulebook": "lecturers",
    "on": "2025-06-30",
    "readings": {"part_year": "left_out"},
    "subjects": {
        "lecturer": {
            "an": {
                "hours": 120,
                "on_contract": None,
                "partner": "-",
                "absences": [{"number": "7", "months": 4}],
                "ballots": {"good": 5, "fair": 1},
                "criteria": {"lessons": 30, "exams": None},
            },
            "rest": {"repeat": 15, "given": {"level": "good", "after": "vote", "by": "Senate"}},
            "bo": {"like": "an", "hours": 200},
        },
        "department": {"law": {"kind": "institute", "staff": 16}},
    },
    "expect": {
        "lecturer": {
            "an": {
                "status": "undetermined",
                "level": None,
                "at_best": "fair",
                "stages": {"standard": "good", "vote": None},
                "reasons": ["caps.absent"],
                "findings": [],
                "missing": ["on_contract", "department.law.staff"],
                "decision": None,
                "outputs": {"score": 87.5},
            }
        },
        "groups": [{"rule": "lecturer.quotas.excellent", "places": 3, "kept": 3, "cut": ["an"]}],
    },
}

RESULT = {
    "rulebook": {
        "id": "2021",
        "amendments": ["2021-sd1"],
        "overlays": ["2021-xa-a"],
        "digest": "sha256:" + "0" * 64,
        "readings": {"base": "good"},
    },
    "on": "2021-12-15",
    "complete": True,
    "results": {
        "lecturer": {
            "an": {
                "status": "ranked",
                "scope": "in",
                "level": "fair",
                "at_best": "fair",
                "at_worst": "fair",
                "stages": {"standard": "good", "cap": "fair", "vote": None, "quota": None},
                "bounds": {"standard": ["good", "good"], "cap": ["fair", "fair"]},
                "reasons": [
                    {"rule": "lecturer.caps.a", "stage": "cap", "sources": ["D 1"], "text": "…"}
                ],
                "next": {
                    "level": "good",
                    "failed": [
                        {
                            "rule": "lecturer.caps.a",
                            "sources": ["D 1"],
                            "text": "…",
                            "values": {"months": 4},
                            "records": [],
                        }
                    ],
                    "change": [{"fact": "months", "from": 4, "to": 2}],
                    "blocked_by": [],
                },
                "readings": [],
                "decision": {"kind": "tie", "places": 2, "options": ["an", "bo"], "group": {}},
                "missing": [],
                "assumed": ["lecturer.an.absences"],
                "provisional": ["lecturer.votes.board", "lecturer.binh"],
                "given": None,
                "outputs": {
                    "share": {"value": "4/5", "sources": ["D 2"]},
                    "asked": {"value": [{"who": "x"}], "sources": []},
                },
                "checks": {"a": "unknown", "b": "met", "c": "violated", "d": "not_applicable"},
                "findings": [
                    {"rule": "r", "severity": "warning", "sources": ["D 3"], "text": "…"},
                    {
                        "rule": "r",
                        "code": "not_voted",
                        "severity": "info",
                        "sources": [],
                        "text": "",
                    },
                ],
                "unchecked": ["lecturer.checks.a"],
            }
        }
    },
    "groups": [
        {
            "rule": "lecturer.quotas.excellent",
            "key": {"department": "law"},
            "base": [15, 15],
            "places": [3, 3],
            "kept": [],
            "cut": [],
            "open": [],
        }
    ],
    "diagnostics": [],
}

DIAGNOSTIC = {
    "code": "K0203",
    "severity": "error",
    "file": None,
    "line": None,
    "column": None,
    "end_line": None,
    "end_column": None,
    "message": "…",
    "help": "…",
}

ACCEPTED = [
    ("case", CASE),
    ("case", {"rulebook": "2021", "on": "2021-12-15"}),
    ("result", RESULT),
    ("result", RESULT | {"complete": ["lecturer", "department.law.staff"]}),
    ("result", {"diagnostics": [DIAGNOSTIC]}),
    ("check", {"diagnostics": [DIAGNOSTIC]}),
    (
        "check",
        {
            "diagnostics": [],
            "clauses": {"total": 219, "accounted": 219, "missing": [], "asserted_only": ["a/1"]},
        },
    ),
    (
        "test",
        {
            "passed": 1,
            "failed": 0,
            "cases": [],
            "coverage": {
                "rules": {"covered": 1, "total": 2, "missing": ["r"]},
                "conditions": {"covered": 1, "total": 2, "missing": []},
                "clauses": {"covered": 1, "total": 2, "missing": []},
            },
        },
    ),
]

REFUSED = [
    ("case", ("on",), "today"),
    ("case", ("on",), 2021),
    ("case", ("subjects", "lecturer", "an", "criteria"), ["lessons"]),
    ("case", ("subjects", "lecturer", "rest", "repeat"), 0),
    ("case", ("subjects", "lecturer", "rest", "repeat"), "15"),
    ("case", ("subjects", "lecturer", "rest", "given"), {"after": "vote"}),
    ("case", ("subjects", "lecturer", "rest", "given"), {"level": "good", "status": "pending"}),
    ("case", ("subjects", "lecturer", "an", "two words"), 1),
    ("case", ("subjects", "lecturer", "an", "absences"), [[1]]),
    ("case", ("expect", "lecturer", "an", "levle"), "good"),
    ("case", ("expect", "groups"), [{"places": 3}]),
    ("case", ("expected",), {}),
    ("result", ("results", "lecturer", "an", "status"), "unknown"),
    ("result", ("results", "lecturer", "an", "bounds", "cap"), ["fair"]),
    ("result", ("results", "lecturer", "an", "checks"), {"a": "broken"}),
    ("case", ("expect", "lecturer", "an", "checks"), {"a": "broken"}),
    ("result", ("extra",), 1),
    ("result", ("complete",), False),
]


@pytest.mark.parametrize(("name", "document"), ACCEPTED)
def test_accepted(name, document):
    assert accepts(name, document)


@pytest.mark.parametrize(("name", "at", "value"), REFUSED)
def test_refused(name, at, value):
    document = deepcopy({"case": CASE, "result": RESULT}[name])
    holder = document
    for step in at[:-1]:
        holder = holder[step]
    holder[at[-1]] = value
    assert not accepts(name, document)


def test_results_come_with_what_they_rest_on():
    for key in ("rulebook", "on", "complete", "groups"):
        assert not accepts("result", {k: v for k, v in RESULT.items() if k != key})


@pytest.mark.parametrize("name", ["rulebook", "subject"])
def test_the_examples_of_a_form_fit_it(name):
    forms = schema(name)["$defs"]
    wrong = [
        (key, example)
        for key, form in forms.items()
        for example in form.get("examples", ())
        if not Draft202012Validator({"$defs": forms, "$ref": f"#/$defs/{key}"}).is_valid(example)
    ]
    assert wrong == []
    shown = {key for key, form in forms.items() if form.get("examples")}
    assert {"at_level", "expression"} <= shown
    assert name != "subject" or {"thresholds", "threshold", "ladder", "cells"} <= shown
