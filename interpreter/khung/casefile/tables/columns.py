"""A frame as lists of Python, each made when it is first asked for; its rows by their holder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from khung.casefile.tables.layout import MARK, OF, UNKNOWN
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.layout import Sheet
    from khung.ir.program import Fact


def listed(column: pa.ChunkedArray) -> list[Any]:
    """Return the values of a column; what Arrow makes anew for each row is made once for all."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    if pa.types.is_decimal(column.type):
        return [None if cell is None else _number(cell) for cell in column.to_pylist()]
    if not (pa.types.is_dictionary(column.type) or pa.types.is_date32(column.type)):
        found: list[Any] = column.to_pylist()
        return found
    return [value for chunk in column.chunks for value in _decoded(chunk.dictionary_encode())]


def _decoded(coded: pa.DictionaryArray) -> list[Any]:
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    values = [*coded.dictionary.to_pylist(), None]
    places = coded.indices.cast(pa.int32()).fill_null(len(values) - 1)
    numbers = memoryview(places.buffers()[1]).cast("i")[places.offset :]
    return [values[at] for at in numbers[: len(places)]]


class Columns(Mapping[str, list[Any]]):
    """The columns of a frame as lists, each made when it is first asked for."""

    def __init__(self, frame: pa.Table) -> None:
        self._frame = frame
        self._names = dict.fromkeys(frame.column_names)
        self._made: dict[str, list[Any]] = {}

    def __getitem__(self, key: str) -> list[Any]:
        """Return the values of a column, None where there is none."""
        found = self._made.get(key)
        if found is None:
            if key not in self._names:
                raise KeyError(key)
            found = self._made[key] = listed(self._frame.column(key))
        return found

    def __contains__(self, key: object) -> bool:
        """Whether there is such a column."""
        return key in self._names

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._names)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names)


def _number(cell: Decimal) -> int | Decimal:
    """Return a number without the places that others of its column have."""
    return int(cell) if cell == cell.to_integral_value() else cell.normalize()


@dataclass(frozen=True, slots=True)
class Table:
    """A frame as lists by column, and its rows by their holder."""

    sheet: Sheet
    columns: Columns
    rows: int

    def says_more(self, row: int) -> bool:
        """Whether a row of a list says that there may be more: all that it states is unknown."""
        columns = self.columns
        own = (c.key for c in self.sheet.columns if c.key != OF and not c.key.startswith(f"{OF}."))
        marks: list[str | None] = []
        for key in own:
            if key in columns and not key.endswith(MARK) and columns[key][row] is not None:
                return False
            said = columns.get(f"{key.removesuffix(MARK)}{MARK}")
            marks.append(None if said is None else said[row])
        stated = [mark for mark in marks if mark is not None]
        return bool(stated) and all(mark == UNKNOWN for mark in stated)

    def key_of(self, fact: Fact, row: int) -> str | None:
        """Return what tells a record from the others of its list; None if nothing does."""
        keys = self.columns.get(fact.key)
        return None if keys is None or keys[row] is None else str(keys[row])

    def by_holder(self) -> dict[tuple[str, ...], list[int]]:
        """Return the rows of each holder: its id, then the keys of the records on the way."""
        keys = [OF, *(f"{OF}.{fact.name}" for fact in self.sheet.path[:-1])]
        none = [None] * self.rows
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, holder in enumerate(zip(*(self.columns.get(k, none) for k in keys), strict=True)):
            found[holder].append(row)
        return found
