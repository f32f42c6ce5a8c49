"""What the reference evaluator finds, as plain values that answers of other engines are beside."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from khung.casefile.checks import check_evaluated
from khung.casefile.from_source import case_of
from khung.casefile.plain import plain, plain_answer
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.source.from_text import parse_yaml
from khung.text import SourceFile
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.engines.cases import CasePlain

    from khung.diagnostics.model import Diagnostic
    from khung.engine.quotas import GroupResult
    from khung.engine.values import Value
    from khung.ir import types as t
    from khung.ir.program import Program, Values
    from khung.why.result import Result, Results

Answers = dict[str, Any]
"""`results` by type and id, and `groups` in no order."""


class WrongCaseError(Exception):
    """A case that khung refuses: `codes` says why, `places` where, as type, id and fact."""

    def __init__(self, said: Sequence[Diagnostic]) -> None:
        self.codes = {one.code for one in said if is_error(one)}
        super().__init__(", ".join(sorted(self.codes)))
        spans = [one.span for one in said if is_error(one) and one.span is not None]
        self.places = {_place(span.file.text, span.start) for span in spans}


class _Numbers(yaml.SafeDumper):
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
            len(lines[-1]) - len(lines[-1].lstrip(" ")) > depth or lines[-1][depth] == "-"
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
    node = parse_yaml(SourceFile("case.yaml", as_text(case, program.rulebook)), bag)
    read = None if node is None else case_of(node, bag)
    if read is None:
        raise WrongCaseError(bag.diagnostics)
    read = replace_bare(read, case.bare)
    built = build_case(read, program, bag)
    if built is None:
        raise WrongCaseError(bag.diagnostics)
    found = evaluate_case(program, built)
    check_evaluated(read, found.run, bag)
    if bag.has_errors:
        raise WrongCaseError(bag.diagnostics)
    return found


def replace_bare(read: Any, bare: bool) -> Any:
    """Return a case file as read, of which no defaults are taken if it is bare."""
    return replace(read, bare=True) if bare else read


def reference(program: Program, case: CasePlain) -> Answers:
    """Return what the reference finds of a case."""
    return answers_of(program, evaluated(program, case))


def answers_of(program: Program, found: Results) -> Answers:
    """Return results as plain values: names of levels, None for an end that is not there."""
    return {
        "results": {
            name: {one: row_of(result, program) for one, result in of.items()}
            for name, of in found.by_type.items()
        },
        "groups": sorted((_group(g, program) for g in found.groups), key=str),
    }


def row_of(result: Result, program: Program) -> dict[str, Any]:
    """Return the row of a subject."""
    ladder = result.entity.type.ladder
    assert ladder is not None
    names = program.values[ladder.scale.name].values
    level = lambda rank: None if rank is None else names[rank]  # noqa: E731  # short
    decision = result.decision
    return {
        "status": result.status.value,
        "scope": result.scope,
        "level": level(result.level),
        "at_best": level(result.at_best),
        "at_worst": level(result.at_worst),
        "bounds": {str(s): [level(v.least), level(v.most)] for s, v in result.stages.items()},
        "decision": decision and decision.kind.value,
        "reasons": sorted((one.rule.id, str(one.stage)) for one in result.reasons),
        "findings": sorted(
            (one.rule.id, (one.code and one.code.value) or "") for one in result.findings
        ),
        "outputs": {one.name: _shown(one.value, one.ty, program.values) for one in result.outputs},
        "tables": {str(i): plain_answer(a, program.values) for i, a in enumerate(result.tables)},
        "checks": {one.name: one.state.value for one in result.checks},
        "missing": sorted(result.missing),
        "provisional": sorted(result.provisional),
    }


def _shown(value: Value, ty: t.Type, values: Mapping[str, Values]) -> Any:
    """Return a value that is known, or its ends where it has any."""
    if not value.why:
        return plain(value, ty, values)
    if value.least is None or not isinstance(value.least, bool | int | Decimal):
        return "open"
    ends = [
        plain(v._replace(most=v.least, why=""), ty, values)
        for v in (value._replace(most=value.least), value._replace(least=value.most))
    ]
    return ["open", *ends]


def _group(group: GroupResult, program: Program) -> dict[str, Any]:
    key = [(name, _shown(value, node.ty, program.values)) for name, node, value in group.keys]
    return {
        "rule": group.rule.head.id,
        "key": key,
        "base": list(group.base),
        "places": list(group.places),
        "kept": sorted(one.id for one in group.kept),
        "cut": sorted(one.id for one in group.cut),
        "open": sorted(one.id for one in group.open),
        "whole": group.is_whole,
    }
