"""Whether what a rulebook cites is there."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest
from khung.rulebook import model as m
from khung.rulebook.entries import entries
from khung.rulebook.model import Fate
from khung.source.nodes import Node, Scalar, Sequence
from khung.source.values import looks_boolean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.diagnostics.bag import Bag

_FEW = 4
"""How many clauses below a heading are named."""


def check_citations(rulebook: m.Rulebook, bag: Bag) -> None:
    """Check whatever cites the rulebook's own document against the list of its clauses.

    A group of criteria may cite a heading, which stands for the clauses below it. Of a clause that
    could not be read nothing more is said.

    Reports: K0501 (no such clause), K0502 (the clause has no such part).
    """
    clauses = {clause.address: clause for clause in rulebook.clauses}
    for source, node in _cited(rulebook) if clauses else ():
        is_own = source.document in ("", rulebook.document)
        if is_own and source.address not in rulebook.broken:
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
    near = nearest(source.address, clauses) or ""
    advice = "heading" if below else "near" if near else ""
    few = below[:_FEW]
    bag.add("K0501", source.span, help=advice, address=source.address, near=near, below=few)


def items_of(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list, or the only one that stands without a list; () if none does."""
    return node.items if isinstance(node, Sequence) else () if node is None else (node,)


def carried_address(item: Node, address: str) -> str | None:
    """Return the address that `carries` names: `true` is the clause's own; None if it is none."""
    if not isinstance(item, Scalar) or item.value in (None, False, "") or is_number(item):
        return None
    if item.value is True or is_open(item):
        return address
    text = item.text.text
    is_word = text in {fate.value for fate in Fate} or (len(text) > 1 and looks_boolean(text))
    return None if is_word else text


def is_number(item: Node) -> bool:
    """Say whether an item is a number: an address wants quotes then, as others read it so."""
    return (
        isinstance(item, Scalar)
        and isinstance(item.value, int | Decimal)
        and not isinstance(item.value, bool)
    )


def is_open(item: Node) -> bool:
    """Say whether something waits for an answer."""
    return isinstance(item, Scalar) and item.value == Fate.OPEN.value
