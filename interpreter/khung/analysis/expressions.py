"""One expression over the values of a file: what is known of its value, and its type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.engine.expression import evaluate_expression
from khung.engine.values import OPEN, Value, known, list_of
from khung.ir import types as t
from khung.ir.definitions import lower_expression
from khung.ir.operators import type_word
from khung.records import dataclass
from khung.source.files import read_source
from khung.source.from_text import parse_yaml
from khung.source.nodes import Mapping, Node, Scalar, Sequence
from khung.source.values import as_mapping, head_of
from khung.syntax.from_text import parse_expression
from khung.syntax.respell import surface_in
from khung.text import nfc, placed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from khung.diagnostics.model import Diagnostic
    from khung.source.nodes import Plain


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of an expression with its type; both None where it is wrong."""

    value: Value | None
    ty: t.Type | None
    diagnostics: tuple[Diagnostic, ...]


def evaluate_text(text: str, given: Path | None) -> Answer:
    """Evaluate an expression.

    Args:
        text: The expression, in the words of that surface of which it has some.
        given: A YAML file with the value of each name; `null` is unknown. What kind of value it
            is follows from how it is written; a text that is an ISO date is a date.
    """
    bag = Bag()
    inputs = {} if given is None else _inputs(given, bag)
    expr = parse_expression(placed(text, surface=surface_in(text)), bag)
    if expr is None or bag.has_errors:
        return Answer(None, None, bag.diagnostics)
    node = lower_expression(expr, {name: ty for name, (_, ty) in inputs.items()}, bag)
    if bag.has_errors:
        return Answer(None, None, bag.diagnostics)
    value = evaluate_expression(node, {name: value for name, (value, _) in inputs.items()})
    return Answer(value, node.ty, bag.diagnostics)


Typed = tuple[Value, t.Type]


def _inputs(path: Path, bag: Bag) -> dict[str, Typed]:
    file = read_source(path, bag)
    node = None if file is None else parse_yaml(file, bag)
    mapping = None if node is None else as_mapping(node, bag)
    return {} if mapping is None else _named(mapping, bag)


def _named(mapping: Mapping, bag: Bag) -> dict[str, Typed]:
    return {nfc(entry.key): _typed(entry.value, bag) for entry in mapping.entries}


def _typed(node: Node, bag: Bag) -> Typed:
    match node:
        case Scalar():
            return _scalar(node.value, quoted=node.quoted)
        case Sequence():
            items = [_typed(item, bag) for item in node.items]
            types = zip(node.items, (ty for _, ty in items), strict=True)
            return list_of(value for value, _ in items), t.List(_common(types, bag))
        case Mapping():
            fields = _named(node, bag)
            values = {name: value for name, (value, _) in fields.items()}
            return known(values), t.Context(tuple((name, ty) for name, (_, ty) in fields.items()))


def _scalar(value: Plain, *, quoted: bool) -> Typed:
    match value:
        case None:
            return OPEN, t.ANYTHING
        case bool():
            return known(value), t.BOOLEAN
        case int() | Decimal():
            return known(Decimal(value)), t.NUMBER
        case str():
            day = None if quoted else _day(value)
            return (known(value), t.STRING) if day is None else (known(day), t.DATE)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


def _common(types: Iterable[tuple[Node, t.Type]], bag: Bag) -> t.Type:
    """Return the type of the elements of a list. Reports: K0326 (they do not go together)."""
    found: t.Type = t.ANYTHING
    for node, ty in types:
        joined = t.join(found, ty)
        if joined is None:
            bag.add("K0326", head_of(node), found=type_word(ty), wanted=type_word(found))
        else:
            found = joined
    return found
