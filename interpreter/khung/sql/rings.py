"""Whether work may run in a ring because it is not known in which group of a quota somebody is.

The reference evaluator then knows nothing of the groups of such a one, though what closes the ring
may make no difference. A plan has no ring where that was folded away, and would know more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.order import path_of, sorted_work, waits_of
from khung.ir.program import Work
from khung.ir.stages import names
from khung.rulebook.model.rules import Stage
from khung.sql.ends import UnsupportedError
from khung.sql.quota_members import Asked, name_of, tables_in, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import ObjectType
    from khung.sql.build import Build
    from khung.sql.table import Table

_BEFORE, _AFTER = names.of_stage(Stage.DEFER), names.of_stage(Stage.QUOTA)


def check_rings(build: Build) -> None:
    """Check that work has an order in which each group of a quota waits for all who may be in it.

    Raises:
        UnsupportedError: It has none, and the group of somebody is not known.
    """
    groups = list(_groups(build))
    if not any(_is_open(build, *one) for one in groups):
        return
    waits = waits_of(build.program, below=_below(build))
    for declared, _, part in groups:
        before = [Work(declared.name, table.kind, _BEFORE) for table in part]
        before += [Work(declared.name, x.kind, names.RANKED) for x in build.kinds_of(declared.name)]
        for table in part:
            work = Work(declared.name, table.kind, _AFTER)
            waits[work] = (*waits[work], *before)
    _, ring = sorted_work(waits)
    if ring:
        raise UnsupportedError(f"a quota that waits for itself: {path_of(ring)}")


def _groups(build: Build) -> Iterator[tuple[ObjectType, int, list[Table]]]:
    """Yield by quota those of a subject worked out by kinds who may share a group."""
    for declared in build.program.subjects:
        if build.kinds_of(declared.name):
            for place in range(len(declared.quotas)):
                yield from ((declared, place, part) for part in _parts(build, declared, place))


def _parts(build: Build, declared: ObjectType, place: int) -> list[list[Table]]:
    try:
        return tables_in(build, declared.name, place)
    except UnsupportedError:  # whose results are left
        return [[*tables_of(build, declared.name)]]


def _is_open(build: Build, declared: ObjectType, place: int, part: list[Table]) -> bool:
    """Whether the key of anybody may not be known, or whether there is one."""
    keys = Asked(declared.quotas[place]).keys
    try:
        columns = [build.column(table, name_of(place, key)) for table in part for key in keys]
    except UnsupportedError:
        return True
    in_lists = any(not key.startswith("key") for key in keys)
    return in_lists or any(c.ends.loose or c.state.surely != c.state.may for c in columns)


def _below(build: Build) -> dict[tuple[str, str], set[str]]:
    """Return by subject and kind the kinds that stand below, however far."""
    found: dict[tuple[str, str], set[str]] = {}
    for (subject, _, upper), kinds in build.profile.below.items():
        found.setdefault((subject, upper), set()).update(kinds)
    for (subject, _), those in found.items():  # each kind comes before those above it
        those.update(*(found.get((subject, kind), ()) for kind in tuple(those)))
    return found
