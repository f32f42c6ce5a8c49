"""Levels by points to levels, each with the test of the points that it has.

A level that begins at a number has that and more; the last of the scale has the rest.

Reports: K0489 (a number for the level that has the rest).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.rulebook import model as m
from khung.syntax import ast
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag

    Ladder = m.Ladder[m.Head, ast.Expr, ast.Expr | None]
    Level = m.Level[m.Head, ast.Expr]


def expand(rulebook: m.Rulebook, bag: Bag) -> m.Rulebook:
    """Return a rulebook in which a ladder by points has levels."""
    subjects = tuple(_subject(one, rulebook, bag) for one in rulebook.subjects)
    return replace(rulebook, subjects=subjects)


def _subject(subject: m.Subject, rulebook: m.Rulebook, bag: Bag) -> m.Subject:
    ladder = subject.ladder
    if ladder is None or ladder.by is None:
        return subject
    levels = (
        *map(_beginning, ladder.starts),
        *(m.Level(b.head, band=b.test) for b in ladder.bands),
    )
    rest = _rest(ladder, rulebook, bag) if ladder.starts else ()
    whole = replace(ladder, levels=(*levels, *rest), starts=(), bands=())
    return replace(subject, ladder=whole)


def _beginning(start: m.Start) -> Level:
    span = start.at_least.span
    test = ast.UnaryTest(CompareOp.GE, start.at_least, span)
    return m.Level(start.head, band=ast.Cell((test,), negated=False, span=span))


def _rest(ladder: Ladder, rulebook: m.Rulebook, bag: Bag) -> tuple[Level, ...]:
    """Return the lowest level of the scale, which has the points that are left."""
    scale = next((one for one in rulebook.scales if one.head.id == ladder.scale.name), None)
    if scale is None or not scale.values:
        return ()
    name = scale.values[0].head.id
    for start in (one for one in ladder.starts if one.head.id == name):
        bag.add("K0489", start.head.span, at=start.head.at, name=name)
        return ()
    head = m.Head(name, span=ladder.scale.span, at=f"ladder.from.{name}")
    return (m.Level(head, otherwise=True),)
