"""What holds between the days of a calendar: all within it, none both free and worked on.

Reports: K0470-K0474.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.source import limits

if TYPE_CHECKING:
    from khung.rulebook import model as m
    from khung.rulebook.forms import Days, Found
    from khung.rulebook.parts import Context
    from khung.source.shape import Fields


def finish_calendar(found: Found, fields: Fields, ctx: Context) -> None:
    """Report what does not fit together in a calendar; one that is too long has no last day."""
    days_off, working = found.get("holidays", ()), found.get("working", ())
    _check_days(days_off, working, found.get("weekend"), ctx)
    found.setdefault("weekend", frozenset())
    first, last = found.get("first"), found.get("last")
    if first is None or last is None:
        return
    begin, end = str(first), str(last)
    span, at = fields.span("to"), fields.path("to")
    if last < first:
        ctx.bag.add("K0470", span, at=at, first=begin, last=end)
    elif (last - first).days >= limits.CALENDAR_DAYS:
        ctx.bag.add("K0474", span, at=at, limit=limits.CALENDAR_DAYS)
    else:
        outside = [one for one in (*days_off, *working) if not first <= one.day <= last]
        _report_outside(outside, begin, end, fields, ctx)
        return
    found["last"] = None


def _report_outside(
    outside: list[m.CalendarDay], begin: str, end: str, fields: Fields, ctx: Context
) -> None:
    """Report each day outside a calendar; once, at its end, those taken over with another."""
    own = {fields.span(key).file.name for key in ("from", "to")}
    kept = [one for one in outside if one.span.file.name not in own]
    for one in (one for one in outside if one not in kept):
        ctx.bag.add("K0471", one.span, at=fields.at, day=str(one.day), first=begin, last=end)
    for one in kept[:1]:
        ctx.bag.add(
            "K0471",
            fields.key_span("to"),
            help="kept",
            at=fields.at,
            related=(one.span,),
            day=str(one.day),
            first=begin,
            last=end,
            more=len(kept) - 1,
        )


def _check_days(
    holidays: Days, working: Days, weekend: frozenset[int] | None, ctx: Context
) -> None:
    """Report days that are free and worked on, and days worked on that are so anyhow."""
    off = {holiday.day: holiday.span for holiday in holidays}
    for one in working:
        if one.day in off:
            ctx.bag.add("K0472", one.span, related=(off[one.day],), day=str(one.day))
        elif weekend is not None and one.day.isoweekday() not in weekend:
            ctx.bag.add("K0473", one.span, day=str(one.day))
