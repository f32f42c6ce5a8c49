"""A column waits for what its texts read, and for nothing that was folded away."""

from __future__ import annotations

import pytest

from khung.ir import types as t
from khung.sql.ends import Ends, same
from khung.sql.table import Column, Dependency, Own, Passed, Quoted, Raw, Table, Via, as_read

OWN, RAW, VIA = Own("unit", "size"), Raw("size"), Via("head", ("person",), "age")
PASSED, QUOTED = Passed("units", "x1"), Quoted("unit", 0, 0)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ('(s.".size" > 1)', [OWN]),
        ('(s.".size.h" > 1)', [OWN]),
        ('(s.".size of all" > 1)', []),
        ('(s."size" > 1)', [RAW]),
        ('("v.head".".age" > 1)', [VIA]),
        ('("v.head".rid IS NULL)', [VIA]),
        ('(coalesce("a3"."x1", 0) > 1)', [PASSED]),
        ('(coalesce("a3"."x10", 0) > 1)', []),
        ('("q.unit.0.0".rid IS NULL)', [QUOTED]),
        ('(s.".size" > s."size")', [OWN, RAW]),
        ("TRUE", []),
    ],
)
def test_what_is_not_read_is_not_needed(text: str, needs: list[Dependency]) -> None:
    noted = (OWN, RAW, VIA, PASSED, QUOTED)
    found = as_read(Column(Table("unit", None), "large", t.BOOLEAN, same(text), needs=noted))
    assert list(found.needs) == needs
    assert found.is_constant is (not needs)


def test_both_ends_are_read() -> None:
    ends = Ends('s.".size.l"', 's."size"')
    found = as_read(Column(Table("unit", None), "large", t.NUMBER, ends, needs=(OWN, RAW, VIA)))
    assert found.needs == (OWN, RAW)
