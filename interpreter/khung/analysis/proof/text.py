"""A case that was found, as the text of a case file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.source.writing import flow, quoted, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date


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
    head = [f"case: {scalar(title)}"] if title else []
    head += [f"rulebook: {quoted(rulebook)}", f"on: {on.isoformat()}"]
    if readings:
        head.append(f"readings: {flow(dict(readings))}")
    return "\n".join([*head, "complete: true", "subjects:", *_types(subjects)]) + "\n"


def _types(subjects: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    for name, entries in subjects.items():
        yield f"  {name}:"
        for key, stated in entries.items():
            yield f"    {key}:" if stated else f"    {key}: {{}}"
            for fact, value in stated.items():
                yield f"      {fact}: {flow(value)}"
