"""How sure entries are: as they say, as the rulebook that cites says, as a new document says."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.conftest import BASE, BASE_CLAUSES, BASE_SUBJECT, NEXT

from khung.rulebook.model import Basis

OTHER_DOCUMENT = NEXT.replace("document: D-1", "document: D-2\ndocuments: {D-2: {}}")
CARRIED = "clauses: {a/1: {carries: true}, a/2: {carries: true}, a/4: {carries: true}}"
UNSURE = BASE.replace("document: D-1\n", "document: D-1\nbasis: assumed\n")
QUOTED = BASE_SUBJECT.replace("source: a/4", "source: a/4, basis: secondary").replace(
    "source: a/1#x}", "source: a/1#x, basis: assumed}"
)


def bases(rulebook):
    """Return how sure each entry of some is."""
    shop = rulebook.subjects[0]
    entries = (*shop.facts, *shop.definitions, *shop.caps, *rulebook.parameters)
    found = {entry.head.id: entry.head.basis.value for entry in (*entries, *rulebook.readings)}
    return found | {"shop": shop.head.basis.value}


def test_a_rulebook_says_how_sure_its_entries_are_that_cite_something(shelf):
    shelf.write("base", rulebook=UNSURE, shop=QUOTED)
    assert bases(shelf.load("base").sound) == {
        "size": "assumed",
        "open": "secondary",  # it cites nothing: as the cap that reads it
        "big": "assumed",
        "closed": "secondary",  # its own
        "least": "assumed",
        "part": "text",
        "who": "assumed",
        "shop": "assumed",
    }


OVERLAY = """\
khung: 1
id: next
title: Next
extends: {rulebook: base, as: overlay}
period: {from: 2024-01-01, to: 2024-12-31}
applies_to: {shop: [one]}
"""


@pytest.mark.parametrize("manifest", [NEXT, OVERLAY])
def test_under_the_same_document_nothing_becomes_surer(manifest, shelf):
    shelf.write("base", rulebook=UNSURE, shop=QUOTED)
    before = bases(shelf.load("base").sound)
    assert bases(shelf.next(manifest).sound) == before


@pytest.mark.parametrize("manifest", [NEXT, OVERLAY])
def test_what_a_rulebook_says_of_itself_is_not_said_of_its_base(manifest, shelf):
    own = "subject: shop\ndefinitions: {wide: {is: size > 9, source: a/1#y}}"
    found = bases(shelf.next(manifest + "basis: secondary\n", shop=own).sound)
    assert (found["big"], found["wide"]) == ("text", "secondary")


def test_an_entry_is_as_sure_as_the_rulebook_that_cites_its_source(shelf):
    shelf.write("base", rulebook=UNSURE)
    own = "subject: shop\ncaps: {closed: {source: a/2}}\ndefinitions: {big: {is: size > 9}}"
    found = bases(shelf.next(shop=own).sound)
    assert (found["closed"], found["big"]) == ("text", "assumed")


def test_a_new_document_says_all_anew(shelf):
    shelf.write("base", rulebook=UNSURE)
    found = bases(shelf.next(OTHER_DOCUMENT + "basis: secondary\n", clauses=CARRIED).sound)
    assert {found[name] for name in ("big", "closed", "open")} == {"secondary"}
    last = OVERLAY.replace("id: next", "id: last").replace("rulebook: base", "rulebook: next")
    shelf.write("last", rulebook=last.replace("2024", "2025") + "basis: assumed\n")
    assert bases(shelf.load("last").sound) == found


@pytest.mark.parametrize(
    ("manifest", "clauses", "expected"),
    [
        (NEXT, "", Basis.SECONDARY),  # the same document, which has not become surer
        (OTHER_DOCUMENT, CARRIED, Basis.TEXT),  # the new document says it itself
    ],
)
def test_what_a_new_document_carries_is_said_by_it(manifest, clauses, expected, shelf):
    shelf.write("base", rulebook=UNSURE, shop=QUOTED)
    files = {"clauses": clauses} if clauses else {}
    found = bases(shelf.next(manifest, **files).sound)
    assert found["closed"] == expected.value
    assert found["size"] == "assumed"  # said at the entry: assumed under any document


def test_what_nothing_carries_is_as_sure_as_before(shelf):
    shelf.write("base", rulebook=UNSURE, shop=QUOTED)
    left = CARRIED.replace(", a/4: {carries: true}", "")
    loaded = shelf.next(OTHER_DOCUMENT, clauses=left)
    assert [code for code, _ in loaded.found] == ["K0531"]
    assert bases(loaded.rulebook)["closed"] == "secondary"


def test_a_word_that_is_no_basis(shelf):
    loaded = shelf.next(NEXT + "basis: sure\n")
    assert loaded.found == [("K0126", "sure")]


# -- what is said of yearly values ------------------------------------------------------------


def test_other_words_leave_a_reading_as_it_is(shelf):
    other = NEXT + "readings: {who: {question: Who then, options: {all: {because: So}}}}\n"
    found = shelf.next(other).sound.readings[0]
    assert (found.question.vi, found.options[0].because.vi) == ("Who then", "So")


@pytest.mark.parametrize(
    "said", ["{options: {nobody: {}}}", "{options: {all: {remove: true}}, chosen: some_of_them}"]
)
def test_other_options_are_a_change(said, shelf):
    loaded = shelf.next(NEXT + f"readings: {{who: {said}}}\n")
    assert [code for code, _ in loaded.found] == ["K0529"]


def test_a_clause_says_how_sure_what_cites_it_is(shelf):
    clauses = BASE_CLAUSES.replace("summary: Four", "summary: Four, basis: secondary")
    shelf.write("base", rulebook=BASE, shop=BASE_SUBJECT, clauses=clauses)
    found = bases(shelf.load("base").sound)
    assert (found["closed"], found["big"]) == ("secondary", "text")
