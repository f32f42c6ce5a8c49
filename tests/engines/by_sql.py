"""The compiled rules as a second engine: many cases stacked in one database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.engines.compare import LeftError
from tests.engines.reference import plain_end, plain_row

from khung.ir import types as t
from khung.population import awaited, results, sources
from khung.population import groups as quota_groups
from khung.population import run as population
from khung.population.asked import ALL
from khung.report.words.nodes import as_written, chosen
from khung.sql.ends import UnsupportedError
from khung.sql.text import SPLIT, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.engines.reference import Answers

    from khung.casefile.tables.frames import Frames
    from khung.ir.program import ObjectType, Program
    from khung.population.run import Solved
    from khung.population.source import Source
    from khung.sql.build import Table

NOT_SAID = re.compile(r"(missing|assumed|readings|provisional|outputs\..*\.awaits)$")
"""Columns of results that are null or not told in full: what takes the walk of an explanation, for
which `eval` asks the reference."""


def by_sql(
    program: Program,
    cases: Sequence[tuple[str, Frames]],
    *,
    slow: bool = False,
    folded: bool = True,
    source_of: Callable[[Program, Mapping[int, Frames]], Source] = sources.source_of,
) -> dict[str, Answers]:
    """Return what the compiled rules find of cases; those of one day are solved together.

    Args:
        program: The rulebook, lowered.
        cases: The cases by their ids.
        slow: Whether every quota goes the general way.
        folded: Whether it is compiled for what the data leave open.
        source_of: What puts the cases into a database, DuckDB if nothing is said.
    """
    found: dict[str, Answers] = {}
    together: dict[Any, list[tuple[str, Frames]]] = {}
    for name, frames in cases:
        together.setdefault((frames.head.on, frames.head.bare), []).append((name, frames))
    for some in together.values():
        try:
            source = source_of(program, dict(enumerate(frames for _, frames in some)))
            solved = awaited.solve(source, slow=slow, folded=folded)
        except UnsupportedError as error:
            of_data = str(error) not in _left_whatever(program)
            text = re.sub(r"\w*\d\w*", "…", str(error))[:60]
            raise LeftError(text, of_data=of_data) from error
        found |= _answers(solved, [name for name, _ in some])
        source.base.close()
    return found


_LEFT: dict[int, tuple[Program, frozenset[str]]] = {}
"""Of the last rulebook that was asked, why something is left whatever the data are."""


def _left_whatever(program: Program) -> frozenset[str]:
    """Return why something is left whatever the data are; cases of a rulebook ask one by one."""
    if id(program) not in _LEFT:
        _LEFT.clear()
        _LEFT[id(program)] = program, frozenset(population.left_by(program).values())
    return _LEFT[id(program)][1]


def _answers(solved: Solved, ids: Sequence[str]) -> dict[str, Answers]:
    without = solved.compiled.without
    found: dict[str, Answers] = {
        name: {"results": {}, "groups": [], "left": without} for name in ids
    }
    for subject, table in results.result_tables(solved).items():
        query = f"SELECT cs FROM {quoted('n.' + subject)} ORDER BY rid"  # our own name
        cases = [row[0] for row in solved.source.all(query)]
        for case, row in zip(cases, table.to_pylist(), strict=True):
            of = found[ids[case]]["results"].setdefault(subject, {})
            of[row["id"]] = {k: v for k, v in plain_row(row).items() if not NOT_SAID.match(k)}
    _leave(found, solved)
    for table in solved.compiled.tables():
        for case, one, values in _values(solved, table):
            found[ids[case]]["results"][table.base][one]["values"] = values
    for case, group in _groups(solved):
        found[ids[case]]["groups"].append(plain_row(group))
    return found


def _leave(found: dict[str, Answers], solved: Solved) -> None:
    """Take out what is left to the reference: no cell is a difference that nobody has filled."""
    for subject, name in solved.compiled.left:
        field = re.sub(r"^=tables\.|^=|^r:list:", "outputs.", name).replace("r:check:", "checks.")
        for answers in found.values():
            for row in answers["results"].get(subject, {}).values():
                beside = ("findings", "unchecked") if "checks." in field else ()
                for one in (field, f"{field}.awaits at all", *beside):
                    row.pop(one, None)


def _groups(solved: Solved) -> Iterator[tuple[int, dict[str, Any]]]:
    without = solved.compiled.without
    for need in [x for x in solved.compiled.script.quotas if x.subject not in without]:
        told = quoted(f"{need.name}.told")
        cases = solved.source.all(f"SELECT cs FROM {told} ORDER BY gid")  # our own name
        groups = quota_groups._groups(solved, need, lambda node: as_written(chosen(node)))
        for (case,), group in zip(cases, groups, strict=True):
            yield case, group


def _values(solved: Solved, table: Table) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the ends of what is told beside the level, by case and id."""
    made, declared = solved.compiled, table.declared
    assert declared is not None
    names = [
        name
        for name in ALL.beside(declared)
        if name.startswith("=") and (table.base, name) not in made.left
    ]
    read = population.reading(solved.source, made, table, names)
    texts = ["n.cs", "n.id"]
    for name in names:
        ends, state = read.columns[name]
        texts += [_as_text(ends.low), _as_text(ends.high), state.may]
    for row in solved.source.all(f"SELECT {', '.join(texts)} FROM {read.source}"):  # as above
        told = zip(names, row[2::3], row[3::3], row[4::3], strict=True)
        yield row[0], row[1], dict(_ends(declared, list(told)))


def _as_text(end: str) -> str:
    """Return an end as it is selected: a ratio as a text."""
    if SPLIT not in end:
        return end
    over, under = end.split(SPLIT)
    return f"CAST({over} AS VARCHAR) || '/' || CAST({under} AS VARCHAR)"


def _ends(declared: ObjectType, told: list[tuple[Any, ...]]) -> Iterator[tuple[str, Any]]:
    for name, low, high, there in told:
        definition = declared.definitions.get(name.removeprefix("="))
        if definition is None or isinstance(definition.ty, t.Object | t.List):
            continue
        yield definition.name, [plain_end(low), plain_end(high)] if there else None
