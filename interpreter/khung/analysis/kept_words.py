"""What is taken over although it is said otherwise now: texts with old values, clauses.

A text that is taken over may name a past year, or the number that its entry or a parameter had
before. A clause that is carried as it was cannot say what a changed entry, which cites it, now
asks.

Reports: K0722, K0731.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.uses import Mention, mentions
from khung.patterns import pattern
from khung.records import dataclass
from khung.rulebook import model as m
from khung.rulebook.entries import Entry, entries, every_part
from khung.rulebook.model import Manner
from khung.rulebook.versions.answers import covers
from khung.surfaces import ENGLISH
from khung.syntax.ast import Expr, Number, Percent, Temporal
from khung.syntax.unparse import unparse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.diagnostics.bag import Bag

_ANY_YEAR = 2000  # one with a 29 February
_YEAR = pattern(r"\d{4}(-\d\d-\d\d)")

Texts = dict[str, tuple[m.Label, ...]]
"""The texts of entries and clauses, by path."""


# -- clauses that are carried as they were --------------------------------------------------------


def check_carried(own: m.Rulebook, base: m.Rulebook, bag: Bag) -> None:
    """Warn of an entry that changed while all clauses that it cites say what they did.

    Of a successor those are clauses that are carried as they were (K0722), of an amendment those of
    the text that it amends (K0731).
    """
    if own.extends is None or own.extends.manner is Manner.OVERLAY:
        return
    amends = own.extends.manner is Manner.AMENDMENT
    unaltered = set[str]() if amends else _unaltered(own, base)
    before = {_path(entry): entry for entry in entries(base)}
    for entry in entries(own):
        path = _path(entry)
        if path not in before or not _asks_otherwise(before[path], entry):
            continue
        sources = (source.full(own.document) for source in entry.head.sources)
        cited = [*_clauses(sources), *_decided_by(path, own)]
        head, is_said = entry.head, any(one.startswith(f"{own.document} ") for one in cited)
        if amends and cited and not is_said:
            bag.add("K0731", head.span, at=path, name=head.id, clause=cited[0])
        elif not amends and cited and unaltered.issuperset(cited):
            first = cited[0].rpartition(" ")[2]
            bag.add("K0722", head.span, at=path, name=head.id, clause=first)


def _clauses(sources: Iterable[str]) -> list[str]:
    return [source.partition("#")[0] for source in sources]


def _decided_by(path: str, own: m.Rulebook) -> list[str]:
    """Return the clauses of the groups of changes that an entry, or what is in it, stands in."""
    return [
        clause
        for group in (own.carried.groups if own.carried else ())
        if any(_concerns(entry.name, path) for entry in group.entries)
        for clause in _clauses(source.full(own.document) for source in group.sources)
    ]


def _concerns(path: str, changed: str) -> bool:
    return covers(path, changed) or path.startswith(f"{changed}.")


def _unaltered(own: m.Rulebook, base: m.Rulebook) -> set[str]:
    """Return the clauses that say what those of the base say that they carry, in full."""
    before = {clause.address: clause.summary for clause in base.clauses}
    for document, listed in (base.amended.clauses if base.amended else {}).items():
        before |= {f"{document} {clause.address}": clause.summary for clause in listed}
        if document == next(iter(base.amended.clauses if base.amended else ())):
            before |= {clause.address: clause.summary for clause in listed}
    return {
        f"{own.document} {clause.address}"
        for clause in own.clauses
        if clause.carries and before.get(clause.carries[0].partition("#")[0]) == clause.summary
    }


def _asks_otherwise(before: Entry, after: Entry) -> bool:
    """Say whether entries differ in anything that results hang on, but the year of a day.

    The days of a calendar are of its year, and which reading is chosen no clause says.
    """
    if isinstance(after.node, m.Calendar | m.Reading) or before.node == after.node:
        return False
    if isinstance(after.node, m.Subject | m.Record):  # its entries are looked at by themselves
        return bool(_set_by(before.expressions) != _set_by(after.expressions))
    return bool(_set_by(before.node) != _set_by(after.node))


def _set_by(value: Any, *, inside: bool = False) -> Any:
    """Return what an entry sets, as data: no words, no clauses, nothing of the entries in it."""
    match value:
        case _ if isinstance(value, Expr):
            return _YEAR.sub(r"\1", unparse(value, ENGLISH))
        case m.Label() | m.Citation():
            return None
        case date():
            return value.isoformat()[4:]
        case tuple():
            return [_set_by(one, inside=True) for one in value if not hasattr(one, "head")]
        case _ if not is_dataclass(value):
            return value
        case _ if inside and hasattr(value, "head"):
            return None
        case m.Head():
            return _set_by(value.when)
        case _:
            said = (f for f in fields(value) if f.compare)
            return [(f.name, _set_by(getattr(value, f.name), inside=True)) for f in said]


# -- words that are kept --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Old:
    """What a text should not say any more.

    Attributes:
        form: How it is written.
        paths: The texts that mean it; None if it cannot mean anything else.
        others: The texts that mean another of the same value.
    """

    form: re.Pattern[str]
    paths: frozenset[str] | None = None
    others: frozenset[str] = frozenset()

    def stands_in(self, path: str, said: tuple[m.Label, ...]) -> bool:
        """Say whether a text says it."""
        if path in self.others or (self.paths is not None and path not in self.paths):
            return False
        return any(self.form.search(text) for label in said for text in label.texts.values())


def old_words(own: m.Rulebook, base: m.Rulebook) -> tuple[str, ...]:
    """Return the paths of entries and clauses that say, as in the base, what is past.

    That is a year of the base or the one before it, a document may be of any; and a share, number
    or day that a parameter, or the entry itself, had before. () if both are of one period, but for
    an amendment, of which no year is past.
    """
    amends = own.extends is not None and own.extends.manner is Manner.AMENDMENT
    if own.period <= base.period and not amends:
        return ()
    years = () if amends else (_years(own, base),)
    past = (*years, *_of_parameters(own, base), *_of_entries(own, base))
    before = _texts(base)
    return tuple(
        path
        for path, said in _texts(own).items()
        if before.get(path) == said and any(old.stands_in(path, said) for old in past)
    )


def _years(own: m.Rulebook, base: m.Rulebook) -> _Old:
    first, last = base.period[0].year - 1, min(base.period[1].year, own.period[0].year - 1)
    return _Old(re.compile(rf"(?<!\d)({'|'.join(map(str, range(first, last + 1)))})(?!\d)"))


def _of_parameters(own: m.Rulebook, base: m.Rulebook) -> Iterator[_Old]:
    """Yield what parameters were: a number alone only where they are read, or their clause told."""
    now = {parameter.head.id: parameter for parameter in own.parameters}
    for was in base.parameters:
        new = now.get(was.head.id)
        if new is not None and new.value != was.value:
            about = frozenset(_about(own, new))
            for value in _values([was.value]) - _values([new.value]):
                sure = not isinstance(value, Decimal)
                yield _Old(_form(value), None if sure else about, frozenset(_with(own, value)))


def _with(own: m.Rulebook, value: _Value) -> Iterator[str]:
    """Yield entries that hold a value themselves, and the clauses that they cite."""
    for entry in entries(own):
        if value in _values(entry.expressions):
            yield _path(entry)
            yield from (f"clauses.{c.address}" for c in entry.head.sources if not c.document)


def _about(own: m.Rulebook, parameter: m.Parameter) -> Iterator[str]:
    cited = {citation.address for citation in parameter.head.sources if not citation.document}
    yield from (f"clauses.{address}" for address in cited)
    for entry in entries(own):
        if Mention("parameters", parameter.head.id) in mentions(entry.expressions):
            yield _path(entry)


def _of_entries(own: m.Rulebook, base: m.Rulebook) -> Iterator[_Old]:
    """Yield the numbers that entries had themselves, for their own texts."""
    before = {_path(entry): entry.expressions for entry in entries(base)}
    for entry in entries(own):
        path, now = _path(entry), _values(entry.expressions)
        for value in _values(before.get(path, ())) - now:
            yield _Old(_form(value), frozenset({path}))


_Value = Decimal | date | str
"""A number, a day of no certain year, or a percentage as its digits."""


def _values(expressions: Iterable[Expr]) -> set[_Value]:
    return {value for one in expressions for part in every_part(one) for value in _value(part)}


def _value(part: Expr) -> Iterator[_Value]:
    match part:
        case Number():
            yield part.value
        case Percent():
            yield format(part.value, "f")
        case Temporal():
            try:
                yield date.fromisoformat(part.value).replace(year=_ANY_YEAR)
            except ValueError:  # a duration
                return
        case _:
            return


def _form(value: _Value) -> re.Pattern[str]:
    """Return how a text writes a value: `20%`, `20 %`, `20/12`, `3` alone."""
    if isinstance(value, date):
        name = value.strftime("%B")
        day, month = f"0?{value.day}", f"0?{value.month}"
        return re.compile(rf"(?<!\d){day}(?:[/.-]{month}(?!\d)| {name})|{name} {day}(?!\d)")
    digits = re.escape(value if isinstance(value, str) else format(value, "f"))
    digits = digits.replace(r"\.", "[.,]")
    if isinstance(value, str):
        return re.compile(rf"(?<![\d.,]){digits}\s?%")
    return re.compile(rf"(?<![\d/-])(?<!\d[.,])0?{digits}(?![\d/]|[.,]\d|\s?%)")


# -- texts ----------------------------------------------------------------------------------------


def _texts(rulebook: m.Rulebook) -> Texts:
    own = {
        _path(entry): tuple(_said(entry))
        for entry in entries(rulebook)
        if not isinstance(entry.node, m.Document)
    }
    return own | {f"clauses.{c.address}": (c.summary,) for c in rulebook.clauses}


def _said(entry: Entry) -> Iterator[m.Label]:
    for text in (
        entry.head.label,
        *(getattr(entry.node, n, None) for n in ("question", "because")),
    ):
        if isinstance(text, m.Label):
            yield text


def _path(entry: Entry) -> str:
    owner = f"{entry.owner.head.id}." if entry.owner is not None else ""
    return f"{owner}{entry.head.at}"
