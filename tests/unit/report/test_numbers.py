"""Numbers for people: rounded, however many digits they have."""

from datetime import date
from decimal import Decimal

import pytest

from khung.ir.program import Program
from khung.report.words.labels import PERCENT, Words
from khung.rulebook.model import Label

NOTHING = Program("", "", Label(""), (date.min, date.max), {}, {}, {})
LONG = "9" * 34


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (LONG, "", LONG),
        (f"{LONG}.55555", "", f"≈ {LONG}.5556"),
        (f"-{LONG}", "piece", f"-{LONG} piece"),
        (LONG, PERCENT, f"{LONG}00%"),
        (f"0.{'3' * 34}", PERCENT, "≈ 33.33%"),
        ("1e6144", "", "1" + "0" * 6144),
        ("1e-6143", "", "≈ 0"),
    ],
)
def test_of_many_digits(value, unit, said):
    assert Words(NOTHING, "en").number(Decimal(value), unit) == said
