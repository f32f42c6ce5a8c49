"""What is not wrong in a rulebook but probably not meant: readings and values that do nothing.

Reports: K0702-K0705.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.diagnostics.model import Word
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.entries import entries, every_part
from khung.syntax.ast import Compare, Membership, Name, Path, UnaryTest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.model import Calendar, Option, Parameter, Reading, Rulebook
    from khung.syntax.ast import Expr

_READINGS = "readings"


def lint(rulebook: Rulebook, bag: Bag) -> None:
    """Report what no expression reads, and options of readings that no test tells apart."""
    parts = [part for e in entries(rulebook) for x in e.expressions for part in every_part(x)]
    for reading in rulebook.readings:
        uses = [part for part in parts if _is_reading(part, reading.head.id)]
        if not uses:
            bag.add("K0702", reading.head.span, at=reading.head.at, name=reading.head.id)
            continue
        named, elsewhere = _tested(parts, reading.head.id)
        if len(uses) == elsewhere:
            for option in _alike(reading, named):
                name = option.head.id
                at, span = option.head.at, option.head.span
                bag.add("K0703", span, at=at, name=name, reading=reading.head.id)
    _report_idle("parameters", "parameter", rulebook.parameters, parts, bag)
    _report_idle("calendars", "calendar", rulebook.calendars, parts, bag)


def _report_idle(
    space: str, kind: str, values: Iterable[Parameter | Calendar], parts: list[Expr], bag: Bag
) -> None:
    for head in (value.head for value in values):
        if not any(_is_of(part, space, head.id) for part in parts):
            bag.add("K0705", head.span, at=head.at, kind=Word(kind), name=head.id, space=space)


def try_options(rulebook: Rulebook, bag: Bag) -> int:
    """Report each option, not chosen, under which the rulebook is invalid; return how many ran.

    Options of different readings are tried together, as many runs as the longest list of options
    needs; only where such a run fails is each of its options tried alone.
    """
    others = [
        [(reading, option) for option in reading.options if option.head.id != reading.chosen.name]
        for reading in rulebook.readings
    ]
    for together in zip_longest(*others):
        run = [pair for pair in together if pair is not None]
        if _errors(rulebook, {r.head.id: o.head.id for r, o in run}):
            for reading, option in run:
                _try(rulebook, reading, option, bag)
    return sum(map(len, others))


def _errors(rulebook: Rulebook, readings: dict[str, str]) -> list[Diagnostic]:
    own = Bag()
    lower_rulebook(rulebook, readings, own)
    return [d for d in own.diagnostics if is_error(d)]


def _try(rulebook: Rulebook, reading: Reading, option: Option, bag: Bag) -> None:
    errors = _errors(rulebook, {reading.head.id: option.head.id})
    if errors:
        name, head = reading.head.id, option.head
        places = tuple(d.span for d in errors if d.span is not None)[:1]
        bag.add(
            "K0704",
            head.span,
            at=head.at,
            related=places,
            reading=name,
            name=head.id,
            rulebook=rulebook.id,
            count=len(errors),
        )


def _is_reading(expression: Expr, name: str) -> bool:
    return _is_of(expression, _READINGS, name)


def _is_of(expression: Expr, space: str, name: str) -> bool:
    """Say whether an expression is `SPACE.NAME`."""
    return (
        isinstance(expression, Path)
        and expression.name == name
        and isinstance(expression.object, Name)
        and expression.object.name == space
    )


def _tested(parts: list[Expr], name: str) -> tuple[set[str], int]:
    """Return the options that tests of a reading name, and how many such tests there are."""
    named: set[str] = set()
    tests = 0
    for part in parts:
        options = list(_options(part, name))
        tests += bool(options)
        named.update(options)
    return named, tests


def _options(part: Expr, name: str) -> Iterator[str]:
    """Yield the options with which `part` compares a reading, if that is what it does."""
    match part:
        case Compare():
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if _is_reading(one, name) and isinstance(other, Name):
                    yield other.name
        case Membership() if _is_reading(part.value, name):
            for test in part.tests:
                operand = test.operand if isinstance(test, UnaryTest) else test
                if isinstance(operand, Name):
                    yield operand.name
        case _:
            return


def _alike(reading: Reading, named: set[str]) -> list[Option]:
    """Return the options that come to the same as another that is kept: the chosen, or the first.

    One option that no test names is told apart by being none of the others.
    """
    alike = [option for option in reading.options if option.head.id not in named]
    kept = next((o for o in alike if o.head.id == reading.chosen.name), alike[0] if alike else None)
    return [option for option in alike if option is not kept]
