"""The decision tables of a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.ir.nodes import Node
    from khung.ir.program import Rule
    from khung.ir.types import Type
    from khung.rulebook.model import Hit, Label
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        rule: Its id and clauses, those of the table if it has none; its `when` is None.
        cells: The test of each input that the row tests; `when` is what else must hold.
        condition: All of `cells` and `when`.
        then: The value of each output.
    """

    rule: Rule
    cells: tuple[tuple[str, Node], ...]
    when: Node | None
    condition: Node
    then: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. Each output is a definition too, of the name `tables.TABLE.OUTPUT`.

    `applies` is where there is the table at all; None is everywhere.
    """

    name: str
    hit: Hit
    label: Label | None
    sources: tuple[str, ...]
    applies: Node | None
    inputs: Mapping[str, Node]
    outputs: Mapping[str, Type]
    rows: tuple[Row, ...]
    span: Span = field(compare=False, repr=False)
