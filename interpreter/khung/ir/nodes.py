"""The core expression: names resolved, types known, sugar gone.

Every node has `ty`. `span` is the place it comes from and is ignored by equality, so that two
nodes are equal where they mean the same: that is how a guard is found to prove a condition.
Concrete nodes are never subclassed; passes match on the class and end in `assert_never`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from khung.ir.types import BOOLEAN, Type

if TYPE_CHECKING:
    from khung.rulebook.model import Hit
    from khung.syntax.ast import ArithmeticOp, CompareOp
    from khung.text import Span


class Stage(StrEnum):
    """The stages of a level, in order; the level after QUOTA is the final one."""

    STANDARD = "standard"
    CAP = "cap"
    VOTE = "vote"
    DEFER = "defer"
    QUOTA = "quota"


class ResultOf(Enum):
    """What of another subject's result is read, besides its level."""

    RANKED = "ranked"
    PENDING = "pending"
    STATUS = "status"


class FoldOp(Enum):
    """What a pass over a list makes of its elements."""

    EVERY = "every"
    SOME = "some"
    COUNT = "count"
    SHARE = "share"
    SUM = "sum"
    AVERAGE = "average"
    LOWEST = "lowest"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True)
class Literal:
    """A known value, in its run-time form; `reading` names the reading whose choice it states."""

    value: object
    ty: Type
    span: Span = field(compare=False, repr=False)
    reading: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """`null`: an unknown of the type that its place asks for."""

    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Variable:
    """A bound name. `self` and `owner` are variables too. Slots make two equal names differ."""

    name: str
    slot: int
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A fact, link, back list or criterion of an object, or a field of a context."""

    object: Node
    name: str
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition read on an object: evaluated with that object as `self`."""

    object: Node
    owner: str
    name: str
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a kind: `loai.nhom`. `values` gives it for each kind."""

    kind: Node
    name: str
    values: tuple[tuple[str, str], ...]
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LevelOf:
    """The level of a subject after a stage."""

    object: Node
    stage: Stage
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StateOf:
    """Whether a subject is ranked or pending, or its status."""

    object: Node
    what: ResultOf
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CriteriaSet:
    """The criteria of a set of an object: a list of grades, those that do not apply left out."""

    object: Node
    owner: str
    name: str
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a fact or link of an object is there."""

    object: Node
    name: str
    span: Span = field(compare=False, repr=False)
    ty: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    operand: Node
    span: Span = field(compare=False, repr=False)
    ty: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conjunction, left to right."""

    operands: tuple[Node, ...]
    span: Span = field(compare=False, repr=False)
    ty: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Disjunction, left to right."""

    operands: tuple[Node, ...]
    span: Span = field(compare=False, repr=False)
    ty: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values of one type; of a fraction, with a ratio of whole numbers."""

    op: CompareOp
    left: Node
    right: Node
    span: Span = field(compare=False, repr=False)
    ty: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`+ - * / **` on numbers, dates, durations and texts. A sign is `0 - x`."""

    op: ArithmeticOp
    left: Node
    right: Node
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class If:
    """One of two values; with the condition open, the hull of both."""

    condition: Node
    yes: Node
    no: Node
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fold:
    """One pass over a list: quantifiers, counts, shares and aggregates."""

    op: FoldOp
    variable: Variable
    list: Node
    where: Node | None
    body: Node
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Select:
    """The elements that `where` keeps; those for which it is open are possible elements."""

    variable: Variable
    list: Node
    where: Node | None
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Project:
    """The list of one value of each element; what does not apply is passed over."""

    variable: Variable
    list: Node
    body: Node
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Build:
    """A list of values, or with `bounds` a range of two, `[a..b)`."""

    items: tuple[Node, ...]
    ty: Type
    span: Span = field(compare=False, repr=False)
    bounds: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A builtin of `ir.builtins`, by its name; arguments left out are None."""

    function: str
    arguments: tuple[Node | None, ...]
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """One output of a table: each row a condition and the value where it holds.

    Of the rows that hold `hit` takes the only one, the first, or all as a list. Where none holds
    and one is due, there is an error and no value.
    """

    hit: Hit
    rows: tuple[tuple[Node, Node], ...]
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """What was reported already. It is never evaluated."""

    ty: Type
    span: Span = field(compare=False, repr=False)


Node = (
    Field
    | Compare
    | Literal
    | AllOf
    | AnyOf
    | Not
    | If
    | Defined
    | Fold
    | Variable
    | LevelOf
    | StateOf
    | Arithmetic
    | Call
    | CriteriaSet
    | Attribute
    | Has
    | Select
    | Project
    | Build
    | Rows
    | Unknown
    | Broken
)
