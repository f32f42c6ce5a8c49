"""The telling answers to a question: those between which what the rules make of a fact may change.

Every truth, level and option; every subject to which a link may lead; numbers and days at, just
below and just beyond what rules compare them with; a list without elements and lists of one; all
ballots for one level.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, assert_never

from khung.engine.facts import Entity, Stated
from khung.engine.values import EMPTY, Element, Elements, Value, known
from khung.ir import types as t
from khung.ir.program import Fact, Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.analysis.ask.points import Point
    from khung.engine.facts import Case
    from khung.ir.program import Criterion, ObjectType

Answer = Value | Stated

_MOST = 24
"""How many answers are tried for one question."""

_DAY = timedelta(days=1)
_MOST_DAYS = 1200  # a number beside a day may be that many months or days
_YEAR = 12
_FEW = 4  # numbers that may count ballots


def asked_as(entity: Entity, name: str) -> Fact | Link | Criterion | None:
    """Return what may be stated of an object under a name; None of a definition.

    Of a list that stands in the case it may be stated that it is whole: that is as of a truth.
    """
    declared = entity.type
    if asks_whole(entity, name):
        return Fact(name, t.BOOLEAN, None, ())
    found, stated = declared.facts.get(name), entity.facts.get(name)
    if isinstance(stated, Value) and isinstance(stated.least, Elements):
        return None  # it says itself that it goes on
    return found or declared.links.get(name) or declared.criteria.get(_criterion(name))


def asks_whole(entity: Entity, name: str) -> bool:
    """Whether a list of a subject is there, so that it is left to say that it is whole."""
    back = entity.type.back_lists.get(name)
    if entity.owner is not None or back is not None:
        return entity.owner is None and back is not None and not back.below
    fact, stated = entity.type.facts.get(name), entity.facts.get(name)
    if fact is None or not isinstance(fact.ty, t.List) or not isinstance(stated, Value):
        return False
    return isinstance(stated.least, Elements) and stated.known and stated.least.unseen == 0


def _criterion(name: str) -> str:
    return name.removeprefix("criteria.")


def answers(
    case: Case, entity: Entity, name: str, points: Mapping[str, frozenset[Point]]
) -> list[Answer]:
    """Return the telling answers to what a fact, link or criterion of an object is.

    Args:
        case: The case.
        entity: The object.
        name: What is asked of it.
        points: Of the rulebook, see `points_of`.
    """
    asked = asked_as(entity, name)
    if asked is None:
        return []
    own = points.get(_criterion(name), frozenset()) | points.get(name, frozenset())
    found = [*map(known, _values(case, entity, asked, own))]
    may_lack = not hasattr(asked, "group") and getattr(asked, "optional", False)
    return [*found[:_MOST], *([Stated.ABSENT] if may_lack else [])]


def _values(
    case: Case, entity: Entity, asked: Fact | Link | Criterion, points: frozenset[Point]
) -> list[Any]:
    values = case.program.values
    match asked.ty:
        case t.Boolean():
            return [True, False]
        case t.Scale():
            return [*range(len(values[asked.ty.name].values))]
        case t.Enumeration():
            return [*values[asked.ty.name].values]
        case t.Number():
            return [*_within(_numbers(entity, points), asked)]
        case t.Date():
            return [*_within(_days(case, points), asked)]
        case t.Object():
            return [*case.entities.get(asked.ty.name, {}).values()]
        case t.List():
            return [] if isinstance(asked, Fact) and asked.length else _lists(case, entity, asked)
        case t.Ballots():
            return _ballots(entity, len(values[asked.ty.scale].values))
        case t.String():
            return [*dict.fromkeys(_texts(case, entity, asked)), "?"]
        case t.Calendar() | t.Anything() | t.Bad():
            return []
        case t.Fraction() | t.Ratio() | t.Months() | t.Seconds() | t.Range() | t.Context():
            raise AssertionError(asked.ty)  # no rulebook can declare an input of this type
        case _:
            assert_never(asked.ty)


def _within(found: Iterable[Any], asked: Any) -> Iterator[Any]:
    """Yield values within the range of a fact, its ends among them, each once."""
    ends = [end for end in (getattr(asked, "low", None), getattr(asked, "high", None)) if end]
    low, high = getattr(asked, "low", None), getattr(asked, "high", None)
    for value in dict.fromkeys((*ends, *found)):
        if (low is None or value >= low) and (high is None or value <= high):
            yield value


def _numbers(entity: Entity, points: frozenset[Point]) -> Iterator[Decimal]:
    """Yield numbers at and around points, and what a share of a stated number comes to."""
    numbers = sorted(point for point in points if isinstance(point, Decimal))
    stated = [*_stated(entity)]
    yield from (*(p for p in numbers if p > 1), Decimal(0))
    for share in (p for p in numbers if 0 < p <= 1):
        yield from (share, *_around(number * share for number in stated))
        yield from _around(number / share for number in stated)
    yield from stated
    yield Decimal(1)
    for point in (*(p for p in numbers if p >= 1), *stated):
        yield from (point - 1, point + 1)


def _around(numbers: Iterable[Decimal]) -> Iterator[Decimal]:
    for number in numbers:
        yield number.to_integral_value(ROUND_FLOOR)
        yield number.to_integral_value(ROUND_CEILING)


def _stated(entity: Entity) -> Iterator[Decimal]:
    for stated in entity.facts.values():
        if isinstance(stated, Value) and stated.known and isinstance(stated.least, Decimal):
            yield stated.least


def _days(case: Case, points: frozenset[Point]) -> Iterator[date]:
    """Yield days at and around points, the ends of the period and what lies so far before them."""
    first, last = case.program.period
    edges = [point for point in points if isinstance(point, date)]
    for number in sorted(p for p in points if isinstance(p, Decimal) and 0 < p <= _MOST_DAYS):
        edges += [_months_before(last, int(number)), _months_before(case.on, int(number))]
        edges += [case.on - timedelta(days=int(number))]
    for edge in (*edges, first, last, case.on):
        yield from (edge, edge - _DAY, edge + _DAY)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * _YEAR + day.month - 1 - months, _YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _lists(case: Case, entity: Entity, asked: Any) -> list[Elements]:
    """Return a list without elements, and lists of one: of a record only its key is known."""
    ty = asked.ty.element
    element = case.program.objects.get(getattr(ty, "name", ""))
    if element is None or not element.is_record:
        return [EMPTY, *(Elements((Element(known(one)),)) for one in _elements(case, ty))]
    key = _key(case, element, asked.key)
    facts = {} if key is None else {asked.key: known(key)}
    shown = 1 if key is None else key
    one = Entity(element, f"{asked.name}[{shown}]", facts, owner=entity, bare=entity.bare)
    return [EMPTY, Elements((Element(known(one)),))]


def _elements(case: Case, ty: t.Type) -> list[Any]:
    match ty:
        case t.Boolean():
            return [True, False]
        case t.Scale():
            return [*range(len(case.program.values[ty.name].values))]
        case t.Enumeration():
            return [*case.program.values[ty.name].values]
        case t.Object():
            return [*case.entities.get(ty.name, {}).values()]
        case _:  # numbers, days and texts: as good as any other
            return []


def _key(case: Case, record: ObjectType, key: str) -> Any:
    """Return a key for a record; None where nothing tells records apart."""
    held = record.facts.get(key)
    match held and held.ty:
        case None:
            return None
        case t.Number():
            return Decimal(1)
        case t.Date():
            return case.on
        case t.Enumeration() as ty:
            return case.program.values[ty.name].values[0]
        case _:
            return "1"


def _ballots(entity: Entity, levels: int) -> list[tuple[int, ...]]:
    numbers = sorted({int(number) for number in _stated(entity) if number > 0})[:_FEW]
    counts = [*dict.fromkeys((1, *numbers))]
    return [tuple(c * (rank == n) for n in range(levels)) for rank in range(levels) for c in counts]


def _texts(case: Case, entity: Entity, asked: Any) -> Iterator[str]:
    for other in case.entities.get(entity.type.name, {}).values():
        stated = other.facts.get(asked.name)
        if isinstance(stated, Value) and stated.known:
            yield stated.least
