"""A table as read to a frame in typed form: each cell that differs is read once a column.

In: a `RawTable`. Out: an Arrow table as `frames` says. What cannot be read is null after a
diagnostic that counts the cells of the column in which it stands.

Reports: K0126, K0614, K0642, K0680, K0681, K0691.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.casefile.names import unknown_value
from khung.casefile.tables.cells import Mark, Problem, read, shown
from khung.casefile.tables.layout import MARK, UNKNOWN
from khung.casefile.tables.raw import is_empty
from khung.diagnostics.bag import Bag
from khung.diagnostics.model import Repeated
from khung.diagnostics.suggest import listed, nearest
from khung.ir import types as t
from khung.ir.operators import type_word
from khung.ir.program import Fact
from khung.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.layout import Column
    from khung.casefile.tables.raw import Cell, RawTable
    from khung.ir.program import Program
    from khung.text import Span

NAMED = 10
"""How many rows one message names."""

_DIGITS = 38  # of Arrow's decimal128
_WIDE_DIGITS = 76  # of decimal256, for what hardly anybody writes
_LARGEST = 2**63


class Distinct(NamedTuple):
    """The cells of a column that differ, and for each row which one it has; null where empty."""

    cells: Sequence[Cell]
    index: pa.Array

    def rows_of(self, code: int) -> list[int]:
        """Return in which rows a cell stands, from 0."""
        import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # heavy

        found: list[int] = pc.indices_nonzero(pc.equal(self.index, code)).to_pylist()
        return found


def distinct(cells: Sequence[Cell]) -> Distinct:
    """Return the cells of a column that differ: `1` and TRUE do, though they are equal."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    kinds = set(map(type, cells))
    mixed = bool in kinds and bool(kinds & {int, float})
    keys: Sequence[Any] = [(type(cell), cell) for cell in cells] if mixed else cells
    found = dict.fromkeys(keys)
    values = [key[1] for key in found] if mixed else list(found)
    codes = {
        key: None if is_empty(cell) else at
        for at, (key, cell) in enumerate(zip(found, values, strict=True))
    }
    return Distinct(values, pa.array([*map(codes.__getitem__, keys)], pa.int32()))


def _is_unused(cells: Sequence[Cell]) -> bool:
    """Whether nobody filled a column, as quickly as it can be said."""
    return isinstance(cells, tuple) and not set(cells) - {"", None}


def frame_of(raw: RawTable, program: Program, bag: Bag) -> pa.Table:
    """Return the frame of a table."""
    return _Frame(raw, program, bag).frame()


class _Frame:
    """Makes the frame of a table, column by column."""

    def __init__(self, raw: RawTable, program: Program, bag: Bag) -> None:
        self.raw = raw
        self.program = program
        self.bag = bag
        self.columns: dict[str, Any] = {}
        self.marks: dict[str, list[str | None]] = {}

    def frame(self) -> pa.Table:
        import pyarrow as pa  # noqa: PLC0415  # as above

        for key, cells in self.raw.columns.items():
            column, only_marks = self._column(key)
            if not column.required and _is_unused(cells):
                continue
            if isinstance(cells, pa.ChunkedArray):
                self._of_arrow(key, cells, column, only_marks=only_marks)
            else:
                self._take(key, distinct(cells), column, only_marks=only_marks)
        for key, said in self.marks.items():
            if any(said):
                self.columns[key] = pa.array(said, pa.string())
        return pa.table(self.columns)

    def _column(self, key: str) -> tuple[Column, bool]:
        """Return the column of a key, and whether it can only hold marks."""
        own = self.raw.sheet.by_key
        found = own.get(key)
        if found is not None:
            return found, found.is_mark
        of_list = f"{key}{MARK}"
        return (own[of_list] if of_list in own else own[key.removesuffix(MARK)]), True

    def _take(self, key: str, cells: Distinct, column: Column, *, only_marks: bool) -> None:
        """Read the cells of a column."""
        values: list[Any] = []
        marks: dict[int, str] = {}
        for code, cell in enumerate(cells.cells):
            found = None if is_empty(cell) else read(cell, column, is_text=self.raw.is_text)
            if only_marks and found is not None and not isinstance(found, Mark):
                found = Problem("K0680", "mark")
            if isinstance(found, Mark):
                marks[code] = found.value
            elif isinstance(found, Problem):
                self._report(found, cell, cells.rows_of(code), key, column)
            values.append(None if isinstance(found, Mark | Problem) else found)
        if not only_marks:
            self.columns[key] = array(values, cells.index, column)
        if marks:
            self._mark(key, column, [marks.get(code) for code in cells.index.to_pylist()])

    def _mark(self, key: str, column: Column, said: list[str | None]) -> None:
        """Add the marks of a column: of ballots one column says it for all levels."""
        of = column.of
        name = of.name if column.level and isinstance(of, Fact) else key.removesuffix(MARK)
        own = self.marks.get(f"{name}{MARK}")
        if own is not None:
            pairs = zip(own, said, strict=True)
            said = [UNKNOWN if UNKNOWN in pair else pair[0] or pair[1] for pair in pairs]
        self.marks[f"{name}{MARK}"] = said

    # -- what comes as Arrow ----------------------------------------------------------------------

    def _of_arrow(
        self, key: str, cells: pa.ChunkedArray, column: Column, *, only_marks: bool
    ) -> None:
        """Take a column as it is if it is in its form; else read the cells that differ."""
        import pyarrow as pa  # noqa: PLC0415  # as above
        import pyarrow.types as of_type  # type: ignore[import-untyped]  # noqa: PLC0415  # heavy

        cells = _without_views(cells)
        ty = cells.type.value_type if of_type.is_dictionary(cells.type) else cells.type
        if not only_marks and is_typed(ty, column):
            self.columns[key] = _in_form(cells, column)
        elif not only_marks and _is_plain(cells, ty, column):
            self.columns[key] = cells.cast(pa.string())
        elif _may_be_read(ty, column):
            cells = cells.cast(_brought(ty))
            coded = cells.dictionary_encode().unify_dictionaries().combine_chunks()
            coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
            values, index = coded.dictionary.to_pylist(), coded.indices
            self._take(key, _without_empty(values, index), column, only_marks=only_marks)
        else:
            grid, number = self.raw.grid, self.raw.numbers[key]
            span = grid.span(1, number, str(ty))
            self.bag.add("K0691", span, name=key, type=str(ty), wanted=type_word(column.ty))

    # -- what is wrong ----------------------------------------------------------------------------

    def _report(
        self, problem: Problem, cell: Cell, rows: Sequence[int], key: str, column: Column
    ) -> None:
        """Report a cell, once for all rows in which it stands."""
        raw, text, said = self.raw, shown(cell), Bag()
        span = raw.grid.span(raw.rows[rows[0]], raw.numbers[key], text)
        report(problem, span, text, column, self.program, said)
        again = tuple(str(raw.rows[row]) for row in rows[1 : NAMED + 1])
        self.bag.add_all(replace(d, repeated=Repeated(len(rows), again)) for d in said.diagnostics)


def report(
    problem: Problem, span: Span, text: str, column: Column, program: Program, bag: Bag
) -> None:
    """Report what is wrong with a cell that holds a text."""
    match problem.code:
        case "K0614":
            _unknown_option(text, column, span, program, bag)
        case "K0642":
            bag.add("K0642", span, value=text)
        case "K0681":
            bag.add("K0681", span, help=problem.help, value=text)
        case _:
            one, other = problem.one, problem.other
            bag.add("K0680", span, help=problem.help, value=text, one=one, other=other)


def _unknown_option(text: str, column: Column, span: Span, program: Program, bag: Bag) -> None:
    ty = column.ty
    if isinstance(ty, t.Scale | t.Enumeration):
        unknown_value(text, program.values[ty.name], span, "", program, bag)
        return
    names = tuple(name for name, _ in column.options)
    near = nearest(text, names) or ""
    advice = "near" if near else ""
    bag.add("K0126", span, help=advice, value=text, allowed=listed(names, 12), near=near)


# -- Arrow ----------------------------------------------------------------------------------------


def array(values: Sequence[Any], index: pa.Array, column: Column) -> pa.Array:
    """Return a column of which row `i` has `values[index[i]]`, in the type of its column."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    if not isinstance(column.ty, t.Scale | t.Enumeration):
        return pa.array(list(values) or [None], arrow_type(values, column.ty)).take(index)
    names = list(dict.fromkeys(value for value in values if value is not None))
    place = {name: at for at, name in enumerate(names)}
    codes = pa.array([place.get(value) for value in values] or [None], pa.int32())
    return pa.DictionaryArray.from_arrays(codes.take(index), pa.array(names, pa.string()))


def arrow_type(values: Iterable[Any], ty: t.Type) -> pa.DataType:
    """Return the type of a column: of numbers, one that holds all of these."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    match ty:
        case t.Boolean():
            return pa.bool_()
        case t.Date():
            return pa.date32()
        case t.Number():
            return _of_numbers(values)
        case _:
            return pa.string()


def _of_numbers(values: Iterable[Any]) -> pa.DataType:
    import pyarrow as pa  # noqa: PLC0415  # as above

    numbers = [value for value in values if value is not None]
    if all(isinstance(n, int) and -_LARGEST <= n < _LARGEST for n in numbers):
        return pa.int64()
    exact = [Decimal(number).as_tuple() for number in numbers]
    places = max(0, *(-int(number.exponent) for number in exact), 0)  # all are finite
    whole = max(len(number.digits) + int(number.exponent) for number in exact)
    wide = whole + places > _DIGITS
    return pa.decimal256(_WIDE_DIGITS, places) if wide else pa.decimal128(_DIGITS, places)


def is_typed(ty: pa.DataType, column: Column) -> bool:
    """Whether a type, of a dictionary that of its values, is that of the typed form."""
    import pyarrow.types as of_type  # noqa: PLC0415  # as above

    match column.ty:
        case t.Boolean():
            return bool(of_type.is_boolean(ty))
        case t.Date():
            return bool(of_type.is_date32(ty))
        case t.Number():
            return bool(of_type.is_signed_integer(ty) or of_type.is_decimal128(ty))
        case _:
            return False  # texts are read once each: there are few levels, and ids are trimmed


PLAIN = "^[A-Za-z0-9]([A-Za-z0-9_./:-]*[A-Za-z0-9])?$"
"""Texts that are taken as they stand: no blanks to be cut off, no marks, nothing to be composed."""


def _is_plain(cells: pa.ChunkedArray, ty: pa.DataType, column: Column) -> bool:
    """Whether a column has ids and texts that need not be looked at one by one."""
    import pyarrow.compute as pc  # noqa: PLC0415  # as above
    import pyarrow.types as of_type  # noqa: PLC0415  # as above

    is_free = isinstance(column.ty, t.String | t.Object) and not column.options
    if not is_free or not (of_type.is_string(ty) or of_type.is_large_string(ty)):
        return False
    return pc.all(pc.match_substring_regex(cells.cast(ty), PLAIN)).as_py() is not False


def _in_form(cells: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.types as of_type  # noqa: PLC0415  # as above

    if isinstance(column.ty, t.Number) and not of_type.is_decimal(cells.type):
        return cells.cast(pa.int64())
    return cells


def _without_views(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return cells whose dictionary holds no views of texts, as Arrow looks none up there."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.types as of_type  # noqa: PLC0415  # as above

    if not (of_type.is_dictionary(cells.type) and of_type.is_string_view(cells.type.value_type)):
        return cells
    made = pa.DictionaryArray.from_arrays
    whole = [made(one.indices, one.dictionary.cast(pa.string())) for one in cells.chunks]
    return pa.chunked_array(whole, pa.dictionary(cells.type.index_type, pa.string()))


def _brought(ty: pa.DataType) -> pa.DataType:
    """Return the type in which values are looked at one by one: times no finer than Python's."""
    import pyarrow as pa  # noqa: PLC0415  # as above
    import pyarrow.types as of_type  # noqa: PLC0415  # as above

    if of_type.is_timestamp(ty):
        return pa.timestamp("us", ty.tz)
    if of_type.is_string_view(ty):
        return pa.string()
    return pa.date32() if of_type.is_date64(ty) else ty


def _may_be_read(ty: pa.DataType, column: Column) -> bool:
    """Whether values of a type may be values of a column, once they are read."""
    import pyarrow.types as of_type  # noqa: PLC0415  # as above

    is_text = of_type.is_string(ty) or of_type.is_large_string(ty) or of_type.is_string_view(ty)
    if is_text or of_type.is_null(ty):
        return True
    match column.ty:
        case t.Date():
            return bool(of_type.is_date(ty) or of_type.is_timestamp(ty))
        case t.Number():
            return bool(of_type.is_integer(ty) or of_type.is_floating(ty) or of_type.is_decimal(ty))
        case t.String() | t.Object():
            return bool(of_type.is_integer(ty)) and not column.options
        case _:
            return False


def _without_empty(values: list[Cell], index: pa.Array) -> Distinct:
    """Return distinct cells with null for those that are blank."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    empty = {code for code, cell in enumerate(values) if is_empty(cell)}
    if not empty:
        return Distinct(values, index)
    codes = pa.array([None if c in empty else c for c in range(len(values))], pa.int32())
    return Distinct(values, codes.take(index))
