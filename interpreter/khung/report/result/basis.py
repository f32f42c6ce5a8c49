"""What results rest on beside the facts given: defaults, and readings of the text."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.report.document.model import BLANK, Line, Style
from khung.report.words.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.facts import Entity
    from khung.ir.program import Reading
    from khung.report.result.context import Context
    from khung.why.result import Result


def basis_lines(told: list[list[Result]], context: Context) -> Iterator[Line]:
    """Yield the defaults that were taken, then the readings with the options not taken.

    Args:
        told: The results of each type.
        context: The words.
    """
    concerned = [results for results in told if any(result.assumed for result in results)]
    for results in concerned:
        yield from _assumed(results, context, several=len(concerned) > 1)
    yield from _readings([result for results in told for result in results], context)


# -- defaults -----------------------------------------------------------------------------------


def _assumed(results: list[Result], context: Context, *, several: bool) -> Iterator[Line]:
    """Yield the defaults: those that are yes, no or none together, every other by itself."""
    shared: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        for place, label, value in _defaults(result, context):
            shared[place][label if place else f"{label}: {value}"].append(result.entity.id)
    concerned = [r.entity.id for r in results if r.assumed]
    title = context.words.say("assumed")
    if several:
        whose = context.words.type(results[0].entity.type)
        title = context.words.say("of", what=title, whom=whose)
    yield BLANK
    everyone = [r.entity.id for r in results]
    yield Line(_with_ids(title, concerned, everyone), style=Style.TITLE)
    for place in sorted(shared, key=lambda place: not place):
        labels = [_with_ids(label, ids, concerned) for label, ids in shared[place].items()]
        if place:
            yield Line(f"{place}: {'; '.join(labels)}", 2, "•")
        else:
            yield from (Line(label, 2, "•") for label in labels)


def _defaults(result: Result, context: Context) -> Iterator[tuple[str, str, str]]:
    """Yield each default: under which value it is listed, or empty; its label; its value."""
    for path in result.assumed:
        found = context.paths.located(path)
        if found is None or not found[1]:
            yield "", path, context.words.say("unknown")
            continue
        entity, name = found
        fact = entity.type.facts.get(name)
        value = _value(entity, name, context)
        plain = fact is not None and isinstance(fact.ty, t.Boolean | t.List)
        yield value if plain else "", context.words.of(entity, name, result.entity), value


def _value(entity: Entity, name: str, context: Context) -> str:
    fact = entity.type.facts.get(name)
    ty = fact.ty if fact else t.ANYTHING
    read = context.results.run.evaluator.member(entity, name, ty)
    if read is None:
        return context.words.say("none")
    return context.words.value(read[0], ty, fact.unit if fact else "")


def _with_ids(label: str, ids: list[str], everyone: list[str]) -> str:
    """Return a label with those it is about, unless that is everyone."""
    return label if ids == everyone else f"{label} ({listed(ids, 5)})"


# -- readings -----------------------------------------------------------------------------------


def _readings(results: list[Result], context: Context) -> Iterator[Line]:
    used: dict[str, list[str]] = defaultdict(list)
    for result in results:
        for name in result.readings:
            used[name].append(result.entity.id)
    concerned = [r.entity.id for r in results if r.readings]
    if used:
        yield BLANK
        everyone = [r.entity.id for r in results]
        title = _with_ids(context.words.say("readings"), concerned, everyone)
        yield Line(title, style=Style.TITLE)
    for name in context.results.program.readings:
        if name in used:
            reading = context.results.program.readings[name]
            asked = _with_ids(reading.question.said(context.words.lang), used[name], concerned)
            if context.hints:
                yield Line(asked, 2, "•")
                yield from _options(reading, context)
            else:
                yield Line(f"{asked} → {_chosen(reading, context)}", 2, "•")


def _options(reading: Reading, context: Context) -> Iterator[Line]:
    words, options = context.words, reading.options
    yield Line(_chosen(reading, context), 6, "→")
    for option in options.values:
        if option != reading.chosen:
            label = words.label(options.labels.get(option), option)
            said = words.say("try", option=f"--reading {reading.name}={option}", label=label)
            yield Line(said, 6, style=Style.FAINT)


def _chosen(reading: Reading, context: Context) -> str:
    return context.words.label(reading.options.labels.get(reading.chosen), reading.chosen)
