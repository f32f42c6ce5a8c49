"""The decision tables of a program.

Each output of a table is a definition, too, of a name that no author can give.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.ir.nodes import Node, Rule
    from khung.ir.types import Type
    from khung.rulebook.model import Hit, Label
    from khung.text import Span


TABLES = "tables"
"""What a path to an output begins with."""


def member_name(table: str, output: str) -> str:
    """Return the name under which an object holds an output of a table: `tables.TABLE.OUTPUT`."""
    return f"{TABLES}.{table}.{output}"


def output_of(tables: Mapping[str, Table], member: str) -> tuple[Table, str] | None:
    """Return the table and the output of which a member is the name; None of any other member."""
    head, *names = member.split(".")
    if head != TABLES or len(names) != 2 or names[0] not in tables:  # noqa: PLR2004  # both names
        return None
    return tables[names[0]], names[1]


@dataclass(frozen=True, slots=True)
class Output:
    """What every row answers under one name, and how it is told; the unit is that of a number."""

    ty: Type
    label: Label | None = None
    unit: str = ""


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
    """A decision table. `applies` is where there is one at all; None is everywhere."""

    name: str
    hit: Hit
    label: Label | None
    sources: tuple[str, ...]
    applies: Node | None
    inputs: Mapping[str, Node]
    outputs: Mapping[str, Output]
    rows: tuple[Row, ...]
    span: Span = field(compare=False, repr=False)
