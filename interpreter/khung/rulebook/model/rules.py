"""The rules of a subject, stage by stage, as written and as lowered.

A class is of both: `H` is what a rule has in common with others, `E` an expression, `S` a setting,
`B` what names each element of a list. As written they are `Head`, `Expr`, `Expr | None` and
`Binder`; as lowered `Rule`, `Node`, `Node` and `Loop` of `khung.ir`.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from khung.records import dataclass

if TYPE_CHECKING:
    from khung.rulebook.model.parts import Band, Basis, Citation, Label, Ref, Start
    from khung.syntax.ast import Cell, Expr
    from khung.text import Span

H = TypeVar("H")
E = TypeVar("E")
S = TypeVar("S")
B = TypeVar("B")


class Stage(StrEnum):
    """The stages of a level, in order; the level after QUOTA is the final one."""

    STANDARD = "standard"
    FLOOR = "floor"
    CAP = "cap"
    VOTE = "vote"
    DEFER = "defer"
    QUOTA = "quota"


ONLY_WITH = {Stage.FLOOR: "floors"}
"""The stages that a subject has only where it declares rules of a key."""


LEVEL = {"type": "level"}
"""Of an expression that gives a level."""

CONDITION = {"type": "condition"}
"""Of an expression that holds or does not."""

Asks = tuple[tuple[str, str], ...]
"""Pairs of a setting and a reading that it asks for, as written: once lowered it is settled."""


@dataclass(frozen=True, slots=True)
class ScopeRule(Generic[H]):
    """A rule of `not_ranked` or `pending`: it holds where `head.when` does.

    One that is `local` may be replaced, or taken out, for some of the subjects; so may others.
    """

    head: H
    local: bool = False


@dataclass(frozen=True, slots=True)
class Requirement(Generic[H, E]):
    """What a level asks for, where `head.when` holds."""

    head: H
    that: E = field(metadata=CONDITION)
    local: bool = False


@dataclass(frozen=True, slots=True)
class Level(Generic[H, E]):
    """One level of a ladder. `otherwise` marks the last, which asks for nothing.

    `rank` is its place on the scale, from 0, once that is looked up. As written, `band` tests the
    points that the level has; as lowered, `hole` says whether points lie between them and those of
    the next better level.
    """

    head: H
    require: tuple[Requirement[H, E], ...] = ()
    otherwise: bool = False
    rank: int = 0
    band: Cell | None = None
    hole: E | None = None


@dataclass(frozen=True, slots=True)
class Knockout(Generic[H, E]):
    """Where `head.when` holds, the standard is `to` at most, whatever the rest says."""

    head: H
    to: E = field(metadata=LEVEL)
    local: bool = False


@dataclass(frozen=True, slots=True)
class Threshold:
    """A row of a matrix: a value, or all criteria of a set, are at least what each cell says.

    A cell is None where its level asks for nothing; `labels` and `sources` are those of each cell.
    The value is `of`, or what is called as the row is.
    """

    id: str
    cells: tuple[Expr | None, ...]
    sources: tuple[tuple[Citation, ...], ...]
    labels: tuple[Label | None, ...]
    of: Expr | None
    when: Expr | None
    basis: Basis
    local: bool = False
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What levels ask for, as a matrix with a column for each; `levels` say the same in length."""

    columns: tuple[Ref, ...]
    rows: tuple[Threshold, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ladder(Generic[H, E, S]):
    """The levels of a subject, best first.

    `alias` is the name of the result; where an author gives none, the scale's. `thresholds` is part
    of what the levels ask for, as it was written. What in it cites nothing rests on `sources`. By
    points `by`, the levels are those of `starts` or `bands`.
    """

    scale: Ref
    levels: tuple[Level[H, E], ...]
    knockouts: tuple[Knockout[H, E], ...]
    cumulative: S
    span: Span = field(compare=False, repr=False)
    alias: str = ""
    asks: Asks = field(default=(), compare=False)
    thresholds: Thresholds | None = field(default=None, compare=False)
    sources: tuple[Citation, ...] = field(default=(), compare=False)
    by: E | None = None
    starts: tuple[Start, ...] = ()
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Floor(Generic[H, E]):
    """The level is at least `at_least`, but no higher than a knock-out that holds.

    One that goes `over_knockouts` lifts whom they knocked out, too.
    """

    head: H
    at_least: E = field(metadata=LEVEL)
    over_knockouts: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class Cap(Generic[H, E, B]):
    """The level is at most `at_most`; with `each`, at most that of every element `where` keeps.

    One marked `last` is set after the quotas, on what they leave.
    """

    head: H
    at_most: E
    each: B | None = None
    where: E | None = None
    last: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class Majority(Generic[E]):
    """What share of the base wins: `more_than`, or at least where `strict` is false."""

    share: E
    strict: bool
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Vote(Generic[H, E, S]):
    """A ballot over the levels.

    Attributes:
        wins: The majority for every level that `wins_at` does not name.
        wins_at: The majority of single levels.
        above_ceiling: `ceiling` or `wins`: what a winner above standard and cap gives.
        counting: `exact` or `cumulative`: whether a ballot supports the levels below it too.
        decided_by: Who takes the choice that no majority leaves open.
    """

    head: H
    binding: S
    ballots: E
    base: E | None
    wins: Majority[E] | None
    wins_at: tuple[tuple[Ref, Majority[E]], ...]
    above_ceiling: S
    counting: S
    decided_by: Label | None = None
    asks: Asks = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Defer(Generic[H, E]):
    """Where `head.when` holds, a body chooses among the levels that `among` gives.

    As lowered, `among` gives ranks, and is None for any level; `may_leave` says whether the body
    may leave the subject without a level.
    """

    head: H
    question: Label | None
    among: E | None
    decided_by: Label | None = None
    may_leave: bool = False


@dataclass(frozen=True, slots=True)
class SmallGroup(Generic[E, S]):
    """A base of fewer than `fewer_than` allows `allow` places.

    With `at_least`, only if so many in the base do not hold the level once the places are taken.
    """

    fewer_than: E
    allow: E
    sources: tuple[Citation, ...]
    when: E | None
    at_least: S
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OrderKey(Generic[E]):
    """By what candidates are put in order; `highest` first, or lowest."""

    value: E
    highest: bool


ByName = tuple[tuple["Ref", E], ...]
"""An expression for each of several names, as written."""

Keys = tuple[tuple["Ref", E], ...]
"""The keys of groups, each under the name of its grouping."""


@dataclass(frozen=True, slots=True)
class Grouping(Generic[E]):
    """One way in which a quota puts subjects into groups, as lowered.

    Attributes:
        name: That of `within`; empty for `per`.
        keys: Those who have all of them alike form a group. With `each` it is one list, and a
            subject is in a group for each of its elements.
        each: Whether it is so. `at_most`, `places` and `size` may then read the element.
        at_most: The share of the base that a group may have; None where there is none.
        places: The number that it may have; likewise.
        size: How many subjects it has at most; None where nobody says.
    """

    name: str
    keys: tuple[E, ...]
    each: bool
    at_most: E | None
    places: E | None
    size: E | None


@dataclass(frozen=True, slots=True)
class Quota(Generic[H, E, S]):
    """How many of a group may hold a level or better.

    `at_most` is a share of the base that `counts` makes, `places` a number; at least one is there.
    Both are read on any member, as is `size`: how many subjects have the key at most, ranked or
    not; None where nobody says. As lowered all of that stands in `groupings`.

    Attributes:
        per: The keys; equal keys form a group. Empty where a subject may be in several groups.
        competes: Whom the quota touches at all; None for everyone.
    """

    head: H
    level: E
    counts: S
    at_most: E | None
    places: E | None
    rounding: S
    small_group: SmallGroup[E, S] | None
    order: tuple[OrderKey[E], ...]
    ties: S
    others: S
    decided_by: Label | None = None
    asks: Asks = field(default=(), compare=False)
    per: tuple[E, ...] = ()
    size: E | None = None
    competes: E | None = None
    within: Keys[E] = ()
    at_most_by: ByName[E] = ()
    places_by: ByName[E] = ()
    size_by: ByName[E] = ()
    groupings: tuple[Grouping[E], ...] = ()


@dataclass(frozen=True, slots=True)
class Check(Generic[H, E]):
    """What must be so of a subject where `head.when` holds; it changes no level.

    `severity` is `error`, `warning` or `info`.
    """

    head: H
    require: E = field(metadata=CONDITION)
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Rules(Generic[H, E, S, B]):
    """The rules of a subject by their keys; a new kind of rule has its place here."""

    not_ranked: tuple[ScopeRule[H], ...] = ()
    pending: tuple[ScopeRule[H], ...] = ()
    ladder: Ladder[H, E, S] | None = None
    floors: tuple[Floor[H, E], ...] = ()
    caps: tuple[Cap[H, E, B], ...] = ()
    votes: tuple[Vote[H, E, S], ...] = ()
    defer: tuple[Defer[H, E], ...] = ()
    quotas: tuple[Quota[H, E, S], ...] = ()
    checks: tuple[Check[H, E], ...] = ()


KINDS: tuple[type, ...] = tuple(
    made for made in tuple(vars().values()) if "head" in getattr(made, "__annotations__", ())
)
"""The classes of rules that stand with clauses of their own."""
