"""The workbook of a rulebook of which everything is known."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from tests.support.rulebook import RULEBOOKS, load

from khung.diagnostics.bag import Bag
from khung.driver import summaries
from khung.ir.from_rulebook import lower_rulebook
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer
from khung.report.workbook.filled import NOTHING, Filled
from khung.report.workbook.plan import Planned, plan
from khung.report.workbook.to_xlsx import to_xlsx
from khung.report.workbook.told import Teller

if TYPE_CHECKING:
    from khung.ir.program import Program


@dataclass(frozen=True)
class Made:
    """A workbook to fill in, and what it was made of."""

    program: Program
    planned: tuple[Planned, ...]
    teller: Teller
    book: Any

    def heading(self, sheet: str, key: str) -> Any:
        """Return the cell with the name of a column."""
        (found,) = [c for c in self.book[sheet][2] if c.value == key]
        return self.book[sheet].cell(1, found.column)

    def column(self, sheet: str, key: str) -> list[Any]:
        """Return what stands below the headings of a column."""
        at = self.heading(sheet, key).column
        return [row[at - 1].value for row in self.book[sheet].iter_rows(min_row=3)]

    def rule(self, sheet: str, key: str) -> Any:
        """Return how the cells of a column are checked; None where they are not."""
        first = f"{self.heading(sheet, key).column_letter}3"
        found = [r for r in self.book[sheet].data_validations.dataValidation if first in r.sqref]
        return found[0] if found else None

    def offered(self, sheet: str, key: str) -> list[str]:
        """Return what is offered in the cells of a column, from the sheet of choices."""
        name, _, cells = self.rule(sheet, key).formula1.partition("!")
        return [cell.value for (cell,) in self.book[name.strip("'")][cells.replace("$", "")]]


def made_of(name: str, lang: str, filled: Filled = NOTHING) -> Made:
    rulebook = load(RULEBOOKS / name).sound
    program = lower_rulebook(rulebook, {}, Bag())
    assert program is not None
    words = Words(program, lang, summaries(rulebook))
    planned, teller = plan(program), Teller(words, Sayer(words).say)
    book = load_workbook(BytesIO(to_xlsx(program, planned, teller, filled)))
    return Made(program, planned, teller, book)


@pytest.fixture(scope="package")
def lecturers():
    return made_of("lecturers", "en")


@pytest.fixture(scope="package")
def wards():
    return made_of("wards", "en")
