"""Many names in few words: series shortened, long lists cut; paths looked up; clauses cited."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khung.engine.facts import Case, Entity
    from khung.rulebook.model import Label

_NUMBERED = re.compile(r"(.*?)(\d+)")
_SHORTEST_SERIES = 3

_FEW_FACTS = 2
"""Up to how many facts others may need of a subject that is itself given."""


def listed(ids: Iterable[str], limit: int = 40) -> str:
    """Return ids in one line: a series as `a_1 … a_9`, and `…` after `limit` of them."""
    text, left = counted(ids, limit)
    return f"{text}, …" if left else text


def counted(ids: Iterable[str], limit: int) -> tuple[str, int]:
    """Return ids in one line, a series as one of at most `limit`, and how many ids are left."""
    parts = _parts(tuple(ids))
    text = ", ".join(text for text, _ in parts[:limit])
    return text, sum(size for _, size in parts[limit:])


def is_bare(entity: Entity) -> bool:
    """Whether a case says of a subject its level, and hardly more than its kind and links."""
    named = {entity.type.kind_field, *entity.type.links}
    return entity.given is not None and len(entity.facts.keys() - named) <= _FEW_FACTS


@dataclass(frozen=True, slots=True)
class Paths:
    """Leads paths such as `TYPE.ID.FACT` back to what they name."""

    objects: Mapping[str, Entity]

    @classmethod
    def of(cls, case: Case) -> Paths:
        """Return the paths of all subjects and records of a case."""
        subjects = (e for own in case.entities.values() for e in own.values())
        return cls({entity.path: entity for entity in (*subjects, *case.records)})

    def located(self, path: str) -> tuple[Entity, str] | None:
        """Return whose fact a path names, and its name; empty for the path of an object itself.

        The longest object counts, for an id may hold points itself. None where there is none.
        """
        prefix = path
        while prefix:
            if prefix in self.objects:
                return self.objects[prefix], path[len(prefix) + 1 :]
            prefix = prefix.rpartition(".")[0]
        return None


@lru_cache(maxsize=32)
def _parts(ids: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Return ids as series: of those who contend for places each is told the same."""
    return tuple(_series(ids))


def _series(ids: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield each id, or `a_1 … a_9` for a series, with how many ids that is."""
    start = 0
    while start < len(ids):
        end = start + 1
        while end < len(ids) and _follows(ids[end - 1], ids[end]):
            end += 1
        if end - start >= _SHORTEST_SERIES:
            yield f"{ids[start]} … {ids[end - 1]}", end - start
        else:
            yield from ((key, 1) for key in ids[start:end])
        start = end


def _follows(one: str, other: str) -> bool:
    a, b = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    if a is None or b is None or a[1] != b[1]:
        return False
    return int(b[2]) == int(a[2]) + 1


# -- clauses ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clauses:
    """Says clauses: those of the rulebook's own document without naming it."""

    lang: str
    summaries: Mapping[str, Label] = field(default_factory=dict)

    def cited(self, sources: Iterable[str]) -> str:
        """Return citations in short form: `5.2/1#new, UR-8 4`."""
        return ", ".join(map(self._short, sources))

    def summary(self, source: str) -> str:
        """Return what a clause says; empty if nothing is known of it."""
        label = self.summaries.get(source.partition("#")[0])
        return label.said(self.lang) if label else ""

    def _short(self, source: str) -> str:
        known = source.partition("#")[0] in self.summaries
        return source.partition(" ")[2] if known else source
