"""The questions of one subject to the solver: each answer comes of terms, of no case at hand."""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any

import z3

from khung.analysis.proof.properties import Status
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.ir.reads import all_read_of
from khung.ir.rewrite import walk
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.smt.parts import parts_of
from khung.smt.question import Answer, Question, levels_of, question
from khung.smt.smallest import Smallest
from khung.smt.space import ANY, LeftOutError
from khung.smt.terms import as_z3, compared, land, lnot, lor
from khung.smt.variants import changed, differ, rules_of, switches_of
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from khung.analysis.proof.solver import Budget
    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType, Program
    from khung.smt.parts import Parts
    from khung.smt.question import Outcome
    from khung.smt.terms import Term
    from khung.smt.variants import Changed, Switches


@dataclass(slots=True, eq=False)
class Found:
    """An answer: a model of the case against it, of the question that it is of.

    Attributes:
        left: What was left out of it.
        small: Finds a small case in the place of that of the model, which may be any.
    """

    status: Status
    model: Any = None
    asked: Question | None = None
    left: tuple[str, ...] = ()
    small: Callable[[], Any] = lambda: None


@dataclass(slots=True, eq=False)
class Asked:
    """Asks of one type of subject under one program."""

    program: Program
    subject: str
    budget: Budget
    questions: dict[bool, Question] = field(default_factory=dict)
    small: dict[bool, Smallest] = field(default_factory=dict)
    full: dict[tuple[bool, str], list[Any]] = field(default_factory=dict)
    switches: dict[int, Switches] = field(default_factory=dict)
    parts: dict[int, Parts] = field(default_factory=dict)
    kept: list[Question] = field(default_factory=list)

    @property
    def declared(self) -> ObjectType:
        """The type."""
        return self.program.objects[self.subject]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Its kinds in order of work; an empty name where there are none."""
        kinds = self.declared.kinds
        return kinds.values if kinds else ("",)

    @property
    def levels(self) -> tuple[str, ...]:
        """Its levels, the best first."""
        return levels_of(self.program, self.subject)

    def rules(self) -> Iterator[Rule]:
        """Yield the rules that may say nothing."""
        yield from rules_of(self.declared)

    def question(self, *, follows: bool) -> Question:
        """Return the question; one that `follows` lists has cases, the other is of all cases."""
        if follows not in self.questions:
            made = question(self.subject, (self.program,), follows=follows)
            self.switches[id(made)] = switches_of(made)
            self.parts[id(made)] = parts_of(made.sides[0])
            made.finish()
            self.questions[follows] = made
            self.small[follows] = Smallest(made)
            if not made.space.bounded:
                self.questions[not follows] = made
                self.small[not follows] = self.small[follows]
        return self.questions[follows]

    def nonempty(self, kind: str, *, follows: bool) -> list[Any]:
        """Return that lists of which rules take a share are not empty, of those that can be so."""
        key = (follows, kind)
        if key not in self.full:
            asked = self.question(follows=follows)
            kept: list[Any] = [as_z3(asked.kind(kind))]
            for number in asked.space.counted.values():
                some = as_z3(compared(CompareOp.GT, number, 0))
                if asked.found(*kept, some)[0] is Answer.REFUTED:
                    kept.append(some)
            self.full[key] = kept
        return self.full[key]

    # -- the two ways of asking -----------------------------------------------------------------

    def exists(self, kinds: Iterable[str], term: Any) -> Found:
        """Look for a case of some kinds in which something comes of the question.

        Without one it is refuted: of kinds of which there are cases.
        """
        for follows in (True, False):
            asked = self.question(follows=follows)
            possible = [kind for kind in kinds if asked.is_possible(kind)]
            if not possible:
                return Found(Status.UNKNOWN)
            full = lor(land(self.nonempty(kind, follows=follows)) for kind in possible)
            terms = [as_z3(full), as_z3(term(asked))]
            answer, model = self._check(asked, terms)
            if answer is Answer.UNKNOWN:
                return Found(Status.UNKNOWN, left=asked.left_out)
            if answer is Answer.REFUTED and follows:
                small = partial(self._small, terms)
                return Found(Status.HOLDS, model, asked, asked.left_out, small)
            if answer is Answer.REFUTED:
                return Found(Status.UNKNOWN, left=asked.left_out)
            if not asked.space.bounded:
                break
        return Found(Status.REFUTED, left=())

    def always(self, kind: str, against: Any) -> Found:
        """Look for a case against something; without one it holds."""
        asked = self.question(follows=False)
        if not asked.is_possible(kind):
            return Found(Status.UNKNOWN, left=asked.left_out)
        answer, _ = self._check(asked, [asked.kind(kind), against(asked)])
        if answer is Answer.HOLDS:
            return Found(Status.HOLDS)
        asked = self.question(follows=True)
        term = against(asked)
        answer, _ = self._check(asked, [asked.kind(kind), term])
        if answer is Answer.HOLDS or answer is Answer.UNKNOWN:
            return Found(Status.UNKNOWN, left=asked.left_out)
        model = self.small[True].find([term], asked.kind(kind))
        return Found(Status.REFUTED if model is not None else Status.UNKNOWN, model, asked)

    def _small(self, terms: list[Any]) -> Any:
        return self.small[True].find(terms[1:], terms[0]) if self.budget.left else None

    def _check(self, asked: Question, terms: list[Term]) -> tuple[Answer, Any]:
        left = self.budget.left
        return asked.found(*terms, seconds=left) if left else (Answer.UNKNOWN, None)

    # -- properties -------------------------------------------------------------------------------

    def outcome(self, kind: str) -> Found:
        """Whether every case has an outcome, but for points that no level has."""

        def against(asked: Question) -> Term:
            holes = lor(self.parts[id(asked)].holes.values())
            return land((asked.outcomes[0].failed, lnot(holes)))

        return self.always(kind, against)

    def filled(self, level: str) -> Found:
        """Whether no points lie between a level and the next."""

        def against(asked: Question) -> Term:
            return land((asked.outcomes[0].failed, self.parts[id(asked)].holes[level]))

        return self.always("", against)

    def never(self, part: str, name: str) -> Found:
        """Whether something that is said of a table, its gap or its overlap, is never so."""
        return self.always("", lambda asked: getattr(self.parts[id(asked)], part)[name])

    def reachable(self, kind: str, level: str) -> Found:
        """Whether the standard gives a level in some case, whatever bodies decide after it."""

        def there(asked: Question) -> Term:
            rank, out = asked.rank(level), asked.outcomes[0]
            found = asked.sides[0].defined(asked.space.root, names.of_stage(Stage.STANDARD))
            ends = (compared(CompareOp.EQ, end, rank) for end in (found.lo, found.hi))
            return land((out.inside, lnot(found.bad), *ends))

        return self.exists((kind,), there)

    def decides(self, rules: frozenset[str]) -> Found:
        """Whether rules make a difference in some case of some kind."""

        def apart(asked: Question) -> Term:
            found = self.switches[id(asked)]
            return differ(found.without(frozenset()), found.without(rules))

        return self.somewhere(apart)

    def somewhere(self, term: Any) -> Found:
        """Look for a case of any kind in which something comes of the question."""
        apart = bool(self.question(follows=True).space.counted)
        return self.exists(self.kinds if apart else ("",), term)

    def matters(self, name: str) -> Found:
        """Whether the value of a fact of the subject itself makes a difference in some case."""

        def term(asked: Question) -> Term:
            made = asked.space.facts["", name].term
            value = lnot(made) if z3.is_bool(made) else z3.FreshConst(made.sort(), name)
            other = changed(asked, {made: value})
            if other is None:
                raise LeftOutError(name)
            return land((other.limits, differ(asked.outcomes[0], other.outcome)))

        try:
            return self.somewhere(term)
        except LeftOutError:
            return Found(Status.UNKNOWN, left=(name,))

    def matters_in_records(self, record: str, name: str) -> Found:
        """Whether a truth of the records of a type makes a difference in some case."""
        fixed = {(record, name): False}
        for follows in (True, False):
            programs = (self.program, self.program)
            asked = question(self.subject, programs, follows=follows, fixed=fixed)
            asked.finish()
            answer, model = self._check(asked, [differ(*asked.outcomes)])
            if answer is not Answer.HOLDS:
                status = Status.HOLDS if follows and answer is Answer.REFUTED else Status.UNKNOWN
                return Found(status, model, asked, asked.left_out)
        return Found(Status.REFUTED)

    def _holds(self, held: ObjectType) -> bool:
        return held.is_record and self.subject in held.held_by

    def record_truths(self) -> list[tuple[str, str]]:
        """Return the truths of records that the rules of levels ask: a type and a name each."""
        todo = [(self.subject, name) for name in self.declared.stages]
        seen, found = set(todo), dict[tuple[str, str], None]()
        while todo:
            owner, name = todo.pop()
            declared = self.program.objects[owner]
            for part in walk(declared.definition(name).value) if declared.has(name) else ():
                if isinstance(part, n.Defined):
                    key = (t.first_of(part.owner), part.name)
                    if key not in seen:
                        seen.add(key)
                        todo.append(key)
                elif isinstance(part, n.Field) and isinstance(part.object.ty, t.Object):
                    kind = t.first_of(part.object.ty.name)
                    held = self.program.objects.get(kind)
                    if held and self._holds(held) and isinstance(part.ty, t.Boolean):
                        found[kind, part.name] = None
        return list(found)

    def cumulative(self, kind: str, level: str, below: str) -> Found:
        """Whether who meets what a level asks meets what another one below asks."""

        def against(asked: Question) -> Term:
            side, root, out = asked.sides[0], asked.space.root, asked.outcomes[0]
            upper, lower = (side.defined(root, names.met(name)) for name in (level, below))
            reached = out.reaches(asked.rank(level))
            return land((out.inside, upper.lo, lnot(lower.hi), reached))

        return self.always(kind, against)

    def outvoted(self, values: Any, better: Any) -> Found:
        """Whether a better ballot never gives less than what was settled without it."""
        return self.moves(values, better, surely_lower)

    def rising(self, values: Any, better: Any, *, either: bool) -> Found:
        """Whether a case in which some variables are better never has a lower level.

        Args:
            values: Gives the variables of a question, each with its better value.
            better: Gives, of a question, when they are better.
            either: Whether it will do if it never has a higher one: what is rare may excuse.
        """
        found = self.moves(values, better, lower)
        if found.status is Status.REFUTED and either:
            other = self.moves(values, better, higher)
            return other if other.status is not Status.REFUTED else found
        return found

    def moves(self, values: Any, better: Any, against: Any) -> Found:
        """Look for a case that moves the wrong way when some variables change."""
        for follows in (False, True):
            asked = self.question(follows=follows)
            made = changed(asked, values(asked))
            if made is None:
                return Found(Status.UNKNOWN, left=asked.left_out)
            term = land((better(asked), made.limits, against(asked.outcomes[0], made)))
            answer, _ = self._check(asked, [term])
            if answer is Answer.UNKNOWN:
                return Found(Status.UNKNOWN, left=asked.left_out)
            if answer is Answer.HOLDS:
                status = Status.UNKNOWN if follows else Status.HOLDS
                return Found(status, left=asked.left_out if follows else ())
        model = self.small[True].find([term], True)  # of any kind
        return Found(Status.REFUTED if model is not None else Status.UNKNOWN, model, asked)

    def variables(self, asked: Question, ty: type) -> dict[str, Any]:
        """Return the own variables of a type, by name."""
        return {
            var.name: var.term
            for var in asked.space.facts.values()
            if var.holder is asked.space.root and isinstance(var.ty, ty) and ANY not in var.name
        }

    def grades(self) -> list[str]:
        """Return the criteria that the rules ask, by the names under which they are held."""
        asked = self.question(follows=False)
        found = self.variables(asked, t.Scale | t.Number)  # type: ignore[arg-type]  # isinstance
        return [name for name in found if name.startswith("criteria.")]

    def penalties(self) -> list[str]:
        """Return the facts that are absences of something rare, which the rules ask."""
        facts = self.declared.facts
        found = self.variables(self.question(follows=False), t.Boolean)
        return [name for name in found if name in facts and facts[name].absence]

    def asked_of(self) -> list[str]:
        """Return the facts of the subject itself that its levels ask.

        Ballots and lists are not among them, nor what says how long a list is.
        """
        types: Any = t.Boolean | t.Number | t.Date | t.Scale | t.Enumeration
        found = self.variables(self.question(follows=False), types)
        stages = (definition.value for definition in self.declared.stages.values())
        read = set().union(*(all_read_of(node, self.program) for node in stages))
        held = (self.declared.facts, self.declared.back_lists)
        counts = {one.complete for by_name in held for one in by_name.values()}
        facts = (name for name in found if name in self.declared.facts and name not in counts)
        return [name for name in facts if (self.subject, name) in read]

    def ballots(self) -> list[str]:
        """Return the ballots that the rules count."""
        held = self.variables(self.question(follows=False), t.Months)
        facts = (name.partition(".")[0] for name in held)
        return list(dict.fromkeys(f for f in facts if f in self.declared.facts))

    def votes(self, asked: Question, name: str) -> list[Any]:
        """Return how many votes there are for each level of a ballot, the lowest first."""
        ty = self.declared.facts[name].ty
        assert isinstance(ty, t.Ballots)  # noqa: S101  # it is one
        levels = self.program.values[ty.scale].values
        return [asked.space.facts["", f"{name}.{level}"].term for level in levels]

    def top(self) -> int:
        """Return the best rank."""
        return ladder_of(self.declared).levels[0].rank


def lower(one: Outcome, other: Changed) -> Term:
    """Return whether the changed case has a lower level, surely or perhaps."""
    return _moved(CompareOp.LT, one, other.outcome)


def surely_lower(one: Outcome, other: Changed) -> Term:
    """Return whether the changed case has a lower level, whoever decides of it."""
    fell = compared(CompareOp.LT, other.outcome.final.hi, one.final.lo)
    return land((_moved(CompareOp.LT, one, other.outcome), fell))


def higher(one: Outcome, other: Changed) -> Term:
    """Return whether the changed case has a higher level, surely or perhaps."""
    return _moved(CompareOp.GT, one, other.outcome)


def _moved(op: CompareOp, one: Outcome, then: Outcome) -> Term:
    inside = land((one.inside, then.inside, lnot(one.final.bad), lnot(then.final.bad)))
    ends = zip(then.final[:2], one.final[:2], strict=True)
    return land((inside, lor(compared(op, after, before) for after, before in ends)))
