"""What a subject holds under its keys, whatever constructs there are: rules with their ids."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Protocol

from khung.rulebook.model.rules import ONLY_WITH, Rules, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType
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
    for part in fields(Rules):
        held = getattr(declared, part.name)
        if part.name not in BEFORE_LEVELS and isinstance(held, tuple) and held:
            yield part.name, held


def entries_of(declared: ObjectType) -> Iterator[Entry]:
    """Yield the entries of floors, caps, votes and what comes after, in order."""
    for _, entries in rules_by_key(declared):
        yield from entries


def rules_of(declared: ObjectType) -> Iterator[Rule]:
    """Yield every rule of a subject, in order; of the levels only the one that is otherwise."""
    yield from (rule.head for rule in (*declared.not_ranked, *declared.pending))
    if declared.ladder is not None:
        for level in declared.ladder.levels:
            if level.otherwise:
                yield level.head
            yield from (r.head for r in level.require)
        yield from (k.head for k in declared.ladder.knockouts)
    yield from (entry.head for entry in entries_of(declared))
    yield from (row.rule for table in declared.tables.values() for row in table.rows)
