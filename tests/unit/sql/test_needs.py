"""A column waits for what its texts read, and for nothing that was folded away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from khung.ir import types as t
from khung.sql.ends import Ends, same
from khung.sql.needs import reading
from khung.sql.table import Column, Dependency, Own, Passed, Quoted, Raw, Table, Via

OWN, RAW, VIA = Own("unit", "size"), Raw("size"), Via("head", ("person",), "age")
BUILD: Any = SimpleNamespace(sources={"units": SimpleNamespace(number=3)})
PASSED, QUOTED = Passed("units", "x1"), Quoted("unit", 0, 0)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ('(s.".size" > 1)', [OWN]),
        ('(s.".size.h" > 1)', [OWN]),
        ('(s.".size of all" > 1)', []),
        ('(s."size" > 1)', [RAW]),
        ('("v.head".".age" > 1)', [VIA]),
        ('("v.head".".aged" > 1)', []),
        ('(coalesce("a3"."x1", 0) > 1)', [PASSED]),
        ('(coalesce("a3"."x10", 0) > 1)', []),
        ('("q.unit.0.0".rid IS NULL)', [QUOTED]),
        ('(s.".size" > s."size")', [OWN, RAW]),
        ("TRUE", []),
    ],
)
def test_what_is_not_read_is_not_needed(text: str, needs: list[Dependency]) -> None:
    met = (OWN, RAW, VIA, PASSED, QUOTED)
    column = Column(Table("unit", None), "large", t.BOOLEAN, same(text))
    found = reading(BUILD, column, met)
    assert list(found.needs) == needs
    assert found.is_constant is (not needs)


def test_both_ends_are_read() -> None:
    ends = Ends('s.".size.l"', 's."size"')
    column = Column(Table("unit", None), "large", t.NUMBER, ends)
    found = reading(BUILD, column, (OWN, RAW, VIA))
    assert found.needs == (OWN, RAW)
