"""One expression as it was written: the surface tree of the language.

Names are texts, not yet looked up; every node keeps its place in the file, which equality
ignores. Nothing here knows types. `from_text` makes these nodes, `unparse` writes them back.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from decimal import Decimal

    from khung.syntax.operators import AggregateOp, ArithmeticOp, CompareOp
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; `value` is exact."""

    value: Decimal
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Percent:
    """`80%`: `value` is the number before the sign."""

    value: Decimal
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class String:
    """A text in double quotes, its escapes decoded."""

    value: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Temporal:
    """`@"2021-12-15"`, `@"P1M"`, or a date written bare, such as 2021-12-15 in a test cell."""

    value: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Null:
    """`null`: an unknown of any type."""

    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name, in NFC."""

    name: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Path:
    """`object.name`. `name_span` is the part after the point."""

    object: Expr
    name: str
    span: Span = field(compare=False, repr=False)
    name_span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """`list[condition]`, or an element by its number."""

    list: Expr
    condition: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b, c]`."""

    items: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    """`[a..b]`, each end closed (`[`, `]`) or open (`(`, `)`)."""

    low: Expr
    high: Expr
    low_closed: bool
    high_closed: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    """`{name: value, …}`; read so that it can be refused in the user's words."""

    entries: tuple[tuple[str, Expr], ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call; `name` is empty for one given by position."""

    name: str
    value: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A builtin with its arguments: all by position or all by name."""

    function: str
    arguments: tuple[Argument, ...]
    span: Span = field(compare=False, repr=False)
    name_span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Negate:
    """`-x`."""

    operand: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left op right`. `**` leans to the left, as all others do."""

    op: ArithmeticOp
    left: Expr
    right: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`."""

    op: CompareOp
    left: Expr
    right: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`, both ends included."""

    value: Expr
    low: Expr
    high: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UnaryTest:
    """`< 3`: a test that waits for its left side. A test without an operator is an expression."""

    op: CompareOp
    operand: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Membership:
    """`value in test`, or `value in (test, test)`: true where any test holds."""

    value: Expr
    tests: tuple[UnaryTest | Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    """`a and b and c`, flat: two operands or more."""

    operands: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Or:
    """`a or b or c`, flat: two operands or more."""

    operands: tuple[Expr, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class If:
    """`if condition then yes else no`."""

    condition: Expr
    yes: Expr
    no: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binder:
    """`name in list`."""

    name: str
    list: Expr
    span: Span = field(compare=False, repr=False)
    name_span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Quantifier:
    """`some` (or `every`) `x in list, y in list where C satisfies P`."""

    every: bool
    binders: tuple[Binder, ...]
    where: Expr | None
    body: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tally:
    """`count` (or `share`) `x in list where C satisfies P`; a share may say `(empty: E)`."""

    share: bool
    binder: Binder
    where: Expr | None
    body: Expr
    span: Span = field(compare=False, repr=False)
    empty: Expr | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum x in list where C of E`."""

    op: AggregateOp
    binder: Binder
    where: Expr | None
    body: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AtLevel:
    """`{all: list, at_least: level}`: each subject in a list is ranked, and at a level at least.

    Where it is a `share`, which part of them is: `{share_of: list, at_least: level, is: …}`.
    """

    share: bool
    list: Expr
    at_least: Expr
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Each:
    """`each x in list where C of E`: the values of a list, where a setting takes several."""

    binder: Binder
    where: Expr | None
    body: Expr
    span: Span = field(compare=False, repr=False)


Expr = (
    Number
    | Percent
    | String
    | Temporal
    | Boolean
    | Null
    | Name
    | Path
    | Filter
    | ListLiteral
    | RangeLiteral
    | ContextLiteral
    | Call
    | Negate
    | Arithmetic
    | Compare
    | Between
    | Membership
    | And
    | Or
    | If
    | Quantifier
    | Tally
    | Aggregate
    | AtLevel
    | Each
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a decision table: tests joined by commas.

    Attributes:
        tests: None for `-`, any value; otherwise the value must meet one of the tests.
        negated: Whether the cell was written `not(…)`.
    """

    tests: tuple[UnaryTest | Expr, ...] | None
    negated: bool
    span: Span = field(compare=False, repr=False)
