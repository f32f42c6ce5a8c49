"""A condition of a rulebook in words, before any case is known: what it asks, in labels.

In: a checked node. Out: one sentence, or part of one. Where a reading alone picks a branch, the
branch that it picks is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, assert_never

from khung.ir import types as t
from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Broken,
    Build,
    Call,
    Compare,
    CriteriaSet,
    Defined,
    Field,
    Fold,
    FoldOp,
    Has,
    If,
    LevelOf,
    Literal,
    Node,
    Not,
    Project,
    Rows,
    Select,
    StateOf,
    Unknown,
    Variable,
)
from khung.locale import phrase, table
from khung.report.words import PERCENT, ratio
from khung.report.written import as_written, chosen, unit_of
from khung.syntax.ast import ArithmeticOp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.report.words import Words
    from khung.rulebook.model import Label, Rulebook

_SIGNS: Final = {
    ArithmeticOp.ADD: "+",
    ArithmeticOp.SUBTRACT: "−",
    ArithmeticOp.MULTIPLY: "×",
    ArithmeticOp.DIVIDE: "÷",
    ArithmeticOp.POWER: "^",
}
_TABLE = "tables."


@dataclass(frozen=True, slots=True)
class Sayer:
    """Says the conditions of one rulebook.

    Attributes:
        sets: The labels of groups and sets of criteria, by owner and name.
    """

    words: Words
    sets: Mapping[tuple[str, str], Label | None] = field(default_factory=dict)

    def say(self, node: Node) -> str:
        """Return what a node says."""
        match node:
            case Literal():
                return self._literal(node)
            case Unknown():
                return self.words.say("unknown")
            case Variable():
                return node.name
            case Field() | Defined() | Has() | LevelOf() | StateOf() | CriteriaSet():
                return self._member(node)
            case Attribute():
                return self._phrase(
                    "of", what=self._called(node.ty, node.name), whom=self.say(node.kind)
                )
            case Not():
                return self._phrase("not", x=self._inner(node.operand))
            case AllOf():
                return self._phrase("and").join(map(self._inner, node.operands))
            case AnyOf():
                return self._phrase("or").join(map(self._inner, node.operands))
            case Compare():
                return self._comparison(node)
            case Arithmetic():
                left, right = self._inner(node.left), self._inner(node.right)
                return f"{left} {_SIGNS[node.op]} {right}"
            case If():
                return self._choice(node)
            case Fold():
                return self._fold(node)
            case Select() | Project():
                return self._list(node)
            case Build():
                return self._build(node)
            case Call():
                return self._call(node)
            case Rows() | Broken():
                return as_written(node)
            case _:
                assert_never(node)

    def _phrase(self, key: str, **args: object) -> str:
        return phrase(self.words.lang, f"page.say.{key}", **args)

    def _inner(self, node: Node) -> str:
        """Return a part of a longer sentence, in brackets where its end would not be clear."""
        node = chosen(node)
        loose = isinstance(node, AllOf | AnyOf | Fold | If | Arithmetic)
        return f"({self.say(node)})" if loose else self.say(node)

    # -- names ----------------------------------------------------------------------------------

    def _literal(self, node: Literal) -> str:
        if node.reading:
            reading = self.words.program.readings[node.reading]
            return self._phrase("reading", question=reading.question.said(self.words.lang))
        percent = node.span.text.rstrip().endswith(PERCENT)
        if isinstance(node.ty, t.Fraction):
            counts: Any = node.value  # of a fraction, the part and the whole
            return ratio(*counts)
        unit = PERCENT if percent else ""
        if isinstance(node.ty, t.Range | t.List | t.Context | t.Ballots):
            return as_written(node)
        return self.words.known(node.value, node.ty, unit)

    def _member(self, node: Field | Defined | Has | LevelOf | StateOf | CriteriaSet) -> str:
        what = self._name(node)
        inside = chosen(node.object)
        if isinstance(inside, Variable) and inside.slot == 0:
            return what
        return self._phrase("of", what=what, whom=self.say(inside))

    def _name(self, node: Field | Defined | Has | LevelOf | StateOf | CriteriaSet) -> str:
        match node:
            case LevelOf():
                scale = node.ty.name if isinstance(node.ty, t.Scale) else ""
                values = self.words.program.values.get(scale)
                return self.words.label(values.label if values else None, scale)
            case StateOf():
                return self.words.say(f"state.{node.what.value}")
            case CriteriaSet():
                label = self.sets.get((node.owner, node.name))
                return self._phrase("set", name=self.words.label(label, node.name))
            case Has():
                return self._phrase("has", x=self._label(node.object, node.name))
            case Field() | Defined():
                return self._label(node.object, node.name)
            case _:
                assert_never(node)

    def _label(self, node: Node, name: str) -> str:
        declared = None
        if isinstance(node.ty, t.Object):
            declared = self.words.program.objects.get(node.ty.name)
        if declared is None:
            return self._named(node, name)
        if name.startswith(_TABLE):
            said, _, output = name.removeprefix(_TABLE).partition(".")
            found = declared.tables.get(said)
            label = self.words.label(found.label if found else None, said)
            ty = found.outputs.get(output) if found else None
            return self._phrase("by_table", what=self._called(ty, output), table=label)
        if name == declared.kind_field and name not in declared.facts:
            return self._phrase("kind")
        said = self.words.member(declared, name)
        back = declared.back_lists.get(name)
        return self._phrase("those", whom=said) if back else said

    def _called(self, ty: t.Type | None, name: str) -> str:
        """Return what a value without a label is called: as its scale or enumeration, if any."""
        if not isinstance(ty, t.Scale | t.Enumeration):
            return name
        values = self.words.program.values.get(ty.name)
        return self.words.label(values.label if values else None, name)

    def _named(self, node: Node, name: str) -> str:
        """Return what a field of a value that is no object is called: of ballots, a level."""
        if isinstance(node.ty, t.Ballots):
            values = self.words.program.values[node.ty.scale]
            return self.words.label(values.labels.get(name), name)
        known = table(self.words.lang, "page").get(f"page.say.part.{name}")
        return known or name

    # -- conditions -----------------------------------------------------------------------------

    def _comparison(self, node: Compare) -> str:
        left, right = chosen(node.left), chosen(node.right)
        if isinstance(left, Literal) and left.reading:
            return self._reading(left, right, node.op.name.lower())
        kind = "day" if isinstance(right.ty, t.Date) else "value"
        unit = unit_of(left, self.words.program)
        said = self._value(right, unit)
        return self._phrase(f"{kind}.{node.op.name.lower()}", left=self._inner(left), right=said)

    def _reading(self, node: Literal, option: Node, op: str) -> str:
        reading = self.words.program.readings[node.reading]
        value = str(option.value) if isinstance(option, Literal) else ""
        label = self.words.label(reading.options.labels.get(value), value)
        question = reading.question.said(self.words.lang)
        return self._phrase(f"reading.{op}", question=question, option=label)

    def _value(self, node: Node, unit: str) -> str:
        """Return a value that another is compared with, in the unit of that."""
        if not isinstance(node, Literal) or not isinstance(node.ty, t.Number) or node.reading:
            return self._inner(node)
        percent = node.span.text.rstrip().endswith(PERCENT)
        return self.words.number(Decimal(str(node.value)), PERCENT if percent else unit)

    def _choice(self, node: If) -> str:
        found = chosen(node)
        if not isinstance(found, If):
            return self.say(found)
        condition, yes, no = map(self._inner, (found.condition, found.yes, found.no))
        return self._phrase("if", condition=condition, yes=yes, no=no)

    # -- lists ----------------------------------------------------------------------------------

    def _fold(self, node: Fold) -> str:
        return self._phrase(
            f"fold.{node.op.value}",
            x=node.variable.name,
            where=self._among(node.list, node.where),
            body=self._body(node.body, node.op),
        )

    def _body(self, node: Node, op: FoldOp) -> str:
        whole = op in (FoldOp.EVERY, FoldOp.SOME) or isinstance(node, Variable)
        return self.say(node) if whole else self._inner(node)

    def _list(self, node: Select | Project) -> str:
        where = node.where if isinstance(node, Select) else None
        among = self._among(node.list, where)
        if isinstance(node, Select):
            return self._phrase("select", x=node.variable.name, where=among)
        return self._phrase("project", x=node.variable.name, where=among, body=self.say(node.body))

    def _among(self, source: Node, where: Node | None) -> str:
        said = self.say(source)
        if where is None:
            return self._phrase("among", list=said)
        return self._phrase("among_where", list=said, where=self.say(where))

    def _build(self, node: Build) -> str:
        said = [self.say(item) for item in node.items]
        if node.bounds:
            return self._phrase("range", low=said[0], high=said[-1])
        return ", ".join(said)

    def _call(self, node: Call) -> str:
        given = [self.say(a) for a in node.arguments if a is not None]
        key = f"page.say.call.{node.function}"
        known = table(self.words.lang, "page").get(key)
        if known is None or len(given) != _places(known):
            return f"{node.function}({', '.join(given)})"
        return known.format(*given)


def _places(text: str) -> int:
    return len({part[:1] for part in text.split("{")[1:]})


def labels_of_sets(rulebook: Rulebook) -> dict[tuple[str, str], Label | None]:
    """Return the labels of groups and sets of criteria, by owner and name."""
    labels: dict[tuple[str, str], Label | None] = {}
    for subject in rulebook.subjects:
        criteria = subject.criteria
        if criteria is not None:
            heads = (*(one.head for one in criteria.groups), *(one.head for one in criteria.sets))
            labels |= {(subject.head.id, head.id): head.label for head in heads}
    return labels
