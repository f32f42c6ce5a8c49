"""The groups of quotas: what each allows, who has the places, and who stands at the edge."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from khung.ir.nodes import Literal
from khung.records import dataclass
from khung.report.document import model as d
from khung.report.result.context import ends
from khung.report.result.overview import grid
from khung.report.words.nodes import chosen, unit_of
from khung.report.words.sentences import Sayer, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.ir.nodes import Node
    from khung.report.result.context import Context
    from khung.report.result.overview import Told
    from khung.rulebook.model.rules import OrderKey

MOST_SHOWN = 12
"""The number of groups up to which each is shown at a glance; of more those that are contested."""

MOST_NAMED = 6
"""The number of groups up to which a terminal names who is in each."""

_AT_EDGE = 2  # of those who are level at the edge named; the others are counted
_LEGEND = (("full", "kept"), ("open", "open"), ("free", "free"), ("out", "cut"))


def concerned(told: Told, context: Context) -> list[GroupResult]:
    """Return the groups in which one of those told had something to win."""
    own = {result.entity for results in told for result in results}
    return [g for g in context.results.groups if not own.isdisjoint((*g.kept, *g.cut, *g.open))]


def at_a_glance(told: Told, context: Context, *, on_paper: bool) -> Iterator[d.Block]:
    """Yield the groups in which one of those told had something to win, of many the contested.

    On paper each has a gauge. On a terminal those of few groups are named; many have their numbers.
    """
    groups = concerned(told, context)
    if not on_paper and len(groups) <= MOST_NAMED:
        yield from named(told, context)
        return
    most = MOST_SHOWN if on_paper else 2 * MOST_SHOWN
    shown = groups if len(groups) <= MOST_SHOWN else _most_contested(groups)[:most]
    left = context.words.count(len(groups) - len(shown))
    if on_paper and shown:
        yield from (gauges(shown, context), _legend(context))
    elif shown:
        yield from _numbers(shown, context)
    if len(shown) < len(groups):
        key = "groups.more" if on_paper else "groups.others"
        yield d.Paragraph((context.say(key, n=left),))


def _most_contested(groups: Sequence[GroupResult]) -> list[GroupResult]:
    """Return the groups in which somebody is cut, open or to be chosen, the most of them first."""
    found = [group for group in groups if group.cut or group.open or group.decision]
    return sorted(found, key=lambda one: (one.decision is None, -len(one.cut) - len(one.open)))


def gauges(groups: Sequence[GroupResult], context: Context) -> d.Grid:
    """Return a table with a row for each group, under what its quota says."""
    rows: list[tuple[d.Rich, ...]] = []
    heads = []
    for title, own in _by_title(groups, context).items():
        heads.append((len(rows), title))
        rows += [(*_row(group, context), _drawn(group, context)) for group in own]
    columns = (*_columns(context), context.say("column.gauge"))
    kinds = ("standing", *("number",) * 5, "gauge")
    return d.Grid(columns, tuple(rows), context.say("quotas"), kinds, groups=tuple(heads))


def _numbers(groups: Sequence[GroupResult], context: Context) -> Iterator[d.Block]:
    """Yield a table of numbers for each quota."""
    yield d.BLANK
    yield d.Line(context.say("quotas"), style=d.Style.TITLE)
    for title, own in _by_title(groups, context).items():
        yield d.Line(title, 2)
        rows = tuple(_row(group, context) for group in own)
        yield d.Grid(_columns(context), rows, kinds=("standing", *("number",) * 5))


def _columns(context: Context) -> tuple[str, ...]:
    return tuple(
        context.say(f"column.{name}") for name in ["group", "base", "places", "kept", "cut", "open"]
    )


def _by_title(groups: Sequence[GroupResult], context: Context) -> dict[str, list[GroupResult]]:
    found: dict[str, list[GroupResult]] = {}
    for group in groups:
        found.setdefault(_title(group, context), []).append(group)
    return found


def _title(group: GroupResult, context: Context) -> str:
    """Return what the quota of a group says, and by what it puts candidates in order."""
    title, keys = _rule(group, context), _order(group, context)
    return context.say("ordered", title=title, keys=keys) if keys else title


def _order(group: GroupResult, context: Context) -> str:
    """Return by what a quota puts candidates in order."""
    sayer = Sayer(context.words)
    return "; ".join(sentence(sayer.say(chosen(key.value))) for key in _keys(group))


def _rule(group: GroupResult, context: Context) -> str:
    declared = context.results.program.objects[group.rule.head.id.split(".")[0]]
    return context.rules.title(group.rule.head, declared)


def _keys(group: GroupResult) -> list[OrderKey[Node]]:
    """Return by what candidates are put in order; under some readings nothing is asked."""
    return [key for key in group.rule.order if not isinstance(chosen(key.value), Literal)]


def _row(group: GroupResult, context: Context) -> tuple[d.Rich, ...]:
    kept, cut, is_open = len(group.kept), len(group.cut), len(group.open)
    numbers = [_ends(group.base, context), _ends(group.places, context)]
    numbers += [context.words.count(n) if n else d.NONE for n in (kept, cut, is_open)]
    return ((context.group_key(group),), *((number,) for number in numbers))


def _ends(numbers: tuple[int, int | None], context: Context) -> str:
    """Return the least and the most of a number as they stand in a column."""
    least, most = numbers
    if most is None or least == most:
        return ends(numbers, context)
    first, last = context.words.count(least), context.words.count(most)
    return context.say("from_number", first=first, last=last)


def _drawn(group: GroupResult, context: Context) -> d.Rich:
    edge: list[d.Rich] = [(line,) for line in edge_lines(group, context)]
    return d.joined([(_gauge(group),), *edge], d.Break())


def _gauge(group: GroupResult) -> d.Gauge:
    least, most = group.places
    taken = len(group.kept) + len(group.open)
    free = 0 if most is None else max(most - taken, 0)
    parts = (
        ("full", len(group.kept)),
        ("open", len(group.open)),
        ("free", free),
        ("out", len(group.cut)),
    )
    marks = {least} if most is None else {least, most}
    return d.Gauge(parts, tuple(sorted(marks)))


def _legend(context: Context) -> d.Paragraph:
    said: list[d.Inline] = [context.say("gauge.legend"), " "]
    for kind, name in _LEGEND:
        said += [d.Gauge(((kind, 1),)), f" {context.say(f'gauge.{name}')}; "]
    return d.Paragraph((*said, context.say("gauge.mark")), "meta")


def named(told: Told, context: Context) -> Iterator[d.Grid]:
    """Yield who is in the groups in which one of those told had something to win."""
    rows: list[tuple[d.Rich, ...]] = []
    lines: list[d.Line] = []
    for group in concerned(told, context):
        title, key, said = _rule(group, context), context.group_key(group), context.group(group)
        rows.append(((title,), (key,), (said,)))
        lines += [d.Line(context.found(key, title), 2, "•"), d.Line(said, 6)]
        edge = "; ".join(edge_lines(group, context))
        if edge:
            lines.append(d.Line(context.found(_order(group, context), edge), 6))
    if rows:
        yield grid(context.say("quotas"), "rule group outcome", rows, lines, context)


# -- the edge --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Placed:
    """A candidate, and by what it has its place in the order: how that sorts, and in words."""

    entity: Entity
    key: tuple[Any, ...]
    said: str


def edge_lines(group: GroupResult, context: Context) -> Iterator[str]:
    """Yield who has the last place and who comes next without one; none where nobody is cut."""
    if not _keys(group) or not group.cut:
        return
    kept = _placed(group.kept, group, context)
    cut = _placed([one for one in group.cut if one not in group.elsewhere], group, context)
    if kept and cut:
        yield _edge("edge.last", kept, max(one.key for one in kept), context)
    if cut:
        yield _edge("edge.next", cut, min(one.key for one in cut), context)


def _edge(phrase: str, placed: Sequence[_Placed], key: tuple[Any, ...], context: Context) -> str:
    """Say who of some stand at a place in the order, and by what."""
    level = [one for one in placed if one.key == key]
    who = context.words.names([one.entity for one in level], _AT_EDGE)
    return context.say(phrase, who=context.say("of", what=who, whom=level[0].said))


def _placed(entities: Sequence[Entity], group: GroupResult, context: Context) -> list[_Placed]:
    """Return those whose place in the order is known; a level that was given needs none."""
    found = (_place(entity, group, context) for entity in entities if entity.given is None)
    return [one for one in found if one is not None]


def _place(entity: Entity, group: GroupResult, context: Context) -> _Placed | None:
    solver = context.rules.evaluator
    env = solver.env(entity)
    key, said = [], []
    for order in _keys(group):
        value = solver.evaluate(order.value, env)
        if not value.known:
            return None
        number = value.least.toordinal() if isinstance(value.least, date) else value.least
        key.append(-number if order.highest else number)
        unit = unit_of(chosen(order.value), context.words.program)
        said.append(context.words.value(value, order.value.ty, unit))
    return _Placed(entity, tuple(key), "; ".join(said))
