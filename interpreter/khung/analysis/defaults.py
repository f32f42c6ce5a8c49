"""Whether each default says which kind it is: an absence, or a step taken as done.

A default stands for the absence of a rare event that would be on file, or for a step that is
`provisional`; one that is worked out from other facts needs no mark.

Reports: K0716-K0718.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.ir.nodes import Arithmetic, Build, Literal
from khung.ir.rewrite import walk
from khung.rulebook import model as m
from khung.rulebook.entries import every_part
from khung.syntax.ast import Name, Path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.diagnostics.bag import Bag
    from khung.ir.nodes import Node
    from khung.ir.program import Fact, ObjectType, Program

_PERIOD = "period"
_NOTHINGS: tuple[object, ...] = (False, Decimal(0), "")


def check_defaults(rulebook: m.Rulebook, program: Program, bag: Bag) -> None:
    """Report defaults that are the same for all and do not say why, and marks that say nothing."""
    for subject in rulebook.subjects:
        _check(program.objects[subject.head.id], subject.facts, subject.links, bag)
    for record in rulebook.records:
        _check(program.objects[record.head.id], record.fields, record.links, bag)


def _check(
    declared: ObjectType, facts: Iterable[m.Fact], links: Iterable[m.Link], bag: Bag
) -> None:
    for fact in facts:
        _check_fact(fact, declared.facts[fact.head.id], bag)
    for link in links:
        if link.default is not None and not link.absence:
            bag.add("K0716", link.default.span, at=link.head.at, text="-")
        elif link.absence and link.default is None:
            bag.add("K0718", link.head.span, at=link.head.at, key="absence")


def _check_fact(fact: m.Fact, lowered: Fact, bag: Bag) -> None:
    at, default = fact.head.at, fact.default
    marks = [key for key in ("absence", "provisional") if getattr(fact, key)]
    is_constant = default is not None and _is_constant(default, lowered.default)
    if default is not None and is_constant and not marks:
        bag.add("K0716", default.span, at=at, text=default.span.text.strip())
    elif marks and not is_constant:
        bag.add("K0718", fact.head.span, at=at, key=marks[0])
    elif default is not None and fact.absence and not _is_nothing(default, lowered.default):
        bag.add("K0717", default.span, at=at, text=default.span.text.strip())


def _is_constant(default: object, lowered: Node | None) -> bool:
    """Whether a default is the same for all; a date of the period is no assumption."""
    if isinstance(default, m.Absent):
        return True
    if lowered is None or any(_is_of_period(part) for part in every_part(default)):  # type: ignore[arg-type]  # else an expression
        return False
    return all(isinstance(part, Literal | Build | Arithmetic) for part in walk(lowered))


def _is_of_period(part: object) -> bool:
    return isinstance(part, Path) and part.object == Name(_PERIOD, part.span)


def _is_nothing(default: object, lowered: Node | None) -> bool:
    if isinstance(lowered, Literal):
        return lowered.value in _NOTHINGS
    if isinstance(lowered, Build):
        return not lowered.items
    return isinstance(default, m.Absent)
