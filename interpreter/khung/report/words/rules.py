"""The rules behind a result in words: what each says, and what it found of one subject."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from khung.engine.facts import Entity
from khung.engine.stages import Status
from khung.engine.values import known
from khung.engine.voting import tally
from khung.ir import nodes as n
from khung.ir.entries import asked_by, entries_of
from khung.ir.stages.vote import needed
from khung.records import dataclass
from khung.report.words.conditions import Teller, Told
from khung.report.words.nodes import asks_reading, conjuncts, is_guard_of
from khung.report.words.records import record_line
from khung.report.words.sentences import Sayer, sentence
from khung.report.words.values import Namer, bodies
from khung.why.caps import limits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Element
    from khung.engine.voting import Finding
    from khung.ir.enums import Majority
    from khung.ir.nodes import Rule
    from khung.ir.program import Cap, ObjectType, Program, Vote
    from khung.report.words.labels import Words
    from khung.why.result import Result, Results

_OPEN = (Status.UNDETERMINED, Status.NEEDS_DECISION)
_MOST_REASONS = 3  # rules named behind the level of another subject


@dataclass(frozen=True, slots=True)
class Test:
    """What a rule asks: `node` as it is written, and what it must be not to stand in the way."""

    rule: Rule
    node: n.Node | None = None
    wanted: bool = False


def kind_of(rule: Rule) -> str:
    """Return the part of a subject that holds a rule, as its id says: such as `caps`."""
    return rule.id.split(".")[1]


def _tests(declared: ObjectType) -> Iterator[Test]:
    """Yield what each rule of a type asks that can bind."""
    for entry in entries_of(declared):
        asked = asked_by(entry)
        yield Test(entry.head, asked or entry.head.when, wanted=asked is not None)


@dataclass(frozen=True, slots=True)
class RuleTeller:
    """Tells the rules of one program, as they stand to subjects of one evaluation.

    Without `results` it only tells what rules say.
    """

    words: Words
    results: Results | None = None
    tests: dict[int, dict[str, Test]] = field(default_factory=dict)

    @property
    def evaluator(self) -> Solver:
        """The evaluation."""
        assert self.results is not None  # noqa: S101  # what is asked of a subject has results
        return self.results.run.evaluator

    def of(self, declared: ObjectType) -> dict[str, Test]:
        """Return what each rule of a type asks, by the id of the rule."""
        if id(declared) not in self.tests:
            self.tests[id(declared)] = {test.rule.id: test for test in _tests(declared)}
        return self.tests[id(declared)]

    def test(self, rule: Rule, declared: ObjectType) -> Test:
        """Return what a rule of a type asks."""
        return self.of(declared).get(rule.id) or Test(rule)

    def asking(self, rules: list[Rule], declared: ObjectType) -> list[Rule]:
        """Return rules without that of the last level, which asks nothing, if there are others."""
        own = [
            r for r in rules if kind_of(r) != "levels" or self.test(r, declared).node is not None
        ]
        return own or rules

    def title(self, rule: Rule, declared: ObjectType) -> str:
        """Return what a rule says: its label, or its condition."""
        test = self.test(rule, declared)
        if kind_of(rule) == "levels" and test.node is None:
            return self.words.say("otherwise")
        if rule.label is not None:
            return rule.label.said(self.words.lang)
        if test.node is not None:
            return sentence(Sayer(self.words).say(test.node))
        return self.words.member(declared, rule.name)

    def sentence(self, rule: Rule, entity: Entity, rank: int | None) -> str:
        """Return a rule and what it found in one line."""
        title, found = self.titled(rule, entity, rank)
        said = "; ".join(told.flat for told in found)
        return self.words.say("because", rule=title, found=said) if said else title

    def titled(
        self, rule: Rule, entity: Entity, rank: int | None, *, met: bool = False
    ) -> tuple[str, tuple[Told, ...]]:
        """Return what a rule says, and what it found, unless `met`, that this does not say already.

        A single finding stands for the rule where it begins with the same words, or where the
        rule has no label.
        """
        title = self.title(rule, entity.type)
        found = () if met else self.found(rule, entity, rank)
        alone = len(found) == 1 and (rule.label is None or found[0].text.startswith(f"{title}: "))
        return (found[0].text, found[0].parts) if alone else (title, found)

    def failed(self, rule: Rule, entity: Entity, rank: int | None) -> tuple[str, tuple[Told, ...]]:
        """Return what a rule that keeps a level away says, as `titled`: what it asks is not met."""
        title, found = self.titled(rule, entity, rank)
        is_own = title == self.title(rule, entity.type)
        return (self.unmet(rule, entity.type) if is_own else title), found

    def unmet(self, rule: Rule, declared: ObjectType) -> str:
        """Return what a rule that keeps a level away says; what it asks, as not met."""
        title = self.title(rule, declared)
        asks = self.test(rule, declared).wanted or kind_of(rule) == "votes"
        return self.words.say("unmet", rule=title) if asks else title

    def finding(self, finding: Finding, entity: Entity) -> str:
        """Return what a person must see: khung's own finding in words, or what a check found."""
        if finding.code is None:
            said = self.sentence(finding.rule, entity, None)
            return self.words.say(f"check.{finding.severity}", rule=said)
        title = self.title(finding.rule, entity.type)
        return self.words.say(f"finding.{finding.code}", rule=title)

    def found(
        self, rule: Rule, entity: Entity, rank: int | None, met: dict[str, Entity] | None = None
    ) -> tuple[Told, ...]:
        """Return what a rule found of a subject.

        Args:
            rule: One that binds.
            entity: The subject.
            rank: The level that it keeps the subject from, or None.
            met: Where to put the other subjects that stand in the way.
        """
        test, env = self.test(rule, entity.type), self.evaluator.env(entity)
        match kind_of(rule):
            case "caps":
                return self._cap(rule, self._teller(entity, met), env, rank)
            case "votes":
                return self._vote(rule, entity, env, rank)
            case "defer" | "quotas":
                return ()
            case kind:
                if test.node is None:
                    return ()
                teller = self._teller(entity, met, needs=kind != "not_ranked")
                return teller.tell(test.node, env, wanted=test.wanted)

    def _teller(
        self, entity: Entity, met: dict[str, Entity] | None, *, needs: bool = True
    ) -> Teller:
        namer = Namer(self.words, self.evaluator, entity)
        return Teller(namer, self.why, needs, {} if met is None else met)

    # -- other subjects -------------------------------------------------------------------------

    def subjects(self, rule: Rule, entity: Entity, rank: int | None) -> tuple[Entity, ...]:
        """Return the other subjects that stand in the way of what a rule asks."""
        met: dict[str, Entity] = {}
        self.found(rule, entity, rank, met)
        return tuple(met.values())

    def why(self, entity: Entity) -> tuple[Told, ...]:
        """Return why another subject has its level: its status, and the rules with their clauses.

        Nothing is told of an object that is not ranked itself.
        """
        results = self.results.by_type if self.results else {}
        result = results.get(entity.type.name, {}).get(entity.id)
        return () if result is None else tuple(self._why(result))

    def _why(self, result: Result) -> Iterator[Told]:
        words, declared = self.words, result.entity.type
        if result.status is not Status.RANKED:
            yield Told(words.say(f"status.{result.status.value}"))
        if result.status in _OPEN:  # what is in the way of more is not why it is open
            return
        if result.entity.given is not None:
            yield Told(words.say("because_given"))
        rules = telling(result, self)
        failed = {failure.rule.id for failure in result.failed}
        for rule in rules[:_MOST_REASONS]:
            is_failed = rule.id in failed
            title = self.unmet(rule, declared) if is_failed else self.title(rule, declared)
            cited = self.words.cited(rule.sources)
            said = words.say("of", what=title, whom=cited) if cited else title
            yield Told(words.say("because_of", rule=said))
        if len(rules) > _MOST_REASONS:
            yield Told(words.say("more_rules", n=len(rules) - _MOST_REASONS))

    # -- caps -----------------------------------------------------------------------------------

    def _cap(self, rule: Rule, teller: Teller, env: Env, rank: int | None) -> tuple[Told, ...]:
        cap = next(c for c in teller.namer.own.type.caps if c.head.id == rule.id)
        when = _beside_the_level(cap, self.words.program)
        told = () if when is None else teller.tell(when, env, wanted=False)
        return (*told, *self._limits(cap, teller, env, rank))

    def _limits(self, cap: Cap, teller: Teller, env: Env, rank: int | None) -> Iterator[Told]:
        """Tell the limits that come from elsewhere: from another object, or from each of a list."""
        if cap.each is None and isinstance(cap.at_most, n.Literal):
            return
        for limit, item in limits_of(cap, env, self.evaluator):
            if rank is None or limit.most < rank:
                inner = env if item is None else env.inner(item.value)
                level = self.words.level(limit.most, teller.namer.own.type)
                whom = self._limited_by(cap, teller, env, item)
                line = self.words.say("found", what=whom, value=level)
                yield Told(line, self._bodies(cap, teller, inner, item))

    def _bodies(self, cap: Cap, teller: Teller, env: Env, item: Element | None) -> tuple[Told, ...]:
        """Tell whose level the limit is, and why that body has it.

        Under a record the body is named; elsewhere the line above has named it.
        """
        asked = {body.path: body for body in bodies(cap.at_most, env, self.evaluator)}
        if item is None or not _is_record(item):
            return teller.others(asked.values())
        return tuple(
            Told(self.words.entity(body), why)
            for body in asked.values()
            if (why := teller.others((body,)))
        )

    def _limited_by(self, cap: Cap, teller: Teller, env: Env, item: Element | None) -> str:
        if item is None:
            return teller.namer.name(cap.at_most, env)
        if _is_record(item):
            return record_line(item.value.least, cap.at_most, teller.namer)
        return self.words.value(item.value, cap.each.variable.ty) if cap.each else ""

    # -- votes ----------------------------------------------------------------------------------

    def _vote(self, rule: Rule, entity: Entity, env: Env, rank: int | None) -> tuple[Told, ...]:
        vote = next(v for v in entity.type.votes if v.head.id == rule.id)
        found = self.evaluator.read(vote.ballots, env)
        if found is None or found[0].why:
            return ()
        said = self.words.value(found[0], vote.ballots.ty)
        lines = [Told(self.words.say("found", what=self.words.say("votes"), value=said))]
        if rank is not None:
            lines.append(Told(self._tally(vote, found[0].least, env, rank, entity)))
        return tuple(lines)

    def _tally(
        self, vote: Vote, ballots: tuple[int, ...], env: Env, rank: int, entity: Entity
    ) -> str:
        base = known(sum(ballots)) if vote.base is None else self.evaluator.evaluate(vote.base, env)
        return self.words.say(
            "tally",
            level=self.words.level(rank, entity.type),
            n=int(tally(vote.counting, ballots, env, self.evaluator)[rank]),
            base=self.words.value(base, vote.base.ty) if vote.base else str(base.least),
            need=self.majority(needed(vote.wins_at[rank][1])),
        )

    def majority(self, majority: Majority) -> str:
        """Return a majority in words: more than a share, or at least that."""
        share = self.words.ratio(majority.numerator, majority.denominator)
        return self.words.say("over" if majority.strict else "at_least", x=share)


def telling(result: Result, teller: RuleTeller) -> list[Rule]:
    """Return the rules behind a result; the last level's own only if there are no others."""
    rules = list({reason.rule.id: reason.rule for reason in result.reasons}.values())
    return teller.asking(rules, result.entity.type)


def _beside_the_level(cap: Cap, program: Program) -> n.Node | None:
    """Return what a cap asks, without readings and what only says that its level is there."""
    when = cap.head.when
    if when is None:
        return None
    asked = tuple(
        part
        for part in conjuncts(when)
        if not asks_reading(part) and not is_guard_of(part, cap.at_most, program)
    )
    if isinstance(when, n.AllOf) and asked:
        return replace(when, operands=asked)
    return when if asked else None


def _is_record(item: Element) -> bool:
    target = item.value.least
    return isinstance(target, Entity) and target.type.is_record
