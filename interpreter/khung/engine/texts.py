"""Plain values as the language writes them."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from khung.ir import types as t
from khung.ir.dates import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from khung.engine.values import Elements

WIDE = Context(prec=13000)
"""Room for every rounding scale, so that rounding never meets the limit of 34 digits."""


def plain(n: Decimal) -> Decimal:
    """Drop idle zeros and a negative zero."""
    if not n.is_finite():
        return n
    return n.normalize(WIDE) if n else Decimal(0)


def number_text(value: Decimal) -> str:
    """Return a decimal as digits, without an exponent and without idle zeros."""
    if value.is_infinite():
        return "∞" if value > 0 else "-∞"
    return format(plain(value), "f")


def months_text(months: int) -> str:
    """Return a years-and-months duration in ISO 8601."""
    years, rest = divmod(abs(months), 12)
    sign = "-" if months < 0 else ""
    parts = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
    return f"{sign}P{parts or '0M'}"


def seconds_text(seconds: Decimal) -> str:
    """Return a days-and-time duration in ISO 8601."""
    days, rest = WIDE.divmod(abs(seconds), Decimal(DAY))
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    time = "".join(
        f"{number_text(Decimal(n))}{unit}"
        for n, unit in ((hours, "H"), (minutes, "M"), (rest, "S"))
        if n
    )
    sign = "-" if seconds < 0 else ""
    day = f"{number_text(Decimal(days))}D" if days else ""
    return f"{sign}P{day}{'T' + time if time else ''}" if day or time else "PT0S"


def text_of(value: Any, ty: t.Type) -> str | None:
    """Return a plain value as FEEL writes it; None for what has no text."""
    match ty:
        case t.String() | t.Enumeration():
            return str(value)
        case t.Boolean():
            return "true" if value else "false"
        case t.Months():
            return months_text(value)
        case t.Seconds():
            return seconds_text(value)
        case t.Date():
            return str(value.isoformat())
        case t.Number():
            return number_text(value)
        case t.List():
            return _list_text(value, ty.element)
        case _:
            return None


def _list_text(value: Elements, element: t.Type) -> str | None:
    if not value.settled or any(item.value.why for item in value.items):
        return None
    texts = [text_of(item.value.least, element) for item in value.items]
    if isinstance(element, t.String):
        texts = [
            text and '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts
        ]
    return "[" + ", ".join(text or "null" for text in texts) + "]"
