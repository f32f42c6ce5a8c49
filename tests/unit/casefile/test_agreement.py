"""The reader of case files and their schema say the same; no file makes the reader fail."""

from __future__ import annotations

from itertools import islice

import pytest
from tests.schemas.test_agreement import mutants, node_of, places, smallest
from tests.support.schemas import accepts

from khung.casefile.from_source import case_of
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import severity_of
from khung.diagnostics.model import Severity
from khung.ir.from_rulebook import lower_rulebook

DOCUMENT = {
    "case": {"vi": "Một trường hợp", "en": "A case"},
    "rulebook": "small",
    "on": "2021-12-15",
    "readings": {"strict": "tight"},
    "subjects": {
        "unit": {"a": {"kind": "cell", "size": 3, "above": "b"}, "b": {"kind": "top"}},
        "person": {
            "p": {
                "unit": "a",
                "joined": "2010-05-19",
                "active": True,
                "votes": {"high": 3, "low": 2},
                "faults": [{"code": "F1", "grade": "fair", "place": "b"}],
                "criteria": {"speed": "good", "care": None},
                "given": {"level": "low", "after": "vote", "by": "x", "on": "2021-12-20"},
            },
            "q": {"like": "p", "repeat": 3, "given": {"status": "pending", "document": "1"}},
        },
    },
    "expect": {
        "person": {
            "p": {
                "status": "ranked",
                "level": "low",
                "at_best": None,
                "scope": "in",
                "stages": {"cap": "low", "quota": None},
                "reasons": ["caps.few"],
                "findings": [],
                "missing": ["joined"],
                "assumed": ["active"],
                "decision": "tie",
                "outputs": {"old": True},
            }
        },
        "groups": [
            {
                "rule": "person.quotas.q",
                "key": {"unit": "a"},
                "base": [1, 2],
                "places": 3,
                "kept": ["p"],
                "cut": 0,
                "open": [],
            }
        ],
    },
}

BEYOND_A_SCHEMA = {"K0125", "K0616"}
"""Dates that no calendar has, or that are written in another order."""

PER_SUBJECT = ("subjects", "expect")


def found_by_the_reader(document, program):
    """Return the errors of shape; the rest is only done to see that it does not fail."""
    bag = Bag()
    read = case_of(node_of(document), bag)
    of_shape = {d.code for d in bag.diagnostics if severity_of(d.code) is Severity.ERROR}
    if read is not None:
        assert (build_case(read, program, bag) is None) == bag.has_errors
    return of_shape


@pytest.fixture
def program(small):
    """The made-up rulebook, ready to run."""
    return lower_rulebook(small, {}, Bag())


def test_both_accept_the_whole(program):
    assert found_by_the_reader(DOCUMENT, program) == set()
    assert accepts("case", DOCUMENT)


@pytest.mark.parametrize("part", range(6))
def test_both_say_the_same_of_a_changed_case(part, program):
    changed = (mutant for at in places(DOCUMENT) for mutant in mutants(DOCUMENT, at))
    differing = []
    for what, mutant in islice(changed, part, None, 6):
        found = found_by_the_reader(mutant, program)
        fits = accepts("case", smallest(mutant))
        if fits and found - BEYOND_A_SCHEMA:
            differing.append(f"only the reader refuses {what}: {found}")
        elif not fits and not found and not _is_of_a_fact(what):
            differing.append(f"only the schema refuses {what}")
    assert not differing, "\n".join(differing)


def _is_of_a_fact(what):
    """Say whether a change is to a fact: the rulebook, not the shape, says what that may be."""
    return what.startswith("('subjects', ") and what.count(",") > 2
