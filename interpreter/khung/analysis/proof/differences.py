"""What two rulebooks make of every case, level by level: the same, proved, or a case that differs.

A case that the solver finds is run by the reference under both rulebooks before it is shown. One
that does not come out differently there is counted as not proved.
"""

from __future__ import annotations

import re
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.analysis.diff.claims import FAILED, NOT_RANKED, PENDING, Proof, State, Why
from khung.analysis.proof.quotas import first_difference
from khung.casefile.from_source import parse_case
from khung.diagnostics.bag import Bag
from khung.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.analysis.diff.cases import Compared
    from khung.analysis.proof.solver import Budget
    from khung.casefile.model import CaseFile
    from khung.ir.program import Program
    from khung.smt.question import Question
    from khung.smt.smallest import Smallest
    from khung.smt.space import Obj
    from khung.smt.terms import Term

    Runner = Callable[[Path, CaseFile], Compared]
    """Runs a case under both rulebooks by the reference."""


_AT_ONCE = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Witness:
    """A case that comes out differently.

    Attributes:
        name: What it is called among the others.
        text: The case file.
        compared: What the reference makes of it under both rulebooks.
        matters: What of the subject is otherwise than in a plain good case: facts, criteria, lists.
    """

    name: str
    text: str
    compared: Compared
    matters: tuple[str, ...] = ()


class Pair(NamedTuple):
    """The two programs, and by how many months the days of a case are moved for the second."""

    before: Program
    after: Program
    months: int


def prove(pair: Pair, run: Runner, budget: Budget) -> Iterator[tuple[Proof, Witness | None]]:
    """Yield what is said of each subject that both have, kind by kind and level by level.

    Args:
        pair: The programs.
        run: Runs the cases that are found under both by the reference.
        budget: How long it may take; what it does not reach is not proved.
    """
    for name in subjects_of(pair):
        yield from prove_subject(pair, run, budget, name)


def subjects_of(pair: Pair) -> tuple[str, ...]:
    """Return the types of subjects that both rank."""
    ranked = (one.name for one in pair.after.subjects if one.ladder is not None)
    both = ((name, pair.before.objects.get(name)) for name in ranked)
    return tuple(name for name, was in both if was and was.ladder and not was.is_record)


def prove_subject(
    pair: Pair, run: Runner, budget: Budget, name: str
) -> Iterator[tuple[Proof, Witness | None]]:
    """Yield what is said of one type of subjects; as `prove`."""
    yield from _Subject(pair, run, budget, name).proofs()


class _Subject:
    """Asks of one type of subject; the solver is loaded only if something is not said alike."""

    def __init__(self, pair: Pair, run: Runner, budget: Budget, name: str) -> None:
        self.pair, self.run, self.budget, self.name = pair, run, budget, name
        self.declared = pair.after.objects[name]
        self.questions: dict[bool, tuple[Question, Smallest]] = {}
        self.shown: list[Witness] = []
        self.easy: set[tuple[str, str]] = set()

    def proofs(self) -> Iterator[tuple[Proof, Witness | None]]:
        if not self.is_comparable():
            yield self.proof("", "", State.NOT_PROVED, why=Why.SCALE), None
            return
        alike = self.is_alike()
        if not alike:
            self.easy = set(self.at_once())
        for kind in self.kinds():
            for target in self.targets():
                if alike:
                    yield self.proof(kind, target, State.SAME), None
                else:
                    yield self.asked(kind, target)
            self.shown = []
        if not self.same_quotas():
            yield self.proof("", "", State.NOT_PROVED, why=Why.QUOTA, base=self.first_base()), None

    def is_comparable(self) -> bool:
        """Whether both rank on one scale."""
        scales = [
            p.values[s.name].values for p, s in zip(self.pair[:2], self.scales(), strict=True)
        ]
        return scales[0] == scales[1]

    def scales(self) -> list[Any]:
        found = (program.objects[self.name].ladder for program in self.pair[:2])
        return [ladder.scale for ladder in found if ladder is not None]

    def is_alike(self) -> bool:
        from khung.smt.alike import Alike  # noqa: PLC0415  # beside the solver
        from khung.smt.question import moved_back  # noqa: PLC0415  # as above

        return Alike(*self.pair[:2], moved_back(self.pair.months)).outcomes(self.name)

    def same_quotas(self) -> bool:
        from khung.smt.alike import Alike  # noqa: PLC0415  # as above
        from khung.smt.question import moved_back  # noqa: PLC0415  # as above

        return Alike(*self.pair[:2], moved_back(self.pair.months)).quotas(self.name)

    def first_base(self) -> tuple[int, int, int] | None:
        """Return the smallest base at which a quota gives other places, if constants tell."""
        sides = (program.objects[self.name].quotas for program in self.pair[:2])
        found = (first_difference(one, other) for one, other in zip(*sides, strict=False))
        return next((base for base in found if base is not None), None)

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds that both have, in the order of work."""
        kinds, before = self.declared.kinds, self.pair.before.objects[self.name].kinds
        if kinds is None or before is None:
            return ("",)
        return tuple(name for name in kinds.values if name in before.values)

    def targets(self) -> tuple[str, ...]:
        from khung.smt.question import levels_of  # noqa: PLC0415  # as above

        return (*levels_of(self.pair.after, self.name)[:-1], NOT_RANKED, PENDING, FAILED)

    def proof(self, kind: str, target: str, state: State, **how: Any) -> Proof:
        return Proof(self.name, kind, target, state, **how)

    # -- asking -------------------------------------------------------------------------------

    def question(self, *, follows: bool) -> tuple[Question, Smallest]:
        from khung.smt.question import question  # noqa: PLC0415  # as above
        from khung.smt.smallest import Smallest  # noqa: PLC0415  # as above

        if follows not in self.questions:
            made = question(self.name, self.pair[:2], self.pair.months, follows=follows)
            made.finish()
            self.questions[follows] = made, Smallest(made)
            if not made.space.bounded:
                self.questions[not follows] = self.questions[follows]
        return self.questions[follows]

    def asked(self, kind: str, target: str) -> tuple[Proof, Witness | None]:
        """Return what is said of one question, with a case that was found for it."""
        from khung.smt.question import Answer  # noqa: PLC0415  # as above

        shows = next((one for one in self.shown if self.differs(one.compared, target)), None)
        if shows is not None:
            return self.proof(kind, target, State.DIFFERS, witness=shows.name), None
        made, _ = self.question(follows=False)
        if not made.is_possible(kind):
            return self.proof(kind, target, State.NOT_PROVED, why=Why.NO_CASE), None
        if (kind, target) in self.easy or self.check(made, kind, target)[0] is Answer.HOLDS:
            return self.proof(kind, target, State.SAME, left=made.left_out), None
        found = self.witness(kind, target) if self.budget.left else None
        if found is not None:
            self.shown.append(found)
            return self.proof(kind, target, State.DIFFERS, witness=found.name), found
        return self.unproved(kind, target), None

    def unproved(self, kind: str, target: str) -> Proof:
        """Return what is said where there may be a case, and none was found that comes out so."""
        from khung.smt.question import Answer  # noqa: PLC0415  # as above

        made, _ = self.question(follows=True)
        answer, _ = self.check(made, kind, target)
        left = made.left_out
        if answer is Answer.HOLDS:
            return self.proof(kind, target, State.UP_TO, left=left)
        untold = Why.LEFT_OUT if left else Why.NOT_REPLAYED
        why = Why.TIME if answer is Answer.UNKNOWN else untold
        return self.proof(kind, target, State.NOT_PROVED, why=why, left=left)

    def at_once(self) -> Iterator[tuple[str, str]]:
        """Yield what is proved the same at once, before anything hard takes the time."""
        from khung.smt.question import Answer  # noqa: PLC0415  # as above

        made, _ = self.question(follows=False)
        for kind in self.kinds():
            for target in self.targets() if made.is_possible(kind) else ():
                if self.check(made, kind, target, _AT_ONCE)[0] is Answer.HOLDS:
                    yield kind, target

    def check(self, made: Question, kind: str, target: str, most: float = inf) -> Any:
        left = min(self.budget.left, most)
        if left <= 0:
            from khung.smt.question import Answer  # noqa: PLC0415  # as above

            return Answer.UNKNOWN, None
        return made.found(made.kind(kind), self.apart(made, target), seconds=left)

    def apart(self, made: Question, target: str) -> Term:
        """Return that a target is met on one side alone, be it surely or perhaps."""
        from khung.smt.terms import lor  # noqa: PLC0415  # as above

        first, second = (self.met(made, outcome, target) for outcome in made.outcomes)
        return lor(_unlike(a, b) for a, b in zip(first, second, strict=True))

    def met(self, made: Question, outcome: Any, target: str) -> tuple[Term, ...]:
        match target:
            case "not_ranked":
                return (outcome.out,)
            case "pending":
                return (outcome.pending,)
            case "undetermined":
                return (outcome.failed,)
            case level:
                rank = made.rank(level)
                return outcome.reaches(rank), outcome.may_reach(rank)

    # -- trying -------------------------------------------------------------------------------

    def witness(self, kind: str, target: str) -> Witness | None:
        """Return a small case that the reference finds to differ."""
        from khung.analysis.proof.placed import home, written  # noqa: PLC0415  # as above
        from khung.smt.decode import shown  # noqa: PLC0415  # as above
        from khung.smt.model import NotSayableError  # noqa: PLC0415  # as above

        made, small = self.question(follows=True)
        model = small.find([self.apart(made, target)], made.kind(kind))
        if model is None:
            return None
        try:
            case = shown(made, model)
        except NotSayableError:
            return None
        text, about = written(case, home(*self.pair[:2]))
        name = "-".join(filter(None, (self.name, kind, target)))
        ran = self.tried(text, name)
        compared = None if ran is None else replace(ran, about=about)
        if compared is None or not self.differs(compared, target):
            return None
        return Witness(name, text, compared, of_itself(small.matters(model, made.kind(kind))))

    def tried(self, text: str, name: str) -> Compared | None:
        bag = Bag()
        path = Path(f"{name}.yaml")
        case_file = parse_case(text.encode(), path.name, bag)
        if case_file is None or bag.has_errors:
            return None
        return self.run(path, replace(case_file, for_both=True))

    def differs(self, compared: Compared, target: str) -> bool:
        """Whether a case comes out differently as to a target."""
        for one in compared.differences:
            if (one.type, one.id) == (self.name, compared.about) and one.before and one.after:
                sides = [self.reached(side.result, target) for side in (one.before, one.after)]
                return sides[0] != sides[1]
        return False

    def reached(self, result: Any, target: str) -> tuple[bool, bool]:
        status = result.status.value
        if target == FAILED and result.decision is not None:
            return result.decision.kind.value == "no_band", False
        if target in (NOT_RANKED, PENDING, FAILED):
            return status == target, False
        values = self.pair.after.values[self.scales()[1].name].values
        rank = values.index(target)
        if result.at_worst is None or result.at_best is None or status in (NOT_RANKED, PENDING):
            return False, False
        return result.at_worst >= rank, result.at_best >= rank


def _unlike(left: Term, right: Term) -> Term:
    from khung.smt.terms import compared as compare  # noqa: PLC0415  # as above
    from khung.syntax.operators import CompareOp  # noqa: PLC0415  # as above

    return compare(CompareOp.NE, left, right)


def of_itself(found: list[tuple[Obj, str]]) -> tuple[str, ...]:
    """Return the names of what is said of the subject itself."""
    own = (_bare(name) for obj, name in found if not obj.path)
    return tuple(dict.fromkeys(name for name in own if not name.startswith(("=", "place "))))


def _bare(name: str) -> str:
    return re.sub(r"^(has|record|assumed) ", "", name)
