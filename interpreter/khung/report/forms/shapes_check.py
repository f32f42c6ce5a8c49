"""A template against what is offered: every name that it writes must lead somewhere.

In: the tree of a template, and the names at its top. Out: all that leads nowhere, or to what
cannot be gone through, as `RefusedError`s with K0594.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from khung.diagnostics.suggest import nearest
from khung.records import dataclass
from khung.report.forms.offers import Sort
from khung.report.forms.sandbox import LOOP, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.report.forms.offers import MergeField, Shapes


@dataclass(frozen=True, slots=True)
class Kind:
    """What an expression gives: of which sort, and of which shape things are."""

    sort: Sort
    shape: str = ""
    label: str = ""


_PLAIN = Kind(Sort.TEXT)
_ANY = Kind(Sort.ONE, "?")  # of what was reported nothing more is said
_TURN = Kind(Sort.ONE, "loop")


def check_names(
    tree: nodes.Template, names: Mapping[str, Kind], shapes: Shapes
) -> list[RefusedError]:
    """Return all names of a template that lead nowhere; of what follows one nothing is said."""
    checker = _Checker(shapes)
    checker.block(tree.body, names)
    return checker.found


@dataclass(frozen=True, slots=True)
class _Checker:
    shapes: Shapes
    found: list[RefusedError] = field(default_factory=list)

    def block(self, body: Iterable[nodes.Node], names: Mapping[str, Kind]) -> None:
        for node in body:
            match node:
                case nodes.For():
                    self._loop(node, names)
                case nodes.If():
                    self.kind(node.test, names)
                    self.block((*node.body, *node.elif_, *node.else_), names)
                case nodes.Output():
                    for part in node.nodes:
                        self.kind(part, names)
                case _:
                    self.kind(node, names)

    def _loop(self, node: nodes.For, names: Mapping[str, Kind]) -> None:
        found = self.kind(node.iter, names)
        if found.sort is not Sort.LIST and found is not _ANY:
            found = self._wrong(node.iter, "loop")
        assert isinstance(node.target, nodes.Name)  # noqa: S101  # the sandbox has looked
        one = Kind(Sort.ONE if found.shape else Sort.TEXT, found.shape, found.label)
        one = _ANY if found is _ANY else one
        inner = {**names, node.target.name: one, "loop": _TURN}
        if node.test is not None:
            self.kind(node.test, inner)
        self.block(node.body, inner)
        self.block(node.else_, names)

    def kind(self, node: nodes.Node, names: Mapping[str, Kind]) -> Kind:
        """Return what an expression gives."""
        match node:
            case nodes.Name():
                found = names.get(node.name)
                return self._unknown(node, node.name, names) if found is None else found
            case nodes.Getattr():
                return self._member(node, names)
            case nodes.CondExpr():
                self.kind(node.test, names)
                found = self.kind(node.expr1, names)
                return found if node.expr2 is None else self._either(found, node.expr2, names)
            case nodes.Or() | nodes.And():
                return self._either(self.kind(node.left, names), node.right, names)
            case nodes.Filter():
                return self._filtered(node, names)
            case _:
                for child in node.iter_child_nodes():
                    self.kind(child, names)
                return _PLAIN

    def _either(self, found: Kind, other: nodes.Node, names: Mapping[str, Kind]) -> Kind:
        second = self.kind(other, names)
        return found if found == second else _PLAIN

    def _filtered(self, node: nodes.Filter, names: Mapping[str, Kind]) -> Kind:
        assert node.node is not None  # noqa: S101  # the sandbox has looked
        found = self.kind(node.node, names)
        for argument in node.args:
            self.kind(argument, names)
        if node.name in ("join", "count") and found.sort is not Sort.LIST and found is not _ANY:
            self._wrong(node.node, "loop")
        return found if node.name == "default" and found.sort is not Sort.LIST else _PLAIN

    def _member(self, node: nodes.Getattr, names: Mapping[str, Kind]) -> Kind:
        whole = self.kind(node.node, names)
        if whole is _ANY:
            return _ANY
        if whole is _TURN:
            known = node.attr in LOOP
            return Kind(Sort.NUMBER) if known else self._unknown(node, node.attr, LOOP)
        if whole.sort is Sort.TERM:
            return _PLAIN if node.attr == "key" else self._unknown(node, node.attr, ("key",))
        if whole.sort is Sort.LIST:
            return self._wrong(node.node, "list")
        fields = self.shapes.of(whole.shape).fields if whole.shape else {}
        if node.attr not in fields:
            return self._unknown(node, node.attr, fields)
        return kind_of(fields[node.attr])

    def _wrong(self, node: nodes.Node, advice: str) -> Kind:
        self.found.append(RefusedError("K0594", node.lineno, help=advice, **_words(node)))
        return _ANY

    def _unknown(self, node: nodes.Expr, name: str, known: Iterable[str]) -> Kind:
        near = nearest(name, known) or ""
        listed = tuple(known)[:_FEW]
        advice = "near" if near else "" if listed else "nothing"
        words = _words(node, near, listed)
        self.found.append(RefusedError("K0594", node.lineno, help=advice, **words))
        return _ANY


def kind_of(found: MergeField) -> Kind:
    """Return what a name leads to."""
    return Kind(found.sort, found.shape, found.label)


_FEW = 12  # names told where one is not known


def _words(node: nodes.Node, near: str = "", known: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"text": _text(node), "near": near, "known": known or ("—",)}


def _text(node: nodes.Node) -> str:
    """Return the names of an expression as they are written: `lecturer.hours`."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{_text(node.node)}.{node.attr}"
        case nodes.Filter() if node.node is not None:
            return f"{_text(node.node)}|{node.name}"
        case nodes.Const():
            return repr(node.value)
        case _:
            return "…"
