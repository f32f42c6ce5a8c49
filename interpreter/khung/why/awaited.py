"""What results await: votes that are not held yet, and defaults that take a step as done.

A second evaluation of the case leaves all of these open. A result that is known, but open there,
is provisional; what leaves it open there is what it awaits. So who reads a level awaits it only if
another level would matter, and who competes for places only if the outcome would.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.facts import Entity
from khung.engine.rings import CircularRulesError
from khung.engine.stages import Run, Status
from khung.engine.voting import FindingCode
from khung.ir import types as t
from khung.ir.nodes import Field
from khung.ir.rewrite import walk
from khung.ir.stages import names
from khung.rulebook.model.rules import Stage
from khung.why.missing import Missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from khung.engine.evaluate import Evaluator
    from khung.engine.facts import Case
    from khung.engine.values import Value
    from khung.ir.program import Vote


class Due(NamedTuple):
    """What is still to be done: a fact of an object, and the vote of a subject if it is ballots."""

    entity: Entity
    fact: str
    voter: Entity | None = None
    rule: str = ""

    @property
    def path(self) -> str:
        """How what is missing names it."""
        return f"{self.entity.path}.{self.fact}"

    def said_of(self, entity: Entity) -> str:
        """Return how a result names it: a vote of its own by the rule, another's by the subject."""
        if self.voter is None:
            return self.path
        return self.rule if self.voter is entity else self.voter.path


class Awaited:
    """What the results of one evaluation await."""

    def __init__(self, run: Run) -> None:
        """Look at what a run took as done."""
        self.run = run
        self._touched: dict[int, bool] = {}

    @property
    def due(self) -> dict[str, Due]:
        """What is still to be done, by path."""
        return self._still[0]

    @property
    def opened(self) -> Run | None:
        """The case with all of that open; None if there is nothing."""
        return self._still[1]

    @cached_property
    def _still(self) -> tuple[dict[str, Due], Run | None]:
        """What is still to be done, and the case with that open: some votes may bind only there."""
        due, opened = dict[str, Due](), None
        more = {one.path: one for one in _due(self.run, self.run)}
        while more:
            due |= more
            opened = self._open(due.values())
            more = self._more(opened, due)
        return due, opened

    def _more(self, opened: Run, due: Collection[str]) -> dict[str, Due]:
        """Return what is to be done beside as far as the case with steps open says, by path."""
        found = {one.path: one for one in _due(self.run, opened) if one.path not in due}
        row = opened.evaluator.row
        own = {id(row(one)): one for one in _everyone(self.run.case)} if found else {}
        return {
            path: one._replace(entity=own.get(id(one.entity), one.entity))
            for path, one in found.items()
        }

    def _open(self, due: Iterable[Due]) -> Run:
        opened: dict[int, list[str]] = {}
        for one in due:
            opened.setdefault(id(one.entity), []).append(one.fact)
        try:
            return self._solved(opened, opaque=self.run.opaque)
        except CircularRulesError:
            return self._solved(opened, opaque=True)

    def _solved(self, opened: dict[int, list[str]], *, opaque: bool) -> Run:
        run = Run(self.run.program, self.run.case, opaque, opened)
        run.solve()
        return run

    def any_of(self, entity: Entity) -> bool:
        """Whether the level of a ranked subject awaits anything."""
        opened = self.opened
        return bool(self._votes(entity)) or not (
            opened is None or opened.status(entity) is Status.RANKED
        )

    def of(self, entity: Entity) -> tuple[str, ...]:
        """Return what the level of a ranked subject awaits: rules, facts, other subjects."""
        return tuple(dict.fromkeys((*self._votes(entity), *self._beyond(entity))))

    def _votes(self, entity: Entity) -> list[str]:
        """Return the votes of its own that surely bind and are not held, whatever they may give."""
        found = self.run.step(entity, Stage.QUOTA).findings
        return [f.rule.id for f in found if f.code is FindingCode.NOT_VOTED]

    def _beyond(self, entity: Entity) -> list[str]:
        """Return what a level awaits, as far as another outcome of it would make a difference."""
        opened = self.opened
        if opened is None or opened.status(entity) is Status.RANKED:
            return []
        missing = Missing(opened.evaluator, opened)
        may_leave = opened.step(entity, Stage.QUOTA).may_leave
        paths = missing.outcome(opened.evaluator.row(entity), may_leave=may_leave)
        return self._all_said(paths, entity)

    def _all_said(self, paths: Iterable[str], entity: Entity) -> list[str]:
        """Return how a result names what leaves it open: steps to come, if any are among it."""
        return [said for path in paths if (said := self._said(path, entity))] or [*paths]

    def _said(self, path: str, entity: Entity) -> str:
        """Return how a result names what leaves it open; empty for what was so before."""
        due = self.due.get(path)
        if due is not None:
            return due.said_of(entity)
        of_type, _, name = path.partition(".")
        other = self.run.case.entities.get(of_type, {}).get(name)
        return path if other is not None and self.awaits(other) else ""

    def awaits(self, entity: Entity) -> bool:
        """Whether anything that others read of a subject's result is known less surely."""
        found = self._touched.get(id(entity))
        if found is None:
            found = self._touched[id(entity)] = self._is_touched(entity)
        return found

    def _is_touched(self, entity: Entity) -> bool:
        opened = self.opened
        if opened is None:
            return False
        asked = (names.OUT, names.PENDING, *(names.of_stage(stage) for stage in Stage))
        row, worth = opened.evaluator.row(entity), self.run.evaluator.worth
        stages = (name for name in asked if name in entity.type.stages)
        return any(worth(entity, name) != opened.evaluator.worth(row, name) for name in stages)

    def output(self, entity: Entity, name: str) -> Value | None:
        """Return what an output is whatever comes of the steps; None where nothing is awaited."""
        opened = self.opened
        if opened is None:
            return None
        found = opened.evaluator.definition(opened.evaluator.row(entity), name)
        return None if found is None else found[0]

    def of_output(self, entity: Entity, name: str) -> tuple[str, ...]:
        """Return what an output awaits that is open while steps are: of a level it reads, too."""
        opened = self.opened
        if opened is None:
            return ()
        missing = Missing(opened.evaluator, opened)
        paths = missing.output(opened.evaluator.row(entity), name)
        return tuple(dict.fromkeys(self._all_said(paths, entity)))


def _everyone(case: Case) -> Iterator[Entity]:
    for of_type in case.entities.values():
        yield from of_type.values()
    yield from case.records


def _due(run: Run, solved: Run) -> Iterator[Due]:
    """Yield what is still to be done of the objects of a run, as far as a run of them says."""
    case = run.case
    for name in run.program.objects:
        for declared in run.program.variants(name):
            facts = [f.name for f in declared.facts.values() if f.provisional and f.has_default]
            if not facts and not declared.votes:
                continue
            everyone = (*case.entities.get(name, {}).values(), *case.records)
            for entity in (one for one in everyone if one.type is declared):
                stated = entity.facts if entity.assumes else facts
                yield from (Due(entity, fact) for fact in facts if fact not in stated)
                for vote in declared.votes:
                    yield from _vote(solved.evaluator, vote, entity)


def _vote(by: Evaluator, vote: Vote, entity: Entity) -> Iterator[Due]:
    """Yield the ballots of a vote that may bind and was not held, if no decision stands for it."""
    row, given = by.row(entity), entity.given
    if given is not None and given.stands_for(Stage.VOTE):
        return
    asked = (vote.binding, vote.head.when)
    if any(row.layout.tester_of(node)(row) is False for node in asked):
        return
    env = by.env(row)
    if by.read(vote.ballots, env) is not None:
        return
    for part in walk(vote.ballots):
        if isinstance(part, Field) and isinstance(part.ty, t.Ballots):
            holder = by.evaluate(part.object, env).least
            if isinstance(holder, Entity):
                yield Due(holder, part.name, entity, vote.head.id)
