"""What a subject holds under its keys, whatever constructs there are: rules with their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from khung.records import fields_of, marked
from khung.rulebook.model.rules import CONDITION, ONLY_WITH, Level, Rules, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.nodes import Node, Rule
    from khung.ir.program import Ladder, ObjectType
    from khung.rulebook.model import Subject

BEFORE_LEVELS = ("not_ranked", "pending")
"""The keys of rules that say who has a level at all."""


def stages_of(subject: ObjectType | Subject) -> tuple[Stage, ...]:
    """Return the stages that a subject has, as written or as lowered, in order."""
    return tuple(s for s in Stage if s not in ONLY_WITH or getattr(subject, ONLY_WITH[s]))


class Entry(Protocol):
    """What a subject holds under a key of its own, with the rule that it is."""

    @property
    def head(self) -> Rule:
        """Return the rule."""


def rules_by_key(declared: ObjectType) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """Yield the keys of floors, caps, votes and what comes after, each with its entries."""
    for name in fields_of(Rules):
        held = getattr(declared, name)
        if name not in BEFORE_LEVELS and isinstance(held, tuple) and held:
            yield name, held


def entries_of(declared: ObjectType) -> Iterator[Entry]:
    """Yield all rules of a subject in order, those of its ladder among them."""
    for held in (getattr(declared, name) for name in fields_of(Rules)):
        yield from held if isinstance(held, tuple) else _of_ladder(held)


def _of_ladder(ladder: Ladder | None) -> Iterator[Entry]:
    for level in ladder.levels if ladder else ():
        yield level
        yield from level.require
    yield from ladder.knockouts if ladder else ()


def asked_by(entry: Any) -> Node | None:
    """Return what must hold by a rule, as by a requirement or a check; None by one that sets it."""
    kind: Any = type(entry)
    asked = (name for mark in CONDITION.items() for name in marked(kind, *mark))
    return next((getattr(entry, name) for name in asked), None)


def rules_of(declared: ObjectType) -> Iterator[Rule]:
    """Yield every rule of a subject, in order; of the levels only the one that is otherwise."""
    yield from (e.head for e in entries_of(declared) if not isinstance(e, Level) or e.otherwise)
    yield from (row.rule for table in declared.tables.values() for row in table.rows)
