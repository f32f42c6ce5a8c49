"""Whether a rulebook by itself is as its author may think: each property asked, kind by kind.

A case against a property is run by the reference before it is shown, and where another option of
a reading mends it, that is said.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from khung.analysis.proof import behind
from khung.analysis.proof.asked import Asked, Found
from khung.analysis.proof.claims import Claims, Part
from khung.analysis.proof.differences import of_itself
from khung.analysis.proof.placed import written
from khung.analysis.proof.properties import Case, Finding, Property, Status
from khung.analysis.proof.solver import Budget, is_long
from khung.analysis.proof.told import as_data, finding_of
from khung.analysis.proof.without import Ran
from khung.analysis.values import level
from khung.casefile.from_source import parse_case
from khung.diagnostics.bag import Bag
from khung.driver import Shelf, evaluate_under
from khung.processes import in_order, processors
from khung.records import replace
from khung.smt.apart import apart
from khung.smt.decode import shown
from khung.smt.model import NotSayableError
from khung.smt.smallest import everything
from khung.smt.space import names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from khung.analysis.proof.claims import Claim
    from khung.driver import Ready
    from khung.ir.program import ObjectType, Program
    from khung.processes import Doing
    from khung.smt.question import Question
    from khung.smt.terms import Term
    from khung.why.result import Result

_MOST_OPTIONS = 6
"""How many other options are tried for one finding: those that it asks first."""


def verify(
    ready: Ready,
    readings: Mapping[str, str],
    shelf: Shelf,
    budget: Budget,
    *,
    full: bool = False,
    processes: int | None = None,
) -> Iterator[Finding]:
    """Yield what is found of each property of each type of subject.

    Args:
        ready: A sound rulebook.
        readings: The options that it follows instead of its own.
        shelf: Where it is kept, to be made ready with other options.
        budget: How long it may take; what it does not reach is unknown.
        full: Whether to look, of each requirement, for the level that is left without it, too.
        processes: How many processes share the work; None for what helps.
    """
    program = ready.program
    assert program is not None  # noqa: S101  # it is sound
    tasks = [*_tasks(program)]
    if processes is None:
        processes = processors() if is_long(program) else 1
    said = {
        "folder": str(ready.loaded.folder),
        "readings": dict(readings),
        "seconds": [budget.until - monotonic(), budget.answer],
        "full": full,
    }
    here = _doing(ready, readings, shelf, budget, full=full)
    yield from map(finding_of, in_order(_open, said, tasks, processes, here))


def _open(said: dict[str, Any]) -> Doing:
    """Return what verifies parts of a rulebook, in a process of its own."""
    shelf, readings = Shelf(), said["readings"]
    budget = Budget.of(*said["seconds"])
    ready = shelf.ready(Path(said["folder"]), readings)
    return _doing(ready, readings, shelf, budget, full=said["full"])


def _doing(
    ready: Ready, readings: Mapping[str, str], shelf: Shelf, budget: Budget, *, full: bool
) -> Doing:
    def doing(task: list[str]) -> Iterator[dict[str, Any]]:
        program, (name, part) = ready.program, task
        assert program is not None  # noqa: S101  # as above
        asking = _Verifier(ready, program, program.objects[name], readings, shelf, budget)
        yield from map(as_data, apart(asking.findings(Part(part), full=full)))

    return doing


def _tasks(program: Program) -> Iterator[list[str]]:
    """Yield the types of subject that are ranked; in parts one that takes longest by far."""
    for declared in program.subjects:
        if declared.ladder is not None:
            parts = (Part.RULES, Part.FACTS) if _looks_down(declared) else (Part.ALL,)
            yield from ([declared.name, part.value] for part in parts)


def _looks_down(declared: ObjectType) -> bool:
    """Whether subjects of a type see others of it: what is asked of these is in lists of lists."""
    return any(one.holder == declared.name for one in declared.back_lists.values())


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
        self.run: dict[int, tuple[Any, tuple[Case, Ran] | None]] = {}

    def findings(self, part: Part, *, full: bool) -> Iterator[Finding]:
        claims = Claims(self.asked, self.declared, self.program)
        for claim in claims.of(part):
            found = self.settled(claim)
            yield found
            if found.status is Status.REFUTED:
                yield from map(self.settled, claims.behind(found))
        if full and part is not Part.RULES:
            yield from map(self.settled, claims.left())

    # -- what is found ----------------------------------------------------------------------------

    def settled(self, claim: Claim) -> Finding:
        """Return what is found of a claim, with its case and what would mend it."""
        answer, fixed = Found(Status.UNKNOWN), False
        if self.budget.left:
            fixed = claim.found.property is Property.DECIDES and behind.is_fixed(
                claim.rules, self.declared
            )
            answer = Found(Status.REFUTED) if fixed else claim.ask(self.asked)
        told = replace(
            claim.found,
            status=answer.status,
            left=answer.left,
            switched=fixed,
            rules=tuple(rule.id for rule in claim.rules),
            sources=tuple(dict.fromkeys(s for rule in claim.rules for s in rule.sources)),
        )
        if told.property is Property.MATTERS:
            told = replace(told, sources=self.sources(told.about))
        if answer.status is Status.HOLDS and claim.is_tried:
            return told if self.agrees(claim, answer) else replace(told, status=Status.UNKNOWN)
        if answer.status is not Status.REFUTED:
            return self.shown(claim, answer, told) if claim.shows else told
        if answer.model is not None:
            cases = self.cases(claim, answer)
            if not cases:
                return replace(told, status=Status.UNKNOWN)
            told = replace(told, cases=cases)
        return replace(told, mends=self.mended(claim))

    def shown(self, claim: Claim, answer: Found, told: Finding) -> Finding:
        """Return what holds with a case; without one that comes out so it is not known."""
        cases = self.cases(claim, answer) if answer.model is not None else ()
        return replace(told, cases=cases) if cases else replace(told, status=Status.UNKNOWN)

    def agrees(self, claim: Claim, answer: Found) -> bool:
        """Whether the reference says what is claimed of a case that was found, or a small one."""
        assert answer.asked is not None  # noqa: S101  # a model is of a question
        for model in (answer.model, None):
            found = model if model is not None else answer.small()
            made = None if found is None else self.tried(answer.asked, found)
            if made is not None and claim.agrees(made[1]):
                return True
        return False

    def tried(self, asked: Question, model: Any) -> tuple[Case, Ran] | None:
        """Return what the reference makes of a model, each run once."""
        if id(model) not in self.run:
            self.run[id(model)] = model, self.case(asked, model)
        return self.run[id(model)][1]

    def sources(self, about: str) -> tuple[str, ...]:
        record, _, name = about.rpartition(".")
        fact = self.program.objects[record or self.declared.name].facts.get(name)
        return fact.sources if fact is not None else ()

    def cases(self, claim: Claim, answer: Found) -> tuple[Case, ...]:
        """Return the case against a claim; none if the reference does not say so."""
        asked = answer.asked
        assert asked is not None  # noqa: S101  # a model is of a question
        first = self.case(asked, answer.model)
        if first is None or not claim.agrees(first[1]):
            return ()
        small = next((s for s in self.asked.small.values() if s.question is asked), None)
        if small is not None:
            about = asked.kind(claim.found.kind)
            first = (
                replace(first[0], matters=of_itself(small.matters(answer.model, about))),
                first[1],
            )
        if claim.second is None:
            return (first[0],)
        model = _beside(asked, answer.model, claim.second)
        other = None if model is None else self.case(asked, model)
        if other is None or not _is_lower(first[1].result, other[1].result):
            return ()
        return first[0], other[0]

    def case(self, asked: Question, model: Any) -> tuple[Case, Ran] | None:
        try:
            made = shown(asked, model)
        except NotSayableError:
            return None
        text, about = written(made, self.program, self.readings)
        bag = Bag()
        case_file = parse_case(text.encode(), "case.yaml", bag)
        if case_file is None or bag.has_errors:
            return None
        found = evaluate_under(Path("case.yaml"), case_file, self.ready, bag)
        if found.results is None:
            return None
        result = found.results.by_type[self.declared.name][about]
        return Case(text, self.standing(result)), Ran(case_file, found.results, result)

    def standing(self, result: Result) -> str:
        """Return a level, or the status of who has none."""
        found = level(result.level, result.entity.type, self.program)
        return str(found) if found is not None else result.status.value

    # -- what mends it ----------------------------------------------------------------------------

    def mended(self, claim: Claim) -> tuple[str, str] | None:
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

    def holds(self, claim: Claim, other: Asked) -> bool:
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
