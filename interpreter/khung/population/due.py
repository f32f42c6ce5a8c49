"""What is still to be done: steps of which a case says nothing, and ballots that were not cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.nodes import Field, Literal
from khung.ir.rewrite import walk
from khung.rulebook.model.parts import ABSENT
from khung.sql.text import both, either, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

    from khung.ir.program import ObjectType, Program


def steps_of(program: Program, declared: ObjectType) -> list[str]:
    """Return the facts of an object that stand for steps which are done unless a case says so."""
    everyone = [x for x in program.variants(declared.name) if x.name == declared.name]
    found = [f.name for x in everyone for f in x.facts.values() if f.provisional and f.has_default]
    return list(dict.fromkeys(found))


def ballots_of(program: Program, name: str) -> list[str]:
    """Return the ballots of an object that votes are over which may bind."""
    found = [
        part.name
        for declared in program.subjects
        for variant in program.variants(declared.name)
        for vote in variant.votes
        if not (isinstance(vote.binding, Literal) and vote.binding.value is False)
        for part in walk(vote.ballots)
        if isinstance(part, Field)
        and isinstance(part.ty, t.Ballots)
        and isinstance(part.object.ty, t.Object)
        and t.first_of(part.object.ty.name) == name
    ]
    return list(dict.fromkeys(found))


def says(column: str, facts: Collection[str]) -> bool:
    """Whether a column of what is stated belongs to one of some facts."""
    return column.removesuffix("?") in facts or column.partition(".")[0] in facts


def is_due(there: tuple[str, ...], fact: str) -> str:
    """Return whether nothing is said of a step of `n`."""
    return both(f"n.{quoted(c)} IS NULL" for c in there if c in (fact, f"{fact}?"))


def is_not_cast(there: tuple[str, ...], fact: str, *, bare: bool) -> str:
    """Return whether no ballots of `n` were cast: it says so, or says nothing and is not `bare`."""
    votes = [f"n.{quoted(c)} IS NULL" for c in there if c.startswith(f"{fact}.")]
    marks = [f"n.{quoted(c)}" for c in there if c in (fact, f"{fact}?")]
    if bare:
        said = (f"coalesce({c} = {literal(ABSENT)}, FALSE)" for c in marks)
        return both((*votes, either(said)))
    return both((*votes, *(f"coalesce({c} <> '?', TRUE)" for c in marks)))
