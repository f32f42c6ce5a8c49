"""In which cases a list of records may hold more than is written, as the data say."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.population.source import Source, says_more
from khung.sql.text import FALSE, NULL, both, either, literal, negated, quoted

if TYPE_CHECKING:
    from khung.ir.program import Fact


def opening_cases(source: Source, key: str, fact: Fact) -> str:
    """Return the query of the cases in which a list may hold more; empty for none.

    Of lists that records hold, and where it is worked out whether a count applies, not all is
    asked: such a list may hold more.

    Args:
        source: The tables.
        key: The table of those who have the list.
        fact: The list.
    """
    if not source.there.get(key):
        return ""
    declared = source.declared(key)
    assert declared is not None  # noqa: S101  # it has lists
    table, rows = quoted(f"in.{key}"), _rows(source, key, fact)
    if "." in key:
        return f"SELECT DISTINCT o.cs FROM {table} o WHERE {_of_record(source, key, fact)}"
    count = _most(source, key, declared.facts[fact.complete]) if fact.complete else FALSE
    if count is None:
        return f"SELECT DISTINCT o.cs FROM {table} o"
    number, more = ("coalesce(c.n, 0)", "(coalesce(c.m, 0) = 1)") if rows else ("0", FALSE)
    said = _said(source, key, fact)
    blank = f"({said} = '?' AND {number} = 0)"
    if fact.default is None or source.bare:
        nothing = both((f"({number} = 0 AND {said} <> '-')", negated(more)))
        blank = either((blank, nothing))
    goes_on = either((more, f"({said} = '?')"))
    if fact.complete:
        goes_on = f"coalesce({count} > {number}, TRUE)"
    where = either((blank, both((goes_on, negated(_named(source, key, fact))))))
    joined = f" LEFT JOIN ({rows}) c ON c.of = o.id AND c.cs = o.cs" if rows else ""
    return f"SELECT DISTINCT o.cs FROM {table} o{joined} WHERE {where}"


def _rows(source: Source, key: str, fact: Fact) -> str:
    """Return how many rows each list has, and whether one says that there may be more."""
    child = f"{key}.{fact.name}"
    lists = source.there.get(child)
    if not lists:
        return ""
    more = says_more(lists)
    return (
        f"SELECT cs, of, count(CASE WHEN NOT {more} THEN 1 END) AS n, "
        f"max(CASE WHEN {more} THEN 1 ELSE 0 END) AS m FROM {quoted('in.' + child)} GROUP BY cs, of"
    )


def _said(source: Source, key: str, fact: Fact) -> str:
    mark = f"{fact.name}?"
    return f"coalesce(o.{quoted(mark)}, '')" if mark in source.there[key] else "''"


def _of_record(source: Source, key: str, fact: Fact) -> str:
    """Return when a list that a record holds may hold more: which of several has rows is not asked."""
    said = _said(source, key, fact)
    if fact.complete:
        return "TRUE"
    if fact.default is None or source.bare:
        return f"{said} <> '-'"
    child = f"{key}.{fact.name}"
    lists = source.there.get(child, ())
    more = says_more(lists) if lists else FALSE
    cut = f"o.cs IN (SELECT c.cs FROM {quoted('in.' + child)} c WHERE {more})" if lists else FALSE
    return either((f"{said} = '?'", cut if more != FALSE else FALSE))


def _most(source: Source, key: str, count: Fact) -> str | None:
    """Return the most that a count says; None where more is asked for that than data."""
    if count.applies is not None:
        return None
    there, name = source.there[key], count.name
    most = NULL if count.high is None else literal(count.high)
    value = f"o.{quoted(name)}" if name in there else f"CAST({NULL} AS BIGINT)"
    if count.default is None or source.bare:
        return f"coalesce({value}, {most})"
    if not isinstance(count.default, n.Literal) or not isinstance(count.default.value, Decimal):
        return None
    default = literal(count.default.value)
    mark = f"{name}?"
    if mark not in there:
        return f"coalesce({value}, {default})"
    unsaid = f"CASE WHEN o.{quoted(mark)} = '?' THEN {most} ELSE {default} END"
    return f"coalesce({value}, {unsaid})"


def _named(source: Source, key: str, fact: Fact) -> str:
    """Return whether a case says of a list by name that it is whole."""
    return either(
        f"(o.cs = {case} AND o.id = {literal(one)})"
        for case, said in source.whole.items()
        for subject, one, name in sorted(said.lists)
        if subject == key and name == fact.name
    )
