"""An entry of `calendars` to a `Calendar`.

Reports: K0470-K0474 and those of `reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest
from khung.rulebook.model import Calendar, CalendarDay
from khung.rulebook.names import check_name
from khung.rulebook.reader import HEAD, Context, fields_of, head, label_of
from khung.source import limits
from khung.source.values import as_sequence, as_word, date_in, under

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from khung.source.nodes import Entry, Node
    from khung.source.shape import Fields

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def calendar(entry: Entry, ctx: Context, at: str) -> Calendar | None:
    """Read one calendar; None without its ends or its weekend."""
    check_name(entry, ctx.bag, at)
    keys = (*HEAD, "from", "to", "weekend", "holidays", "working")
    fields = fields_of(entry.value, keys, ctx, at)
    if fields is None:
        return None
    fields.require("from", "to", "weekend")
    common, weekend = head(entry, fields, ctx), _weekend(fields, ctx)
    holidays, working = _days(fields, "holidays", ctx), _days(fields, "working", ctx)
    _check_both(holidays, working, ctx)
    if weekend is not None:
        _check_idle(weekend, holidays, working, ctx)
    first, last = fields.date("from"), fields.date("to")
    if first is None or last is None or not _check_ends(fields, first, last, ctx):
        return None
    for day in (*holidays, *working):
        if not first <= day.day <= last:
            ctx.bag.add(
                "K0471", day.span, at=at, day=str(day.day), first=str(first), last=str(last)
            )
    return Calendar(common, first, last, weekend or frozenset(), holidays, working)


def _check_ends(fields: Fields, first: date, last: date, ctx: Context) -> bool:
    if last < first:
        at = fields.path("to")
        ctx.bag.add("K0470", fields.span("to"), at=at, first=str(first), last=str(last))
        return False
    if (last - first).days >= limits.CALENDAR_DAYS:
        ctx.bag.add("K0474", fields.span("to"), at=fields.path("to"), limit=limits.CALENDAR_DAYS)
        return False
    return True


# -- days ---------------------------------------------------------------------------------------


def _weekend(fields: Fields, ctx: Context) -> frozenset[int] | None:
    """Return the days off of a week; None if any of them cannot be read."""
    node, at = fields.node_at("weekend"), fields.path("weekend")
    sequence = None if node is None else as_sequence(node, ctx.bag, at)
    if sequence is None:
        return None
    read = [_weekday(n, ctx, under(at, i)) for i, n in enumerate(sequence.items)]
    found = frozenset(day for day in read if day is not None)
    return None if None in read else found


def _weekday(node: Node, ctx: Context, at: str) -> int | None:
    word = as_word(node, ctx.bag, at)
    if word is None or word in WEEK:
        return None if word is None else WEEK.index(word) + 1
    near = nearest(word, WEEK)
    advice, known = "near" if near else "", ", ".join(WEEK)
    ctx.bag.add("K0126", node.span, help=advice, at=at, value=word, allowed=known, near=near or "")
    return None


def _days(fields: Fields, key: str, ctx: Context) -> tuple[CalendarDay, ...]:
    node = fields.mapping(key)
    if node is None:
        return ()
    read = (_day(entry, ctx, under(fields.path(key), entry.key)) for entry in node.entries)
    return tuple(day for day in read if day is not None)


def _day(entry: Entry, ctx: Context, at: str) -> CalendarDay | None:
    day, said = date_in(entry.key, entry.key_span, ctx.bag, at), label_of(entry.value, ctx, at)
    return None if day is None or said is None else CalendarDay(day, said, span=entry.key_span)


def _check_both(
    holidays: Iterable[CalendarDay], working: Iterable[CalendarDay], ctx: Context
) -> None:
    off = {holiday.day: holiday.span for holiday in holidays}
    for day in working:
        if day.day in off:
            ctx.bag.add("K0472", day.span, related=(off[day.day],), day=str(day.day))


def _check_idle(
    weekend: frozenset[int],
    holidays: Iterable[CalendarDay],
    working: Iterable[CalendarDay],
    ctx: Context,
) -> None:
    off = {holiday.day for holiday in holidays}
    for day in working:
        if day.day not in off and day.day.isoweekday() not in weekend:
            ctx.bag.add("K0473", day.span, day=str(day.day))
