"""A subject type's rules as closures, for complete records one by one.

A plan is built once. It takes one record of plain values and gives the status, the level and the
rules that bind it. Where a record leaves something unknown, or a rule asks for more than one
record holds, it gives None and the reference evaluator answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.engine.closures import Planner
from khung.engine.combinators import OpenError
from khung.ir.nodes import Field, Literal, Node
from khung.ir.rewrite import fold as fold_constants

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from khung.engine.combinators import Env, Plain
    from khung.ir.program import ObjectType, Program, Rule


class Verdict(NamedTuple):
    """What a plan finds: `level` is the rank, None unless ranked; `reasons` as in a result."""

    status: str
    level: int | None
    reasons: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class _Rung:
    rank: int
    rule: Rule
    require: tuple[tuple[Rule, Plain | None, Plain], ...]
    otherwise: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules of one subject type as closures, up to its cap.

    A record that a vote or a deferral may touch is left to the reference.
    """

    not_ranked: tuple[tuple[Rule, Plain], ...]
    pending: tuple[tuple[Rule, Plain], ...]
    rungs: tuple[_Rung, ...]
    limits: tuple[tuple[Rule, Plain, Plain], ...]
    later: tuple[Plain, ...]
    cumulative: bool
    blank: list[Any]

    def __call__(self, record: Mapping[str, Any]) -> Verdict | None:
        """Return what the rules make of a record; None where the reference must answer.

        Args:
            record: Plain values by name, criteria as `criteria.ITEM`: bool, Decimal or int, date,
                str, the rank of a level, a list of records. What is not given has its default;
                None is unknown.
        """
        env = self.blank.copy()
        env[0] = record
        try:
            for status, rules in (("not_ranked", self.not_ranked), ("pending", self.pending)):
                found = [rule for rule, holds in rules if holds(env)]
                if found:
                    return Verdict(status, None, tuple(found))
            for later in self.later:
                if later(env):
                    return None
            return self._ranked(env)
        except OpenError:
            return None

    def _ranked(self, env: Env) -> Verdict:
        rank, failed = self._standard(env)
        binding = []
        for rule, holds, to in self.limits:
            if holds(env):
                limit = to(env)
                binding.append((limit, rule))
                if limit < rank:
                    rank, failed = limit, ()
        if rank == self.rungs[0].rank:
            return Verdict("ranked", rank, self._met(env))
        reasons = (*failed, *(rule for limit, rule in binding if limit <= rank))
        return Verdict("ranked", rank, reasons)

    def _standard(self, env: Env) -> tuple[int, tuple[Rule, ...]]:
        """Return the best level whose requirements hold, and what failed one level higher."""
        if not self.cumulative:
            return self._standard_single(env)
        failed: tuple[Rule, ...] = ()
        rank = self.rungs[-1].rank
        for rung in reversed(self.rungs):
            if rung.otherwise:
                continue
            failed = _failed(rung, env)
            if failed:
                last = self.rungs[-1]
                lowest = last.otherwise and rank == last.rank
                return rank, (*failed, last.rule) if lowest else failed
            rank = rung.rank
        return rank, failed

    def _standard_single(self, env: Env) -> tuple[int, tuple[Rule, ...]]:
        above: tuple[Rule, ...] = ()
        for rung in self.rungs:
            failed = _failed(rung, env)
            if not failed or rung.otherwise:
                lowest = rung.otherwise and bool(above)
                return rung.rank, (*above, rung.rule) if lowest else above
            above = failed
        return self.rungs[-1].rank, above

    def _met(self, env: Env) -> tuple[Rule, ...]:
        return tuple(rule for rule, when, _ in self.rungs[0].require if when is None or when(env))


def _failed(rung: _Rung, env: Env) -> tuple[Rule, ...]:
    return tuple(
        [rule for rule, when, that in rung.require if (when is None or when(env)) and not that(env)]
    )


def plan_subject(program: Program, subject: str, on: date) -> Plan | None:
    """Return the plan of a subject type; None where its rules ask for more than one record.

    Args:
        program: A lowered rulebook.
        subject: A subject type with a ladder.
        on: The day of the ranking.
    """
    declared = program.objects[subject]
    if declared.ladder is None or any(cap.each and not cap.last for cap in declared.caps):
        return None
    planner = Planner(program, on)

    def closure(node: Node | None) -> Plain:
        return (lambda _env: True) if node is None else planner.expression(fold_constants(node))

    def rules(found: tuple[Rule, ...]) -> tuple[tuple[Rule, Plain], ...]:
        return tuple((rule, closure(rule.when)) for rule in found)

    ladder = declared.ladder
    rungs = tuple(
        _Rung(
            level.rank,
            level.rule,
            tuple(
                (r.rule, None if r.rule.when is None else closure(r.rule.when), closure(r.that))
                for r in level.require
            ),
            level.otherwise,
        )
        for level in ladder.levels
    )
    knockouts = [(k.rule, closure(k.rule.when), closure(k.to)) for k in ladder.knockouts]
    early = [cap for cap in declared.caps if not cap.last]
    caps = [(c.rule, closure(c.rule.when), closure(c.at_most)) for c in early]
    not_ranked, pending = rules(declared.not_ranked), rules(declared.pending)
    later = tuple(_later(declared, closure))
    cumulative = bool(planner.evaluator.evaluate(ladder.cumulative, ()).least)
    blank = [None] * planner.width
    return Plan(not_ranked, pending, rungs, (*knockouts, *caps), later, cumulative, blank)


def _later(declared: ObjectType, closure: Callable[[Node | None], Plain]) -> list[Plain]:
    """Conditions under which a vote, a deferral or a cap set last would touch a record."""
    found = [closure(rule.rule.when) for rule in declared.defer]
    found += [closure(cap.rule.when) for cap in declared.caps if cap.last]
    for vote in declared.votes:
        if isinstance(vote.binding, Literal) and not vote.binding.value:
            continue
        name = vote.ballots.name if isinstance(vote.ballots, Field) else ""
        found.append(_is_given(name))
    return found


def _is_given(name: str) -> Plain:
    return lambda env: env[0].get(name) is not None
