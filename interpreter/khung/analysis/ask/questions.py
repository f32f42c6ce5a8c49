"""The questions that are open about a subject, the one whose answer decides most first.

A question is asked only if it can change the result: two answers to it are known under which the
subject stands otherwise, be it by itself or together with answers to others that are open, too.
"""

from __future__ import annotations

from dataclasses import field
from itertools import islice
from typing import TYPE_CHECKING

from khung.analysis.ask.effects import Asked, Effects, Outcome, asked_at, objects_of
from khung.analysis.ask.points import DEPTH, names_read, points_of
from khung.analysis.ask.values import answers, asked_as, asks_whole
from khung.casefile.stating import place_of, shared_by
from khung.engine.stages import Status
from khung.ir.nodes import Ruled
from khung.ir.rewrite import walk
from khung.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from khung.analysis.ask.values import Answer
    from khung.casefile.model import CaseFile
    from khung.engine.facts import Entity
    from khung.why.result import Result, Results

_MOST = 60
"""How many open questions are looked at: those that the rules ask first."""

_COMPLETIONS = 12
"""With how many sets of answers to all others a question is tried that decides nothing alone."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer, and what comes of the subject then."""

    value: Answer
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is not known, or was left to its default.

    Attributes:
        asked: What is asked, and of whom.
        tried: Telling answers. Where it decides nothing by itself, those under which the subject
            stands otherwise once all else is answered in some way.
        beside: Answers to others with which it changes the result; none if it does so by itself.
        assumed: Whether a default is taken now.
        shared: The ids of the subjects of whom one answer is stated at once, if there are others.
    """

    asked: Asked
    tried: tuple[Tried, ...]
    beside: tuple[tuple[Asked, Answer], ...] = ()
    assumed: bool = False
    shared: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it is asked if a list is whole."""
        return asks_whole(self.asked.entity, self.asked.name)

    @property
    def alone(self) -> bool:
        """Whether it changes the result by itself."""
        return not self.beside

    @property
    def left(self) -> float:
        """How much is open after it, of all answers alike."""
        return sum(one.outcome.width for one in self.tried) / len(self.tried)

    @property
    def decides(self) -> int:
        """How many of the answers decide the result."""
        return sum(one.outcome.width == 0 for one in self.tried)


@dataclass(frozen=True, slots=True)
class Open:
    """What is open about a subject.

    Attributes:
        result: What is found of it now.
        questions: The best first.
        left: Paths of what is missing besides, of which no question was found.
    """

    result: Result
    questions: tuple[Question, ...]
    left: tuple[str, ...] = ()


def open_results(results: Results) -> Iterator[Result]:
    """Yield the results that something unknown leaves open: those first that wait for no other.

    Who waits for others is asked about when these are known; else in the order of the case.
    """
    every = (one for by_id in results.by_type.values() for one in by_id.values())
    open_ = [one for one in every if one.status is Status.UNDETERMINED]
    paths = {one.entity.path for one in open_}
    waiting: list[Result] = []
    for one in open_:
        if any(path in paths for path in one.missing):
            waiting.append(one)
        else:
            yield one
    yield from waiting


def open_questions(
    results: Results,
    case_file: CaseFile,
    result: Result,
    but: Collection[str] = (),
    *,
    assumed: bool = False,
    first: bool = False,
) -> Open:
    """Return what may be asked about a subject.

    Args:
        results: Of the case.
        case_file: The case as read.
        result: Of the subject.
        but: Paths that are not asked: nobody knows.
        assumed: Whether what was left to its default is asked, too, after all else.
        first: Whether only the first question is wanted, and nothing of what is left.
    """
    return _Asker(results, case_file, result, frozenset(but), first).open(assumed=assumed)


def missing_of(results: Results, result: Result) -> tuple[str, ...]:
    """Return what is missing; of others on whose results it hangs, what is missing there."""
    found = _missing(results, objects_of(results.case), result, set())
    return tuple(dict.fromkeys(found))


def _missing(
    results: Results, objects: Mapping[str, Entity], result: Result, seen: set[str]
) -> Iterator[str]:
    seen.add(result.entity.path)
    for path in result.missing:
        at = asked_at(objects, path)
        other = results.by_type.get(at.entity.type.name, {}) if at else {}
        if at is None or at.name:
            yield path
        elif path not in seen and at.entity.id in other:
            yield from _missing(results, objects, other[at.entity.id], seen)


@dataclass(slots=True, eq=False)
class _Asker:
    results: Results
    case_file: CaseFile
    result: Result
    but: frozenset[str]
    first: bool
    effects: Effects = field(init=False)
    objects: Mapping[str, Entity] = field(init=False)

    def __post_init__(self) -> None:
        self.effects = Effects(self.results, self.case_file, self.result.entity)
        self.objects = objects_of(self.results.case)

    def open(self, *, assumed: bool) -> Open:
        paths = missing_of(self.results, self.result)
        found = [*islice(self.questions(paths), 1 if self.first else None)]
        if assumed and not (self.first and found):
            defaults = [path for path in self.result.assumed if path not in paths]
            found += islice(self.defaults(defaults), 1 if self.first else None)
        named = {one.asked.path for one in found}
        left = [path for path in paths if path not in named]
        return Open(self.result, tuple(found), () if self.first else tuple(left))

    def questions(self, paths: Sequence[str]) -> Iterator[Question]:
        """Yield questions about paths: the best first, then what decides nothing alone."""
        asked, told = self.askable(paths), set[Asked]()
        for one in self.ranked(asked, assumed=False):
            told.add(one.asked)
            yield one
        yield from self.together(asked, told)

    def defaults(self, paths: Sequence[str]) -> Iterator[Question]:
        """Yield questions about what was left to its default, the best first."""
        yield from self.ranked(self.askable(paths), assumed=True)

    def ranked(
        self, asked: Mapping[Asked, Sequence[Answer]], *, assumed: bool
    ) -> Iterator[Question]:
        """Yield the questions that change the result by themselves, the best first.

        First those of which that is seen with others as they are now, then the rest.
        """
        told = set[Asked]()
        for supposed in (True, False):
            left = {one: values for one, values in asked.items() if one not in told}
            tried = {one: self.tried(one, v, {}, supposed=supposed) for one, v in left.items()}
            found = [self.question(one, t, {}, assumed=assumed) for one, t in tried.items()]
            found = [one for one in found if _tells(one.tried)]
            for one in sorted(found, key=lambda one: (one.left, -one.decides)):
                sure = self.confirmed(one)
                if sure is not None:
                    told.add(one.asked)
                    yield sure

    def confirmed(self, one: Question) -> Question | None:
        """Return a question with the answers that khung would take; None if they tell nothing."""
        kept: list[Tried] = []
        left, seen = [*one.tried], set[Outcome]()
        while left:
            new = next((t for t in left if t.outcome not in seen), left[0])
            tried = new if self.first else left[0]
            left.remove(tried)
            outcome = self.effects.said({**dict(one.beside), one.asked: tried.value})
            if outcome is not None:
                kept.append(Tried(tried.value, outcome))
                seen.add(tried.outcome)
                if self.first and _tells(kept):
                    break
            elif one.beside and not kept:
                break  # it is the answers beside it that cannot be said
        return replace(one, tried=tuple(kept)) if _tells(kept) else None

    def askable(self, paths: Sequence[str]) -> dict[Asked, list[Answer]]:
        """Return what can be stated in the case, and somebody may know, with telling answers."""
        points = points_of(self.results.program)
        found: dict[Asked, list[Answer]] = {}
        for path in paths:
            at = asked_at(self.objects, path)
            if (
                at is None
                or path in self.but
                or len(found) >= _MOST
                or asked_as(at.entity, at.name) is None
            ):
                continue
            if place_of(self.case_file, at.entity, at.name) is not None:
                found[at] = answers(self.results.case, at.entity, at.name, points)
        return found

    def tried(
        self,
        asked: Asked,
        values: Sequence[Answer],
        others: Mapping[Asked, Answer],
        *,
        supposed: bool,
    ) -> tuple[Tried, ...]:
        """Return the answers that a case may state, with what comes of each."""
        effects = self.effects
        found = (
            (value, effects.outcome({**others, asked: value}, supposed=supposed))
            for value in values
        )
        return tuple(Tried(value, outcome) for value, outcome in found if outcome is not None)

    def question(
        self,
        asked: Asked,
        tried: tuple[Tried, ...],
        beside: Mapping[Asked, Answer],
        *,
        assumed: bool = False,
    ) -> Question:
        whole = asks_whole(asked.entity, asked.name)
        place = None if whole else place_of(self.case_file, asked.entity, asked.name)
        shared = () if place is None else shared_by(self.case_file, place)
        others = tuple(beside.items())
        return Question(asked, tried, others, assumed, shared if len(shared) > 1 else ())

    def together(
        self, asked: Mapping[Asked, Sequence[Answer]], told: Collection[Asked]
    ) -> Iterator[Question]:
        """Yield questions that change the result once all others are answered in some way."""
        for one in [one for one in asked if one not in told]:
            for beside in self.completions(one, asked):
                sure = self.beside(one, asked[one], beside)
                if sure is not None:
                    yield sure
                    break

    def beside(
        self, one: Asked, values: Sequence[Answer], others: Mapping[Asked, Answer]
    ) -> Question | None:
        """Return a question that changes the result with some answers to others; None if not."""
        for supposed in (True, False):
            tried = self.tried(one, values, others, supposed=supposed)
            sure = self.confirmed(self.question(one, tried, others)) if _tells(tried) else None
            if sure is not None:
                return sure
        return None

    def completions(
        self, one: Asked, asked: Mapping[Asked, Sequence[Answer]]
    ) -> Iterator[dict[Asked, Answer]]:
        """Yield answers to all other questions, a few ways to give them."""
        others = {other: said for other, said in asked.items() if other != one and said}
        for turn in range(_COMPLETIONS if others else 0):
            places = enumerate(others.items(), 1)
            yield {other: said[turn * place % len(said)] for place, (other, said) in places}


def _tells(tried: Sequence[Tried]) -> bool:
    """Whether two answers come to something else."""
    return len({one.outcome for one in tried}) > 1


def sources_of(question: Question, result: Result) -> tuple[str, ...]:
    """Return the clauses behind a question: of the fact, or else of the rules next to it."""
    asked, program = question.asked, result.explanation.run.program
    held = asked_as(asked.entity, asked.name)
    own: tuple[str, ...] = getattr(held, "sources", ())
    if own:
        return own
    said = [part for d in result.entity.type.stages.values() for part in walk(d.value)]
    rules = [part for part in said if isinstance(part, Ruled)]
    for depth in range(DEPTH):
        near = [r for r in rules if asked.name in names_read(r.body, program, depth)]
        if near:
            return tuple(dict.fromkeys(source for r in near for source in r.rule.sources))
    return ()
