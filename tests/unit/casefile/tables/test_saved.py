"""Workbooks that LibreOffice has saved, in the forms that it offers; and damaged ones."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from khung.casefile.tables.read import read_frames
from khung.diagnostics.bag import Bag

SAVED = Path(__file__).parent / "saved"
FORMS = ("xlsx", "ods", "xls")


@pytest.fixture(scope="module")
def program(books, shelf):
    return shelf.ready(books / "small", {}).program


@pytest.mark.parametrize("form", FORMS)
def test_what_was_saved_is_read(form, program):
    """Percentages, days in both forms, formulas, a number as id; the hidden row where it can."""
    bag = Bag()
    frames = read_frames(SAVED / f"people.{form}", program, bag)
    said = [(d.code, d.help, d.span.file.position(d.span.start)) for d in bag.diagnostics]
    hidden = [] if form == "xls" else [("K0689", "", (5, 1))]
    assert said == [*hidden, ("K0680", "serial_cell", (6, 3)), ("K0681", "error", (6, 6))]
    assert frames.tables["unit"].column("size").to_pylist() == [2, 3]
    person = frames.tables["person"].to_pydict()
    assert person["id"] == ["an", "101", "binh"]
    assert person["joined"] == [date(2005, 2, 3), date(2006, 5, 4), None]
    assert person["part"] == [Decimal("0.25"), Decimal("0.5"), None]
    assert person["active"] == [True, False, None]
    assert person["colour"] == ["red", "green", None]
    assert frames.head.complete is True


@pytest.mark.parametrize("form", FORMS)
def test_damaged_workbooks_are_told_and_raise_nothing(form, program, tmp_path):
    whole, draw = (SAVED / f"people.{form}").read_bytes(), Random(form)  # noqa: S311  # no secret
    path = tmp_path / f"a.{form}"
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 6)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        path.write_bytes(bytes(data[: draw.choice((len(data), draw.randrange(len(data))))]))
        bag = Bag()
        assert read_frames(path, program, bag) is not None or bag.has_errors
