"""Nodes of a case to values in run-time form, by the type that the rulebook declares.

In: a node and a fact, link or criterion of a `Program`. Out: a `Value`, `Stated.ABSENT`, or for
what holds records a `Draft` that each holder makes its own of; None after a diagnostic. Numbers are
Decimals, levels ranks, ballots a tuple of counts by rank, links entities.

Reports: K0201, K0610, K0612-K0615, K0617-K0621, K0644, K0673 and those of `source.values`.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from khung.casefile.expect_from_source import date_of, number_of
from khung.casefile.names import Meant, NearIds, input_of, meant_by, unknown_value
from khung.diagnostics.model import Word
from khung.diagnostics.suggest import unknown
from khung.engine.facts import Entity, Stated
from khung.engine.texts import number_text
from khung.engine.values import OPEN, Element, Elements, Value, known
from khung.ir import types as t
from khung.ir.operators import type_word
from khung.ir.program import Criterion, Fact, Link, ObjectType
from khung.records import dataclass
from khung.source.meant import says_unknown
from khung.source.nodes import Mapping, Node, Scalar, Sequence
from khung.source.values import (
    as_boolean,
    as_sequence,
    as_text,
    head_of,
    kind_of,
    under,
    wrong_shape,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf
    from datetime import date

    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program, Values
    from khung.source.nodes import Entry
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """A record before it has an owner."""

    type: ObjectType
    id: str
    facts: dict[str, Stating]


@dataclass(frozen=True, slots=True)
class Draft:
    """A list of records before it has an owner; `is_cut` where it says that there may be more."""

    records: tuple[RecordDraft, ...]
    is_cut: bool = False


Stating = Value | Stated | Draft
"""What an entry states of a fact."""

_NO_TEXTS = frozenset({t.Boolean, t.Number, t.Date})
"""Types of which no value is written in words."""

_ALL = 100  # in percent

Input = Fact | Link | Criterion


@dataclass(slots=True)
class Reader:
    """Reads values against a program; links point to `entities`, which are all there already."""

    program: Program
    entities: dict[str, dict[str, Entity]]
    bag: Bag
    foreign: MappingOf[tuple[str, str], str] = field(default_factory=dict)  # `under.foreign_to`
    near_ids: NearIds = field(default_factory=NearIds)
    known_levels: dict[tuple[str, str], Value] = field(default_factory=dict)
    strange: dict[tuple[str, str], Meant] = field(default_factory=dict)

    def stating(self, node: Node, declared: Input, at: str) -> Stating | None:
        """Return what a node states of a fact, link or criterion."""
        if isinstance(node, Scalar):
            if node.value is None:
                return OPEN
            if node.value == Stated.ABSENT.value:
                return self._absent(node, declared, at)
            if type(declared.ty) in _NO_TEXTS and self._is_told_unknown(node, at):
                return None
        value = self._value(node, declared.ty, at, declared)
        if not isinstance(value, Value) or isinstance(declared, Link):
            return value
        if isinstance(value.least, Elements):
            return value
        return value if self._in_range(value, declared, node, at) else None

    def _absent(self, node: Scalar, declared: Input, at: str) -> Stated | None:
        optional = not isinstance(declared, Criterion) and declared.optional
        if optional or declared.applies is not None or isinstance(declared.ty, t.Ballots):
            return Stated.ABSENT
        is_list = isinstance(declared.ty, t.List)
        name = declared.id if isinstance(declared, Criterion) else declared.name
        self.bag.add("K0612", node.span, help="list" if is_list else "", at=at, name=name)
        return None

    def _is_told_unknown(self, node: Scalar, at: str) -> bool:
        """Report words for what is not known, where they are no value."""
        if not isinstance(node.value, str) or not says_unknown(node.value):
            return False
        self.bag.add("K0642", node.span, at=at, value=node.value)
        return True

    def _in_range(self, value: Value, declared: Fact | Criterion, node: Node, at: str) -> bool:
        low, high = declared.low, declared.high
        if (low is None or value.least >= low) and (high is None or value.least <= high):
            return True
        advice = "" if low is not None and high is not None else "low" if high is None else "high"
        in_percent = isinstance(node, Scalar) and isinstance(node.value, str)
        show = _in_percent if isinstance(declared, Fact) and declared.in_percent else _shown
        least, most = show(low), show(high)
        said = node.span.text if in_percent else _shown(value.least)
        if _is_share(declared) and not in_percent and 1 < value.least <= _ALL:
            advice = "share"
        self.bag.add("K0615", node.span, help=advice, at=at, value=said, low=least, high=most)
        return False

    # -- by type -----------------------------------------------------------------------------

    def _value(self, node: Node, ty: t.Type, at: str, declared: Input) -> Value | Draft | None:
        match ty:
            case t.Boolean():
                return _known(as_boolean(node, self.bag, at))
            case t.Number():
                return _known(number_of(node, self.bag, at, is_share=_is_share(declared)))
            case t.String():
                return _known(as_text(node, self.bag, at))
            case t.Date():
                return _known(date_of(node, self.bag, at))
            case t.Scale():
                return self._level(node, self.program.values[ty.name], ty, at)
            case t.Enumeration():
                return self._level(node, self.program.values[ty.name], ty, at)
            case t.Object():
                return self._reference(node, ty, at)
            case t.List():
                return self._list(node, ty, at, declared)
            case t.Ballots():
                return self._ballots(node, self.program.values[ty.scale], ty, at)
            case t.Fraction() | t.Ratio() | t.Months() | t.Seconds() | t.Range() | t.Context():
                raise AssertionError(ty)  # no rulebook can declare an input of this type
            case t.Calendar() | t.Anything() | t.Bad():
                return OPEN
            case _:
                assert_never(ty)

    def _level(
        self, node: Node, values: Values, ty: t.Scale | t.Enumeration, at: str
    ) -> Value | None:
        name = node.value if isinstance(node, Scalar) else None
        if not isinstance(node, Scalar) or not isinstance(name, str):
            self._mistyped(node, ty, at)
            return None
        found = self.known_levels.get((values.name, name))
        if found is None:
            if name not in values.values:
                if not self._is_told_unknown(node, at):
                    unknown_value(name, values, node.span, at, self.program, self.bag)
                return None
            found = known(_form(values, name))
            self.known_levels[values.name, name] = found
        return found

    def _reference(self, node: Node, ty: t.Object, at: str) -> Value | None:
        if not isinstance(node, Scalar):
            self._mistyped(node, ty, at)
            return None
        target = self.entities.get(ty.name, {}).get(node.text.text)
        if target is None:
            if not self._is_told_unknown(node, at):
                self.nobody(node.text.text, ty.name, node.span, at)
            return None
        return Value(target, target)

    def nobody(self, name: str, wanted: str, span: Span, at: str) -> None:
        """Report an id that no subject of type `wanted` has."""
        elsewhere = [type_name for type_name, ids in self.entities.items() if name in ids]
        if elsewhere:
            self.bag.add("K0618", span, at=at, name=name, wanted=wanted, type=elsewhere[0])
            return
        near = self.near_ids.nearest(name, self.entities.get(wanted, {}))
        advice = "near" if near else ""
        self.bag.add("K0617", span, help=advice, at=at, name=name, wanted=wanted, near=near or "")

    def _list(self, node: Node, ty: t.List, at: str, declared: Input) -> Value | Draft | None:
        sequence = as_sequence(node, self.bag, at)
        if sequence is None:
            return None
        element, (items, is_cut) = ty.element, _items(sequence)
        if not self._is_long_enough(len(items), declared, sequence, at, is_cut=is_cut):
            return None
        if isinstance(element, t.Object) and self.program.objects[element.name].is_record:
            key = declared.key if isinstance(declared, Fact) else ""
            found = self._records(items, self.program.objects[element.name], key, at)
            return Draft(found, is_cut)
        read = [self._element(n, element, under(at, i), declared) for i, n in enumerate(items)]
        elements = tuple(Element(v) for v in read if isinstance(v, Value))
        all_read = len(elements) == len(items)
        return known(Elements(elements, None if is_cut else 0)) if all_read else None

    def _is_long_enough(
        self, listed: int, declared: Input, node: Sequence, at: str, *, is_cut: bool
    ) -> bool:
        """Say whether a list has as many elements as it always has, or may have if it goes on."""
        length = declared.length if isinstance(declared, Fact) else None
        if length is None or listed == length or (is_cut and listed < length):
            return True
        name, advice = at.rpartition(".")[2], "short" if listed < length else ""
        self.bag.add(
            "K0644", node.span, help=advice, at=at, name=name, length=length, listed=listed
        )
        return False

    def _element(self, node: Node, ty: t.Type, at: str, declared: Input) -> Value | Draft | None:
        """Return an element that is no record; `null` is one of which only that it is there."""
        if isinstance(node, Scalar) and node.value is None:
            return OPEN
        value = self._value(node, ty, at, declared)
        if isinstance(declared, Link) or not isinstance(value, Value):
            return value
        return value if self._in_range(value, declared, node, at) else None

    def _ballots(self, node: Node, scale: Values, ty: t.Ballots, at: str) -> Value | None:
        if not isinstance(node, Mapping):
            self._mistyped(node, ty, at)
            return None
        counts = [0] * len(scale.values)
        for entry in node.entries:
            if entry.key not in scale.values:
                unknown_value(
                    entry.key, scale, entry.key_span, under(at, entry.key), self.program, self.bag
                )
            else:
                counts[scale.rank(entry.key)] = self._count(entry, at)
        return known(tuple(counts))

    def _count(self, entry: Entry, at: str) -> int:
        value = entry.value.value if isinstance(entry.value, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        span, text = entry.value.span, entry.value.span.text
        self.bag.add("K0621", span, at=under(at, entry.key), name=entry.key, value=text)
        return 0

    def _mistyped(self, node: Node, ty: t.Type, at: str) -> None:
        advice = "ballots" if isinstance(ty, t.Ballots) else ""
        what, found = type_word(ty), Word(kind_of(node))
        self.bag.add("K0613", head_of(node), help=advice, at=at, expected=what, found=found)

    # -- records -----------------------------------------------------------------------------

    def _records(
        self, items: tuple[Node, ...], ty: ObjectType, key: str, at: str
    ) -> tuple[RecordDraft, ...]:
        drafts = (self._record(n, ty, key, i, under(at, i)) for i, n in enumerate(items))
        found = [(d, n) for d, n in zip(drafts, items, strict=True) if d is not None]
        first: dict[str, Span] = {}
        for draft, item in found:
            span = _key_span(item, key)
            kept = first.setdefault(draft.id, span)
            if kept is not span:
                name = draft.id[1:-1]
                self.bag.add("K0620", span, at=at, related=(kept,), name=name, key=key)
        return tuple(draft for draft, _ in found)

    def _record(
        self, node: Node, ty: ObjectType, key: str, index: int, at: str
    ) -> RecordDraft | None:
        if not isinstance(node, Mapping):
            wrong_shape(node, "a_mapping", self.bag, at)
            return None
        facts = self.facts(node.entries, ty, at)
        if not key:
            return RecordDraft(ty, f"[{index + 1}]", facts)
        stated = facts.get(key)
        if isinstance(stated, Value) and stated.known:
            return RecordDraft(ty, f"[{_shown(stated.least)}]", facts)
        mistyped = len(facts) < len(node.entries)  # of an entry that was refused
        if stated is OPEN or (node.get(key) is None and not mistyped):
            self.bag.add("K0619", head_of(node), at=at, key=key)
        return None

    # -- mappings of facts ---------------------------------------------------------------------

    def facts(self, entries: Iterable[Entry], ty: ObjectType, at: str) -> dict[str, Stating]:
        """Return what entries state of the facts and links of an object, by name."""
        found: dict[str, Stating] = {}
        ty = self.program.objects[ty.name]
        for entry in entries:
            declared = input_of(ty, entry.key)
            if declared is None:
                self._not_an_input(entry, ty, under(at, entry.key))
                continue
            stated = self.stating(entry.value, declared, under(at, entry.key))
            if stated is not None:
                found[entry.key] = stated
        return found

    def criteria(self, entries: Iterable[Entry], ty: ObjectType, at: str) -> dict[str, Stating]:
        """Return the grades that entries state, by `criteria.ITEM`."""
        found: dict[str, Stating] = {}
        ty = self.program.objects[ty.name]
        for entry in entries:
            path = f"{at}.criteria.{entry.key}"
            declared = ty.criteria.get(entry.key)
            if declared is None:
                if not self._is_foreign(entry, f"criteria.{entry.key}", ty, path):
                    unknown(self.bag, "criterion", entry.key, entry.key_span, ty.criteria, at=path)
                continue
            stated = self.stating(entry.value, declared, path)
            if stated is not None:
                found[f"criteria.{entry.key}"] = stated
        return found

    def _is_foreign(self, entry: Entry, name: str, ty: ObjectType, at: str) -> bool:
        """Report what only those under another overlay are asked."""
        overlay = self.foreign.get((ty.name, name))
        if overlay is not None:
            self.bag.add("K0673", entry.key_span, at=at, name=entry.key, overlay=overlay)
        return overlay is not None

    def _not_an_input(self, entry: Entry, ty: ObjectType, at: str) -> None:
        """Report a name that no case can give, and what it is instead."""
        if self._is_foreign(entry, entry.key, ty, at):
            return
        key = (ty.name, entry.key)
        if key not in self.strange:
            self.strange[key] = meant_by(entry.key, ty, self.program)
        meant = self.strange[key]
        self.bag.add(
            "K0610",
            entry.key_span,
            help=meant.advice,
            at=at,
            name=entry.key,
            type=ty.name,
            other=meant.other,
            holder=meant.holder,
        )


def _form(values: Values, name: str) -> int | str:
    return values.rank(name) if values.ordered else name


def _is_share(declared: Input) -> bool:
    """Say whether a number is a share: its range says so in percent, or goes no further than 1."""
    return isinstance(declared, Fact) and (declared.in_percent or declared.high == 1)


def _known(value: bool | Decimal | str | date | None) -> Value | None:  # noqa: FBT001
    return None if value is None else known(value)


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _in_percent(end: Decimal | date | None) -> str:
    return f"{number_text(end * _ALL)}%" if isinstance(end, Decimal) else ""


def _items(node: Sequence) -> tuple[tuple[Node, ...], bool]:
    """Return the elements of a list, and whether a `null` at its end says that it may go on."""
    last = node.items[-1] if node.items else None
    is_cut = isinstance(last, Scalar) and last.value is None
    return (node.items[:-1] if is_cut else node.items), is_cut


def _key_span(node: Node, key: str) -> Span:
    found = node.get(key) if isinstance(node, Mapping) else None
    return node.span if found is None else found.span
