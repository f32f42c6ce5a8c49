"""What no case may say: every `must` that what a case states surely breaks, told at the value.

Reports: K0643.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from khung.casefile.plain import plain
from khung.diagnostics.model import Text
from khung.diagnostics.suggest import listed
from khung.engine.conditions import is_broken
from khung.engine.facts import Entity
from khung.engine.texts import number_text
from khung.engine.values import Elements, Value
from khung.ir import types as t
from khung.source.nodes import Mapping as Written
from khung.source.nodes import Node, Sequence
from khung.source.values import head_of
from khung.why.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Stated
    from khung.engine.stages import Run
    from khung.ir.program import Fact, ObjectType, Program
    from khung.source.nodes import Entry
    from khung.text import Span
    from khung.why.reads import Read

_MOST_NAMED = 6  # facts in one message


class Place(NamedTuple):
    """An object of a case, its own span, and what finds the entry in which it states a fact."""

    entity: Entity
    span: Span
    entry_of: Callable[[str], Entry | None]


def check_musts(places: Iterable[Place], run: Run, bag: Bag) -> None:
    """Report what surely breaks a `must`.

    It is told once where one entry stands for many subjects. One slip may break several: of those
    that read a value of one that was told, nothing is said until that is mended.
    """
    told: set[tuple[Span, str] | str] = set()
    asking = _Asking(run.program)
    for place in (inner for outer in places for inner in _with_records(outer, asking)):
        for fact in _in_order(place.entity):
            if not is_broken(fact, place.entity, run.evaluator):
                continue
            entry = place.entry_of(fact.name)
            span, reads = entry.value.span if entry else place.span, _reads(fact, place.entity, run)
            if told.isdisjoint({(span, fact.name), *reads}):
                _report(fact, place.entity, span, reads, run, bag)
            told.update({(span, fact.name), *reads})


def _in_order(entity: Entity) -> list[Fact]:
    """Return the facts that must be so, those first that are stated."""
    facts = (fact for fact in entity.type.facts.values() if fact.must is not None)
    return sorted(facts, key=lambda fact: fact.name not in entity.facts)


class _Asking:
    """Which types of records ask anything that must be so, of themselves or of their own."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.known: dict[str, bool] = {}
        self.lists: dict[int, tuple[str, ...]] = {}

    def asks(self, name: str) -> bool:
        """Return whether records of a type do."""
        if name not in self.known:
            self.known[name] = False  # as of one that holds itself nothing more is to be found
            held = self.program.objects[name].facts.values()
            self.known[name] = any(fact.must is not None or self.of_list(fact) for fact in held)
        return self.known[name]

    def lists_of(self, declared: ObjectType) -> tuple[str, ...]:
        """Return the lists of a type whose records do."""
        if id(declared) not in self.lists:
            found = (fact.name for fact in declared.facts.values() if self.of_list(fact))
            self.lists[id(declared)] = tuple(found)
        return self.lists[id(declared)]

    def of_list(self, fact: Fact) -> bool:
        """Return whether the records of a list do."""
        element = fact.ty.element if isinstance(fact.ty, t.List) else None
        return isinstance(element, t.Object) and self.asks(element.name)


def _with_records(place: Place, asking: _Asking) -> Iterator[Place]:
    """Yield an object, and the records that it holds and are asked, with where it is written."""
    yield place
    for name in asking.lists_of(place.entity.type):
        stated = place.entity.facts.get(name)
        is_own = stated is not None and _lists_records(stated, place.entity)
        entry = place.entry_of(name) if is_own else None
        if not isinstance(stated, Value) or entry is None or not isinstance(entry.value, Sequence):
            continue
        for element, node in zip(stated.least.items, entry.value.items, strict=False):
            inner = Place(element.value.least, head_of(node), _finder(node))
            yield from _with_records(inner, asking)


def _lists_records(stated: Value | Stated, holder: Entity) -> bool:
    """Say whether what is stated are records of the object itself."""
    if not isinstance(stated, Value) or not isinstance(stated.least, Elements):
        return False
    first = next(iter(stated.least.items), None)
    found = first.value.least if first else None
    return isinstance(found, Entity) and found.owner is holder


def _finder(node: Node) -> Callable[[str], Entry | None]:
    entries = node.entries if isinstance(node, Written) else ()
    return {entry.key: entry for entry in entries}.get


def _reads(fact: Fact, entity: Entity, run: Run) -> Mapping[str, Read]:
    """Return what the condition read, by path."""
    assert fact.must is not None  # noqa: S101  # the caller has looked
    found = Reads(run.evaluator)
    found.of(fact.must.condition, run.evaluator.env(entity))
    return found.reads


def _report(
    fact: Fact, entity: Entity, span: Span, reads: Mapping[str, Read], run: Run, bag: Bag
) -> None:
    from khung.syntax.respell import in_each  # noqa: PLC0415  # a case has no expressions

    assert fact.must is not None  # noqa: S101  # as above
    label = fact.must.label
    bag.add(
        "K0643",
        span,
        help="label" if label else "",
        at=f"subjects.{entity.path}.{fact.name}",
        name=fact.name,
        condition=in_each(fact.must.condition.span),
        label=Text(label.vi, label.en) if label else "",
        values=listed(tuple(_said(reads.values(), entity, run)), _MOST_NAMED),
    )


def _said(reads: Iterable[Read], entity: Entity, run: Run) -> Iterator[str]:
    """Yield what was read, as a case would state it: of others with whose it is."""
    for read in reads:
        value = plain(read.value, read.ty, run.program.values)
        if value is not None and not isinstance(value, list):
            own = read.name if read.entity is entity else f"{read.entity.path}.{read.name}"
            yield f"{own}: {_value_text(value)}"


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return number_text(value) if isinstance(value, Decimal) else str(value)
