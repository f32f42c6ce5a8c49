"""What a case expects against what was found.

Only what `expect` names is compared. A list is a subset of what was found, but an empty one means
that there is none.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.casefile.check_expect import subject_ids
from khung.casefile.plain import plain, plain_answer
from khung.records import dataclass
from khung.source.meant import share_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from khung.casefile.model import CaseFile, Ends, Expected, ExpectedGroup, Members
    from khung.engine.quotas import GroupResult
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


def compare_diagnostics(case_file: CaseFile, codes: tuple[str, ...]) -> tuple[Difference, ...]:
    """Return whether what is said of a case differs from what it expects to be said.

    Args:
        case_file: The case.
        codes: The codes of all that is said of it.
    """
    wanted = None if case_file.expect is None else case_file.expect.diagnostics
    if wanted is None:
        return ()
    lacking = [ref.name for ref in wanted if ref.name not in codes]
    if not lacking and (wanted or not codes):
        return ()
    span = wanted[0].span if wanted else case_file.on_span
    return (Difference("", "diagnostics", lacking, list(codes), span),)


# -- subjects -------------------------------------------------------------------------------


def _subject(
    expected: Expected, name: str, result: Result | None, program: Program
) -> Iterator[Difference]:
    subject, span = f"{expected.type.name}.{name}", expected.id.span
    if result is None:
        status = next((w.value for w in expected.single if w.what == "status"), "ranked")
        yield Difference(subject, "status", status, None, span)
        return
    actual = _values(result, program)
    for what, wanted, place in expected.single:
        value, found = _number(wanted), actual.get(what)
        if value != found and not _is_percentage_of(value, found):
            yield Difference(subject, what, value, found, place, _is_absent(what, result))
    named = _lists(result, f"{expected.type.name}.")
    for what, refs in expected.lists.items():
        lacking = _lacking(refs, named[what], f"{result.entity.path}.")
        if lacking or (not refs and named[what]):
            yield Difference(subject, what, lacking, list(named[what]), span)


def _is_percentage_of(wanted: Any, found: Any) -> bool:
    """Say whether a percentage, such as `70%`, is the number or the share that was found."""
    share = share_in(wanted) if isinstance(wanted, str) else None
    if share is None or isinstance(found, Decimal):
        return share is not None and share == found
    part, slash, whole = str(found).partition("/")
    is_share = slash and part.isdecimal() and whole.isdecimal() and int(whole) > 0
    return bool(is_share) and share * int(whole) == int(part)


def _is_absent(what: str, result: Result) -> bool:
    group, _, name = what.partition(".")
    there = (*(o.name for o in result.outputs), *(a.table.name for a in result.tables))
    return group == "outputs" and name not in there


def _values(result: Result, program: Program) -> dict[str, Any]:
    """Return each single value of a result by its name; a stage not run, or left open, has none."""
    values, ladder = program.values, result.entity.type.ladder
    levels = {"level": result.level, "at_best": result.at_best, "at_worst": result.at_worst}
    levels |= {f"stages.{s}": level.least for s, level in result.stages.items() if level.known}
    names = values[ladder.scale.name].values if ladder else ()
    return {
        "status": result.status.value,
        "scope": result.scope,
        "decision": result.decision.kind if result.decision else None,
        **{what: names[rank] for what, rank in levels.items() if names and rank is not None},
        **{f"outputs.{o.name}": plain(o.value, o.ty, values) for o in result.outputs},
        **{f"outputs.{a.table.name}": plain_answer(a, values) for a in result.tables},
        **{f"checks.{found.name}": found.state.value for found in result.checks},
    }


def _lists(result: Result, subject: str) -> dict[str, tuple[str, ...]]:
    """Return each list of a result by its name, without what rules and own facts begin with."""
    named = [(f.code, f.rule.id.removeprefix(subject)) for f in result.findings]
    own, quotas = f"{result.entity.path}.", [q.head.id for q in result.entity.type.quotas]
    return {
        "reasons": tuple(r.rule.id.removeprefix(subject) for r in result.reasons),
        "findings": tuple(name for names in named for name in names if name),
        "missing": tuple(
            path.removeprefix(subject if path in quotas else own) for path in result.missing
        ),
        "assumed": tuple(path.removeprefix(own) for path in result.assumed),
        "provisional": tuple(_awaited(result, subject)),
        "readings": result.readings,
    }


def _awaited(result: Result, subject: str) -> Iterator[str]:
    """Yield what a level awaits: own votes and facts without the subject, others by their path."""
    for name in result.provisional:
        is_vote = name.startswith(f"{subject}votes.")
        yield name.removeprefix(subject if is_vote else f"{result.entity.path}.")


def _lacking(refs: Iterable[Ref], actual: tuple[str, ...], own: str) -> list[str]:
    """Return what is expected and not there.

    The subject's `own` path may stand before a name, and a criterion may go without `criteria`.
    """
    names = ((ref.name, ref.name.removeprefix(own)) for ref in refs)
    return [said for said, n in names if n not in actual and f"criteria.{n}" not in actual]


# -- groups ---------------------------------------------------------------------------------


def _best_group(
    expected: ExpectedGroup,
    groups: Iterable[GroupResult],
    ids: Mapping[str, Mapping[str, tuple[str, ...]]],
    program: Program,
) -> list[Difference]:
    """Return how the group that fits best differs; empty if one fits."""
    rule, span = expected.rule.name, expected.rule.span
    keyed = [g for g in groups if expected.key is None or _has_key(g, expected, program)]
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


def _has_key(group: GroupResult, expected: ExpectedGroup, program: Program) -> bool:
    """Whether a group has the key that is expected: its values, of a grouping with a name both."""
    keys = [(name, plain(value, node.ty, program.values)) for name, node, value in group.keys]
    wanted = [(name, _number(value)) for name, value in expected.key or ()]
    is_named = any(name for name, _ in keys)
    return keys == wanted if is_named else [v for _, v in keys] == [v for _, v in wanted]


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
