"""What a case expects against what was found.

Only what `expect` names is compared. A list is a subset of what was found, but an empty one means
that there is none.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.casefile.check_expect import subject_ids
from khung.casefile.values import plain, plain_answer
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from khung.casefile.model import CaseFile, Ends, Expected, ExpectedGroup, Members
    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.values import Value
    from khung.ir.program import Program
    from khung.rulebook.model import Ref
    from khung.text import Span
    from khung.why.result import Result, Results


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out other than expected.

    Attributes:
        subject: `TYPE.ID`, or the id of the rule of a group.
        what: What of the result: `level`, `stages.cap`, `outputs.award`.
        expected: A plain value; of a list, the items that were not found.
        actual: A plain value; None is none.
        span: Where the case says what it expects.
        absent: Whether the subject has no such output: it does not apply.
    """

    subject: str
    what: str
    expected: Any
    actual: Any
    span: Span = field(compare=False, repr=False)
    absent: bool = False


def compare(
    case_file: CaseFile, results: Results, groups: Iterable[GroupResult] = ()
) -> tuple[Difference, ...]:
    """Return where the results of a case differ from what it expects, in the order of the file.

    Args:
        case_file: The case, checked by `check_expect`.
        results: What was found of its subjects.
        groups: What quotas made of their groups.
    """
    if case_file.expect is None:
        return ()
    found: list[Difference] = []
    ids = subject_ids(case_file)
    for expected in case_file.expect.subjects:
        for name in ids.get(expected.type.name, {}).get(expected.id.name, ()):
            result = results.by_type.get(expected.type.name, {}).get(name)
            found += _subject(expected, name, result, results.program)
    by_rule: dict[str, list[GroupResult]] = {}
    for group in groups:
        by_rule.setdefault(group.rule.head.id, []).append(group)
    for wanted in case_file.expect.groups:
        found += _best_group(wanted, by_rule.get(wanted.rule.name, []), ids, results.program)
    return tuple(found)


# -- subjects -------------------------------------------------------------------------------


def _subject(
    expected: Expected, name: str, result: Result | None, program: Program
) -> Iterator[Difference]:
    subject, span = f"{expected.type.name}.{name}", expected.id.span
    if result is None:
        yield Difference(subject, "status", expected.status or "ranked", None, span)
        return
    for what, wanted, actual, place in _single(expected, result, program):
        if wanted != actual:
            yield Difference(subject, what, wanted, actual, place, _is_absent(what, result))
    for what, refs, actual in _lists(expected, result):
        lacking = _lacking(refs, actual)
        if lacking or (not refs and actual):
            yield Difference(subject, what, lacking, list(actual), span)


def _is_absent(what: str, result: Result) -> bool:
    group, _, name = what.partition(".")
    there = (*(o.name for o in result.outputs), *(a.table.name for a in result.tables))
    return group == "outputs" and name not in there


_Single = tuple[str, "Any", "Any", "Span"]


def _single(expected: Expected, result: Result, program: Program) -> Iterator[_Single]:
    """Yield what is one value: its name, as expected, as found, and where that is said."""
    span = expected.id.span
    if expected.status is not None:
        yield "status", expected.status, result.status.value, span
    if expected.scope is not None:
        yield "scope", expected.scope, result.scope, span
    yield from _levels(expected, result, _Names(program, result.entity))
    if expected.decision is not None:
        kind = result.decision.kind if result.decision else None
        yield "decision", expected.decision.name or None, kind, expected.decision.span
    outputs = {o.name: plain(o.value, o.ty, program.values) for o in result.outputs}
    outputs |= {a.table.name: plain_answer(a, program.values) for a in result.tables}
    for ref, value in expected.outputs:
        yield f"outputs.{ref.name}", _number(value), outputs.get(ref.name), ref.span
    checks = {found.name: found.state.value for found in result.checks}
    for ref, state in expected.checks:
        yield f"checks.{ref.name}", state, checks.get(ref.name), ref.span


def _levels(expected: Expected, result: Result, names: _Names) -> Iterator[_Single]:
    own = (
        ("level", expected.level, result.level),
        ("at_best", expected.at_best, result.at_best),
        ("at_worst", expected.at_worst, result.at_worst),
    )
    for what, ref, rank in own:
        if ref is not None:
            yield what, ref.name or None, names.of(rank), ref.span
    for stage, ref in expected.stages:
        yield f"stages.{stage}", ref.name or None, names.after(result.stages, stage), ref.span


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of the levels of a subject."""

    program: Program
    entity: Entity

    def of(self, rank: int | None) -> str | None:
        ladder = self.entity.type.ladder
        if rank is None or ladder is None:
            return None
        return self.program.values[ladder.scale.name].values[rank]

    def after(self, stages: Mapping[str, Value], stage: str) -> str | None:
        """Return the level after a stage; None if the stage was not run, or left it open."""
        level = stages.get(stage)
        return None if level is None or not level.known else self.of(level.least)


def _lists(
    expected: Expected, result: Result
) -> Iterator[tuple[str, tuple[Ref, ...], tuple[str, ...]]]:
    """Yield what is a list: its name, as expected, as found."""
    subject = f"{expected.type.name}."
    reasons = tuple(r.rule.id.removeprefix(subject) for r in result.reasons)
    named = [(f.code, f.rule.id.removeprefix(subject)) for f in result.findings]
    findings = tuple(name for names in named for name in names if name)
    own = f"{result.entity.path}."
    found = {
        "reasons": (expected.reasons, reasons),
        "findings": (expected.findings, findings),
        "missing": (expected.missing, tuple(p.removeprefix(own) for p in result.missing)),
        "assumed": (expected.assumed, tuple(p.removeprefix(own) for p in result.assumed)),
    }
    for what, (refs, actual) in found.items():
        if refs is not None:
            yield what, refs, actual


def _lacking(refs: Iterable[Ref], actual: tuple[str, ...]) -> list[str]:
    """Return what is expected and not there; a criterion may go without `criteria`."""
    return [r.name for r in refs if r.name not in actual and f"criteria.{r.name}" not in actual]


# -- groups ---------------------------------------------------------------------------------


def _best_group(
    expected: ExpectedGroup,
    groups: Iterable[GroupResult],
    ids: Mapping[str, Mapping[str, tuple[str, ...]]],
    program: Program,
) -> list[Difference]:
    """Return how the group that fits best differs; empty if one fits."""
    rule, span = expected.rule.name, expected.rule.span
    keyed = [g for g in groups if expected.key is None or _key(g, program) == _wanted(expected)]
    if not keyed:
        return [Difference(rule, "groups", dict(expected.key or ()), None, span)]
    tried = [
        [
            Difference(rule, what, wanted, actual, span)
            for what, wanted, actual in _of(expected, g, ids)
        ]
        for g in keyed
    ]
    return min(tried, key=len)


def _key(group: GroupResult, program: Program) -> list[Any]:
    pairs = zip(group.key, group.rule.per, strict=True)
    return [plain(value, node.ty, program.values) for value, node in pairs]


def _wanted(expected: ExpectedGroup) -> list[Any]:
    return [_number(value) for _, value in expected.key or ()]


def _of(
    expected: ExpectedGroup,
    group: GroupResult,
    ids: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Iterator[tuple[str, Any, Any]]:
    """Yield each thing of a group that differs: its name, as expected, as found."""
    ends: tuple[tuple[str, Ends | None, Ends], ...] = (
        ("base", expected.base, group.base),
        ("places", expected.places, group.places),
    )
    for what, wanted, actual in ends:
        if wanted is not None and wanted != tuple(actual):
            yield what, list(wanted), list(actual)
    subject = expected.rule.name.partition(".")[0]
    for what, members, entities in (
        ("kept", expected.kept, group.kept),
        ("cut", expected.cut, group.cut),
        ("open", expected.open, group.open),
    ):
        found = [entity.id for entity in entities]
        lacking = _lacking_members(members, found, ids.get(subject, {}))
        if lacking is not None:
            yield what, lacking, found if isinstance(lacking, list) else len(found)


def _lacking_members(
    members: Members | None, found: list[str], ids: Mapping[str, tuple[str, ...]]
) -> int | list[str] | None:
    """Return the count or the subjects that were expected and are not so; None if all is well."""
    if members is None:
        return None
    if isinstance(members, int):
        return None if members == len(found) else members
    wanted = [name for ref in members for name in ids.get(ref.name, (ref.name,))]
    lacking = [name for name in wanted if name not in found]
    return lacking if lacking or (not wanted and found) else None


def _number(value: Any) -> Any:
    """Return a value of a case with numbers as results have them: exact."""
    match value:
        case bool():
            return value
        case int():
            return Decimal(value)
        case list():
            return [_number(item) for item in value]
        case dict():
            return {key: _number(item) for key, item in value.items()}
        case _:
            return value
