"""What results rest on beside the facts given: what is taken as whole, defaults, readings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.report.document.model import BLANK, Line, Style
from khung.report.words.labels import noun_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.facts import Entity, Whole
    from khung.ir.program import Reading
    from khung.report.result.context import Context
    from khung.report.words.labels import Words
    from khung.why.result import Result

_MOST_NAMES = 5  # of those whom a default or a reading is about


def basis_lines(told: list[list[Result]], context: Context) -> Iterator[Line]:
    """Yield what was taken as whole, the defaults, then the readings with the options not taken.

    Args:
        told: The results of each type.
        context: The words.
    """
    yield from whole_lines(context)
    concerned = [results for results in told if any(result.assumed for result in results)]
    for results in concerned:
        yield from _assumed(results, context, several=len(concerned) > 1)
    yield from _readings([result for results in told for result in results], context)


def whole_lines(context: Context) -> Iterator[Line]:
    """Yield what the case says is whole, if anything."""
    whole = context.results.case.whole
    if whole.everything:
        said = [context.say("whole_all")]
    else:
        said = [*_whole_types(whole, context), *_whole_lists(whole, context)]
    if said:
        yield BLANK
        yield Line(context.say("whole", what="; ".join(said)))


def _whole_types(whole: Whole, context: Context) -> Iterator[str]:
    words, subjects = context.words, context.results.program.subjects
    types = (words.type(declared) for declared in subjects if declared.name in whole.types)
    if said := [words.plural(noun_of(one)) for one in types]:
        yield context.say("whole_type", what=words.joined(said))


def _whole_lists(whole: Whole, context: Context) -> Iterator[str]:
    words, entities = context.words, context.results.case.entities
    for type_name, owner, name in sorted(whole.lists):
        entity = entities[type_name][owner]
        what = words.plural(noun_of(words.member(entity.type, name)))
        yield context.say("whole_list", what=what, whom=words.entity(entity))


def _assumed(results: list[Result], context: Context, *, several: bool) -> Iterator[Line]:
    """Yield the defaults: those that are yes, no or none together, every other by itself."""
    shared: dict[str, dict[str, list[Entity]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        for place, label, value in _defaults(result, context):
            shared[place][label if place else f"{label}: {value}"].append(result.entity)
    concerned = [r.entity for r in results if r.assumed]
    title = context.say("assumed")
    if several:
        whose = context.words.type(results[0].entity.type)
        title = context.say("of", what=title, whom=whose)
    yield BLANK
    everyone = [r.entity for r in results]
    yield Line(_with_names(title, concerned, everyone, context), style=Style.TITLE)
    for place in sorted(shared, key=lambda place: not place):
        said = shared[place].items()
        labels = [_with_names(label, whose, concerned, context) for label, whose in said]
        if place:
            yield Line(f"{place}: {'; '.join(labels)}", 2, "•")
        else:
            yield from (Line(label, 2, "•") for label in labels)


def _defaults(result: Result, context: Context) -> Iterator[tuple[str, str, str]]:
    """Yield each default: under which value it is listed, or empty; its label; its value."""
    for path in result.assumed:
        found = context.paths.located(path)
        if found is None or not found[1]:
            yield "", path, context.say("unknown")
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
        return context.say("none")
    return context.words.value(read[0], ty, fact.unit if fact else "")


def _with_names(label: str, whose: list[Entity], everyone: list[Entity], context: Context) -> str:
    """Return a label with those it is about, unless that is everyone."""
    if whose == everyone:
        return label
    return context.say("of", what=label, whom=context.words.names(whose, _MOST_NAMES))


def _readings(results: list[Result], context: Context) -> Iterator[Line]:
    used: dict[str, list[Entity]] = defaultdict(list)
    for result in results:
        for name in result.readings:
            used[name].append(result.entity)
    concerned = [r.entity for r in results if r.readings]
    if used:
        yield BLANK
        everyone = [r.entity for r in results]
        title = _with_names(context.say("readings"), concerned, everyone, context)
        yield Line(title, style=Style.TITLE)
    for name, reading in context.results.program.readings.items():
        if name in used:
            asked = _with_names(
                reading.question.said(context.words.lang), used[name], concerned, context
            )
            if context.hints:
                yield Line(asked, 2, "•")
                yield from _options(reading, context.words)
            else:
                yield Line(f"{asked} → {context.words.option(reading)}", 2, "•")


def _options(reading: Reading, words: Words) -> Iterator[Line]:
    yield Line(words.option(reading), 6, "→")
    for option in reading.options.values:
        if option != reading.chosen:
            name, label = f"--reading {reading.name}={option}", words.option(reading, option)
            yield Line(words.say("try", option=name, label=label), 6, style=Style.FAINT)
