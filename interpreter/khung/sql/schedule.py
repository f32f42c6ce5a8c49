"""Statements for the columns that are asked for, in the order in which they can be run.

What reads another table, or sums up a list, waits until that is there: a statement makes all new
columns of a table that need not wait any longer, each layer of it reading the one before.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING

from khung.ir.stages.quota import is_joint
from khung.records import dataclass, replace
from khung.sql import quota_relation
from khung.sql.inline import inlined
from khung.sql.joins import Joins
from khung.sql.layers import Held, statement
from khung.sql.lists.asked import alias_of
from khung.sql.once import joined_once
from khung.sql.quotas.joint import joint_statement
from khung.sql.quotas.shape import Sql
from khung.sql.quotas.shape import Statement as Step
from khung.sql.quotas.write import quota_statements
from khung.sql.readers import END, Readers, readers_of
from khung.sql.rows import Pairs
from khung.sql.table import CASE, ROW, SELF, Own, Passed, Quoted, Raw, Table, Via
from khung.sql.text import literal, quoted
from khung.sql.writer import FullWriter

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from khung.sql.once import Read
    from khung.sql.plan import Key


NARROW = 20
"""How many more columns of a streamed table are held rather than worked out again."""


@dataclass(slots=True)
class Statements(Joins):
    """Writes the statements of a plan.

    Attributes:
        views: The last one of each streamed table.
        handed: What that has of tables that were joined for it.
    """

    views: dict[str, str] = field(default_factory=dict)
    handed: dict[str, dict[Read, str]] = field(default_factory=lambda: defaultdict(dict))
    parts_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def statements(self) -> Iterator[Step]:
        """Yield what makes all that is wanted, in the order of work."""
        plan = self.plan
        for key in plan.wanted:
            if not self.plan.column(key).is_constant:
                plan.wave(key)
        pairs = self._pair_waves()
        readers = readers_of(plan, [key for _, key in pairs])
        waves = sorted({w for _, w in plan.new} | {w for w, _ in pairs} | {*plan.quotas.values()})
        for wave in waves:
            for table in [t for w, t in pairs if w == wave]:
                yield self._pairs(table, wave)
            made = [name for name, w in plan.new if w == wave]
            for name in sorted(made, key=lambda k: ("#" in k, k)):
                if name in self.build.profile.streamed:
                    yield from self._streamed(name, wave, readers)
                else:
                    yield self._table(name, wave, readers.last)
            for need, w in list(plan.quotas.items()):
                if w == wave:
                    yield from self._quota_statements(need, wave)
        yield from self._kept()

    def _pair_waves(self) -> list[tuple[int, str]]:
        """Return the pairs that are needed with the wave in which they are made."""
        found: dict[str, int] = {}
        while True:  # what pairs need may need others
            used = {t for t, _ in self.plan.waves} | {self._under(k) for k in found}
            used |= self._summed_up()
            new = [k for k in self.build.made_of if k not in found and k in used]
            if not new:
                return [(wave, key) for key, wave in found.items()]
            found |= {key: self.plan.of_pairs(self.build.tables[key]) for key in new}

    def _under(self, key: str) -> str:
        """Return the pairs that the other side of pairs are, if they are such."""
        made = self.build.made_of[key]
        return made.element.key if isinstance(made, Pairs) and made.under is not None else ""

    def _summed_up(self) -> set[str]:
        """Return the tables that passes go over."""
        needs = (need for k in self.plan.waves for need in self.plan.column(k).needs)
        sources = {need.source for need in needs if isinstance(need, Passed)}
        return {t.key for name in sources for t in self.build.sources[name].tables}

    def _table(self, key: str, wave: int, readers: Mapping[str, Mapping[str, int]]) -> Sql:
        table = self.build.tables[key]
        keys = self.plan.new[key, wave]
        layers = self._layers(key, keys)
        new = [part for k in keys for part in self.plan.column(k).parts]
        names = [name for name in new if readers[key].get(name, 0) > wave]
        before = self.latest[key][-1] if self.latest[key] else None
        read_later = [
            name for name, last in readers[key].items() if last > wave and name not in new
        ]
        carried = [n for n in read_later if (before and n in before[2]) or self._is_raw(table, n)]
        first = self._first(table, wave, layers, carried)
        text = self._over(first, layers, wave, key, {*names}, Held(carried, names))
        made = f"{key}~{wave}"
        self.latest[key].append((wave, made, frozenset([*names, *carried])))
        return Sql(quoted(made), text)

    def _streamed(self, key: str, wave: int, readers: Readers) -> Iterator[Sql]:
        """Yield a view that adds the columns of a wave, and a table of what others read before the next."""
        made = f"{key}~{wave}"
        layers = self._layers(key, self.plan.new[key, wave])
        over = f"{quoted(self.views.get(key, key))} {SELF}"
        read_later = {x for x, last in readers.last[key].items() if last > wave}
        yield Sql(quoted(made), self._over(over, layers, wave, key, read_later), is_view=True)
        self.views[key] = made
        self.parts_of[key] |= {
            p for layer in layers for k in layer for p in self.plan.column(k).parts
        }
        until = min((w for k, w in self.plan.new if k == key and w > wave), default=END)
        outside = readers.outside[key].items()
        soon = (x for x, waves in outside if any(wave < w <= until for w in waves))
        asked = self._there_of(key, soon)
        later = self._there_of(key, read_later)
        if asked <= (self.latest[key][-1][2] if self.latest[key] else frozenset()):
            return
        name = f"{made}.read"
        later |= {f"n.{x}" for x in self.plan.stated.get(key, ())}
        is_narrow = len(later - asked) <= NARROW
        there = asked | later if is_narrow else asked
        self.latest[key].append((wave, name, frozenset(there)))
        yield self._selected_of(name, made, there)
        if is_narrow:
            self.views[key] = name
            self.handed[key] = {}

    def _there_of(self, key: str, names: Iterable[str]) -> set[str]:
        """Return those of some columns of SQL of a streamed table that are there."""
        return {name for name in names if name in self.parts_of[key] or not name.startswith(".")}

    def _selected_of(self, name: str, view: str, columns: Iterable[str]) -> Sql:
        said = ", ".join(f"{SELF}.{x}" for x in (ROW, CASE, *map(quoted, sorted(columns))))
        return Sql(quoted(name), f"SELECT {said} FROM {quoted(view)} {SELF}")

    def _kept(self) -> Iterator[Sql]:
        """Yield tables of those columns of streamed tables that are asked for again and again."""
        for key in sorted(self.build.profile.streamed & {table for table, _ in self.plan.kept}):
            columns = [self.plan.column(k) for k in self.plan.kept if k[0] == key]
            parts = {part for c in columns if not c.is_constant for part in c.parts}
            parts |= {f"n.{name}" for name in self.plan.stated.get(key, ())}
            yield self._selected_of(f"{key}~kept", self.views.get(key, key), parts)

    def _is_raw(self, table: Table, name: str) -> bool:
        for key in (table.key, table.base):
            if key not in self.parts:
                keys = (k for k in self.plan.waves if k[0] == key)
                self.parts[key] = {part for k in keys for part in self.plan.column(k).parts}
        return not any(name in self.parts[key] for key in (table.key, table.base))

    def _layers(self, key: str, keys: list[Key]) -> list[list[Key]]:
        here = set(keys)
        depths: dict[Key, int] = {}

        def depth(of: Key) -> int:
            if of not in here:
                return -1
            if of not in depths:
                column = self.plan.column(of)
                own = [(n.table, n.name) for n in column.needs if isinstance(n, Own)]
                own += [(key, n.link) for n in column.needs if isinstance(n, Via)]
                own = [(self.plan.column(k).table.key, k[1]) for k in own]
                depths[of] = 1 + max((depth(k) for k in own), default=-1)
            return depths[of]

        found: dict[int, list[Key]] = defaultdict(list)
        for k in keys:
            found[depth(k)].append(k)
        return [found[d] for d in sorted(found)]

    def _first(self, table: Table, wave: int, layers: list[list[Key]], carried: list[str]) -> str:
        """Return what the first layer goes over, with all that is read of the object itself."""
        read = dict.fromkeys(carried)
        base: dict[str, None] = {}
        for k in (k for layer in layers for k in layer):
            for need in self.plan.column(k).needs:
                match need:
                    case Own() if need.table != table.key:
                        base |= dict.fromkeys(self.plan.column((need.table, need.name)).parts)
                    case Own() if (need.table, need.name) not in layers_of(layers):
                        read |= dict.fromkeys(self.plan.column((need.table, need.name)).parts)
                    case Raw():
                        read[need.name] = None
                    case Via():
                        own = self.plan.column((table.key, need.link))
                        of = (own.table.key, need.link)
                        if own.is_constant:
                            continue
                        if own.table.key != table.key:
                            base |= dict.fromkeys(own.parts)
                        elif of not in layers_of(layers):
                            read |= dict.fromkeys(own.parts)
                    case _:
                        pass
        before = self.latest[table.key]
        if table.kind:
            return self._first_of_kind(table, wave, read, base)
        if not before:
            return f"{quoted(table.key)} {SELF}"
        missing = [x for x in read if x not in before[-1][2]]
        if not missing:
            return f"{quoted(before[-1][1])} {SELF}"
        extra = ", ".join(f"b.{quoted(x)}" for x in missing)
        return (
            f"(SELECT t.*, {extra} FROM {quoted(before[-1][1])} t "
            f"JOIN {quoted(table.key)} b ON b.{ROW} = t.{ROW}) {SELF}"
        )

    def _first_of_kind(
        self, table: Table, wave: int, read: dict[str, None], base: dict[str, None]
    ) -> str:
        before, declared = self.latest[table.key], table.declared
        assert declared is not None  # noqa: S101  # it has kinds
        have = before[-1][2] if before else frozenset[str]()
        raw = [x for x in read if x not in have]
        over = [x for x in base if x not in have]
        kind = f"{quoted(declared.kind_field)} = {literal(table.kind)}"
        of_base = self._source(table.base, wave, over) if over else table.base
        joined = ""
        parts = [f"t.{quoted(x)}" for x in have]
        if not before:
            start = f"{quoted(table.base)} t"
            parts += [f"t.{quoted(x)}" for x in raw]
            where = f" WHERE t.{kind}"
        else:
            start, where = f"{quoted(before[-1][1])} t", ""
            if raw:
                joined += f" JOIN {quoted(table.base)} r ON r.{ROW} = t.{ROW}"
                parts += [f"r.{quoted(x)}" for x in raw]
        if over:
            joined += f" JOIN {quoted(of_base)} b ON b.{ROW} = t.{ROW}"
            parts += [f"b.{quoted(x)}" for x in over]
        named = ", ".join([f"t.{ROW}", f"t.{CASE}", *parts])
        return f"(SELECT {named} FROM {start}{joined}{where}) {SELF}"

    def _over(
        self,
        first: str,
        layers: list[list[Key]],
        wave: int,
        key: str,
        read_later: set[str],
        held: Held | None = None,
    ) -> str:
        """Return a statement of several layers of columns over a table, each over the one before."""
        columns = [
            [part for k in layer for part in self.plan.column(k).parts.items()] for layer in layers
        ]
        joins = self._joins([k for layer in layers for k in layer], wave, key)
        there = self.handed[key] if held is None else {}
        said = inlined(columns, joins, read_later)
        return statement(first, [*joined_once(said, joins, there, wave)], held)

    def _joins(self, keys: list[Key], wave: int, key: str) -> dict[tuple[str, ...], str]:
        """Return what joins all that columns read of other tables, by what a statement calls it."""
        via: dict[str, tuple[Via, dict[str, None]]] = {}
        passed: dict[Hashable, set[str]] = defaultdict(set)
        quoted_needs: dict[Quoted, None] = {}
        for need in (need for k in keys for need in self.plan.column(k).needs):
            match need:
                case Via():
                    via.setdefault(need.alias, (need, {}))[1][need.name] = None
                case Passed():
                    passed[need.source].add(need.name)
                case Quoted():
                    quoted_needs[need] = None
                case _:
                    pass
        found: dict[tuple[str, ...], str] = {
            (alias,): self._via(alias, need, list(names), wave, key)
            for alias, (need, names) in via.items()
        }
        for source, names in passed.items():
            aliases = (alias_of(source, self.build, "a"), alias_of(source, self.build, "b"))
            found[aliases] = self._summed(source, names, wave)
        return found | {(quoted(need.name),): self._quota(need) for need in quoted_needs}

    def _quota_statements(self, need: Quoted, wave: int) -> Iterator[Step]:
        """Yield what settles a quota, once its members are there."""
        tables, quota = self.plan.in_quota(need), self.plan.quota(need)
        everyone = self._asked_of(need, wave)
        sources = everyone[: len(tables)]
        members = f"{need.name}.asked"
        text = quota_relation.members_text(self.build, quota, need.place, sources)
        is_held = {table.key for table in tables} <= self.build.profile.streamed
        yield Sql(quoted(members), text, is_view=is_held and not is_joint(quota))
        if is_joint(quota):
            yield from self._joint_statements(need, sources, everyone)
            return
        shape = quota_relation.shape_of(
            FullWriter(self.build, tables[0]), tables, need.place, need.name, quoted(members)
        )
        if shape.outside:
            shape = replace(shape, outside=quoted(f"{members}.outside"))
            text = quota_relation.outside_text(self.build, quota, need.place, everyone)
            yield Sql(shape.outside, text)
        yield from quota_statements(shape, slow=self.build.slow)

    def _joint_statements(
        self, need: Quoted, sources: list[tuple[Table, str]], everyone: list[tuple[Table, str]]
    ) -> Iterator[Step]:
        """Yield the keys of a quota of several groups, and what settles it."""
        quota, members = self.plan.quota(need), f"{need.name}.asked"
        keys, outside = quota_relation.joint_texts(self.build, quota, need.place, sources, everyone)
        tables = [table for table, _ in sources]
        writer = FullWriter(self.build, tables[0])
        shape = quota_relation.joint_shape_of(writer, tables, need.place, need.name, members)
        yield Sql(shape.keys, keys)
        yield Sql(shape.outside, outside)
        yield joint_statement(shape)

    def _asked_of(self, need: Quoted, wave: int) -> list[tuple[Table, str]]:
        """Return the tables in which all stands that a quota asks: first of those it may touch."""
        found = []
        for key, names in self.plan.asked_in(need).items():
            columns = [self.plan.column((key, name)) for name in names]
            parts = [part for c in columns if not c.is_constant for part in c.parts]
            found.append((self.build.tables[key], self._source(key, wave + 1, parts)))
        return found


def layers_of(layers: list[list[Key]]) -> set[Key]:
    """Return the columns of all layers."""
    return {key for layer in layers for key in layer}
