"""A case of many subjects at a glance: how many are where, who has places, what is in the way."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.report.document import model as d
from khung.report.result import groups as g
from khung.report.result import overview as o
from khung.report.result.in_the_way import how_much, in_the_way, notes
from khung.report.result.levels import levels
from khung.report.result.near import near
from khung.report.result.subject import standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.engine.facts import Entity
    from khung.report.result.context import Context
    from khung.why.result import Result


def summary(told: o.Told, untold: o.Told, context: Context, *, on_paper: bool) -> Iterator[d.Block]:
    """Yield how many stand where, who has the places of quotas, and what is in the way.

    Args:
        told: The results of each type.
        untold: Those of whom a case says next to nothing.
        context: The words.
        on_paper: Whether there is room for columns, shares and gauges.
    """
    results = [result for own in told for result in own]
    yield d.Heading(2, context.say("summary"), "summary")
    yield from levels([own for own in told if own], context, wide=on_paper)
    yield from how_much(results, context)
    yield from g.at_a_glance(told, context, on_paper=on_paper)
    yield from in_the_way(told, untold, context)


def beside(told: o.Told, context: Context) -> Iterator[d.Block]:
    """Yield who is close to the next level, and what else is to be looked at."""
    yield from near([result for own in told for result in own], context)
    yield from notes(told, context)


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
