"""Whose level a value was read from, where that is another subject's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.facts import Entity
from khung.ir.nodes import Fold, If, LevelOf, Node, Project, Select, StateOf
from khung.ir.rewrite import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.evaluate import Env, Evaluator


def bodies(node: Node, env: Env, evaluator: Evaluator) -> Iterator[Entity]:
    """Yield the subjects whose level or status an expression asks for, without those in lists.

    Args:
        node: An expression.
        env: The value of each slot.
        evaluator: Of the case.
    """
    match node:
        case LevelOf() | StateOf():
            target = evaluator.evaluate(node.object, env).least
            if isinstance(target, Entity) and not target.stranger:
                yield target
        case If():
            holds = evaluator.truth(node.condition, env)
            if holds.known:
                yield from bodies(node.yes if holds.least else node.no, env, evaluator)
        case Fold() | Select() | Project():
            return
        case _:
            for child in children(node):
                yield from bodies(child, env, evaluator)
