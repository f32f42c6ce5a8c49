"""A small rulebook with forms, a case of it, and templates written by the programs' libraries."""

from __future__ import annotations

import io
from textwrap import dedent, indent
from typing import TYPE_CHECKING

from docx import Document
from openpyxl import Workbook, load_workbook

from khung.diagnostics.bag import Bag
from khung.driver import Shelf, evaluate_file
from khung.report.forms.templates import check_forms
from khung.report.forms.write import made_forms

if TYPE_CHECKING:
    from pathlib import Path

    from khung.driver import Evaluated

MANIFEST = """\
khung: 1
id: choirs
title: Choirs
period: {from: 2021-01-01, to: 2021-12-31}
document: R-1
documents: {R-1: {label: The rules, number: 7/R, date: 2021-02-03}}
scales: {rank: {label: Rank, values: {low: Low, high: High}}}
"""
CHOIR = """\
subject: choir
label: Choir
facts: {founded: {type: date, label: Founded}, songs: {type: number, label: Songs}}
"""
SINGER = """\
subject: singer
label: Singer
links: {choir: {to: choir, back: singers, unit: true, label: Choir}}
facts:
  concerts: {type: number, range: 0..100, label: Concerts}
  alto: {type: boolean, label: Sings alto}
  ballots: {type: ballots of rank, label: Ballots}
criteria:
  scale: rank
  groups: {voice: {label: Voice, items: {pitch: {label: Pitch, source: "1"}}}}
ladder:
  scale: rank
  levels:
    high: {require: {concerts: {label: Ten concerts, that: concerts >= 10, source: "1"}}}
    low: {otherwise: true, source: "1"}
quotas:
  high: {label: Half in High, level: high, per: [choir], counts: "true", at_most: 50%,
      rounding: floor, order: [{highest: concerts}], source: "2"}
"""
CLAUSES = """\
clauses: {"1": {summary: Standards}, "2": {summary: Places}}
"""
CASE = """\
case: A year
rulebook: choirs
on: 2021-12-15
complete: true
subjects:
  choir:
    north: {name: Choir of the North, founded: 2001-02-03, songs: 12}
    south: {name: "=Choir <&> South", songs: null}
  singer:
    ann: {name: Ann, choir: north, concerts: 20, alto: true, ballots: {high: 3, low: 1}}
    ben: {choir: north, concerts: 11, alto: false}
    cay: {choir: north, concerts: 3}
    dot: {choir: south, concerts: null}
"""


def rulebook(tmp: Path, forms: str, name: str = "choirs") -> Path:
    """Write a rulebook with forms; return its folder."""
    folder = tmp / "rulebooks" / name
    (folder / "forms").mkdir(parents=True)
    manifest = f"{MANIFEST}forms:\n" + indent(dedent(forms), "  ")
    files = {"rulebook": manifest, "choir": CHOIR, "singer": SINGER, "clauses": CLAUSES}
    for file, text in files.items():
        (folder / f"{file}.yaml").write_text(text, "utf-8")
    return folder


def word(path: Path, *paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> None:
    """Write a Word file with paragraphs and a table."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(0, max(map(len, rows)))
        for row in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=False):
                cell.text = text
    document.save(str(path))


def excel(path: Path, *rows: tuple[object, ...]) -> None:
    """Write a workbook of one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def evaluated(tmp: Path, case: str = CASE) -> Evaluated:
    path = tmp / "case.yaml"
    path.write_text(case, "utf-8")
    found = evaluate_file(path, Shelf(), {}, tmp / "rulebooks")
    assert found.results is not None, found.diagnostics
    return found


def made(tmp: Path, case: str = CASE, lang: str = "en") -> dict[str, bytes]:
    """Return the forms of the case by path."""
    return {str(path): data for path, data in made_forms(evaluated(tmp, case), lang)}


def paragraphs(data: bytes) -> list[str]:
    return [one.text for one in Document(io.BytesIO(data)).paragraphs]


def table(data: bytes) -> list[list[str]]:
    return [[c.text for c in row.cells] for row in Document(io.BytesIO(data)).tables[0].rows]


def sheet(data: bytes) -> list[tuple[object, ...]]:
    return list(load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))


def wrong(folder: Path) -> list[tuple[str, str]]:
    """Return what is said of the templates of a rulebook: codes with advice."""
    bag = Bag()
    ready = Shelf().ready(folder, {})
    assert ready.program is not None, ready.diagnostics
    check_forms(ready, "en", bag)
    return [(one.code, one.help) for one in bag.diagnostics]
