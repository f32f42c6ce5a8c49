"""What a quota asks of each subject: in which group it is, how it stands there, if it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from khung.engine.errors import is_error
from khung.engine.values import ERROR, Value
from khung.engine.worth import as_value
from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.ir.stages.quota import supposing
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khung.engine.facts import Case, Entity
    from khung.engine.solver import Held, Solver
    from khung.engine.worth import Ends
    from khung.ir.hanging import Hanging
    from khung.ir.nodes import Node
    from khung.ir.program import Grouping, Program, Quota

PERHAPS = 1
"""What `Part.applies` says where it is open whether something applies."""


class Ranking(Protocol):
    """What is asked of one evaluation of all stages."""

    program: Program
    case: Case
    opaque: bool
    hanging: Hanging

    @property
    def evaluator(self) -> Solver:
        """What finds values."""

    def is_opaque(self, entity: Entity) -> bool:
        """Whether nothing is known to others of what the rules make of a subject."""

    def any_level(self, entity: Entity) -> Value:
        """Return what is known of a level if nothing is."""


@dataclass(frozen=True, slots=True)
class Part:
    """An expression asked of each subject, with what works it out on a row."""

    node: Node
    applies: Callable[[Held], int]
    ends: Callable[[Held], Ends]

    def value(self, row: Held) -> Value | None:
        """Return what is known of it; None where it does not apply."""
        return as_value(*self.ends(row), self.node.ty) if self.applies(row) else None

    def placing(self, row: Held, by: Solver) -> Value:
        """Return an order key; what cannot be worked out, or does not apply, is an error."""
        found = self.value(row)
        if found is None:
            return Value(None, None, ERROR)
        if found.why and is_error(self.node, by.env(row), by):
            return found._replace(why=ERROR)
        return found


class Asked(NamedTuple):
    """What a quota asks of each subject.

    `counts` says of a supposed level whether it is in the base; `counts_whom` whether it asks
    anything else of the subject.
    """

    when: Callable[[Held], bool | None] | None
    keys: tuple[Part, ...]
    order: tuple[Part, ...]
    counts: Node
    counts_whom: bool
    competes: Callable[[Held], bool | None] | None = None

    @classmethod
    def of(
        cls, run: Ranking, quota: Quota, grouping: Grouping, entities: Sequence[Entity]
    ) -> Asked:
        """Return what a quota asks of subjects, all of one type, in one of its groupings."""
        key, counted = id(quota.counts), run.hanging.counted
        if key not in counted:
            counted[key] = supposing(quota.counts, run.program)
        counts = counted[key]
        whom = any(isinstance(part, n.Variable) and part.slot == 0 for part in walk(counts))
        if not entities:
            return cls(None, (), (), counts, whom)
        layout = run.evaluator.row(entities[0]).layout

        def part(node: Node) -> Part:
            return Part(node, layout.applier(node), layout.reader(node))

        when, competes = (
            None if condition is None else layout.tester(condition)
            for condition in (quota.head.when, quota.competes)
        )
        keys, order = map(part, grouping.keys), (part(key.value) for key in quota.order)
        return cls(when, tuple(keys), tuple(order), counts, whom, competes)
