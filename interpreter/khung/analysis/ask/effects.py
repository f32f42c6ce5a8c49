"""What comes of one subject if something else of its case were known."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.ask.supposed import Now, Supposed
from khung.analysis.ask.values import asks_whole
from khung.casefile.checks import check_evaluated
from khung.casefile.names import check_links
from khung.casefile.stating import place_of, shared_by
from khung.diagnostics.bag import Bag
from khung.engine.facts import Entity
from khung.engine.rings import CircularRulesError
from khung.engine.stages import Run, Status
from khung.engine.values import TRUE, Value
from khung.records import dataclass, replace
from khung.rulebook.model import Ref
from khung.why.changed_case import changed_together, leading_of
from khung.why.result import result_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.analysis.ask.values import Answer
    from khung.casefile.model import CaseFile
    from khung.casefile.stating import Step
    from khung.engine.facts import Case
    from khung.why.changed_case import Leading
    from khung.why.result import Result, Results


class Outcome(NamedTuple):
    """What is found of a subject: its status, and the ranks between which its level lies."""

    status: Status
    at_worst: int | None
    at_best: int | None

    @property
    def width(self) -> int:
        """How much is open: nothing of what is decided, else the levels left."""
        if self.status is not Status.UNDETERMINED:
            return 0
        ends = (self.at_worst, self.at_best)
        return 1 + (ends[1] - ends[0] if ends[0] is not None and ends[1] is not None else 0)


_Key = tuple[bool, tuple[tuple[str, str, int], ...]]
_Known = tuple["Outcome | None", tuple["Answer", ...]]


def outcome_of(result: Result) -> Outcome:
    """Return what is found of a subject."""
    return Outcome(result.status, result.at_worst, result.at_best)


class Asked(NamedTuple):
    """Something that a case may state: of which object, and what."""

    entity: Entity
    name: str

    @property
    def path(self) -> str:
        """As results name it."""
        return f"{self.entity.path}.{self.name}"


@dataclass(slots=True, eq=False)
class Effects:
    """Evaluates one subject of a case with other answers.

    Attributes:
        results: Of the case as it is.
        case_file: The case as read: an entry may stand for several subjects.
        subject: The subject.
    """

    results: Results
    case_file: CaseFile
    subject: Entity
    leading: Leading = field(init=False)
    known: dict[_Key, _Known] = field(default_factory=dict)
    now: Now = field(init=False)

    def __post_init__(self) -> None:
        self.leading = leading_of(self.results.case)
        self.now = Now(self.results.run)

    def outcome(self, answers: Mapping[Asked, Answer], *, supposed: bool = False) -> Outcome | None:
        """Return what comes of the subject with some answers; None if nothing does.

        It is only `supposed` where others are taken into groups as they are now, which is quick.
        """
        said = sorted((a.entity.path, a.name, id(value)) for a, value in answers.items())
        key = (supposed, tuple(said))
        if key not in self.known:  # values are kept, so that no other has the `id` of one
            found = self._outcome(answers, supposed=supposed)
            self.known[key] = found, tuple(answers.values())
        return self.known[key][0]

    def _outcome(self, answers: Mapping[Asked, Answer], *, supposed: bool) -> Outcome | None:
        case, _ = self._case(answers)
        if _leads(answers) and not self._is_upright(case):
            return None
        about = frozenset((self.subject.path, *(one.entity.path for one in answers)))
        for opaque in (self.results.run.opaque, True):
            how = (self.results.program, case, opaque)
            run = Supposed(*how, now=self.now, asked_about=about) if supposed else Run(*how)
            try:
                return self._of(case, run)
            except CircularRulesError:
                continue
        return None

    def _of(self, case: Case, run: Run) -> Outcome:
        return outcome_of(result_of(run, case.entities[self.subject.type.name][self.subject.id]))

    def said(self, answers: Mapping[Asked, Answer]) -> Outcome | None:
        """Return what comes of the subject where khung would take the case that says so.

        That looks at all of the case, so it is asked of few answers only.
        """
        case, case_file = self._case(answers)
        said = Bag()
        for opaque in (self.results.run.opaque, True):
            try:
                run = Run(self.results.program, case, opaque)
                found = self._of(case, run)
                check_evaluated(case_file, run, said)
            except CircularRulesError:
                continue
            return None if said.has_errors else found
        return None

    def _case(self, answers: Mapping[Asked, Answer]) -> tuple[Case, CaseFile]:
        """Return the case with some answers, and its file as far as it says what is whole."""
        changes: dict[int, tuple[Entity, dict[str, Answer]]] = {}
        lists = set[tuple[str, str, str]]()
        for asked, value in answers.items():
            if asks_whole(asked.entity, asked.name):
                path = (asked.entity.type.name, asked.entity.id, asked.name)
                lists |= {path} if value == TRUE else set()
                continue
            for entity in self._all(asked):
                changes.setdefault(id(entity), (entity, {}))[1][asked.name] = value
        case, _ = changed_together(self.results.case, [*changes.values()], self.leading)
        if not lists:
            return case, self.case_file
        whole = replace(case.whole, lists=case.whole.lists | lists)
        return replace(case, whole=whole), _naming(self.case_file, lists)

    def _is_upright(self, case: Case) -> bool:
        """Whether no links run in a ring: who evaluates that would not come to an end."""
        said = Bag()
        check_links(self.case_file, case.entities, self.results.program, said)
        return not said.has_errors

    def _all(self, asked: Asked) -> list[Entity]:
        """Return all objects of which an answer is stated at once."""
        place = place_of(self.case_file, asked.entity, asked.name)
        if place is None:
            return [asked.entity]
        own = self.results.case.entities.get(place.type, {})
        found = [own[name] for name in shared_by(self.case_file, place) if name in own]
        for step in place.steps:
            found = [record for one in found for record in _element(one, step)]
        return found or [asked.entity]


def _leads(answers: Mapping[Asked, Answer]) -> bool:
    """Whether an answer leads to a subject."""
    found = (value.least for value in answers.values() if isinstance(value, Value))
    return any(isinstance(one, Entity) for one in found)


def _naming(case_file: CaseFile, lists: set[tuple[str, str, str]]) -> CaseFile:
    """Return a case file that names lists as whole besides those that it names."""
    before = case_file.complete if isinstance(case_file.complete, tuple) else ()
    named = (Ref(".".join(path), case_file.on_span) for path in sorted(lists))
    return replace(case_file, complete=(*before, *named))


def _element(entity: Entity, step: Step) -> list[Entity]:
    """Return the record at a place of a list, if it is there."""
    stated = entity.facts.get(step.list)
    items = getattr(getattr(stated, "least", None), "items", ())
    return [item.value.least for item in items[step.place : step.place + 1]]


def objects_of(case: Case) -> dict[str, Entity]:
    """Return all subjects and records of a case by their paths."""
    subjects = (entity for own in case.entities.values() for entity in own.values())
    return {entity.path: entity for entity in (*subjects, *case.records)}


def asked_at(objects: Mapping[str, Entity], path: str) -> Asked | None:
    """Return what a path of `Result.missing` names; with an empty name a subject itself.

    The longest object counts, for an id may hold points itself.
    """
    prefix = path
    while prefix:
        if prefix in objects:
            return Asked(objects[prefix], path[len(prefix) + 1 :])
        prefix = prefix.rpartition(".")[0]
    return None
