"""Looks for cases at the edges of what bodies decide: small, and run by the reference."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from khung.analysis.cover.conditions import Sort
from khung.analysis.cover.edges import counted_by, shown
from khung.ir import nodes as n
from khung.ir.program import ladder_of
from khung.ir.rewrite import fold
from khung.records import dataclass, replace
from khung.smt import ROOT
from khung.smt.choices import at_edge
from khung.smt.decode import shown as told
from khung.smt.model import NotSayableError
from khung.smt.question import question
from khung.smt.smallest import Smallest
from khung.smt.space import LeftOutError
from khung.smt.terms import compared, land, lnot
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from khung.analysis.cover.conditions import Edge, Target
    from khung.analysis.proof.solver import Budget
    from khung.driver import Evaluated
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program
    from khung.smt.decode import Shown
    from khung.smt.question import Question
    from khung.smt.terms import Term
    from khung.smt.writing import Env

    Tried = Callable[[Shown], tuple[str, Evaluated] | None]
    """Runs a case, and returns its text and what came of it."""

_MOST_TRIES = 3
"""How often a group is made as large as it is to be, by what came of the last try."""


@dataclass(slots=True, eq=False)
class Grouped:
    """Asks of one type of subject with what its quotas group and order by, so that a case says it.

    Attributes:
        made: The question and what finds small cases of it, once it was asked.
    """

    program: Program
    declared: ObjectType
    budget: Budget
    made: tuple[Question, Smallest] | None = None

    def asked(self) -> tuple[Question, Smallest]:
        """Return the question, made when it is first asked."""
        if self.made is None:
            found = question(self.declared.name, (self.program,), follows=True)
            for node in self._keys():
                with suppress(LeftOutError):
                    found.sides[0].value(node, {0: found.space.root})
            found.finish()
            self.made = found, Smallest(found)
        return self.made

    def _keys(self) -> Iterator[Node]:
        for quota in self.declared.quotas:
            yield from (key for grouping in quota.groupings for key in grouping.keys)
            yield from (key.value for key in quota.order)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds in order of work; an empty name where there are none."""
        return self.declared.kinds.values if self.declared.kinds else ("",)


def found_at(target: Target, asked: Grouped, tried: Tried) -> tuple[str, Evaluated] | None:
    """Return a case that shows an edge, as the reference says; None if none is found."""
    edge = target.condition.edge
    assert edge is not None  # noqa: S101  # the caller has looked
    of = _votes if edge.sort is Sort.MAJORITY else _groups
    for case in _models(target, asked, edge):
        for made in of(case, target, edge, asked, tried):
            results = made[1].results
            if results is not None and [*shown(results, [target])]:
                return made
    return None


def _models(target: Target, asked: Grouped, edge: Edge) -> Iterator[Shown]:
    """Yield a small case of each kind of which one can be at the edge."""
    made, small = asked.asked()
    if edge.sort is Sort.MAJORITY:
        wanted = _just_enough(target, asked, made, edge)
    else:
        wanted = _candidate(asked, made, edge)
    for kind in asked.kinds:
        model = small.find([wanted], made.kind(kind)) if asked.budget.left else None
        if model is None:
            continue
        try:
            yield told(made, model)
        except NotSayableError:
            continue


# -- ballots --------------------------------------------------------------------------------------


def _just_enough(target: Target, asked: Grouped, made: Question, edge: Edge) -> Term:
    """Return that a vote applies in which a level has just enough votes, or lacks one."""
    counted = counted_by(asked.declared, target.condition.rule.id)
    assert counted is not None  # noqa: S101  # there is an edge of it
    env: Env = {0: made.space.root}
    side = made.sides[0]
    applies = True if counted.applies is None else side.value(counted.applies, env).lo
    edged = at_edge(side, counted.winner, env, edge.rank, holds=target.holds)
    return land((made.outcomes[0].inside, applies, edged))


def _votes(
    case: Shown, _target: Target, _edge: Edge, _asked: Grouped, tried: Tried
) -> Iterator[tuple[str, Evaluated]]:
    made = tried(case)
    if made is not None:
        yield made


# -- groups ---------------------------------------------------------------------------------------


def _candidate(asked: Grouped, made: Question, edge: Edge) -> Term:
    """Return that the subject is a candidate for a place in a quota."""
    quota, side = asked.declared.quotas[edge.place], made.sides[0]
    env: Env = {0: made.space.root}
    before = made.outcomes[0].before
    reaches = compared(CompareOp.GE, before.lo, side.value(quota.level, env).lo)
    asks = (node for node in (quota.head.when, quota.competes) if node is not None)
    touched = (side.value(node, env).lo for node in asks)
    return land((made.outcomes[0].inside, lnot(before.bad), reaches, *touched))


def _groups(
    case: Shown, target: Target, edge: Edge, asked: Grouped, tried: Tried
) -> Iterator[tuple[str, Evaluated]]:
    """Yield groups around a candidate: others who have places, and others who only count.

    Just large enough, the candidate takes the further place; one too small, all places are taken.
    At a tie there are two of them for one place.
    """
    quota = asked.declared.quotas[edge.place]
    scale = asked.program.values[ladder_of(asked.declared).scale.name].values
    level, others = (_rank(node) for node in (quota.level, quota.others))
    if level is None or others is None:
        return
    base = edge.base - (not target.holds)
    real = 2 if edge.sort is Sort.TIE else 1
    counting = base - (edge.places - 1) - real
    for _ in range(_MOST_TRIES):
        if counting < 0:
            return
        copies = [(scale[level], edge.places - 1), (scale[others], counting)]
        made = tried(_peopled(case, copies, twin=real > 1))
        if made is None or made[1].results is None:
            return
        yield made
        groups = [g for g in made[1].results.groups if g.rule.head.id == quota.head.id]
        if not groups or groups[0].base[0] == base:
            return
        counting += base - groups[0].base[0]


def _peopled(case: Shown, copies: list[tuple[str, int]], *, twin: bool) -> Shown:
    """Return a case with copies of the subject asked: of levels that are given, and one more."""
    own = dict(case.subjects[case.subject])
    stated: Mapping[str, Any] = own[ROOT]
    for place, (level, times) in enumerate(copies):
        if times:
            more = {"repeat": times} if times > 1 else {}
            own[f"{ROOT}_{place + 1}"] = {**more, **stated, "given": {"level": level}}
    if twin:
        own[f"{ROOT}_twin"] = dict(stated)
    return replace(case, subjects={**case.subjects, case.subject: own})


def _rank(node: Node) -> int | None:
    found = fold(node)
    return found.value if isinstance(found, n.Literal) and isinstance(found.value, int) else None
