"""Who reads a column last: until then it is carried on from wave to wave."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from khung.sql.plan import read_by
from khung.sql.rows import Below
from khung.sql.table import Own, Passed, Raw, Via

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.sql.plan import Key, Plan

Waves = dict[str, dict[str, int]]
"""By table and column of SQL, a wave."""

END = 1 << 30
"""After all waves: what is wanted is read then."""


class Readers(NamedTuple):
    """The waves in which columns are read.

    Attributes:
        last: The last one, by anyone.
        outside: All in which others than the same objects of a table do.
    """

    last: Mapping[str, Mapping[str, int]]
    outside: Mapping[str, Mapping[str, set[int]]]


def readers_of(plan: Plan, pairs: Iterable[str]) -> Readers:
    """Return by table and column of SQL the waves in which it is read."""
    found = _Found(plan, _waves(), defaultdict(lambda: defaultdict(set)))
    for key, wave in plan.waves.items():
        for need in plan.column(key).needs:
            match need:
                case Own():
                    found.note((need.table, need.name), wave, outside=need.table != key[0])
                case Raw():
                    found.note_raw(key[0], need.name, wave, outside=False)
                case Via():
                    found.note((key[0], need.link), wave, outside=False)
                    for table in need.tables:
                        found.note((table, need.name), wave)
                case Passed():
                    found.note_passed(need, wave)
                case _:
                    pass
    for key in plan.wanted:
        found.note(key, END, outside=False)
    for asked, wave in plan.quotas.items():
        for table, names in plan.asked_in(asked).items():
            for name in names:
                found.note((table, name), wave + 1)
    for name in pairs:
        found.note_pairs(name)
    return Readers(found.last, found.outside)


def _waves() -> Waves:
    return defaultdict(lambda: defaultdict(int))


class _Found(NamedTuple):
    """What is found so far."""

    plan: Plan
    last: Waves
    outside: dict[str, dict[str, set[int]]]

    def note(self, key: Key, wave: int, *, outside: bool = True) -> None:
        """Note that a column is read in a wave."""
        column = self.plan.column(key)
        if column.is_constant:
            return
        for part in column.parts:
            self.note_raw(column.table.key, part, wave, outside=outside)

    def note_raw(self, table: str, part: str, wave: int, *, outside: bool) -> None:
        """Note that a column of SQL is read in a wave."""
        self.last[table][part] = max(self.last[table][part], wave)
        if outside:
            self.outside[table][part].add(wave)

    def note_passed(self, need: Passed, wave: int) -> None:
        """Note what a pass over a list reads of its elements."""
        source = self.plan.build.sources[need.source]
        for key in read_by(source, (need.name,)):
            self.note(key, wave)
        streamed = self.plan.build.profile.streamed
        for table in (t for t in source.tables if t.key in streamed):
            raws = [name[4:] for of, name in source.needs if of == table.key and name[:4] == "raw "]
            for name in (source.rows.link, *raws):
                self.note_raw(table.key, name, wave, outside=True)

    def note_pairs(self, name: str) -> None:
        """Note what is read to make pairs."""
        made = self.plan.build.made_of[name]
        wave = self.plan.of_pairs(self.plan.build.tables[name])
        for read in self.plan.may_be(made):
            self.note(read, wave)
        if isinstance(made, Below):
            return
        if made.through is not None:
            self.note((made.owner.key, made.through), wave)
        if made.led is not None:
            for element in made.rows.elements:
                self.note((element.key, made.led), wave)
