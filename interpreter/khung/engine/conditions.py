"""Conditions that need not be written: one that is not always holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.values import TRUE, Value

if TYPE_CHECKING:
    from khung.engine.solver import Env, Solver
    from khung.ir.nodes import Node


def holds(when: Node | None, env: Env, evaluator: Solver) -> Value:
    """Return whether a condition holds; one that is not written always does."""
    return TRUE if when is None else evaluator.truth(when, env)
