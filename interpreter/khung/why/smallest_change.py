"""The smallest change of a subject's own facts that would lift it one level.

One fact is tried, then two, then three, each at its telling values, where they may do at all. Of
several changes of as many facts the first is told, in the order of declaration, and a number in it
is brought as near to the present one as it goes. What is `fixed`, such as a decision on file, is
never changed.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from khung.engine.rings import CircularRulesError
from khung.engine.stages import Status
from khung.engine.values import OPEN, Value, known
from khung.ir import types as t
from khung.ir.musts import reading_others
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.why.budget import PER_CASE, PER_RESULT, Budget, SpentError
from khung.why.changed_case import leading_of
from khung.why.sets_to_change import smallest_sets
from khung.why.trials import Changed, Trials
from khung.why.values_to_try import declared_as, present, values_to_try

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.facts import Entity
    from khung.why.result import Result, Results

MOST_FACTS = 3


class Search(StrEnum):
    """How a search ended: with a change, with none there is, or before it had tried all."""

    FOUND = "found"
    NONE = "none"
    STOPPED = "stopped"


class Change(NamedTuple):
    """A fact with its value now and the one that would lift the level."""

    name: str
    before: Value
    after: Value
    ty: t.Type


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """What a search found.

    Attributes:
        search: How it ended.
        changes: The fewest that lift one level; empty unless found.
        blocked_by: Where there are none, the rules that stand in the way even with every fact
            that they read at its best.
        fixed: Where there are none, the facts that are nothing to change and without which none
            would do.
    """

    search: Search
    changes: tuple[Change, ...] = ()
    blocked_by: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()


Key = frozenset[tuple[str, int]]


def smallest_changes(results: Results, of: Iterable[Result]) -> dict[str, SmallestChange]:
    """Return what would lift each of some results, by the path of the subject.

    There is nothing for a result that has no level above it to reach, that is not ranked, or that
    a decision outside settled. The searches share what a case may cost: what one leaves is for
    those after it.
    """
    asked = [result for result in of if _is_asked(result)]
    leading, left = leading_of(results.case), PER_CASE
    bound = reading_others(results.program)
    found = {}
    for index, result in enumerate(asked):
        budget = Budget(min(PER_RESULT, left // (len(asked) - index)))
        left -= budget.left
        wanted = result.next_level or 0
        opaque = results.run.opaque
        trials = Trials(
            results.program, results.case, opaque, result.entity, wanted, leading, budget, bound
        )
        found[result.entity.path] = _Searching(results, result, trials).found()
        left += max(budget.left, 0)
    return found


def _is_asked(result: Result) -> bool:
    ranked = result.status is Status.RANKED
    return ranked and result.next_level is not None and result.entity.given is None


@dataclass(slots=True)
class _Searching:
    """The search for one result."""

    results: Results
    result: Result
    trials: Trials
    names: tuple[str, ...] = ()
    values: dict[str, list[Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        declared = self.result.entity.type
        facts = (name for name, fact in declared.facts.items() if not fact.fixed)
        self.names = (*facts, *(f"criteria.{name}" for name in declared.criteria))

    def found(self) -> SmallestChange:
        """Return what the search finds within its budget."""
        try:
            for size in range(1, MOST_FACTS + 1):
                changed = self._first(size)
                if changed is not None:
                    return SmallestChange(Search.FOUND, tuple(self._told(changed)))
        except SpentError:
            return SmallestChange(Search.STOPPED)
        return SmallestChange(Search.NONE, (), self._blocking(), self._fixed())

    def _first(self, size: int) -> Changed | None:
        """Return the first change of so many facts in the order of declaration, if there is any.

        Raises:
            SpentError: The budget is spent and none was found; else the first so far is returned.
        """
        found: list[Changed] = []
        try:
            for changed in self._reaching(size, {}, set()):
                found.append(changed)
                if size == 1:
                    break
        except SpentError:
            if not found:
                raise
        return min(found, key=self._order, default=None)

    def _order(self, changed: Changed) -> tuple[list[int], list[int]]:
        facts = sorted(changed, key=self.names.index)
        places = [self._values(name).index(changed[name]) for name in facts]
        return [self.names.index(name) for name in facts], places

    def _reaching(self, left: int, chosen: Changed, tried: set[Key]) -> Iterator[Changed]:
        """Yield the ways to change so many more facts that reach the level.

        Each has a part that could do it by itself, for some values; those tried, the rest is asked
        for in the same way. What is open already is settled by one of the facts that leave it so.
        """
        names = [name for name in self.names if name not in chosen and self._values(name)]
        if self.trials.may_reach(chosen, frozenset()):
            missing = self.trials.missing(chosen)
            names = [name for name in names if name in missing]
        for part in smallest_sets(names, left, lambda open_: self.trials.may_reach(chosen, open_)):
            for values in product(*map(self._values, part)):
                more = {**chosen, **dict(zip(part, values, strict=True))}
                if len(part) < left:
                    yield from self._reaching(left - len(part), more, tried)
                elif (key := frozenset((n, id(v)) for n, v in more.items())) not in tried:
                    tried.add(key)
                    if self.trials.reaches(more):
                        yield more

    def _values(self, name: str) -> list[Value]:
        if name not in self.values:
            self.values[name] = values_to_try(self.results, self.result.entity, name)
        return self.values[name]

    # -- what is told -------------------------------------------------------------------------

    def _told(self, changed: Changed) -> Iterator[Change]:
        """Yield the changes, each number as near to the present one as it can be."""
        entity = self.result.entity
        for name in sorted(changed, key=self.names.index):
            now = present(self.results, entity, name)
            after = changed[name]
            if isinstance(after.least, Decimal):
                after = changed[name] = self._nearest(changed, name, now, after.least)
            yield Change(name, now or OPEN, after, declared_as(entity.type, name).ty)

    def _nearest(self, changed: Changed, name: str, now: Value | None, far: Decimal) -> Value:
        if now is None or now.why:
            return known(far)
        near = now.least
        while abs(far - near) > 1:
            middle = (near + far) // 2 if far > near else -((-near - far) // 2)
            if middle in (near, far):
                break
            try:
                reached = self.trials.reaches({**changed, name: known(middle)})
            except SpentError:
                break
            near, far = (near, middle) if reached else (middle, far)
        return known(far)

    def _blocking(self) -> tuple[str, ...]:
        """Return the rules that stand in the way even so.

        With every level that was read at its best and every truth value turned, they are the ones
        that still bind; where the requirements fail even so, they are those.
        """
        failing = tuple(dict.fromkeys(failure.rule.id for failure in self.result.failed))
        try:
            supposed = self.trials.result(self._ideal())
        except CircularRulesError:
            return failing
        wanted, best = self.trials.wanted, supposed.at_best
        if best is None or best >= wanted or supposed.stages[Stage.STANDARD].most < wanted:
            return failing
        return tuple(dict.fromkeys(failure.rule.id for failure in supposed.failed)) or failing

    def _fixed(self) -> tuple[str, ...]:
        """Return the fixed facts without which the level is out of reach, whatever else changes."""
        facts, own = self.result.entity.type.facts.items(), frozenset(self.names)
        fixed = [name for name, fact in facts if fact.fixed]
        every, may_reach = own.union(fixed), self.trials.may_reach
        try:
            if not fixed or may_reach({}, own) or not may_reach({}, every):
                return ()
            return tuple(name for name in fixed if not may_reach({}, every - {name}))
        except SpentError:
            return ()

    def _ideal(self) -> Changed:
        entity, read = self.result.entity, self._read()
        best = ((name, self._best(entity, name)) for name in self.names if name in read)
        return {name: value for name, value in best if value is not None}

    def _read(self) -> set[str]:
        """Return what the rules in the way read of the subject itself."""
        failed, entity = self.result.failed, self.result.entity
        read = {r.name for failure in failed for r in failure.reads if r.entity is entity}
        named = {item.name for failure in failed for item in failure.records if item.name}
        return read | {f"criteria.{name}" for name in named}

    def _best(self, entity: Entity, name: str) -> Value | None:
        ty = declared_as(entity.type, name).ty
        if isinstance(ty, t.Scale):
            return known(len(self.results.program.values[ty.name].values) - 1)
        now = present(self.results, entity, name)
        if isinstance(ty, t.Boolean) and now is not None and now.known:
            return known(not now.least)
        return None
