"""What a cell says, as people and spreadsheet programs write it."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from khung.casefile.tables.cells import Mark, Problem, read
from khung.casefile.tables.layout import Column
from khung.casefile.tables.raw import Odd
from khung.ir import types as t
from khung.ir.program import Fact
from khung.rulebook.model import Label


def column(ty, **of):
    options = (("good", Label("Tốt", "Good")), ("fair", Label("Khá", "Fair")))
    given = options if isinstance(ty, t.Scale) else ()
    return Column("f", ty, options=given, of=Fact("f", ty, None, (), **of))


NUMBER, SHARE = column(t.NUMBER), column(t.NUMBER, high=Decimal(1))
DATE, BOOLEAN, TEXT, LEVEL = (column(ty) for ty in (t.DATE, t.BOOLEAN, t.STRING, t.Scale("grade")))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", 12),
        (" 9,5\u00a0", Decimal("9.5")),
        ("9.50", Decimal("9.5")),
        ("0.3333333333333333333333333333333333", Decimal("0.3333333333333333333333333333333333")),
        ("0,125", Decimal("0.125")),
        ("1.000,5", Decimal("1000.5")),
        ("1,000.5", Decimal("1000.5")),
        ("1.234.567", 1234567),
        ("12 000", 12000),
        ("−3", -3),
        (4.0, 4),
        (0.1 + 0.2, Decimal("0.3")),  # a spreadsheet keeps 15 digits
    ],
)
def test_numbers(cell, expected):
    assert read(cell, NUMBER, is_text=isinstance(cell, str)) == expected


@pytest.mark.parametrize("cell", ["1.000", "1,000", "-12.345"])
def test_a_mark_that_may_part_thousands_is_not_guessed(cell):
    found = read(cell, NUMBER, is_text=True)
    assert isinstance(found, Problem)
    assert found.help == "ambiguous"
    whole, decimals = cell.replace(",", ".").split(".")
    assert (found.one, found.other) == (f"{whole}.{decimals}", f"{whole}{decimals}")


def test_a_percentage_is_a_share_only_where_one_is_due():
    assert read("70%", SHARE, is_text=True) == Decimal("0.7")
    assert read("12,5 %", SHARE, is_text=True) == Decimal("0.125")
    assert read(0.7, SHARE, is_text=False) == Decimal("0.7")
    assert read("70%", NUMBER, is_text=True) == Problem("K0680", "number_with_more", "0.7")


def test_a_number_with_its_unit_gets_its_plain_form():
    assert read("4 tháng", NUMBER, is_text=True) == Problem("K0680", "number_with_more", "4")


@pytest.mark.parametrize(
    "cell",
    [
        "15/12/2021",
        "15-12-2021",
        "15.12.2021",
        "2021-12-15",
        "2021/12/15",
        "2021-12-15 00:00:00",
        date(2021, 12, 15),
        datetime(2021, 12, 15),  # noqa: DTZ001  # as workbooks give it
    ],
)
def test_days(cell):
    assert read(cell, DATE, is_text=False) == date(2021, 12, 15)


def test_a_day_is_read_before_its_month():
    assert read("3/4/2021", DATE, is_text=True) == date(2021, 4, 3)
    found = read("12/15/2021", DATE, is_text=True)
    assert found == Problem("K0680", "turned", "15/12/2021", "2021-12-15")
    assert read("31/2/2021", DATE, is_text=True) == Problem("K0680", "calendar")


def test_a_serial_is_told_as_the_day_that_it_most_likely_is():
    day = ("15/12/2021", "2021-12-15")
    assert read("44545", DATE, is_text=True) == Problem("K0680", "serial", *day)
    assert read(44545.0, DATE, is_text=False) == Problem("K0680", "serial_cell", *day)


def test_a_time_of_day_is_not_dropped():
    cell = datetime(2021, 12, 15, 8, 30)  # noqa: DTZ001  # as workbooks give it
    assert read(cell, DATE, is_text=False) == Problem("K0680", "time", "2021-12-15")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("có", "Có", "CO", "x", "X", "yes", "true", "1", "đúng", 1.0, True), True),
        (("không", "Không", "no", "false", "0", "sai", 0.0, False), False),
    ],
)
def test_yes_and_no(cells, expected):
    assert [read(cell, BOOLEAN, is_text=False) for cell in cells] == [expected] * len(cells)


def test_other_words_are_no_yes():
    assert read("có lẽ", BOOLEAN, is_text=True) == Problem("K0680", "boolean")
    assert read(2.0, BOOLEAN, is_text=False) == Problem("K0680", "boolean")


@pytest.mark.parametrize("cell", ["good", "Tốt", " tốt ", "TỐT", "To\u0302\u0301t", "Good"])
def test_a_level_by_its_name_or_its_label(cell):
    assert read(cell, LEVEL, is_text=True) == "good"


def test_a_label_of_two_levels_is_not_guessed():
    label = Label("Đạt", "Met")
    twice = Column("f", t.Scale("grade"), options=(("b", label), ("a", label)), of=LEVEL.of)
    assert read("đạt", twice, is_text=True) == Problem("K0680", "two_options", "a", "b")


def test_a_level_that_is_none():
    assert read("tôt", LEVEL, is_text=True) == Problem("K0614")
    assert read("chưa biết", LEVEL, is_text=True) == Problem("K0642")


def test_texts():
    assert read(101.0, TEXT, is_text=False) == "101"
    assert read("007", TEXT, is_text=True) == "007"
    day = date(2021, 5, 12)
    assert read(day, TEXT, is_text=False) == Problem("K0680", "text_is_day")
    assert read(day, Column("of.visits", t.STRING), is_text=False) == "2021-05-12"


def test_texts_that_were_kept_from_being_formulas():
    assert read("'=1+1", TEXT, is_text=True) == "=1+1"
    assert read("'-3", NUMBER, is_text=True) == -3  # as it is written
    assert read("'=1+1", TEXT, is_text=False) == "'=1+1"


def test_marks():
    assert [read(c, LEVEL, is_text=True) for c in ("?", " - ")] == [Mark.UNKNOWN, Mark.NONE]
    assert read("-", Column("name", t.STRING), is_text=True) == "-"


def test_formulas_that_give_nothing():
    assert read(Odd("error", "#REF!"), NUMBER, is_text=False) == Problem("K0681", "error", "#REF!")
