"""Decision tables, typed: every output a definition over its object, every row a rule.

A cell becomes a test of the node of its input, which all rows share. What stands in a cell is
fixed, so that `analysis.tables` can try all that an input may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import unknown
from khung.ir import nodes as n
from khung.ir import program as p
from khung.ir import types as t
from khung.ir.declare import cited
from khung.ir.operators import type_word
from khung.ir.program import Output, Row, Table, member_name
from khung.ir.rewrite import children
from khung.ir.typing import lower_tests
from khung.records import dataclass
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.scope import Scope
    from khung.syntax import ast

_READS = (
    *(n.Field, n.Defined, n.LevelOf, n.StateOf, n.CriteriaSet, n.Has),
    *(n.Fold, n.Select, n.Project, n.Variable),
)

_TESTED = (
    t.Boolean
    | t.Number
    | t.Fraction
    | t.String
    | t.Date
    | t.Months
    | t.Seconds
    | t.Scale
    | t.Enumeration
    | t.Bad
)
"""The types of what a cell can test."""

_ANSWERED = t.Boolean | t.Number | t.String | t.Date | t.Scale | t.Enumeration | t.Bad
"""The types of what a row can answer."""


def lower_table(model: m.Table, owner: str, scope: Scope, applies: n.Node | None) -> Table:
    """Return a table of `owner`.

    Args:
        model: The table as written.
        owner: The subject that has it.
        scope: That of an expression over the subject.
        applies: Where there is the table; None is everywhere.

    Reports: K0201 (no such input or output), K0450 (an output left out), K0451 (a cell that is
    not fixed), K0452 (an input that no cell can test), K0455 (an output that no row can answer),
    K0505, and those of expressions.
    """
    return _Maker(model, owner, scope.knowing(applies)).table(applies)


def definitions_of(table: Table) -> Iterator[p.Definition]:
    """Yield the definition of each output of a table."""
    for name, output in table.outputs.items():
        pairs = tuple((row.condition, row.then[name]) for row in table.rows)
        whole = t.List(output.ty) if table.hit is m.Hit.COLLECT else output.ty
        value = n.Rows(table.hit, pairs, whole, table.span)
        label = _label(table, name, output)
        member = member_name(table.name, name)
        yield p.Definition(member, whole, value, label, table.sources, table.applies)


def _label(table: Table, name: str, output: Output) -> m.Label | None:
    """Return what an output is called by itself: as its table, and which of several it is."""
    whole, own = table.label, output.label or m.Label(name)
    if whole is None or len(table.outputs) == 1:
        return whole
    english = f"{whole.en} ({own.said('en')})" if whole.en else ""
    return m.Label(f"{whole.vi} ({own.vi})", english)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes one table; `scope` knows that the table is there."""

    model: m.Table
    owner: str
    scope: Scope

    def table(self, applies: n.Node | None) -> Table:
        head = self.model.head
        inputs = {ref.name: self._input(ref, expr) for ref, expr in self.model.inputs}
        outputs = {one.ref.name: self._output(one) for one in self.model.outputs}
        sources = cited(self.scope.declared, head.sources)
        rows = tuple(self._row(row, inputs, outputs, sources) for row in self.model.rows)
        return Table(
            head.id, self.model.hit, head.label, sources, applies, inputs, outputs, rows, head.span
        )

    def _input(self, ref: m.Ref, expr: ast.Expr) -> n.Node:
        node = self.scope.lower(expr)
        if isinstance(node.ty, _TESTED):
            return node
        self.scope.bag.add("K0452", expr.span, name=ref.name, found=type_word(node.ty))
        return n.Broken(t.BAD, expr.span)

    def _output(self, written: m.Output) -> Output:
        name = member_name(self.model.head.id, written.ref.name)
        member = self.scope.declared.member(self.owner, name)
        ty = t.BAD if member is None else member.ty
        if self.model.hit is m.Hit.COLLECT and isinstance(ty, t.List):
            ty = ty.element
        if not isinstance(ty, _ANSWERED):
            found = type_word(ty)
            self.scope.bag.add("K0455", written.type.span, name=written.ref.name, found=found)
            ty = t.BAD
        return Output(ty, written.label, written.unit)

    # -- rows -----------------------------------------------------------------------------------

    def _row(
        self,
        model: m.Row,
        inputs: dict[str, n.Node],
        outputs: dict[str, Output],
        sources: tuple[str, ...],
    ) -> Row:
        cells = {ref.name: self._cell(ref, cell, inputs) for ref, cell in model.tests}
        tests = tuple((name, cell) for name, cell in cells.items() if cell is not None)
        inner = self.scope.knowing(*(cell for _, cell in tests))
        when = None if model.head.when is None else inner.lower(model.head.when, t.BOOLEAN)
        then = self._then(model, outputs, inner.knowing(when))
        condition = self._condition(model, [*(cell for _, cell in tests), when])
        return Row(self._rule(model.head, sources), tests, when, condition, then)

    def _condition(self, model: m.Row, parts: list[n.Node | None]) -> n.Node:
        kept = tuple(part for part in parts if part is not None)
        if not kept:
            return n.Literal(value=True, ty=t.BOOLEAN, span=model.head.span)
        return kept[0] if len(kept) == 1 else n.AllOf(kept, model.head.span)

    def _rule(self, head: m.Head, sources: tuple[str, ...]) -> n.Rule:
        name = f"{self.owner}.tables.{self.model.head.id}.{head.id}"
        own = cited(self.scope.declared, head.sources) or sources
        if not own:
            self.scope.bag.add("K0505", head.span, name=name)
        return n.Rule(name, own, head.label, None, head.span)

    def _cell(self, ref: m.Ref, cell: ast.Cell, inputs: dict[str, n.Node]) -> n.Node | None:
        """Return the test of a cell; None where it lets any value pass."""
        if ref.name not in inputs:
            unknown(self.scope.bag, "input", ref.name, ref.span, inputs)
            return None
        value = inputs[ref.name]
        if cell.tests is None or value.ty == t.BAD:
            return None
        test = lower_tests(cell.tests, value, self.scope, cell.span)
        if _reads(test, value):
            self.scope.bag.add("K0451", cell.span, text=cell.span.text)
        return n.Not(test, cell.span) if cell.negated else test

    def _then(self, model: m.Row, outputs: dict[str, Output], scope: Scope) -> dict[str, n.Node]:
        given = {ref.name: expr for ref, expr in model.then}
        for ref, _ in model.then:
            if ref.name not in outputs:
                unknown(scope.bag, "output", ref.name, ref.span, outputs)
        for name in outputs:
            if name not in given:
                scope.bag.add("K0450", model.head.span, name=name, row=model.head.id)
        broken = n.Broken(t.BAD, model.head.span)
        return {
            name: scope.lower(given[name], output.ty) if name in given else broken
            for name, output in outputs.items()
        }


def _reads(node: n.Node, value: n.Node) -> bool:
    """Whether a test reads anything besides the value that it tests."""
    if node is value:
        return False
    if isinstance(node, _READS) or (isinstance(node, n.Call) and node.function == "on"):
        return True
    return any(_reads(child, value) for child in children(node))
