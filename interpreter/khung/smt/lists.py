"""Lists without bound: their elements counted by kind, a whole number for each.

Two elements are of one kind if every condition that any rule asks of an element comes out alike.
Which kinds there are z3 finds; what counts elements is then a sum of their numbers. Where a rule
hangs on the values of single elements, a list is followed to some elements only, and says so.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

import z3

from khung.ir import types as t
from khung.records import dataclass
from khung.smt.kinds import together
from khung.smt.space import ANY, LeftOutError, Obj, Space
from khung.smt.terms import Val, as_z3, compared, greatest, ite, land, least, lnot, lor, one, total
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.smt.terms import Term

    Element = Obj | Val
    Test = Callable[[Element], Term]

FOLLOWED = 3
"""How many elements of a list are looked at where they cannot be counted by kind."""


@dataclass(slots=True, eq=False)
class Condition:
    """A condition on the elements of a list, and the number of those for which it holds."""

    test: Test
    term: Any
    number: Any


@dataclass(slots=True, eq=False)
class Kind:
    """Elements that are alike: how many, and one that stands for them."""

    number: Any
    element: Obj | Val


@dataclass(slots=True, eq=False)
class Source:
    """A list of a case of which nothing is known.

    Attributes:
        holder: The object that holds it, or whose back list it is.
        name: Its name there.
        element: The type of its elements.
        any: One of which nothing is known.
        kinds: Found at the end; of one that is followed its elements, each once or not at all.
        worked: What hangs on single elements: each makes a term of the elements and whether they
            are there, and is equal to a variable.
        musts: What every element meets.
        back: Of a back list the link of which it is the other end.
        key: What tells elements apart, of which any two differ.
        after: The lists whose elements are asked about those of this one.
        is_followed: Whether elements are asked about others of the same list.
    """

    holder: Obj
    name: str
    element: t.Type
    any: Obj | Val
    conditions: list[Condition] = field(default_factory=list)
    worked: list[tuple[Any, Callable[[list[tuple[Term, Element]]], Term]]] = field(
        default_factory=list
    )
    kinds: list[Kind] = field(default_factory=list)
    musts: list[Test] = field(default_factory=list)
    key: str = ""
    back: str = ""
    after: set[str] = field(default_factory=set)
    is_followed: bool = False
    done: bool = False

    @property
    def path(self) -> str:
        """Where it is."""
        return f"{self.holder.path}.{self.name}"


@dataclass(slots=True)
class Lists:
    """All lists of a space.

    Attributes:
        follows: Whether a list that cannot be counted by kind is followed to some elements. If
            not, what hangs on its single elements has no form, and is any value.
    """

    space: Space
    follows: bool = False
    found: dict[str, Source] = field(default_factory=dict)
    testing: list[Source] = field(default_factory=list)

    def source(self, holder: Obj, name: str, element: t.Type, back: str = "") -> Source:
        """Return a list, the same each time; `back` is the link of which it is the other end."""
        path = f"{holder.path}.{name}"
        if path not in self.found:
            made = Source(holder, name, element, one(0), back=back)
            made.any = self._element(made, ANY)
            self.found[path] = made
            self.count(made, lambda _: True)
        return self.found[path]

    def _element(self, source: Source, place: str) -> Element:
        path = f"{source.path}{place}"
        ty = source.element
        if isinstance(ty, t.Object):
            owner = source.holder if _is_held(source) else None
            return self.space.object(
                path,
                ty.name,
                owner=owner,
                held=source.name,
                before=source.holder,
                back=source.back,
            )
        holder = self.space.object(path, "", held=source.name, before=source.holder)
        return one(self.space.var(holder, "value", ty).term)

    def count(self, source: Source, test: Test) -> Term:
        """Return how many elements meet a test."""
        self._note(source)
        if source.done and source.is_followed:
            elements = ((kind.number, kind.element) for kind in source.kinds)
            return total(ite(land((there == 1, test(e))), 1, 0) for there, e in elements)
        self.testing.append(source)
        try:
            term = test(source.any)
        finally:
            self.testing.pop()
        if term is False:
            return 0
        for known in source.conditions:
            if _is_same(known.term, term):
                return known.number
        if source.done:
            raise LeftOutError(source.path.lstrip("."))
        number = z3.Int(f"#{source.path}.{len(source.conditions)}")
        self.space.limit(number >= 0, source.path)
        source.conditions.append(Condition(test, term, number))
        return number

    def _note(self, source: Source) -> None:
        """Note which list has to be finished before another, and which cannot be counted."""
        for other in self.testing:
            if other is source or (other.path in source.after and source.path in other.after):
                self._follows(source)
                source.is_followed = True
            elif not source.path.startswith(f"{other.path}["):
                source.after.add(other.path)

    def _follows(self, source: Source) -> None:
        if not self.follows:
            self.space.bounded.add(source.path)
            raise LeftOutError(source.path.lstrip("."))

    def keep_empty(self, source: Source) -> None:
        """Look for no case in which a list holds anything that no case file can say it holds."""
        self.space.bounded.add(source.path)
        if self.follows and self.space.first(("empty", source.path)):
            self.space.limit(source.conditions[0].number == 0, source.path)

    def work(
        self,
        source: Source,
        sort: z3.SortRef,
        make: Callable[[list[tuple[Term, Element]]], Term],
    ) -> Term:
        """Return what is made of single elements; the list is then followed to some only."""
        self._follows(source)
        found = z3.Const(f"${source.path}.{len(source.worked)}", sort)
        source.worked.append((found, make))
        return found

    def finish(self) -> None:
        """Find the kinds of the elements of every list, in those of elements, too."""
        while True:
            left = [one for one in self.found.values() if not one.done]
            if not left:
                return
            waiting = {source.path for source in left}
            ready = [source for source in left if not source.after & waiting]
            self._finish(max(ready or left, key=lambda source: source.path.count("[")))

    def _finish(self, source: Source) -> None:
        source.done = True
        is_followed = source.is_followed or source.worked
        patterns = None if is_followed else self._ways(source)
        if patterns is None:
            self._follow(source)
            return
        for place, pattern in enumerate(patterns):
            element = self._element(source, f"[{place}]")
            number = z3.Int(f"#{source.path}[{place}]")
            self.space.limit(number >= 0, source.path)
            self._must(source, number, element)
            source.kinds.append(Kind(number, element))
            terms = zip((c.test(element) for c in source.conditions), pattern, strict=True)
            alike = land(term if holds else lnot(term) for term, holds in terms)
            self.space.limit(lor((number == 0, alike)), source.path, sorts=True)
        for column, condition in enumerate(source.conditions):
            counted = [
                kind.number
                for kind, pattern in zip(source.kinds, patterns, strict=True)
                if pattern[column]
            ]
            self.space.limit(condition.number == as_z3(total(counted)), source.path, sorts=True)

    def _ways(self, source: Source) -> list[tuple[bool, ...]] | None:
        terms = [as_z3(condition.term) for condition in source.conditions]
        return together(source.path, self.space.limits_of(source.path), terms)

    def _must(self, source: Source, number: Term, element: Element) -> None:
        for must in source.musts:
            self.space.limit(lor((number == 0, must(element))), source.path)

    def _follow(self, source: Source) -> None:
        source.is_followed = True
        self.space.bounded.add(source.path)
        elements: list[tuple[Term, Element]] = []
        for place in range(FOLLOWED):
            element = self._element(source, f"[{place}]")
            number = z3.Int(f"#{source.path}[{place}]")
            self.space.limit(z3.And(number >= 0, number <= 1), source.path)
            self._must(source, number, element)
            if source.kinds:
                self.space.limit(number <= source.kinds[-1].number, source.path)
            source.kinds.append(Kind(number, element))
            elements.append((number == 1, element))
        for condition in source.conditions:
            counted = (ite(land((there, condition.test(e))), 1, 0) for there, e in elements)
            self.space.limit(condition.number == as_z3(total(counted)), source.path, sorts=True)
        for made, make in source.worked:
            self.space.limit(made == as_z3(make(elements)), source.path, sorts=True)
        self._tell_apart(source)

    def _tell_apart(self, source: Source) -> None:
        """Say that no two elements have one key, where it is asked for."""
        for place, kind in enumerate(source.kinds):
            for other in source.kinds[:place]:
                keys = [
                    self.space.facts.get((one.element.path, source.key))
                    for one in (kind, other)
                    if isinstance(one.element, Obj)
                ]
                if len(keys) > 1 and keys[0] is not None and keys[1] is not None:
                    differ = keys[0].term != keys[1].term
                    none = kind.number == 0, other.number == 0
                    self.space.limit(lor((*none, differ)), source.path)


def _is_held(source: Source) -> bool:
    """Whether the elements are records that the object holds."""
    return source.name.startswith("record ")


def _is_same(left: Term, right: Term) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left.eq(right))


# -- what stands in a list of the core ------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An element that is known: whether it is there, and what it is."""

    there: Any
    element: Any


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Elements of a list of a case: those that meet all tests, as `made` of each."""

    source: Source
    tests: tuple[Test, ...] = ()
    made: Callable[[Element], Element] = lambda element: element

    def holds(self, element: Element) -> Term:
        """Return whether an element of the source stands in it."""
        return land(test(element) for test in self.tests)


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """What stands in a list: known elements, and parts of lists of the case."""

    lists: Lists
    parts: tuple[Item | Part, ...]

    def count(self, test: Test) -> Term:
        """Return how many elements meet a test."""
        return total(self._counts(test))

    def _counts(self, test: Test) -> Iterator[Term]:
        for part in self.parts:
            if isinstance(part, Item):
                yield ite(land((part.there, test(part.element))), 1, 0)
            else:
                yield self.lists.count(part.source, _both(part, test))

    def any(self, test: Test) -> Term:
        """Return whether some element meets a test."""
        found: list[Term] = []
        for part in self.parts:
            if isinstance(part, Item):
                found.append(land((part.there, test(part.element))))
            else:
                number = self.lists.count(part.source, _both(part, test))
                found.append(compared(CompareOp.GT, number, 0))
        return lor(found)

    def kept(self, test: Test) -> Listed:
        """Return the elements that meet a test."""
        parts: list[Item | Part] = []
        for part in self.parts:
            if isinstance(part, Item):
                parts.append(Item(land((part.there, test(part.element))), part.element))
            else:
                parts.append(Part(part.source, (*part.tests, _of_made(part, test)), part.made))
        return Listed(self.lists, tuple(parts))

    def each(self, make: Callable[[Element], Element]) -> Listed:
        """Return the list of what is made of each element."""
        parts: list[Item | Part] = []
        for part in self.parts:
            if isinstance(part, Item):
                parts.append(Item(part.there, make(part.element)))
            else:
                parts.append(Part(part.source, part.tests, _then(part, make)))
        return Listed(self.lists, tuple(parts))

    def reckoned(self, op: str, value: Callable[[Element], Term], sort: z3.SortRef) -> Term:
        """Return the `sum`, the `lowest` or the `highest` of a value of each element.

        Of nothing the sum is 0, and an extreme is anything.
        """
        items = [(p.there, value(p.element)) for p in self.parts if isinstance(p, Item)]
        parts = [p for p in self.parts if isinstance(p, Part)]
        if not parts:
            return _reckoned(op, items)
        if len(parts) > 1 or items:
            raise LeftOutError(parts[0].source.path.lstrip("."))
        part = parts[0]

        def make(elements: list[tuple[Term, Element]]) -> Term:
            return _reckoned(
                op,
                [(land((there, part.holds(e))), value(part.made(e))) for there, e in elements],
            )

        return self.lists.work(part.source, sort, make)


def _reckoned(op: str, items: list[tuple[Term, Term]]) -> Term:
    if op == "sum":
        return total(ite(there, value, 0) for there, value in items)
    found: Term = None
    seen: Term = False
    for there, value in items:
        if found is None:
            found, seen = value, there
            continue
        better = (least if op == "lowest" else greatest)((found, value))
        found = ite(land((there, seen)), better, ite(there, value, found))
        seen = lor((seen, there))
    return 0 if found is None else found


def _both(part: Part, test: Test) -> Test:
    return lambda element: land((part.holds(element), test(part.made(element))))


def _of_made(part: Part, test: Test) -> Test:
    return lambda element: test(part.made(element))


def _then(part: Part, make: Callable[[Element], Element]) -> Callable[[Element], Element]:
    return lambda element: make(part.made(element))
