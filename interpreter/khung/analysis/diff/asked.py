"""A case run by a rulebook that does not ask all it says: without what is not asked there.

What that is, the case is told itself when it is read: its names and values that the rulebook does
not know. They are taken out by their places, and the case is read once more. Only who knows that
the case is right under another rulebook may do so; else a slip of the pen would go unseen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.diagnostics.model import Diagnostic
from khung.driver import evaluate_under
from khung.source.nodes import Entry, Mapping, Node, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from khung.casefile.model import CaseFile, Group, Written
    from khung.driver import Evaluated, Ready
    from khung.rulebook.model import Ref
    from khung.text import Span

_NOT_ASKED = frozenset({"K0201", "K0503", "K0504", "K0610", "K0611", "K0612", "K0614", "K0633"})
"""What is said of a name or a value that a rulebook does not know."""

_MOST_ROUNDS = 4
"""How often a case is read anew: without a list, say, what names that list goes as well."""


class Ran(NamedTuple):
    """What came of a case; `without` is what was said of all that was taken out of it."""

    found: Evaluated
    without: tuple[Diagnostic, ...] = ()


def run_without(path: Path, case_file: CaseFile, ready: Ready, ran: Evaluated, bag: Bag) -> Ran:
    """Evaluate a case that a rulebook refused, without what it does not ask.

    Args:
        path: The file of the case.
        case_file: The case as it was refused.
        ready: The rulebook.
        ran: What it said; returned as it is where anything else is wrong.
        bag: The bag of that, which has what is wrong with each cell of a table.
    """
    found, without = ran, tuple[Diagnostic, ...]()
    for _ in range(_MOST_ROUNDS):
        refused = tuple(filter(is_error, bag.each))
        if found.results is not None or not all(map(_is_not_asked, refused)):
            break
        without += tuple(filter(is_error, found.diagnostics))
        case_file = _without(case_file, {d.span for d in refused if d.span})
        bag = Bag()
        found = evaluate_under(path, case_file, ready, bag)
    return Ran(ran) if found.results is None else Ran(found, without)


def _is_not_asked(diagnostic: Diagnostic) -> bool:
    return diagnostic.code in _NOT_ASKED and diagnostic.span is not None


# -- what stands at some places, taken out ------------------------------------------------------

_Places = set["Span"]


def _without(case_file: CaseFile, places: _Places) -> CaseFile:
    groups = (group for group in case_file.subjects if group.type.span not in places)
    complete = case_file.complete
    return replace(
        case_file,
        readings=tuple(pair for pair in case_file.readings if not _stand_at(pair, places)),
        subjects=tuple(_group(group, places) for group in groups),
        complete=complete if complete is True else tuple(_refs(complete, places)),
    )


def _stand_at(refs: Iterable[Ref], places: _Places) -> bool:
    return any(ref.span in places for ref in refs)


def _refs(refs: Iterable[Ref], places: _Places) -> Iterator[Ref]:
    yield from (ref for ref in refs if ref.span not in places)


def _group(group: Group, places: _Places) -> Group:
    return replace(group, entries=tuple(_written(one, places) for one in group.entries))


def _written(written: Written, places: _Places) -> Written:
    given = written.given
    if given is not None and given.level is not None and given.level.span in places:
        given = None
    facts, criteria = (_entries(own, places) for own in (written.facts, written.criteria))
    return replace(written, facts=facts, criteria=criteria, given=given)


def _entries(entries: Iterable[Entry], places: _Places) -> tuple[Entry, ...]:
    kept = (e for e in entries if e.key_span not in places and e.value.span not in places)
    return tuple(replace(entry, value=_node(entry.value, places)) for entry in kept)


def _node(node: Node, places: _Places) -> Node:
    match node:
        case Mapping():
            return replace(node, entries=_entries(node.entries, places))
        case Sequence():
            kept = (item for item in node.items if item.span not in places)
            return replace(node, items=tuple(_node(item, places) for item in kept))
        case _:
            return node
