"""What khung itself finds of a subject: a decision that was not open, a list longer than its count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.entries import stages_of
from khung.ir.stages import names
from khung.population import steps
from khung.rulebook.model.rules import Stage
from khung.sql.lists.which import listed_in
from khung.sql.text import FALSE, both, chosen, negated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import ObjectType
    from khung.sql.writer import FullWriter

BEYOND, LONGER = "r:beyond", "r:longer:"
"""The columns: whether a decision was not open, and whether a list, which follows, is longer."""


def counted(declared: ObjectType) -> Iterator[tuple[str, str]]:
    """Yield the lists of a type that a fact counts, each with that, in the order of the rulebook."""
    for back in declared.back_lists.values():
        if back.complete and not back.below:
            yield back.name, back.complete
    for fact in declared.facts.values():
        if fact.complete:
            yield fact.name, fact.complete


def columns_of(declared: ObjectType) -> list[str]:
    """Return the columns of what is found of a type."""
    return [BEYOND, *(f"{LONGER}{name}" for name, _ in counted(declared))]


def is_beyond(w: FullWriter) -> str:
    """Return whether a given level was not open by the rules, or is of one outside the ranking."""
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it is ranked
    if w.table.stranger or not w.build.profile.is_decided(w.table.base):
        return FALSE
    level, after = w.raw("given.level"), w.raw("given.after")
    alone = w.at(w.table, w.needs)
    alone.undecided = True
    opened = FALSE
    for stage in stages_of(declared):
        step = steps.of_stage(alone, names.of_stage(stage))
        within = both((f"({level} <= {step.level.high})", steps.is_option(alone, step, level)))
        opened = chosen(f"({after} = {list(Stage).index(stage)})", within, opened)
    out = alone.own(f"={names.OUT}")[0].low
    return both(
        (f"({level} IS NOT NULL)", negated(both((negated(out), f"coalesce({opened}, FALSE)"))))
    )


def is_longer(w: FullWriter, name: str) -> str:
    """Return whether more are surely in a list than a fact says that there are."""
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it is ranked
    ends, state = w.own(dict(counted(declared))[name])
    return both((state.surely, f"coalesce({ends.high} < {listed_in(w, name)}, FALSE)"))
