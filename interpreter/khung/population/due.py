"""What is still to be done: steps of which a case says nothing, and ballots that were not cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.nodes import Field, Literal
from khung.ir.rewrite import walk
from khung.rulebook.model.parts import ABSENT
from khung.sql.ends import UnsupportedError
from khung.sql.text import both, either, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

    from khung.ir.program import ObjectType, Program
    from khung.population.source import Source


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


def is_due(source: Source, key: str, fact: str) -> str:
    """Return whether nothing is said of a step of `n`, who stands in a table.

    Raises:
        UnsupportedError: It is a list that a record holds: of which of several is not asked.
    """
    own = [c for c in source.there[key] if c in (fact, f"{fact}?") or c.startswith(f"{fact}.")]
    unsaid = both(f"n.{quoted(c)} IS NULL" for c in own)
    if not source.there.get(f"{key}.{fact}"):
        return unsaid
    if "." in key:
        raise UnsupportedError("a list of a record that is a step")
    rows = f"SELECT count(*) FROM main.{_said(key, fact)} c WHERE c.of = n.id AND c.cs = n.cs"
    return both((unsaid, f"(({rows}) = 0)"))


def note_lists(source: Source, key: str, facts: Collection[str]) -> None:
    """Make for those of some facts that are lists a table of who states any row."""
    for fact in facts:
        if source.there.get(f"{key}.{fact}"):
            query = f"SELECT DISTINCT c.cs, c.of FROM {quoted(f'in.{key}.{fact}')} c"
            source.base.execute(f"CREATE OR REPLACE TABLE {_said(key, fact)} AS {query}")


def _said(key: str, fact: str) -> str:
    return quoted(f"said.{key}.{fact}")


def is_not_cast(there: tuple[str, ...], fact: str, *, bare: bool) -> str:
    """Return whether no ballots of `n` were cast: it says so, or says nothing and is not `bare`."""
    votes = [f"n.{quoted(c)} IS NULL" for c in there if c.startswith(f"{fact}.")]
    marks = [f"n.{quoted(c)}" for c in there if c in (fact, f"{fact}?")]
    if bare:
        said = (f"coalesce({c} = {literal(ABSENT)}, FALSE)" for c in marks)
        return both((*votes, either(said)))
    return both((*votes, *(f"coalesce({c} <> '?', TRUE)" for c in marks)))
