"""Results as the object that `schemas/result.schema.json` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.analysis import values
from khung.collector import collector_at_rest
from khung.diagnostics.render.forms import render_json
from khung.engine.checks import CheckState
from khung.engine.facts import Entity
from khung.engine.progress import Phase, advancing
from khung.engine.stages import Status
from khung.ir.entries import stages_of
from khung.report.words.labels import Words
from khung.report.words.nodes import as_written, chosen
from khung.report.words.rules import RuleTeller
from khung.rulebook.model.rules import Stage
from khung.why.smallest_change import smallest_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from khung.driver import Evaluated
    from khung.engine.quotas import GroupResult
    from khung.engine.voting import Finding
    from khung.ir.program import ObjectType, Program
    from khung.why.explanation import Failure
    from khung.why.result import Reason, Result, Results
    from khung.why.smallest_change import Change, SmallestChange


def results_json(
    results: Results,
    lang: str,
    diagnostics: Sequence[Mapping[str, Any]] = (),
    with_next: bool = False,  # noqa: FBT001, FBT002  # an option of the command
) -> dict[str, Any]:
    """Return the results of a case as data.

    Numbers that are not whole are decimals: write the document with `khung.report.encode.dumps`.

    Args:
        results: What was found.
        lang: The language of its texts.
        diagnostics: What is said of the files, as `diagnostics.render.forms` gives it.
        with_next: Whether to look for the smallest change that lifts a level, which takes time;
            without it `change` is null, `blocked_by` empty and `search` absent.
    """
    all_results = [r for by_id in results.by_type.values() for r in by_id.values()]
    writer = _Writer(results, lang, smallest_changes(results, all_results) if with_next else {})
    told: dict[str, dict[str, Any]] = {name: {} for name in results.by_type}
    with collector_at_rest():
        for result in advancing(all_results, len(all_results), Phase.TELLING):
            told[result.entity.type.name][result.entity.id] = writer.result(result)
    return {
        "rulebook": about(results.program, results.case.named),
        "on": results.case.on.isoformat(),
        **({"assume": "none"} if results.case.bare else {}),
        "complete": results.case.whole.everything or list(results.case.whole.said),
        "results": told,
        "groups": [_group(group, results.program) for group in results.groups],
        "diagnostics": list(diagnostics),
    }


def evaluated_json(found: Evaluated, lang: str, *, with_next: bool) -> dict[str, Any]:
    """Return what came of a case as data, also where it has no results."""
    diagnostics = render_json(found.diagnostics, lang)
    if found.results is not None:
        return results_json(found.results, lang, diagnostics, with_next)
    program = found.ready.program if found.ready else None
    on = found.case_file.on if found.case_file else None
    named = found.case_file.rulebook.name if found.case_file else ""
    return {
        "rulebook": about(program, named) if program else None,
        "on": on.isoformat() if on else None,
        "complete": [],
        "results": {},
        "groups": [],
        "diagnostics": diagnostics,
    }


def outcome_json(results: Results, result: Result, lang: str) -> dict[str, Any]:
    """Return of one subject what came out, and by which rules: what a comparison shows."""
    return _Writer(results, lang, {}).outcome(result)


def about(program: Program, named: str) -> dict[str, Any]:
    """Return which rulebook ran, as the case has `named` it, as amended, under which readings."""
    chosen = {name: reading.chosen for name, reading in program.readings.items()}
    return {
        "id": program.id_for(named),
        "amendments": [name for name, _ in program.later],
        "overlays": [name for name in program.parts if name],
        "digest": program.digest,
        "readings": chosen,
    }


class _Writer:
    """Writes the results of one evaluation.

    Attributes:
        groups: Those whose places are open, by their rule and those to whom they are open.
    """

    def __init__(self, results: Results, lang: str, changes: Mapping[str, SmallestChange]) -> None:
        self.results = results
        self.program = results.program
        self.lang = lang
        self.changes = changes
        self.groups = {
            (group.rule.head.id, entity): group
            for group in reversed(results.groups)  # the first of several counts
            for entity in group.open
        }
        self.groups |= {
            (group.rule.head.id, entity): group
            for group in reversed(results.groups)
            for entity in group.open
            if group.decision and entity.id in group.decision.candidates
        }
        self.rules = RuleTeller(Words(results.program, lang), results)

    def result(self, result: Result) -> dict[str, Any]:
        """Return what was found of one subject."""
        declared = result.entity.type
        given = result.entity.given
        return {
            **self._overlay(result.entity),
            "status": result.status.value,
            "scope": result.scope,
            "level": self._level(result.level, declared),
            "at_best": self._level(result.at_best, declared),
            "at_worst": self._level(result.at_worst, declared),
            "stages": self._stages(result, declared),
            "bounds": self._bounds(result, declared),
            "reasons": [self._reason(reason, declared) for reason in result.reasons],
            "next": self._next(result),
            "readings": list(result.readings),
            "decision": self._decision(result),
            "missing": list(result.missing),
            "assumed": list(result.assumed),
            "provisional": list(result.provisional),
            "given": None if given is None else dict(given.said),
            "outputs": values.outputs(result, self.program),
            "checks": values.checks(result),
            "findings": [self._finding(f, result.entity) for f in result.findings],
            "unchecked": [c.head.id for c, state in result.checks if state is CheckState.UNKNOWN],
        }

    def outcome(self, result: Result) -> dict[str, Any]:
        """Return what came out for one subject, and by which rules."""
        declared = result.entity.type
        return {
            "status": result.status.value,
            "level": self._level(result.level, declared),
            "at_best": self._level(result.at_best, declared),
            "at_worst": self._level(result.at_worst, declared),
            "reasons": [self._reason(reason, declared) for reason in result.reasons],
            "decision": self._decision(result),
            "provisional": list(result.provisional),
            "outputs": values.outputs(result, self.program),
            "checks": values.checks(result),
        }

    def _overlay(self, entity: Entity) -> dict[str, str | None]:
        """Return the overlay that a subject is under, in a case that names any."""
        under = self.results.case.under.get((entity.type.name, entity.id))
        return {"overlay": under} if self.program.parts else {}

    def _level(self, rank: int | None, declared: ObjectType) -> str | None:
        return values.level(rank, declared, self.program)

    def _stages(self, result: Result, declared: ObjectType) -> dict[str, str | None]:
        """Return the level after each stage that is always run, and after a deferral, if any."""
        named = (stage for stage in stages_of(declared) if stage is not Stage.DEFER)
        stages: dict[str, str | None] = dict.fromkeys(named)
        for name, value in result.stages.items():
            stages[name] = self._level(value.least, declared) if value.known else None
        return stages

    def _bounds(self, result: Result, declared: ObjectType) -> dict[str, list[str | None]]:
        return {
            name: [self._level(value.least, declared), self._level(value.most, declared)]
            for name, value in result.stages.items()
        }

    # -- rules ----------------------------------------------------------------------------------

    def _reason(self, reason: Reason, declared: ObjectType) -> dict[str, Any]:
        return {
            "rule": reason.rule.id,
            "stage": "scope" if reason.stage == Status.PENDING.value else reason.stage,
            "sources": list(reason.rule.sources),
            "text": self.rules.title(reason.rule, declared),
        }

    def _next(self, result: Result) -> dict[str, Any] | None:
        """Return what keeps the next level away; None at the best one, and where there is none."""
        if result.next_level is None or result.status is Status.PENDING:
            return None
        return {
            "level": self._level(result.next_level, result.entity.type),
            "failed": [self._failed(failure, result) for failure in result.failed],
            **self._smallest_change(result),
        }

    def _smallest_change(self, result: Result) -> dict[str, Any]:
        """Return the smallest change that lifts the level, or the rules in the way of any."""
        found = self.changes.get(result.entity.path)
        if found is None:
            return {"change": None, "blocked_by": []}
        return {
            "change": [self._change(change) for change in found.changes] or None,
            "blocked_by": list(found.blocked_by),
            "fixed": list(found.fixed),
            "search": found.search.value,
        }

    def _change(self, change: Change) -> dict[str, Any]:
        sides = {"from": change.before, "to": change.after}
        said = {key: values.plain(v, change.ty, self.program) for key, v in sides.items()}
        return {"fact": change.name, **said}

    def _failed(self, failure: Failure, result: Result) -> dict[str, Any]:
        entity = result.entity
        return {
            "rule": failure.rule.id,
            "sources": list(failure.rule.sources),
            "text": self.rules.sentence(failure.rule, entity, result.next_level),
            "values": self._values(failure, entity),
            "records": list(self._records(failure, result)),
        }

    def _records(self, failure: Failure, result: Result) -> Iterator[Any]:
        """Yield the criteria and records that failed a rule, then the subjects.

        Which subjects stand in the way hangs on the direction of a comparison, which the
        explanation follows.
        """
        met = self.rules.subjects(failure.rule, result.entity, result.next_level)
        for item in failure.records:
            if not values.is_subject(item):
                yield values.element(item, result.entity, self.program, self.lang)
            elif not met:
                yield self._subject(item.value.least)
        for entity in met:
            yield self._subject(entity)

    def _subject(self, entity: Entity) -> str | dict[str, Any]:
        """Return another subject with its level and the rules behind it; else its path alone."""
        found = self.results.by_type.get(entity.type.name, {}).get(entity.id)
        if found is None:
            return entity.path
        return {
            "path": entity.path,
            "level": self._level(found.level, entity.type),
            "status": found.status.value,
            "reasons": [reason.rule.id for reason in found.reasons],
        }

    def _values(self, failure: Failure, entity: Entity) -> dict[str, Any]:
        found = {}
        for read in failure.reads:
            name = read.name if read.entity is entity else f"{read.entity.path}.{read.name}"
            found[name] = values.plain(read.value, read.ty, self.program)
        return found

    # -- the rest -------------------------------------------------------------------------------

    def _decision(self, result: Result) -> dict[str, Any] | None:
        decision = result.decision
        found: dict[str, Any] | None = values.decision(decision, result.entity.type, self.program)
        if decision is not None and found is not None:
            group = self.groups.get((decision.rule.id, result.entity))
            found["group"] = None if group is None else _key(group, self.program)
        return found

    def _finding(self, finding: Finding, entity: Entity) -> dict[str, Any]:
        return {
            "rule": finding.rule.id,
            **({"code": finding.code} if finding.code else {}),
            "severity": finding.severity,
            "sources": list(finding.rule.sources),
            "text": self.rules.finding(finding, entity),
        }


# -- groups of quotas ---------------------------------------------------------------------------


def _group(group: GroupResult, program: Program) -> dict[str, Any]:
    return {
        "rule": group.rule.head.id,
        "key": _key(group, program),
        "base": list(group.base),
        "places": list(group.places),
        "kept": [entity.id for entity in group.kept],
        "cut": [entity.id for entity in group.cut],
        "open": [entity.id for entity in group.open],
    }


def _key(group: GroupResult, program: Program) -> dict[str, Any]:
    """Return what the members of a group have in common, by the expression that gives it."""
    key = {}
    for name, node, value in group.keys:
        is_entity = isinstance(value.least, Entity) and not value.why
        said = value.least.id if is_entity else values.plain(value, node.ty, program)
        key[name or as_written(chosen(node))] = said
    return key
