"""SQL as text: quoting, and logic that leaves out what is constant.

The text is in DuckDB's dialect, in what other engines have too, so that sqlglot can turn it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

TRUE, FALSE, NULL = "TRUE", "FALSE", "NULL"

DECIMALS = 4
"""How many decimals a number in a rulebook may have; those of tables have at least as many."""

SPLIT = "\x1f"
"""What stands between the two numbers of a ratio."""


def quoted(name: str) -> str:
    """Return a name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """Return a value as SQL has it.

    Raises:
        TypeError: It is of no type that stands in a column.
    """
    match value:
        case None:
            return NULL
        case bool():
            return TRUE if value else FALSE
        case int():
            return str(value) if value >= 0 else f"({value})"
        case Decimal():
            return literal(int(value)) if value == int(value) else f"({value:f})"
        case date():
            return f"DATE '{value:%Y-%m-%d}'" if value.year > 999 else f"DATE '{value.isoformat()}'"  # noqa: PLR2004  # as many
        case str():
            return "'" + value.replace("'", "''") + "'"
        case _:
            raise TypeError(type(value).__name__)


def constant(text: str) -> str | None:
    """Return the text that a constant one is; None of what is no such."""
    if len(text) < 2 or text[0] != "'" or text[-1] != "'":  # noqa: PLR2004  # two quotes
        return None
    inner = text[1:-1]
    return None if "'" in inner.replace("''", "") else inner.replace("''", "'")


def both(parts: Iterable[str]) -> str:
    """Return a conjunction."""
    found = list(dict.fromkeys(part for part in parts if part != TRUE))
    if FALSE in found:
        return FALSE
    if len(found) < 2:  # noqa: PLR2004  # nothing to join
        return found[0] if found else TRUE
    return "(" + " AND ".join(found) + ")"


def either(parts: Iterable[str]) -> str:
    """Return a disjunction."""
    found = list(dict.fromkeys(part for part in parts if part != FALSE))
    if TRUE in found:
        return TRUE
    if len(found) < 2:  # noqa: PLR2004  # nothing to join
        return found[0] if found else FALSE
    return "(" + " OR ".join(found) + ")"


def negated(part: str) -> str:
    """Return a negation."""
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    if part.startswith("(NOT ") and _is_one(part):
        return part[5:-1]
    return f"(NOT {part})"


def _is_one(part: str) -> bool:
    """Whether the bracket that a text begins with is closed by its last one."""
    depth = 0
    for at, letter in enumerate(part):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return at == len(part) - 1
    return False


def bracketed(part: str) -> str:
    """Return a part in brackets, unless it is in some."""
    return part if part.startswith("(") and _is_one(part) else f"({part})"


def chosen(condition: str, yes: str, no: str) -> str:
    """Return one of two values."""
    if condition == TRUE or yes == no:
        return yes
    if condition == FALSE:
        return no
    if SPLIT in yes or SPLIT in no:
        (a, b), (c, d) = (split(x) if SPLIT in x else (x, "1") for x in (yes, no))
        return pair(chosen(condition, a, c), chosen(condition, b, d))
    return f"CASE WHEN {condition} THEN {yes} ELSE {no} END"


def chosen_truth(condition: str, yes: str, no: str) -> str:
    """Return one of two truths, of which none is null."""
    return either((both((condition, yes)), both((negated(condition), no))))


def or_else(value: str, other: str) -> str:
    """Return a value, or another where it is null."""
    return value if value.isdigit() else f"coalesce({value}, {other})"


def extreme(function: str, parts: Iterable[str]) -> str:
    """Return the least or the greatest of values that are not null."""
    found = list(dict.fromkeys(parts))
    plain = [part for part in found if part.isdigit()]
    if len(plain) > 1:
        first = min(plain, key=int) if function == "least" else max(plain, key=int)
        found = [part for part in found if part == first or not part.isdigit()]
    return found[0] if len(found) == 1 else f"{function}({', '.join(found)})"


def pair(part: str, whole: str) -> str:
    """Return a ratio as one text."""
    return f"{part}{SPLIT}{whole}"


def split(ratio: str) -> tuple[str, str]:
    """Return the two numbers of a ratio."""
    part, _, whole = ratio.partition(SPLIT)
    return part, whole
