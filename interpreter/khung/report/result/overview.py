"""A whole case at a glance: who stands where, what is violated, who has which places, what is open.

Tables with columns are for paper; a terminal, which has no room for them, shows their lines.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.diagnostics.render.columns import columns
from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.ir import types as t
from khung.report.document.model import BLANK, Grid, Line, Link, Style
from khung.report.document.terminal import padded
from khung.report.result.beside import STYLES
from khung.report.result.context import decider, ends, question
from khung.report.result.subject import brief_standing
from khung.report.words.labels import is_bare, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.ir.program import Check, ObjectType, Reading
    from khung.report.document.model import Rich
    from khung.report.result.context import Context
    from khung.report.words.labels import Words
    from khung.why.result import Result, Results

Told = list[list["Result"]]
"""The results of each type that are told at length."""

_MANY_MISSING = 6  # unknown facts from which on a subject of any level is taken as not described
MOST_NAMES = 12  # named in a line of a terminal; the others are counted
_MOST_LINKS = 60  # named in a cell of a table
_WIDEST_NAME = 32  # columns of a level or status up to which those at it are named beside it


def split(results: Results) -> tuple[Told, Told]:
    """Return the results to explain, and those of whom a case says next to nothing, by type.

    The latter are there for others to refer to; if there are no others they are explained too.
    """
    ranked = [
        [result for result in by_id.values() if _is_ranking(result.entity.type)]
        for by_id in results.by_type.values()
    ]
    told = [[r for r in own if not _is_blank(r)] for own in ranked]
    if not any(told):
        return ranked, []
    return told, [[r for r in own if _is_blank(r)] for own in ranked]


def _is_ranking(declared: ObjectType) -> bool:
    """Whether there is more than one level to be at, or something to check."""
    return declared.ladder is not None and (
        len(declared.ladder.levels) > 1 or bool(declared.checks)
    )


def _is_blank(result: Result) -> bool:
    """Whether any level is still open, for want of many facts, and no check is violated."""
    if any(state is CheckState.VIOLATED for _, state in result.checks):
        return False
    if result.status is not Status.UNDETERMINED or len(result.missing) < _MANY_MISSING:
        return False
    assert result.entity.type.ladder is not None  # noqa: S101  # only ranked types have results
    levels = result.entity.type.ladder.levels
    return (result.at_worst, result.at_best) == (levels[-1].rank, levels[0].rank)


def _grid(
    title: str,
    names: str,
    rows: Iterable[tuple[Rich, ...]],
    lines: Iterable[Line],
    context: Context,
    kinds: tuple[str, ...] = (),
) -> Grid:
    """Return a table of columns whose phrases are named."""
    heads = tuple(context.say(f"column.{name}") for name in names.split())
    said = (BLANK, Line(title, style=Style.TITLE), *lines)
    return Grid(heads, tuple(rows), title, kinds, said)


# -- who stands where ---------------------------------------------------------------------------


def standings(results: list[Result], anchors: Mapping[str, str], context: Context) -> Grid:
    """Return how many of one type stand where, the best level first, and who.

    Args:
        results: Of one type.
        anchors: Where each is told at length, by path; empty where nothing leads there.
        context: The words.
    """
    declared = results[0].entity.type
    title = context.say("table", type=context.words.type(declared), n=len(results))
    by_name: dict[str, list[Result]] = defaultdict(list)
    for result in sorted(results, key=_order):
        by_name[brief_standing(result, context)].append(result)
    rows = [
        ((name,), (str(len(members)),), _links(members, anchors, context))
        for name, members in by_name.items()
    ]
    lines = _standing_lines(by_name, len(str(len(results))))
    return _grid(title, "level number who", rows, lines, context, ("standing", "number", ""))


def _order(result: Result) -> tuple[int, int]:
    """Return the place of a result in the table: ranked ones first, the best level first."""
    if result.level is not None:
        return 0, -result.level
    return 1, -(result.at_best if result.at_best is not None else -1)


def _links(members: list[Result], anchors: Mapping[str, str], context: Context) -> Rich:
    if not anchors:
        return ()
    ids: list[str | Link] = []
    for member in members[:_MOST_LINKS]:
        ids += [", "] if ids else []
        ids.append(Link(member.entity.id, anchors[member.entity.path]))
    left = len(members) - _MOST_LINKS
    if left <= 0:
        return tuple(ids)
    before, after = context.say("and_more", names="\0", n=left).split("\0")
    return (before, *ids, after)


def _standing_lines(by_name: Mapping[str, list[Result]], digits: int) -> Iterator[Line]:
    widths = (columns(name) for name in by_name)
    wide = max((width for width in widths if width <= _WIDEST_NAME), default=0)
    for name, members in by_name.items():
        ids = listed(member.entity.id for member in members)
        if columns(name) > _WIDEST_NAME:
            yield Line(f"{name}  {len(members)}", 2)
            yield Line(ids, 6)
        else:
            yield Line(ids, 2, f"{padded(name, wide)}  {len(members):>{digits}} ")


# -- checks -------------------------------------------------------------------------------------


def checks(context: Context) -> Iterator[Grid]:
    """Yield the checks that are violated, how often and by whom, where there are any."""
    violated: dict[str, tuple[str, Check, list[str]]] = {}
    unknown = 0
    for result in (r for by_id in context.results.by_type.values() for r in by_id.values()):
        for check, state in result.checks:
            if state is CheckState.VIOLATED:
                asked = context.rules.title(check.head, result.entity.type)
                *_, ids = violated.setdefault(check.head.id, (asked, check, []))
                ids.append(result.entity.id)
            elif state is CheckState.UNKNOWN and not is_bare(result.entity):
                unknown += 1
    if not violated:
        return
    rows: list[tuple[Rich, ...]] = []
    lines = []
    for asked, check, ids in violated.values():
        rows.append(((asked,), (str(len(ids)),), (listed(ids, _MOST_LINKS),)))
        said = f"{asked}: {len(ids)} ({listed(ids, MOST_NAMES)})"
        lines.append(Line(said, 2, "!", STYLES[check.severity]))
    bad = sum(len(ids) for *_, ids in violated.values())
    title = context.say("checks.summary", bad=bad, unknown=unknown)
    yield _grid(title, "rule number who", rows, lines, context, ("", "number", ""))


# -- quotas -------------------------------------------------------------------------------------


def quotas(told: Told, context: Context) -> Iterator[Grid]:
    """Yield the groups of quotas in which one of those told had something to win."""
    concerned = {result.entity for results in told for result in results}
    rows, lines = [], []
    for group in context.results.groups:
        if concerned & {*group.kept, *group.cut, *group.open}:
            declared = context.results.program.objects[group.rule.head.id.split(".")[0]]
            title = context.rules.title(group.rule.head, declared)
            rows.append(tuple((cell,) for cell in (title, *_cells(group, context))))
            lines += [Line(title, 2, "•"), Line(context.group(group), 6)]
    if rows:
        names = "rule group base places kept cut open"
        yield _grid(context.say("quotas"), names, rows, lines, context)


def _cells(group: GroupResult, context: Context) -> Iterator[str]:
    yield from (context.group_key(group), ends(group.base), ends(group.places))
    for entities in (group.kept, group.cut, group.open):
        yield listed((entity.id for entity in entities), _MOST_LINKS)


# -- decisions ----------------------------------------------------------------------------------


def decisions(told: Told, context: Context) -> Iterator[Grid]:
    """Yield every open decision once, with those it is about and who takes it."""
    found: dict[tuple[str, str], tuple[ObjectType, str, list[str]]] = {}
    for result in (result for results in told for result in results):
        if result.decision is not None:
            decision, declared = result.decision, result.entity.type
            asked, who = question(decision, context, declared), decider(decision, context)
            *_, ids = found.setdefault((asked, declared.name), (declared, who, []))
            ids.append(result.entity.id)
    rows: list[tuple[Rich, ...]] = []
    lines = []
    for (asked, _), (declared, who, ids) in found.items():
        whom = f"{context.words.type(declared)} {listed(ids)}"
        rows.append(((whom,), (asked,), (who,)))
        lines.append(Line(f"{whom}: {asked}", 2, "•"))
        lines.append(Line(context.say("decided_by", who=who), 6))
    if rows:
        title = context.say("still_to_decide")
        yield _grid(title, "subjects asked decider", rows, lines, context)


# -- what results rest on beside the facts given: defaults, readings ------------------------------


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


def _assumed(results: list[Result], context: Context, *, several: bool) -> Iterator[Line]:
    """Yield the defaults: those that are yes, no or none together, every other by itself."""
    shared: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        for place, label, value in _defaults(result, context):
            shared[place][label if place else f"{label}: {value}"].append(result.entity.id)
    concerned = [r.entity.id for r in results if r.assumed]
    title = context.say("assumed")
    if several:
        whose = context.words.type(results[0].entity.type)
        title = context.say("of", what=title, whom=whose)
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


def _with_ids(label: str, ids: list[str], everyone: list[str]) -> str:
    """Return a label with those it is about, unless that is everyone."""
    return label if ids == everyone else f"{label} ({listed(ids, 5)})"


def _readings(results: list[Result], context: Context) -> Iterator[Line]:
    used: dict[str, list[str]] = defaultdict(list)
    for result in results:
        for name in result.readings:
            used[name].append(result.entity.id)
    concerned = [r.entity.id for r in results if r.readings]
    if used:
        yield BLANK
        everyone = [r.entity.id for r in results]
        title = _with_ids(context.say("readings"), concerned, everyone)
        yield Line(title, style=Style.TITLE)
    for name, reading in context.results.program.readings.items():
        if name in used:
            asked = _with_ids(reading.question.said(context.words.lang), used[name], concerned)
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
