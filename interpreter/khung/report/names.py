"""Many names in few words: series shortened, long lists cut; paths of facts looked up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from khung.engine.facts import Case, Entity

_NUMBERED = re.compile(r"(.*?)(\d+)")
_SHORTEST_SERIES = 3


def listed(ids: Iterable[str], limit: int = 40) -> str:
    """Return ids in one line: a series as `a_1 … a_9`, and `…` after `limit` of them."""
    parts = list(_series(list(ids)))
    return ", ".join([*parts[:limit], "…"] if len(parts) > limit else parts)


def located(path: str, case: Case) -> tuple[Entity, str] | None:
    """Return whose fact a path such as `TYPE.ID.FACT` names, and its name.

    The name is empty where the path is that of a subject; None where nothing has that path.
    """
    type_name, _, rest = path.partition(".")
    own = case.entities.get(type_name, {})
    found = _longest(rest, own)
    if found is None:
        return None
    entity, name = own[found], rest[len(found) + 1 :]
    held = [r for r in case.records if r.owner is entity and path.startswith(f"{r.path}.")]
    if held:
        record = max(held, key=lambda r: len(r.path))
        return record, path[len(record.path) + 1 :]
    return entity, name


def _longest(rest: str, ids: Iterable[str]) -> str | None:
    """Return the longest id that a path begins with; an id may hold points itself."""
    known = set(ids)
    while rest:
        if rest in known:
            return rest
        rest = rest.rpartition(".")[0]
    return None


def _series(ids: Sequence[str]) -> Iterator[str]:
    start = 0
    while start < len(ids):
        end = start + 1
        while end < len(ids) and _follows(ids[end - 1], ids[end]):
            end += 1
        if end - start >= _SHORTEST_SERIES:
            yield f"{ids[start]} … {ids[end - 1]}"
        else:
            yield from ids[start:end]
        start = end


def _follows(one: str, other: str) -> bool:
    a, b = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    if a is None or b is None or a[1] != b[1]:
        return False
    return int(b[2]) == int(a[2]) + 1
