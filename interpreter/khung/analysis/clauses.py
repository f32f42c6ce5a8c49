"""Which clauses of the source document a rulebook accounts for.

A clause is accounted for if it says itself why there is nothing to compute, or if an entry of the
rulebook cites it: a rule, fact, link, criterion, definition, parameter, reading, value, kind or
subject. A clause that holds several rules is accounted for part by part; a citation of the whole
stands for none of its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from khung.analysis.entries import entries
from khung.rulebook import model as m
from khung.source.values import under
from khung.syntax.ast import Call, Expr, Name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from khung.analysis.entries import Entry
    from khung.diagnostics.bag import Bag

_RULES = (m.ScopeRule, m.Requirement, m.Level, m.Knockout, m.Cap, m.Vote, m.Defer, m.Quota, m.Check)


@dataclass(frozen=True, slots=True)
class Accounting:
    """The state of the clauses.

    Attributes:
        total: How many addresses there are.
        accounted: How many of them are accounted for in all their parts.
        missing: Addresses, or `ADDRESS#PART`, that nothing accounts for.
        asserted_only: Those whose only trace is one yes-or-no fact that somebody asserts.
    """

    total: int
    accounted: int
    missing: tuple[str, ...]
    asserted_only: tuple[str, ...]


def account(rulebook: m.Rulebook) -> Accounting:
    """Return what accounts for the clauses of a rulebook."""
    found = tuple(entries(rulebook))
    traces = _traces(rulebook, found)
    lacking = {c.address: _lacking(c, traces) for c in rulebook.clauses}
    asserted = (
        item for c in rulebook.clauses for item in items(c) if _asserted(traces.get(item, ()))
    )
    return Accounting(
        len(lacking),
        sum(not missing for missing in lacking.values()),
        tuple(item for missing in lacking.values() for item in missing),
        tuple(asserted),
    )


def report_missing(rulebook: m.Rulebook, missing: Collection[str], bag: Bag) -> None:
    """Report each clause or part that nothing accounts for (K0506), at its clause."""
    for clause in rulebook.clauses:
        for item in items(clause):
            if item in missing:
                advice, at = "part" if clause.parts else "", under("clauses", clause.address)
                bag.add("K0506", clause.span, help=advice, at=at, address=item)


def items(clause: m.Clause) -> tuple[str, ...]:
    """Return what of a clause is to be accounted for: its parts, or the clause."""
    return tuple(f"{clause.address}#{part}" for part in clause.parts) or (clause.address,)


def _traces(rulebook: m.Rulebook, found: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Return the entries that cite each clause or part of the rulebook's own document.

    A calendar is none of them: it says what a word of the clause means, and rules nothing.
    """
    traces: dict[str, list[Entry]] = {}
    for entry in (entry for entry in found if not isinstance(entry.node, m.Calendar)):
        for citation in entry.citations:
            if citation.document in ("", rulebook.document):
                part = f"#{citation.part}" if citation.part else ""
                traces.setdefault(citation.address + part, []).append(entry)
    return traces


def _lacking(clause: m.Clause, traces: Mapping[str, list[Entry]]) -> tuple[str, ...]:
    if clause.kind:
        return ()
    return tuple(item for item in items(clause) if item not in traces)


# -- asserted ---------------------------------------------------------------------------------


def _asserted(trace: Iterable[Entry]) -> bool:
    """Say whether all that cites a clause comes to one yes-or-no fact.

    That is the fact itself, and rules or definitions that read nothing but it: nothing is worked
    out, somebody only says that it is so.
    """
    read = [_facts_of(entry) for entry in trace]
    facts = {fact for facts in read if facts for fact in facts}
    return len(facts) == 1 and None not in read


def _facts_of(entry: Entry) -> set[str] | None:
    """Return the yes-or-no facts that an entry is or reads; None if it holds anything more."""
    flags = _flags(entry.owner)
    if isinstance(entry.node, m.Fact):
        name = f"{_owner(entry)}.{entry.head.id}"
        return {name} if entry.head.id in flags and not any(entry.expressions) else None
    if not isinstance(entry.node, (*_RULES, m.Definition)) or isinstance(entry.node, m.Vote):
        return None
    names = [_name(expression) for expression in entry.expressions]
    read = {name for name in names if name in flags}
    constants = _levels(entry.owner)
    if any(name is None or name not in {*flags, *constants} for name in names):
        return None
    return {f"{_owner(entry)}.{name}" for name in read} or None


def _name(expression: Expr) -> str | None:
    """Return the name that an expression is, or is the negation of."""
    match expression:
        case Name():
            return expression.name
        case Call(function="not", arguments=(argument,)):
            return _name(argument.value)
        case _:
            return None


def _flags(owner: m.Subject | m.Record | None) -> set[str]:
    facts = owner.facts if isinstance(owner, m.Subject) else owner.fields if owner else ()
    one = m.TypeForm.ONE
    return {f.head.id for f in facts if f.type.form is one and f.type.name == "boolean"}


def _levels(owner: m.Subject | m.Record | None) -> set[str]:
    """Return the names of levels, which a cap or a knock-out sets."""
    ladder = owner.ladder if isinstance(owner, m.Subject) else None
    return {level.head.id for level in ladder.levels} if ladder else set()


def _owner(entry: Entry) -> str:
    return entry.owner.head.id if entry.owner else ""
