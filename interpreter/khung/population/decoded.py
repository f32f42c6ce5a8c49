"""What numbers of results stand for: rules and texts, of which each bit says whether one is told."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.population import reasons, statuses, steps
from khung.population.cells import Few, one_of
from khung.records import dataclass
from khung.sql.lists.told import MOST_BITS, as_bits, listed
from khung.sql.text import constant, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType
    from khung.population.run import Reading, Solved
    from khung.sql.table import Table


LOOKED_UP = 3_000
"""From so many rows on two more statements are worth it for a list of texts."""


@dataclass(slots=True)
class Decoded:
    """Makes relations of what different numbers of a table stand for, each joined to its rows."""

    solved: Solved
    table: Table
    found: Reading
    joins: list[str] = field(default_factory=list)

    @property
    def _declared(self) -> ObjectType:
        assert self.table.declared is not None  # noqa: S101  # it is ranked
        return self.table.declared

    @property
    def is_looked_up(self) -> bool:
        """Whether a list is cheaper to look up than to put together row by row."""
        source = self.solved.source
        if self.table.key in source.streamed:
            return True
        ((rows,),) = source.all(f"SELECT count(*) FROM {quoted(f'n.{self.table.base}')}")
        return int(rows) >= LOOKED_UP

    def few(self, texts: tuple[str, ...]) -> Few:
        """Return few texts as cells of the table have them."""
        return Few(texts, is_typed=self.table.key in self.solved.source.streamed)

    def list_of(self, parts: Sequence[tuple[str, str]]) -> str:
        """Return a list of those texts of which the condition holds."""
        texts = [text for _, part in parts if (text := constant(part)) is not None]
        if not self.is_looked_up or len(texts) < len(parts) or not parts:
            return listed(parts)
        found = []
        for start in range(0, len(parts), MOST_BITS):
            some = slice(start, start + MOST_BITS)
            bits = as_bits(c for c, _ in parts[some])
            found.append(self.looked_up(bits, texts[some], among=texts))
        return " || ".join(found) if len(found) > 1 else found[0]

    def looked_up(self, bits: str, texts: Sequence[str], among: Sequence[str] = ()) -> str:
        """Return the list that a number stands for, which is null where that is.

        Args:
            bits: The number.
            texts: What its bits stand for.
            among: The texts of all lists that it is put together with.
        """
        rows = self.solved.source.all(f"SELECT DISTINCT {bits} FROM {self.found.source}")
        known = [row[0] for row in rows if row[0] is not None]
        lists = [[text for at, text in enumerate(texts) if row >> at & 1] for row in known]
        alias = self._made({"b0": known}, {"texts": (lists, among or texts)}, [bits])
        return f"{alias}.texts"

    def reasons(self) -> tuple[str, str]:
        """Return the rules that keep a result where it is, and their clauses."""
        declared, ways = self._declared, reasons.ways_of(self._declared)
        read = [self.found.columns[name][0].low for name in reasons.bits_of(declared)]
        rows = self.solved.source.all(f"SELECT DISTINCT {', '.join(read)} FROM {self.found.source}")
        told = [_rules(declared, ways, row) for row in rows]
        rules = [[rule.id for rule in found] for found in told]
        clauses = [list(dict.fromkeys(c for rule in found for c in rule.sources)) for found in told]
        keys = {f"b{at}": [row[at] for row in rows] for at in range(len(read))}
        told_lists = {
            name: (lists, list(dict.fromkeys(text for one in lists for text in one)))
            for name, lists in (("reasons", rules), ("clauses", clauses))
        }
        alias = self._made(keys, told_lists, read)
        return f"{alias}.reasons", f"{alias}.clauses"

    def _made(
        self,
        keys: Mapping[str, list[int]],
        lists: Mapping[str, tuple[list[list[str]], Sequence[str]]],
        read: list[str],
    ) -> str:
        """Make a relation and join it by what is read of a row; return its alias.

        Lists stand with all texts that are in any of them: as places among those they are joined
        and written in half of the time that texts take, which counts where rows are streamed.
        """
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to load

        base, alias = self.solved.base, f"d{len(self.joins)}"
        name, texts = quoted(f"{alias}.{self.table.key}"), pa.list_(pa.string())
        numbers = {key: pa.array(values, pa.int64()) for key, values in keys.items()}
        told = {key: pa.array(values, texts) for key, (values, _) in lists.items()}
        base.register("told", pa.table(numbers | told))
        is_long = self.table.key in self.solved.source.streamed
        few = (
            f"CAST({key} AS {one_of(among)}[]) AS {key}" if is_long else key
            for key, (_, among) in lists.items()
        )
        base.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT {', '.join((*keys, *few))} FROM told"
        )
        base.unregister("told")
        on = " AND ".join(f"{alias}.{key} = {text}" for key, text in zip(keys, read, strict=True))
        self.joins.append(f" LEFT JOIN {name} {alias} ON {on}")
        return alias


def _rules(
    declared: ObjectType, ways: Mapping[int, reasons.Way], row: tuple[int, ...]
) -> list[Rule]:
    """Return the rules that bits stand for, in the order of the rulebook, the asker last."""
    status, mark, decision, *masks = row
    told = ways[mark].told if mark in ways else ()
    found = [
        one.rule
        for at, one in enumerate(told)
        if masks[at // reasons.BITS] >> at % reasons.BITS & 1
    ]
    if status == statuses.NEEDS_DECISION and decision:
        found.append(steps.deciders(declared)[decision - 1].rule)
    return list({rule.id: rule for rule in found}.values())
