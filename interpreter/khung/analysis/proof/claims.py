"""What is claimed of a type of subject: how each claim is asked, and what a case must show."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import z3

from khung.analysis.proof.asked import Found
from khung.analysis.proof.interplay import (
    best_left,
    covering,
    left,
    taken_back,
    taken_back_found,
)
from khung.analysis.proof.properties import Finding, Property, Status
from khung.analysis.proof.without import decide
from khung.ir.entries import rules_of
from khung.ir.program import member_name
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.smt.terms import as_z3, ite, land, lor, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.analysis.proof.asked import Asked
    from khung.analysis.proof.without import Ran
    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType, Program
    from khung.smt.question import Question
    from khung.smt.terms import Term
    from khung.why.result import Result


@dataclass(frozen=True, slots=True)
class Claim:
    """A property of something, how it is asked, and what the reference must say of a case.

    Attributes:
        second: Of two cases what the second says otherwise.
        shows: Whether a case is shown where it holds.
        is_tried: Whether it holds only if the reference says so of the case that was found.
    """

    found: Finding
    ask: Callable[[Asked], Found]
    agrees: Callable[[Ran], bool] = lambda _: True
    rules: tuple[Rule, ...] = ()
    second: Callable[[Question, Any], list[Term]] | None = None
    shows: bool = False
    is_tried: bool = False


class Part(StrEnum):
    """Which of the claims are asked, where several ask them."""

    ALL = "all"
    RULES = "rules"
    """Of outcomes, levels, tables and rules."""
    FACTS = "facts"


class Claims:
    """What is claimed of one type of subject."""

    def __init__(self, asked: Asked, declared: ObjectType, program: Program) -> None:
        self.asked, self.declared, self.program = asked, declared, program
        self.by_id = {rule.id: rule for rule in rules_of(declared)}
        self.paired: set[tuple[str, ...]] = set()

    def of(self, part: Part) -> Iterator[Claim]:
        """Yield what is asked, as cases are read: outcome, levels, rules, facts."""
        if part is not Part.FACTS:
            yield from self.levels()
            yield from self.parts()
            yield from self.rule_claims()
        if part is not Part.RULES:
            yield from self.fact_claims()
            yield from self.rising()

    def levels(self) -> Iterator[Claim]:
        """Yield what is claimed of levels, kind by kind."""
        for kind in self.asked.kinds:
            yield self.outcome(kind)
            for name in self.asked.levels:
                yield self.reachable(kind, name)
            for name, below in zip(self.asked.levels, self.asked.levels[1:], strict=False):
                yield self.cumulative(kind, name, below)

    def finding(self, what: Property, kind: str = "", about: str = "") -> Finding:
        """Return a finding of which nothing is known yet."""
        return Finding(what, self.declared.name, kind, about, Status.UNKNOWN)

    def outcome(self, kind: str) -> Claim:
        """Claim that every case of a kind has an outcome."""
        return Claim(
            self.finding(Property.OUTCOME, kind),
            lambda asked: asked.outcome(kind),
            lambda ran: is_left_open(ran.result),
        )

    def reachable(self, kind: str, name: str) -> Claim:
        """Claim that some case reaches a level."""
        return Claim(
            self.finding(Property.REACHABLE, kind, name),
            lambda asked: asked.reachable(kind, name),
            partial(self._has_standard, name),
            tuple(self.of_level(name)),
            is_tried=True,
        )

    def of_level(self, name: str) -> Iterator[Rule]:
        """Yield the rules that say what a level asks, and what bars from it."""
        ladder = self.declared.ladder
        assert ladder is not None  # noqa: S101  # the caller has looked
        for one in ladder.levels:
            if one.head.name == name:
                yield one.head
                yield from (requirement.head for requirement in one.require)

    def cumulative(self, kind: str, name: str, below: str) -> Claim:
        """Claim that who meets what a level asks meets what the one below asks."""

        def agrees(ran: Ran) -> bool:
            evaluator = ran.results.run.evaluator
            row = evaluator.row(ran.result.entity)
            ends = [evaluator.ends(row, names.met(one)) for one in (name, below)]
            return bool(ends[0][0]) and not ends[1][1]

        return Claim(
            self.finding(Property.CUMULATIVE, kind, name),
            lambda asked: asked.cumulative(kind, name, below),
            agrees,
            tuple(self.of_level(below)),
        )

    def rule_claims(self) -> Iterator[Claim]:
        """Yield that each rule decides somewhere."""
        for rule in self.asked.rules():
            one = frozenset([rule.id])
            yield Claim(
                self.finding(Property.DECIDES),
                _decides(rule.id),
                partial(decide, rules=one),
                (rule,),
                is_tried=True,
            )

    def fact_claims(self) -> Iterator[Claim]:
        """Yield that each fact that the rules ask matters somewhere."""
        for name in self.asked.asked_of():
            yield Claim(self.finding(Property.MATTERS, about=name), _matters(name))
        for record, name in self.asked.record_truths():
            about = f"{record}.{name}"
            yield Claim(self.finding(Property.MATTERS, about=about), _matters(name, record))

    def rising(self) -> Iterator[Claim]:
        """Yield that no better grade lowers the level, and no rare fact lowers and raises it."""
        for name in self.asked.grades():
            yield self.rises(name, _raised)
        for name in self.asked.penalties():
            yield self.rises(name, _dropped, either=True)
        for name in self.asked.ballots():
            yield self.votes(name)

    def rises(self, name: str, better: Any, *, either: bool = False) -> Claim:
        """Claim that a better value never lowers the level."""

        def values(asked: Question) -> dict[Any, Any]:
            term = asked.space.facts["", name].term
            return {term: better(asked, name)[0]}

        def condition(asked: Question) -> Term:
            return better(asked, name)[1]

        return self._rising(
            name, values, lambda asked: asked.rising(values, condition, either=either)
        )

    def votes(self, name: str) -> Claim:
        """Claim that one ballot for the next better level never lowers the level."""
        place = z3.Int(f"!{name}")  # which ballot it is

        def values(asked: Question) -> dict[Any, Any]:
            votes = self.asked.votes(asked, name)
            moves = ((ite(place == r - 1, 1, 0), ite(place == r, 1, 0)) for r in range(len(votes)))
            pairs = zip(votes, moves, strict=True)
            return {vote: total((vote, more, -as_z3(less))) for vote, (more, less) in pairs}

        def condition(asked: Question) -> Term:
            votes = self.asked.votes(asked, name)
            return lor(land((place == rank, vote >= 1)) for rank, vote in enumerate(votes[:-1]))

        return self._rising(name, values, lambda asked: asked.outvoted(values, condition))

    def _rising(self, name: str, values: Any, ask: Callable[[Asked], Found]) -> Claim:
        return Claim(
            self.finding(Property.RISING, about=name),
            ask,
            second=lambda asked, model: [
                term == (value if isinstance(value, bool) else model.eval(value))
                for term, value in values(asked).items()
            ],
        )

    # -- bands, tables, what stands behind what was found ------------------------------------------

    def parts(self) -> Iterator[Claim]:
        """Yield that bands have no hole, and tables neither a gap nor two rows at once."""
        parts = self.asked.parts[id(self.asked.question(follows=False))]
        for name in parts.holes:
            yield Claim(
                self.finding(Property.BANDS, about=name),
                partial(_filled, name),
                lambda ran: is_left_open(ran.result),
                tuple(dict.fromkeys(self.of_level(name))),
            )
        for what, key in ((Property.GAPS, "gaps"), (Property.OVERLAPS, "overlaps")):
            for name in getattr(parts, key):
                finding = self.finding(what, about=name)
                yield Claim(finding, partial(_never, key, name), partial(self._is_open, name))

    def _is_open(self, table: str, ran: Ran) -> bool:
        """Whether the reference leaves what a table says open."""
        evaluator, outputs = ran.results.run.evaluator, self.declared.tables[table].outputs
        names_of = [member_name(table, output) for output in outputs]
        return any(not evaluator.worth(ran.result.entity, name).known for name in names_of)

    def behind(self, found: Finding) -> Iterator[Claim]:
        """Yield why a rule or a fact never decides: another says the same, or takes it back."""
        if found.property is Property.DECIDES and found.rules not in self.paired:
            other = covering(self.asked, found.rules[0])
            if other is not None:
                self.paired |= {found.rules, (other,)}
                rules = tuple(self.by_id[name] for name in (*found.rules, other))
                yield Claim(self.finding(Property.APART), _refuted, rules=rules)
        elif found.property is Property.MATTERS:
            record, _, name = found.about.rpartition(".")
            owner = record or self.declared.name
            taken = taken_back(self.asked, owner, name)
            if taken is not None:
                rules = tuple(self.by_id[rule] for rule in taken.rules)
                finding = self.finding(Property.EXCEPTION, about=found.about)
                yield Claim(finding, partial(_excused, owner, name), rules=rules)

    def left(self) -> Iterator[Claim]:
        """Yield, of each requirement, the best level that is left where it is not met."""
        parts = self.asked.parts[id(self.asked.question(follows=False))]
        for name in parts.unmet:
            level = best_left(self.asked, name)
            if level is not None:
                yield Claim(
                    self.finding(Property.LEAVES, about=level),
                    partial(_left, name, level),
                    partial(self._has_standard, level),
                    (self.by_id[name],),
                    shows=True,
                )

    def _has_standard(self, level: str, ran: Ran) -> bool:
        if ran.result.status.value in ("not_ranked", "pending"):
            return False
        found = ran.results.run.level(ran.result.entity, Stage.STANDARD)
        rank = self.asked.question(follows=False).rank(level)
        return (found.least, found.most) == (rank, rank)


def is_left_open(result: Result) -> bool:
    """Whether the rules leave a result open themselves, and to no body that they name."""
    if result.status.value == "undetermined":
        return True
    return result.decision is not None and result.decision.kind.value == "no_band"


def _decides(rule: str) -> Callable[[Asked], Found]:
    return lambda asked: asked.decides(frozenset([rule]))


def _matters(name: str, record: str = "") -> Callable[[Asked], Found]:
    if record:
        return lambda asked: asked.matters_in_records(record, name)
    return lambda asked: asked.matters(name)


def _raised(asked: Question, name: str) -> tuple[Any, Any]:
    """Return a grade one better, and that there is one."""
    term = asked.space.facts["", name].term
    return term + 1, True


def _dropped(asked: Question, name: str) -> tuple[Any, Any]:
    """Return that a penalty is missing, and that it was there."""
    return False, asked.space.facts["", name].term


def _filled(level: str, asked: Asked) -> Found:
    return asked.filled(level)


def _never(key: str, table: str, asked: Asked) -> Found:
    return asked.never(key, table)


def _excused(owner: str, name: str, asked: Asked) -> Found:
    return taken_back_found(asked, owner, name)


def _left(rule: str, level: str, asked: Asked) -> Found:
    return left(asked, rule, level)


def _refuted(_asked: Asked) -> Found:
    return Found(Status.REFUTED)
