"""The readings and the defaults on which a result rests.

Those of parts of the rules that suffice for the outcome: of a conjunction that is false one false
part, of a level that is no higher one rule that limits it; of every choice the way with the fewest
readings, then defaults. So another option of a reading that is not named cannot change the outcome.
A result that is open rests on all that it is made of, since another option may close it.

A set is a number, as `hanging` gives its bits. Defaults are those of the subject itself: of what is
read of another only its readings come along. A setting of a vote or quota counts with all readings
that it asks for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from khung.engine import gathered
from khung.engine.folds import candidates
from khung.engine.values import known
from khung.ir import nodes as n
from khung.ir.enums import ResultOf
from khung.ir.hanging import ALWAYS
from khung.ir.program import Fact, ladder_of
from khung.ir.stages import names
from khung.rulebook.model.rules import Stage
from khung.why import lists
from khung.why.because import End, default_of
from khung.why.bits import Bits
from khung.why.quotas import QuotaRests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from khung.engine.facts import Entity
    from khung.engine.solver import Env, Solver
    from khung.engine.values import Element, Elements, Value
    from khung.ir.hanging import Hanging
    from khung.ir.nodes import Node
    from khung.why.quotas import Quotas

_FINAL = names.of_stage(Stage.QUOTA)
_STAGES = "stages."
_WINS = "wins"
"""The setting of `above_ceiling` under which a vote may lift a level."""


class _Kept(NamedTuple):
    """What is remembered of one environment: on what each end rests, and its own defaults."""

    found: dict[int | tuple[int, End, int | None], int]
    unstated: int


class Rests(Bits):
    """Finds on what values rest, each once."""

    def __init__(
        self,
        solver: Solver,
        hanging: Hanging,
        quotas: Quotas,
        status: Callable[[Entity], int],
        *,
        defaults: bool = True,
    ) -> None:
        """Walk over what a solver found.

        Args:
            solver: What evaluated.
            hanging: What may rest on what.
            quotas: The groups of each quota.
            status: Tells on what the status of a subject rests.
            defaults: Whether defaults are asked for, too, and not readings alone.
        """
        super().__init__(solver, hanging)
        self.quotas = QuotaRests(self, quotas)
        self.status = status
        self.defaults = defaults
        self.live = hanging.lives
        self.found: dict[int, _Kept] = {}

    def outcome(self, entity: Entity, *, out: bool, pending: bool, left: bool) -> int:
        """Return on what a subject's status, level and decision rest.

        Args:
            entity: The subject.
            out: Whether it is surely outside the ranking.
            pending: Whether a step is surely missing.
            left: Whether a choice is left to a body, though its level may be known.
        """
        found = self.own(entity, names.OUT)
        if out:
            return found
        found |= self.own(entity, names.PENDING)
        final = entity.type.definition(_FINAL).value
        own = self.solver.env(entity)
        if pending or left:  # what is told are both its bounds
            return found | self.of(final, own)
        return found | self.whole(final, own)

    def of(self, node: Node, env: Env, end: End = End.BOTH, rank: int | None = None) -> int:
        """Return on what an end of a value rests."""
        live = self.live.get(id(node))
        if live is None:
            live = self.live[id(node)] = self.hanging.live(node)
        if not live:
            return 0
        kept: _Kept = env.kept or self._kept(env)
        if live > 0 and not live & kept.unstated:
            return 0
        key = id(node) if end is End.BOTH and rank is None else (id(node), end, rank)
        found = kept.found.get(key)
        if found is None:
            kept.found[key] = 0  # stands while work runs in a ring
            found = kept.found[key] = self.descend(node, env, end, rank)
        return found

    def _kept(self, env: Env) -> _Kept:
        """Return what is kept of an environment: of an object asked about itself to the end."""
        entity = env[0].least if env else None
        kept = self.found.get(id(entity)) if len(env) == 1 else None
        if kept is None:
            unstated = self._unstated(entity) if self.defaults and entity is not None else 0
            kept = _Kept({}, unstated)
        if len(env) == 1:
            self.found[id(entity)] = kept
        env.kept = kept
        return kept

    def _unstated(self, entity: Entity) -> int:
        """Return the defaults of a subject on which a value may rest: of facts not stated."""
        bits = self.hanging.defaults_of(entity.type.name)
        return sum(bit for name, bit in bits.items() if name not in entity.facts)

    def together(self, parts: Iterable[int]) -> int:
        """Return the union."""
        found = 0
        for part in parts:
            found |= part
        return found

    def of_each(self, nodes: Iterable[Node | None], env: Env) -> int:
        """Return on what several values rest."""
        found, live = 0, self.live
        for node in nodes:
            if node is not None and live.get(id(node), ALWAYS):
                found |= self.of(node, env)
        return found

    def choose(self, ways: Iterable[int]) -> int:
        """Return the way with the fewest readings, then defaults, the first of equal ones."""
        best, least = 0, None
        for way in ways:
            if not way:
                return 0
            size = ((way & self.hanging.readings).bit_count(), way.bit_count())
            if least is None or size < least:
                best, least = way, size
        return best

    def may_look(self, node: Node) -> bool:
        """Whether a part reads no result of a subject."""
        return not self.hanging.hangs(node).results

    def literal(self, node: n.Literal) -> int:
        """Return the readings that a constant comes from."""
        return self.hanging.of_literal(node)

    def listed(self, source: Elements) -> Iterable[Element]:
        """Return the elements of a list, and one for all that are not seen."""
        return (item for item, _ in candidates(source))

    # -- choices --------------------------------------------------------------------------------

    def branches(self, node: n.If, env: Env, end: End, rank: int | None) -> int:
        """Where both branches are within a bound, or agree, the condition need not be held."""
        condition = self.solver.truth(node.condition, env)
        if condition.why:
            branches = self.of(node.yes, env, end, rank) | self.of(node.no, env, end, rank)
            within = rank is not None and end is not End.BOTH
            return branches if within else branches | self.of(node.condition, env)
        taken, other = (node.yes, node.no) if condition.least else (node.no, node.yes)
        straight = self.of(taken, env, end, rank)
        if isinstance(node.condition, n.Given):
            return straight
        straight |= self.of(node.condition, env)
        if not straight:
            return 0
        if isinstance(other, n.Ruled) and isinstance(other.body, n.Winner):
            return self.choose((straight, *self._not_voted(node, other.body, env, end, rank)))
        if not (_is_stage(other) or self.may_look(other)):
            return straight
        if not self._suffices(node, other, env, end, rank):
            return straight
        both = self.of(node.yes, env, end, rank) | self.of(node.no, env, end, rank)
        return self.choose((straight, both))

    def _not_voted(
        self, node: n.If, vote: n.Winner, env: Env, end: End, rank: int | None
    ) -> Iterator[int]:
        """Yield what suffices whether or not there is a vote: that its ceiling holds it, too."""
        if end is End.HIGH and rank is not None:
            for held in self._under_ceiling(vote, env, rank):
                yield held | self.of(node.no, env, end, rank)

    def _under_ceiling(self, node: n.Winner, env: Env, rank: int) -> Iterator[int]:
        """Yield what keeps any vote at or below a rank: a ceiling there, if none goes above it."""
        wins = self.solver.evaluate(node.above_ceiling, env).least == _WINS
        if not wins and self.solver.evaluate(node.ceiling, env).most <= rank:
            above = self.hanging.asked(node.asks, "above_ceiling")
            yield above | self.of(node.ceiling, env, End.HIGH, rank)

    def _suffices(self, node: n.If, other: Node, env: Env, end: End, rank: int | None) -> bool:
        value = self.solver.evaluate(other, env)
        if rank is None or end is End.BOTH:
            return _same(value, self.solver.evaluate(node, env))
        return bool(value.least >= rank if end is End.LOW else value.most <= rank)

    # -- objects --------------------------------------------------------------------------------

    def member(self, node: object, entity: Entity, env: Env, end: End, rank: int | None) -> int:
        """Return on what a member of an object rests: of another's defaults nothing is told."""
        found = super().member(node, entity, env, end, rank)  # type: ignore[arg-type]
        return found if entity is env[0].least else found & self.hanging.readings

    def definition(
        self, node: n.Defined, entity: Entity, env: Env, end: End, rank: int | None
    ) -> int:
        """No level is beyond the ends of its ladder."""
        if node.name.startswith(_STAGES) and rank is not None:
            levels = ladder_of(entity.type).levels
            if end is End.LOW and rank <= levels[-1].rank:
                return 0
            if end is End.HIGH and rank >= levels[0].rank:
                return 0
        return super().definition(node, entity, env, end, rank)

    def fact(self, node: n.Field | n.Has, entity: Entity, env: Env) -> int:
        """Return on what a fact, link, back list or criterion rests."""
        return self.stated(entity, node.name)

    def stated(self, entity: Entity, name: str) -> int:
        """Return on what rests what an object states, by its name."""
        own, declared = self.solver.env(entity), entity.type
        if name in declared.back_lists:
            return self._back_list(entity, name)
        fact = declared.facts.get(name) or declared.links.get(name)
        if fact is not None:
            applies = self.of_each((None if fact.optional else fact.applies,), own)
            counted = fact if isinstance(fact, Fact) and fact.complete else None
            if counted:
                applies |= self.stated(entity, counted.complete)
            if name in entity.facts or not (fact.has_default and entity.assumes):
                return applies
            if counted and gathered.is_open(self.solver, entity, counted):
                return applies  # the default says nothing of those that are not listed
            bit = self.hanging.defaults_of(declared.name).get(name, 0)
            return bit | applies | self.of_each((default_of(fact),), own)
        criterion = declared.criteria.get(name.removeprefix("criteria."))
        return 0 if criterion is None else self.of_each((criterion.applies,), own)

    def _back_list(self, entity: Entity, name: str) -> int:
        declared, case = entity.type.back_lists[name], self.solver.case
        if declared.below:
            everyone = gathered.lists_below(self.solver, entity, name)
            return self.together(self._back_list(one, declared.below) for one in everyone)
        link = self.solver.objects[declared.holder].links[declared.link]
        count = self.stated(entity, declared.complete) if declared.complete else 0
        if case is None or entity.stranger or link.optional or link.applies is None:
            return count
        holders = case.back_list(entity, name).items
        found = self.together(
            self.of(link.applies, self.solver.env(item.value.least)) for item in holders
        )
        return count | found & self.hanging.readings

    def members(self, node: n.CriteriaSet, entity: Entity, own: Env) -> int:
        """Return on what rests who is in a set."""
        members = entity.type.sets[node.name].members
        whens = self.of_each((when for _, when in members), own)
        return whens | self.together(self.stated(entity, f"criteria.{c}") for c, _ in members)

    def result(
        self, node: n.LevelOf | n.StateOf, entity: Entity, end: End, rank: int | None
    ) -> int:
        """Return on what a level, or the state of a subject, rests."""
        ranked = self.own(entity, names.OUT)
        match node:
            case n.StateOf(what=ResultOf.RANKED):
                return ranked
            case n.StateOf(what=ResultOf.PENDING):
                return self.own(entity, names.PENDING)
            case n.StateOf():
                return self.status(entity)
            case n.LevelOf():
                return ranked | self.level(node, entity, end, rank)

    def level(self, node: n.LevelOf, entity: Entity, end: End, rank: int | None) -> int:
        """Return on what a level rests, as another subject reads it; an opaque one is not asked."""
        if self.quotas.source.is_opaque(entity):
            return 0
        own, name = self.solver.env(entity), names.of_stage(node.stage)
        if self.solver.truth(entity.type.definition(names.OUT).value, own).least:
            return 0
        read = n.Defined(node.object, entity.type.name, name, node.ty, node.span)
        if end is End.BOTH or rank is None:
            return self.whole(entity.type.definition(name).value, own)
        return self.definition(read, entity, own, end, rank)

    def _limit(self, node: n.Limit, env: Env, end: End, rank: int | None) -> int:
        """Its not applying raises a limit, so what lies below needs no more than its level."""
        body = node.body
        if end is End.LOW and isinstance(body, n.LevelOf):
            found = self.solver.read(body, env)
            target = found and self.solver.evaluate(body.object, env)
            if target and not target.why and not target.least.stranger:
                bound = self.level(body, target.least, end, rank)
                return self.of(body.object, env) | bound & self.hanging.readings
        return self.of(body, env, end, rank)

    def fold(self, node: n.Fold, env: Env, end: End, rank: int | None) -> int:
        """Return on what an end of a pass over a list rests."""
        return lists.folded(self, node, env, end, rank)

    # -- bodies ---------------------------------------------------------------------------------

    def winner(self, node: n.Winner, env: Env, end: End, rank: int | None) -> int:
        """A ballot holds a level by itself, or the ceiling does, if no vote goes above it."""
        entity = env[0].least
        own = self._counted(node, env)
        above = self.hanging.asked(node.asks, "above_ceiling")
        wins = self.solver.evaluate(node.above_ceiling, env).least == _WINS
        ceiling = self.solver.evaluate(node.ceiling, env)
        if end is End.BOTH or rank is None:
            top = ladder_of(entity.type).levels[0].rank
            return own | (above if ceiling != known(top) else 0) | self.of(node.ceiling, env)
        if end is End.LOW:
            held = self.of(node.ceiling, env, end, rank) if ceiling.least >= rank else above
            return own | (self.choose((held, above)) if wins else held)
        ways = [*self._under_ceiling(node, env, rank)]
        if self.solver.evaluate(self._free(node, entity), env).most <= rank:
            ways.append(own)
        return self.choose(ways) if ways else own | above | self.of(node.ceiling, env)

    def _counted(self, node: n.Winner, env: Env) -> int:
        settings = self.hanging.asked(node.asks, "counting", "wins", "wins_at")
        return settings | self.of_each((node.ballots, node.base), env)

    def _free(self, node: n.Winner, entity: Entity) -> n.Winner:
        """Return a vote under no ceiling but the best level."""
        found = self.hanging.free.get(id(node))
        if found is None:
            top = n.Literal(ladder_of(entity.type).levels[0].rank, node.ty, node.span)
            found = self.hanging.free[id(node)] = replace(node, ceiling=top)
        return found

    def choice(self, node: n.Choice, env: Env, end: End, rank: int | None) -> int:
        """A choice lies within a bound if its options or its ceiling do."""
        among = self.of_each((node.among,), env)
        ceiling = self.solver.evaluate(node.ceiling, env)
        if end is End.HIGH and rank is not None and ceiling.most <= rank:
            return self.of(node.ceiling, env, end, rank)
        if end is End.LOW and rank is not None and ceiling.least >= rank:
            return among | self.of(node.ceiling, env, end, rank)
        return among | self.of(node.ceiling, env)

    def kept(self, node: n.Kept, env: Env, end: End, rank: int | None) -> int:
        """A quota lifts nobody, and cuts nobody to below its `others`."""
        before = self.solver.evaluate(node.before, env)
        if end is End.HIGH and rank is not None and before.most <= rank:
            return self.of(node.before, env, end, rank)
        if end is End.LOW and rank is not None:
            held = self.of(node.before, env, end, rank)
            others = self.solver.evaluate(env[0].least.type.quotas[node.place].others, ()).least
            return held if others >= rank else held | self.quotas.made_of(node, env[0].least)
        return self.of(node.before, env) | self.quotas.made_of(node, env[0].least)


def _is_stage(node: Node) -> bool:
    """Whether a branch is a rule or a stage of the subject's own, before the one that is asked.

    One that may take the subject out of the ranking says more than a level.
    """
    if isinstance(node, n.Ruled):
        return not (isinstance(node.body, n.Choice) and node.body.may_leave)
    if isinstance(node, n.If):
        return _is_stage(node.condition)
    return isinstance(node, n.Defined) and node.name.startswith(_STAGES)


def _same(one: Value, other: Value) -> bool:
    """Whether two known values, that are no lists or objects, are equal."""
    plain = bool | int | Decimal | str | date
    return one.known and other.known and isinstance(one.least, plain) and one.least == other.least
