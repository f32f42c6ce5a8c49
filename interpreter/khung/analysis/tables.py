"""What is wrong with a decision table whatever the case: gaps, overlaps, rows that never answer.

All that the inputs may be is tried. Inputs that read one kind go together, and where an `if` in an
input asks for another, only the branch that this leaves, so that no combination is tried that there
is not. A condition of a row that hangs on something else than the inputs
counts as met where a gap is looked for, and as not met where an overlap is.

Reports: K0453, K0454, K0457, K0720, K0721.
"""

from __future__ import annotations

from dataclasses import field
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from khung.analysis.partitions import fixed_parts, values_of
from khung.analysis.values import plain
from khung.engine.evaluate import Evaluator
from khung.engine.values import ERROR, known
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.rewrite import fold, substitute, walk
from khung.ir.scope import kind_field
from khung.records import dataclass
from khung.rulebook.model import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program, Row, Table

MOST = 50_000  # combinations of a table that are tried
_DEEPEST = 8  # how deep definitions are expanded to see what they read of a kind
_OPEN = n.Field | n.Defined | n.LevelOf | n.StateOf | n.CriteriaSet | n.Has | n.Variable


def check_tables(program: Program, bag: Bag) -> None:
    """Report what is wrong with the tables of a program.

    Reports: K0453 (no row for some inputs), K0454 (two rows of `unique` for some inputs), K0457 (a
    cell that cannot be worked out), K0720 (a row that never answers), K0721 (a table too large to
    try).
    """
    for declared in program.subjects:
        for table in declared.tables.values():
            if not _report_impossible(table, program, bag):
                _try(_Tests(program, table), bag)


def _report_impossible(table: Table, program: Program, bag: Bag) -> bool:
    """Report what cannot be worked out in the cells of a table; say whether there is any."""
    evaluator = Evaluator(program.values, program.objects)
    parts = [
        part
        for row in table.rows
        for name, cell in row.cells
        for part in fixed_parts(cell, table.inputs[name])
        if evaluator.evaluate(part, ()).why == ERROR
    ]
    for part in parts:
        bag.add("K0457", part.span, text=part.span.text)
    return bool(parts)


def _try(tests: _Tests, bag: Bag) -> None:
    columns, table = tests.columns(), tests.table
    count = prod(map(len, columns))
    if count > MOST:
        bag.add("K0721", table.span, name=table.name, count=count, limit=MOST)
        return
    if not count:
        return
    found = _Found()
    for combination in filter(tests.possible, product(*columns)):
        found.note(tests, combination)
    found.report(tests, bag)


@dataclass(frozen=True, slots=True)
class _Axis:
    """What varies by itself: a kind field or else an input, with all that it may be."""

    node: n.Node
    values: list[Any]

    def at(self, node: n.Node, value: Any) -> n.Node:
        """Return a node where the axis has a value."""
        literal = n.Literal(value, self.node.ty, self.node.span)
        return fold(node, lambda inner: literal if inner == self.node else inner)

    def settles(self, node: n.Node) -> bool:
        """Whether a condition is known once this axis is."""
        return not _is_open(self.at(node, self.values[0]))


_Point = tuple[Any, int]
"""A value of an axis, and by bit the rows that let it pass."""


@dataclass(slots=True)
class _Tests:
    """The tests of one table, by what they hang on.

    Attributes:
        inputs: Each input with the definitions in it put in their place.
        axes: The kinds that are read, then the other inputs, each once.
        open: By bit the rows that ask for something that no axis settles.
        closed: By bit the rows that ask for what never holds.
        settled: By place and value of an axis, what other axes come to be: their place and value.
    """

    program: Program
    table: Table
    inputs: dict[str, n.Node] = field(default_factory=dict)
    axes: list[_Axis] = field(default_factory=list)
    open: int = 0
    closed: int = 0
    settled: dict[tuple[int, Any], list[tuple[int, Any]]] = field(default_factory=dict)
    evaluator: Evaluator = field(init=False)

    def __post_init__(self) -> None:
        self.evaluator = Evaluator(self.program.values, self.program.objects)
        self.inputs = {n: self._expanded(node) for n, node in self.table.inputs.items()}
        asked = [self._conjuncts(row.when) for row in self.table.rows]
        there = self._conjuncts(self.table.applies)
        self._find_axes([*there, *(part for parts in asked for part in parts)])
        for place, parts in enumerate(asked):
            for part in parts:
                self.closed |= (_is(part, False)) << place
                is_open = _is_open(part) and not any(axis.settles(part) for axis in self.axes)
                self.open |= is_open << place
        for place, axis in enumerate(self.axes):
            if isinstance(axis.node.ty, t.Boolean | t.Enumeration | t.Scale):
                for value in axis.values:
                    self.settled[place, value] = list(self._settled_by(axis, value))

    def _settled_by(self, axis: _Axis, value: Any) -> Iterator[tuple[int, Any]]:
        for place, other in enumerate(self.axes):
            branch = self._branch(axis.at(other.node, value))
            if isinstance(other.node, n.If) and not _is_open(branch):
                found = self._value(branch)
                yield from () if found is None else ((place, found),)

    def possible(self, combination: tuple[_Point, ...]) -> bool:
        """Say whether inputs have these values together."""
        return all(
            combination[other][0] == found
            for place, (value, _) in enumerate(combination)
            for other, found in self.settled.get((place, value), ())
        )

    def _find_axes(self, conditions: Sequence[n.Node]) -> None:
        nodes: dict[n.Node, None] = {}
        for node in (*self.inputs.values(), *conditions):
            kind = kind_field(node)
            if kind is not None:
                nodes[kind] = None
        nodes |= {node: None for node in self.inputs.values() if kind_field(node) is None}
        self.axes = [_Axis(n, self._values_of(n)) for n in nodes]

    def _values_of(self, node: n.Node) -> list[Any]:
        """Return values that cells do not tell apart, and the constants that a choice leads to."""
        values = values_of(node, self._cells_of(node), self.program)
        return list(dict.fromkeys((*values, *self._constants(node))))

    def _constants(self, node: n.Node) -> Iterator[Any]:
        if isinstance(node, n.If):
            for branch in (node.yes, node.no):
                found = None if _is_open(branch) else self._value(branch)
                yield from () if found is None else (found,)
                yield from self._constants(branch)

    def _cells_of(self, node: n.Node) -> list[n.Node]:
        """Return the tests of one axis: of a kind those of all inputs that read it."""
        return [
            self._expanded(cell)
            for row in self.table.rows
            for name, cell in row.cells
            if node in (self.inputs[name], kind_field(self.inputs[name]))
        ]

    def _conjuncts(self, node: n.Node | None) -> tuple[n.Node, ...]:
        return () if node is None else tuple(_conjuncts(self._expanded(node)))

    def _expanded(self, node: n.Node, depth: int = 0) -> n.Node:
        def expand(inner: n.Node) -> n.Node:
            owner = self.program.objects.get(getattr(inner, "owner", ""))
            if not isinstance(inner, n.Defined) or owner is None or depth == _DEEPEST:
                return inner
            value = substitute(owner.definitions[inner.name].value, inner.object)
            return self._expanded(value, depth + 1)

        return fold(node, expand)

    # -- columns --------------------------------------------------------------------------------

    def columns(self) -> list[list[_Point]]:
        """Return for each axis the values with which the table is there, and who lets them pass."""
        there = self._conjuncts(self.table.applies)
        return [self._column(axis, [c for c in there if axis.settles(c)]) for axis in self.axes]

    def _column(self, axis: _Axis, there: Sequence[n.Node]) -> list[_Point]:
        tests = [self._tests_of(row, axis) for row in self.table.rows]
        return [
            (value, sum(self._hold(own, axis, value) << i for i, own in enumerate(tests)))
            for value in axis.values
            if self._hold(there, axis, value)
        ]

    def _tests_of(self, row: Row, axis: _Axis) -> list[n.Node]:
        cells = [
            self._expanded(cell)
            for name, cell in row.cells
            if axis.node in (self.inputs[name], kind_field(self.inputs[name]))
        ]
        return [*cells, *(c for c in self._conjuncts(row.when) if axis.settles(c))]

    def _hold(self, tests: Sequence[n.Node], axis: _Axis, value: Any) -> bool:
        return all(self._holds(axis.at(test, value)) for test in tests)

    def _holds(self, test: n.Node) -> bool:
        if isinstance(test, n.Literal):  # as folding mostly leaves
            return test.value is True
        return bool(self.evaluator.truth(test, ()).least)

    # -- examples -------------------------------------------------------------------------------

    def said(self, combination: tuple[_Point, ...]) -> str:
        """Return a combination as `name = value` of each input."""
        parts = (f"{n} = {self._said(node, combination)}" for n, node in self.inputs.items())
        return ", ".join(parts)

    def _said(self, node: n.Node, combination: tuple[_Point, ...]) -> str:
        wanted = kind_field(node) or node
        place = next(i for i, axis in enumerate(self.axes) if axis.node == wanted)
        value = self._value(self.axes[place].at(node, combination[place][0]))
        found = plain(known(value), node.ty, self.program)
        return str(found).lower() if isinstance(found, bool) else str(found)

    def _value(self, node: n.Node) -> Any:
        return self.evaluator.evaluate(node, ()).least

    def _branch(self, node: n.Node) -> n.Node:
        """Return the branch of a choice that is left where its conditions are known."""
        while isinstance(node, n.If) and not _is_open(node.condition):
            node = node.yes if self._value(node.condition) else node.no
        return node


@dataclass(slots=True)
class _Found:
    """What the combinations show, rows being bits.

    Attributes:
        answering: The rows that answer for some combination.
        taken: For each row that would, the rows above it that answer in its place.
        gap: A combination without an answer.
        overlaps: Pairs of rows that both answer, with a combination.
    """

    answering: int = 0
    taken: dict[int, int] = field(default_factory=dict)
    gap: tuple[_Point, ...] | None = None
    overlaps: dict[tuple[int, int], tuple[_Point, ...]] = field(default_factory=dict)

    def note(self, tests: _Tests, combination: tuple[_Point, ...]) -> None:
        passed = ~tests.closed & ((1 << len(tests.table.rows)) - 1)
        for _, rows in combination:
            passed &= rows
        sure = passed & ~tests.open
        first = sure & -sure
        if tests.table.hit is Hit.FIRST and sure:
            self._take(passed & -(first << 1), first)
            passed &= (first << 1) - 1
        self.answering |= passed
        if not passed and self.gap is None:
            self.gap = combination
        second = (sure ^ first) & -(sure ^ first)
        if second:
            self.overlaps.setdefault((first, second), combination)

    def _take(self, rows: int, first: int) -> None:
        for place in range(rows.bit_length()):
            if rows >> place & 1:
                self.taken[place] = self.taken.get(place, 0) | first

    def report(self, tests: _Tests, bag: Bag) -> None:
        table = tests.table
        if self.gap is not None and table.hit is not Hit.COLLECT:
            example = tests.said(self.gap)
            bag.add("K0453", table.span, name=table.name, example=example)
        if table.hit is Hit.UNIQUE:
            for (first, second), combination in self.overlaps.items():
                self._overlap(tests, first, second, tests.said(combination), bag)
        for place in range(len(table.rows)):
            if not self.answering >> place & 1:
                self._dead(tests, place, bag)

    def _dead(self, tests: _Tests, place: int, bag: Bag) -> None:
        """Report a row that never answers, with the reason."""
        rows, taken = tests.table.rows, self.taken.get(place, 0)
        above = [row for i, row in enumerate(rows) if taken >> i & 1]
        never = "condition" if tests.closed >> place & 1 else ""
        bag.add(
            "K0720",
            rows[place].rule.span,
            help="above" if above else never,
            related=tuple(row.rule.span for row in above if row.rule.span),
            name=rows[place].rule.name,
            table=tests.table.name,
            above=tuple(row.rule.name for row in above),
        )

    def _overlap(  # two rows, an example, and where it goes
        self, tests: _Tests, first: int, second: int, example: str, bag: Bag
    ) -> None:
        one, other = (tests.table.rows[bit.bit_length() - 1] for bit in (first, second))
        related = (one.rule.span,) if one.rule.span else ()
        said = {"name": other.rule.name, "other": one.rule.name, "example": example}
        bag.add("K0454", other.rule.span, related=related, **said)


def _conjuncts(node: n.Node) -> Iterator[n.Node]:
    for part in node.operands if isinstance(node, n.AllOf) else (node,):
        if not _is(part, True):
            yield part


def _is(node: n.Node, wanted: bool) -> bool:  # noqa: FBT001  # the value asked for
    return isinstance(node, n.Literal) and node.value is wanted


def _is_open(node: n.Node) -> bool:
    """Whether a condition reads anything of a case."""
    return any(
        isinstance(part, _OPEN) or (isinstance(part, n.Call) and part.function == "on")
        for part in walk(node)
    )
