"""Whether a rulebook by itself is as its author may think: each property asked, kind by kind.

A case against a property is run by the reference before it is shown, and where another option of
a reading mends it, that is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.analysis.proof import behind
from khung.analysis.proof.asked import Asked, Found
from khung.analysis.proof.properties import Case, Finding, Property, Status
from khung.analysis.proof.text import case_text
from khung.analysis.values import level
from khung.casefile.from_source import parse_case
from khung.diagnostics.bag import Bag
from khung.driver import evaluate_under
from khung.ir.stages import names
from khung.records import dataclass, replace
from khung.smt import ROOT
from khung.smt.decode import shown
from khung.smt.model import NotSayableError
from khung.smt.smallest import everything
from khung.smt.space import names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from khung.analysis.proof.solver import Budget
    from khung.driver import Ready, Shelf
    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType, Program
    from khung.smt.question import Question
    from khung.smt.terms import Term
    from khung.why.result import Result, Results

_MOST_OPTIONS = 6
"""How many other options are tried for one finding: those that it asks first."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A property of something, how it is asked, and what the reference must say of a case."""

    found: Finding
    ask: Callable[[Asked], Found]
    agrees: Callable[[Result, Results], bool] = lambda _result, _results: True
    rules: tuple[Rule, ...] = ()
    second: Callable[[Question, Any], list[Term]] | None = None


def verify(
    ready: Ready, readings: Mapping[str, str], shelf: Shelf, budget: Budget
) -> Iterator[Finding]:
    """Yield what is found of each property of each type of subject.

    Args:
        ready: A sound rulebook.
        readings: The options that it follows instead of its own.
        shelf: Where it is kept, to be made ready with other options.
        budget: How long it may take; what it does not reach is unknown.
    """
    program = ready.program
    assert program is not None  # noqa: S101  # it is sound
    for declared in program.subjects:
        if declared.ladder is not None:
            yield from _Verifier(ready, program, declared, readings, shelf, budget).findings()


class _Verifier:
    """Asks of one type of subject."""

    def __init__(
        self,
        ready: Ready,
        program: Program,
        declared: ObjectType,
        readings: Mapping[str, str],
        shelf: Shelf,
        budget: Budget,
    ) -> None:
        self.ready, self.program, self.declared = ready, program, declared
        self.readings, self.shelf, self.budget = dict(readings), shelf, budget
        self.asked = Asked(program, declared.name, budget)
        self.others: dict[tuple[str, str], Asked | None] = {}

    def findings(self) -> Iterator[Finding]:
        for claim in self.claims():
            yield self.settled(claim)

    # -- what is claimed --------------------------------------------------------------------------

    def claims(self) -> Iterator[_Claim]:
        """Yield all that is asked, as cases are read: outcome, levels, rules, facts."""
        for kind in self.asked.kinds:
            yield self.outcome(kind)
            for name in self.asked.levels:
                yield self.reachable(kind, name)
            for name, below in zip(self.asked.levels, self.asked.levels[1:], strict=False):
                yield self.cumulative(kind, name, below)
        yield from self.rule_claims()
        yield from self.fact_claims()
        yield from self.rising()

    def finding(self, what: Property, kind: str = "", about: str = "") -> Finding:
        return Finding(what, self.declared.name, kind, about, Status.UNKNOWN)

    def outcome(self, kind: str) -> _Claim:
        return _Claim(
            self.finding(Property.OUTCOME, kind),
            lambda asked: asked.outcome(kind),
            lambda result, _: is_left_open(result),
        )

    def reachable(self, kind: str, name: str) -> _Claim:
        return _Claim(
            self.finding(Property.REACHABLE, kind, name),
            lambda asked: asked.reachable(kind, name),
            rules=tuple(self.of_level(name)),
        )

    def of_level(self, name: str) -> Iterator[Rule]:
        """Yield the rules that say what a level asks, and what bars from it."""
        ladder = self.declared.ladder
        assert ladder is not None  # noqa: S101  # the caller has looked
        for one in ladder.levels:
            if one.head.name == name:
                yield one.head
                yield from (requirement.head for requirement in one.require)

    def cumulative(self, kind: str, name: str, below: str) -> _Claim:
        def agrees(result: Result, results: Results) -> bool:
            row = results.run.evaluator.row(result.entity)
            ends = [results.run.evaluator.ends(row, names.met(one)) for one in (name, below)]
            return bool(ends[0][0]) and not ends[1][1]

        return _Claim(
            self.finding(Property.CUMULATIVE, kind, name),
            lambda asked: asked.cumulative(kind, name, below),
            agrees,
            tuple(self.of_level(below)),
        )

    def rule_claims(self) -> Iterator[_Claim]:
        for rule in self.asked.rules():
            yield _Claim(self.finding(Property.DECIDES), _decides(rule.id), rules=(rule,))

    def fact_claims(self) -> Iterator[_Claim]:
        for name in self.asked.truths():
            yield _Claim(self.finding(Property.MATTERS, about=name), _matters(name))
        for record, name in self.asked.record_truths():
            about = f"{record}.{name}"
            yield _Claim(self.finding(Property.MATTERS, about=about), _matters(name, record))

    def rising(self) -> Iterator[_Claim]:
        """Yield that no better grade lowers the level, and no rare fact lowers and raises it."""
        for name in self.asked.grades():
            yield self.rises(name, _raised)
        for name in self.asked.penalties():
            yield self.rises(name, _dropped, either=True)

    def rises(self, name: str, better: Any, *, either: bool = False) -> _Claim:
        def values(asked: Question) -> dict[Any, Any]:
            term = asked.space.facts["", name].term
            return {term: better(asked, name)[0]}

        def condition(asked: Question) -> Term:
            return better(asked, name)[1]

        return _Claim(
            self.finding(Property.RISING, about=name),
            lambda asked: asked.rising(values, condition, either=either),
            second=lambda asked, model: [
                term == (value if isinstance(value, bool) else model.eval(value))
                for term, value in values(asked).items()
            ],
        )

    # -- what is found ----------------------------------------------------------------------------

    def settled(self, claim: _Claim) -> Finding:
        """Return what is found of a claim, with its case and what would mend it."""
        answer = Found(Status.UNKNOWN)
        if self.budget.left:
            fixed = claim.found.property is Property.DECIDES and behind.is_fixed(
                claim.rules, self.declared
            )
            answer = Found(Status.REFUTED) if fixed else claim.ask(self.asked)
        told = replace(
            claim.found,
            status=answer.status,
            left=answer.left,
            rules=tuple(rule.id for rule in claim.rules),
            sources=tuple(dict.fromkeys(s for rule in claim.rules for s in rule.sources)),
        )
        if told.property is Property.MATTERS:
            told = replace(told, sources=self.sources(told.about))
        if answer.status is not Status.REFUTED:
            return told
        if answer.model is not None:
            cases = self.cases(claim, answer)
            if not cases:
                return replace(told, status=Status.UNKNOWN)
            told = replace(told, cases=cases)
        return replace(told, mends=self.mended(claim))

    def sources(self, about: str) -> tuple[str, ...]:
        record, _, name = about.rpartition(".")
        fact = self.program.objects[record or self.declared.name].facts.get(name)
        return fact.sources if fact is not None else ()

    def cases(self, claim: _Claim, answer: Found) -> tuple[Case, ...]:
        """Return the case against a claim; none if the reference does not say so."""
        asked = answer.asked
        assert asked is not None  # noqa: S101  # a model is of a question
        first = self.case(asked, answer.model)
        if first is None or not claim.agrees(*first[1:]):
            return ()
        if claim.second is None:
            return (first[0],)
        model = _beside(asked, answer.model, claim.second)
        other = None if model is None else self.case(asked, model)
        if other is None or not _is_lower(first[1], other[1]):
            return ()
        return first[0], other[0]

    def case(self, asked: Question, model: Any) -> tuple[Case, Result, Results] | None:
        try:
            made = shown(asked, model)
        except NotSayableError:
            return None
        id_, options = self.program.rulebook, self.readings
        text = case_text(id_, made.on, made.subjects, readings=options)
        bag = Bag()
        case_file = parse_case(text.encode(), "case.yaml", bag)
        if case_file is None or bag.has_errors:
            return None
        found = evaluate_under(Path("case.yaml"), case_file, self.ready, bag)
        if found.results is None:
            return None
        result = found.results.by_type[self.declared.name][ROOT]
        return Case(text, self.standing(result)), result, found.results

    def standing(self, result: Result) -> str:
        """Return a level, or the status of who has none."""
        found = level(result.level, result.entity.type, self.program)
        return str(found) if found is not None else result.status.value

    # -- what mends it ----------------------------------------------------------------------------

    def mended(self, claim: _Claim) -> tuple[str, str] | None:
        """Return another option of a reading that is asked there, under which a claim holds."""
        tries = _MOST_OPTIONS
        for name in behind.readings(claim.found, claim.rules, self.declared, self.program):
            reading = self.program.readings[name]
            for option in reading.options.values:
                tries -= option != reading.chosen
                if option == reading.chosen or tries < 0 or not self.budget.left:
                    continue
                other = self.under(name, option)
                if other is not None and self.holds(claim, other):
                    return name, option
        return None

    def holds(self, claim: _Claim, other: Asked) -> bool:
        declared = other.declared
        if claim.found.property is Property.DECIDES and behind.is_fixed(claim.rules, self.declared):
            return not behind.is_fixed(claim.rules, declared)
        try:
            return claim.ask(other).status is Status.HOLDS
        except KeyError:  # what is asked about is not there under that option
            return False

    def under(self, name: str, option: str) -> Asked | None:
        key = (name, option)
        if key not in self.others:
            folder = self.ready.loaded.folder
            ready = self.shelf.ready(folder, {**self.readings, name: option})
            program, name = ready.program, self.declared.name
            self.others[key] = Asked(program, name, self.budget) if program else None
        return self.others[key]


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


def _beside(asked: Question, model: Any, second: Callable[[Question, Any], list[Term]]) -> Any:
    """Return the model of the same case with what was changed in it."""
    fixed = second(asked, model)
    moved = {name for term in fixed for name in names_in(term)}
    kept = [
        term == model.eval(term, model_completion=True)
        for term in everything(asked)
        if not names_in(term) & moved
    ]
    answer, found = asked.check(*fixed, *kept)
    return found if answer.value == "refuted" else None


def _is_lower(first: Result, other: Result) -> bool:
    """Whether the second of two results is lower, surely or perhaps."""
    ends = [(one.at_worst, one.at_best) for one in (first, other)]
    if None in (*ends[0], *ends[1]):
        return False
    return any(b < a for a, b in zip(*ends, strict=True) if a is not None and b is not None)
