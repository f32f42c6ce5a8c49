"""A file that cannot be read is the only thing said: all that misses it would be an error too."""

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.checking import check
from khung.driver import Shelf

from .conftest import BASE, NEXT

CLAUSES = "document: D-2\ndocuments: {D-2: {}}\ncarried:"
GROUPS = "{groups: {more: {label: More, entries: [shop.facts.width]}}, "
FULL = NEXT.replace("document: D-1\ncarried:", CLAUSES).replace(
    "{parameters:", f"{GROUPS}parameters:"
)
"""A successor under a document of its own, which names what changes: each file needs the others."""

FILES = {
    "rulebook": FULL,
    "clauses": "clauses:\n  b/1: {carries: [a/1, a/2, a/4], summary: All}\n",
    "shop": "subject: shop\nfacts:\n  width: {type: number, default: 0, source: b/1}\n",
}


@pytest.fixture
def sound(shelf):
    loaded = shelf.next(manifest=FULL, clauses=FILES["clauses"], shop=FILES["shop"])
    assert loaded.found == []
    return shelf


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("rulebook", "title: Next", "title Next", ("K0118", "title Next")),
        ("clauses", "{carries:", "{carries", ("K0118", "carries")),
        ("shop", "  width", "\twidth", ("K0111", "\t")),
        ("shop", "subject: shop", "subjcet: shop", ("K0404", "subjcet")),
        ("shop", FILES["shop"], "", ("K0104", "")),
        ("shop", FILES["shop"], "shop", ("K0123", "shop")),
    ],
)
def test_one_slip_in_a_successor_is_one_error(sound, name, old, new, said):
    sound.write("next", **{name: FILES[name].replace(old, new)})
    assert sound.load("next").found == [said]


def test_each_file_tells_its_own_slip(sound):
    sound.write("next", rulebook="khung 1\n", shop="subject shop\n", clauses="a: [\n")
    assert sound.load("next").found == [
        ("K0113", "["),
        ("K0123", "khung 1"),
        ("K0123", "subject shop"),
    ]
    assert sound.load("next").rulebook is None


def test_a_slip_in_the_base_is_told_with_the_successor_that_needs_it(sound):
    sound.write("base", rulebook=BASE.replace("id: base", "id base"))
    assert sound.load("next").found == [("K0118", "id base"), ("K0521", "base")]


def test_other_files_of_a_rulebook_that_stands_alone_are_looked_at_still(tmp_path):
    loaded = load_files(tmp_path, a="facts\n", b="subject: b\nfacts: {f: {type: s lis}}\n")
    assert loaded.found == [("K0123", "facts"), ("K0411", "s lis")]
    assert loaded.rulebook is None


def test_a_file_that_is_not_read_is_told_before_what_misses_it(tmp_path):
    load_files(
        tmp_path, rulebook=MANIFEST + "records: {r: {held_by: [s], fields: {a: {type: number}}}}\n"
    )
    (tmp_path / "s.yml").write_text("subject: s\n")
    found = check(Shelf().ready(tmp_path, {}))
    assert [d.code for d in found.diagnostics] == ["K0405", "K0201"]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("rulebook", "least: kept", "least: as before", ("K0544", "as before")),
        ("rulebook", "least: kept", "least: ", ("K0544", "least")),
        ("rulebook", "to: 2025-12-31", "to: ", ("K0122", "")),
        ("clauses", "[a/1, a/2, a/4], summary: All", "[a/1, a/2, a/4]", ("K0121", "carries")),
        ("clauses", "[a/1, a/2, a/4]", "[a/1, a/2, a/4, a/9]", ("K0532", "a/9")),
        ("shop", "subject: shop", "subject: [shop]", ("K0123", "[shop]")),
        ("shop", "subject: shop", "subject: my shop", ("K0124", "my shop")),
    ],
)
def test_one_mistake_in_a_successor_is_one_error(sound, name, old, new, said):
    assert FILES[name].count(old) == 1
    sound.write("next", **{name: FILES[name].replace(old, new)})
    assert sound.load("next").found == [said]


def test_a_clause_that_does_not_say_what_it_carries_is_taken_for_the_same(sound):
    more = "  a/1: {carries: }\n  a/2: {carries: [a/2, a/9]}\n  a/4: {carries: [{}]}\n"
    sound.write("next", clauses="clauses:\n" + more, shop=FILES["shop"].replace("b/1", "a/1"))
    assert sound.load("next").found == [("K0545", ""), ("K0532", "a/9"), ("K0545", "{}")]
