"""Random small tables against every way the unknown could turn out, found by plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import given, note
from hypothesis import strategies as st
from tests.differential.any_program import ON
from tests.support.rulebook import MANIFEST
from tests.support.strategies import law

from khung.diagnostics.bag import Bag
from khung.engine.facts import Case, Entity
from khung.engine.stages import Run
from khung.engine.tables import Answer, answers
from khung.engine.values import known
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hypothesis.strategies import DrawFn

    from khung.engine.values import Value
    from khung.ir.program import Program

DOMAINS: dict[str, tuple[Any, ...]] = {
    "b": (False, True),
    "n": (0, 1, 2, 3),
    "g": (0, 1, 2),
    "e": ("p", "q", "r"),
}
"""The facts: a truth, a number, a rank of low, mid and high, a value of an enumeration."""

CELLS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "b": {"true": lambda v: v is True, "false": lambda v: v is False},
    "n": {
        "< 2": lambda v: v < 2,
        ">= 2": lambda v: v >= 2,
        "[1..2]": lambda v: 1 <= v <= 2,
        "(0..3]": lambda v: v > 0,
        "0, > 2": lambda v: v in (0, 3),
        "not(1)": lambda v: v != 1,
    },
    "g": {
        "low": lambda v: v == 0,
        "> low": lambda v: v > 0,
        "not(mid)": lambda v: v != 1,
        "low, mid": lambda v: v < 2,
    },
    "e": {
        "p": lambda v: v == "p",
        "p, q": lambda v: v in ("p", "q"),
        "not(p)": lambda v: v != "p",
        "not(p, q)": lambda v: v == "r",
    },
}

Facts = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """Cells by fact, and what the row answers: a number, and a rank."""

    cells: tuple[tuple[str, str], ...]
    number: str
    rank: int

    def holds(self, facts: Facts) -> bool:
        return all(CELLS[name][cell](facts[name]) for name, cell in self.cells)

    def answer(self, facts: Facts) -> tuple[Any, Any]:
        number = facts["n"] + 1 if self.number == "n + 1" else int(self.number)
        return Decimal(number), self.rank


@dataclass(frozen=True)
class Table:
    """A hit policy and rows."""

    hit: str
    rows: tuple[Row, ...]

    def answers(self, facts: Facts) -> list[tuple[Any, Any]]:
        """Return what the rows answer that count; none or two of `unique` is a fault."""
        held = [row.answer(facts) for row in self.rows if row.holds(facts)]
        return held[:1] if self.hit == "first" else held

    @property
    def text(self) -> str:
        rows = "".join(
            f"      r{i}: {{if: {{{', '.join(f'{n}: {c!r}' for n, c in row.cells)}}}, "
            f"then: {{x: {row.number}, y: {('low', 'mid', 'high')[row.rank]}}}}}\n"
            for i, row in enumerate(self.rows)
        )
        return f"    hit: {self.hit}\n    rows:\n{rows}"


NAMES = """
scales: {grade: {values: {low: S, mid: M, high: L}}}
enumerations: {letter: {values: {p: P, q: Q, r: R}}}
"""
SUBJECT = """
subject: thing
facts:
  b: {type: boolean}
  n: {type: number, range: "0..3"}
  g: {type: grade}
  e: {type: letter}
tables:
  t:
    source: X
    inputs: {b: b, n: n, g: g, e: e}
    outputs: {x: number, y: grade}
"""
LADDER = "ladder: {scale: grade, levels: {low: {otherwise: true, source: X}}}\n"


@st.composite
def rows(draw: DrawFn) -> Row:
    names = draw(st.lists(st.sampled_from(sorted(DOMAINS)), max_size=3, unique=True))
    cells = tuple((name, draw(st.sampled_from(sorted(CELLS[name])))) for name in names)
    number = draw(st.sampled_from(["1", "2", "n + 1"]))
    return Row(cells, number, draw(st.integers(0, 2)))


tables = st.builds(
    Table,
    st.sampled_from(["unique", "first", "collect"]),
    st.lists(rows(), min_size=1, max_size=4).map(tuple),
)
facts_known = st.fixed_dictionaries({n: st.sampled_from(d) for n, d in DOMAINS.items()})
unknown_names = st.sets(st.sampled_from(sorted(DOMAINS)))


def lowered(table: Table, folder: Path) -> Program:
    (folder / "rulebook.yaml").write_text(MANIFEST + NAMES, encoding="utf-8")
    text = SUBJECT + table.text + LADDER
    (folder / "thing.yaml").write_text(text, encoding="utf-8")
    bag = Bag()
    rulebook = load_rulebook(folder, bag)
    assert rulebook is not None
    program = lower_rulebook(rulebook, {}, bag)
    assert program is not None, [(d.code, d.args) for d in bag.diagnostics]
    return program


def run_time(value: Any) -> Any:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return Decimal(value) if is_count else value


def stated(facts: Facts) -> dict[str, Value]:
    plain = {n: v if n == "g" else run_time(v) for n, v in facts.items()}
    return {name: known(value) for name, value in plain.items()}


def found(program: Program, facts: Facts) -> Answer:
    declared = program.objects["thing"]
    entity = Entity(declared, "one", dict(stated(facts)))
    case = Case(program, ON, {"thing": {"one": entity}}, ())
    (answer,) = answers(Run(program, case).evaluator, entity)
    return answer


def completions(facts: Facts, gaps: set[str]) -> Iterator[Facts]:
    names = sorted(gaps)
    for way in product(*(DOMAINS[name] for name in names)):
        yield {**facts, **dict(zip(names, way, strict=True))}


def listed(answer: Answer, output: str) -> list[tuple[Any, bool]]:
    """Return the elements of an output of `collect`: known ones or None, and whether sure."""
    items = answer.values[output].least.items
    return [(None if i.value.why else i.value.least, i.sure) for i in items]


@law
@given(tables, facts_known)
def test_known_inputs_give_exactly_what_the_rows_say(
    tmp_path_factory: Any, table: Table, facts: Facts
) -> None:
    note(table.text)
    program = lowered(table, tmp_path_factory.mktemp("t"))
    wanted, answer = table.answers(facts), found(program, facts)
    for place, output in enumerate(("x", "y")):
        if table.hit == "collect":
            assert listed(answer, output) == [(one[place], True) for one in wanted]
        elif len(wanted) == 1:
            assert answer.values[output] == known(wanted[0][place])
        else:
            assert answer.values[output].why == "error"


@law
@given(tables, facts_known, unknown_names)
def test_what_is_unknown_encloses_every_completion(
    tmp_path_factory: Any, table: Table, facts: Facts, gaps: set[str]
) -> None:
    note(table.text)
    program = lowered(table, tmp_path_factory.mktemp("t"))
    answer = found(program, {n: v for n, v in facts.items() if n not in gaps})
    ways = [table.answers(way) for way in completions(facts, gaps)]
    for place, output in enumerate(("x", "y")):
        value = answer.values[output]
        for wanted in ways:
            if table.hit == "collect":
                assert is_one_of(listed(answer, output), [one[place] for one in wanted])
            elif len(wanted) == 1:
                assert value.least <= wanted[0][place] <= value.most


def is_one_of(elements: list[tuple[Any, bool]], wanted: list[Any]) -> bool:
    """Whether a list may come out as `wanted`: sure elements stay, possible ones may go."""
    if not elements:
        return not wanted
    (value, sure), rest = elements[0], elements[1:]
    taken = bool(wanted) and value in (None, wanted[0]) and is_one_of(rest, wanted[1:])
    return taken or (not sure and is_one_of(rest, wanted))


@law
@given(tables, facts_known, unknown_names)
def test_an_answer_is_decided_where_all_rows_that_may_hold_agree(
    tmp_path_factory: Any, table: Table, facts: Facts, gaps: set[str]
) -> None:
    note(table.text)
    program = lowered(table, tmp_path_factory.mktemp("t"))
    answer = found(program, {n: v for n, v in facts.items() if n not in gaps})
    ways = list(completions(facts, gaps))
    possible = {row for row in table.rows if any(row.holds(way) for way in ways)}
    surely_two = sum(all(row.holds(way) for way in ways) for row in table.rows) > 1
    ranks = {row.rank for row in possible}
    if table.hit == "unique" and len(ranks) == 1 and not surely_two:
        assert answer.values["y"] == known(ranks.pop())
    if table.hit == "collect":
        held = [row for row in table.rows if row in possible]
        sure = [all(row.holds(way) for way in ways) for row in held]
        assert listed(answer, "y") == list(zip([r.rank for r in held], sure, strict=True))
