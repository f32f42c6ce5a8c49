"""The limits that a cap sets on a subject, each with the element of a list that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.conditions import holds
from khung.engine.folds import kept
from khung.engine.values import MISSING, Element, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.solver import Env, Solver
    from khung.ir.program import Cap

NO_LIMIT = 1 << 30
"""Above every rank."""


def limits_of(cap: Cap, env: Env, by: Solver) -> Iterator[tuple[Value, Element | None]]:
    """Yield the limits that a cap sets, in the order of its list.

    A level that does not apply is no limit; one that may not apply lowers only the least.
    """
    condition = holds(cap.head.when, env, by)
    if not condition.most:
        return
    for item, inner in _each(cap, env, by):
        found = by.read(cap.at_most, inner)
        if found is not None:
            level, applies = found
            sure = condition.least and applies and (item is None or item.sure)
            yield level if sure else Value(level.least, NO_LIMIT, level.why or MISSING), item


def _each(cap: Cap, env: Env, by: Solver) -> Iterator[tuple[Element | None, Env]]:
    """Yield each element that the cap asks of; nothing of a list that is unknown."""
    if cap.each is None:
        yield None, env
        return
    source = by.evaluate(cap.each.list, env)
    if not source.why:
        for item, _ in kept(source.least, cap.where, env, by):
            yield item, env.inner(item.value)
