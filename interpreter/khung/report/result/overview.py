"""A whole case at a glance: who stands where, what is violated, who has which places, what is open.

Tables with columns are for paper; a terminal that has no room for them shows their lines.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.report.document.model import BLANK, Grid, Line, Link, Style
from khung.report.result.beside import STYLES
from khung.report.result.context import decider, question
from khung.report.result.subject import brief_standing
from khung.report.words.labels import is_bare

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.engine.voting import Decision
    from khung.ir.program import Check
    from khung.report.document.model import Rich
    from khung.report.result.context import Context
    from khung.why.result import Result, Results

Told = list[list["Result"]]
"""The results of each type that are told at length."""

_MANY_MISSING = 6  # unknown facts from which on a subject of any level is taken as not described
MOST_NAMES = 12  # named in a line of a terminal; the others are counted
MOST_LINKS = 60  # named in a cell of a table


def split(results: Results) -> tuple[Told, Told]:
    """Return the results to explain, and those of whom a case says next to nothing, by type.

    The latter are there for others to refer to; if there are no others they are explained too.
    """
    ranked = [
        [result for result in by_id.values() if is_ranking(result)]
        for by_id in results.by_type.values()
    ]
    told = [[r for r in own if not _is_blank(r)] for own in ranked]
    if not any(told):
        return ranked, []
    return told, [[r for r in own if _is_blank(r)] for own in ranked]


def is_ranking(result: Result) -> bool:
    """Whether there is more than one level to be at, or something to check."""
    declared = result.entity.type
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


def grid(
    title: str,
    names: str,
    rows: Iterable[tuple[Rich, ...]],
    lines: Iterable[Line],
    context: Context,
    kinds: tuple[str, ...] = (),
) -> Grid:
    """Return a table of columns whose phrases are named."""
    heads = tuple(context.say(f"column.{name}") for name in names.split())
    said = (*((BLANK, Line(title, style=Style.TITLE)) if title else ()), *lines)
    return Grid(heads, tuple(rows), title, kinds, said)


# -- who stands where ---------------------------------------------------------------------------


def standings(
    results: list[Result], anchors: Mapping[str, str], context: Context, *, titled: bool = True
) -> Grid:
    """Return how many of one type stand where, the best level first, and who.

    Args:
        results: Of one type.
        anchors: Where each is told at length, by path.
        context: The words.
        titled: Whether to say what they are and how many.
    """
    declared = results[0].entity.type
    title = context.say("table", type=context.words.type(declared), n=len(results))
    title = title if titled else ""
    by_name: dict[str, list[Result]] = defaultdict(list)
    for result in sorted(results, key=order):
        by_name[brief_standing(result, context)].append(result)
    rows, lines = [], []
    for name, members in by_name.items():
        rows.append(((name,), (str(len(members)),), _links(members, anchors, context)))
        who = context.words.names([member.entity for member in members])
        number = context.words.count(len(members))
        lines.append(Line(context.say("standing", level=name, n=number, who=who), 2, "•"))
    return grid(title, "level number who", rows, lines, context, ("standing", "number", ""))


def order(result: Result) -> tuple[int, int]:
    """Return the place of a result in the table: ranked ones first, the best level first."""
    if result.level is not None:
        return 0, -result.level
    return 1, -(result.at_best if result.at_best is not None else -1)


def _links(members: list[Result], anchors: Mapping[str, str], context: Context) -> Rich:
    names: list[str | Link] = []
    for member in members[:MOST_LINKS]:
        names += [", "] if names else []
        name, anchor = context.words.name(member.entity), anchors.get(member.entity.path)
        names.append(Link(name, anchor) if anchor else name)
    left = len(members) - MOST_LINKS
    if left <= 0:
        return tuple(names)
    before, after = context.say("and_more", names="\0", n=left).split("\0")
    return (before, *names, after)


# -- checks -------------------------------------------------------------------------------------


def unchecked(results: Iterable[Result]) -> int:
    """Return how many checks could not be made of those of whom a case says more than a level."""
    return sum(
        state is CheckState.UNKNOWN
        for result in results
        if not is_bare(result.entity)
        for _, state in result.checks
    )


def checks(
    told: Told,
    context: Context,
    severities: Collection[str] = STYLES,
    title: str = "checks.summary",
) -> Iterator[Grid]:
    """Yield the checks of some severities that are violated, how often and by whom, if any are."""
    violated: dict[str, tuple[str, Check, list[Entity]]] = {}
    for result in (result for results in told for result in results):
        for check, state in result.checks:
            if state is CheckState.VIOLATED and check.severity in severities:
                asked = context.rules.title(check.head, result.entity.type)
                *_, whose = violated.setdefault(check.head.id, (asked, check, []))
                whose.append(result.entity)
    if not violated:
        return
    rows: list[tuple[Rich, ...]] = []
    lines = []
    for asked, check, whose in violated.values():
        number = context.words.count(len(whose))
        rows.append(((asked,), (number,), (context.words.names(whose, MOST_LINKS),)))
        said = context.say("check.who", rule=asked, names=context.words.names(whose, MOST_NAMES))
        lines.append(Line(said, 2, "!", STYLES[check.severity]))
    bad = sum(len(whose) for *_, whose in violated.values())
    said_of_all = context.say(title, n=context.words.count(bad))
    yield grid(said_of_all, "rule number who", rows, lines, context, ("", "number", ""))


# -- decisions ----------------------------------------------------------------------------------


def decisions(told: Told, context: Context, most: int | None = None) -> Iterator[Grid]:
    """Yield open decisions once each, with those it is about and who takes it: all, or the first.

    Those of which there is no room are counted.
    """
    found: dict[tuple[str, str], tuple[Decision, list[Entity]]] = {}
    for result in (result for results in told for result in results):
        if result.decision is not None:
            decision, declared = result.decision, result.entity.type
            asked = question(decision, context, declared)
            found.setdefault((asked, declared.name), (decision, []))[1].append(result.entity)
    rows: list[tuple[Rich, ...]] = []
    lines = []
    for (asked, _), (decision, whose) in [*found.items()][:most]:
        whom, who = context.words.entities(whose), decider(decision, context)
        rows.append(((whom,), (asked,), (who,)))
        said = asked if len(decision.candidates) == len(whose) else context.found(whom, asked)
        lines += [Line(said, 2, "•"), Line(context.say("decided_by", who=who), 6)]
    left = context.words.count(len(found) - len(rows))
    if len(rows) < len(found):
        rows.append(((context.say("more_decisions", n=left),), (), ()))
        lines.append(Line(context.say("more_decisions_elsewhere", n=left), 2, "•"))
    if rows:
        title = context.say("still_to_decide")
        yield grid(title, "subjects asked decider", rows, lines, context)
