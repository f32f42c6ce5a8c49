"""The kinds and the criteria of a subject."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from khung.rulebook.model.parts import Head, Range, Ref
    from khung.syntax.ast import Expr
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of a subject, with its attributes (`loai.nhom`): name to value."""

    head: Head
    attributes: tuple[tuple[str, Ref], ...] = ()


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of a subject in order of work, lower first. `field` is the fact that tells it."""

    field: str
    values: tuple[Kind, ...]
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One statement that is given a grade of the criteria's scale, or points within `range`."""

    head: Head
    applies_when: Expr | None = None
    range: Range | None = None


@dataclass(frozen=True, slots=True)
class CriterionGroup:
    """Criteria that belong together. `applies_when` holds for each of them."""

    head: Head
    items: tuple[Criterion, ...]
    applies_when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Everything:
    """The set of all criteria."""

    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Except:
    """The set of all criteria that are not in another set."""

    set: Ref
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Take:
    """`{take: GROUP}` or `{take: GROUP.ITEM}`, where `when` holds."""

    group: Ref
    item: Ref | None = None
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Takes:
    """The set of what is taken."""

    takes: tuple[Take, ...]
    span: Span = dataclasses.field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CriterionSet:
    """A named set of criteria; one that is `local` may be replaced for some of the subjects."""

    head: Head
    members: Everything | Except | Takes
    local: bool = False


@dataclass(frozen=True, slots=True)
class Criteria:
    """All criteria of a subject. `scale` is None where they are given points."""

    scale: Ref | None
    groups: tuple[CriterionGroup, ...]
    sets: tuple[CriterionSet, ...] = ()
