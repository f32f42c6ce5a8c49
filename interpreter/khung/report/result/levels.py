"""How many subjects stand at each level: a row for each type, and for each kind of a type."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from khung.engine.stages import Status
from khung.engine.values import Value
from khung.ir.program import ladder_of
from khung.report.document.model import NONE, Break, Grid, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.report.document.model import Block, Rich
    from khung.report.result.context import Context
    from khung.why.result import Result

_NO_LEVEL = tuple(status for status in Status if status is not Status.RANKED)
_FEWEST = 5  # ranked from which on shares are told: one of two is no half of anything
_TENTH = Decimal("0.001")  # a share is told as a percentage with one decimal


def levels(told: Sequence[Sequence[Result]], context: Context, *, wide: bool) -> Iterator[Block]:
    """Yield a table for each set of levels, of all types that have it.

    Args:
        told: The results of each type, none of them empty.
        context: The words.
        wide: Whether there is room for each kind of a type, and for shares of those ranked.
    """
    by_scale: dict[tuple[str, ...], list[Sequence[Result]]] = defaultdict(list)
    for own in told:
        ladder = ladder_of(own[0].entity.type)
        scale = ladder.scale.name
        names = tuple(context.words.named(scale, level.rank) for level in ladder.levels)
        by_scale[names].append(own)
    for names, types in by_scale.items():
        yield _table(names, types, context, wide=wide)
    if wide:
        yield Paragraph((context.say("shares", n=context.words.count(_FEWEST)),), "meta")


def _table(
    names: tuple[str, ...], types: Sequence[Sequence[Result]], context: Context, *, wide: bool
) -> Grid:
    statuses = [s for s in _NO_LEVEL if any(r.status is s for own in types for r in own)]
    rows = [
        ((label,), *_numbers(own, statuses, context, wide=wide))
        for results in types
        for label, own in _parts(results, context, wide=wide)
    ]
    ranked = (context.say("column.ranked"),) if wide else ()
    heads = (context.say(f"status.{status.value}") for status in statuses)
    columns = (context.say("column.subjects"), context.say("column.all"), *ranked, *names, *heads)
    return Grid(columns, tuple(rows), "", ("standing", *("number",) * (len(columns) - 1)))


def _parts(
    results: Sequence[Result], context: Context, *, wide: bool
) -> Iterator[tuple[str, Sequence[Result]]]:
    """Yield all of a type, then those of each kind where there are several."""
    declared = results[0].entity.type
    yield context.words.type(declared), results
    by_kind: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_kind[_kind(result)].append(result)
    kinds = declared.kinds
    if not wide or kinds is None or len(by_kind) == 1:
        return
    for name in (*kinds.values, ""):
        if name in by_kind:
            label = context.words.label(kinds.labels.get(name), name or context.say("no_kind"))
            yield context.say("kind", kind=label), by_kind[name]


def _kind(result: Result) -> str:
    """Return the name of the kind of a subject; empty where it has none, or it is not known."""
    stated = result.entity.facts.get(result.entity.type.kind_field)
    return str(stated.least) if isinstance(stated, Value) and stated.known else ""


def _numbers(
    own: Sequence[Result], statuses: Sequence[Status], context: Context, *, wide: bool
) -> Iterator[Rich]:
    """Yield the cells of a row: all, those at each level, and those without one by their status."""
    ranks = (level.rank for level in ladder_of(own[0].entity.type).levels)
    at = [sum(result.level == rank for result in own) for rank in ranks]
    yield (_count(len(own), context),)
    if wide:
        yield (_count(sum(at), context),)
    for number in at:
        said = _count(number, context)
        has_share = wide and number and sum(at) >= _FEWEST
        share = _share(number, sum(at), context) if has_share else ""
        yield (f"{said} ", Break(), f"({share})") if share else (said,)
    for status in statuses:
        yield (_count(sum(result.status is status for result in own), context),)


def _count(number: int, context: Context) -> str:
    return context.words.count(number) if number else NONE


def _share(number: int, whole: int, context: Context) -> str:
    share = (Decimal(number) / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)
    return context.words.number(share, "%", about=False)
