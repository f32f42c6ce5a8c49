"""All columns that are needed, with the wave in which each is there.

What reads another table, or sums up a list, waits until that is there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING

from khung.records import dataclass
from khung.sql import quota_members
from khung.sql.ends import UnsupportedError
from khung.sql.rows import Below, Source
from khung.sql.table import Own, Passed, Quoted, Table, Via, stem_of
from khung.sql.text import FALSE, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from khung.ir.program import Quota
    from khung.sql.build import Build
    from khung.sql.rows import Pairs
    from khung.sql.table import Column

Key = tuple[str, str]
"""A table and the name of one of its columns."""


@dataclass(slots=True)
class Plan:
    """All columns that are needed, with the wave in which each is there.

    Attributes:
        wanted: Those asked for.
        kept: Those of them that are asked for several times.
        stated: What is asked for beside them as it is stated, by table.
    """

    build: Build
    wanted: tuple[Key, ...]
    kept: tuple[Key, ...] = ()
    stated: Mapping[str, Sequence[str]] = field(default_factory=dict)
    waves: dict[Key, int] = field(default_factory=dict)
    depths: dict[Key, int] = field(default_factory=dict)
    last_read: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    made: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    quotas: dict[Quoted, int] = field(default_factory=dict)
    new: dict[tuple[str, int], list[Key]] = field(default_factory=lambda: defaultdict(list))

    # -- waves -------------------------------------------------------------------------------

    def column(self, key: Key) -> Column:
        """Return a column."""
        return self.build.column(self.build.tables[key[0]], key[1])

    def wave(self, key: Key) -> int:
        """Return the wave in which a column is there; it is found with all that it needs."""
        found = self.column(key)
        key = (found.table.key, key[1])
        if key in self.waves:
            return self.waves[key]
        wave = 1 if not found.table.kind else 2
        if found.table.key in self.build.made_of:
            wave = self.of_pairs(found.table)
        for need in found.needs:
            wave = max(wave, self._after(need, found.table))
        self.waves[key] = wave
        self.new[key[0], wave].append(key)
        return wave

    def _after(self, need: object, table: Table) -> int:
        match need:
            case Own():
                found = self.wave((need.table, need.name))
                return found if need.table == table.key else found + 1
            case Via():
                own = self._link_wave(need.link, table)
                return max(own, *(self.wave((t, need.name)) + 1 for t in need.tables))
            case Passed():
                source = self.build.sources[need.source]
                return self._of_source(source, (need.name,))
            case Quoted():
                return self.of_quota(need) + 1
            case _:
                return 1

    def _link_wave(self, link: str, table: Table) -> int:
        found = self.column((table.key, link))
        wave = self.wave((table.key, link))
        return wave if found.table.key == table.key else wave + 1

    def _of_source(self, source: Source, names: Iterable[str]) -> int:
        waves = [self.wave(key) + 1 for key in read_by(source, names)]
        waves += [self.of_pairs(t) + 1 for t in source.tables if t.key in self.build.made_of]
        return max(waves, default=1)

    def of_pairs(self, table: Table) -> int:
        """Return the wave in which pairs can be made: both sides are led to by then."""
        made = self.build.made_of[table.key]
        if isinstance(made, Below):
            return max([1, *(self.wave(key) + 1 for key in self.may_be(made))])
        waves = [1]
        if made.through is not None:
            waves.append(self.wave((made.owner.key, made.through)) + 1)
        if made.led is not None:
            waves += [self.wave((t.key, made.led)) + 1 for t in made.rows.elements]
        if made.under is not None:
            waves.append(self.of_pairs(made.element) + 1)
        waves += [self.wave(key) + 1 for key in self.may_be(made)]
        return max(waves)

    def may_be(self, made: Pairs | Below) -> list[Key]:
        """Return what is read to say who may be in a list of which pairs are made."""
        if isinstance(made, Below):
            if made.one_down is None:
                return []
            return [*read_by(self.build.sources[made.one_down.key], ()), *made.may]
        if made.rows.may_be == FALSE:
            return []
        source = self.build.sources[made.rows.key]
        found: list[Key] = read_by(source, ())
        if made.possible is not None:
            found.append((made.owner.key, made.possible))
        return found

    def of_quota(self, need: Quoted) -> int:
        """Return the wave in which all is there that a quota asks of those in it."""
        if self.quotas.get(need) == 0:
            raise UnsupportedError(f"a quota that waits for itself: {need.name}")
        if need not in self.quotas:
            self.quotas[need] = 0
            self.quotas[need] = max(
                self.wave((key, name)) for key, of in self.asked_in(need).items() for name in of
            )
        return self.quotas[need]

    def quota(self, need: Quoted) -> Quota:
        """Return a quota."""
        return self.build.program.objects[need.subject].quotas[need.place]

    def in_quota(self, need: Quoted) -> list[Table]:
        """Return the tables of those whom a quota may touch."""
        return quota_members.tables_in(self.build, need.subject, need.place)[need.part]

    def asked_in(self, need: Quoted) -> dict[str, list[str]]:
        """Return the columns that a quota reads, by table."""
        return quota_members.asked_in(self.build, need.subject, need.place, need.part)


def read_by(source: Source, names: Iterable[str]) -> list[Key]:
    """Return the columns of elements that some sums of a list read."""
    texts = [text for name in names for text in source.sums[name]]
    if any(source.sums[name][1] for name in names):
        texts.append(source.open_link)
    said = " ".join(texts or [source.open_link])
    columns: list[Key] = [(t, n) for t, n in source.needs if not n.startswith("raw ")]
    return [
        k for k in columns if f"e.{quoted(stem_of(k[1]))}" in said or f'e."{stem_of(k[1])}.' in said
    ]
