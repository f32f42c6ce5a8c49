"""The rules of a subject, stage by stage."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from khung.rulebook.model.label import Label
    from khung.rulebook.model.parts import Citation, Head, Ref
    from khung.syntax.ast import Binder, Expr
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """A rule of `not_ranked` or `pending`: it holds where `head.when` does."""

    head: Head


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a level asks for, where `head.when` holds."""

    head: Head
    that: Expr


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a ladder. `otherwise` marks the last, which asks for nothing."""

    head: Head
    require: tuple[Requirement, ...] = ()
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Knockout:
    """Where `head.when` holds, the standard is `to` at most, whatever the rest says."""

    head: Head
    to: Expr


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of a subject, best first.

    `alias` is the name of the result; where it is empty, the scale's.
    """

    scale: Ref
    levels: tuple[Level, ...]
    knockouts: tuple[Knockout, ...] = ()
    alias: str = ""
    cumulative: Expr | None = None
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Floor:
    """The level is at least `at_least`, but no higher than a knock-out that holds.

    One that goes `over_knockouts` lifts whom they knocked out, too.
    """

    head: Head
    at_least: Expr
    over_knockouts: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """The level is at most `at_most`; with `each`, at most that of every element `where` keeps.

    One marked `last` is set after the quotas, on what they leave.
    """

    head: Head
    at_most: Expr
    each: Binder | None = None
    where: Expr | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Majority:
    """What share of the base wins: `more_than`, or at least where `strict` is false."""

    share: Expr
    strict: bool
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Vote:
    """A ballot over the levels.

    Attributes:
        wins: The majority for every level that `wins_at` does not name.
        wins_at: The majority of single levels.
        above_ceiling: `ceiling` or `wins`: what a winner above standard and cap gives.
        counting: `exact` or `cumulative`: whether a ballot supports the levels below it too.
        decided_by: Who takes the choice that no majority leaves open.
    """

    head: Head
    binding: Expr | None
    ballots: Expr
    base: Expr | None
    wins: Majority | None
    wins_at: tuple[tuple[Ref, Majority], ...] = ()
    above_ceiling: Expr | None = None
    counting: Expr | None = None
    decided_by: Label | None = None


@dataclass(frozen=True, slots=True)
class Defer:
    """Where `head.when` holds, a body chooses among the levels that `among` gives."""

    head: Head
    question: Label | None
    among: Expr
    decided_by: Label | None = None


@dataclass(frozen=True, slots=True)
class SmallGroup:
    """A base of fewer than `fewer_than` allows `allow` places.

    With `at_least`, only if so many in the base do not hold the level once the places are taken.
    """

    fewer_than: Expr
    allow: Expr
    sources: tuple[Citation, ...]
    span: Span = dataclasses.field(compare=False, repr=False)
    when: Expr | None = None
    at_least: Expr | None = None


@dataclass(frozen=True, slots=True)
class OrderKey:
    """By what candidates are put in order; `highest` first, or lowest."""

    value: Expr
    highest: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a group may hold a level. `per` are the keys; equal keys form a group.

    `at_most` is a share of the base that `counts` makes, `places` a number; at least one is there.
    """

    head: Head
    level: Expr
    per: tuple[Expr, ...]
    counts: Expr | None
    at_most: Expr | None
    places: Expr | None = None
    rounding: Expr | None = None
    small_group: SmallGroup | None = None
    order: tuple[OrderKey, ...] = ()
    ties: Expr | None = None
    others: Expr | None = None
    decided_by: Label | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What must be so of a subject where `head.when` holds; it changes no level.

    `severity` is `error`, `warning` or `info`.
    """

    head: Head
    require: Expr
    severity: str = "error"
