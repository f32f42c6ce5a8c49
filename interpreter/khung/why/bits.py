"""What walks have in common that gather sets of readings and defaults, each set a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.why.because import Because

if TYPE_CHECKING:
    from khung.engine.facts import Entity
    from khung.engine.solver import Solver
    from khung.ir.hanging import Hanging
    from khung.ir.program import ObjectType


class Bits(Because[int]):
    """A walk that gathers sets; `hanging` gives their bits."""

    def __init__(self, solver: Solver, hanging: Hanging) -> None:
        """Walk over what a solver found."""
        super().__init__(solver, 0)
        self.hanging = hanging

    def own(self, entity: Entity, name: str) -> int:
        """Return on what a definition of a subject rests."""
        return self.of(entity.type.definition(name).value, self.solver.env(entity))

    # -- what is gathered -----------------------------------------------------------------------

    def criteria(self, node: n.CriteriaSet, declared: ObjectType) -> tuple[n.Field, ...]:
        """Return how each criterion of a set is read, in it or not."""
        key = id(node), id(declared)
        found = self.hanging.criteria.get(key)
        if found is None:
            found = tuple(
                n.Field(node.object, f"criteria.{name}", declared.criteria[name].ty, node.span)
                for name, _ in declared.sets[node.name].members
            )
            self.hanging.criteria[key] = found
        return found
