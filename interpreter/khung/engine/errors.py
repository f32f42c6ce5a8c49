"""Whether an open value is so since some part of it cannot be worked out, as `1 / 0` cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.facts import Entity
from khung.engine.folds import candidates
from khung.engine.values import Elements
from khung.ir import nodes as n
from khung.ir.rewrite import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Value
    from khung.ir.nodes import Node


def is_error(node: Node, env: Env, by: Solver) -> bool:
    """Whether a part that evaluation reaches is open although all that it takes is known."""
    found = by.read(node, env)
    if found is None:
        return True
    if not found[0].why:
        return False
    match node:
        case n.Unknown() | n.Variable():
            return False
        case n.Field() | n.Defined() | n.LevelOf() | n.StateOf() | n.CriteriaSet() | n.Has():
            return _of_member(node, env, by)
        case n.Fold() | n.Select() | n.Project():
            return _of_pass(node, env, by)
        case n.If():
            return _of_choice(node, env, by)
        case _:
            return _of_parts(children(node), env, by)


def _of_parts(parts: tuple[Node, ...], env: Env, by: Solver) -> bool:
    values = [by.evaluate(part, env) for part in parts]
    if all(_is_known(value) for value in values):
        return True
    return any(is_error(part, env, by) for part in parts)


def _is_known(value: Value) -> bool:
    found = value.least
    if isinstance(found, Elements):
        return found.settled and all(_is_known(item.value) for item in found.items)
    return value.known


def _of_choice(node: n.If, env: Env, by: Solver) -> bool:
    condition = by.truth(node.condition, env)
    ways = (node.yes,) * bool(condition.most) + (node.no,) * (not condition.least)
    return any(is_error(part, env, by) for part in (node.condition, *ways))


def _of_member(
    node: n.Field | n.Defined | n.LevelOf | n.StateOf | n.CriteriaSet | n.Has,
    env: Env,
    by: Solver,
) -> bool:
    target = by.read(node.object, env)
    if target is None or target[0].why or not isinstance(target[0].least, Entity):
        return False
    if isinstance(node, n.Defined):
        entity = target[0].least
        return is_error(entity.type.definition(node.name).value, by.env(entity), by)
    return False


def _of_pass(node: n.Fold | n.Select | n.Project, env: Env, by: Solver) -> bool:
    source = by.evaluate(node.list, env)
    if source.why:
        return is_error(node.list, env, by)
    asked = [*_asked(node, env, by)]
    settled = source.least.settled and not any(by.evaluate(*each).why for each in asked)
    return settled or any(is_error(part, inner, by) for part, inner in asked)


def _asked(node: n.Fold | n.Select | n.Project, env: Env, by: Solver) -> Iterator[tuple[Node, Env]]:
    """Yield what is asked of each element, with the element in scope."""
    where = None if isinstance(node, n.Project) else node.where
    body = None if isinstance(node, n.Select) else node.body
    for item, _ in candidates(by.evaluate(node.list, env).least):
        inner = env.inner(item.value)
        if where is not None:
            yield where, inner
        if body is not None and (where is None or by.truth(where, inner).most):
            yield body, inner
