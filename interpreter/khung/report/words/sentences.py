"""A condition of a rulebook in words, before any case is known: what it asks, in labels.

In: a checked node. Out: one sentence, or part of one. Where a reading alone picks a branch, the
branch that it picks is told.
"""

from __future__ import annotations

from dataclasses import field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, assert_never

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.ir.program import output_of
from khung.ir.rewrite import walk
from khung.locale import known, phrase
from khung.records import dataclass
from khung.report.words.labels import PERCENT
from khung.report.words.nodes import (
    as_shown,
    chosen,
    conjuncts,
    is_of_scope,
    is_percentage,
    of_itself,
    unit_of,
)
from khung.syntax.operators import ArithmeticOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.ir.program import Table
    from khung.report.words.labels import Words

_SIGNS: Final = {
    ArithmeticOp.ADD: "+",
    ArithmeticOp.SUBTRACT: "−",
    ArithmeticOp.MULTIPLY: "×",
    ArithmeticOp.DIVIDE: "÷",
    ArithmeticOp.POWER: "^",
}
_SELF = 0
_ASKING = (FoldOp.EVERY, FoldOp.SOME, FoldOp.COUNT, FoldOp.SHARE)
_LOOSE = n.AllOf | n.AnyOf | n.If | n.Arithmetic
_Members = n.Field | n.Defined | n.Has | n.LevelOf | n.StateOf | n.CriteriaSet
_Pass = n.Fold | n.Select | n.Project


@dataclass(frozen=True, slots=True)
class Sayer:
    """Says the conditions of one rulebook.

    Attributes:
        silent: What is spoken of, by slot, and what it is called: its members are told without
            saying whose.
        called: What the values of a case that stand in other slots are called.
    """

    words: Words
    silent: Mapping[int, str] = field(default_factory=lambda: {_SELF: ""})
    called: Mapping[int, str] = field(default_factory=dict)

    def say(self, node: n.Node) -> str:
        """Return what a node says."""
        match node:
            case n.Literal():
                return self._literal(node)
            case n.Unknown():
                return self.words.say("unknown")
            case n.Variable():
                return self._variable(node)
            case n.Field() | n.Defined() | n.Has() | n.LevelOf() | n.StateOf() | n.CriteriaSet():
                return self._member(node)
            case n.Attribute():
                what = self._called(node.ty, node.name)
                return self._phrase("of", what=what, whom=self.say(node.kind))
            case n.Not():
                return self._not(node)
            case n.AllOf():
                return self._phrase("and").join(map(self.part, node.operands))
            case n.AnyOf():
                return self._phrase("or").join(map(self.part, node.operands))
            case n.Compare():
                return self.compared(node)
            case n.Arithmetic():
                left, right = self.part(node.left), self.part(node.right)
                return f"{left} {_SIGNS[node.op]} {right}"
            case n.If():
                return self._choice(node)
            case n.Fold():
                return self._over_nothing(node, self._fold(node))
            case n.Select() | n.Project():
                return self._list(node)
            case n.Build():
                return self._build(node)
            case n.Call():
                return self._call(node)
            case n.Ruled() | n.Limit() | n.There():
                return self.say(node.body)
            case n.Rows() | n.Broken() | n.Least() | n.Greatest() | n.Given():
                return as_shown(node, self.words.lang)
            case n.Winner() | n.Choice() | n.Kept():
                return as_shown(node, self.words.lang)
            case _:
                assert_never(node)

    def _phrase(self, key: str, **args: object) -> str:
        return phrase(self.words.lang, f"page.say.{key}", **args)

    def part(self, node: n.Node) -> str:
        """Say a part of a longer sentence, in brackets where its end would not be clear."""
        node = chosen(node)
        inside = node.operand if isinstance(node, n.Not) else node
        loose = isinstance(inside, n.Fold) or isinstance(node, _LOOSE)
        return f"({self.say(node)})" if loose else self.say(node)

    # -- names ----------------------------------------------------------------------------------

    def _literal(self, node: n.Literal) -> str:
        if node.reading:
            reading = self.words.program.readings[node.reading]
            return self._phrase("reading", question=reading.question.said(self.words.lang))
        if isinstance(node.ty, t.Fraction):
            counts: Any = node.value  # of a fraction, the part and the whole
            return self.words.ratio(*counts)
        if isinstance(node.ty, t.Range | t.List | t.Context | t.Ballots):
            return as_shown(node, self.words.lang)
        return self.words.known(node.value, node.ty, PERCENT if is_percentage(node) else "")

    def _member(self, node: _Members) -> str:
        what = self._name(node)
        inside = chosen(node.object)
        if isinstance(inside, n.Variable) and inside.slot in self.silent:
            return what
        return self._phrase("of", what=what, whom=self.say(inside))

    def _name(self, node: _Members) -> str:
        match node:
            case n.LevelOf():
                return self.words.scale(node.ty)
            case n.StateOf():
                return self.words.say(f"state.{node.what.value}")
            case n.CriteriaSet():
                known = self.words.program.objects[node.owner].sets[node.name]
                return self._phrase("set", name=self.words.label(known.label, node.name))
            case n.Has():
                return self._phrase("has", x=self._label(node.object, node.name))
            case n.Field(name="owner"):
                return self._phrase("owner", x=self._type(node.ty) or self._phrase("item"))
            case n.Field() | n.Defined():
                return self._label(node.object, node.name)
            case _:
                assert_never(node)

    def _variable(self, node: n.Variable) -> str:
        """Return what a bound value is called: by its letter, or as what is spoken of."""
        if node.slot == _SELF:
            return self._phrase("this", x=self._type(node.ty) or self._phrase("item"))
        spoken_of = self.silent.get(node.slot)
        if spoken_of:
            return self._phrase("it", x=spoken_of)
        return self.called.get(node.slot) or node.name

    def _type(self, ty: t.Type) -> str:
        """Return what subjects of a type are called in a sentence; empty for any other value."""
        if not isinstance(ty, t.Object):
            return ""
        found = [self.words.program.objects[name] for name in t.names_of(ty.name)]
        names = [self.words.type(one) for one in found if not one.is_record]
        return self._phrase("or").join(name[:1].lower() + name[1:] for name in names)

    def _label(self, node: n.Node, name: str) -> str:
        declared = None
        if isinstance(node.ty, t.Object):
            declared = self.words.program.objects.get(node.ty.name)
        if declared is None:
            return self._named(node, name)
        found = output_of(declared.tables, name)
        if found is not None:
            return self._output(*found)
        if name == declared.kind_field and name not in declared.facts:
            return self._phrase("kind")
        said = self.words.member(declared, name)
        back = declared.back_lists.get(name)
        return self._phrase("below" if back.below else "those", whom=said) if back else said

    def _output(self, table: Table, name: str) -> str:
        output = table.outputs[name]
        what = self.words.label(output.label, "") or self._called(output.ty, name)
        return self._phrase("by_table", what=what, table=self.words.label(table.label, table.name))

    def _called(self, ty: t.Type | None, name: str) -> str:
        """Return what a value without a label is called: as its scale or enumeration, if any."""
        return self.words.scale(ty, name) if isinstance(ty, t.Scale | t.Enumeration) else name

    def _named(self, node: n.Node, name: str) -> str:
        """Return what a field of a value that is no object is called: of ballots, a level."""
        if isinstance(node.ty, t.Ballots):
            values = self.words.program.values[node.ty.scale]
            return self.words.label(values.labels.get(name), name)
        return known(self.words.lang, f"page.say.part.{name}") or name

    # -- conditions -----------------------------------------------------------------------------

    def _not(self, node: n.Not) -> str:
        match node.operand:
            case n.Fold(op=FoldOp.SOME) as found:
                return self._fold(found, "none")
            case n.Has() as found:
                return self._phrase("has_not", x=self._label(found.object, found.name))
            case n.Field() | n.Defined() | n.StateOf() as found:
                return self._phrase("not_so", x=self.say(found))
            case n.Compare() as found:
                return self._phrase("not", x=f"({self.say(found)})")
            case found:  # said as anywhere else, after `not`
                return self._phrase("not", x=self.part(found))

    def compared(self, node: n.Compare, *, silently: bool = False) -> str:
        """Say what is compared; `silently` leaves out the left side, of which it is said."""
        left, right = chosen(node.left), chosen(node.right)
        if isinstance(left, n.Literal) and left.reading:
            return self._reading(left, right, node.op.name.lower())
        kind = "day" if isinstance(right.ty, t.Date) else "value"
        unit = unit_of(left, self.words.program)
        said = self._value(right, unit)
        what = "" if silently else self.part(left)
        return self._phrase(f"{kind}.{node.op.name.lower()}", left=what, right=said).lstrip()

    def _reading(self, node: n.Literal, option: n.Node, op: str) -> str:
        reading = self.words.program.readings[node.reading]
        value = str(option.value) if isinstance(option, n.Literal) else ""
        label = self.words.label(reading.options.labels.get(value), value)
        question = reading.question.said(self.words.lang)
        return self._phrase(f"reading.{op}", question=question, option=label)

    def _value(self, node: n.Node, unit: str) -> str:
        """Return a value that another is compared with, in the unit of that."""
        if not isinstance(node, n.Literal) or not isinstance(node.ty, t.Number) or node.reading:
            return self.part(node)
        unit = PERCENT if is_percentage(node) else unit
        return self.words.number(Decimal(str(node.value)), unit)

    def _choice(self, node: n.If) -> str:
        found = chosen(node)
        if not isinstance(found, n.If):
            return self.say(found)
        condition, yes, no = map(self.part, (found.condition, found.yes, found.no))
        return self._phrase("if", condition=condition, yes=yes, no=no)

    # -- lists ----------------------------------------------------------------------------------

    def _fold(self, node: n.Fold, key: str = "") -> str:
        """Say what is asked of the elements of a list, or worked out over them."""
        if node.op is FoldOp.EVERY and isinstance(node.body, n.Not):
            return self._fold(replace(node, op=FoldOp.SOME, body=node.body.operand), "none")
        key, inner = f"fold.{key or node.op.value}", self._bound(node)
        if node.op not in _ASKING:
            return self._phrase(key, body=inner.part(node.body), **self._elements(node))
        itself = of_itself(node)
        if itself is not None:
            body = inner.compared(itself, silently=True)
            return self._phrase(f"{key}.is", body=body, **self._elements(node))
        if node.where is not None and node.op in (FoldOp.SOME, FoldOp.COUNT):
            both = n.AllOf((*conjuncts(node.where), *conjuncts(node.body)), node.span)
            node = replace(node, where=None, body=both)
        return self._phrase(key, body=inner.say(node.body), **self._elements(node))

    def _over_nothing(self, node: n.Fold, said: str) -> str:
        """Add what a share is where there is nothing to share, if that is written."""
        if node.op is not FoldOp.SHARE or node.empty is None:
            return said
        value = self._value(chosen(node.empty), "")
        return self._phrase("fold.none_to_share", said=said, x=self.noun(node), value=value)

    def each(
        self, variable: n.Variable, source: n.Node, where: n.Node | None, value: n.Node
    ) -> str:
        """Say a value of each element of a list that `where` keeps."""
        node = n.Fold(FoldOp.LOWEST, variable, source, where, value, value.ty, value.span)
        return self._phrase("each", body=self._bound(node).say(value), **self._elements(node))

    def asked(self, node: n.Fold) -> str:
        """Say what is asked of the elements that a count or a share counts, after what they are."""
        inner, itself = self._bound(node), of_itself(node)
        if itself is not None:
            unit = unit_of(itself.left, self.words.program)
            value = self._value(chosen(itself.right), unit)
            return self.words.say(f"itself.{itself.op.name.lower()}", x=value)
        parts = conjuncts(node.body)
        others = [part for part in parts if not is_of_scope(part)] or parts
        if len(others) == 1 and inner.ranked(others[0]):
            return inner.ranked(others[0])
        said = self._phrase("and").join(inner.ranked(o) or inner.part(o) for o in others)
        return self.words.say("which", x=said)

    def ranked(self, node: n.Node) -> str:
        """Say that a level is asked of what is spoken of; empty for any other condition."""
        if not isinstance(node, n.Compare) or not isinstance(node.right, n.Literal):
            return ""
        target = node.left.object if isinstance(node.left, n.LevelOf | n.Defined) else None
        if target is None or not isinstance(target.ty, t.Object) or node.left.ty != node.right.ty:
            return ""
        ladders = (self.words.program.objects[x].ladder for x in t.names_of(target.ty.name))
        if node.left.ty not in [t.Scale(ladder.scale.name) for ladder in ladders if ladder]:
            return ""
        level = self.words.known(node.right.value, node.right.ty)
        return self.words.say(f"ranked.{node.op.name.lower()}", level=level)

    def _list(self, node: n.Select | n.Project) -> str:
        if isinstance(node, n.Select):
            return self._phrase("select", **self._elements(node))
        body = self._bound(node).say(node.body)
        return self._phrase("project", body=body, **self._elements(node))

    def _elements(self, node: _Pass) -> dict[str, str]:
        """Return what an element is called, with its letter if it has one, and which are meant."""
        bound, source = self._bound(node), self.say(node.list)
        where = None if isinstance(node, n.Project) else node.where
        among = (
            self._phrase("among", list=source)
            if where is None
            else self._phrase("among_where", list=source, where=bound.say(where))
        )
        letter = "" if node.variable.slot in bound.silent else f" {node.variable.name}"
        return {"x": self.noun(node) + letter, "where": among}

    def noun(self, node: _Pass) -> str:
        """Return what one element of a list is called."""
        kind = "criterion" if isinstance(node.list, n.CriteriaSet) else "item"
        return self._type(node.variable.ty) or self._phrase(kind)

    def _bound(self, node: _Pass) -> Sayer:
        """Return what says what is asked of each element.

        Its members are told without saying whose, unless a list within is asked of it, too, or
        something else in it has a member called the same: then it is said of both.
        """
        slot, inside = node.variable.slot, tuple(_asked(node))
        alike = set(self._called_alike(inside, node.variable))
        within = (part for part in inside if isinstance(part, _Pass))
        is_asked = any(_slot_of(part) == slot for found in within for part in walk(found))
        silent = {s: name for s, name in self.silent.items() if s not in {slot, *alike}}
        if not alike and not is_asked:
            silent[slot] = self.noun(node)
        return replace(self, silent=silent)

    def _called_alike(self, nodes: Iterable[n.Node], variable: n.Variable) -> Iterator[int]:
        """Yield the slots of others of which something is read that is called as a member here."""
        if not isinstance(variable.ty, t.Object):
            return
        declared = self.words.program.objects[t.first_of(variable.ty.name)]
        members = (*declared.facts, *declared.links, *declared.definitions)
        names = {self.words.member(declared, name) for name in members}
        for node in nodes:
            if not isinstance(node, _Members):
                continue
            slot = _slot_of(node.object)
            if slot not in (None, variable.slot) and self._name(node) in names:
                yield slot

    def _build(self, node: n.Build) -> str:
        said = [self.say(item) for item in node.items]
        if node.bounds:
            return self._phrase("range", low=said[0], high=said[-1])
        return ", ".join(said)

    def _call(self, node: n.Call) -> str:
        given = [self.say(a) for a in node.arguments if a is not None]
        said = known(self.words.lang, f"page.say.call.{node.function}")
        if said is None or len(given) != _places(said):
            from khung.surfaces import surface  # noqa: PLC0415  # most have words of their own

            return f"{surface(self.words.lang).function(node.function)}({', '.join(given)})"
        return said.format(*given)


def sentence(said: str) -> str:
    """Return what is said as it begins a line."""
    return f"{said[:1].upper()}{said[1:]}"


def _places(text: str) -> int:
    return len({part[:1] for part in text.split("{")[1:]})


def _asked(node: _Pass) -> Iterator[n.Node]:
    """Yield all that is asked of the elements of a list, part by part."""
    where = None if isinstance(node, n.Project) else node.where
    body = None if isinstance(node, n.Select) else node.body
    for part in (where, body):
        if part is not None:
            yield from walk(part)


def _slot_of(node: n.Node) -> int | None:
    return node.slot if isinstance(node, n.Variable) else None
