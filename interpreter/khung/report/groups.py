"""The groups of quotas as data: the base, the places, who is kept, cut, or still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.engine.facts import Entity
from khung.report.values import plain
from khung.report.written import as_written, chosen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.engine.quotas import GroupResult
    from khung.engine.result import Result, Results
    from khung.engine.values import Value
    from khung.ir.nodes import Node
    from khung.ir.program import Program


def groups_json(results: Results) -> list[dict[str, Any]]:
    """Return every group of every quota."""
    return [_group(group, results.program) for group in results.groups]


def group_of(results: Results, result: Result) -> GroupResult | None:
    """Return the group whose places a subject's open decision is about."""
    if result.decision is None:
        return None
    for group in results.groups:
        if group.rule.rule.id == result.decision.rule.id and result.entity in group.open:
            return group
    return None


def key_of(group: GroupResult, program: Program) -> dict[str, Any]:
    """Return what the members of a group have in common, by the expression that gives it."""
    parts = zip(group.rule.per, group.key, strict=True)
    return {as_written(chosen(node)): _part(node, value, program) for node, value in parts}


def _part(node: Node, value: Value, program: Program) -> Any:
    if isinstance(value.least, Entity) and not value.why:
        return value.least.id
    return plain(value, node.ty, program)


def _group(group: GroupResult, program: Program) -> dict[str, Any]:
    return {
        "rule": group.rule.rule.id,
        "key": key_of(group, program),
        "base": [int(end) for end in group.base],
        "places": [int(end) for end in group.places],
        "kept": _ids(group.kept),
        "cut": _ids(group.cut),
        "open": _ids(group.open),
    }


def _ids(entities: Iterable[Entity]) -> list[str]:
    return [entity.id for entity in entities]
