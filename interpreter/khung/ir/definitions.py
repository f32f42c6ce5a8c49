"""Definitions, conditions of application and parameters, typed when they are first read.

A definition's type is that of its expression, which may read others; each is typed once, and a
ring of definitions is reported with its path.
"""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from khung.ir import types as t
from khung.ir.declare import Declarations, cited
from khung.ir.nodes import Broken, Has, Node, Select, Variable
from khung.ir.program import TABLES, Definition
from khung.ir.scope import Scope
from khung.ir.tables import definitions_of, lower_table
from khung.ir.typing import lower
from khung.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.declare import Member
    from khung.ir.program import Table
    from khung.ir.scope import Lower
    from khung.rulebook import model as m
    from khung.syntax.ast import Expr
    from khung.text import Span

T = TypeVar("T")
_Key = tuple[str, str]


@dataclass(slots=True)
class Definitions:
    """Types what is asked for. `lower_with` is `typing.lower`.

    Attributes:
        open: The definitions and tables that are being typed.
        asked: The conditions and parameters that are.
    """

    declared: Declarations
    lower_with: Lower
    open: list[_Key] = field(default_factory=list)
    asked: list[_Key] = field(default_factory=list)

    def scope_of(self, owner: str, span: Span) -> Scope:
        """Return the scope of an expression over an object of type `owner`."""
        own = Variable("self", 0, t.Object(owner), span)
        return Scope(self.declared, self, self.lower_with, own)

    def definition(self, owner: str, name: str) -> Definition | None:
        """Return a definition of an object type, typed; None if it leads back to itself.

        Reports: K0340 (a ring, with its path).
        """
        key = (t.first_of(owner), name)
        member = self.declared.member(owner, name)
        if member is not None and member.table is not None:
            return self.outputs(key[0], member.table).get(name)
        if member is None or member.definition is None:
            return None
        if key in self.open:
            self._report_ring(key, member.span)
            return None
        make = partial(self._typed, key[0], member.definition, member)
        return self._once("definition", key, member, self.open, make)

    def type_of(self, owner: str, name: str) -> t.Type | None:
        """Return the type of a definition; None if it leads back to itself."""
        return self.declared.tracer.type_of(owner, name)

    def settled(self, owner: str, name: str) -> Definition | None:
        """Return a definition; None as long as it is being typed itself."""
        return None if (t.first_of(owner), name) in self.open else self.definition(owner, name)

    def table(self, owner: str, model: m.Table) -> Table | None:
        """Return a table of an object type, its outputs typed; None if it leads back to itself.

        Reports: K0340 (a ring, with its path).
        """
        found = self._table_once(owner, model)
        return None if found is None else found[0]

    def outputs(self, owner: str, model: m.Table) -> Mapping[str, Definition]:
        """Return the definitions of the outputs of a table; none if it leads back to itself."""
        found = self._table_once(owner, model)
        return {} if found is None else found[1]

    def _table_once(
        self, owner: str, model: m.Table
    ) -> tuple[Table, Mapping[str, Definition]] | None:
        key = (owner, f"{TABLES}.{model.head.id}")
        if key in self.open:
            self._report_ring(key, model.head.span)
            return None
        return self._once("table", key, model, self.open, partial(self._table, owner, model))

    def _table(self, owner: str, model: m.Table) -> tuple[Table, Mapping[str, Definition]]:
        scope, condition = self.scope_of(owner, model.head.span), None
        if model.head.when is not None:
            written = scope.lower(model.head.when, t.BOOLEAN)
            condition = None if isinstance(written, Broken) else written
        made = lower_table(model, owner, scope, condition)
        return made, {output.name: output for output in definitions_of(made)}

    def _once(
        self, what: str, key: _Key, of: object, working: list[_Key], make: Callable[[], T]
    ) -> T:
        """Return what is made of a part of the rulebook, which stands in `working` meanwhile."""

        def typed() -> T:
            working.append(key)
            made = make()
            working.pop()
            return made

        return self.declared.tracer.once((what, *key, id(of)), typed, of)

    def _report_ring(self, key: tuple[str, str], span: Span | None) -> None:
        ring = self.open[self.open.index(key) :]
        path = " → ".join(f"{owner}.{name}" for owner, name in (*ring, key))
        self.declared.bag.add("K0340", span, path=path)

    def _typed(self, owner: str, model: m.Definition, member: Member) -> Definition:
        scope = self.scope_of(owner, model.head.span)
        condition = self.applies(owner, member)
        lax = replace(scope.knowing(condition), lax=model.output)
        value = _selection(model, lax) if model.each else _value(model, lax)
        label, sources = model.head.label, cited(self.declared, model.head.sources)
        return Definition(
            model.head.id,
            value.ty,
            value,
            label,
            sources,
            condition,
            model.output,
            model.final,
        )

    def applies(self, owner: str, member: Member) -> Node | None:
        """Return the condition under which a member of an object has a value; None if always.

        `has(x)` as the condition of `x` itself says that the case states whether it is there.
        """
        if member.applies is None:
            return None
        if member.table is not None:
            table = self.table(t.first_of(owner), member.table)
            return None if table is None else table.applies
        key = (t.first_of(owner), member.name)
        if key in self.asked:
            return None
        scope = self.scope_of(owner, member.applies.span)
        make = partial(scope.lower, member.applies, t.BOOLEAN)
        return self._once("applies", key, member.applies, self.asked, make)

    def parameter(self, model: m.Parameter, span: Span) -> Node:
        """Return the value of a parameter, a constant, as if it stood at `span`."""
        self.declared.tracer.note("parameter", model.head.id, id(model))
        key = ("", model.head.id)
        if key in self.asked:
            ring = [name for _, name in self.asked[self.asked.index(key) :]]
            path = " → ".join(f"parameters.{name}" for name in (*ring, model.head.id))
            self.declared.bag.add("K0340", span, path=path)
            return Broken(t.BAD, span)
        scope = Scope(self.declared, self, self.lower_with)
        make = partial(scope.lower, model.value)
        found = self._once("parameter", key, model, self.asked, make)
        return replace(found, span=span)


def is_optional(condition: Node | None, name: str) -> bool:
    """Whether a condition is `has(name)` of the member itself."""
    return isinstance(condition, Has) and condition.name == name


def _value(model: m.Definition, scope: Scope) -> Node:
    if model.value is None:
        return Broken(t.BAD, model.head.span)
    want = t.ANYTHING if model.type is None else scope.declared.type_of(model.type)
    found = Broken(want, model.head.span) if want == t.BAD else scope.lower(model.value, want)
    return replace(found, ty=t.BAD) if isinstance(found, Broken) else found


def _selection(model: m.Definition, scope: Scope) -> Node:
    assert model.each is not None  # noqa: S101  # the caller has looked
    return select(model.each.list, model.each.name, model.where, scope, model.each.span)


def select(source: Expr, name: str, where: Expr | None, scope: Scope, span: Span) -> Node:
    """Return the node of the elements of a list that `where` keeps."""
    found = scope.lower(source)
    if found.ty == t.BAD:
        return Broken(t.BAD, span)
    if not isinstance(found.ty, t.List):
        scope.bag.add("K0338", source.span, text=source.span.text)
        return Broken(t.BAD, span)
    inner, variable = scope.bind(name, found.ty.element, span)
    kept = None if where is None else inner.lower(where, t.BOOLEAN)
    return Select(variable, found, kept, found.ty, span)


def lower_expression(
    expr: Expr, inputs: Mapping[str, t.Type], bag: Bag, want: t.Type = t.ANYTHING
) -> Node:
    """Return the node of an expression over named inputs. `null` is allowed here.

    Args:
        expr: The surface tree.
        inputs: The type of each name.
        bag: Where diagnostics go.
        want: The type that the value must fit.
    """
    declared = Declarations(None, bag)
    own = Variable("self", 0, t.Context(tuple(inputs.items())), expr.span)
    scope = Scope(declared, Definitions(declared, lower), lower, own, lax=True)
    return lower(expr, scope, want)
