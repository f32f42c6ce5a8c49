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

    _Row = tuple[str, Sequence[Result]]

_NO_LEVEL = tuple(status for status in Status if status is not Status.RANKED)
_MOST_ROWS = 16  # types and kinds that have a row in the table of all
_FEWEST = 5  # ranked from which on shares are told: one of two is no half of anything
_TENTH = Decimal("0.001")  # a share is told as a percentage with one decimal


def levels(told: Sequence[Sequence[Result]], context: Context, *, wide: bool) -> Iterator[Block]:
    """Yield a table for each set of levels, of all types that have it.

    Args:
        told: The results of each type, none of them empty.
        context: The words.
        wide: Whether there is room for each kind of a type, if they are few, and for shares.
    """
    by_scale: dict[tuple[str, ...], list[Sequence[Result]]] = defaultdict(list)
    for own in told:
        by_scale[_levels_of(own, context)].append(own)
    has_kinds = wide and _are_few(told)
    for names, types in by_scale.items():
        rows: list[_Row] = []
        for own in types:
            rows.append((context.words.type(own[0].entity.type), own))
            rows += _kinds(own, context) if has_kinds else ()
        yield _table(names, rows, context, wide=wide)
    if wide:
        yield Paragraph((context.say("shares", n=context.words.count(_FEWEST)),), "meta")


def levels_by_kind(
    own: Sequence[Result], told: Sequence[Sequence[Result]], context: Context
) -> Iterator[Grid]:
    """Yield a table of the kinds of a type, where there was no room for them in that of all."""
    rows = () if _are_few(told) else (*_kinds(own, context),)
    if rows:
        yield _table(_levels_of(own, context), rows, context, wide=True)


def _are_few(told: Sequence[Sequence[Result]]) -> bool:
    """Whether all types and kinds go into one table."""
    return sum(1 + len({_kind(result) for result in own}) for own in told) <= _MOST_ROWS


def _levels_of(own: Sequence[Result], context: Context) -> tuple[str, ...]:
    ladder = ladder_of(own[0].entity.type)
    return tuple(context.words.named(ladder.scale.name, level.rank) for level in ladder.levels)


def _table(
    names: tuple[str, ...], results: Sequence[_Row], context: Context, *, wide: bool
) -> Grid:
    statuses = [s for s in _NO_LEVEL if any(r.status is s for _, own in results for r in own)]
    rows = [((label,), *_numbers(own, statuses, context, wide=wide)) for label, own in results]
    ranked = (context.say("column.ranked"),) if wide else ()
    heads = (context.say(f"status.{status.value}") for status in statuses)
    columns = (context.say("column.subjects"), context.say("column.all"), *ranked, *names, *heads)
    return Grid(columns, tuple(rows), "", ("standing", *("number",) * (len(columns) - 1)))


def _kinds(results: Sequence[Result], context: Context) -> Iterator[_Row]:
    """Yield those of each kind of a type, where there are several."""
    by_kind: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_kind[_kind(result)].append(result)
    kinds = results[0].entity.type.kinds
    if kinds is None or len(by_kind) == 1:
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
