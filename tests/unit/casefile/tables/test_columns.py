"""Columns as lists: the values that Arrow gives, however it holds them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from khung.casefile.tables.columns import listed

DAY = date(2021, 3, 1)
WORDS = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1], pa.int8()), ["x", "y"])
NOTHING = pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int32()), pa.array(["z", None]))


@pytest.mark.parametrize(
    "chunks",
    [
        [pa.array(["a", None, "b"])],
        [pa.array([Decimal("1.50"), None], pa.decimal128(10, 2))],
        [pa.array([DAY, None, DAY, date(2020, 2, 29)])],
        [pa.array([None], pa.date32())],
        [WORDS, WORDS.slice(1)],
        [NOTHING, WORDS.cast(NOTHING.type)],
        [NOTHING.slice(1)],
        [NOTHING.slice(0, 0)],
    ],
)
def test_values_are_those_that_arrow_gives(chunks: list[pa.Array]) -> None:
    for column in (pa.chunked_array(chunks), pa.chunked_array(chunks).slice(1)):
        assert listed(column) == column.to_pylist()
        assert len(listed(column)) == len(column)


def test_a_value_is_made_once() -> None:
    one, other = listed(pa.chunked_array([[DAY, DAY]]))
    assert one is other
