"""Conditions that need not be written: one that is not always holds; and what facts must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.facts import Stated
from khung.engine.values import TRUE, Value

if TYPE_CHECKING:
    from khung.engine.facts import Entity
    from khung.engine.solver import Env, Solver
    from khung.ir.nodes import Node
    from khung.ir.program import Fact


def holds(when: Node | None, env: Env, evaluator: Solver) -> Value:
    """Return whether a condition holds; one that is not written always does."""
    return TRUE if when is None else evaluator.truth(when, env)


def is_broken(fact: Fact, entity: Entity, evaluator: Solver) -> bool:
    """Say whether a fact that surely has a value is surely not what it must be."""
    if fact.must is None or entity.facts.get(fact.name) is Stated.ABSENT:
        return False
    env = evaluator.env(entity)
    if not holds(None if fact.optional else fact.applies, env, evaluator).least:
        return False
    return not evaluator.truth(fact.must.condition, env).most
