"""Clauses of a new document that repeat a range of the old one."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.test_extend import NEW_DOCUMENT, cited

ALL = "clauses:\n  a/*: {carries: true}\n"


def carried(found):
    return {clause.address: clause.carries for clause in found.clauses}


def test_a_range_carries_each_of_its_clauses(shelf):
    short = shelf.next(NEW_DOCUMENT, clauses=ALL).sound
    each = "".join(f"  a/{number}: {{carries: true}}\n" for number in (1, 2, 3, 4))
    long = shelf.next(NEW_DOCUMENT, clauses=f"clauses:\n{each}").sound
    assert short.clauses == long.clauses
    assert short.subjects == long.subjects
    assert short.leads == long.leads
    assert cited(short.subjects[0].caps[0].head) == [" a/4#"]


def test_a_range_may_stand_under_another_heading_now(shelf):
    found = shelf.next(NEW_DOCUMENT, clauses="clauses: {b.2/*: {carries: a/*}}").sound
    assert carried(found) == {f"b.2/{n}": (f"a/{n}",) for n in (1, 2, 3, 4)}
    assert cited(found.subjects[0].caps[0].head) == [" b.2/4#"]


def test_the_narrower_range_and_the_single_clause_come_first(shelf):
    own = 'clauses:\n  "*": {carries: true}\n  a/4*: {carries: D-1 a/4*}\n'
    found = shelf.next(NEW_DOCUMENT, clauses=own + "  a/1: {carries: true, summary: New}\n").sound
    assert set(carried(found)) == {"a/1", "a/2", "a/3", "a/4"}
    assert {c.address: c.summary.vi for c in found.clauses}["a/1"] == "New"


def test_what_is_new_at_the_end_moves_nothing(shelf):
    found = shelf.next(NEW_DOCUMENT, clauses=ALL + "  a/5: {summary: Five}\n").sound
    assert len(found.clauses) == 5


def test_what_stands_after_an_insertion_may_be_said_singly(shelf):
    own = "  a/4: {summary: New}\n  a/5: {carries: a/4}\n"
    found = shelf.next(NEW_DOCUMENT, clauses=ALL + own).sound
    assert cited(found.subjects[0].caps[0].head) == [" a/5#"]


def test_a_range_that_nobody_compared_asks_for_each(shelf):
    found = shelf.next(NEW_DOCUMENT, clauses="clauses: {a/*: {carries: open}}").found
    assert found == [("K0538", "a/*")] * 4


MOVED = {
    "inserted": ("  a/3: {summary: New}\n", "a/3"),
    "inserted with a letter": ("  a/3a: {summary: New}\n", "a/3a"),
    "the first of two": ("  a/3: {summary: B}\n  a/1: {summary: A}\n", "a/1"),
    "moved to the end": ("  a/5: {carries: a/4}\n", "a/5"),
    "moved up": ("  a/3: {carries: a/4}\n", "a/3"),
}


@pytest.mark.parametrize(("own", "place"), MOVED.values(), ids=MOVED)
def test_clauses_that_moved(own, place, shelf):
    assert shelf.next(NEW_DOCUMENT, clauses=ALL + own).found == [("K0551", place)]


WRONG = {
    "more than what it carries": ("a/*: {carries: true, summary: New}", "K0550", "summary"),
    "one clause": ("a/*: {carries: a/1}", "K0550", "a/1"),
    "nothing": ("a/*: {summary: New}", "K0550", "summary"),
    "another sign after the heading": ("a.*: {carries: true}", "K0532", "a.*"),
    "another sign in what it carries": ("b/*: {carries: a.*}", "K0532", "b/*"),
    "no such clauses": ("a/*: {carries: true}, b/*: {carries: true}", "K0532", "b/*"),
}


@pytest.mark.parametrize(("own", "code", "place"), WRONG.values(), ids=WRONG)
def test_ranges_that_are_wrong(own, code, place, shelf):
    found = shelf.next(NEW_DOCUMENT, clauses=f"clauses: {{{own}}}").found
    assert found == [(code, place)]


def test_a_range_needs_another_document(shelf):
    found = shelf.next(clauses=ALL).found
    assert found == [("K0533", "carries")]
