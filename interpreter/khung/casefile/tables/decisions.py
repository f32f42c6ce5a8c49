"""Decisions that were handed in beside a case, in the table that its results asked for.

In: a file that holds the table of decisions as results have it, filled in. Out: who is given what,
and that given to the subjects of a case. A row in which no level and no status stands says nothing;
of two rows for one subject the one after the later stage holds.

Reports: K0201, K0416, K0614, K0622, K0650-K0655 and those of the readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from khung.casefile.given import given_of
from khung.casefile.model import STAGES, Decision
from khung.casefile.names import NearIds, unknown_value
from khung.casefile.tables.files import BOOKS, DECISIONS, PARQUET, TEXTS
from khung.casefile.tables.layout import GIVEN, GIVEN_STATUSES, ID, Column, Sheet
from khung.casefile.tables.raw import from_rows
from khung.casefile.tables.words import clean, folded
from khung.diagnostics.suggest import unknown
from khung.ir import types as t
from khung.locale import languages, phrase
from khung.patterns import pattern
from khung.records import replace
from khung.rulebook.model import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from khung.casefile.tables.raw import RawTable
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Case, Given
    from khung.ir.program import ObjectType, Program, Values
    from khung.rulebook.model import Label
    from khung.text import Span

_SUBJECT = "subject"
_WANTED = (_SUBJECT, ID, *(f"{GIVEN}.{name}" for name in ("level", "status", "after", "by")))
_TEXTS = (*_WANTED, f"{GIVEN}.document")
_ON = f"{GIVEN}.on"
_SHOWN = ("name", "unit", "decision", "rule", "group", "places", "options", "candidates")
_ENDS = ("at_best", "at_worst")
_OPTIONS = "options"
_BETWEEN = pattern(r"[;\n]")  # in CSV, and in the cell of a sheet


class Decided(NamedTuple):
    """What one row gives a subject.

    Attributes:
        subject: The type of the subject.
        id: Its id, with the place of the row.
    """

    subject: str
    id: Ref
    decision: Decision


def take_decisions(files: Iterable[Path], case: Case, bag: Bag) -> tuple[Decided, ...]:
    """Give the subjects of a case what was decided; return what was taken.

    What the case itself says of a later stage stays.
    """
    held = {
        subject: {name: entity.given for name, entity in by_id.items()}
        for subject, by_id in case.entities.items()
    }
    taken = agreed(read_decisions(files, case.program, bag), held, bag)
    for one in taken:
        _give(one, case, bag)
    return taken


def read_decisions(files: Iterable[Path], program: Program, bag: Bag) -> Iterator[Decided]:
    """Yield what the rows of tables of decisions say that are filled in."""
    for number, path in enumerate(files):
        yield from _read(path, number, program, bag)


def agreed(
    rows: Iterable[Decided], held: Mapping[str, Mapping[str, Given | None]], bag: Bag
) -> tuple[Decided, ...]:
    """Return what was decided of subjects that there are, once for each of their stages.

    Args:
        rows: What tables of decisions say.
        held: By type and id, what the case itself gives each subject.
        bag: Where it is told of whom the case does not know (K0650), and what contradicts (K0651).
    """
    taken: dict[tuple[str, str, str], Decided] = {}
    near = NearIds()
    for one in rows:
        ids = held.get(one.subject, {})
        if one.id.name not in ids:
            found = near.nearest(one.id.name, ids) or ""
            advice = "near" if found else ""
            name, span = one.id.name, one.id.span
            bag.add("K0650", span, help=advice, name=name, type=one.subject, near=found)
        elif _agrees(one, taken, ids[one.id.name], bag):
            taken[one.subject, one.id.name, one.decision.after] = one
    return tuple(taken.values())


def _agrees(
    one: Decided, taken: dict[tuple[str, str, str], Decided], own: Given | None, bag: Bag
) -> bool:
    """Whether nothing else was decided of a subject for the same stage."""
    first = taken.get((one.subject, one.id.name, one.decision.after))
    said = None if first is None else (_said(first.decision), first.decision.span)
    if said is None and own is not None and own.after.value == one.decision.after:
        said = (str(own.said.get("level") or own.status), one.decision.span)
    if said is None or said[0] == _said(one.decision):
        return True
    related = () if first is None else (said[1],)
    bag.add(
        "K0651",
        one.decision.span,
        help="" if first is not None else "case",
        related=related,
        name=one.id.name,
        level=_said(one.decision),
        other=said[0],
    )
    return False


def _said(decision: Decision) -> str:
    return decision.level.name if decision.level else decision.status


def _give(one: Decided, case: Case, bag: Bag) -> None:
    """Give a subject what was decided, unless it has a decision after a later stage."""
    entity = case.entities[one.subject][one.id.name]
    given = given_of(one.decision, entity.type, case.program, "", bag)
    if given is not None and not (entity.given and given.is_before(entity.given.after)):
        entity.given = given


# -- reading --------------------------------------------------------------------------------------


def _read(path: Path, number: int, program: Program, bag: Bag) -> Iterator[Decided]:
    """Yield what the rows of a table say that are filled in."""
    raw = _raw(path, number, program, bag)
    if raw is None:
        return
    from khung.casefile.tables.typed import frame_of  # noqa: PLC0415  # heavy

    wanted = {key: cells for key, cells in raw.columns.items() if key in (*_TEXTS, _ON)}
    frame = frame_of(replace(raw, columns=wanted), program, bag)
    is_any, chosen = False, dict[tuple[str, ...], list[_Row]]()
    for at, row in enumerate(frame.to_pylist()):
        said = {key: value for key, value in row.items() if value is not None}
        if not (said.get(f"{GIVEN}.level") or said.get(f"{GIVEN}.status")):
            continue
        is_any, written = True, _Row(said, raw, at, program, bag)
        one = written.decided()
        if one is not None:
            yield one
            chosen.setdefault(written.group, []).append(written)
    for rows in chosen.values():
        _check_places(rows, bag)
    if not is_any and not bag.has_errors:
        bag.add("K0653", None, file=str(path))


def _check_places(rows: Sequence[_Row], bag: Bag) -> None:
    """Report more who are to keep the level of a quota than the rows say there are places."""
    kept = [row for row in rows if row.keeps]
    places = min((row.places for row in kept if row.places is not None), default=None)
    if places is not None and len(kept) > places:
        rule, group = (kept[0].shown(name) for name in ("rule", "group"))
        span, number = kept[-1].span(f"{GIVEN}.level"), len(kept)
        bag.add("K0652", span, rule=rule, group=group, number=number, places=places)


class _Row:
    """One row that is filled in."""

    def __init__(
        self, said: dict[str, Any], raw: RawTable, at: int, program: Program, bag: Bag
    ) -> None:
        self.said = said
        self.raw = raw
        self.at = at
        self.program = program
        self.bag = bag

    def decided(self) -> Decided | None:
        """Return what it gives; None after a diagnostic."""
        declared, key = self._subject(), self.said.get(ID)
        level, status = (self.said.get(f"{GIVEN}.{name}") for name in ("level", "status"))
        if declared is None or key is None:
            return None
        span = self.span(f"{GIVEN}.level" if level else f"{GIVEN}.status")
        if level and status:
            keys = (f"{GIVEN}.level", f"{GIVEN}.status")
            self.bag.add("K0416", span, at=GIVEN, keys=keys)
            return None
        named = self._level(declared, level or status)
        if named is None:
            return None
        self._check_option(named, declared, span)
        ref = None if named in GIVEN_STATUSES else Ref(named, span)
        after, by, document = (self.said.get(f"{GIVEN}.{n}") for n in ("after", "by", "document"))
        decision = Decision(
            ref,
            "" if ref else named,
            after or STAGES[-1],
            by or "",
            self.said.get(_ON),
            document or "",
            span=span,
        )
        return Decided(declared.name, Ref(str(key), self.span(ID)), decision)

    def span(self, key: str) -> Span:
        """Return the place of a cell of the row."""
        place = self.raw.rows[self.at], self.raw.numbers.get(key, 1)
        return self.raw.grid.span(*place, str(self.said.get(key, "")))

    def _subject(self) -> ObjectType | None:
        """Return the type that a row names: by its key, or as people call it."""
        name = str(self.said.get(_SUBJECT, ""))
        declared = self.program.subjects
        found = [s for s in declared if s.name == name]
        found = found or [s for s in declared if _calls(s.label, name)]
        if len(found) == 1 and found[0].ladder is not None:
            return found[0]
        span = self.span(_SUBJECT)
        if len(found) == 1:
            self.bag.add("K0622", span, type=found[0].name)
        else:
            ranked = [s.name for s in declared if s.ladder is not None]
            unknown(self.bag, "subject", name, span, ranked)
        return None

    def _level(self, declared: ObjectType, text: Any) -> str | None:
        """Return the level or status that a cell names; None after a diagnostic."""
        found = self._named(declared, text)
        if found is None:
            values, name = self._levels(declared), clean(str(text))
            span = self.span(f"{GIVEN}.level")
            unknown_value(name, values, span, f"{GIVEN}.level", self.program, self.bag)
        return found

    def _levels(self, declared: ObjectType) -> Values:
        assert declared.ladder is not None  # noqa: S101  # `_subject` has looked
        return self.program.values[declared.ladder.scale.name]

    def _named(self, declared: ObjectType, text: Any) -> str | None:
        """Return the level or status of a key, or of what people call it."""
        values, name = self._levels(declared), clean(str(text))
        if name in values.values or name in GIVEN_STATUSES:
            return name
        said = (rank for rank, label in values.labels.items() if _calls(label, name))
        return next(said, None) or _status(name)

    # -- what the row says of the choice ----------------------------------------------------------

    def shown(self, key: str) -> str:
        """Return what a cell shows that nobody fills in."""
        cell = self._cell(key)
        return "" if cell is None else str(cell)

    def _cell(self, key: str) -> Any:
        cells: Sequence[Any] = self.raw.columns.get(key, ())
        cell: Any = cells[self.at] if len(cells) else None
        return cell.as_py() if hasattr(cell, "as_py") else cell

    @property
    def group(self) -> tuple[str, ...]:
        """What the rows have in common that contend for the same places."""
        return tuple(map(self.shown, (_SUBJECT, "rule", "group")))

    @property
    def places(self) -> int | None:
        """How many places the row says there are left; None where it is no matter of places."""
        said = self.shown("places").removesuffix(".0")
        return int(said) if said.isdecimal() else None

    @property
    def keeps(self) -> bool:
        """Whether the best of its options is given."""
        declared = self._subject()
        options = self._options(declared) if declared else {}
        level = self._named(declared, self.said.get(f"{GIVEN}.level")) if declared else None
        return level is not None and level == next(iter(options), None)

    def _options(self, declared: ObjectType) -> dict[str | None, str]:
        """Return the levels that the row leaves to be chosen, each as it is written there."""
        said = self._cell(_OPTIONS)
        texts = _BETWEEN.split(said) if isinstance(said, str) else said or ()
        return {self._named(declared, text): str(text).strip() for text in texts if text}

    def _check_option(self, named: str, declared: ObjectType, span: Span) -> None:
        """Report what is not among the options that the row itself names (K0655)."""
        options = self._options(declared)
        if options and None not in options and named not in options:
            known = tuple(options.values())
            name = str(self.said.get(ID))
            self.bag.add("K0655", span, level=named, name=name, known=known)


def _calls(label: Label | None, name: str) -> bool:
    """Whether a label is what a cell says, in any language; marks of tones count."""
    return label is not None and folded(name) in {folded(label.said(lang)) for lang in languages}


def _status(name: str) -> str | None:
    """Return the status that people call so, in any language."""
    for status in GIVEN_STATUSES:
        said = {folded(phrase(lang, f"report.status.{status}")) for lang in languages}
        if folded(name) in said:
            return status
    return None


# -- files ----------------------------------------------------------------------------------------


def _raw(path: Path, number: int, program: Program, bag: Bag) -> RawTable | None:
    """Return the table of a file; None after a diagnostic."""
    sheet = _sheet(program)
    match path.suffix.lower():
        case suffix if suffix in BOOKS:
            return _of_book(path, number, sheet, bag)
        case suffix if suffix == PARQUET:
            from khung.casefile.tables.parquet_file import read_parquet  # noqa: PLC0415  # heavy

            return read_parquet(path, sheet, number, bag)
        case suffix if suffix in TEXTS:
            from khung.casefile.tables.text_file import read_text  # noqa: PLC0415  # only for such

            return read_text(path, sheet, number, bag)
        case _:
            bag.add("K0654", None, file=str(path))
            return None


def _of_book(path: Path, number: int, sheet: Sheet, bag: Bag) -> RawTable | None:
    """Return the table of a workbook: its sheet of decisions, in any language, or its only one."""
    from khung.casefile.tables.workbook import read_book  # noqa: PLC0415  # only for such

    book = read_book(path, number, bag)
    if book is None:
        return None
    names = {folded(phrase(lang, "results.sheet.decisions")) for lang in languages}
    found = [name for name in book.sheets if folded(name) in {DECISIONS, *names}]
    found = found or (list(book.sheets) if len(book.sheets) == 1 else [])
    if not found:
        bag.add("K0654", None, help="sheet", file=str(path))
        return None
    name = found[0]
    return from_rows(book.sheets[name], sheet, book.grids[name], bag, is_text=False)


def _sheet(program: Program) -> Sheet:
    """Return what the columns of a table of decisions are; most of them are only shown."""
    texts = (Column(key, t.STRING, required=key == ID) for key in (*_TEXTS, *_SHOWN, *_ENDS))
    subject = next(one for one in program.subjects if one.ladder is not None)
    return Sheet(DECISIONS, subject, (), None, (*texts, Column(_ON, t.DATE)))
