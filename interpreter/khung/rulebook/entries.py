"""The entries of a rulebook, one by one: where each stands, what it cites, what it asks."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from khung.diagnostics.suggest import SLIP, nearest
from khung.records import dataclass
from khung.rulebook import model as m
from khung.rulebook.model import Fate
from khung.source.nodes import Node, Scalar, Sequence
from khung.source.scalars import was_refused
from khung.source.values import looks_boolean
from khung.syntax.ast import Binder, Cell, Expr, UnaryTest
from khung.syntax.walk import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.diagnostics.bag import Bag

_MODEL = m.__name__


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with a head.

    Attributes:
        owner: The subject or record that it belongs to; None in the manifest.
        node: The entry, of a class of `rulebook.model`.
        citations: What the entry cites, also in parts that have no head of their own.
        expressions: The expressions of the entry itself, not of those in it.
    """

    owner: m.Subject | m.Record | None
    node: Any
    head: m.Head
    citations: tuple[m.Citation, ...]
    expressions: tuple[Expr, ...]


def entries(rulebook: m.Rulebook) -> tuple[Entry, ...]:
    """Return every entry of a rulebook that has a head, in the order of the model."""
    for known, found in _LAST:
        if known is rulebook:
            return found
    found = tuple(_entries(rulebook, None))
    _LAST[:] = [*_LAST[-1:], (rulebook, found)]
    return found


_LAST: list[tuple[m.Rulebook, tuple[Entry, ...]]] = []
"""The two rulebooks last looked through: a check goes through one and its base often."""


def expressions_in(subject: m.Subject) -> Iterator[tuple[m.Head, tuple[Expr, ...]]]:
    """Yield the entries of a subject but itself, each with its own expressions and its head."""
    for entry in _entries(subject, subject):
        if entry.node is not subject:
            yield entry.head, entry.expressions


def every_part(expression: Expr) -> Iterator[Expr]:
    """Yield an expression and all that is in it."""
    yield expression
    for child in children(expression):
        yield from every_part(child)


def _entries(node: Any, owner: m.Subject | m.Record | None) -> Iterator[Entry]:
    inner = node if isinstance(node, m.Subject | m.Record) else owner
    head = getattr(node, "head", None)
    if isinstance(head, m.Head):
        own = tuple(_own(node))
        cited = tuple(part for part in own if isinstance(part, m.Citation))
        said = tuple(part for part in own if not isinstance(part, m.Citation))
        yield Entry(inner, node, head, cited, said)
    for part in _parts(node):
        if _is_model(part):
            yield from _entries(part, inner)


def _own(node: Any) -> Iterator[Any]:
    """Yield citations and expressions below a node, down to the next node with a head."""
    for part in _parts(node):
        if _sort(type(part)) is _Sort.LEAF:
            yield part
        elif isinstance(part, m.Head) or not hasattr(part, "head"):
            yield from _own(part)


def _parts(node: Any) -> list[Any]:
    """Return the parts of the model, and the expressions, right below a node."""
    found: list[Any] = []
    for name in _names(type(node)):
        _add(getattr(node, name), found)
    return found


def _add(value: Any, found: list[Any]) -> None:
    match _sort(type(value)):
        case _Sort.LEAF | _Sort.MODEL:
            found.append(value)
        case _Sort.TUPLE:
            for item in value:
                _add(item, found)
        case _Sort.BINDER:
            found.append(value.list)
        case _Sort.CELL:
            tests = value.tests or ()
            found += (test.operand if isinstance(test, UnaryTest) else test for test in tests)
        case _Sort.OTHER:
            pass


def _is_model(value: Any) -> bool:
    return bool(_names(type(value)))


class _Sort(Enum):
    """What an attribute of the model may hold: a leaf is an expression or a citation."""

    TUPLE = 0
    LEAF = 1
    MODEL = 2
    BINDER = 3
    CELL = 4
    OTHER = 5


_SORTS: dict[type, _Sort] = {tuple: _Sort.TUPLE, Binder: _Sort.BINDER, Cell: _Sort.CELL}
"""What `_sort` found before: so many are asked that a check of each class would take long."""


def _sort(kind: type) -> _Sort:
    found = _SORTS.get(kind)
    if found is None:
        leaf = issubclass(kind, Expr | m.Citation)
        found = _Sort.LEAF if leaf else _Sort.MODEL if _names(kind) else _Sort.OTHER
        _SORTS[kind] = found
    return found


_NAMES: dict[type, tuple[str, ...]] = {}
"""What `_names` found before: looking it up is what takes time."""

_LEAVES = frozenset(
    {"None", "bool", "frozenset", "int", "str", "tuple", "date", "Span"}
    | {"Asks", "Basis", "Catalogue", "Fate", "Hit", "Label", "Manner", "Range", "Ref", "Thresholds"}
    | {"Node", "TypeRef"}
)
"""The words of annotations of attributes in which there is nothing to look for."""


def _names(kind: type) -> tuple[str, ...]:
    """Return the fields of a class of the model that may hold more; empty of any other class."""
    if kind not in _NAMES:
        of_model = is_dataclass(kind) and kind.__module__.startswith(_MODEL)
        _NAMES[kind] = tuple(
            f.name
            for f in (m.fields_of(kind) if of_model else ())
            if not _LEAVES.issuperset(re.findall(r"\w+", str(f.type)))
        )
    return _NAMES[kind]


_FEW = 4
"""How many clauses below a heading are named."""


def check_citations(rulebook: m.Rulebook, bag: Bag) -> None:
    """Check whatever cites the rulebook's own document, or one that it amends, against its clauses.

    A group of criteria may cite a heading, which stands for the clauses below it. Of a clause that
    could not be read nothing more is said.

    Reports: K0501 (no such clause), K0502 (the clause has no such part).
    """
    amended = rulebook.amended.clauses if rulebook.amended else {}
    listed = {**amended, rulebook.document: rulebook.clauses}
    known = {document: {one.address: one for one in held} for document, held in listed.items()}
    for source, node in _cited(rulebook):
        clauses = known.get(source.document or rulebook.document)
        if clauses and source.address not in rulebook.broken:
            _check(source, node, clauses, bag)


def _cited(rulebook: m.Rulebook) -> Iterator[tuple[m.Citation, object]]:
    for entry in entries(rulebook):
        yield from ((source, entry.node) for source in entry.citations)
    for group in rulebook.carried.groups if rulebook.carried else ():
        yield from ((source, group) for source in group.sources)


def _check(source: m.Citation, node: object, clauses: Mapping[str, m.Clause], bag: Bag) -> None:
    found = clauses.get(source.address)
    if found is None:
        _check_heading(source, node, clauses, bag)
    elif source.part and source.part not in found.parts:
        known = found.parts or ("—",)
        bag.add("K0502", source.span, address=source.address, part=source.part, known=known)


def _check_heading(
    source: m.Citation, node: object, clauses: Mapping[str, m.Clause], bag: Bag
) -> None:
    heads = (f"{source.address}/", f"{source.address}.")
    below = tuple(address for address in clauses if address.startswith(heads))
    if below and isinstance(node, m.CriterionGroup):
        return
    near = _nearest_address(source.address, clauses)
    advice = "heading" if below else "near" if near else ""
    few = below[:_FEW]
    bag.add("K0501", source.span, help=advice, address=source.address, near=near, below=few)


def _nearest_address(address: str, clauses: Mapping[str, m.Clause]) -> str:
    """Return the address meant: of those beside it the one with the nearest number."""
    place, number = _place_and_number(address)
    beside = {a: n for a in clauses for p, n in [_place_and_number(a)] if p == place and n}
    if number and beside:
        return min(beside, key=lambda a: abs(int(beside[a]) - int(number)))
    return nearest(address, clauses, SLIP) or ""


def _place_and_number(address: str) -> tuple[str, str]:
    place = address.rstrip("0123456789")
    return place, address.removeprefix(place)


def items_of(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list, or the only one that stands without a list; () if none does."""
    return node.items if isinstance(node, Sequence) else () if node is None else (node,)


def carried_address(item: Node, address: str) -> str | None:
    """Return the address that `carries` names: `true` is the clause's own; None if it is none."""
    if not isinstance(item, Scalar) or item.value in (None, False, "") or was_refused(item):
        return None
    if item.value is True or is_open(item):
        return address
    text = item.text.text
    is_word = text in {fate.value for fate in Fate} or (len(text) > 1 and looks_boolean(text))
    return None if is_word else text


def is_open(item: Node) -> bool:
    """Say whether something waits for an answer."""
    return isinstance(item, Scalar) and item.value == Fate.OPEN.value
