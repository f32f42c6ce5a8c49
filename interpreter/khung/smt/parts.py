"""What single rules, bands and tables say of a case, as terms."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.ir.rewrite import walk
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model import Hit
from khung.rulebook.model.rules import Stage
from khung.smt.space import LeftOutError
from khung.smt.terms import Val, compared, is_one, ite, land, lnot, lor, total
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.ir.program import Table
    from khung.smt.side import Side
    from khung.smt.terms import Term


@dataclass(slots=True, eq=False)
class Parts:
    """What is said of a case by parts of the rules; what has no form here is left out.

    Attributes:
        unmet: By the id of a requirement, that it is not met.
        knocked: By the id of a knock-out, that it holds.
        holes: By the name of a level, that the points lie between it and the next.
        gaps: By the name of a table, that none of its rows holds.
        overlaps: By the name of a table, that several do of which one may.
    """

    unmet: dict[str, Any] = field(default_factory=dict)
    knocked: dict[str, Any] = field(default_factory=dict)
    holes: dict[str, Any] = field(default_factory=dict)
    gaps: dict[str, Any] = field(default_factory=dict)
    overlaps: dict[str, Any] = field(default_factory=dict)


def parts_of(side: Side) -> Parts:
    """Return what the parts say of the subject asked, of lists that are not finished yet."""
    found = Parts()
    declared = side.type_of(side.space.root.type)
    for definition in declared.stages.values():
        for part in walk(definition.value):
            if isinstance(part, n.Ruled) and part.stage == Stage.STANDARD:
                _rule(found, part, side)
    _holes(found, side)
    for table in declared.tables.values():
        try:
            _table(found, table, side)
        except LeftOutError as left:
            side.space.left[str(left)] = None
    return found


def _holes(found: Parts, side: Side) -> None:
    """Add where points lie between a level and the one above it, and no better level holds."""
    root, better = side.space.root, list[Any]()
    for level in ladder_of(side.type_of(root.type)).levels:
        name, said = level.head.name, dict[str, Any]()
        if level.hole is not None:
            _said(said, name, side, level.hole)
        found.holes |= {key: land((hole, lnot(lor(better)))) for key, hole in said.items()}
        better += [*said.values(), side.defined(root, names.met(name)).lo]


def _rule(found: Parts, part: n.Ruled, side: Side) -> None:
    """Add what a requirement or a knock-out says."""
    if isinstance(part.ty, t.Boolean):
        _said(found.unmet, part.rule.id, side, n.Not(part.body, part.span))
    elif isinstance(part.body, n.If):
        _said(found.knocked, part.rule.id, side, part.body.condition)


def _said(found: dict[str, Any], name: str, side: Side, node: n.Node) -> None:
    try:
        value = side.value(node, {0: side.space.root})
    except LeftOutError:
        return
    if is_one(value) and name not in found:
        found[name] = value.lo


def _table(found: Parts, table: Table, side: Side) -> None:
    """Add where a table has no row, and where it has too many."""
    env: Any = {0: side.space.root}
    applies = side.applies(table.applies, side.space.root)
    tests = [_surely(side.value(row.condition, env)) for row in table.rows]
    if table.hit is not Hit.COLLECT:
        found.gaps[table.name] = land((applies, lnot(lor(tests))))
    if table.hit is Hit.UNIQUE:
        many = compared(CompareOp.GT, total(ite(test, 1, 0) for test in tests), 1)
        found.overlaps[table.name] = land((applies, many))


def _surely(value: Val) -> Term:
    if not is_one(value):
        raise LeftOutError("rows")
    return value.lo
