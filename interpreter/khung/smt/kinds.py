"""Which conditions on the elements of a list come out together: of which kinds they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import z3

if TYPE_CHECKING:
    from collections.abc import Sequence

    Ways = list[tuple[bool, ...]]
    """The ways in which conditions come out, each with one truth for each of them."""

_MOST = 160
"""Of more ways than these none is said."""

_FOUND: dict[tuple[str, ...], Ways | None] = {}
"""What was found, by what was asked: many lists ask the same, in many questions."""


def forget() -> None:
    """Forget what was found before."""
    _FOUND.clear()


def together(path: str, limits: Sequence[Any], terms: Sequence[Any]) -> Ways | None:
    """Return in which ways conditions on an element come out together.

    Args:
        path: Where the list is; it stands in the names of what is asked.
        limits: What holds of every element.
        terms: The conditions.

    Returns:
        The ways; None if these are too many.
    """
    asked = z3.And(z3.BoolVal(True), *limits), *terms
    key = tuple(term.sexpr().replace(f"{path}[", "[") for term in asked)
    if key not in _FOUND:
        _FOUND[key] = _ways(limits, terms)
    return _FOUND[key]


def _ways(limits: Sequence[Any], terms: Sequence[Any]) -> Ways | None:
    solver = z3.SimpleSolver()
    solver.add(*limits)
    found: Ways = []
    while solver.check() == z3.sat:
        if len(found) == _MOST:
            return None
        model = solver.model()
        way = tuple(z3.is_true(model.eval(term, model_completion=True)) for term in terms)
        found.append(way)
        solver.add(z3.Or([term != holds for term, holds in zip(terms, way, strict=True)]))
    return found
