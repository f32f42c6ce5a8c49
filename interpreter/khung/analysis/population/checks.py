"""What must hold between the strata of a population before it can be made.

In: strata with their names looked up. Out: diagnostics.

Reports: K0583-K0585.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.population.draws import Counted, named, paths, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.analysis.population.plan import Plan
    from khung.analysis.population.strata import Layer
    from khung.diagnostics.bag import Bag

Column = tuple[str, str]
"""A stratum and one of its columns."""


def check_plan(plan: Plan, bag: Bag) -> None:
    """Report columns that hang on themselves, and counts that come too late for who asks."""
    _check_ids(plan, bag)
    if not _check_rings(plan, bag):
        return
    for layer in plan.layers.values():
        for path in _first(plan, layer):
            if plan.is_late(layer.name, path):
                bag.add("K0585", layer.ref.span, at=f"strata.{layer.name}", name=named(path))
    for stratum, column in _tested(plan):
        if plan.is_late(stratum, column):
            span = plan.layers[stratum].ref.span
            bag.add("K0585", span, at=f"strata.{stratum}", name=named(column))


def _check_ids(plan: Plan, bag: Bag) -> None:
    """Report two strata whose ids would be the same."""
    first: dict[object, Layer] = {}
    for layer in plan.layers.values():
        if layer.id is not None:
            other = first.setdefault((layer.sheet.key, layer.id), layer)
            if other is not layer:
                at, related = f"strata.{layer.name}.id", (other.ref.span,)
                bag.add("K0583", layer.ref.span, at=at, related=related, name=layer.name)


def _first(plan: Plan, layer: Layer) -> Iterator[str]:
    """Yield what must be known to tell how many rows there are, and where."""
    for drawn in (layer.number, *(weight for _, weight in layer.parents)):
        yield from paths(drawn, plan.words)


def _tested(plan: Plan) -> Iterator[Column]:
    """Yield the columns by which rows are counted."""
    for layer in plan.layers.values():
        for drawn in layer.columns.values():
            for one in within(drawn):
                if isinstance(one, Counted):
                    yield from ((s, column) for s in one.strata for column, _ in one.where)


# -- rings ----------------------------------------------------------------------------------------


def _check_rings(plan: Plan, bag: Bag) -> bool:
    """Report the first column of each stratum that hangs on itself; return whether none does."""
    done: set[Column] = set()
    sound = True
    for layer in plan.layers.values():
        for column in layer.columns:
            ring = _ring(plan, (layer.name, column), (), done)
            if ring:
                sound = False
                path = " → ".join(named(one) for _, one in ring)
                bag.add("K0584", layer.ref.span, at=f"strata.{layer.name}", path=path)
                break
    return sound


def _ring(
    plan: Plan, column: Column, way: tuple[Column, ...], done: set[Column]
) -> tuple[Column, ...]:
    """Return the way on which a column comes back to itself; empty if it does not."""
    if column in way:
        return (*way[way.index(column) :], column)
    if column in done:
        return ()
    for ground in plan.grounds(*column):
        ring = _ring(plan, ground, (*way, column), done)
        if ring:
            return ring
    done.add(column)
    return ()
