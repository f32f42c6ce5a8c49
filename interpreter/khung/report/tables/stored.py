"""One row of stored results in words: where a subject stands, why, what is missing, and its facts.

Nothing is worked out anew: rules are told by the ids that the row has, facts as the tables of the
case state them, where those are at hand.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.casefile.tables.files import PARQUET, TEXTS
from khung.casefile.tables.layout import GIVEN, ID, NAME, OF, sheets
from khung.ir import types as t
from khung.ir.entries import stages_of
from khung.ir.result_schema import DECISION, PARTS, Selection, result_columns
from khung.report.document.model import BLANK, Document, Line, Style
from khung.report.tables.from_results import ResultTables, Teller
from khung.report.tables.sheets import standing_of
from khung.report.tables.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.layout import Column, Sheet
    from khung.ir.program import Program
    from khung.report.tables.from_results import Row
    from khung.report.tables.words import TableWords
    from khung.rulebook.model import Label
    from khung.why.result import Results

_MOST_ELEMENTS = 20  # of a list, told of a subject


# -- what is stored -------------------------------------------------------------------------------


def row_of(path: Path, key: str) -> pa.Table:
    """Return the row of an id in a table of results, as a table of one row or of none.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no such table.
    """
    import pyarrow as pa  # noqa: PLC0415  # slow to load
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

    try:
        return pq.read_table(path, filters=[(ID, "==", key)])
    except pa.ArrowException as error:  # not all are ValueErrors
        raise ValueError(str(error)) from error


def ids_in(path: Path) -> list[str]:
    """Return the ids in a table of results."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # slow to load

    found: list[str] = pq.read_table(path, columns=[ID])[ID].to_pylist()
    return found


def agrees(results: Results, subject: str, key: str, path: Path) -> bool:
    """Whether a subject stands in results as in its row of a table of results, and for the rules.

    Raises:
        OSError: The table cannot be read.
        ValueError: It is no such table.
    """
    found = results.by_type.get(subject, {}).get(key)
    if found is None:
        return False
    row = Teller(results, _COMPARED).row(found)
    stored: Row = next(iter(row_of(path, key).to_pylist()), {})
    names = ("status", "level", "reasons", *(n for n in row if n.startswith(PARTS["bounds"])))
    return all(stored[name] == row[name] for name in names if name in stored)


_COMPARED = Selection(parts=frozenset({"bounds", "reasons"}))


def told(
    subject: str,
    row: pa.Table,
    program: Program,
    lang: str,
    clauses: Mapping[str, Label],
    case: Path | None,
) -> Document:
    """Return a row of stored results in words.

    Args:
        subject: The subject type.
        row: The table with that row.
        program: The rulebook.
        lang: The language.
        clauses: The summaries of clauses, as `driver.Ready` has them.
        case: The folder with the tables of the case; None where they are not at hand.
    """
    words = words_of(program, ResultTables({subject: row}, row), lang, clauses)
    (stored,) = row.to_pylist()
    every = (column.name for column in result_columns(program, subject))
    one = {**dict.fromkeys(every), **stored}  # a run may have been asked for some of them
    type_ = words.words.type(program.objects[subject])
    title = f"{type_} {words.name(subject, one[ID])}"
    facts = () if case is None else tuple(_facts(subject, one[ID], case, words))
    blocks = (Line(title, style=Style.TITLE), *_lines(subject, one, words), *facts)
    return Document(title, lang, blocks)


def _lines(subject: str, row: Row, words: TableWords) -> Iterator[Line]:
    yield Line(words.say("stands", level=standing_of(row, subject, words)), 2)
    yield from _stages(subject, row, words)
    yield from _reasons(row, words)
    for name in ("missing", "provisional", "assumed"):
        said = [words.path(one, subject, row[ID]) for one in row[name] or ()]
        yield from _part(words.say(f"part.{name}"), said)
    if row[DECISION]:
        options = [words.level(subject, one) for one in row[f"{DECISION}.options"]]
        asked = words.say(f"{DECISION}.{row[DECISION]}")
        rule = words.cited(row[f"{DECISION}.rule"])
        yield from _part(words.say("part.decision"), [f"{asked}: {rule}", *options])
    yield from _part(words.say("part.findings"), [*map(words.finding, row["findings"] or ())])


def _part(title: str, said: list[str]) -> Iterator[Line]:
    """Yield what stands under a title, if anything does."""
    if said:
        yield BLANK
        yield Line(title, 2, style=Style.HEADING)
        yield from (Line(one, 4, "•") for one in dict.fromkeys(said))


def _stages(subject: str, row: Row, words: TableWords) -> Iterator[Line]:
    """Yield what each stage gave that was run."""
    for stage in stages_of(words.program.objects[subject]):
        ends = [row[f"bounds.{stage}.{end}"] for end in ("least", "most")]
        if ends[0] is not None:
            worst, best = (words.level(subject, end) for end in ends)
            told = best if worst == best else words.words.say("from_to", worst=worst, best=best)
            yield Line(words.say(f"stage.{stage}", level=told), 4, "–", Style.FAINT)


def _reasons(row: Row, words: TableWords) -> Iterator[Line]:
    """Yield the rules that decide, each with its clauses and what those say."""
    yield from _part(words.say("part.reasons"), [*map(words.reason, row["reasons"] or ())])
    for clause in row["clauses"] or ():
        summary = words.words.summary(clause)
        if summary:
            whom = words.words.cited((clause,))
            yield Line(words.words.say("of", what=summary, whom=whom), 6, style=Style.FAINT)


# -- the facts ------------------------------------------------------------------------------------


def _facts(subject: str, key: str, case: Path, words: TableWords) -> Iterator[Line]:
    """Yield what the tables of a case state of a subject: its row, then its lists."""
    for sheet in sheets(words.program):
        if sheet.subject.name == subject and len(sheet.path) <= 1:
            by = ID if sheet.fact is None else OF
            rows = list(_rows(case, sheet.key, by, key))
            title = words.words.label(sheet.label, sheet.key)
            if sheet.fact is None:
                title = words.say("part.facts")
            said = [_said(row, sheet, words) for row in rows[:_MOST_ELEMENTS]]
            if sheet.fact is not None:
                said = [["; ".join(one)] for one in said]
            yield from _part(title, [text for one in said for text in one])


def _rows(case: Path, name: str, by: str, key: str) -> Iterator[Row]:
    """Yield the rows of a table that are about a subject, from Parquet or CSV."""
    path = next(
        (p for p in (case / f"{name}{end}" for end in (PARQUET, *TEXTS)) if p.is_file()), None
    )
    if path is None:
        return
    if path.suffix == PARQUET:
        import pyarrow.parquet as pq  # noqa: PLC0415  # slow to load

        yield from pq.read_table(path, filters=[(by, "==", key)]).to_pylist()
        return
    import csv  # noqa: PLC0415  # only for such tables

    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        mark = max(",;\t", key=head.count)
        file.seek(0)
        yield from (row for row in csv.DictReader(file, delimiter=mark) if row.get(by) == key)


def _said(row: Row, sheet: Sheet, words: TableWords) -> list[str]:
    """Return what a row states, by label and value."""
    own, told = sheet.by_key, []
    for key, value in row.items():
        column = own.get(key)
        if value in (None, "") or column is None or key in (ID, NAME, OF):
            continue
        if not key.startswith(GIVEN):
            label = words.words.label(column.label, key)
            told.append(f"{label}: {_value(value, column, words)}")
    return told


def _value(value: Any, column: Column, words: TableWords) -> str:
    match value:
        case bool():
            return words.words.say("yes" if value else "no")
        case int() | Decimal():
            return words.words.number(Decimal(value), column.unit)
        case date():
            return words.words.date(value)
        case str() if isinstance(column.ty, t.Object):
            return words.name(column.ty.name, value)
        case _:
            labels = {name: label for name, label in column.options if label is not None}
            label = labels.get(str(value))
            return label.said(words.words.lang) if label else str(value)
