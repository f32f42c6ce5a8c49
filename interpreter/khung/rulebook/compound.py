"""Parts with a form of their own: periods, days of a calendar, majorities, keys of an order.

Reports: K0125, K0126, K0408, K0415, K0416 and those of `parts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.model import CalendarDay, Majority, OrderKey, Ref
from khung.rulebook.parts import at_key, each, exactly_one, expression, label
from khung.source.shape import Fields, named_entries
from khung.source.values import as_choice, as_mapping, as_sequence, date_in, under

if TYPE_CHECKING:
    from datetime import date

    from khung.rulebook.parts import Context
    from khung.source.nodes import Entry, Mapping
    from khung.syntax.ast import Expr

Days = tuple[CalendarDay, ...]

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


# -- days -----------------------------------------------------------------------------------


def period(entry: Entry, ctx: Context, at: str) -> tuple[date, date] | None:
    """Return the first and the last day that a rulebook is for."""
    fields = Fields.of(entry.value, ("from", "to"), ctx.bag, at)
    if fields is None or not fields.require("from", "to"):
        return None
    first, last = fields.date("from"), fields.date("to")
    if first is None or last is None:
        return None
    if first > last:
        ctx.bag.add("K0408", fields.span("to"), at=at, first=str(first), last=str(last))
        return None
    return first, last


def days(entry: Entry, ctx: Context, at: str) -> Days | None:
    """Return the days of a mapping from dates to labels."""
    node = as_mapping(entry.value, ctx.bag, at)
    if node is None:
        return None
    read = (_calendar_day(e, ctx, under(at, e.key)) for e in node.entries)
    return tuple(day for day in read if day is not None)


def _calendar_day(entry: Entry, ctx: Context, at: str) -> CalendarDay | None:
    found, said = date_in(entry.key, entry.key_span, ctx.bag, at), label(entry, ctx, at)
    return None if found is None or said is None else CalendarDay(found, said, span=entry.key_span)


def weekend(entry: Entry, ctx: Context, at: str) -> frozenset[int] | None:
    """Return days of the week, 1 for Monday; None if any of them cannot be read."""
    node = as_sequence(entry.value, ctx.bag, at)
    read = [] if node is None else each(node, _weekday, ctx, at)
    return None if node is None or None in read else frozenset(read)


def _weekday(entry: Entry, ctx: Context, at: str) -> int | None:
    word = as_choice(entry.value, WEEK, ctx.bag, at)
    return None if word is None else WEEK.index(word) + 1


# -- majorities and keys of an order --------------------------------------------------------

_MAJORITY = ("more_than", "at_least")
_ORDER = ("highest", "lowest")


def majority(entry: Entry, ctx: Context, at: str) -> Majority[Expr] | None:
    """Return the majority of a vote; of one for each level, the one by `default`."""
    node = as_mapping(entry.value, ctx.bag, at)
    if node is None or _is_majority(node):
        return None if node is None else _majority(entry, ctx, at)
    fields = Fields(node, (e.key for e in node.entries), ctx.bag, at)
    fields.require("default")
    return at_key(fields, "default", _majority, ctx)


def majorities(entry: Entry, ctx: Context, at: str) -> tuple[tuple[Ref, Majority[Expr]], ...]:
    """Return the majorities of single levels, all but the one by `default`."""
    node = as_mapping(entry.value, ctx.bag, at)
    if node is None or _is_majority(node):
        return ()
    others = [e for e in named_entries(node, ctx.bag, at) if e.key != "default"]
    read = [(Ref(e.key, e.key_span), _majority(e, ctx, under(at, e.key))) for e in others]
    return tuple((level, found) for level, found in read if found is not None)


def _is_majority(node: Mapping) -> bool:
    return any(entry.key in _MAJORITY for entry in node.entries)


def _majority(entry: Entry, ctx: Context, at: str) -> Majority[Expr] | None:
    key, share = _either(entry, _MAJORITY, ctx, at)
    return None if share is None else Majority(share, key == "more_than", entry.value.span)


def order_key(entry: Entry, ctx: Context, at: str) -> OrderKey[Expr] | None:
    """Return by what candidates are put in order."""
    key, value = _either(entry, _ORDER, ctx, at)
    return None if value is None else OrderKey(value, key == "highest")


def _either(
    entry: Entry, keys: tuple[str, ...], ctx: Context, at: str
) -> tuple[str | None, Expr | None]:
    fields = Fields.of(entry.value, keys, ctx.bag, at)
    key = None if fields is None else exactly_one(fields, keys, ctx)
    return key, None if fields is None or key is None else at_key(fields, key, expression, ctx)
