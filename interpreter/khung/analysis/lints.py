"""What is not wrong in a rulebook but probably not meant: what nothing reads, or changes nothing.

Reports: K0702-K0705, K0726.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import field
from itertools import zip_longest
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.diagnostics.model import Word
from khung.ir.from_rulebook import lower_rulebook
from khung.records import dataclass
from khung.rulebook.entries import entries, every_part
from khung.rulebook.model import Must
from khung.syntax.ast import Compare, Membership, Name, Path, UnaryTest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

    from khung.diagnostics.model import Diagnostic
    from khung.ir.memo import Memo
    from khung.rulebook.entries import Entry
    from khung.rulebook.model import (
        Calendar,
        Definition,
        Fact,
        Option,
        Parameter,
        Reading,
        Rulebook,
    )
    from khung.syntax.ast import Expr

_READINGS = "readings"


def lint(rulebook: Rulebook, bag: Bag) -> None:
    """Report what no expression reads, and options of readings that no test tells apart."""
    uses = _uses(rulebook)
    for reading in rulebook.readings:
        name = reading.head.id
        if not uses.reads[_READINGS, name]:
            bag.add("K0702", reading.head.span, at=reading.head.at, name=name)
        elif uses.reads[_READINGS, name] == uses.tests[name]:
            for option in _alike(reading, uses.named[name]):
                at, span = option.head.at, option.head.span
                bag.add("K0703", span, at=at, name=option.head.id, reading=name)
    _report_idle("parameters", "parameter", rulebook.parameters, uses, bag)
    _report_idle("calendars", "calendar", rulebook.calendars, uses, bag)
    read = uses.names | set(_counts_and_keys(rulebook))
    for subject in rulebook.subjects:
        _report_unread(subject.facts, subject.definitions, read, bag)
    for record in rulebook.records:
        _report_unread(record.fields, record.definitions, read, bag)


def _report_idle(
    space: str, kind: str, values: Iterable[Parameter | Calendar], uses: _Uses, bag: Bag
) -> None:
    for head in (value.head for value in values):
        if not uses.reads[space, head.id]:
            bag.add("K0705", head.span, at=head.at, kind=Word(kind), name=head.id, space=space)


def _report_unread(
    facts: Iterable[Fact], definitions: Iterable[Definition], read: Set[str], bag: Bag
) -> None:
    """Report facts that a case states, and definitions that are worked out, for nothing."""
    worked_out = (one for one in definitions if not one.output)
    for kind, found in (("fact", facts), ("definition", worked_out)):
        for head in (one.head for one in found):
            if head.id not in read:
                bag.add("K0726", head.span, at=head.at, kind=Word(kind), name=head.id)


def _counts_and_keys(rulebook: Rulebook) -> Iterator[str]:
    """Yield the facts that count lists, and the fields by which lists tell their records apart."""
    facts = (f for subject in rulebook.subjects for f in subject.facts)
    fields = (f for record in rulebook.records for f in record.fields)
    for fact in (*facts, *fields):
        yield from (ref.name for ref in (fact.complete, fact.key) if ref)
    links = (link for subject in rulebook.subjects for link in subject.links)
    yield from (link.complete.name for link in links if link.complete)


@dataclass(frozen=True, slots=True)
class _Uses:
    """What the expressions of a rulebook read.

    Attributes:
        reads: How often they say `SPACE.NAME`.
        tests: How many comparisons of a reading with its options there are.
        named: The options that those name.
        names: Every name that an expression says, by itself or after a dot.
    """

    reads: Counter[tuple[str, str]] = field(default_factory=Counter)
    tests: Counter[str] = field(default_factory=Counter)
    named: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: set[str] = field(default_factory=set)


def _uses(rulebook: Rulebook) -> _Uses:
    """Go through all expressions once."""
    uses = _Uses()
    said = ((e, p) for e in entries(rulebook) for x in e.expressions for p in every_part(x))
    for entry, part in said:
        if isinstance(part, Name | Path) and not _is_of_itself(entry, part):
            uses.names.add(part.name)
        if isinstance(part, Path) and isinstance(part.object, Name):
            uses.reads[part.object.name, part.name] += 1
        found = list(_options(part))
        uses.tests.update({reading for reading, _ in found})
        for reading, option in found:
            uses.named[reading].add(option)
    return uses


def _is_of_itself(entry: Entry, part: Name | Path) -> bool:
    """Say whether a fact is read only by what it must be itself."""
    return isinstance(entry.node, Must) and entry.head.at.split(".")[-2:] == [part.name, "must"]


def try_options(rulebook: Rulebook, bag: Bag, memo: Memo | None = None) -> int:
    """Report each option, not chosen, under which the rulebook is invalid; return how many ran.

    Options of different readings are tried together, as many runs as the longest list of options
    needs; only where such a run fails is each of its options tried alone.

    Args:
        rulebook: A sound rulebook.
        bag: Where to report.
        memo: What was lowered of it.
    """
    others = [
        [(reading, option) for option in reading.options if option.head.id != reading.chosen.name]
        for reading in rulebook.readings
    ]
    for together in zip_longest(*others):
        run = [pair for pair in together if pair is not None]
        if _errors(rulebook, {r.head.id: o.head.id for r, o in run}, memo):
            for reading, option in run:
                _try(rulebook, reading, option, memo, bag)
    return sum(map(len, others))


def _errors(rulebook: Rulebook, readings: dict[str, str], memo: Memo | None) -> list[Diagnostic]:
    own = Bag()
    lower_rulebook(rulebook, readings, own, memo)
    return [d for d in own.diagnostics if is_error(d)]


def _try(rulebook: Rulebook, reading: Reading, option: Option, memo: Memo | None, bag: Bag) -> None:
    errors = _errors(rulebook, {reading.head.id: option.head.id}, memo)
    if errors:
        name, head = reading.head.id, option.head
        places = tuple(d.span for d in errors if d.span is not None)[:1]
        bag.add(
            "K0704",
            head.span,
            at=head.at,
            related=places,
            reading=name,
            name=head.id,
            rulebook=rulebook.id,
            count=len(errors),
        )


def _reading_of(expression: Expr) -> str:
    """Return which reading an expression is; empty if it is none."""
    is_one = (
        isinstance(expression, Path)
        and isinstance(expression.object, Name)
        and expression.object.name == _READINGS
    )
    return expression.name if isinstance(expression, Path) and is_one else ""


def _options(part: Expr) -> Iterator[tuple[str, str]]:
    """Yield the readings that `part` compares, if that is what it does, with the options."""
    match part:
        case Compare():
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if isinstance(other, Name) and (reading := _reading_of(one)):
                    yield reading, other.name
        case Membership() if reading := _reading_of(part.value):
            for test in part.tests:
                operand = test.operand if isinstance(test, UnaryTest) else test
                if isinstance(operand, Name):
                    yield reading, operand.name
        case _:
            return


def _alike(reading: Reading, named: set[str]) -> list[Option]:
    """Return the options that come to the same as another that is kept: the chosen, or the first.

    One option that no test names is told apart by being none of the others.
    """
    alike = [option for option in reading.options if option.head.id not in named]
    kept = next((o for o in alike if o.head.id == reading.chosen.name), alike[0] if alike else None)
    return [option for option in alike if option is not kept]
