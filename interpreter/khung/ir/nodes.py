"""The core expression: names resolved, types known, sugar gone.

Every node has `ty`. `span` is its place, ignored by equality: that is how a guard is found to
prove a condition. Concrete nodes are never subclassed; passes match on the class.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.ir.types import BOOLEAN, Type
from khung.records import dataclass

if TYPE_CHECKING:
    from khung.ir.enums import FoldOp, GivenPart, Majority, ResultOf
    from khung.rulebook.model import Asks, Hit, Label, Stage
    from khung.syntax.operators import ArithmeticOp, CompareOp
    from khung.text import Span


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
    """One pass over a list: quantifiers, counts, shares and aggregates.

    `empty` is the value over an empty list, and beyond which an extreme never goes; without it an
    extreme of nothing is an error.
    """

    op: FoldOp
    variable: Variable
    list: Node
    where: Node | None
    body: Node
    ty: Type
    span: Span = field(compare=False, repr=False)
    empty: Node | None = None


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
class Rule:
    """What a result can point at. `id` is as in `lecturer.caps.absent`; sources are full.

    `when` is None where the rule always holds; `decided_by` says who takes a choice that the rule
    leaves open.
    """

    id: str
    sources: tuple[str, ...]
    label: Label | None
    when: Node | None
    span: Span | None = field(default=None, compare=False, repr=False)
    decided_by: Label | None = None

    @property
    def name(self) -> str:
        """The last part of the id, which tells it from others of its kind."""
        return self.id.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a rule says: the mark by which an explanation finds the rule and its stage.

    `stage` is a `Stage`, or `scope` or `pending` for what comes before all of them.
    """

    rule: Rule
    stage: str
    body: Node
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Least:
    """The lowest of several levels."""

    operands: tuple[Node, ...]
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Greatest:
    """The highest of several levels: that of the first, lifted by the others."""

    operands: tuple[Node, ...]
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Limit:
    """A level as a limit: where it does not apply there is none, which is the level `top`."""

    body: Node
    top: Node
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class There:
    """Whether what is read applies at all: that ballots were cast, for one."""

    body: Node
    span: Span = field(compare=False, repr=False)
    ty: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Given:
    """A part of the decision that a case states of the subject itself; `stage` is for `STANDS`."""

    part: GivenPart
    ty: Type
    span: Span = field(compare=False, repr=False)
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Winner:
    """The level that a ballot gives under a ceiling, the levels from `lowest` up being open to it.

    The best level with its majority of the base wins, of `wins` by rank; where none has one the
    choice is left open. Without a `base` that is all votes cast.
    """

    rule: Rule
    ballots: Node
    base: Node | None
    wins: tuple[Majority, ...]
    counting: Node
    above_ceiling: Node
    ceiling: Node
    lowest: int
    ty: Type
    span: Span = field(compare=False, repr=False)
    asks: Asks = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """A level that a body chooses, of `ranks` or `among` some, under a ceiling."""

    rule: Rule
    among: Node | None
    may_leave: bool
    ranks: tuple[int, ...]
    ceiling: Node
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the quota at a place among those of its type leaves of the level before it."""

    place: int
    before: Node
    ty: Type
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """What was reported already. It is never evaluated."""

    ty: Type
    span: Span = field(compare=False, repr=False)


Member = Field | Defined | LevelOf | StateOf | CriteriaSet | Has
"""What is read of an object."""

Node = (
    Member
    | (Literal | Unknown | Variable | Given | Broken)
    | (Not | AllOf | AnyOf | Compare | Arithmetic | If | Attribute | Call)
    | (Fold | Select | Project | Build | Rows)
    | (Ruled | Least | Greatest | Limit | There | Winner | Choice | Kept)
)
