"""What statements read of other tables: objects led to, sums of lists, pairs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

from khung.records import dataclass
from khung.sql import trees
from khung.sql.ends import ALWAYS
from khung.sql.plan import Plan, read_by
from khung.sql.quotas.shape import Sql
from khung.sql.rows import Below, Source
from khung.sql.table import CASE, DAY, ROW, SELF, Quoted, Raw, Table, Via
from khung.sql.text import FALSE, SPLIT, TRUE, both, literal, quoted, split

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from khung.sql.build import Build
    from khung.sql.rows import Pairs, Rows
    from khung.sql.table import Column


@dataclass(slots=True)
class Joins:
    """Writes joins; `latest` has the tables made so far, with their columns."""

    plan: Plan
    latest: dict[str, list[tuple[int, str, frozenset[str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    parts: dict[str, set[str]] = field(default_factory=dict)

    @property
    def build(self) -> Build:
        """What is built."""
        return self.plan.build

    def _source(self, key: str, wave: int, columns: Iterable[str]) -> str:
        """Return the last table of objects that was made before a wave and has columns."""
        wanted = set(columns)
        for at, name, there in reversed(self.latest[key]):
            if at < wave and wanted <= there:
                return name
        return key

    def _there(self, name: str) -> frozenset[str]:
        """Return the columns of a table by its name, of those that were made of a streamed one."""
        key = name.partition("~")[0]
        made = self.latest[key] if key in self.build.profile.streamed else ()
        return next((there for _, table, there in made if table == name), frozenset())

    def _quota(self, need: Quoted) -> str:
        name, steps = quoted(need.name), quoted(f"{need.name}.steps")
        return f" LEFT JOIN {steps} {name} ON {name}.{ROW} = {SELF}.{ROW}"

    def _via(self, alias: str, need: Via, names: list[str], wave: int, key: str) -> str:
        by_table = [
            [self.build.column(self.build.tables[t], n) for n in names] for t in need.tables
        ]
        read = partial(self._read_one, wave=wave, alike=by_table)
        tables = list(dict.fromkeys(map(read, need.tables, by_table)))
        if len(tables) > 1:
            tables = [read(*one, apart=True) for one in zip(need.tables, by_table, strict=True)]
        own = self.plan.column((key, need.link))
        link = own.read(SELF)[0].low
        join = "JOIN" if self._leads_all(own, need) else "LEFT JOIN"
        return f" {join} ({' UNION ALL '.join(tables)}) {alias} ON {alias}.{ROW} = {link}"

    def _leads_all(self, own: Column, need: Via) -> bool:
        """Whether each row surely leads to one of some tables: then fewer ways to join are barred.

        That a link that is stated leads to somebody is seen before anything is solved.
        """
        declared, build = own.table.declared, self.build
        link = None if declared is None else declared.links.get(own.name)
        if (
            link is None
            or own.ends.loose
            or own.state != ALWAYS
            or link.to in build.profile.kindless
        ):
            return False
        kinds = [table.key for table in build.kinds_of(link.to)]
        return {*need.tables} in ({link.to}, {*kinds})

    def _sources(
        self, columns: list[Column], homes: dict[str, str], wave: int
    ) -> list[tuple[str, str]]:
        """Return the tables that columns stand in, each by its alias; `homes` has those by key."""
        parts: dict[str, list[str]] = {home: [] for home in homes}
        for column in columns:
            if not column.is_constant:
                parts[column.table.key] += column.parts
        return [(alias, self._source(home, wave, parts[home])) for home, alias in homes.items()]

    def _read_one(
        self,
        key: str,
        columns: list[Column],
        wave: int,
        alike: list[list[Column]],
        *,
        apart: bool = False,
    ) -> str:
        """Return what reads columns of a table in the form that they have in all that are read.

        Columns that are the same for all kinds stand in one table of all; only if asked to be
        `apart`, what is read of it is the kind's own.
        """
        homes: dict[str, str] = {}
        parts: list[str] = []
        for at, column in enumerate(columns):
            alias = homes.setdefault(column.table.key, f"t{len(homes)}")
            parts += _selected(column, alias, [row[at] for row in alike])
        sources = self._sources(columns, homes, wave)
        (first, name), *others = sources
        joins = "".join(f" JOIN {quoted(n)} {a} ON {a}.{ROW} = {first}.{ROW}" for a, n in others)
        table, where = self.build.tables[key], ""
        if table.kind and table.declared is not None:
            own = f"{quoted(table.declared.kind_field)} = {literal(table.kind)}"
            if name == key:
                name, where = table.base, f" WHERE {first}.{own}"
            elif apart and key not in homes:
                joins += f" JOIN {quoted(table.base)} k ON k.{ROW} = {first}.{ROW} AND k.{own}"
        return f"SELECT {', '.join([f'{first}.{ROW}', *parts])} FROM {quoted(name)} {first}{joins}{where}"

    def _summed(self, key: Hashable, names: set[str], wave: int) -> str:
        source = self.build.sources[key]
        sure = {n: source.sums[n][0] for n in names if source.sums[n][0]}
        may = {n: source.sums[n][1] for n in names if source.sums[n][1]}
        elements = self._elements(source, wave, {**sure, **may}, names)
        joins = ""
        if sure:
            alias = quoted(f"a{source.number}")
            link = f"e.{quoted(source.rows.link)}"
            sums = ", ".join(f"{text} AS {quoted(n)}" for n, text in sorted(sure.items()))
            joins += (
                f" LEFT JOIN (SELECT {link} AS o, {sums} FROM {elements} e WHERE {link} IS NOT NULL "
                f"GROUP BY {link}) {alias} ON {alias}.o = {SELF}.{ROW}"
            )
        if may:
            alias = quoted(f"b{source.number}")
            sums = ", ".join(f"{text} AS {quoted(n)}" for n, text in sorted(may.items()))
            tree = self._tree(source.rows)
            if tree is not None and (tree.is_flat or not source.rows.table.kind):
                summed = trees.summed(tree, elements, source.open_link, may)
                return f"{joins} LEFT JOIN ({summed}) {alias} ON {alias}.{ROW} = {SELF}.{ROW}"
            joins += (
                f" LEFT JOIN (SELECT e.{CASE}, {sums} FROM {elements} e WHERE {source.open_link} "
                f"GROUP BY e.{CASE}) {alias} ON {alias}.{CASE} = {SELF}.{CASE}"
            )
        return joins

    def _elements(self, source: Source, wave: int, sums: dict[str, str], asked: set[str]) -> str:
        """Return the elements of a list with what is asked of them."""
        used = read_by(source, asked)
        raws = [k[1][4:] for k in source.needs if k[1].startswith("raw ")]
        texts = " ".join([*sums.values(), source.open_link])
        found = []
        for table in source.tables:
            names = list(dict.fromkeys(name for _, name in used))
            columns = [self.build.column(table, name) for name in names]
            raw = [
                r
                for r in (source.rows.link, f"{source.rows.link}?", "@sure", *raws)
                if f'e."{r}"' in texts or r == source.rows.link
            ]
            found.append(self._element(source, table, columns, raw, wave))
        return f"({' UNION ALL '.join(found)})"

    def _element(
        self, source: Source, table: Table, columns: list[Column], raw: list[str], wave: int
    ) -> str:
        every = [[self.build.column(t, c.name) for t in source.tables] for c in columns]
        parts: list[str] = []
        homes: dict[str, str] = {}
        for column, alike in zip(columns, every, strict=True):
            home = column.table.key
            alias = homes.setdefault(home, f"t{len(homes)}")
            parts += _selected(column, alias, alike)
        sources = self._sources(columns, homes, wave)
        declared = table.declared
        base = "b"
        if len(sources) == 1 and set(raw) <= self._there(sources[0][1]):
            (alias, name), found = sources[0], [f"{{}}.{ROW}", f"{{}}.{CASE}"]
            shown = [*(x.format(alias) for x in found), *(f"{alias}.{quoted(r)}" for r in raw)]
            return f"SELECT {', '.join([*shown, *parts])} FROM {quoted(name)} {alias}"
        shown = [f"{base}.{ROW}", f"{base}.{CASE}", *(f"{base}.{quoted(r)}" for r in raw), *parts]
        key = table.key if table.key in self.build.made_of or not table.kind else table.base
        joins = "".join(
            f" JOIN {quoted(name)} {alias} ON {alias}.{ROW} = {base}.{ROW}"
            for alias, name in sources
        )
        where = ""
        if table.kind and declared is not None:
            where = f" WHERE {base}.{quoted(declared.kind_field)} = {literal(table.kind)}"
        return f"SELECT {', '.join(shown)} FROM {quoted(key)} {base}{joins}{where}"

    def _pairs(self, key: str, wave: int) -> Sql:
        made = self.build.made_of[key]
        if isinstance(made, Below):
            return Sql(quoted(key), self._numbered(key, self._below(made, wave)))
        rows, owner = made.rows, made.owner
        link = "o.rid"
        of_owner = (
            f"(SELECT {ROW}, {CASE} FROM {quoted(owner.base)})"
            if owner.key not in self.build.made_of
            else quoted(owner.key)
        )
        if owner.kind and owner.declared is not None:
            kind = f"{quoted(owner.declared.kind_field)} = {literal(owner.kind)}"
            of_owner = f"(SELECT {ROW}, {CASE} FROM {quoted(owner.base)} WHERE {kind})"
        if made.through is not None:
            column = self.plan.column((owner.key, made.through))
            name = self._source(column.table.key, wave, column.parts)
            of_owner, link = (
                f"(SELECT {ROW}, {CASE}, {column.read('x')[0].low} AS p FROM {quoted(name)} x)",
                "o.p",
            )
        element = rows.elements[0]
        if made.led is None:
            of_element = quoted(
                element.base if element.key not in self.build.made_of else element.key
            )
            value, sure = f"e.{ROW}", TRUE
            if made.under is not None:
                value, sure = 'e."@elem"', 'e."@sure"'
            distinct = False
        else:
            sure = TRUE
            column = self.plan.column((element.key, made.led))
            name = self._source(column.table.key, wave, column.parts)
            led = column.read("x")[0].low
            raw = quoted(rows.link)
            of_element = (
                f"(SELECT b.{ROW}, b.{CASE}, b.{raw}, {led} AS led FROM {quoted(name)} x "
                f"JOIN {quoted(element.base)} b ON b.{ROW} = x.{ROW})"
            )
            value, distinct = "e.led", True
        pairs = (
            f'SELECT {"DISTINCT " if distinct else ""}o.{CASE} AS {CASE}, o.{ROW} AS "@owner", {value} AS "@elem", '
            f'{sure} AS "@sure" FROM {of_owner} o JOIN {of_element} e ON e.{quoted(rows.link)} = {link}'
        )
        if rows.may_be != FALSE:
            pairs = self._with_possible(made, pairs, of_owner, distinct=distinct, wave=wave)
        return Sql(quoted(key), self._numbered(key, pairs))

    def _numbered(self, key: str, pairs: str) -> str:
        """Return pairs with numbers, and with the day where that is asked of them."""
        keys = (k for k in self.plan.waves if k[0] == key)
        asked = any(Raw("on") in self.plan.column(k).needs for k in keys)
        day = f', (SELECT d."on" FROM {quoted(DAY)} d) AS "on"' if asked else ""
        return f"SELECT row_number() OVER () AS {ROW}, p.*{day} FROM ({pairs}) p"

    def _below(self, made: Below, wave: int) -> str:
        """Return the pairs of objects of a table with all that are, or may be, below them."""
        depth = self.build.profile.depth[made.owner.base, made.link]
        tree = trees.Tree(made.owner, made.link, depth)
        if made.one_down is None:
            return trees.surely_below(tree)
        source = self.build.sources[made.one_down.key]
        if source.open_link == FALSE or not source.tables:
            return f"{trees.surely_below(tree)}"
        elements = self._elements(source, wave, {"": source.open_link}, set())
        roots = f"SELECT e.{ROW}, e.{CASE} FROM {elements} e WHERE {source.open_link}"
        held = [self._holding(tree, key, wave) for key in made.may]
        return trees.below(tree, roots, [x for x in held if x] if made.may else None)

    def _holding(self, tree: trees.Tree, key: tuple[str, str], wave: int) -> str:
        """Return those of a table in whose lists others may be, with the place of their kind."""
        column = self.plan.column(key)
        holds = column.read("x")[0].low
        table, kind = self.build.tables[key[0]], f"{tree.rank('k')} AS kind"
        own = trees.Tree(table, tree.link, tree.depth).owners()
        if holds == FALSE:
            return f"SELECT k.{ROW}, {kind} FROM {own} k WHERE FALSE"
        if column.is_constant:
            return f"SELECT k.{ROW}, {kind} FROM {own} k"
        name = quoted(self._source(column.table.key, wave, column.parts))
        return (
            f"SELECT k.{ROW}, {kind} FROM {own} k JOIN {name} x ON x.{ROW} = k.{ROW} WHERE {holds}"
        )

    def _below_owner(self, made: Pairs) -> tuple[str, str]:
        """Return what is joined, and what must hold, so that an element may be below in a tree.

        Who is below one of a table of one kind stands in tables of earlier kinds already.
        """
        tree = self._tree(made.rows)
        in_kinds = made.owner.kind and made.through is None
        if tree is None or (in_kinds and not tree.is_flat):
            return trees.NOTHING
        owner = f"o.{ROW}" if made.through is None else "o.p"
        return trees.not_above(tree, owner, f"e.{ROW}")

    def _tree(self, rows: Rows) -> trees.Tree | None:
        """Return the tree that a list leads down, if who may be in it depends on who has it."""
        declared = rows.elements[0].declared if rows.elements else None
        if declared is None or rows.link not in declared.links:
            return None
        if rows.tree:
            depth = self.build.profile.depth.get((rows.table.base, rows.link), 1)
            return trees.Tree(rows.table, rows.link, depth)
        is_own = rows.elements[0].base == rows.table.base
        return trees.Tree(rows.table, rows.link, 0, is_flat=True) if is_own else None

    def _with_possible(
        self, made: Pairs, pairs: str, of_owner: str, *, distinct: bool, wave: int
    ) -> str:
        """Return pairs with those of elements that may be in a list beside those that are.

        Of what elements lead to, one that may be there is left out only behind one that surely is.
        """
        source = self.build.sources[made.rows.key]
        if source.open_link == FALSE or not source.tables:
            return pairs
        owner = made.owner
        if made.possible is not None:
            column = self.plan.column((owner.key, made.possible))
            name = self._source(column.table.key, wave, column.parts)
            holds = column.read("m")[0].low
            of_owner = f"(SELECT x.* FROM {of_owner} x JOIN {quoted(name)} m ON m.{ROW} = x.{ROW} WHERE {holds})"
        elements = self._elements(source, wave, {"": source.open_link}, set())
        value, joined = f"e.{ROW}", ""
        if made.led is not None:
            column = self.plan.column((made.rows.elements[0].key, made.led))
            name = self._source(column.table.key, wave, column.parts)
            value, joined = column.read("l")[0].low, f" JOIN {quoted(name)} l ON l.{ROW} = e.{ROW}"
        below, where = self._below_owner(made)
        possible = (
            f'SELECT o.{CASE}, o.{ROW} AS "@owner", {value} AS "@elem", FALSE AS "@sure", e.{ROW} AS at '
            f"FROM {of_owner} o JOIN {elements} e ON e.{CASE} = o.{CASE}{joined}{below} "
            f"WHERE {both((source.open_link, where))}"
        )
        if not distinct:
            return (
                f'{pairs} UNION ALL SELECT {CASE}, "@owner", "@elem", "@sure" FROM ({possible}) u'
            )
        first = pairs.replace("SELECT DISTINCT", "SELECT", 1).replace(
            'TRUE AS "@sure"', f"min(e.{ROW}) AS at", 1
        )
        grouped = f"{first} GROUP BY 1, 2, 3"
        return (
            f'SELECT {CASE}, "@owner", "@elem", TRUE AS "@sure" FROM ({grouped}) g UNION ALL '
            f'SELECT u.{CASE}, u."@owner", u."@elem", u."@sure" FROM ({possible}) u '
            f'LEFT JOIN ({grouped}) g ON g."@owner" = u."@owner" AND g."@elem" = u."@elem" '
            "WHERE g.at IS NULL OR u.at < g.at"
        )


def _selected(column: Column, alias: str, alike: list[Column]) -> list[str]:
    """Return a column as others read it, in the form that it takes in all tables that are read."""
    single = all(c.ends.single for c in alike)
    is_ratio = any(SPLIT in c.ends.low for c in alike)
    ends, state = column.read(alias)
    found = []
    for suffix, text in (("", ends.low),) if single else ((".l", ends.low), (".h", ends.high)):
        if is_ratio:
            part, whole = split(text) if SPLIT in text else (text, "1")
            found += [
                f"{part} AS {quoted(column.stem + suffix + '.n')}",
                f"{whole} AS {quoted(column.stem + suffix + '.d')}",
            ]
        else:
            found.append(f"{text} AS {quoted(column.stem + suffix)}")
    apart = any(c.state.surely != c.state.may for c in alike)
    for at, suffix in enumerate((".s", ".m") if apart else (".s",)):
        text, texts = state[at], [c.state[at] for c in alike]
        if any(x not in (TRUE, FALSE) for x in texts) or len(set(texts)) > 1:
            found.append(f"{text} AS {quoted(column.stem + suffix)}")
    return found
