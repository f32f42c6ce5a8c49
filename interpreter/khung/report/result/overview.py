"""A whole case at a glance: who stands where, who is told at length, what is left to decide."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.report.result.decisions import decider, question
from khung.report.result.subject import brief_standing
from khung.report.words.names import is_bare

if TYPE_CHECKING:
    from khung.engine.quotas import GroupResult
    from khung.engine.result import Result, Results
    from khung.ir.program import ObjectType
    from khung.report.result.context import Context

_MANY_MISSING = 6
"""From how many unknown facts on a subject of any level is taken as not described."""


class OpenDecision(NamedTuple):
    """A decision that is open: what is asked, who takes it, the subjects it is about."""

    asked: str
    decider: str
    declared: ObjectType
    ids: list[str]


def split(results: Results) -> tuple[list[list[Result]], list[list[Result]]]:
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


def by_standing(results: list[Result], context: Context) -> dict[str, list[Result]]:
    """Return who stands where, the best level first."""
    rows: dict[str, list[Result]] = defaultdict(list)
    for result in sorted(results, key=_order):
        rows[brief_standing(result, context)].append(result)
    return rows


def groups_of(told: list[list[Result]], context: Context) -> list[tuple[str, GroupResult]]:
    """Return the groups of quotas in which one of those told had something to win, with titles."""
    concerned = {result.entity for results in told for result in results}
    return [
        (context.rules.title(group.rule.rule, _type_of(group, context)), group)
        for group in context.results.groups
        if concerned & {*group.kept, *group.cut, *group.open}
    ]


class Violations(NamedTuple):
    """A check that is violated: what it asks, how strongly, and by whom it is violated."""

    asked: str
    severity: str
    ids: list[str]


class Checks(NamedTuple):
    """The checks of a whole case: those violated by rule, and how many could not be made."""

    violated: list[Violations]
    unknown: int

    @property
    def bad(self) -> int:
        """How often a check is violated."""
        return sum(len(one.ids) for one in self.violated)


def checks_of(context: Context) -> Checks:
    """Return what came of the checks of all subjects; those known by their level alone aside."""
    found: dict[str, Violations] = {}
    unknown = 0
    for result in (r for by_id in context.results.by_type.values() for r in by_id.values()):
        for check, state in result.checks:
            if state is CheckState.VIOLATED:
                asked = context.rules.title(check.rule, result.entity.type)
                new = Violations(asked, check.severity, [])
                found.setdefault(check.rule.id, new).ids.append(result.entity.id)
            elif state is CheckState.UNKNOWN and not is_bare(result.entity):
                unknown += 1
    return Checks(list(found.values()), unknown)


def open_decisions(told: list[list[Result]], context: Context) -> list[OpenDecision]:
    """Return every open decision once, with those it is about."""
    found: dict[tuple[str, str], OpenDecision] = {}
    for result in (result for results in told for result in results):
        if result.decision is not None:
            declared = result.entity.type
            asked = question(result.decision, context, declared)
            who = decider(result.decision, context)
            new = OpenDecision(asked, who, declared, [])
            found.setdefault((asked, declared.name), new).ids.append(result.entity.id)
    return list(found.values())


def _type_of(group: GroupResult, context: Context) -> ObjectType:
    return context.results.program.objects[group.rule.rule.id.split(".")[0]]


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


def _order(result: Result) -> tuple[int, int]:
    """Return the place of a result in the table: ranked ones first, the best level first."""
    if result.level is not None:
        return 0, -result.level
    return 1, -(result.at_best if result.at_best is not None else -1)
