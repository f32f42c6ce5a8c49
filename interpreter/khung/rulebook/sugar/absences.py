"""What `absence: true` stands for without a default: the nothing of its type."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.rulebook.model import Absent, Fact, Link, TypeForm
from khung.syntax import ast

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Rulebook


def expand(rulebook: Rulebook, _: Bag) -> Rulebook:
    """Return a rulebook whose absences say what is so where nothing is stated."""
    subjects = (
        replace(one, facts=tuple(map(_fact, one.facts)), links=tuple(map(_link, one.links)))
        for one in rulebook.subjects
    )
    records = (
        replace(one, fields=tuple(map(_fact, one.fields)), links=tuple(map(_link, one.links)))
        for one in rulebook.records
    )
    return replace(rulebook, subjects=tuple(subjects), records=tuple(records))


def _fact(fact: Fact) -> Fact:
    if not fact.absence or fact.provisional or fact.default is not None:
        return fact
    return replace(fact, default=_nothing(fact))


def _link(link: Link) -> Link:
    if not link.absence or link.default is not None:
        return link
    return replace(link, default=Absent(link.head.span))


def _nothing(fact: Fact) -> ast.Expr | Absent | None:
    span = fact.head.span
    if fact.type.form is TypeForm.LIST:
        return ast.ListLiteral((), span)
    match fact.type.name:
        case "boolean":
            return ast.Boolean(False, span)  # as the class has it
        case "number":
            return ast.Number(Decimal(0), span)
        case _:  # only what may be missing can be said to be
            return None if fact.applies_when is None else Absent(span)
