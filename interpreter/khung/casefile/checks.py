"""What is asked of a case once it is evaluated, one check after another.

Votes of more ballots than voters, dates that the calendar which counts them does not reach, groups
of more subjects than they may have, counts smaller than the list they count, or greater than one
that is said to be whole can hold, and values that, by the subject's own other facts, do not apply.

Reports: K0609, K0630, K0632, K0634, K0637, K0640 and those of
`musts`.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from khung.casefile.group_checks import check_groups
from khung.casefile.musts import Place, check_musts
from khung.casefile.stated import stated, written_at
from khung.casefile.under import check_quotas
from khung.diagnostics.suggest import listed, nearest
from khung.engine import conditions
from khung.engine.facts import Entity, Stated
from khung.engine.findings import counted_lists, longer_lists
from khung.engine.texts import number_text
from khung.engine.values import Elements, Value
from khung.ir import types as t
from khung.ir.dates import parse_date
from khung.ir.nodes import Field
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.source.values import under

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as MappingOf

    from khung.casefile.model import CaseFile, Written
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Case
    from khung.engine.findings import CountedList
    from khung.engine.stages import Run
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program, Vote
    from khung.rulebook.model import Ref, Rulebook
    from khung.source import nodes
    from khung.source.nodes import Entry
    from khung.text import Span


_CRITERIA = "criteria."


def check_evaluated(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Report what only shows once a case is evaluated."""
    checks = (
        _ballots,
        _calendars,
        check_groups,
        check_quotas,
        _counts,
        _short_lists,
        _unused,
        _musts,
    )
    for check in checks:
        check(case_file, run, bag)


def _musts(case_file: CaseFile, run: Run, bag: Bag) -> None:
    check_musts(_places(case_file, run.case), run, bag)


def _places(case_file: CaseFile, case: Case) -> Iterator[Place]:
    for entity, entry, by_id in stated(case_file, case):
        yield Place(entity, entry.id.span, partial(_first_written, entry, by_id))


def _first_written(entry: Written, by_id: MappingOf[str, Written], name: str) -> Entry | None:
    return next(written_at(entry, name, by_id), None)


# -- where something is written ---------------------------------------------------------------


# -- votes ------------------------------------------------------------------------------------


def _ballots(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Report every vote whose ballots are surely more than those who may vote (K0630)."""
    for entity, entry, by_id in stated(case_file, run.case):
        for vote in entity.type.votes:
            counted = _too_many(entity, vote, run)
            if counted is None or not isinstance(vote.ballots, Field):
                continue
            name, (ballots, base) = vote.ballots.name, counted
            written = next(written_at(entry, name, by_id), None)
            span = written.key_span if written else entry.id.span
            bag.add("K0630", span, name=name, ballots=ballots, base=base)


def _too_many(entity: Entity, vote: Vote, run: Run) -> tuple[str, str] | None:
    env = run.evaluator.env(entity)
    if vote.base is None or not conditions.holds(vote.head.when, env, run.evaluator).least:
        return None
    ballots = run.evaluator.read(vote.ballots, env)
    base = run.evaluator.evaluate(vote.base, env)
    if ballots is None or ballots[0].why or sum(ballots[0].least) <= base.most:
        return None
    return str(sum(ballots[0].least)), number_text(base.most)


# -- dates ------------------------------------------------------------------------------------


def _calendars(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Warn of every date that the calendar which counts it does not cover (K0640).

    Only facts that stand as arguments themselves are looked at, as written; of what is worked out,
    the result says that it is unknown.
    """
    program = run.case.program
    for entity, entry, _ in stated(case_file, run.case) if program.dates else ():
        if _is_beyond(entity, program):
            for fact, node in _dates(entry.facts, program.objects[entity.type.name], program):
                _check_date(fact, node, program, bag)


def _is_beyond(entity: Entity, program: Program) -> bool:
    """Whether an object, or a record of it, has a date that a calendar does not cover."""
    for name, said in entity.facts.items():
        value = said.least if isinstance(said, Value) and said.known else None
        if isinstance(value, date):
            by = program.dates.get((entity.type.name, name), ())
            if any(not held.covers(value) for held in by):
                return True
        elif isinstance(value, Elements):
            held_by = (item.value.least for item in value.items)
            own = (one for one in held_by if isinstance(one, Entity) and one.owner is entity)
            if any(_is_beyond(one, program) for one in own):
                return True
    return False


def _dates(
    entries: Iterable[Entry], declared: ObjectType, program: Program
) -> Iterator[tuple[tuple[str, str], Scalar]]:
    """Yield the values of facts that are counted, also those of records."""
    for entry in entries:
        fact = declared.facts.get(entry.key)
        if (declared.name, entry.key) in program.dates and isinstance(entry.value, Scalar):
            yield (declared.name, entry.key), entry.value
        elif fact and isinstance(fact.ty, t.List) and isinstance(fact.ty.element, t.Object):
            inner = program.objects[fact.ty.element.name]
            for record in _records(entry.value):
                yield from _dates(record.entries, inner, program)


def _records(node: nodes.Node) -> Iterator[Mapping]:
    parts: tuple[nodes.Node, ...] = ()
    if isinstance(node, Sequence):
        parts = node.items
    elif isinstance(node, Mapping):
        parts = tuple(entry.value for entry in node.entries)
    yield from (part for part in parts if isinstance(part, Mapping))


def _check_date(fact: tuple[str, str], node: Scalar, program: Program, bag: Bag) -> None:
    day = parse_date(node.text.text)
    for held in sorted(program.dates[fact], key=lambda by: by.name):
        if day is not None and not held.covers(day):
            bag.add(
                "K0640",
                node.span,
                name=fact[1],
                day=str(day),
                calendar=held.name,
                first=str(held.first),
                last=str(held.last),
            )


# -- counts -----------------------------------------------------------------------------------


def _counts(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Warn, where it is written, of every count that is smaller than what is listed (K0632).

    One that a group with too many was told of is not told again.
    """
    told = {d.span for d in bag.diagnostics if d.code == "K0637"}
    for entity, entry, by_id in stated(case_file, run.case):
        for found in longer_lists(run, entity):
            written = next(written_at(entry, found.count, by_id), None)
            if written is not None and written.value.span in told:
                continue
            bag.add(
                "K0632",
                written.value.span if written else entry.id.span,
                at=f"subjects.{entity.path}.{found.count}",
                name=found.count,
                count=number_text(found.most),
                listed=found.listed,
                list=found.name,
                subject=entity.id,
            )


def _short_lists(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Report every list that is said to be whole and holds surely fewer than its count (K0634)."""
    reported: set[Span] = set()
    for entity, entry, by_id in stated(case_file, run.case) if case_file.complete else ():
        for found in filter(_is_short, counted_lists(run, entity)):
            written = next(written_at(entry, found.count, by_id), None)
            span = written.value.span if written else entry.id.span
            if span not in reported:
                reported.add(span)
                _report_short(found, entity, span, case_file, bag)


def _is_short(found: CountedList) -> bool:
    return found.is_whole and found.least > found.listed + found.possible


def _report_short(
    found: CountedList, entity: Entity, span: Span, case_file: CaseFile, bag: Bag
) -> None:
    holds = found.listed + found.possible
    bag.add(
        "K0634",
        span,
        help="" if case_file.complete is True else "named",
        at=f"subjects.{entity.path}.{found.count}",
        name=found.count,
        count=number_text(found.least),
        listed=holds,
        missing=number_text(found.least - holds),
        list=found.name,
        subject=entity.id,
    )


# -- values that do not apply -----------------------------------------------------------------


def _unused(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Warn of every value that an entry states itself and that surely does not apply (K0609)."""
    for group in case_file.subjects:
        entities = run.case.entities.get(group.type.name, {})
        for entry in group.entries:
            if entry.ids and entry.ids[0] in entities:
                _check_unused(entities[entry.ids[0]], entry, run, bag)


def _check_unused(entity: Entity, entry: Written, run: Run, bag: Bag) -> None:
    for name, given in entity.facts.items():
        condition = _condition(entity, name)
        if condition is None or given is Stated.ABSENT or given.why:
            continue
        if not run.evaluator.truth(condition, run.evaluator.env(entity)).most:
            for written in _own(entry, name):
                from khung.syntax.respell import in_each  # noqa: PLC0415  # a case has none

                said = in_each(condition.span)
                bag.add("K0609", written.key_span, name=written.key, condition=said)


def _own(entry: Written, name: str) -> Iterator[Entry]:
    """Yield where an entry states a fact or a grade itself."""
    is_grade = name.startswith(_CRITERIA)
    own = entry.criteria if is_grade else entry.facts
    key = name.removeprefix(_CRITERIA)
    return (written for written in own if written.key == key)


def _condition(entity: Entity, name: str) -> Node | None:
    declared = entity.type
    fact = declared.facts.get(name) or declared.links.get(name)
    if fact is not None:
        return None if fact.optional else fact.applies
    criterion = declared.criteria.get(name.removeprefix(_CRITERIA))
    return criterion.applies if criterion else None


class Choices(NamedTuple):
    """A reading: its options, and that which the rulebook chooses."""

    name: str
    options: tuple[str, ...]
    chosen: str


def choices_of(rulebook: Rulebook | None) -> dict[str, Choices]:
    """Return the readings of a rulebook by name."""
    return {
        r.head.id: Choices(r.head.id, tuple(o.head.id for o in r.options), r.chosen.name)
        for r in (rulebook.readings if rulebook else ())
    }


def chosen_readings(
    case_file: CaseFile, choices: MappingOf[str, Choices], bag: Bag
) -> dict[str, str]:
    """Return the options that a case chooses, for `lower_rulebook`; wrong ones are left out."""
    options = {name: choice.options for name, choice in choices.items()}
    found: dict[str, str] = {}
    for reading, option in case_file.readings:
        if reading.name not in options:
            _unknown_reading(reading, tuple(options), bag)
        elif option.name not in options[reading.name]:
            _unknown_option(reading, option, options[reading.name], bag)
        else:
            found[reading.name] = option.name
    return found


def _unknown_reading(reading: Ref, names: tuple[str, ...], bag: Bag) -> None:
    name, near = reading.name, nearest(reading.name, names)
    advice, known = "near" if near else "", listed(names, 8)
    bag.add(
        "K0503",
        reading.span,
        help=advice,
        at="readings",
        name=name,
        near=near or "",
        known=known,
    )


def _unknown_option(reading: Ref, option: Ref, names: tuple[str, ...], bag: Bag) -> None:
    near = nearest(option.name, names)
    bag.add(
        "K0504",
        option.span,
        help="near" if near else "",
        at=under("readings", reading.name),
        reading=reading.name,
        name=option.name,
        near=near or "",
        known=listed(names, 8),
    )
