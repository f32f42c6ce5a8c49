"""Texts that a successor takes over and that name a year of the time before.

Nobody but a reader can tell which of them must change: they are listed, and not warned of.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from khung.rulebook import model as m
from khung.rulebook.entries import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.rulebook.entries import Entry


def old_words(own: m.Rulebook, base: m.Rulebook) -> tuple[str, ...]:
    """Return the paths of entries and clauses that say, as in the base, what names a past year.

    Years are those of the base and the one before it; a document may be of any year. () if both are
    of one period.
    """
    if own.period <= base.period:
        return ()
    first, last = base.period[0].year - 1, min(base.period[1].year, own.period[0].year - 1)
    year = re.compile(rf"(?<!\d)({'|'.join(map(str, range(first, last + 1)))})(?!\d)")
    before = dict(_texts(base))
    return tuple(
        path
        for path, said in _texts(own)
        if before.get(path) == said and any(year.search(f"{s.vi} {s.en}") for s in said)
    )


def _texts(rulebook: m.Rulebook) -> Iterator[tuple[str, tuple[m.Label, ...]]]:
    for entry in entries(rulebook):
        if not isinstance(entry.node, m.Document):
            yield _path(entry), tuple(_said(entry))
    for clause in rulebook.clauses:
        yield f"clauses.{clause.address}", (clause.summary,)


def _said(entry: Entry) -> Iterator[m.Label]:
    for text in (
        entry.head.label,
        *(getattr(entry.node, n, None) for n in ("question", "because")),
    ):
        if isinstance(text, m.Label):
            yield text


def _path(entry: Entry) -> str:
    owner = f"{entry.owner.head.id}." if entry.owner is not None else ""
    return f"{owner}{entry.head.at}"
