"""Strata as SQL: which rows there are, what is in their columns, in which order it can be made.

    rows of what it lies in ──→ layout: a row for each that holds some, the first and how many
    layout ──→ early: the rows, and the columns that hang on nothing counted
    early ──→ counts, and where each can pick from
    layout, early, counts ──→ whole: all columns

The rows of a stratum are numbered from 0 in the order of those that they lie in, so what lies in
one row is always a stretch.
"""

# ruff: noqa: S608  # khung alone writes these queries; names and texts in them are quoted

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.population import expressions as sql
from khung.analysis.population.draws import (
    Counted,
    Picked,
    Text,
    may_be_marked,
    named,
    paths,
)
from khung.analysis.population.expressions import Writer, key_of, literal, quoted
from khung.analysis.population.ways import ABOVE, FIRST_ABOVE, IN, Ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.population.draws import Drawn
    from khung.analysis.population.strata import Layer


class Plan(Ways):
    """How the strata of a population are made.

    Attributes:
        layers: The strata by name, each after those that it lies in.
        size: How many there are of the population.
        seed: What tells one population from others of its kind.
    """

    def __init__(
        self,
        layers: tuple[Layer, ...],
        words: Mapping[str, tuple[str, ...]],
        size: int,
        seed: int,
    ) -> None:
        super().__init__(layers, frozenset(words))
        self.size, self.seed, self._words = size, seed, words
        self._index = {layer.name: i for i, layer in enumerate(layers)}

    # -- rows ----------------------------------------------------------------------------------

    def layout(self, name: str, source: str) -> str:
        """Return the query of how the rows of a stratum are laid out over what they lie in.

        Args:
            name: The stratum.
            source: What relations of the strata that it lies in begin with.
        """
        layer = self.layers[name]
        total = None if layer.one_for is None else max(1, round(self.size / layer.one_for))
        if not layer.parents:
            return f"SELECT 0::BIGINT AS first, {total}::BIGINT AS siblings"
        held = " UNION ALL ".join(
            self._holders(layer, i, source) for i in range(len(layer.parents))
        )
        spread = 'sum(w) OVER (ORDER BY "in.layer", "in.row" ROWS UNBOUNDED PRECEDING)::BIGINT'
        if total is None:
            ends = f"{spread} - w AS first, w AS siblings"
        else:
            whole = "sum(w) OVER ()::BIGINT"
            low, high = (f"({total} * ({spread}{less}) // {whole})" for less in (" - w", ""))
            ends = f"{low} AS first, {high} - {low} AS siblings"
        return (
            f"SELECT * EXCLUDE (w) FROM (SELECT *, {ends} FROM ({held}) WHERE w > 0) "
            f'WHERE siblings > 0 ORDER BY "in.layer", "in.row"'
        )

    def _holders(self, layer: Layer, i: int, source: str) -> str:
        """Return the rows of one stratum that another lies in, with how much of it each holds."""
        parent, weight = layer.parents[i]
        late = source != "early"
        columns = [
            f"{self._of(parent, path.removeprefix(IN), late=late)} AS {quoted(path)}"
            for path in sorted(self.needed[layer.name])
            if path.startswith(IN) and (late or not self.is_late(layer.name, path))
        ]
        drawn = layer.number if layer.one_for is None else weight
        writer = self._writer(layer.name)
        value = writer.value(drawn, f"layout/{parent}")
        key = key_of(self.seed, layer.name, "layout")
        randoms = "".join(f", {text} AS {quoted(n)}" for text, n in writer.randoms.items())
        asked = f"SELECT {', '.join(columns)} FROM {quoted(f'{source} {parent}')}"
        mixed = f'SELECT *, mix("in.u", {key}) AS u FROM ({asked})'
        drop = ", ".join(["u", *map(quoted, writer.randoms.values())])
        return (
            f"SELECT * EXCLUDE ({drop}) FROM (SELECT *, {value}::BIGINT AS w "
            f"FROM (SELECT *{randoms} FROM ({mixed})))"
        )

    def _of(self, parent: str, path: str, *, late: bool) -> str:
        if not self.has(parent, path) or (not late and self.is_late(parent, path)):
            return "NULL"
        return f"{self._index[parent]}::BIGINT" if path == "layer" else quoted(path)

    def rows(self, name: str, layout: str) -> str:
        """Return the query of the bare rows of a stratum, with what each has from above."""
        key = key_of(self.seed, name)
        return (
            f"SELECT *, mix(row, {key}) AS u, row + 1 AS n FROM ("
            f"SELECT * EXCLUDE (first), first + k - 1 AS row FROM ("
            f"SELECT *, unnest(range(1, siblings + 1)) AS k FROM {quoted(layout)}))"
        )

    # -- columns -------------------------------------------------------------------------------

    def early(self, name: str) -> str:
        """Return the query of the rows with what others ask, as far as it hangs on no count."""
        asked = self._with_grounds(name)
        columns = [c for c in self.layers[name].columns if c in asked and not self.is_late(name, c)]
        return self._with_columns(name, self.rows(name, f"laid {name}"), columns)

    def _with_grounds(self, name: str) -> frozenset[str]:
        """Return the columns that others ask of a stratum, and all that those hang on."""
        columns, words = self.layers[name].columns, self.words
        asked = {path for path in self.asked_by_others[name] if path in columns}
        left = list(asked)
        while left:
            more = {p for p in paths(columns[left.pop()], words) if p in columns} - asked
            asked |= more
            left += more
        return frozenset(asked)

    def whole(self, name: str) -> str:
        """Return the query of the rows with all columns."""
        columns = self.layers[name].columns
        early = [c for c in columns if not self.is_late(name, c)]
        layout = "spread" if self.is_laid_anew(name) else "laid"
        query = self._with_columns(name, self.rows(name, f"{layout} {name}"), early)
        joined = [(i, of) for asker, i, of in self.counted if asker == name]
        for i, of in joined:
            ends = ("n",) if isinstance(of, Counted) else ("n", "first")
            taken = ", ".join(f"f.{end} AS {quoted(f'found {i} {end}')}" for end in ends)
            query = f"SELECT q.*, {taken} FROM ({query}) q {self._join(name, i, of)}"
        late = [c for c in columns if c not in early]
        return self._with_columns(name, query, late, have=frozenset(early)) if late else query

    def _join(self, name: str, i: int, of: Counted | Picked) -> str:
        joined = f"LEFT JOIN {quoted(f'found {name} {i}')} f ON"
        if of.of == "all":
            return f"{joined} TRUE"
        row, layer = (f"q.{quoted(f'{of.of}.{end}' if of.of else end)}" for end in ("row", "layer"))
        layer = f"{self._index[name]}" if not of.of else layer
        return f"{joined} f.row = {row} AND f.layer = {layer}"

    def _with_columns(
        self, name: str, query: str, columns: list[str], have: frozenset[str] = frozenset()
    ) -> str:
        """Return a query with some more columns, each after those that it hangs on."""
        layer, writer = self.layers[name], self._writer(name)
        above = [] if have else self._above(name)
        levels = self._levels(layer, columns)
        written = [[self._column(layer, writer, one) for one in level] for level in levels]
        first = [f"{text} AS {quoted(made)}" for text, made in writer.randoms.items()]
        if not have and layer.id is not None:
            above.append(f"{self._id_of(name, 'row')} AS id")
        query = f"SELECT *{''.join(', ' + one for one in (*above, *first))} FROM ({query})"
        for level in written:
            query = f"SELECT *, {', '.join(one for texts in level for one in texts)} FROM ({query})"
        if not first:
            return query
        drop = ", ".join(quoted(made) for made in writer.randoms.values())
        return f"SELECT * EXCLUDE ({drop}) FROM ({query})"

    def _levels(self, layer: Layer, columns: list[str]) -> list[list[str]]:
        """Return columns in steps, each of which hangs on earlier ones alone."""
        words, left, levels = self.words, list(columns), []
        while left:
            ready = [
                one
                for one in left
                if not any(p in left for p in paths(layer.columns[one], words) if p != one)
            ]
            levels.append(ready)
            left = [one for one in left if one not in ready]
        return levels

    def _column(self, layer: Layer, writer: Writer, name: str) -> list[str]:
        """Return the expressions of a column: its value, and its mark if it may have one."""
        drawn, way = layer.columns[name], named(name)
        found = [f"{writer.value(drawn, way)} AS {quoted(name)}"]
        if name in layer.ballots:
            ends = (("of", writer.base), ("to", writer.level), ("for", writer.votes))
            found = [f"{write(drawn, way)} AS {quoted(f'{name}/{end}')}" for end, write in ends]
        if may_be_marked(drawn):
            found.append(f"{writer.mark(drawn, way)} AS {quoted(f'{name}?')}")
        return found

    def _above(self, name: str) -> list[str]:
        """Return the columns with the rows that a row lies in, near and far."""
        found = []
        for path in sorted(self.needed[name]):
            if path[0] not in (ABOVE, FIRST_ABOVE):
                continue
            value = "row" if path[1:] == name else quoted(IN + path)
            if path[0] == FIRST_ABOVE and path[1:] != name:
                value = f'CASE WHEN "in.layer" = {self._first_way(name, path)} THEN {value} END'
            found.append(f"{value} AS {quoted(path)}")
        return found

    def _first_way(self, name: str, path: str) -> int:
        ways = (parent for parent, _ in self.layers[name].parents if self.has(parent, path))
        return self._index[next(ways)]

    def _writer(self, name: str) -> Writer:
        mine = {of: i for asker, i, of in self.counted if asker == name}

        def found(drawn: Drawn, end: str) -> str:
            return quoted(f"found {mine[drawn]} {end}")  # type: ignore[index]  # only of such

        return Writer((str(self.seed), name), self._words, found, self._id_of)

    def _id_of(self, name: str, row: str) -> str:
        made = self.layers[name].id
        assert isinstance(made, Text)  # noqa: S101  # only subjects are picked
        return f"({literal(made.parts[0])} || ({row} + 1)::VARCHAR || {literal(made.parts[2])})"

    # -- counts --------------------------------------------------------------------------------

    def counts(self) -> Iterator[tuple[str, str]]:
        """Yield the tables of what is counted and picked from, with their queries."""
        for name, i, of in self.counted:
            query = self._count(name, of) if isinstance(of, Counted) else self._stretch(name, of)
            yield f"found {name} {i}", query

    def _count(self, name: str, of: Counted) -> str:
        held = []
        for stratum in of.strata:
            tests = [sql.test(quoted(column), case) for column, case in of.where]
            if of.of == "all":
                where = f" WHERE {' AND '.join(tests)}" if tests else ""
                held.append(f"SELECT count(*) AS n FROM {quoted(f'early {stratum}')}{where}")
                continue
            for target in self.reached(name, of.of):
                if self.has(stratum, ABOVE + target):
                    row = quoted(ABOVE + target)
                    where = " AND ".join([f"{row} IS NOT NULL", *tests])
                    held.append(
                        f"SELECT {self._index[target]} AS layer, {row} AS row, count(*) AS n "
                        f"FROM {quoted(f'early {stratum}')} WHERE {where} GROUP BY ALL"
                    )
        both = " UNION ALL ".join(held) or "SELECT 0 AS layer, 0 AS row, 0 AS n WHERE FALSE"
        keys = "" if of.of == "all" else "layer, row, "
        return f"SELECT {keys}sum(n)::BIGINT AS n FROM ({both}) GROUP BY ALL"

    def _stretch(self, name: str, of: Picked) -> str:
        """Return the query of the stretch of rows that each can pick from."""
        held = []
        for target in self.reached(name, of.of):
            path = FIRST_ABOVE + target
            if target != of.stratum and self.has(of.stratum, path):
                held.append(
                    f"SELECT {self._index[target]} AS layer, {quoted(IN + path)} AS row, "
                    f"min(first) AS first, sum(siblings)::BIGINT AS n "
                    f"FROM {quoted(f'laid {of.stratum}')} "
                    f'WHERE "in.layer" = {self._first_way(of.stratum, path)} '
                    f"AND {quoted(IN + path)} IS NOT NULL GROUP BY ALL"
                )
        nothing = "SELECT 0 AS layer, 0 AS row, 0 AS first, 0 AS n WHERE FALSE"
        return " UNION ALL ".join(held) or nothing
