"""Facts that cite nothing: they rest on the clauses of what reads them.

A fact is asked because a rule or a definition of its subject reads it by its name; of each of those
the first clause is taken, in the order in which they stand. One that nothing reads cites nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from khung.rulebook.entries import every_part, expressions_in
from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.diagnostics.bag import Bag
    from khung.rulebook import model as m

    Read = Mapping[str, list[m.Head]]


def expand(rulebook: m.Rulebook, _: Bag) -> m.Rulebook:
    """Return a rulebook whose facts cite what the rules do that read them."""
    return replace(rulebook, subjects=tuple(map(_subject, rulebook.subjects)))


def _subject(subject: m.Subject) -> m.Subject:
    if all(fact.head.sources for fact in subject.facts):
        return subject
    read = _read(subject)
    return replace(subject, facts=tuple(_fact(fact, read) for fact in subject.facts))


def _fact(fact: m.Fact, read: Read) -> m.Fact:
    heads = [head for head in read.get(fact.head.id, ()) if head.sources]
    if fact.head.sources or not heads:
        return fact
    cited = tuple(dict.fromkeys(head.sources[0] for head in heads))
    head = replace(fact.head, sources=cited, basis=heads[0].basis, derived=True)
    return replace(fact, head=head)


def _read(subject: m.Subject) -> Read:
    """Return the heads of the entries of a subject, by the names that they read."""
    found: dict[str, list[m.Head]] = defaultdict(list)
    for head, expressions in expressions_in(subject):
        names = (part for one in expressions for part in every_part(one))
        for name in dict.fromkeys(part.name for part in names if isinstance(part, ast.Name)):
            found[name].append(head)
    return found
