"""Dates of a case that the rules count by a calendar which does not reach them.

Only facts that stand as arguments themselves are looked at, as written; of what is worked out,
the result says that it is unknown.

Reports: K0640.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.calls import parse_date
from khung.source.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.casefile.model import CaseFile
    from khung.diagnostics.bag import Bag
    from khung.ir.program import ObjectType, Program
    from khung.source.nodes import Entry, Node


def check_calendars(case_file: CaseFile, program: Program, bag: Bag) -> None:
    """Warn of every date in the case that the calendar which counts it does not cover."""
    if not program.dates:
        return
    for group in case_file.subjects:
        for written in group.entries:
            declared = program.objects[group.type.name]
            for name, node in _dates(written.facts, declared, program):
                _check(name, node, program, bag)


def _dates(
    entries: Iterable[Entry], declared: ObjectType, program: Program
) -> Iterator[tuple[tuple[str, str], Scalar]]:
    """Yield the values of facts that are counted, also those of records."""
    for entry in entries:
        fact = declared.facts.get(entry.key)
        if (declared.name, entry.key) in program.dates and isinstance(entry.value, Scalar):
            yield (declared.name, entry.key), entry.value
        elif fact and isinstance(fact.ty, t.List) and isinstance(fact.ty.element, t.Object):
            inner = program.objects[fact.ty.element.name]
            for record in _records(entry.value):
                yield from _dates(record.entries, inner, program)


def _records(node: Node) -> Iterator[Mapping]:
    parts: tuple[Node, ...] = ()
    if isinstance(node, Sequence):
        parts = node.items
    elif isinstance(node, Mapping):
        parts = tuple(entry.value for entry in node.entries)
    yield from (part for part in parts if isinstance(part, Mapping))


def _check(fact: tuple[str, str], node: Scalar, program: Program, bag: Bag) -> None:
    day = parse_date(node.text.text)
    for held in sorted(program.dates[fact], key=lambda by: by.name):
        if day is not None and not held.covers(day):
            bag.add(
                "K0640",
                node.span,
                name=fact[1],
                day=str(day),
                calendar=held.name,
                first=str(held.first),
                last=str(held.last),
            )
