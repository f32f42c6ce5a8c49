"""Days and durations as ISO 8601 texts, of rulebooks, cases and the engine alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from khung.ir import types as t
from khung.patterns import pattern

_DURATION = pattern(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?"
    r"(T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_DATE = pattern(r"(\d{4})-(\d\d)-(\d\d)")

DAY, HOUR, MINUTE = 86400, 3600, 60


def parse_date(text: str) -> date | None:
    """Return the day that an ISO 8601 text `YYYY-MM-DD` names; None where there is none."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def parse_duration(text: str) -> tuple[object, t.Type] | None:
    """Return months or seconds of an ISO 8601 duration, with the type; None where it is neither."""
    found = _DURATION.fullmatch(text)
    if not found or text.endswith(("P", "T")):
        return None
    sign, years, months, days, time, hours, minutes, seconds = found.groups()
    factor = -1 if sign else 1
    if years or months:
        if days or time:
            return None
        return factor * (12 * int(years or 0) + int(months or 0)), t.MONTHS
    whole = int(days or 0) * DAY + int(hours or 0) * HOUR + int(minutes or 0) * MINUTE
    return factor * (whole + Decimal(seconds or 0)), t.SECONDS
