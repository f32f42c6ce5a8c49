"""What the reference evaluator finds, as plain values that answers of other engines are beside."""

from __future__ import annotations

from dataclasses import replace
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

import yaml

from khung.casefile.checks import check_evaluated
from khung.casefile.from_source import case_of
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.engine.values import Share
from khung.ir import types as t
from khung.report.tables.from_results import result_tables
from khung.source.from_text import parse_yaml
from khung.text import SourceFile
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa
    from tests.engines.cases import CasePlain

    from khung.casefile.model import CaseFile
    from khung.diagnostics.model import Diagnostic
    from khung.engine.facts import Case
    from khung.ir.program import Program
    from khung.why.result import Result, Results

_EXACT = Context(prec=80)

Answers = dict[str, Any]
"""`results` by type and id, and `groups` in no order."""


class WrongCaseError(Exception):
    """A case that khung refuses: `codes` says why, `places` where, as type, id and fact."""

    def __init__(self, said: Sequence[Diagnostic]) -> None:
        self.codes = {one.code for one in said if is_error(one)}
        super().__init__(", ".join(sorted(self.codes)))
        spans = [one.span for one in said if is_error(one) and one.span is not None]
        self.places = {_place(span.file.text, span.start) for span in spans}


_FAST: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Numbers(_FAST):  # type: ignore[misc,valid-type]  # which of two it is is known here
    """Writes decimals as numbers, and nothing as `null`; what stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _number(dumper: yaml.SafeDumper, number: Decimal) -> yaml.Node:
    kind = "int" if number == int(number) else "float"
    text = str(int(number)) if kind == "int" else f"{number:f}"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_Numbers.add_representer(Decimal, _number)


def _place(text: str, offset: int) -> tuple[str, ...]:
    """Return type, id and fact of a place in a case as `as_text` writes it; fewer at its head."""
    lines = text[: text.find("\n", offset)].splitlines()
    found: list[str] = []
    for depth in (6, 4, 2):
        while lines and (
            len(lines[-1]) - len(lines[-1].lstrip(" ")) > depth
            or lines[-1][depth : depth + 1] == "-"
        ):
            lines.pop()
        if lines and lines[-1].startswith(" " * depth):
            found.insert(0, lines.pop().strip().partition(":")[0])
    return tuple(found)


def as_text(case: CasePlain, rulebook: str) -> str:
    """Return a case as a case file."""
    document: dict[str, Any] = {"case": "Made up", "rulebook": rulebook, "on": case.on}
    if case.complete is not None:
        document["complete"] = case.complete
    document["subjects"] = case.subjects
    return yaml.dump(document, Dumper=_Numbers, sort_keys=False, allow_unicode=True, width=10_000)


def evaluated(program: Program, case: CasePlain) -> Results:
    """Return the results of a case.

    Raises:
        WrongCaseError: Where an error is reported.
    """
    bag = Bag()
    read, made = _read_and_built(program, case, bag)
    found = evaluate_case(program, made)
    check_evaluated(read, found.run, bag)
    if bag.has_errors:
        raise WrongCaseError(bag.diagnostics)
    return found


def built(program: Program, case: CasePlain) -> Case:
    """Return the facts of a case.

    Raises:
        WrongCaseError: Where an error is reported.
    """
    return _read_and_built(program, case, Bag())[1]


def _read_and_built(program: Program, case: CasePlain, bag: Bag) -> tuple[CaseFile, Case]:
    node = parse_yaml(SourceFile("case.yaml", as_text(case, program.rulebook)), bag)
    read = None if node is None else case_of(node, bag)
    if read is None:
        raise WrongCaseError(bag.diagnostics)
    read = replace_bare(read, case.bare)
    made = build_case(read, program, bag)
    if made is None:
        raise WrongCaseError(bag.diagnostics)
    return read, made


def replace_bare(read: Any, bare: bool) -> Any:
    """Return a case file as read, of which no defaults are taken if it is bare."""
    return replace(read, bare=True) if bare else read


def reference(program: Program, case: CasePlain) -> Answers:
    """Return what the reference finds of a case."""
    return answers_of(program, evaluated(program, case))


def answers_of(program: Program, found: Results) -> Answers:
    """Return results as the rows of the tables that khung gives, and what is read beside them."""
    tables = result_tables(found)
    answers = answers_of_tables(tables.subjects, tables.groups)
    for name, of in found.by_type.items():
        for one, result in of.items():
            answers["results"][name][one]["values"] = dict(_read(result))
    return answers


def answers_of_tables(subjects: Mapping[str, pa.Table], groups: pa.Table) -> Answers:
    """Return tables of results as plain rows."""
    return {
        "results": {
            name: {row["id"]: plain_row(row) for row in table.to_pylist()}
            for name, table in subjects.items()
        },
        "groups": [plain_row(row) for row in groups.to_pylist()],
    }


def plain_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in which equal cells are alike: numbers, and lists in no order.

    Of what is awaited, that there is anything stands by itself: not every engine says what it is.
    """
    told = {name: _plain(cell) for name, cell in row.items()}
    awaited = (x for x in row if x == "provisional" or x.endswith(".awaits"))
    return told | {f"{name} at all": bool(row[name]) for name in awaited}


def _plain(cell: Any) -> Any:
    if isinstance(cell, list):
        return sorted(map(str, cell))
    if isinstance(cell, Decimal | int) and not isinstance(cell, bool):
        return Decimal(cell).normalize(_EXACT)
    return cell


def _read(result: Result) -> Iterator[tuple[str, Any]]:
    """Yield the ends of what is told beside the level; nothing of what does not apply."""
    read = result.explanation.run.evaluator.definition
    for definition in result.entity.type.definitions.values():
        beside = definition.output or definition.name.startswith("tables.")
        if not beside or isinstance(definition.ty, t.Object | t.List):
            continue
        found = read(result.entity, definition.name)
        ends = None if found is None else [plain_end(end) for end in found[0][:2]]
        yield definition.name, ends


def plain_end(end: Any) -> Any:
    """Return an end as plain: a number without trailing zeros, nothing where it has none."""
    match end:
        case bool() | None | str():
            return end
        case Share() as share:
            return f"{share.part}/{share.whole}"
        case int() | Decimal():
            number = Decimal(end)
            return number.normalize(_EXACT) if number.is_finite() else None
        case _:
            return end
