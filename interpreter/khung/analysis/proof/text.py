"""A case that was found, as the text of a case file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz_0123456789")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def case_text(
    rulebook: str,
    on: date,
    subjects: Mapping[str, Mapping[str, Mapping[str, Any]]],
    title: str = "",
    readings: Mapping[str, str] | None = None,
) -> str:
    """Return the text of a case: the head, then each subject with what it states, an entry a line.

    Args:
        rulebook: The id of the rulebook.
        on: The day of the case.
        subjects: What is stated, by type and id.
        title: What the case is about; none is written where it is empty.
        readings: The options that it asks for.
    """
    head = [f"case: {_scalar(title)}"] if title else []
    head += [f"rulebook: {_quoted(rulebook)}", f"on: {on.isoformat()}"]
    if readings:
        head.append(f"readings: {_flow(dict(readings))}")
    return "\n".join([*head, "complete: true", "subjects:", *_types(subjects)]) + "\n"


def _types(subjects: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    for name, entries in subjects.items():
        yield f"  {name}:"
        for key, stated in entries.items():
            yield f"    {key}:" if stated else f"    {key}: {{}}"
            for fact, value in stated.items():
                yield f"      {fact}: {_flow(value)}"


def _flow(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case _:
            return _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case str() if value and set(value) <= _PLAIN and value not in _WORDS:
            return value if value[0].isalpha() else _quoted(value)
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
