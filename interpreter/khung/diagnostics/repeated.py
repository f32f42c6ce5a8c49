"""What is said of many cells of one column, as one diagnostic: a table repeats a mistake."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from khung.diagnostics.model import Diagnostic, Repeated
from khung.records import replace
from khung.text import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.text import Span

NAMED = 10
"""How many of the cells a message names."""


def collapsed(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics, in order of place, one for all that are alike in a column of a table."""
    found: dict[object, list[Diagnostic]] = {}
    for one in diagnostics:
        span = one.span
        is_cell = span is not None and isinstance(span.file, Grid)
        key = (one.code, one.help, span.file, _column(span)) if is_cell and span else id(one)
        found.setdefault(key, []).append(one)
    return tuple(_one_of(alike) for alike in found.values())


def _column(span: Span) -> int:
    return span.file.position(span.start)[1]


def _one_of(alike: list[Diagnostic]) -> Diagnostic:
    if len(alike) == 1:
        return alike[0]
    count = sum(one.repeated.count if one.repeated else 1 for one in alike)
    return replace(alike[0], repeated=Repeated(count, tuple(islice(_rows(alike), NAMED))))


def _rows(alike: list[Diagnostic]) -> Iterator[str]:
    """Yield the rows of all cells but the first, with what stands there where it differs."""
    first = alike[0].span.text if alike[0].span else ""
    for number, one in enumerate(alike):
        text = one.span.text if one.span else ""
        said = f" `{text}`" if text != first else ""
        if number and one.span:
            yield f"{one.span.file.position(one.span.start)[0]}{said}"
        yield from (f"{row}{said}" for row in (one.repeated.rows if one.repeated else ()))
