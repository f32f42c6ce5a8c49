"""A case of many subjects in brief: how many are where, a line for each, what is in the way."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.checks import CheckState
from khung.engine.facts import Entity
from khung.engine.stages import Status
from khung.engine.voting import DecisionKind
from khung.report.document import model as d
from khung.report.result import overview as o
from khung.report.result.subject import (
    awaited_text,
    is_decided,
    missing_text,
    so_far,
    standing,
    told_findings,
)
from khung.report.words.labels import noun_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from khung.report.result.context import Context
    from khung.report.words.conditions import Told
    from khung.why.result import Result

_LONGEST = 120  # characters of what belongs under a value that is told in the line of a subject
_MOST_FOUND = 2  # values that a rule found told in the line of a subject
_MOST_MISSING = 2  # unknown facts named in the line of a subject
_MOST_LABELS = 12  # unknown facts named among what is in the way
_NO_LEVEL = tuple(status for status in Status if status is not Status.RANKED)


def summary(told: o.Told, context: Context) -> Iterator[d.Block]:
    """Yield a page with how many stand where and what is in the way, then a line for each."""
    yield d.Heading(2, context.say("summary"))
    yield from _tables([own for own in told if own], context)
    yield from _unsigned([result for own in told for result in own], context)
    yield from o.quotas(told, context)
    for own in told:
        open_ones = [result for result in own if not is_decided(result)]
        if open_ones:
            yield from _each(open_ones, context)
    yield from _in_the_way(told, context)


def _tables(told: Sequence[Sequence[Result]], context: Context) -> Iterator[d.Block]:
    """Yield how many of each type stand at each level, types with the same levels in one table."""
    by_scale: dict[tuple[str, ...], list[Sequence[Result]]] = defaultdict(list)
    for own in told:
        ladder = own[0].entity.type.ladder
        assert ladder is not None  # noqa: S101  # only ranked types have results
        levels = (context.words.named(ladder.scale.name, level.rank) for level in ladder.levels)
        by_scale[tuple(levels)].append(own)
    for names, types in by_scale.items():
        yield _levels(names, types, context)


def _levels(names: tuple[str, ...], types: list[Sequence[Result]], context: Context) -> d.Grid:
    statuses = [s for s in _NO_LEVEL if any(r.status is s for own in types for r in own)]
    heads = [context.say(f"status.{status.value}") for status in statuses]
    rows = []
    for own in types:
        at = [
            sum(r.level == level.rank for r in own)
            for level in own[0].entity.type.ladder.levels  # type: ignore[union-attr]
        ]
        without = [sum(r.status is status for r in own) for status in statuses]
        numbers = [len(own), *at, *without]
        cells = (context.words.count(n) if n else "–" for n in numbers)
        rows.append(((context.words.type(own[0].entity.type),), *((cell,) for cell in cells)))
    columns = (context.say("column.subjects"), context.say("column.all"), *names, *heads)
    kinds = ("standing", *("number",) * (len(columns) - 1))
    return d.Grid(columns, tuple(rows), "", kinds)


def _unsigned(results: Sequence[Result], context: Context) -> Iterator[d.Line]:
    """Yield how much is in the way of a signature, of each sort; nothing where nothing is."""
    statuses = (Status.NEEDS_DECISION, Status.UNDETERMINED, Status.PENDING)
    found = {
        noun_of(context.say(f"status.{status.value}")): sum(r.status is status for r in results)
        for status in statuses
    }
    found[context.say("unsigned.foreseen")] = sum(r.is_provisional for r in results)
    violated = (s is CheckState.VIOLATED for r in results for _, s in r.checks)
    found[context.say("unsigned.checks")] = sum(violated)
    said = [context.found(what, context.words.count(n)) for what, n in found.items() if n]
    if said:
        yield d.Line(context.say("unsigned", what=", ".join(said)), 2)


# -- a line for each ------------------------------------------------------------------------------


def _each(results: Sequence[Result], context: Context) -> Iterator[d.Block]:
    """Yield a table of subjects, those not told apart by a name in one row if all else is alike."""
    yield d.Heading(2, context.words.type(results[0].entity.type))
    alike: dict[tuple[str, str, str, str, str], list[Result]] = defaultdict(list)
    for result in results:
        apart = result.entity.path if result.entity.name else ""
        alike[apart, *_cells(result, context)].append(result)
    rows, lines, number = [], [], 1
    for cells, members in alike.items():
        digits = _numbers(number, number + len(members) - 1, context)
        number += len(members)
        who = context.words.names([member.entity for member in members])
        rows.append(tuple((cell,) for cell in (digits, who, *cells[1:])))
        lines.append(d.Line(_line(who, *cells[1:], context=context), 2, f"{digits}."))
    names = "ordinal name place level reason missing"
    heads = tuple(context.say(f"column.{name}") for name in names.split())
    yield d.Grid(heads, tuple(rows), "", ("ordinal", "", "", "", "", ""), tuple(lines))


def _numbers(first: int, last: int, context: Context) -> str:
    said = context.words.count(first)
    if first == last:
        return said
    return context.say("from_number", first=said, last=context.words.count(last))


def _line(who: str, place: str, level: str, reason: str, missing: str, context: Context) -> str:
    """Return what a terminal shows of a row."""
    whom = context.say("of", what=who, whom=place) if place else who
    parts = [context.say("title", who=whom, level=level)]
    if reason:
        parts.append(context.say("row.why", why=reason))
    if missing:
        parts.append(context.say("row.missing", missing=missing))
    return ". ".join(parts)


def _cells(result: Result, context: Context) -> tuple[str, str, str, str]:
    place = _place(result.entity)
    where = context.words.name(place) if place else ""
    level = ". ".join(filter(None, (standing(result, context), so_far(result, context))))
    return where, level, main_reason(result, context), _missing(result, context)


def _place(entity: Entity) -> Entity | None:
    """Return the first subject that one belongs to, by the order of its links."""
    for name in entity.type.links:
        found = entity.facts.get(name)
        target = getattr(found, "least", None)
        if isinstance(target, Entity) and not target.stranger:
            return target
    return None


def main_reason(result: Result, context: Context) -> str:
    """Return the first rule behind a result, and how many more there are."""
    if result.decision is not None:
        decision, declared = result.decision, result.entity.type
        if decision.kind is DecisionKind.NO_BAND:  # its rule is the level above
            low, high = (context.words.level(rank, declared) for rank in decision.options)
            return context.say("row.no_band", low=low, high=high)
        return context.rules.title(decision.rule, declared)
    if result.status is Status.UNDETERMINED:
        return ""
    below = result.next_level is not None and result.status is Status.RANKED
    rules = [f.rule for f in result.failed] if below else [r.rule for r in result.reasons]
    if not rules:
        return ""
    if result.status is Status.RANKED and not below:
        return context.say("meets_all")
    rank = result.next_level if below else None
    told_by = context.rules.titled if rank is None else context.rules.failed
    title, found = told_by(rules[0], result.entity, rank)
    texts = [_short(told) for told in found if not told.choice]
    short = found and len(texts) == len(found) <= _MOST_FOUND
    said = context.say("because", rule=title, found="; ".join(texts)) if short else title
    others = len({rule.id for rule in rules}) - 1
    return context.say("and_rules", first=said, n=others) if others else said


def _short(told: Told) -> str:
    """Return what was found with what belongs under it, where that is no long list."""
    parts = [] if told.detail else [part.text for part in told.parts if not part.parts]
    said = "; ".join(parts) if len(parts) == len(told.parts) else ""
    return f"{told.text}, {said}" if 0 < len(said) <= _LONGEST else told.text


def _missing(result: Result, context: Context) -> str:
    named = [
        missing_text(path, result.entity, context, hints=False)
        for path in result.missing[:_MOST_MISSING]
    ]
    left = len(result.missing) - len(named)
    if left > 0:
        return context.say("and_facts", names="; ".join(named), n=left)
    return "; ".join(named)


# -- what is in the way ---------------------------------------------------------------------------


def _in_the_way(told: o.Told, context: Context) -> Iterator[d.Block]:
    """Yield what must be done before all can be signed: decisions, facts, steps, violations."""
    blocks = [*o.decisions(told, context), *o.checks(told, context)]
    lines = [*_unknown(told, context), *_awaited(told, context), *_findings(told, context)]
    if not blocks and not lines:
        return
    yield d.Heading(2, context.say("in_the_way"))
    yield from lines
    yield from blocks


def _unknown(told: o.Told, context: Context) -> Iterator[d.Line]:
    by_label: dict[str, list[Entity]] = defaultdict(list)
    for result in (result for own in told for result in own):
        for path in result.missing:
            by_label[missing_text(path, result.entity, context, hints=False)].append(result.entity)
    if by_label:
        yield d.Line(context.say("to_know"), 0, style=d.Style.HEADING)
    for label, whose in list(by_label.items())[:_MOST_LABELS]:
        yield d.Line(context.found(label, context.words.names(whose, o.MOST_NAMES)), 2, "•")
    left = len(by_label) - _MOST_LABELS
    if left > 0:
        yield d.Line(context.say("more_facts", n=left), 2, "•")


def _awaited(told: o.Told, context: Context) -> Iterator[d.Line]:
    said = (
        (awaited_text(name, result, context), result.entity)
        for own in told
        for result in own
        for name in result.provisional
    )
    yield from _named("awaited", said, context)


def _findings(told: o.Told, context: Context) -> Iterator[d.Line]:
    said = (
        (context.rules.finding(finding, result.entity), result.entity)
        for own in told
        for result in own
        for finding in told_findings(result)
    )
    yield from _named("findings", said, context)


def _named(heading: str, said: Iterable[tuple[str, Entity]], context: Context) -> Iterator[d.Line]:
    """Yield what is said, once, with those of whom it is, below a heading."""
    by_text: dict[str, list[Entity]] = defaultdict(list)
    for text, entity in said:
        by_text[text].append(entity)
    if by_text:
        yield d.Line(context.say(heading), 0, style=d.Style.HEADING)
    for text, whose in by_text.items():
        yield d.Line(context.found(text, context.words.names(whose, o.MOST_NAMES)), 2, "•")


# -- what is decided already ----------------------------------------------------------------------


def decided(results: Sequence[Result], context: Context) -> Iterator[d.Block]:
    """Yield the levels that a case gives, with those who have them."""
    by_level: dict[tuple[str, str], list[Entity]] = defaultdict(list)
    for result in sorted(results, key=o.order):
        by_level[result.entity.type.name, standing(result, context)].append(result.entity)
    if by_level:
        yield d.Heading(2, context.say("given"))
    for (_, level), whose in by_level.items():
        who = context.words.entities(whose, o.MOST_NAMES)
        yield d.Line(context.say("title", who=who, level=level), 2, "•")
