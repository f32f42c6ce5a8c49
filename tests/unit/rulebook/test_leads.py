"""Where citations lead in a new document: through clauses, headings and years."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.conftest import BASE_SUBJECT
from tests.unit.rulebook.test_extend import CARRIED, NEW_DOCUMENT, cited

CRITERIA = "{scale: mark, groups: {care: {source: a, items: {clean: {source: a/1}}}}}"
HEADINGS = [  # where the four clauses go, and where what is under `a` does
    (("b/1", "b/2", "b/3", "b/4"), "b"),
    (("b.1/1", "b.1/2", "b.1/3", "c/9"), "b.1"),
    (("b/1", "b/2", "c/3", "c/4"), None),  # to two places alike
    (("b/1", "c/2", "d/3", "e/4"), None),
    (("b/2", "b/3", "b/4", "b/1"), None),  # in another order: no heading of the old one
]


@pytest.mark.parametrize(("where", "heading"), HEADINGS)
def test_a_heading_goes_where_most_of_its_clauses_go(where, heading, shelf):
    shelf.write("base", shop=f"{BASE_SUBJECT}criteria: {CRITERIA}\n")
    lines = [f"  {new}: {{carries: a/{i}}}" for i, new in enumerate(where, 1)]
    loaded = shelf.next(NEW_DOCUMENT, clauses="\n".join(("clauses:", *lines)))
    if heading is not None:
        (group,) = loaded.sound.subjects[0].criteria.groups
        assert cited(group.head) == [f" {heading}#"]
    else:
        (found,) = loaded.diagnostics
        assert (found.code, found.help, found.args["address"]) == ("K0531", "heading", "a")


LAST = """\
clauses:
  c/1: {carries: a/1}
  c/2: {carries: b/2}
  c/5: {carries: b/2}
  c/4: {carries: b/4}
"""


def test_where_citations_lead_over_two_years(shelf):
    shelf.next(NEW_DOCUMENT, clauses=CARRIED)
    last = NEW_DOCUMENT.replace("id: next", "id: last").replace("rulebook: base", "rulebook: next")
    shelf.write("last", rulebook=last.replace("2025", "2026").replace("D-2", "D-3"), clauses=LAST)
    found = shelf.load("last").sound.leads
    assert found["D-2 b/2"] == ("D-3 c/2", "D-3 c/5")
    assert found["D-1 a/2"] == ("D-3 c/2", "D-3 c/5")
    assert found["D-1 a/1#x"] == ("D-3 c/1#x",)
    assert "D-1 a/3" not in found


def test_under_the_same_document_clauses_carry_what_they_did(shelf):
    before = shelf.next(NEW_DOCUMENT, clauses=CARRIED).sound
    last = NEW_DOCUMENT.replace("id: next", "id: last").replace("rulebook: base", "rulebook: next")
    shelf.write("last", rulebook=last.replace("2025", "2026").replace("documents: {D-2: {}}", ""))
    found = shelf.load("last").sound
    assert (found.clauses, found.leads) == (before.clauses, before.leads)
