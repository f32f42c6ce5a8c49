"""What an object of a case holds, as variables within what a program allows."""

from __future__ import annotations

from dataclasses import field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import z3

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import ResultOf
from khung.ir.program import ladder_of
from khung.records import dataclass
from khung.smt import days
from khung.smt.lists import Part
from khung.smt.space import LeftOutError, Obj, one_of, plain, within
from khung.smt.terms import Val, land, lnot, lor, one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.ir.nodes import Node
    from khung.ir.program import BackList, Fact, Link, ObjectType, Program
    from khung.smt.lists import Lists
    from khung.smt.space import Space
    from khung.smt.terms import Term
    from khung.smt.writing import Env, Ways


@dataclass(slots=True, eq=False)
class Reading:
    """Reads objects for one program.

    Attributes:
        program: The program.
        shift: By how many months the days of a case are moved for it.
        fixed: Facts that have one value in all objects of a type, whatever a case says.
    """

    program: Program
    space: Space
    lists: Lists
    shift: int = 0
    fixed: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def value(self, node: Node, env: Env) -> Val:
        """Return a value."""
        raise NotImplementedError

    def objects(self, node: Node, env: Env) -> Ways:
        """Return the objects that a node may lead to."""
        raise NotImplementedError

    def defined(self, obj: Obj, name: str) -> Val:
        """Return a definition of an object."""
        raise NotImplementedError

    def type_of(self, name: str) -> ObjectType:
        """Return a declared type.

        Raises:
            LeftOutError: The program has none of that name.
        """
        found = self.program.objects.get(t.first_of(name))
        if found is None:
            raise LeftOutError(name)
        return found

    def moved_day(self, found: Term, ty: t.Type) -> Term:
        """Return a day as the first side calls it, and what is none as it is."""
        return days.moved(found, -self.shift) if isinstance(ty, t.Date) else found

    def fact(self, obj: Obj, name: str, ty: t.Type) -> Val:
        """Return a fact, a criterion or the kind of an object."""
        fixed = self.fixed.get((obj.type, name))
        if fixed is not None:
            return one(fixed)
        term = self.space.var(obj, name, ty).term
        if self.space.first((id(self), obj.path, name)):
            self._limit(obj, name, ty, term)
        return one(self.assumed(obj, name, ty, term))

    def assumed(self, obj: Obj, name: str, ty: t.Type, stated: Term) -> Term:
        """Return a fact as it is stated, or what is taken where a case says nothing."""
        raise NotImplementedError

    def _limit(self, obj: Obj, name: str, ty: t.Type, term: Term) -> None:
        """Say what a value may be by this program."""
        declared, values = self.type_of(obj.type), self.program.values
        space = self.space
        if isinstance(ty, t.Enumeration):
            space.limit(one_of(term, map(space.code, values[ty.name].values)), obj.path)
        if isinstance(ty, t.Scale):
            space.limit(term < len(values[ty.name].values), obj.path)
        criterion = declared.criteria.get(name.removeprefix("criteria."))
        held: Fact | None = declared.facts.get(name)
        bounds = held or criterion
        if bounds is not None and (bounds.low is not None or bounds.high is not None):
            low, high = (
                None if end is None else self.moved_day(plain(end, ty, space), ty)
                for end in (bounds.low, bounds.high)
            )
            space.limit(within(term, low, high), obj.path)
        if held is not None and held.must is not None:
            self._hold(held.must.condition, obj)

    def _hold(self, must: Node, obj: Obj) -> None:
        try:
            self.space.limit(self.value(must, {0: obj}).hi, obj.path)
        except LeftOutError as left:
            self.space.left[str(left)] = None

    def settle(self, obj: Obj) -> None:
        """Ask for what a case has to say of an object: its kind, and what applies to it."""
        declared = self.program.objects.get(obj.type)
        if declared is None or not self.space.first(
            (id(self), obj.path, "settled", self.many(obj))
        ):
            return
        if declared.kind_field:
            kind = t.Enumeration(f"{declared.name}.{declared.kind_field}")
            self.fact(obj, declared.kind_field, kind)
        held = self.space.held(obj)
        named = {fact.name: fact.applies for fact in declared.facts.values()}
        named |= {criterion.id: criterion.applies for criterion in declared.criteria.values()}
        links = {link.name: link.applies for link in declared.links.values()}
        for name, applies in {**named, **links}.items():
            led = name in links and f"{obj.path}.{name}" in self.space.objects
            if applies is not None and (led or name in held):
                self._apply(applies, obj)
            if name in links and (led or name in held):
                self.lead(obj, declared.links[name])

    def lead(self, obj: Obj, link: Link) -> Obj:
        """Return the object to which a link leads; along a tree it is of a kind further up."""
        found = self.space.through(obj, link.name, link.to)
        if link.tree and self.space.first((id(self), found.path, "tree")):
            above = lor((lnot(self.has(obj, link.name)), self.is_below(obj, found)))
            self.space.limit(above, found.path)
        return found

    def applies(self, condition: Node | None, obj: Obj) -> Term:
        """Return whether what has a condition of application applies to an object."""
        return True if condition is None else self.value(condition, {0: obj}).lo

    def _leads_back(self, element: Obj | Val, obj: Obj, back: BackList) -> Term:
        """Return whether the link of an element of a back list may lead to its holder."""
        if not isinstance(element, Obj):
            return True
        link = self.type_of(element.type).links.get(back.link)
        if link is None:
            return True
        applies = self.applies(link.applies, element)
        return land((applies, self.is_below(element, obj) if link.tree else True))

    def is_below(self, obj: Obj, other: Obj) -> Term:
        """Return whether a subject is of a kind that stands before that of another in the work."""
        declared = self.type_of(obj.type)
        if declared.kinds is None:
            return True
        ty = t.Enumeration(f"{declared.name}.{declared.kind_field}")
        low, high = (self.fact(one_, declared.kind_field, ty).lo for one_ in (obj, other))
        codes = [self.space.code(name) for name in declared.kinds.values]
        pairs = combinations(codes, 2)
        return lor(land((low == first, high == later)) for first, later in pairs)

    def many(self, obj: Obj) -> int:
        """Return how much is asked of an object so far."""
        return len(self.space.held(obj))

    def _apply(self, applies: Node, obj: Obj) -> None:
        try:
            self.value(applies, {0: obj})
        except LeftOutError as left:
            self.space.left[str(left)] = None

    def has(self, obj: Obj, name: str) -> Term:
        """Return whether a fact or link is there."""
        declared = self.type_of(obj.type)
        held = declared.facts.get(name) or declared.links.get(name)
        if held is None:
            criterion = declared.criteria.get(name.removeprefix("criteria."))
            return self.applies(criterion.applies if criterion else None, obj)
        if held.applies is None and not isinstance(held.ty, t.Ballots):
            return True
        if held.applies is None or held.optional:
            return self.space.var(obj, f"has {name}", t.BOOLEAN).term
        return self.value(held.applies, {0: obj}).lo

    def there(self, node: Node, env: Env) -> Term:
        """Return whether what is read applies."""
        if not isinstance(node, n.Field | n.Defined | n.LevelOf):
            return True
        found = []
        for when, obj in self.objects(node.object, env):
            found.append(land((when, self._is_there(node, obj))))
        return land((self.there(node.object, env), lor(found)))

    def _is_there(self, node: n.Field | n.Defined | n.LevelOf, obj: Obj) -> Term:
        if isinstance(node, n.LevelOf):
            own = obj is self.space.root
            return True if own else self.state(obj, ResultOf.RANKED).lo
        declared = self.type_of(obj.type)
        if isinstance(node, n.Defined):
            return self.applies(declared.definition(node.name).applies, obj)
        name = node.name
        held = (
            declared.facts.get(name)
            or declared.links.get(name)
            or declared.criteria.get(name.removeprefix("criteria."))
        )
        if held is None:
            return True
        applies = self.applies(held.applies, obj)
        ballots = isinstance(node.ty, t.Ballots)
        return land((applies, self.has(obj, name))) if ballots else applies

    def level(self, obj: Obj, node: n.LevelOf) -> Val:
        """Return the level of a subject after a stage: of another subject it is given."""
        if obj is self.space.root:
            return self.defined(obj, f"stages.{node.stage}")
        return one(self.level_of(obj, str(node.stage)))

    def level_of(self, obj: Obj, stage: str) -> Term:
        """Return the variable of the level of another subject."""
        ladder = ladder_of(self.type_of(obj.type))
        term = self.space.var(obj, f"level {stage}", t.Scale(ladder.scale.name)).term
        if self.space.first((id(self), obj.path, "level", stage)):
            ends = ladder.levels[-1].rank, ladder.levels[0].rank
            self.space.limit(within(term, *ends), obj.path)
        return term

    def state(self, obj: Obj, what: ResultOf) -> Val:
        """Return whether a subject is ranked or pending."""
        if what is ResultOf.STATUS:
            raise LeftOutError("status")
        if obj is self.space.root:
            return self.defined(
                obj, "stages.ranked" if what is ResultOf.RANKED else "stages.waiting"
            )
        if what is ResultOf.PENDING:
            return one(False)
        return one(self.space.var(obj, "state ranked", t.BOOLEAN).term)

    def own_list(self, obj: Obj, name: str, element: t.Type) -> Part:
        """Return a list fact or a back list of an object."""
        declared = self.type_of(obj.type)
        fact = declared.facts.get(name)
        is_record = isinstance(element, t.Object) and self.type_of(element.name).is_record
        held = f"record {name}" if fact is not None and is_record else name
        direct = declared.back_lists.get(name)
        link = direct.link if direct is not None and not direct.below else ""
        source = self.lists.source(obj, held, element, link)
        if self.space.first((id(self), source.path, "length")):
            back = declared.back_lists.get(name)
            complete = fact.complete if fact else back.complete if back else ""
            number = source.conditions[0].number
            source.key = fact.key if fact else ""
            if back is not None and back.below:  # who is further down is not tied to who is below
                self.space.left[source.path.lstrip(".")] = None
            if back is not None:
                source.musts.append(lambda element: self._leads_back(element, obj, back))
            if fact is not None and fact.length is not None:
                self.space.limit(number == fact.length, source.path)
            if complete:
                counted = declared.facts[complete]
                applies = self.applies(counted.applies, obj)
                stated = self.fact(obj, complete, t.NUMBER).lo
                whole = lor((lnot(applies), stated == z3.ToReal(number)))
                self.space.limit(whole, source.path)
        return Part(source)
