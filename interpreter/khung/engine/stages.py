"""One evaluation of a case: statuses and levels of all subjects, each stage worked out once.

What a later stage reads of another subject is asked here, so that one subject's open level is
another's bounds.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from khung.engine.compiled import compiled
from khung.engine.cut import cut_of
from khung.engine.evaluate import Evaluator
from khung.engine.progress import Phase, advancing
from khung.engine.steps import Steps
from khung.engine.values import FALSE, Value, within
from khung.ir.hanging import hanging_of
from khung.ir.program import ladder_of
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from khung.engine.cut import Cut
    from khung.engine.facts import Case, Entity
    from khung.engine.rows import Row
    from khung.engine.voting import Step
    from khung.ir.hanging import Hanging
    from khung.ir.program import ObjectType, Program


Known = dict[str, dict[str, dict[str, "bool | int"]]]
"""By subject type, definition and id, what a definition of a subject is known to be."""


class Status(Enum):
    """What can be said of a subject."""

    RANKED = "ranked"
    NOT_RANKED = "not_ranked"
    PENDING = "pending"
    UNDETERMINED = "undetermined"
    NEEDS_DECISION = "needs_decision"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a subject is outside the ranking, and whether a step of it is missing."""

    out: Value
    pending: Value


@dataclass(slots=True)
class Run:
    """One evaluation of one case: what is worked out so far.

    Attributes:
        steps: What each stage leaves to a body, and finds.
        groups: By subject type and place of the quota in it.
        opaque: Whether others know nothing of the results of a subject of unknown kind, nor the
            groups of a quota of one of unknown key. Kind and key give a subject its place in the
            order of work, and without them work may run in a ring: only then is this asked for.
        opened: By `id` of an object, the facts of which nothing is known whatever it states.
    """

    program: Program
    case: Case
    opaque: bool = False
    opened: Mapping[int, Collection[str]] = field(default_factory=dict)
    evaluator: Evaluator = field(init=False)
    steps: Steps = field(init=False)
    groups: dict[tuple[str, int], Cut] = field(default_factory=dict)
    hanging: Hanging = field(init=False)

    def __post_init__(self) -> None:
        self.hanging = hanging_of(self.program)
        program, on = self.program, self.case.on
        self.evaluator = Evaluator(
            program.values,
            program.objects,
            self.case,
            self,
            on,
            compiled(program),
            self.opened,
        )
        assert self.evaluator.case is not None  # noqa: S101  # it was given
        self.case = self.evaluator.case
        self.steps = Steps(self)

    def begin_with(self, known: Known) -> None:
        """Take what was found already, so that it is not worked out once more."""
        number = self.evaluator.code.names.number
        for subject, by_name in known.items():
            rows = self.case.entities.get(subject, {})
            for name, values in by_name.items():
                attribute = f"v{number(f'={name}')}"
                for one, value in values.items():
                    rows[one].__dict__[attribute] = value

    # -- what other subjects ask ---------------------------------------------------------------

    def is_opaque(self, entity: Entity) -> bool:
        """Whether nothing is known to others of what the rules make of a subject."""
        return self.opaque and entity.type.kinds is not None and _kind(entity) is None

    def is_level_hidden(self, entity: Entity, stage: Stage) -> bool:
        """Whether others know nothing of the level of a subject after a stage."""
        given = entity.given
        return self.is_opaque(entity) and not (given is not None and given.stands_for(stage))

    def is_scope_hidden(self, entity: Entity) -> bool:
        """Whether others know nothing of the scope of a subject: its rules read results."""
        if not self.is_opaque(entity) or entity.given is not None:
            return False
        rules = (*entity.type.not_ranked, *entity.type.pending)
        found = (rule.head.when for rule in rules)
        return any(self.hanging.hangs(when).results for when in found if when is not None)

    def any_level(self, entity: Entity) -> Value:
        """Return what is known of a level if nothing is."""
        levels = ladder_of(entity.type).levels
        return within(levels[-1].rank, levels[0].rank)

    # -- results --------------------------------------------------------------------------------

    def solve(self) -> None:
        """Work out all stages in the order of work, so that none has to go far for what it reads.

        What has no place in that order, and the level of who is not in the ranking, is worked out
        when it is asked for.
        """
        total = len(names.ENDS) * sum(map(len, self.case.entities.values()))
        for _ in advancing(self._solved(), total, Phase.SOLVING):
            pass

    def _solved(self) -> Iterator[Entity]:
        """Yield subjects as each stage of each is worked out."""
        inside: dict[tuple[str, str], list[Row]] = {}
        for subject, kind, name in self.program.order:
            if name == names.RANKED:
                found = self._undecided(subject, kind)
                inside[subject, kind] = [e for e in found if self._may_be_ranked(e)]
                yield from found
            else:
                for entity in inside[subject, kind]:
                    self.evaluator.ends(entity, name)
                    yield entity

    def _undecided(self, subject: str, kind: str) -> list[Row]:
        """Return the subjects of a kind of which no decision is given."""
        of_type = map(self.evaluator.row, self.case.entities.get(subject, {}).values())
        return [row for row in of_type if row.given is None and (not kind or _kind(row) == kind)]

    def _may_be_ranked(self, row: Row) -> bool:
        ends = self.evaluator.ends
        return not (ends(row, names.OUT)[0] or ends(row, names.PENDING)[0])

    def status(self, entity: Entity) -> Status:
        """Return the status of a subject that has a ladder, by the order of precedence."""
        row, ends = self.evaluator.row(entity), self.evaluator.ends
        out, may_be_out = ends(row, names.OUT)
        if out:
            return Status.NOT_RANKED
        pending, may_be_pending = ends(row, names.PENDING)
        if pending:
            return Status.PENDING
        least, most = ends(row, names.of_stage(Stage.QUOTA))
        if may_be_out or may_be_pending:
            return Status.UNDETERMINED
        if least == most and not self._may_leave(row):
            return Status.RANKED
        if least != most and not self.steps.may_leave_a_choice(row):
            return Status.UNDETERMINED
        final = self.step(entity, Stage.QUOTA)
        if final.may_leave:
            return Status.UNDETERMINED
        if final.decision is not None:
            return Status.NEEDS_DECISION
        return Status.RANKED if least == most else Status.UNDETERMINED

    def _may_leave(self, row: Row) -> bool:
        """Whether a body may take the subject out of the ranking."""
        rules = (rule for rule in row.type.defer if rule.may_leave)
        return any(row.layout.tester_of(rule.head.when)(row) is not False for rule in rules)

    def scope(self, entity: Entity) -> Scope:
        """Return the scope of a subject; a decision given puts it in the ranking."""
        out, pending = (self.evaluator.worth(entity, name) for name in (names.OUT, names.PENDING))
        return Scope(out, FALSE if out.least else pending)

    def level(self, entity: Entity, stage: Stage) -> Value:
        """Return the level of a subject after a stage, whether or not it is in the ranking."""
        return self.evaluator.worth(entity, names.of_stage(stage))

    def step(self, entity: Entity, stage: Stage) -> Step:
        """Return what a stage gives for a subject that has a ladder, with the choice it leaves."""
        return self.steps.of(self.evaluator.row(entity), names.of_stage(stage))

    # -- quotas ---------------------------------------------------------------------------------

    def kept(self, entity: Entity, place: int) -> Value | None:
        """Return the level that a quota leaves; None where it does not touch the subject."""
        step = self.groups_of(entity.type, place).step(entity)
        return None if step is None else step.level

    def is_limited(self, entity: Entity) -> bool:
        """Whether some quota touches a subject."""
        given = entity.given
        if given is not None and given.stands_for(Stage.QUOTA):
            return False
        places = range(len(entity.type.quotas))
        return any(self.kept(entity, place) is not None for place in places)

    def groups_of(self, declared: ObjectType, index: int) -> Cut:
        """Return the groups of a subject type's quota."""
        key = (declared.name, index)
        if key not in self.groups:
            before = names.of_quota(index - 1) if index else names.of_stage(Stage.DEFER)
            everyone = list(self.case.entities.get(declared.name, {}).values())
            self.groups[key] = cut_of(self, declared, index, before, everyone)
        return self.groups[key]


def _kind(entity: Entity) -> str | None:
    """Return the kind of a subject that has kinds, None if it is not known."""
    kind = entity.facts.get(entity.type.kind_field)
    return str(kind.least) if isinstance(kind, Value) and kind.known else None
