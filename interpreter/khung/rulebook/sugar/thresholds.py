"""A matrix of thresholds to requirements: one a cell, under its column's level, before the others.

A row over a set or group of criteria asks it of every criterion there, any other row of the value.
A level that stands among the columns only is put where the scale has it.

Reports: K0401 (a column twice), K0481 (a requirement said in the matrix and at the level), K0482
(a column for the level that asks for nothing).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from khung.rulebook import model as m
from khung.rulebook.entries import every_part
from khung.rulebook.names import check_unique
from khung.syntax import ast
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag
    from khung.text import Span

    Level = m.Level[m.Head, ast.Expr]
    Ladder = m.Ladder[m.Head, ast.Expr, ast.Expr | None]
    Requirement = m.Requirement[m.Head, ast.Expr]


def expand(rulebook: m.Rulebook, bag: Bag) -> m.Rulebook:
    """Return a rulebook whose ladders ask, level by level, for what their matrices say."""
    subjects = tuple(_subject(one, rulebook, bag) for one in rulebook.subjects)
    return replace(rulebook, subjects=subjects)


def _subject(subject: m.Subject, rulebook: m.Rulebook, bag: Bag) -> m.Subject:
    ladder = subject.ladder
    if ladder is None or ladder.thresholds is None:
        return subject
    matrix = ladder.thresholds
    check_unique((("level", column.name, column.span) for column in matrix.columns), bag)
    levels = _with_columns(ladder, _ranks(ladder, rulebook))
    asked = tuple(_level(one, matrix, subject, bag) for one in levels)
    return replace(subject, ladder=replace(ladder, levels=asked))


def _ranks(ladder: Ladder, rulebook: m.Rulebook) -> dict[str, int]:
    scales = (one for one in rulebook.scales if one.head.id == ladder.scale.name)
    return {value.head.id: rank for one in scales for rank, value in enumerate(one.values)}


def _with_columns(ladder: Ladder, ranks: dict[str, int]) -> tuple[Level, ...]:
    """Return the levels with those that stand among the columns only."""
    levels = list(ladder.levels)
    for column in ladder.thresholds.columns if ladder.thresholds else ():
        if column.name not in {level.head.id for level in levels}:
            rank = ranks.get(column.name, 0)
            lower = (i for i, one in enumerate(levels) if ranks.get(one.head.id, -1) < rank)
            at = f"ladder.levels.{column.name}"
            head = m.Head(column.name, span=column.span, at=at)
            levels.insert(next(lower, max(0, len(levels) - 1)), m.Level(head))
    return tuple(levels)


def _level(level: Level, matrix: m.Thresholds, subject: m.Subject, bag: Bag) -> Level:
    """Return a level that asks first for what the cells of its column say."""
    name = level.head.id
    number = next((i for i, one in enumerate(matrix.columns) if one.name == name), None)
    if number is None:
        return level
    if level.otherwise:
        bag.add("K0482", matrix.columns[number].span, related=(level.head.span,), name=name)
        return level
    made = [_requirement(row, number, level, subject) for row in matrix.rows]
    asked = tuple(one for one in made if one is not None)
    _refuse_twice(asked, level, bag)
    return replace(level, require=(*asked, *level.require))


def _refuse_twice(asked: tuple[Requirement, ...], level: Level, bag: Bag) -> None:
    said = {one.head.id: one.head.span for one in asked}
    for one in level.require:
        if one.head.id in said:
            related, name = (said[one.head.id],), one.head.id
            at, of = one.head.at, level.head.id
            bag.add("K0481", one.head.span, at=at, related=related, name=name, level=of)


def _requirement(
    row: m.Threshold, number: int, level: Level, subject: m.Subject
) -> Requirement | None:
    """Return what a cell asks for; None of one that asks for nothing."""
    cell = row.cells[number]
    if cell is None:
        return None
    head = m.Head(
        row.id,
        row.labels[number],
        row.sources[number],
        row.when,
        row.basis,
        span=cell.span,
        at=f"ladder.levels.{level.head.id}.require.{row.id}",
    )
    of = row.of or ast.Name(row.id, row.span)
    return m.Requirement(head, _that(of, cell, _is_set(of, subject)), row.local)


def _is_set(of: ast.Expr, subject: m.Subject) -> bool:
    criteria = subject.criteria
    if criteria is None or not isinstance(of, ast.Name):
        return False
    held: tuple[Any, ...] = (*criteria.groups, *criteria.sets)
    return of.name in {one.head.id for one in held}


def _that(of: ast.Expr, cell: ast.Expr, is_set: bool) -> ast.Expr:  # noqa: FBT001  # two forms
    """Return `of >= cell`, or of a set `every c in of satisfies c >= cell`."""
    span: Span = cell.span
    if not is_set:
        return ast.Compare(CompareOp.GE, of, cell, span)
    name = _unused(cell)
    body = ast.Compare(CompareOp.GE, ast.Name(name, span), cell, span)
    binder = ast.Binder(name, of, of.span, of.span)
    return ast.Quantifier(every=True, binders=(binder,), where=None, body=body, span=span)


def _unused(cell: ast.Expr) -> str:
    """Return a name for a criterion that a cell does not use for something else."""
    used = {part.name for part in every_part(cell) if isinstance(part, ast.Name)}
    return next(name for i in count() if (name := f"c{i or ''}") not in used)
