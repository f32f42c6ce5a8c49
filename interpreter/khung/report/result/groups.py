"""The groups of quotas: what each allows, who has the places, and who stands at the edge."""

from __future__ import annotations

from datetime import date
from itertools import groupby
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
"""The number of groups up to which each is shown at a glance; of more those with something open."""

_LEGEND = (("full", "kept"), ("open", "open"), ("free", "free"), ("out", "cut"))


def concerned(told: Told, context: Context) -> list[GroupResult]:
    """Return the groups in which one of those told had something to win."""
    own = {result.entity for results in told for result in results}
    return [g for g in context.results.groups if not own.isdisjoint((*g.kept, *g.cut, *g.open))]


def is_contested(group: GroupResult) -> bool:
    """Whether somebody is cut, may be, or has to be chosen."""
    return bool(group.cut or group.open or group.decision)


def at_a_glance(groups: Sequence[GroupResult], context: Context) -> Iterator[d.Block]:
    """Yield a table of groups with a gauge for each: of many only those that are contested."""
    shown = list(groups)
    if len(groups) > MOST_SHOWN:
        shown = [group for group in groups if is_contested(group)][:MOST_SHOWN]
    if shown:
        yield gauges(shown, context)
        yield _legend(context)
    left = len(groups) - len(shown)
    if left:
        yield d.Paragraph((context.say("groups.more", n=context.words.count(left)),))


def gauges(groups: Sequence[GroupResult], context: Context) -> d.Grid:
    """Return a table with a row for each group, under what its quota says."""
    rows: list[tuple[d.Rich, ...]] = []
    heads = []
    for title, own in groupby(groups, key=lambda group: _title(group, context)):
        heads.append((len(rows), title))
        rows += [_row(group, context) for group in own]
    names = "group base places kept cut open gauge"
    columns = tuple(context.say(f"column.{name}") for name in names.split())
    kinds = ("standing", *("number",) * 5, "gauge")
    return d.Grid(columns, tuple(rows), context.say("quotas"), kinds, groups=tuple(heads))


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
    numbers = [ends(group.base, context), ends(group.places, context)]
    numbers += [context.words.count(n) if n else d.NONE for n in (kept, cut, is_open)]
    edge = [(line,) for line in edge_lines(group, context)]
    drawn = d.joined([(_gauge(group),), *edge], d.Break())
    return ((context.group_key(group),), *((number,) for number in numbers), drawn)


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
    who = context.words.names([one.entity for one in level], 3)
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
