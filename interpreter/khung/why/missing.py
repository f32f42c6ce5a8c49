"""What is unknown where it leaves a result open: facts, or the results of other subjects.

What cannot be worked out although all is known, such as the lowest of nothing, is named by its
definition, or outside of one by the facts that it reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine import gathered
from khung.engine.facts import Entity
from khung.engine.values import Elements, Value
from khung.ir import nodes as n
from khung.ir.program import Fact
from khung.ir.rewrite import children
from khung.ir.stages import names
from khung.ir.stages.quota import keys_of
from khung.rulebook.model.rules import Stage
from khung.why.because import Because, End, Read, default_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Element
    from khung.ir.nodes import Node
    from khung.why.quotas import Quotas


class Missing(Because[bool]):
    """Notes in `paths` what leaves values open, in the order of the rules; tells if it was any.

    Of a level only what may lower it below `rank`, the most that is left of it in the end, or lift
    it so far.
    """

    def __init__(self, solver: Solver, quotas: Quotas) -> None:
        """Walk over what a solver found, and what quotas made of their groups."""
        super().__init__(solver, nothing=False)
        self.quotas = quotas
        self.paths: dict[str, None] = {}
        self.found: dict[tuple[int, int, int | None], bool] = {}
        self.within: list[str] = []
        self.asked: Entity | None = None

    def outcome(self, entity: Entity, *, may_leave: bool) -> tuple[str, ...]:
        """Return what leaves the status or level of a subject open.

        Args:
            entity: The subject.
            may_leave: Whether a choice, itself open, may take it out of the ranking.
        """
        self.asked = self.solver.row(entity)
        own, definition = self.solver.env(entity), entity.type.definition
        for name in (names.OUT, names.PENDING):
            self.of(definition(name).value, own)
        final = definition(names.of_stage(Stage.QUOTA)).value
        level = self.solver.evaluate(final, own)
        for each in entity.type.defer if may_leave else ():
            self.of_each((each.head.when, each.among), own)
        if level.why:
            self.of(final, own, End.BOTH, level.most)
        return tuple(self.paths)

    def output(self, entity: Entity, name: str) -> tuple[str, ...]:
        """Return what leaves a definition of a subject open, or whether it applies."""
        self.asked = self.solver.row(entity)
        own, declared = self.solver.env(entity), entity.type.definition(name)
        self.of_each((declared.applies, declared.value), own)
        return tuple(self.paths)

    def note(self, entity: Entity, name: str = "") -> bool:
        """Note a fact of an object, or a subject."""
        if entity.stranger:
            return False
        self.paths[f"{entity.path}.{name}" if name else entity.path] = None
        return True

    # -- what is gathered -----------------------------------------------------------------------

    def of(self, node: Node, env: Env, end: End = End.BOTH, rank: int | None = None) -> bool:
        """Note what leaves a value open."""
        if end is not End.BOTH or self._is_settled(node, env):
            return False
        if len(env) != 1:
            return self._of(node, env, rank)
        key = (id(node), id(env[0].least), rank)
        found = self.found.get(key)
        if found is None:
            self.found[key] = False  # stands while work runs in a ring
            found = self.found[key] = self._of(node, env, rank)
        return found

    def _of(self, node: Node, env: Env, rank: int | None) -> bool:
        """Note what leaves a value open; with nothing open that it reads, it has none."""
        found = self.descend(node, env, End.BOTH, rank)
        if found or not isinstance(node, n.Arithmetic | n.Call | n.Fold):
            return found
        operands = _operands(node)
        return all(self._is_settled(part, env) for part in operands) and self._failed(node, env)

    def _failed(self, node: Node, env: Env) -> bool:
        """Note what cannot be worked out: the list without such an entry, else the definition."""
        if self.within and not (isinstance(node, n.Call) and node.function == "entry"):
            self.paths[self.within[-1]] = None
            return True
        return self.together(self._name(part, env) for part in _operands(node))

    def _name(self, node: Node, env: Env) -> bool:
        """Note the values that an expression reads, known as they are; what is none is no value."""
        if self.solver.read(node, env) is None:
            return False
        if not isinstance(node, Read):
            return self.together(self._name(part, env) for part in _operands(node))
        target = self.solver.evaluate(node.object, env).least
        name = node.name if isinstance(node, n.Field | n.Defined | n.Has) else ""
        return isinstance(target, Entity) and self.note(target, name)

    def _is_settled(self, node: Node, env: Env) -> bool:
        found = self.solver.read(node, env)
        if found is None:
            return True
        value, sure = found
        return value.known and sure and _is_whole(value)

    def together(self, parts: Iterable[bool]) -> bool:
        """Note all."""
        return any([*parts])

    def choose(self, ways: Iterable[bool]) -> bool:
        """Note all: any of them may settle it."""
        return self.together(ways)

    def literal(self, node: n.Literal) -> bool:  # it is known
        """Note nothing."""
        return False

    def branches(self, node: n.If, env: Env, end: End, rank: int | None) -> bool:
        """Of the level that a condition gives only what is in reach; bodies come after the rest."""
        condition = self.solver.truth(node.condition, env)
        if condition.known:
            return self.of(node.yes if condition.least else node.no, env, end, rank)
        parts = [node.condition, node.yes, node.no]
        if rank is not None and self._is_out_of_reach(node, env, rank):
            parts = [node.no]
        elif isinstance(node.yes, n.Ruled) and isinstance(node.yes.body, n.Winner | n.Choice):
            parts = [node.no, node.condition, node.yes]
        return self.together(
            self.of(part, env, end, None if part is node.condition else rank) for part in parts
        )

    def _is_out_of_reach(self, node: n.If, env: Env, rank: int) -> bool:
        """Whether what a condition gives goes above a rank, which the rest may reach, too."""
        if self.solver.evaluate(node.yes, env).least <= rank:
            return False
        rest = self.solver.evaluate(node.no, env)
        return bool(rest.most >= rank or rest.why)

    # -- objects --------------------------------------------------------------------------------

    def definition(
        self, node: n.Defined, entity: Entity, env: Env, end: End, rank: int | None
    ) -> bool:
        """Note what leaves a definition open, or itself if nothing does."""
        own, declared = self.solver.env(entity), entity.type.definition(node.name)
        if declared.applies is not None and self.solver.truth(declared.applies, own).why:
            return self.of(declared.applies, own)
        if node.name in entity.type.stages:
            return self.of(declared.value, own, end, rank)
        self.within.append(f"{entity.path}.{node.name}")
        found = self.of(declared.value, own, end, rank)
        self.within.pop()
        return found

    def fact(self, node: n.Field | n.Has, entity: Entity, env: Env) -> bool:
        """Note a fact, or what leaves open whether it applies, its default, or who points here."""
        own, declared = self.solver.env(entity), entity.type
        fact = declared.facts.get(node.name) or declared.links.get(node.name)
        criterion = declared.criteria.get(node.name.removeprefix("criteria."))
        if isinstance(node, n.Has) and (fact is not None or criterion is None):
            return self.note(entity, node.name)
        applies = fact.applies if fact else criterion.applies if criterion else None
        if applies is not None and not self.solver.truth(applies, own).known:
            return self.of(applies, own)
        if node.name in declared.back_lists:
            return self._back_list(entity, node.name)
        found = self.solver.evaluate(node, env).least
        if isinstance(fact, Fact) and isinstance(found, Elements) and found.unseen != 0:
            return self._own_list(entity, fact, found)
        default = default_of(fact)
        if default is not None and node.name not in entity.facts and entity.assumes:
            return self.of(default, own)
        if isinstance(fact, Fact) and fact.length and not _is_stated(entity, fact.name):
            return self.note(entity, node.name)  # once, not each of its elements
        noted = self._elements(entity, node.name, getattr(found, "items", ()))
        return noted or self.note(entity, node.name)

    def _own_list(self, entity: Entity, fact: Fact, found: Elements) -> bool:
        """Note a list that may be longer, what counts it, and its unknown elements."""
        unknown = self._elements(entity, fact.name, found.items)
        noted = self.note(entity, fact.name), self._count(entity, fact.complete)
        return any((unknown, *noted))

    def _elements(self, entity: Entity, name: str, items: tuple[Element, ...]) -> bool:
        """Note the elements of a list of which only that they are there is known."""
        open_ones = [place for place, item in enumerate(items, 1) if item.value.why]
        return self.together(self.note(entity, f"{name}[{place}]") for place in open_ones)

    def _back_list(self, entity: Entity, name: str) -> bool:
        """Note a list that may be longer, what counts it, and who may belong to it."""
        declared = entity.type.back_lists[name]
        if declared.below:
            everyone = gathered.lists_below(self.solver, entity, name)
            return self.together(self._back_list(one, declared.below) for one in everyone)
        noted = [
            self.note(item.value.least, declared.link)
            for item in gathered.pointing(self.solver, entity, name)
            if not item.sure and isinstance(item.value.least, Entity)
        ]
        if gathered.back_list(self.solver, entity, name).unseen != 0:
            lists = gathered.open_lists(self.solver, declared.holder)
            noted += [self.note(owner, fact.name) for owner, fact in lists]
            if not gathered.is_said_whole(self.solver, entity, name):
                noted += [self.note(entity, name), self._count(entity, declared.complete)]
        return any(noted)

    def _count(self, entity: Entity, name: str) -> bool:
        """Note what leaves open how many a list should hold."""
        count = gathered.count_of(self.solver, entity, name)
        if count is None or (not count[0].why and count[1]):
            return False
        default = default_of(entity.type.facts.get(name))
        if default is not None and name not in entity.facts and entity.assumes:
            return self.of(default, self.solver.env(entity))
        return self.note(entity, name)

    def members(self, node: n.CriteriaSet, entity: Entity, own: Env) -> bool:
        """Note what leaves open who is in a set, and its unknown grades."""
        source = self.solver.evaluate(node, own)
        graded = (self._grade(node, item, own) for item in source.least.items)
        return self.together((self._members(node, own), *graded))

    def _members(self, node: n.CriteriaSet, own: Env) -> bool:
        declared = own[0].least.type
        conditions = (
            (when, declared.criteria[name].applies)
            for name, when in declared.sets[node.name].members
        )
        return self.together(self.of_each(pair, own) for pair in conditions)

    def _grade(self, node: n.CriteriaSet, item: Element, own: Env) -> bool:
        """Note a criterion of a set that has no grade, or what leaves open whether it applies."""
        if not item.value.why:
            return False
        applies = own[0].least.type.criteria[item.name].applies
        if applies is not None and not self.solver.truth(applies, own).known:
            return self.of(applies, own)
        return self.note(own[0].least, f"criteria.{item.name}")

    def result(
        self, node: n.LevelOf | n.StateOf, entity: Entity, end: End, rank: int | None
    ) -> bool:
        """Note a subject whose result is open; of what is asked about what leaves that open."""
        if entity is not self.asked or not isinstance(node, n.LevelOf):
            return self.note(entity)
        own, name = self.solver.env(entity), names.of_stage(node.stage)
        return self.of(entity.type.definition(name).value, own, end, rank) or self.note(entity)

    # -- lists ----------------------------------------------------------------------------------

    def fold(self, node: n.Fold, env: Env, end: End, rank: int | None) -> bool:
        """Note what leaves open which elements there are, and what is asked of each."""
        source = self.solver.evaluate(node.list, env)
        if source.why:
            return self.of(node.list, env)
        found = [] if _is_whole(source) else [self._of_list(node.list, env)]
        for item in self.taken(source.least, node.where, env):
            inner = env.inner(item.value)
            body = self.solver.evaluate(node.body, inner)
            if rank is not None and node.empty is not None and body.least >= rank:
                continue
            found.append(self.of_each((node.where,), inner))
            if item.name and isinstance(node.list, n.CriteriaSet) and body.why:
                found.append(self._grade(node.list, item, self._owner(node.list, env)))
            else:
                found.append(self.of(node.body, inner))
        return any(found)

    def _of_list(self, node: Node, env: Env) -> bool:
        if isinstance(node, n.CriteriaSet):
            return self._members(node, self._owner(node, env))
        return self.of(node, env)

    def _owner(self, node: n.CriteriaSet, env: Env) -> Env:
        return self.solver.env(self.solver.evaluate(node.object, env).least)

    # -- bodies ---------------------------------------------------------------------------------

    def winner(self, node: n.Winner, env: Env, end: End, rank: int | None) -> bool:
        """Note what leaves open the level that a ballot gives."""
        ceiling = self.of(node.ceiling, env, end, rank)
        if self.solver.read(node.ballots, env) is None:
            return ceiling
        return self.together((ceiling, self.of_each((node.ballots, node.base), env)))

    def choice(self, node: n.Choice, env: Env, end: End, rank: int | None) -> bool:
        """Note what leaves open among what a body may choose."""
        ceiling = self.of(node.ceiling, env, end, rank)
        return self.together((ceiling, self.of_each((node.among,), env)))

    def kept(self, node: n.Kept, env: Env, end: End, rank: int | None) -> bool:
        """Note what leaves open what a quota makes of a level: its keys, or others' levels."""
        entity = env[0].least
        quota = entity.type.quotas[node.place]
        found = self.of(node.before, env, end, rank)
        alone = entity.type.definition(names.of_stage(Stage.DEFER)).value
        if self.paths and self.solver.evaluate(alone, env).why:
            return found
        groups = self.quotas.groups_of(entity.type, node.place)
        keys, order = keys_of(quota), tuple(key.value for key in quota.order)
        noted = [found, self.of_each(keys, env)]
        noted += [self.of_each((x,), at) for part in groups.parts for x, at in part.limits(entity)]
        noted.append(self.of_each((*order, quota.head.when, quota.competes), env))
        step = groups.step(entity)
        if groups.is_open(entity) and step and step.level != groups.level_before(entity):
            self.paths[quota.head.id] = None
            sizes = (part.size_at(entity) for part in groups.parts if part.is_open(entity))
            noted += [True, *(self.of_each((size,), at) for size, at in sizes)]
        rivals = [one for one in groups.rivals(entity) if one[0] is not entity]
        noted += [
            self.note(rival) for rival, sure in rivals if groups.level_before(rival).why or not sure
        ]
        if not self.paths:  # then on where the others belong, stand and count, and if it counts
            asked = (*keys, *order, quota.counts, quota.head.when, quota.competes)
            everyone = (entity, *(rival for rival, _ in rivals))
            noted += [self.of_each(asked, self.solver.env(one)) for one in everyone]
        if not self.paths:  # or on whether it reaches what is cut below the level it has else
            noted.append(self.of(node.before, env, end))
        if not self.paths:
            noted += [self.note(other) for other in groups.awaits(entity)]
        return any(noted)


def _operands(node: Node) -> tuple[Node, ...]:
    """Return what a value is made from; of a pass over a list only that: elements have others."""
    return (node.list,) if isinstance(node, n.Fold | n.Select | n.Project) else children(node)


def _is_whole(value: Value) -> bool:
    """Whether it is known which elements a list has, and each of them; of anything else, yes."""
    found = value.least
    if not isinstance(found, Elements):
        return True
    return found.settled and all(item.value.known for item in found.items)


def _is_stated(entity: Entity, name: str) -> bool:
    stated = entity.facts.get(name)
    return stated is not None and not (isinstance(stated, Value) and stated.why)
