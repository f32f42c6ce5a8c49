"""The questions that are open about a subject, the one whose answer decides most first.

A question is asked only if it can change the result: two answers to it are known under which the
subject stands otherwise, be it by itself or together with answers to others that are open, too.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.analysis.ask.effects import Asked, Effects, Outcome, asked_at, objects_of
from khung.analysis.ask.points import DEPTH, names_read, points_of
from khung.analysis.ask.values import answers, asked_as, asks_whole
from khung.casefile.stating import place_of, shared_by
from khung.engine.stages import Status
from khung.ir.nodes import Ruled
from khung.ir.rewrite import walk
from khung.records import dataclass

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
    """Yield the results that something unknown leaves open, in the order of the case."""
    for by_id in results.by_type.values():
        yield from (one for one in by_id.values() if one.status is Status.UNDETERMINED)


def open_questions(
    results: Results,
    case_file: CaseFile,
    result: Result,
    but: Collection[str] = (),
    *,
    assumed: bool = False,
) -> Open:
    """Return what may be asked about a subject.

    Args:
        results: Of the case.
        case_file: The case as read.
        result: Of the subject.
        but: Paths that are not asked: nobody knows.
        assumed: Whether what was left to its default is asked, too, after all else.
    """
    return _Asker(results, case_file, result, frozenset(but)).open(assumed=assumed)


@dataclass(slots=True, eq=False)
class _Asker:
    results: Results
    case_file: CaseFile
    result: Result
    but: frozenset[str]
    effects: Effects = field(init=False)
    objects: Mapping[str, Entity] = field(init=False)

    def __post_init__(self) -> None:
        self.effects = Effects(self.results, self.case_file, self.result.entity)
        self.objects = objects_of(self.results.case)

    def open(self, *, assumed: bool) -> Open:
        paths = [*self.missing(self.result, set())]
        found, left = self.questions(paths)
        if assumed:
            defaults = [p for p in self.result.assumed if p not in paths]
            found += self.questions(defaults, assumed=True)[0]
        return Open(self.result, tuple(found), tuple(left))

    def missing(self, result: Result, seen: set[str]) -> Iterator[str]:
        """Yield what is missing; of others on whose results it hangs, what is missing there."""
        seen.add(result.entity.path)
        for path in result.missing:
            at = asked_at(self.objects, path)
            other = self.results.by_type.get(at.entity.type.name, {}) if at else {}
            if at is None or at.name:
                yield path
            elif path not in seen and at.entity.id in other:
                yield from self.missing(other[at.entity.id], seen)

    def questions(
        self, paths: Sequence[str], *, assumed: bool = False
    ) -> tuple[list[Question], list[str]]:
        """Return questions about paths, the best first, and the paths of which there are none."""
        may = self.askable(paths)
        asked = {one: values for one, values in may.items() if one.path not in self.but}
        tried = {one: self.tried(one, values, {}) for one, values in asked.items()}
        found = [self.question(one, t, assumed=assumed) for one, t in tried.items()]
        found = sorted((q for q in found if _tells(q.tried)), key=lambda q: (q.left, -q.decides))
        told = {q.asked for q in found}
        if not assumed:
            found += self.together({a: v for a, v in asked.items() if a not in told}, may)
            told = {q.asked for q in found}
        named = {one.path for one in told}
        return found, [path for path in dict.fromkeys(paths) if path not in named]

    def askable(self, paths: Sequence[str]) -> dict[Asked, list[Answer]]:
        """Return what can be stated in the case, with its telling answers."""
        points = points_of(self.results.program)
        found: dict[Asked, list[Answer]] = {}
        for path in dict.fromkeys(paths):
            at = asked_at(self.objects, path)
            if at is None or len(found) >= _MOST or asked_as(at.entity, at.name) is None:
                continue
            if place_of(self.case_file, at.entity, at.name) is not None:
                found[at] = answers(self.results.case, at.entity, at.name, points)
        return found

    def tried(
        self, asked: Asked, values: Sequence[Answer], others: Mapping[Asked, Answer]
    ) -> tuple[Tried, ...]:
        """Return the answers that a case may state, with what comes of each."""
        found = ((value, self.effects.outcome({**others, asked: value})) for value in values)
        return tuple(Tried(value, outcome) for value, outcome in found if outcome is not None)

    def question(
        self,
        asked: Asked,
        tried: tuple[Tried, ...],
        beside: Mapping[Asked, Answer] | None = None,
        *,
        assumed: bool = False,
    ) -> Question:
        whole = asks_whole(asked.entity, asked.name)
        place = None if whole else place_of(self.case_file, asked.entity, asked.name)
        shared = () if place is None else shared_by(self.case_file, place)
        others = tuple((beside or {}).items())
        return Question(asked, tried, others, assumed, shared if len(shared) > 1 else ())

    def together(
        self, asked: Mapping[Asked, Sequence[Answer]], all_: Mapping[Asked, Sequence[Answer]]
    ) -> Iterator[Question]:
        """Yield questions that change the result once all others are answered in some way."""
        for one, values in asked.items():
            for turn in range(_COMPLETIONS):
                others = {
                    other: said[(turn * (place + 1)) % len(said)]
                    for place, (other, said) in enumerate(all_.items())
                    if other != one and said
                }
                tried = self.tried(one, values, others)
                if _tells(tried):
                    yield self.question(one, tried, others)
                    break


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
