"""What was found of a subject: its level, why, what is open, who belongs to it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.ir.entries import stages_of
from khung.ir.program import ladder_of
from khung.report.forms.below import below, below_types
from khung.report.forms.facts import applying, called, facts_of, term
from khung.report.forms.offers import MergeField, Sort, Term
from khung.report.result.context import decider, options, question
from khung.report.result.rows import main_reason, main_rule
from khung.report.result.subject import awaited_text, missing_text, standing, told_findings
from khung.report.words.sentences import sentence

if TYPE_CHECKING:
    from khung.engine.facts import Entity
    from khung.engine.values import Value
    from khung.ir.nodes import Rule
    from khung.report.forms.tree import Fields, Tree
    from khung.why.result import Result


def record_fields(tree: Tree, name: str) -> Fields:
    """Return what may be asked of a record."""
    own = tree.named("record", {"name": (Sort.TEXT, partial(called, tree))})
    return {**own, **facts_of(tree, tree.declared(name))}


def subject_fields(tree: Tree, name: str) -> Fields:
    """Return what may be asked of a subject; names of khung's own come before the rulebook's."""
    declared = tree.declared(name)
    own = {
        "name": (Sort.TEXT, partial(called, tree)),
        "id": (Sort.TEXT, lambda entity: entity.id),
        "given": (Sort.ONE, lambda entity: entity.given and entity, "given"),
        "below": (Sort.ONE, lambda entity: entity, f"below:{name}"),
        "tally": (Sort.ONE, lambda entity: entity, f"tallies:{name}"),
        "groups": (Sort.LIST, partial(_groups_below, tree), "group"),
        "in_groups": (Sort.LIST, partial(_groups_with, tree), "group"),
    }
    if declared.ladder is not None:
        own |= _found(tree)
        own["stages"] = (Sort.ONE, lambda entity: entity, f"stages:{name}")
    if declared.criteria:
        own["criteria"] = (Sort.LIST, partial(applying, tree), f"criterion:{name}")
    named = tree.named("subject", own)
    return {**named, **facts_of(tree, declared), **named}


def _found(tree: Tree) -> dict[str, tuple[Any, ...]]:
    """Return the fields of a result."""

    def of(take: Any) -> Any:
        return lambda entity: _asked(tree, entity, take)

    def listed(take: Any) -> Any:
        return lambda entity: _asked(tree, entity, take) or []

    return {
        "status": (Sort.TERM, of(partial(_status, tree))),
        "level": (Sort.TERM, of(lambda r: _level(tree, r, r.level))),
        "standing": (Sort.TEXT, of(lambda r: standing(r, tree.context))),
        "at_best": (Sort.TERM, of(lambda r: _level(tree, r, r.at_best))),
        "at_worst": (Sort.TERM, of(lambda r: _level(tree, r, r.at_worst))),
        "provisional": (Sort.TRUTH, of(lambda r: r.is_provisional)),
        "settled": (Sort.TRUTH, of(is_settled)),
        "awaits": (Sort.LIST, listed(partial(_awaits, tree))),
        "reason": (Sort.TEXT, of(lambda r: main_reason(r, tree.context) or None)),
        "rule": (Sort.TEXT, of(lambda r: main_rule(r, tree.context) or None)),
        "reasons": (Sort.LIST, listed(_reasons), "reason"),
        "missing": (Sort.LIST, listed(partial(_missing, tree))),
        "findings": (Sort.LIST, listed(partial(_findings, tree))),
        "violated": (Sort.LIST, listed(_violated), "reason"),
        "decision": (Sort.ONE, of(lambda r: r if r.decision else None), "decision"),
    }


def is_settled(result: Result) -> bool:
    """Whether a subject has its level, and awaits nothing; or surely none."""
    done = result.status in (Status.RANKED, Status.NOT_RANKED)
    return done and not result.is_provisional


def _asked(tree: Tree, entity: Entity, take: Any) -> Any:
    result = tree.result(entity)
    return None if result is None else take(result)


def _status(tree: Tree, result: Result) -> Term:
    status = result.status.value
    key = "state.ranked" if result.status is Status.RANKED else f"status.{status}"
    return Term.of(tree.words.say(key), status)


def _level(tree: Tree, result: Result, rank: int | None) -> Term | None:
    return None if rank is None else term(tree, ladder_of(result.entity.type).scale.name, rank)


def _awaits(tree: Tree, result: Result) -> list[str]:
    return [awaited_text(name, result, tree.context) for name in result.provisional]


def _missing(tree: Tree, result: Result) -> list[str]:
    own = result.entity
    found = (missing_text(path, own, tree.context, hints=False) for path in result.missing)
    return list(dict.fromkeys(map(sentence, found)))


def _findings(tree: Tree, result: Result) -> list[str]:
    return [tree.context.rules.finding(one, result.entity) for one in told_findings(result)]


# -- rules behind a result ------------------------------------------------------------------------


def _reasons(result: Result) -> list[tuple[Entity, Rule, int | None]]:
    below = result.next_level is not None and result.status is Status.RANKED
    rank = result.next_level if below else None
    rules = [f.rule for f in result.failed] if below else [r.rule for r in result.reasons]
    return [(result.entity, rule, rank) for rule in {one.id: one for one in rules}.values()]


def _violated(result: Result) -> list[tuple[Entity, Rule, int | None]]:
    return [
        (result.entity, check.head, None)
        for check, state in result.checks
        if state is CheckState.VIOLATED
    ]


def reason_fields(tree: Tree, _: str) -> Fields:
    """Return what may be asked of a rule behind a result."""
    return tree.named(
        "reason",
        {
            "text": (Sort.TEXT, partial(_told, tree)),
            "clauses": (Sort.TEXT, lambda one: tree.words.cited(one[1].sources) or None),
        },
    )


def _told(tree: Tree, one: tuple[Entity, Rule, int | None]) -> str:
    entity, rule, rank = one
    rules = tree.context.rules
    told_by = rules.titled if rank is None else rules.failed
    title, found = told_by(rule, entity, rank)
    said = "; ".join(told.flat for told in found)
    return tree.context.say("because", rule=title, found=said) if said else title


# -- stages, decisions ----------------------------------------------------------------------------


def stage_fields(tree: Tree, name: str) -> Fields:
    """Return the level after each stage, where that is settled."""
    declared = tree.declared(name)
    made = {}
    for stage in stages_of(declared):
        label = tree.say(f"stage.{stage.value}")
        made[stage.value] = MergeField(label, Sort.TERM, partial(_after, tree, stage))
    return made


def _after(tree: Tree, stage: Any, entity: Entity) -> Term | None:
    result = tree.result(entity)
    found = None if result is None else result.stages.get(stage)
    if result is None or found is None or found.why:
        return None
    return _level(tree, result, found.least)


def given_fields(tree: Tree, _: str) -> Fields:
    """Return what may be asked of a decision that the case states."""

    def said(key: str) -> Any:
        return lambda entity: entity.given.said.get(key)

    return tree.named(
        "given",
        {
            "level": (Sort.TERM, partial(_given_level, tree)),
            "by": (Sort.TEXT, said("by")),
            "on": (Sort.DATE, _given_on),
            "document": (Sort.TEXT, said("document")),
        },
    )


def _given_level(tree: Tree, entity: Entity) -> Term | None:
    rank = entity.given.level if entity.given else None
    return None if rank is None else term(tree, ladder_of(entity.type).scale.name, rank)


def _given_on(entity: Entity) -> date | None:
    said = entity.given.said.get("on") if entity.given else None
    return said if isinstance(said, date) or said is None else date.fromisoformat(str(said))


def decision_fields(tree: Tree, _: str) -> Fields:
    """Return what may be asked of a decision that is waiting, by the result that waits."""

    def of(take: Any) -> Any:
        return lambda result: take(result.decision, tree.context, result.entity.type)

    return tree.named(
        "decision",
        {
            "text": (Sort.TEXT, of(question)),
            "decider": (Sort.TEXT, lambda result: decider(result.decision, tree.context)),
            "options": (Sort.LIST, lambda result: list(of(options)(result))),
            "places": (Sort.NUMBER, lambda result: result.decision.places),
            "candidates": (Sort.LIST, partial(_candidates, tree)),
        },
    )


def _candidates(tree: Tree, result: Result) -> list[str]:
    own = tree.context.results.case.entities[result.entity.type.name]
    candidates = result.decision.candidates if result.decision else ()
    return [called(tree, own[key]) for key in candidates]


# -- groups of quotas -----------------------------------------------------------------------------


def _groups_with(tree: Tree, entity: Entity) -> list[Any]:
    groups = tree.context.results.groups
    return [one for one in groups if entity in (*one.kept, *one.cut, *one.open)]


def _groups_below(tree: Tree, entity: Entity) -> list[Any]:
    """Return the groups of which the key leads to a subject."""
    return [one for one in tree.context.results.groups if _leads(one.key, entity)]


def _leads(key: tuple[Value, ...], entity: Entity) -> bool:
    return any(value.least is entity for value in key if not value.why)


def below_fields(tree: Tree, name: str) -> Fields:
    """Return who belongs to a subject, by type: those under it, and those under these."""
    made = {}
    for other in below_types(tree.program, name):
        label = tree.words.plural(tree.words.type(tree.declared(other)))
        take = partial(_below, tree, other)
        made[other] = MergeField(label, Sort.LIST, take, f"subject:{other}")
    return made


def tally_fields(tree: Tree, name: str) -> Fields:
    """Return how those who belong to a subject stand, by type."""
    made = {}
    for other in below_types(tree.program, name):
        if tree.declared(other).ladder is not None:
            label = tree.words.plural(tree.words.type(tree.declared(other)))
            take = partial(_below, tree, other)
            made[other] = MergeField(label, Sort.ONE, take, f"standings:{other}")
    return made


def _below(tree: Tree, other: str, entity: Entity) -> list[Entity]:
    return below(tree.context.results.case, entity, other)
