"""What must be done before all can be signed: decisions, steps, facts, violations, notes.

Who only waits for another is counted: as soon as that one is settled there is nothing to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.report.document import model as d
from khung.report.result import overview as o
from khung.report.result.subject import awaited_text, missing_text, told_findings
from khung.report.words.labels import counted, noun_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from khung.engine.facts import Entity
    from khung.report.result.context import Context
    from khung.why.result import Result

_GRAVE, _OTHERS = ("error",), ("warning", "info")
MOST_LABELS = 12
"""Of a sort named; the others are counted."""

_FEW_NAMES = 3  # of many subjects named; the others are counted

Said = dict[str, dict[str, "Entity"]]
"""What is said, and of whom it is, by path."""


def how_much(results: Sequence[Result], context: Context) -> Iterator[d.Line]:
    """Yield how much is in the way of a signature, of each sort; nothing where nothing is."""
    statuses = (Status.NEEDS_DECISION, Status.UNDETERMINED, Status.PENDING)
    found = {
        noun_of(context.say(f"status.{status.value}")): sum(r.status is status for r in results)
        for status in statuses
    }
    found[context.say("unsigned.foreseen")] = sum(r.is_provisional for r in results)
    found[context.say("unsigned.checks")] = sum(
        state is CheckState.VIOLATED and check.severity in _GRAVE
        for result in results
        for check, state in result.checks
    )
    said = [context.found(what, context.words.count(n)) for what, n in found.items() if n]
    if said:
        yield d.Line(context.say("unsigned", what=", ".join(said)), 2)


def in_the_way(told: o.Told, untold: o.Told, context: Context) -> Iterator[d.Block]:
    """Yield each sort of what is in the way below a heading, or that nothing is; see `summary`.

    Checks that could not be made are in nobody's way, but are counted here.
    """
    results = [result for own in told for result in own]
    blocks: list[d.Block] = [
        *o.decisions(told, context, MOST_LABELS),
        *_pending(results, context),
        *_unknown(results, context),
        *_awaited(results, context),
        *o.checks(told, context, _GRAVE),
        *_findings(results, context, _GRAVE),
        *undescribed(untold, context),
    ]
    yield d.Heading(2, context.say("in_the_way"), "in-the-way")
    yield from blocks or (d.Paragraph((context.say("nothing_in_the_way"),)),)
    yield from unchecked(results, context)


def undescribed(untold: o.Told, context: Context) -> Iterator[d.Line]:
    """Yield of whom a case says next to nothing."""
    for results in filter(None, untold):
        who = context.words.entities([r.entity for r in results], o.MOST_NAMES)
        least = min(len(result.missing) for result in results)
        yield d.Line(context.say("blank", who=who, n=least))


def unchecked(results: Iterable[Result], context: Context) -> Iterator[d.Line]:
    """Yield how many checks could not be made, if any."""
    number = o.unchecked(results)
    if number:
        yield d.Line(context.say("unchecked", n=context.words.count(number)))


def notes(told: o.Told, context: Context) -> Iterator[d.Block]:
    """Yield what else is to be looked at, which is in nobody's way."""
    results = [result for own in told for result in own]
    blocks: list[d.Block] = [
        *_findings(results, context, _OTHERS),
        *o.checks(told, context, _OTHERS, "checks.others"),
    ]
    if blocks:
        yield d.Heading(2, context.say("findings"), "notes")
        yield from blocks


def _pending(results: Iterable[Result], context: Context) -> Iterator[d.Line]:
    """Yield the steps that are missing, by the rules that ask for them."""
    said = Said()
    for result in results:
        if result.status is Status.PENDING:
            for reason in result.reasons:
                text = context.rules.title(reason.rule, result.entity.type)
                _note(said, text, result.entity)
    yield from _listed("pending", said, context)


def _unknown(results: Iterable[Result], context: Context) -> Iterator[d.Line]:
    """Yield what is not known, with those of whom it is; then who waits for nothing else."""
    said, waiting = Said(), Said()
    for result in results:
        own = [context.paths.located(path) for path in result.missing]
        for path, found in zip(result.missing, own, strict=True):
            if found is None:
                _note(said, missing_text(path, result.entity, context, hints=False), result.entity)
            elif found[1]:
                whose = _subject(found[0])
                _note(said, missing_text(path, whose, context, hints=False), whose)
        if own and all(found is not None and not found[1] for found in own):
            _note(waiting, context.say("waiting"), result.entity)
    yield from _listed("to_know", said, context, waiting)


def _subject(entity: Entity) -> Entity:
    """Return the subject that an object belongs to, or is."""
    while entity.owner is not None:
        entity = entity.owner
    return entity


def _awaited(results: Iterable[Result], context: Context) -> Iterator[d.Line]:
    """Yield for what steps levels wait; then those that wait for the levels of others alone."""
    said, waiting = Said(), Said()
    for result in results:
        own = [name for name in result.provisional if not _is_result(name, context)]
        for name in own:
            _note(said, awaited_text(name, result, context), result.entity)
        if result.provisional and not own:
            _note(waiting, context.say("foreseen_waiting"), result.entity)
    yield from _listed("awaited", said, context, waiting)


def _is_result(name: str, context: Context) -> bool:
    found = context.paths.located(name)
    return found is not None and not found[1]


def _findings(
    results: Iterable[Result], context: Context, severities: Collection[str]
) -> Iterator[d.Line]:
    said = Said()
    for result in results:
        for finding in told_findings(result):
            if finding.severity not in severities:
                continue
            text = context.rules.finding(finding, result.entity)
            text = context.say("error", text=text) if finding.severity == "error" else text
            _note(said, text, result.entity)
    yield from _listed("findings.grave" if severities is _GRAVE else "", said, context)


def _note(said: Said, text: str, entity: Entity) -> None:
    said.setdefault(text, {})[entity.path] = entity


def _listed(
    heading: str, said: Said, context: Context, last: Said | None = None
) -> Iterator[d.Line]:
    """Yield what is said, once, with those of whom it is, below a heading if any: of most first."""
    if heading and (said or last):
        yield d.Line(context.say(heading), 0, style=d.Style.HEADING)
    ordered = sorted(said.items(), key=lambda one: -len(one[1]))
    for text, whose in [*ordered[:MOST_LABELS], *(last or {}).items()]:
        yield d.Line(context.found(text, _names(whose.values(), context)), 2, "•")
    left = len(ordered) - MOST_LABELS
    if left > 0:
        yield d.Line(context.say("more_facts", n=left), 2, "•")


def _names(whose: Iterable[Entity], context: Context) -> str:
    """Return what some subjects are called, those of each type after one another."""
    by_type: dict[str, list[Entity]] = {}
    for entity in whose:
        by_type.setdefault(entity.type.name, []).append(entity)
    own = by_type.values()
    return "; ".join(context.words.entities(one, most_named(one, context)) for one in own)


def most_named(entities: Sequence[Entity], context: Context) -> int:
    """Return how many of some subjects to name: only a few of more than there is room for.

    A list that is cut is of no use beyond what it is an example of.
    """
    _, left = counted(map(context.words.name, entities), o.MOST_NAMES)
    return _FEW_NAMES if left else o.MOST_NAMES
