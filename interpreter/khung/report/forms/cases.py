"""What may be asked of a whole case: its rulebook, its subjects by type, who stands where."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from khung.engine.stages import Status
from khung.ir.program import ladder_of
from khung.report.forms import facts, subjects
from khung.report.forms.offers import MergeField, Sort
from khung.report.forms.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.report.forms.tree import Fields, Maker
    from khung.report.result.context import Context
    from khung.report.words.labels import Words

_CASE, _RULEBOOK = "case", "rulebook"


def tree_of(words: Words, told: Context | None = None) -> Tree:
    """Return all that templates may name; see `Tree`."""
    return Tree(words, _MAKERS, told)


def _case(tree: Tree, _: str) -> Fields:
    own = {
        "title": (Sort.TEXT, lambda case: case.title.said(tree.words.lang) if case.title else None),
        "on": (Sort.DATE, lambda case: case.on),
        "groups": (Sort.LIST, lambda _: list(tree.context.results.groups), "group"),
        "decisions": (Sort.LIST, lambda _: _decisions(tree), "decision"),
        "tally": (Sort.ONE, lambda case: case, "case_tallies"),
    }
    made = {}
    for declared in tree.program.subjects:
        label = tree.words.plural(tree.words.type(declared))
        take = partial(_all, declared.name)
        made[declared.name] = MergeField(label, Sort.LIST, take, f"subject:{declared.name}")
    return {**made, **tree.named("case", own)}


def _all(name: str, case: Any) -> list[Entity]:
    return list(case.entities.get(name, {}).values())


def _decisions(tree: Tree) -> list[Any]:
    """Return the results that wait for a decision; of those that wait for one, the first."""
    found: dict[Any, Any] = {}
    for by_id in tree.context.results.by_type.values():
        for result in by_id.values():
            if result.decision is not None:
                decision = result.decision
                key = (decision.rule.id, decision.candidates or result.entity.path)
                found.setdefault(key, result)
    return list(found.values())


def _case_tallies(tree: Tree, _: str) -> Fields:
    made = {}
    for declared in tree.program.subjects:
        if declared.ladder is not None:
            label = tree.words.plural(tree.words.type(declared))
            take = partial(_all, declared.name)
            made[declared.name] = MergeField(label, Sort.ONE, take, f"standings:{declared.name}")
    return made


def _rulebook(tree: Tree, _: str) -> Fields:
    program = tree.program
    document = program.document
    return tree.named(
        "rulebook",
        {
            "id": (Sort.TEXT, lambda _: program.rulebook),
            "title": (Sort.TEXT, lambda _: program.title.said(tree.words.lang)),
            "first_day": (Sort.DATE, lambda _: program.period[0]),
            "last_day": (Sort.DATE, lambda _: program.period[1]),
            "year": (Sort.NUMBER, lambda _: program.period[1].year),
            "document": (Sort.TEXT, lambda _: tree.words.label(document.label, "") or None),
            "number": (Sort.TEXT, lambda _: document.number or None),
            "date": (Sort.DATE, lambda _: document.date),
            "issued_by": (Sort.TEXT, lambda _: document.issued_by or None),
        },
    )


# -- who stands where -----------------------------------------------------------------------------


def _standings(tree: Tree, name: str) -> Fields:
    def number(*statuses: Status) -> Any:
        return lambda entities: sum(r.status in statuses for r in _results(tree, entities))

    provisional = lambda entities: sum(r.is_provisional for r in _results(tree, entities))  # noqa: E731
    own = {
        "total": (Sort.NUMBER, len),
        "ranked": (Sort.NUMBER, number(Status.RANKED)),
        "not_ranked": (Sort.NUMBER, number(Status.NOT_RANKED)),
        "pending": (Sort.NUMBER, number(Status.PENDING)),
        "open": (Sort.NUMBER, number(Status.UNDETERMINED, Status.NEEDS_DECISION)),
        "provisional": (Sort.NUMBER, provisional),
        "levels": (Sort.LIST, partial(_levels, tree, name), f"level:{name}"),
        "unsettled": (Sort.LIST, partial(_unsettled, tree), f"subject:{name}"),
    }
    levels = {}
    scale = ladder_of(tree.declared(name)).scale.name
    for level in ladder_of(tree.declared(name)).levels:
        key = tree.program.values[scale].values[level.rank]
        label = tree.words.named(scale, level.rank)
        levels[key] = MergeField(label, Sort.NUMBER, partial(_at, tree, level.rank))
    return {**levels, **tree.named("standings", own)}


def _results(tree: Tree, entities: Iterable[Entity]) -> list[Any]:
    found = (tree.result(entity) for entity in entities)
    return [result for result in found if result is not None]


def _at(tree: Tree, rank: int, entities: list[Entity]) -> int:
    return sum(result.level == rank for result in _results(tree, entities))


def _unsettled(tree: Tree, entities: list[Entity]) -> list[Entity]:
    """Return those outside the ranking, and those whose level is not final."""
    return [
        result.entity
        for result in _results(tree, entities)
        if result.status is not Status.RANKED or result.is_provisional
    ]


def _levels(tree: Tree, name: str, entities: list[Entity]) -> list[Any]:
    results = _results(tree, entities)
    ranked = sum(result.status is Status.RANKED for result in results)
    levels = ladder_of(tree.declared(name)).levels
    held = ([r.entity for r in results if r.level == level.rank] for level in levels)
    return [(level.rank, who, ranked) for level, who in zip(levels, held, strict=True)]


def _level(tree: Tree, name: str) -> Fields:
    scale = ladder_of(tree.declared(name)).scale.name
    return tree.named(
        "level",
        {
            "level": (Sort.TERM, lambda one: facts.term(tree, scale, one[0])),
            "number": (Sort.NUMBER, lambda one: len(one[1])),
            "share": (Sort.TEXT, lambda one: _share(tree, len(one[1]), one[2])),
            "members": (Sort.LIST, lambda one: one[1], f"subject:{name}"),
        },
    )


def _share(tree: Tree, part: int, whole: int) -> str | None:
    from decimal import Decimal  # noqa: PLC0415  # only here

    if not whole:
        return None
    tenths = (Decimal(part) / whole).quantize(Decimal("0.001"))
    return tree.words.number(tenths, "%", about=False)


# -- groups of quotas -----------------------------------------------------------------------------


def _group(tree: Tree, _: str) -> Fields:
    return tree.named(
        "group",
        {
            "label": (Sort.TEXT, partial(_rule, tree)),
            "type": (Sort.TEXT, lambda one: one.rule.head.id.partition(".")[0]),
            "subject": (Sort.TEXT, partial(_group_type, tree)),
            "key": (Sort.TEXT, partial(_group_key, tree)),
            "level": (Sort.TEXT, lambda one: tree.context.group_level(one, one.rule.level) or None),
            "others": (
                Sort.TEXT,
                lambda one: tree.context.group_level(one, one.rule.others) or None,
            ),
            "base": (Sort.TEXT, lambda one: _ends(tree, one.base)),
            "base_is": (Sort.TEXT, lambda one: tree.context.group_base(one.rule)),
            "share": (Sort.TEXT, lambda one: tree.words.ratio(*one.share) if one.share else None),
            "places": (Sort.TEXT, lambda one: _ends(tree, one.places)),
            "kept": (Sort.LIST, lambda one: list(one.kept), "member"),
            "cut": (Sort.LIST, lambda one: list(one.cut), "member"),
            "open": (Sort.LIST, lambda one: list(one.open), "member"),
            "whole": (Sort.TRUTH, lambda one: one.is_whole),
            "clauses": (Sort.TEXT, lambda one: tree.words.cited(one.rule.head.sources) or None),
        },
    )


def _group_type(tree: Tree, group: GroupResult) -> str:
    return tree.words.type(tree.declared(group.rule.head.id.partition(".")[0]))


def _group_key(tree: Tree, group: GroupResult) -> str:
    return tree.context.group_key(group)


def _rule(tree: Tree, group: GroupResult) -> str:
    declared = tree.declared(group.rule.head.id.partition(".")[0])
    return tree.context.rules.title(group.rule.head, declared)


def _ends(tree: Tree, numbers: tuple[int, int | None]) -> str:
    from khung.report.result.context import ends  # noqa: PLC0415  # only here

    return ends(numbers, tree.context)


def _member(tree: Tree, _: str) -> Fields:
    """Return what may be asked of somebody in a group, whatever his type."""
    return tree.named(
        "member",
        {
            "name": (Sort.TEXT, partial(facts.called, tree)),
            "id": (Sort.TEXT, lambda entity: entity.id),
        },
    )


_MAKERS: Mapping[str, Maker] = {
    _CASE: _case,
    _RULEBOOK: _rulebook,
    "case_tallies": _case_tallies,
    "standings": _standings,
    "level": _level,
    "group": _group,
    "member": _member,
    "subject": subjects.subject_fields,
    "record": subjects.record_fields,
    "reason": subjects.reason_fields,
    "stages": subjects.stage_fields,
    "given": subjects.given_fields,
    "decision": subjects.decision_fields,
    "below": subjects.below_fields,
    "tallies": subjects.tally_fields,
    "criterion": facts.criteria_of,
    "ballots": facts.ballots_of,
    "tally": facts.tally_of,
    "nothing": facts.nothing_of,
}
"""By the first part of the name of a shape, what makes its fields."""
