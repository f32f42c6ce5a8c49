"""Which clauses of the source document a rulebook accounts for.

A clause is accounted for if it says itself why there is nothing to compute, or if an entry of the
rulebook cites it: a rule, fact, link, criterion, definition, parameter, reading, value, kind or
subject. A clause that holds several rules is accounted for part by part; a citation of the whole
stands for none of its parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.records import dataclass
from khung.rulebook import model as m
from khung.rulebook.entries import entries
from khung.rulebook.model import rules
from khung.syntax.ast import Call, Expr, Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.diagnostics.bag import Bag
    from khung.rulebook.entries import Entry


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
    # a calendar says what a word of a clause means, a form only writes down: neither rules anything
    found = (e for e in entries(rulebook) if not isinstance(e.node, m.Calendar | m.Form))
    traces = traced(rulebook, found)
    lacking = {c.address: _lacking(c, traces) for c in rulebook.clauses}
    asserted = (i for c in rulebook.clauses for i in items(c) if _asserted(traces.get(i, ())))
    return Accounting(
        len(lacking),
        sum(not missing for missing in lacking.values()),
        tuple(item for missing in lacking.values() for item in missing),
        tuple(asserted),
    )


def report_missing(
    rulebook: m.Rulebook, found: Accounting, waiting: frozenset[str], bag: Bag
) -> None:
    """Warn of each clause that is not accounted for in all its parts (K0506).

    Args:
        rulebook: The rulebook.
        found: The state of its clauses.
        waiting: The clauses that nobody has compared yet, of which nothing is said.
        bag: Where to report.
    """
    missing = frozenset(found.missing)
    for clause in (clause for clause in rulebook.clauses if clause.address not in waiting):
        lacking = tuple(item for item in items(clause) if item in missing)
        if lacking:
            at = f"clauses.{clause.address}"
            bag.add("K0506", clause.span, at=at, missing=lacking)


def items(clause: m.Clause) -> tuple[str, ...]:
    """Return what of a clause is to be accounted for: its parts, or the clause."""
    return tuple(f"{clause.address}#{part}" for part in clause.parts) or (clause.address,)


def traced(rulebook: m.Rulebook, found: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Return the entries that cite each clause, or part, of the rulebook's own document."""
    traces: dict[str, list[Entry]] = {}
    for entry in found:
        own = (c for c in entry.citations if c.document in ("", rulebook.document))
        for place in dict.fromkeys(citation.place for citation in own):
            traces.setdefault(place, []).append(entry)
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
    if not isinstance(entry.node, (*rules.KINDS, m.Definition)) or isinstance(entry.node, m.Vote):
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
