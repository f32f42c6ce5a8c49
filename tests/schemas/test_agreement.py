"""The schemas are read as they are meant: as `jsonschema`, another reader of them, does.

Each node of a good document is dropped, renamed or replaced in turn: both must accept what comes
out, or both refuse it. Only what a schema has no words for may differ, and is listed by code.
"""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.nodes import node_of
from tests.support.rulebook import RULEBOOKS, WHOLE
from tests.support.schemas import accepts, kind_of

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import severity_of
from khung.diagnostics.model import Severity
from khung.rulebook.files import applies_to, carried, clauses, extends, manifest, subject
from khung.rulebook.folder import split
from khung.rulebook.parts import Context
from khung.rulebook.translations import read_translations
from khung.source.files import read_source
from khung.source.from_text import parse_yaml
from khung.source.nodes import Mapping, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = sorted(
    path
    for path in RULEBOOKS.glob("*/*.yaml")
    if path.parent in WHOLE or path.name == "rulebook.yaml"  # files over others may hold parts
)

BEYOND_A_SCHEMA = {
    "K0125": "a date that no calendar has",
    "K0401": "two declarations that share a name",
    "K0408": "the end of the period before its beginning",
    "K0410": "a document that is not declared",
    "K0413": "the end of a range before its beginning",
    "K0414": "the form of an expression: name in list",
    "K0417": "the order of entries",
    "K0422": "the order of entries",
    "K0423": "a value that must be a key elsewhere",
    "K0470": "the end of a calendar before its beginning",
    "K0471": "a day outside a calendar",
    "K0472": "a day that stands in two places",
    "K0474": "the time between two dates",
}

STAND_INS: tuple[Any, ...] = (None, True, False, 7, "text", "two words", [], ["text"], {}, {"x": 1})


STEPS = (13, 53)
"""Of all changed files one in so many is tried, the second of large ones; primes, so that each kind
of change is met."""

LARGE = 200  # nodes

LOWERED = {("votes", "base"), ("votes", "wins")}
"""Keys that are missed only when the rules are lowered: a vote may bind by a reading."""


def plain(path: Path) -> Any:
    """Return the content of a file as plain values."""
    bag = Bag()
    file = read_source(path, bag)
    assert file is not None
    node = parse_yaml(file, bag)
    assert node is not None
    assert bag.diagnostics == ()
    return to_plain(node)


def codes(kind: str, document: Any) -> set[str]:
    """Return the errors that the reader of a kind of file finds."""
    bag, node = Bag(), node_of(document)
    if not isinstance(node, Mapping):
        return {"K0123"}
    match kind:
        case "rulebook":
            node, subjects, listed = split(node, bag)
            for root in subjects:
                subject(root, Context(bag))
            for root in listed:
                clauses(root, Context(bag))
            manifest(node, bag, "folder")
            extends(node, Context(bag))
            carried(node, Context(bag))
            applies_to(node, Context(bag))
            read_translations(node, (), bag)
        case "clauses":
            clauses(node, Context(bag))
        case "translations":
            read_translations(Mapping((), node.span), (node,), bag)
        case _:
            subject(node, Context(bag))
    found = {diagnostic.code for diagnostic in bag.diagnostics}
    return {code for code in found if severity_of(code) is Severity.ERROR}


def is_beyond(code: str) -> bool:
    """Say whether no schema could find this: it is listed, or inside an expression."""
    return code in BEYOND_A_SCHEMA or code.startswith("K03")


def disagreement(kind: str, document: Any) -> str:
    """Return how reader and schema differ over a document; empty if they do not."""
    found, fits = codes(kind, document), accepts(kind, document)
    if fits and any(not is_beyond(code) for code in found):
        return f"only the reader refuses: {sorted(found)}"
    return "only the schema refuses" if not fits and not found else ""


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every node below the root."""
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    return [p for key, inner in items for p in [(*at, key), *places(inner, (*at, key))]]


def mutants(document: Any, at: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Yield copies of a document in which one node is dropped, renamed or replaced."""
    *way, last = at

    def holder(copy):
        for step in way:
            copy = copy[step]
        return copy

    dropped = deepcopy(document)
    del holder(dropped)[last]
    yield f"{at} dropped", dropped
    if isinstance(last, str):
        for name in (f"{last}_x", "two words", "and", "label"):
            renamed = deepcopy(document)
            inside = holder(renamed)
            items = [(name if key == last else key, v) for key, v in inside.items()]
            if len(dict(items)) == len(items):
                inside.clear()
                inside.update(items)
                yield f"{at} renamed {name}", renamed
    for stand_in in STAND_INS:
        replaced = deepcopy(document)
        holder(replaced)[last] = deepcopy(stand_in)
        yield f"{at} = {stand_in!r}", replaced


def smallest(document: Any) -> Any:
    """Return numbers as JSON has them."""
    match document:
        case dict():
            return {key: smallest(value) for key, value in document.items()}
        case list():
            return [smallest(value) for value in document]
        case Decimal():
            return float(document)
        case _:
            return document


def _is_missed_later(mutant: Any, document: Any) -> bool:
    """Whether a key is gone that only the lowering misses."""
    for section, key in LOWERED:
        for name, entry in document.get(section, {}).items():
            left = mutant.get(section)
            left = left.get(name) if isinstance(left, dict) else None
            if key in entry and isinstance(left, dict) and key not in left:
                return True
    return False


@pytest.mark.parametrize("path", SMALL, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_both_say_the_same_of_a_changed_file(path):
    document = smallest(plain(path))
    kind = kind_of(path, document)
    nodes = places(document)
    changed = (mutant for at in nodes for mutant in mutants(document, at))
    tried = list(islice(changed, 0, None, STEPS[len(nodes) > LARGE]))
    tried = [one for one in tried if not _is_missed_later(one[1], document)]
    found = {what: said for what, mutant in tried if (said := disagreement(kind, mutant))}
    assert found == {}
    assert {accepts(kind, mutant) for _, mutant in tried} == {True, False}
