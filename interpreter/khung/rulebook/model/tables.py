"""Decision tables: rows of tests over the same inputs, and what each row answers."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from khung.rulebook.model.label import Label
    from khung.rulebook.model.parts import Head, Ref, TypeRef
    from khung.syntax.ast import Cell, Expr


class Hit(Enum):
    """Which of the rows that hold answer: the only one, the first, or all of them."""

    UNIQUE = "unique"
    FIRST = "first"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: a test of some inputs, by name, and a value of each output."""

    head: Head
    tests: tuple[tuple[Ref, Cell], ...]
    then: tuple[tuple[Ref, Expr], ...]


@dataclass(frozen=True, slots=True)
class Output:
    """What every row answers under one name; only its label and unit are for people."""

    ref: Ref
    type: TypeRef
    label: Label | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. Where `head.when` is false there is none."""

    head: Head
    hit: Hit
    inputs: tuple[tuple[Ref, Expr], ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
