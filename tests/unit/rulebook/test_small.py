"""A rulebook of one file: subjects and clauses in the manifest."""

from __future__ import annotations

from textwrap import indent

import pytest
from tests.support.schemas import accepts
from tests.unit.rulebook.conftest import BASE, BASE_CLAUSES, BASE_SUBJECT, NEXT

from khung.diagnostics.bag import Bag
from khung.source.files import decode
from khung.source.from_text import parse_yaml
from khung.source.nodes import to_plain

BODY = BASE_SUBJECT.partition("\n")[2]
SMALL = f"{BASE}{BASE_CLAUSES}subjects:\n  shop:\n{indent(BODY, '    ')}"


def write(shelf, text, **more):
    for path in (shelf.folder / "base").iterdir():
        path.unlink()
    shelf.write("base", rulebook=text, **more)
    return shelf.load("base")


def test_it_is_what_the_files_are(shelf):
    whole = shelf.load("base").sound
    small = write(shelf, SMALL).sound
    assert small.subjects == whole.subjects
    assert small.clauses == whole.clauses
    assert small.parameters == whole.parameters


def test_it_is_extended_as_any(shelf):
    write(shelf, SMALL)
    found = shelf.next(f"{NEXT}subjects:\n  shop:\n    caps: {{closed: {{remove: true}}}}\n").sound
    assert found.subjects[0].caps == ()
    assert len(found.clauses) == 4


def test_some_may_stand_in_files_of_their_own(shelf):
    text = SMALL.replace(BASE_CLAUSES, "")
    found = write(shelf, text, clauses=BASE_CLAUSES).sound
    assert len(found.clauses) == 4


def test_a_subject_stands_in_one_place(shelf):
    assert write(shelf, SMALL, shop=BASE_SUBJECT).found == [("K0401", "shop")]


WRONG = {
    "no mapping": (SMALL.partition("subjects:")[0] + "subjects: shop\n", ("K0123", "shop")),
    "a subject that is none": (
        SMALL.partition("subjects:")[0] + "subjects: {shop: 3}\n",
        ("K0123", "3"),
    ),
    "its name once more": (
        SMALL.replace("    source: a/2\n", "    source: a/2\n    subject: shop\n", 1),
        ("K0555", "subject"),
    ),
    "a key that is misspelt": (SMALL.replace("    caps:", "    cap:"), ("K0120", "cap")),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_at_its_place(text, told, shelf):
    assert told in write(shelf, text).found


def test_the_schema_knows_it():
    file = decode(SMALL.encode(), "small", Bag())
    document = to_plain(parse_yaml(file, Bag()))
    assert accepts("rulebook", document)
    document["subjects"]["shop"]["capz"] = {}
    assert not accepts("rulebook", document)
