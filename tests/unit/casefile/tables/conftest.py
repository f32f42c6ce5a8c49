"""Cases of tables of the made-up rulebook: files in a folder, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from khung.diagnostics.render.sentences import advice, message
from khung.driver import evaluate_file
from khung.locale import languages
from khung.text import letters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from khung.diagnostics.model import Diagnostic
    from khung.driver import Evaluated

HEAD = 'case: A case\nrulebook: "small"\non: 2021-12-15\n'


@dataclass(frozen=True)
class Told:
    """What came of a case of tables."""

    found: Evaluated

    @property
    def said(self) -> list[tuple[str, str, str]]:
        """Code, advice and cell (`B3`, after the file) of each diagnostic, both languages whole."""
        for one in self.found.diagnostics:
            for lang in languages:
                assert "{" not in message(one, lang) + advice(one, lang)
        return [(d.code, d.help, _cell(d)) for d in self.found.diagnostics]

    @property
    def codes(self) -> list[str]:
        """The codes, in order of place."""
        return [d.code for d in self.found.diagnostics]

    def facts(self, subject: str, name: str) -> Mapping[str, object]:
        """What a subject states."""
        assert self.found.results is not None, self.said
        return self.found.results.run.case.entities[subject][name].facts


def _cell(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    if span is None:
        return ""
    row, column = span.file.position(span.start)
    return f"{letters(column)}{row}"


@pytest.fixture
def folder(tmp_path, books, shelf) -> Callable[..., Told]:
    """Evaluate a folder of files, given by name as text or bytes; `case.yaml` is added."""

    def evaluated(files: Mapping[str, str | bytes], head: str | None = HEAD) -> Told:
        place = tmp_path / "tables"
        place.mkdir(exist_ok=True)
        if head is not None:
            (place / "case.yaml").write_text(head, "utf-8")
        for name, data in files.items():
            whole = data.encode("utf-8") if isinstance(data, str) else data
            (place / name).write_bytes(whole)
        return Told(evaluate_file(place, shelf, {}, books))

    return evaluated


@pytest.fixture
def book(tmp_path, books, shelf) -> Callable[..., Told]:
    """Evaluate a workbook, given as rows by sheet; the sheet `case` is added."""

    def evaluated(sheets: Mapping[str, list[list[object]]], change=None) -> Told:
        path = tmp_path / "book.xlsx"
        write_book(path, sheets, change)
        return Told(evaluate_file(path, shelf, {}, books))

    return evaluated


def write_book(path: Path, sheets: Mapping[str, list[list[object]]], change=None) -> None:
    """Write a workbook; `change` is called before it ends."""
    head = [["rulebook", "small"], ["on", "2021-12-15"]]
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as made:
        for name, rows in {"case": head, **sheets}.items():
            page = made.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
        if change is not None:
            change(made)
