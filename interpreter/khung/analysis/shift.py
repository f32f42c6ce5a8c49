"""A case moved to another period: all its dates by whole months, its numbers as they are."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from khung.ir.calls import parse_date
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from khung.casefile.model import CaseFile, Group, Written
    from khung.rulebook.model import Rulebook

_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})(\.\.\d{4}-\d{2}-\d{2})?")
_ONE = re.compile(r"\d{4}-\d{2}-\d{2}")


def months_between(before: Rulebook, after: Rulebook) -> int:
    """Return how many months the period of one rulebook begins before that of the other."""
    first, other = before.period[0], after.period[0]
    return 12 * (other.year - first.year) + other.month - first.month


def months_to(case_file: CaseFile, home: Rulebook, away: Rulebook) -> int:
    """Return by how many months a case is moved to run under `away`; 0 where it belongs there.

    A case belongs to the rulebook that it names, or else to that whose period holds its day.
    """
    return months_between(home, away) if _belongs(case_file, home, away) else 0


def _belongs(case_file: CaseFile, home: Rulebook, away: Rulebook) -> bool:
    name = case_file.rulebook.name
    if home.id != away.id and name in (home.id, away.id):
        return name == home.id
    first, last = home.period
    return case_file.on is not None and first <= case_file.on <= last


def moved_case(case_file: CaseFile, months: int) -> CaseFile:
    """Return a case with its dates moved by some months, what it expects as it is."""
    if not months:
        return case_file
    on = case_file.on and moved_day(case_file.on, months)
    groups = tuple(_group(group, months) for group in case_file.subjects)
    return replace(case_file, on=on, subjects=groups)


def moved_day(day: date, months: int) -> date:
    """Return the same day some months later; the last of the month where it has no such day."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return day
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def moved_data(data: Any, months: int) -> Any:
    """Return plain data with the dates in it moved."""
    match data:
        case str():
            return _text(data, months)
        case dict():
            return {key: moved_data(value, months) for key, value in data.items()}
        case list():
            return [moved_data(value, months) for value in data]
        case _:
            return data


def _group(group: Group, months: int) -> Group:
    return replace(group, entries=tuple(_written(one, months) for one in group.entries))


def _written(written: Written, months: int) -> Written:
    facts = tuple(_entry(entry, months) for entry in written.facts)
    given = written.given
    if given is not None and given.on is not None:
        given = replace(given, on=moved_day(given.on, months))
    return replace(written, facts=facts, given=given)


def _entry(entry: Entry, months: int) -> Entry:
    return replace(entry, value=_node(entry.value, months))


def _node(node: Node, months: int) -> Node:
    match node:
        case Mapping():
            return replace(node, entries=tuple(_entry(entry, months) for entry in node.entries))
        case Sequence():
            return replace(node, items=tuple(_node(item, months) for item in node.items))
        case Scalar(value=str(written)):
            text, value = _text(node.text.text, months), _text(written, months)
            return replace(node, value=value, text=replace(node.text, text=text))
        case Scalar():
            return node


def _text(text: str, months: int) -> str:
    """Return a text that is a date, or a range of dates, moved; any other as it is."""
    if not _DATES.fullmatch(text):
        return text
    return _ONE.sub(lambda found: _moved(found.group(), months), text)


def _moved(text: str, months: int) -> str:
    day = parse_date(text)
    return text if day is None else moved_day(day, months).isoformat()
