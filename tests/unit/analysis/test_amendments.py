"""What a check says of amendments beside a rulebook."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.conftest import NEXT, Shelf
from tests.unit.rulebook.test_amended import AGAIN, CHANGED, CLAUSES

from khung.analysis.checking import check
from khung.driver import Shelf as Rulebooks

YEAR = NEXT.replace("id: next", "id: year").replace("document: D-1", "document: D-1")


@pytest.fixture
def checked(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.write("next", rulebook=CHANGED, clauses=CLAUSES)

    def found(book, manifest, **files):
        shelf.write(book, rulebook=manifest, **files)
        said = check(Rulebooks().ready(tmp_path / book, {})).diagnostics
        return [(d.code, d.span.text) for d in said if d.code in ("K0554", "K0730", "K0731")]

    return found


def test_who_extends_the_year_passes_over_what_amends_it(checked):
    assert checked("year", YEAR) == [("K0730", "base")]


def test_who_extends_the_last_amendment_does_not(checked):
    after = YEAR.replace("rulebook: base", "rulebook: next").replace("D-1", "Q-1")
    assert checked("year", after) == []


def test_who_extends_the_first_of_two_passes_over_the_second(checked):
    checked("again", AGAIN, clauses=CLAUSES)
    after = YEAR.replace("rulebook: base", "rulebook: next").replace("D-1", "Q-1")
    assert checked("year", after) == [("K0730", "next")]


def test_two_do_not_amend_the_same_text(checked):
    beside = AGAIN.replace("rulebook: next", "rulebook: base")
    assert checked("again", beside, clauses=CLAUSES) == [("K0554", "base")]
    assert checked("next", CHANGED, clauses=CLAUSES) == [("K0554", "base")]


def test_one_after_another_is_well(checked):
    assert checked("again", AGAIN, clauses=CLAUSES) == []


def test_what_is_changed_cites_the_document_that_changes_it(checked):
    cites_the_old = CHANGED.replace(', source: "1"', "")
    assert checked("next", cites_the_old, clauses=CLAUSES) == [("K0731", "least")]
    shop = "subject: shop\ncaps: {closed: {at_most: high}}\n"
    assert checked("next", CHANGED, clauses=CLAUSES, shop=shop) == [("K0731", "closed")]
    shop = 'subject: shop\ncaps: {closed: {at_most: high, source: "1"}}\n'
    assert checked("next", CHANGED, clauses=CLAUSES, shop=shop) == []


def test_texts_that_say_the_old_value_are_listed(tmp_path):
    shelf = Shelf(tmp_path)
    shop = (tmp_path / "base" / "shop.yaml").read_text("utf-8")
    label = "{label: From 5 on, when: not(open) and size >= parameters.least,"
    shelf.write("base", shop=shop.replace("{when: not(open),", label))
    shelf.write("next", rulebook=CHANGED, clauses=CLAUSES)
    words = check(Rulebooks().ready(tmp_path / "next", {})).old_words
    assert words == ("shop.caps.closed",)
