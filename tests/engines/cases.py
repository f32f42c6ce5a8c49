"""Random cases of any rulebook, as plain values: what a case file says under `subjects`.

None is unknown, `-` is none, and what is not there was not given. A case is small; many stand
beside each other in what an engine is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from khung.casefile.to_facts import Kinds
from khung.ir import types as t
from khung.ir.entries import stages_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from khung.ir.program import Criterion, Fact, Link, ObjectType, Program

ABSENT = "-"
_DAYS = (-277, 58, 164, 165, 166, 334)
"""Days after the first of the period: weekends and holidays are among them."""
_NUMBERS = ("0", "1", "2", "3", "5", "10", "0.5", "1.5", "2.5", "-1")
_WHOLE = ("0", "1", "1", "2", "2", "3", "4", "5", "9")
_TEXTS = ("a", "b", "o'x", "Ấ", "")
_KEYS = ("k1", "l1", "k2", "l2")

Facts = dict[str, Any]


@dataclass
class CasePlain:
    """A case: its day, what it says is whole, and its subjects by type and id."""

    on: date
    complete: Any = None
    subjects: dict[str, dict[str, Facts]] = field(default_factory=dict)
    bare: bool = False


@dataclass
class _Drawing:
    """How often something is unknown, not given, none."""

    rng: Random
    program: Program
    unknown: float
    silent: float
    made: CasePlain

    @cached_property
    def kinds(self) -> Kinds:
        """Which kind has what."""
        return Kinds(self.program)


def random_case(rng: Random, program: Program, size: int = 12) -> CasePlain:
    """Return a case with some `size` subjects in all."""
    first, to = program.period
    made = CasePlain(rng.choice((to - timedelta(16), to - timedelta(16), first + timedelta(180))))
    calm = rng.random() < 0.4
    unknown = 0 if calm else rng.choice((0, 0.02, 0.1, 0.25))
    at = _Drawing(rng, program, unknown, 0 if calm else rng.choice((0, 0.05, 0.2)), made)
    for declared, number in zip(program.subjects, _sizes(rng, program, size), strict=True):
        ids = [f"{declared.name[0]}{i}" for i in range(number)]
        made.subjects[declared.name] = {one: {} for one in ids}
    for declared in program.subjects:
        _kinds(at, declared)
        for one, facts in made.subjects[declared.name].items():
            _fill(at, declared, facts, one)
            _give(at, declared, facts)
    made.complete = True if calm else _whole(at)
    for declared in program.subjects:
        _count(at, declared)
        for facts in made.subjects[declared.name].values():
            _keep_own(at, declared, facts)
    made.bare = rng.random() < 0.07
    return made


def _sizes(rng: Random, program: Program, size: int) -> list[int]:
    """Return how many there are of each type: many of one, few of the others."""
    many = rng.randrange(len(program.subjects))
    least = [rng.randint(1, 3) for _ in program.subjects]
    least[many] = max(2, rng.randint(size // 2, size))
    return least


def _kinds(at: _Drawing, declared: ObjectType) -> None:
    """State kinds, the later in order first: what a link leads to in its own type is above."""
    if declared.kinds is None:
        return
    own = at.made.subjects[declared.name]
    ranks = sorted((at.rng.randrange(len(declared.kinds.values)) for _ in own), reverse=True)
    for facts, rank in zip(own.values(), ranks, strict=True):
        facts[declared.kind_field] = declared.kinds.values[rank]


def _fill(at: _Drawing, declared: ObjectType, facts: Facts, name: str) -> None:
    for fact in declared.facts.values():
        _state(at, facts, fact.name, lambda f=fact: _value(at, f, name), fact)
    if declared.kind_field and at.rng.random() < at.unknown / 8:
        facts[declared.kind_field] = None
    for link in declared.links.values():
        _state(at, facts, link.name, lambda k=link: _target(at, declared, k, name, facts), link)
    if declared.criteria:
        grades: Facts = {}
        for item in declared.criteria.values():
            _state(at, grades, item.id, lambda c=item: _plain(at, c.ty, c), item)
        facts["criteria"] = grades


def _keep_own(at: _Drawing, declared: ObjectType, facts: Facts) -> None:
    """Leave out what a subject of its kind has not."""
    kind = facts.get(declared.kind_field)
    if kind is None:
        return
    for held, prefix in ((facts, ""), (facts.get("criteria", {}), "criteria.")):
        for name in [n for n in held if n not in ("criteria", declared.kind_field)]:
            if not at.kinds.has(declared, kind, f"{prefix}{name}"):
                del held[name]


def _state(at: _Drawing, facts: Facts, name: str, draw: Any, declared: Any) -> None:
    """State a value, or that it is unknown or none, or nothing."""
    drawn = at.rng.random()
    if drawn < at.unknown:
        facts[name] = None
    elif drawn < at.unknown + at.silent + (0.4 if getattr(declared, "has_default", False) else 0):
        return
    elif getattr(declared, "optional", False) and at.rng.random() < 0.3:
        facts[name] = ABSENT
    else:
        found = draw()
        if found is not _NOTHING:
            facts[name] = found


_NOTHING = object()


def _value(at: _Drawing, fact: Fact, name: str) -> Any:
    if isinstance(fact.ty, t.List):
        return _list(at, fact, fact.ty.element, name)
    return _plain(at, fact.ty, fact)


def _plain(at: _Drawing, ty: t.Type, limits: Fact | Criterion) -> Any:
    rng, program = at.rng, at.program
    match ty:
        case t.Boolean():
            return rng.random() < 0.6
        case t.Number():
            return _number(rng, limits)
        case t.Date():
            days = [program.period[0] + timedelta(day) for day in _DAYS]
            return rng.choice([day for day in days if _fits(day, limits)] or days)
        case t.Scale():
            return rng.choice(program.values[ty.name].values)
        case t.Enumeration():
            return rng.choice(program.values[ty.name].values)
        case t.String():
            return rng.choice(_TEXTS)
        case t.Ballots():
            return _ballots(rng, program.values[ty.scale].values)
        case _:
            raise AssertionError(ty)


def _number(rng: Random, limits: Any) -> Decimal:
    low, high = limits.low, limits.high
    if low is not None and high is not None and high <= 1:
        return Decimal(rng.choice(("0", "0.25", "0.5", "1")))
    ended = low is not None and high is not None and low == int(low)
    texts = _WHOLE if ended or rng.random() < 0.4 else _NUMBERS
    found = [n for n in map(Decimal, texts) if _fits(n, limits)]
    return rng.choice(found or [low if low is not None else high])


def _fits(value: Any, limits: Any) -> bool:
    above = limits.low is None or value >= limits.low
    return bool(above and (limits.high is None or value <= limits.high))


def _ballots(rng: Random, levels: tuple[str, ...]) -> Any:
    if rng.random() < 0.3:
        return ABSENT
    counts = {level: rng.choice((0, 0, 0, 1, 1, 2)) for level in levels}
    return {level: n for level, n in counts.items() if n or rng.random() < 0.5}


def _target(at: _Drawing, declared: ObjectType, link: Link, name: str, facts: Facts) -> Any:
    others = list(at.made.subjects[link.to])
    if link.to != declared.name:
        return at.rng.choice(others)
    before = others[: others.index(name)] if name in others else others
    if link.tree and declared.kinds is not None:
        own = at.made.subjects[link.to]
        field, values = declared.kind_field, declared.kinds.values
        kind = facts.get(field)
        rank = -1 if kind is None else values.index(kind)
        before = [b for b in before if own[b].get(field) in values[rank + 1 :]]
    if before:
        return at.rng.choice(before)
    return ABSENT if link.optional else _NOTHING


def _list(at: _Drawing, fact: Fact, element: t.Type, name: str) -> Any:
    rng = at.rng
    number = fact.length if fact.length is not None else rng.choice((0, 0, 1, 1, 2, 3))
    if isinstance(element, t.Object):
        declared = at.program.objects[element.name]
        if not declared.is_record:
            ids = list(at.made.subjects[declared.name])
            found: list[Any] = rng.sample(ids, min(number, len(ids)))
        else:
            found = [_record(at, declared, fact, i) for i in range(number)]
    else:
        found = [_plain(at, element, fact) for _ in range(number)]
    longer = fact.length is None and rng.random() < at.unknown
    return [*found, None] if longer else found


def _record(at: _Drawing, declared: ObjectType, fact: Fact, place: int) -> Facts:
    facts: Facts = {}
    _fill(at, declared, facts, "")
    if fact.key:
        facts[fact.key] = _key(at, declared.facts[fact.key], place)
    return {} if says_more(facts) else facts


def says_more(record: Facts) -> bool:
    """Whether a record says as a row that there may be more: all that it states there is unknown.

    What its lists hold stands in rows of their own.
    """
    stated = [v for v in record.values() if not (isinstance(v, list) and v)]
    return bool(stated) and all(value is None for value in stated)


def facts_of(case: CasePlain) -> Iterator[Facts]:
    """Yield what a case states of each subject."""
    for of in case.subjects.values():
        yield from of.values()


def fits_tables(facts: Facts) -> bool:
    """Whether each record of lists is one as a row, too."""
    records = [x for v in facts.values() if isinstance(v, list) for x in v if isinstance(x, dict)]
    return all(not says_more(record) and fits_tables(record) for record in records)


def _key(at: _Drawing, fact: Fact, place: int) -> Any:
    match fact.ty:
        case t.Number():
            low = fact.low if isinstance(fact.low, Decimal) else Decimal(2016)
            return low + place
        case t.Scale() | t.Enumeration():
            return at.program.values[fact.ty.name].values[place]
        case t.Boolean():
            return bool(place)
        case _:
            return _KEYS[place]


def _give(at: _Drawing, declared: ObjectType, facts: Facts) -> None:
    """State a decision now and then, after any stage, or that it is not ranked or waits."""
    if declared.ladder is None or at.rng.random() > 0.12:
        return
    after = at.rng.choice([stage.value for stage in stages_of(declared)])
    levels = at.program.values[declared.ladder.scale.name].values
    given: Facts = {"level": at.rng.choice(levels)}
    if at.rng.random() < 0.2:
        given = {"status": at.rng.choice(("not_ranked", "pending"))}
    elif at.rng.random() < 0.6:
        given["after"] = after
    facts["given"] = given


# -- counts, and what is whole ---------------------------------------------------------------------


def _count(at: _Drawing, declared: ObjectType) -> None:
    """State the counts of lists: as many as there are, more, or that it is unknown."""
    for name, facts in at.made.subjects[declared.name].items():
        for fact in declared.facts.values():
            if fact.complete:
                held = facts.get(fact.name)
                number = len([r for r in held if r is not None]) if isinstance(held, list) else 0
                _set_count(at, declared, facts, fact.complete, number)
        for back in declared.back_lists.values():
            if back.complete and not back.below:
                _set_count(at, declared, facts, back.complete, _pointing(at, back, name))


def _pointing(at: _Drawing, back: Any, name: str) -> int:
    holders = at.made.subjects.get(back.holder)
    if holders is None:
        return at.rng.randrange(3)
    return sum(facts.get(back.link) == name for facts in holders.values())


def _set_count(at: _Drawing, declared: ObjectType, facts: Facts, name: str, number: int) -> None:
    more = 0 if at.rng.random() < 0.6 else at.rng.choice((0, 1, 2, -1, None))
    if at.made.complete is True and more:
        more = at.rng.choice((0, 0, 0, None))
    fact = declared.facts[name]
    count = None if more is None else Decimal(number + more)
    if count is None or not _fits(count, fact):
        facts.pop(name, None)
    else:
        facts[name] = count


def _whole(at: _Drawing) -> Any:
    drawn = at.rng.random()
    if drawn < 0.4:
        return True
    if drawn < 0.65:
        return None
    names = [d.name for d in at.program.subjects if at.rng.random() < 0.4]
    for declared in at.program.subjects:
        lists = [b.name for b in declared.back_lists.values() if not b.below]
        for one in at.made.subjects[declared.name]:
            names += [f"{declared.name}.{one}.{b}" for b in lists if at.rng.random() < 0.15]
    return names
