"""A model of z3 as what a case file says: the subject asked, and whom its rules read of.

What others come to is given, as they are not worked out. What equals a default is left to it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.records import dataclass
from khung.rulebook.model.parts import ABSENT
from khung.smt import ROOT
from khung.smt.identities import is_in_a_list
from khung.smt.model import Model, NotSayableError, constant_of, is_default
from khung.smt.others import fill_up
from khung.smt.space import ANY, ASSUMED, IDENTITY, Obj, Var

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from khung.ir.program import Fact, Link, ObjectType
    from khung.smt.lists import Source
    from khung.smt.question import Question
    from khung.smt.side import Side


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as data.

    Attributes:
        on: Its day.
        subjects: By type and id, what is stated.
        subject: The type of the subject asked.
    """

    on: date
    subjects: Mapping[str, Mapping[str, Mapping[str, Any]]]
    subject: str


def shown(question: Question, model: Any) -> Shown:
    """Return the case of a model.

    Raises:
        NotSayableError: A case file cannot say it.
    """
    return _Decoder(question, model, {}, {}).case()


@dataclass(slots=True)
class _Decoder(Model):
    """Reads a model, object by object."""

    subjects: dict[str, dict[str, dict[str, Any]]]
    ids: dict[str, str]
    told: dict[str, list[Obj]] = field(default_factory=dict)
    as_one: dict[str, Obj] = field(default_factory=dict)

    def case(self) -> Shown:
        root = self.question.space.root
        self.tell()
        held = self.held_by_path()
        self.subject(root, ROOT, held)
        on = self.question.space.facts.get(("", "on"))
        day = self.period_end() if on is None else self.day(on)
        fill_up(self, self.subjects)
        return Shown(day, self.subjects, root.type)

    def held_by_path(self) -> dict[str, list[Var]]:
        found: dict[str, list[Var]] = {}
        for var in self.question.space.facts.values():
            if ANY not in var.holder.path:
                found.setdefault(self.as_told(var.holder).path, []).append(var)
        return found

    def tell(self) -> None:
        """Note which objects are one, the first by which it is told: of no list, if it can be."""
        facts, first = self.question.space.facts, dict[tuple[str, int], Obj]()
        named = [o for o in self.question.space.objects.values() if ANY not in o.path]
        for obj in sorted(named, key=is_in_a_list):
            identity = facts.get((obj.path, IDENTITY))
            number = self.number(identity.term) if identity else -1 if obj.path else 0
            told = first.setdefault((obj.type, number), obj) if number >= 0 else obj
            if told is obj or not is_in_a_list(told):
                self.told.setdefault(told.path, []).append(obj)
                self.as_one[obj.path] = told

    def as_told(self, obj: Obj) -> Obj:
        """Return the object by which a subject is told."""
        return self.as_one.get(obj.path, obj)

    # -- objects ------------------------------------------------------------------------------

    def subject(self, obj: Obj, name: str, held: dict[str, list[Var]], times: int = 1) -> str:
        """State a subject, and those to whom it leads."""
        stated: dict[str, Any] = {}
        self.subjects.setdefault(obj.type, {})[name] = stated
        self.ids[obj.path] = name
        if times > 1:
            stated["repeat"] = times
        self.fill(obj, stated, held)
        if obj is not self.question.space.root:
            self.give(obj, stated, held)
        return name

    def give(self, obj: Obj, stated: dict[str, Any], held: dict[str, list[Var]]) -> None:
        """Say what comes of another subject."""
        declared = self.declared(obj.type)[0][1]
        if declared.ladder is None:
            return
        by_name = {var.name: var for var in held.get(obj.path, ())}
        ranked = by_name.get("state ranked")
        if ranked is not None and not self.holds(ranked.term):
            stated["given"] = {"status": "not_ranked"}
            return
        levels = {self.plain(var) for name, var in by_name.items() if name.startswith("level ")}
        if len(levels) > 1:
            raise NotSayableError(obj.path)
        scale = self.side.program.values[ladder_of(declared).scale.name].values
        level = levels.pop() if levels else scale[ladder_of(declared).levels[0].rank]
        stated["given"] = {"level": level}

    def fill(self, obj: Obj, stated: dict[str, Any], held: dict[str, list[Var]]) -> None:
        """State what an object holds."""
        for side, declared in self.declared(obj.type):
            if declared.kind_field and declared.kind_field not in stated:
                stated[declared.kind_field] = self.kind(obj, declared, held)
            for var in held.get(obj.path, ()):
                self.state(var, declared, side, stated)
            for one in self.told.get(obj.path, (obj,)):
                for link in declared.links.values():
                    self.link(one, link, side, stated, held)
            self.presence(obj, declared, side, stated, held)
        for one in self.told.get(obj.path, (obj,)):
            self.lists(one, stated, held)

    def kind(self, obj: Obj, declared: ObjectType, held: dict[str, list[Var]]) -> str:
        found = [var for var in held.get(obj.path, ()) if var.name == declared.kind_field]
        if found:
            return str(self.plain(found[0]))
        assert declared.kinds is not None  # noqa: S101  # it has a field of them
        return declared.kinds.values[0]

    def state(self, var: Var, declared: ObjectType, side: Side, stated: dict[str, Any]) -> None:
        name, obj = var.name, var.holder
        criterion = declared.criteria.get(name.removeprefix("criteria."))
        fact = declared.facts.get(name)
        if criterion is not None and name.startswith("criteria."):
            if self.applies(criterion.applies, obj, side):
                stated.setdefault("criteria", {})[criterion.id] = self.plain(var)
        elif fact is not None and name not in stated and not isinstance(fact.ty, t.List):
            if self.is_there(obj, fact, side):
                value = self.plain(var)
                left = self.question.space.facts.get((obj.path, f"{ASSUMED}{name}"))
                says_nothing = (
                    is_default(fact, value, side) if left is None else self.holds(left.term)
                )
                if not says_nothing:
                    stated[name] = value
        else:
            ballots, _, level = name.partition(".")
            held = declared.facts.get(ballots) if level else None
            if held is not None and self.is_there(obj, held, side):
                stated.setdefault(ballots, {})[level] = self.number(var.term)

    def presence(
        self,
        obj: Obj,
        declared: ObjectType,
        side: Side,
        stated: dict[str, Any],
        held: dict[str, list[Var]],
    ) -> None:
        """Say of what is asked whether it is there, that it is or that it is not."""
        for var in held.get(obj.path, ()):
            if not var.name.startswith("has "):
                continue
            name = var.name.removeprefix("has ")
            fact = declared.facts.get(name)
            if fact is None or name in stated:
                continue
            if self.is_there(var.holder, fact, side):
                stated[name] = self.some_value(fact)
            elif not fact.absent and not isinstance(fact.ty, t.Ballots):
                stated[name] = ABSENT

    # -- links and lists ----------------------------------------------------------------------

    def link(
        self, obj: Obj, link: Link, side: Side, stated: dict[str, Any], held: dict[str, list[Var]]
    ) -> None:
        asked = self.leads_on(obj, link) or self.is_asked(obj, link)
        if not asked or stated.get(link.name) == ABSENT:
            return
        if not self.is_there(obj, link, side):
            if link.optional and not link.absent and self.is_asked(obj, link):
                stated[link.name] = ABSENT
            return
        other = self.question.space.through(obj, link.name, link.to)
        stated[link.name] = self.referred(other, held)

    def leads_on(self, obj: Obj, link: Link) -> bool:
        """Whether something is read of the object to which a link leads."""
        return f"{obj.path}.{link.name}" in self.question.space.objects

    def is_asked(self, obj: Obj, link: Link) -> bool:
        """Whether it is asked if a link leads anywhere."""
        return (obj.path, f"has {link.name}") in self.question.space.facts

    def referred(self, other: Obj, held: dict[str, list[Var]]) -> str:
        """Return the id of a subject, stated when it is first led to, whatever leads to it."""
        other = self.as_told(other)
        if other.path not in self.ids:
            before = other.before and self.ids.get(other.before.path)
            own = f"{before}.{other.held}" if before and before != ROOT else other.path
            name = own.lstrip(".").replace("record ", "")
            name = "".join(c if c.isalnum() else "_" for c in name).strip("_")
            self.subject(other, name, held)
        return self.ids[other.path]

    def lists(self, obj: Obj, stated: dict[str, Any], held: dict[str, list[Var]]) -> None:
        for source in self.question.lists.found.values():
            if source.holder is not obj:
                continue
            many = [(kind.element, self.number(kind.number)) for kind in source.kinds]
            elements = [(element, times) for element, times in many if times]
            self.listed(obj, source, elements, stated, held)

    def listed(
        self,
        obj: Obj,
        source: Source,
        elements: list[tuple[Any, int]],
        stated: dict[str, Any],
        held: dict[str, list[Var]],
    ) -> None:
        name, declared = source.name.removeprefix("record "), self.declared(obj.type)
        back = next((d.back_lists[name] for _, d in declared if name in d.back_lists), None)
        fact = next((d.facts[name] for _, d in declared if name in d.facts), None)
        if back is not None:
            self.members(obj, back.holder, back.link, elements, held)
            complete = back.complete
        elif fact is not None:
            complete = fact.complete
            if elements or not (fact.has_default and constant_of(fact.default) == ()):
                stated[name] = [*self.records(fact, elements, held)]
        elif elements:
            raise NotSayableError(name)
        else:
            return
        counted = next((d.facts[complete] for _, d in declared if complete in d.facts), None)
        if counted is not None and self.is_there(obj, counted, declared[0][0]):
            stated[complete] = sum(times for _, times in elements)

    def members(
        self,
        obj: Obj,
        holder: str,
        link: str,
        elements: Iterable[tuple[Any, int]],
        held: dict[str, list[Var]],
    ) -> None:
        found = self.declared(holder)
        if not found or found[0][1].is_record or link not in found[0][1].links:
            if list(elements):
                raise NotSayableError(link)
            return
        for place, (element, times) in enumerate(elements):
            above = self.ids.get(obj.path, ROOT)
            name = f"{above}_{holder}_{place + 1}"
            copies = [f"{name}_{n + 1}" for n in range(times)] if self.leads(element) else [name]
            for copy in copies:
                self.forget(element)
                self.subject(element, copy, held, 1 if len(copies) > 1 else times)
                self.subjects[holder][copy][link] = above

    def leads(self, element: Obj) -> bool:
        """Whether an element has elements of its own."""
        return any(
            source.path.startswith(f"{element.path}.") and self.number(kind.number)
            for source in self.question.lists.found.values()
            for kind in source.kinds
        )

    def forget(self, element: Obj) -> None:
        """Forget whom an element leads to: each copy of it has its own."""
        for path in [path for path in self.ids if path.startswith(f"{element.path}.")]:
            del self.ids[path]

    def records(
        self, fact: Fact, elements: Iterable[tuple[Any, int]], held: dict[str, list[Var]]
    ) -> Iterator[Any]:
        """Yield the elements of a list fact."""
        number, keys = 0, set[Any]()
        for element, times in elements:
            for _ in range(times):
                number += 1
                if not isinstance(element, Obj):
                    yield self.value_of(fact, element)
                elif self.declared(element.type)[0][1].is_record:
                    stated: dict[str, Any] = {}
                    self.fill(element, stated, held)
                    self.keyed(fact, stated, number, element)
                    if fact.key and stated[fact.key] in keys:
                        raise NotSayableError(fact.key)
                    keys.add(stated.get(fact.key))
                    yield stated
                else:
                    name = f"{fact.name}_{number}"
                    self.subject(element, name, held)
                    yield name

    def keyed(self, fact: Fact, stated: dict[str, Any], number: int, element: Obj) -> None:
        """Tell records apart, where nothing is asked of their key."""
        if not fact.key or fact.key in stated:
            return
        field_of = self.declared(element.type)[0][1].facts.get(fact.key)
        is_text = field_of is None or isinstance(field_of.ty, t.String)
        stated[fact.key] = f"{fact.key} {number}" if is_text else number

    def value_of(self, fact: Fact, element: Any) -> Any:
        assert isinstance(fact.ty, t.List)  # noqa: S101  # it is one
        return self.plain(Var(Obj("", ""), fact.name, element.lo, fact.ty.element))
