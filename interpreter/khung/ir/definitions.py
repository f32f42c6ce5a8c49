"""Definitions, conditions of application and parameters, typed when they are first read.

A definition's type is that of its expression, which may read others; each is typed once, and a
ring of definitions is reported with its path.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from typing import TYPE_CHECKING

from khung.ir import notes
from khung.ir import types as t
from khung.ir.declare import Declarations, cited
from khung.ir.nodes import Broken, Has, Node, Select, Variable
from khung.ir.program import TABLES, Definition
from khung.ir.scope import Scope
from khung.ir.tables import definitions_of, lower_table
from khung.ir.typing import lower
from khung.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.declare import Member
    from khung.ir.notes import Notes, Part
    from khung.ir.program import Table
    from khung.ir.scope import Lower
    from khung.rulebook import model as m
    from khung.syntax.ast import Expr
    from khung.text import Span


@dataclass(slots=True)
class Definitions:
    """What is typed so far. `lower_with` is `typing.lower`."""

    declared: Declarations
    lower_with: Lower
    notes: Notes | None = None
    known: dict[tuple[str, str], Definition] = field(default_factory=dict)
    conditions: dict[tuple[str, str], Node | None] = field(default_factory=dict)
    parameters: dict[str, Node] = field(default_factory=dict)
    tables: dict[tuple[str, str], Table] = field(default_factory=dict)
    said: dict[int, tuple[Node, frozenset[Node]]] = field(default_factory=dict)
    expanded: dict[tuple[str, str, Node, int], Node] = field(default_factory=dict)
    open: list[tuple[str, str]] = field(default_factory=list)

    def scope_of(self, owner: str, span: Span) -> Scope:
        """Return the scope of an expression over an object of type `owner`."""
        own = Variable("self", 0, t.Object(owner), span)
        return Scope(self.declared, self, self.lower_with, own)

    def definition(self, owner: str, name: str) -> Definition | None:
        """Return a definition of an object type, typed; None if it leads back to itself.

        Reports: K0340 (a ring, with its path).
        """
        key = (t.first_of(owner), name)
        if key in self.known:
            self._read((notes.DEFINITION, *key))
            return self.known[key]
        member = self.declared.member(owner, name)
        if member is not None and member.table is not None:
            self.table(key[0], member.table)
            return self.known.get(key)
        if member is None or member.definition is None:
            return None
        if key in self.open:
            self._report_ring(key, member.span)
            return None
        self.open.append(key)
        with self._lowering((notes.DEFINITION, *key)):
            found = self._typed(key[0], member.definition, member)
        self.open.pop()
        self.known[key] = found
        return found

    def table(self, owner: str, model: m.Table) -> Table | None:
        """Return a table of an object type, its outputs typed; None if it leads back to itself.

        Reports: K0340 (a ring, with its path).
        """
        key = (owner, f"{TABLES}.{model.head.id}")
        part = (notes.DEFINITION, *key)
        if key in self.open:
            self._report_ring(key, model.head.span)
        elif key not in self.tables:
            self.open.append(key)
            with self._lowering(part):
                self.tables[key] = self._table(owner, model)
            self._note_outputs(part, self.tables[key])
            self.open.pop()
        else:
            self._read(part)
        return self.tables.get(key)

    def _table(self, owner: str, model: m.Table) -> Table:
        scope, condition = self.scope_of(owner, model.head.span), None
        if model.head.when is not None:
            written = scope.lower(model.head.when, t.BOOLEAN)
            condition = None if isinstance(written, Broken) else written
        found = lower_table(model, owner, scope, condition)
        for definition in definitions_of(found):
            self.known[owner, definition.name] = definition
            self.conditions[owner, definition.name] = condition
        return found

    def _note_outputs(self, part: Part, table: Table) -> None:
        if self.notes is not None:
            for one in definitions_of(table):
                for sort in (notes.DEFINITION, notes.CONDITION):
                    self.notes.parts[sort, part[1], one.name] = self.notes.parts[part]

    def _lowering(self, part: Part) -> AbstractContextManager[None]:
        return nullcontext() if self.notes is None else self.notes.lowering(part)

    def _read(self, part: Part) -> None:
        if self.notes is not None:
            self.notes.read(part)

    def _report_ring(self, key: tuple[str, str], span: Span | None) -> None:
        ring = self.open[self.open.index(key) :]
        path = " → ".join(f"{owner}.{name}" for owner, name in (*ring, key))
        self.declared.bag.add("K0340", span, path=path)

    def _typed(self, owner: str, model: m.Definition, member: Member) -> Definition:
        scope = self.scope_of(owner, model.head.span)
        condition = self.applies(owner, member)
        inner = scope.knowing(condition)
        if model.head.when is not None:
            inner = inner.knowing(scope.lower(model.head.when, t.BOOLEAN))
        lax = replace(inner, lax=model.output)
        value = _selection(model, lax) if model.each else _value(model, lax)
        label, sources = model.head.label, cited(self.declared, model.head.sources)
        return Definition(model.head.id, value.ty, value, label, sources, condition, model.output)

    def applies(self, owner: str, member: Member) -> Node | None:
        """Return the condition under which a member of an object has a value; None if always.

        `has(x)` as the condition of `x` itself says that the case states whether it is there.
        """
        if member.applies is None:
            return None
        key = (t.first_of(owner), member.name)
        if key in self.conditions:
            self._read((notes.CONDITION, *key))
        else:
            self.conditions[key] = None
            scope = self.scope_of(owner, member.applies.span)
            with self._lowering((notes.CONDITION, *key)):
                self.conditions[key] = scope.lower(member.applies, t.BOOLEAN)
        return self.conditions[key]

    def parameter(self, model: m.Parameter, span: Span) -> Node:
        """Return the value of a parameter, a constant, as if it stood at `span`."""
        name = model.head.id
        if name in self.parameters:
            self._read((notes.PARAMETER, name))
        else:
            self.parameters[name] = Broken(t.BAD, model.value.span)
            scope = Scope(self.declared, self, self.lower_with)
            with self._lowering((notes.PARAMETER, name)):
                self.parameters[name] = scope.lower(model.value)
        return replace(self.parameters[name], span=span)


def is_optional(condition: Node | None, name: str) -> bool:
    """Whether a condition is `has(name)` of the member itself."""
    return isinstance(condition, Has) and condition.name == name


def _value(model: m.Definition, scope: Scope) -> Node:
    if model.value is None:
        return Broken(t.BAD, model.head.span)
    return scope.lower(model.value)


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
