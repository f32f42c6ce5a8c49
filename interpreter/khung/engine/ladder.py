"""The standard and the cap: what the rules allow, before anyone votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine import logic
from khung.engine.folds import kept
from khung.engine.values import MISSING, TRUE, Element, Value, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.evaluate import Env, Evaluator
    from khung.ir.nodes import Node
    from khung.ir.program import Cap, Knockout, Ladder, Level, Requirement


def holds(when: Node | None, env: Env, evaluator: Evaluator) -> Value:
    """Return whether a condition holds; one that is not written always does."""
    return TRUE if when is None else evaluator.truth(when, env)


def met(requirement: Requirement, env: Env, evaluator: Evaluator) -> Value:
    """Return whether a requirement is met: `not(when) or that`."""
    asked = holds(requirement.rule.when, env, evaluator)
    if not asked.most:
        return TRUE
    that = evaluator.truth(requirement.that, env)
    return that if asked.least else logic.either((logic.negated(asked), that))


def is_cumulative(ladder: Ladder, env: Env, evaluator: Evaluator) -> bool:
    """Return whether a level also asks for what those below it ask."""
    return bool(evaluator.evaluate(ladder.cumulative, env).least)


def levels_met(ladder: Ladder, env: Env, evaluator: Evaluator) -> list[tuple[Level, Value]]:
    """Return each level, best first, with whether all that it asks for is met."""
    cumulative = is_cumulative(ladder, env, evaluator)
    below = TRUE
    found: list[tuple[Level, Value]] = []
    for level in reversed(ladder.levels):
        own = logic.both(met(r, env, evaluator) for r in level.require)
        below = logic.both((below, own)) if cumulative else own
        found.append((level, TRUE if level.otherwise else below))
    return found[::-1]


def standard(ladder: Ladder, env: Env, evaluator: Evaluator) -> Value:
    """Return the lower of the best level whose requirements hold and of every knock-out."""
    states = levels_met(ladder, env, evaluator)
    lowest = ladder.levels[-1].rank
    least = next((level.rank for level, state in states if state.least), lowest)
    most = next((level.rank for level, state in states if state.most), lowest)
    value = within(least, most)
    for knockout in ladder.knockouts:
        limit = knocked_to(knockout, env, evaluator)
        if limit is not None:
            value = lower_of(value, limit)
    return value


def knocked_to(knockout: Knockout, env: Env, evaluator: Evaluator) -> Value | None:
    """Return the level that a knock-out lowers to; its most is no limit where it is open."""
    condition = holds(knockout.rule.when, env, evaluator)
    if not condition.most:
        return None
    to = evaluator.evaluate(knockout.to, env)
    return to if condition.least else _unless(to)


def lower_of(value: Value, limit: Value) -> Value:
    """Return the lower of two levels."""
    return within(min(value.least, limit.least), min(value.most, limit.most))


def lowest_of(values: list[Value]) -> Value:
    """Return the lowest of several levels."""
    return within(min(v.least for v in values), min(v.most for v in values))


NO_LIMIT = 1 << 30
"""Above every rank."""


def _unless(limit: Value) -> Value:
    return Value(limit.least, NO_LIMIT, limit.why or MISSING)


def cap_limits(cap: Cap, env: Env, evaluator: Evaluator) -> Iterator[tuple[Value, Element | None]]:
    """Yield the limits that a cap sets, each with the element it comes from.

    A level that does not apply is no limit; one that may not apply lowers only the least.
    """
    condition = holds(cap.rule.when, env, evaluator)
    if not condition.most:
        return
    if cap.list is None:
        found = evaluator.read(cap.at_most, env)
        if found is not None:
            yield found[0] if condition.least and found[1] else _unless(found[0]), None
        return
    source = evaluator.evaluate(cap.list, env)
    if source.why:
        yield _unless(Value(0, 0)), None
        return
    for item, _ in kept(source.least, cap.where, env, evaluator):
        found = evaluator.read(cap.at_most, (*env, item.value))
        if found is not None:
            sure = condition.least and item.sure and found[1]
            yield found[0] if sure else _unless(found[0]), item


def capped(
    value: Value, caps: tuple[Cap, ...], env: Env, evaluator: Evaluator, *, last: bool = False
) -> Value:
    """Return the level under every cap; those set `last`, or the others."""
    for cap in caps:
        if cap.last is not last:
            continue
        for limit, _ in cap_limits(cap, env, evaluator):
            value = lower_of(value, limit)
    return value
