"""The order of work: which stage of which kind of subject waits for which other.

What is ordered are definitions: of every kind of a subject those that end a stage, under the
readings chosen. A definition waits for what it reads, and each for the one before it. A subject
reads results of its own type only along a tree link, of kinds earlier in order; a stage that waits
for itself is an error that names its path. What a quota reads of the members of its group is
read like what a rule says; their levels are those of the stage before.
"""

from __future__ import annotations

from dataclasses import field
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.ir import nodes as n
from khung.ir.enums import ResultOf
from khung.ir.memo import Memo
from khung.ir.program import Work
from khung.ir.rewrite import children, fold, walk
from khung.ir.stages import names
from khung.ir.stages.quota import read_of_members
from khung.ir.types import Enumeration, Object, first_of, names_of
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.memo import KeptByKey
    from khung.ir.program import Definition, ObjectType, Program
    from khung.text import Span

    Below = Mapping[tuple[str, str], Collection[str]]

_NOT_SAID: Below = MappingProxyType({})


def work_order(program: Program, bag: Bag, memo: Memo | None = None) -> tuple[Work, ...]:
    """Return all work, each after what it waits for.

    Reports: K0441 for a stage that waits for itself, with the path, under the readings chosen.
    """
    order, ring = sorted_work(waits_of(program, memo))
    if ring:
        bag.add("K0441", _closing(program, ring), path=path_of(ring))
    return order


def waits_of(
    program: Program, memo: Memo | None = None, *, below: Below = _NOT_SAID
) -> dict[Work, tuple[Work, ...]]:
    """Return what each work of a program waits for.

    Args:
        program: The rulebook, lowered.
        memo: What was found in others, of any data.
        below: By subject and kind the kinds that stand below; all earlier where it does not say.
    """
    kept = (memo or Memo()).of_shape(_shape(program))
    reads = _Reads(program, kept, _Leads(program, below))
    return {work: by for one in program.subjects for work, by in reads.waits(one).items()}


def sorted_work(
    waits: Mapping[Work, tuple[Work, ...]],
) -> tuple[tuple[Work, ...], list[Work]]:
    """Return all work in order and no ring; or nothing, and a ring that keeps it from one."""
    done: dict[Work, None] = {}
    for work in waits:
        ring = _ring(work, waits, done, [])
        if ring:
            return (), ring
    return tuple(done), []


def path_of(ring: list[Work]) -> str:
    """Say a ring as a path."""
    return " → ".join(map(_said, ring))


def _said(work: Work) -> str:
    """Say it as a path: `unit.cell: cap`."""
    return f"{work.subject}{'.' + work.kind if work.kind else ''}: {names.ENDS[work.definition]}"


def _ring(
    work: Work, waits: Mapping[Work, tuple[Work, ...]], done: dict[Work, None], path: list[Work]
) -> list[Work]:
    """Put work behind all that it waits for; return what waits for itself instead."""
    if work in path:
        return [*path[path.index(work) :], work]
    if work in done:
        return []
    for other in waits.get(work, ()):
        ring = _ring(other, waits, done, [*path, work])
        if ring:
            return ring
    done[work] = None
    return []


def _closing(program: Program, ring: list[Work]) -> Span | None:
    """Return the last place of a ring where a rule reads a result; between stages there is none."""
    for work, other in reversed(tuple(pairwise(ring))):
        declared = program.objects[work.subject]
        nodes = (node for _, end, of in _stages(declared) if end == work.definition for node in of)
        for part in (part for node in nodes for part in walk(node)):
            reader = _Reader(_Leads(program, _NOT_SAID), declared, work.kind)
            if _reads(part, declared):
                reader.look(part)
            if other in reader.found:
                return part.span
    return None


def _of_each_kind(declared: ObjectType, definition: str) -> Iterator[Work]:
    return (Work(declared.name, kind, definition) for kind in _kinds(declared))


def _kinds(declared: ObjectType) -> tuple[str, ...]:
    return declared.kinds.values if declared.kinds else ("",)


def _shape(program: Program) -> Any:
    """Return what else than definitions says who is reached by a path, and in which order."""
    return [
        (one.name, one.kinds and one.kinds.values, tuple(one.stages), one.back_lists, _trees(one))
        for one in program.objects.values()
    ]


def _trees(declared: ObjectType) -> set[str]:
    return {name for name, link in declared.links.items() if link.tree}


class _Found(NamedTuple):
    """What was found of a node or a type, the definitions that it was read by, and what it is."""

    found: Any
    by: tuple[tuple[str, str], ...]
    as_they_are: tuple[Definition | None, ...]
    of: object


@dataclass(frozen=True, slots=True)
class _Reads:
    """Finds what work waits for in a program; `kept` is what was found in others."""

    program: Program
    kept: KeptByKey
    leads: _Leads
    below: dict[int, set[tuple[str, str]]] = field(default_factory=dict)

    def waits(self, declared: ObjectType) -> Mapping[Work, tuple[Work, ...]]:
        """Return what each work of a subject waits for: the stage before, and what it reads."""
        find = partial(self._waits, declared)
        found: Mapping[Work, tuple[Work, ...]] = self._once((id(declared),), declared, find)
        return found

    def _waits(
        self, declared: ObjectType, by: set[tuple[str, str]]
    ) -> Mapping[Work, tuple[Work, ...]]:
        waits: dict[Work, tuple[Work, ...]] = {}
        for before, end, nodes in _stages(declared):
            for work in _of_each_kind(declared, end):
                found = [work._replace(definition=before)] if before else []
                for node in nodes:
                    found += self._read_by(node, work, by)
                waits[work] = tuple(dict.fromkeys(found))
        return waits

    def _read_by(self, node: n.Node, work: Work, by: set[tuple[str, str]]) -> tuple[Work, ...]:
        """Return the results that a node of a kind of a subject reads."""

        def look(seen: set[tuple[str, str]]) -> tuple[Work, ...]:
            seen |= self._below(node)
            reader = _Reader(self.leads, self.program.objects[work.subject], work.kind)
            reader.look(node)
            return tuple(reader.found)

        found: tuple[Work, ...] = self._once((id(node), work.subject, work.kind), node, look, by)
        return found

    def _below(self, node: n.Node) -> set[tuple[str, str]]:
        """Return the definitions that a node reads, itself or through others."""
        found = self.below.get(id(node))
        if found is None:
            found = self.below[id(node)] = set()
            waiting = [node]
            while waiting:
                read = (part for part in walk(waiting.pop()) if isinstance(part, n.Defined))
                for key in {(part.owner, part.name) for part in read} - found:
                    found.add(key)
                    definition = self._definition(*key)
                    waiting += [] if definition is None else [definition.value]
        return found

    def _once(
        self,
        key: tuple[object, ...],
        of: object,
        find: Callable[[set[tuple[str, str]]], Any],
        outer: set[tuple[str, str]] | None = None,
    ) -> Any:
        """Return what is found of a part, once for the same definitions by the way."""
        known: list[_Found] = self.kept[key]
        one = next(filter(self._holds, known), None)
        if one is None:
            by: set[tuple[str, str]] = set()
            found = find(by)
            one = _Found(found, tuple(by), tuple(self._definition(*at) for at in by), of)
            known.append(one)
        if outer is not None:
            outer.update(one.by)
        return one.found

    def _holds(self, kept: _Found) -> bool:
        return all(
            self._definition(*at) is one for at, one in zip(kept.by, kept.as_they_are, strict=True)
        )

    def _definition(self, owner: str, name: str) -> Definition | None:
        return self.program.objects[first_of(owner)].definitions.get(name)


def _stages(declared: ObjectType) -> Iterator[tuple[str, str, tuple[n.Node, ...]]]:
    """Yield the definition that ends each stage, that before it, and what may read a result."""
    before, found = "", list[n.Node]()
    for name, definition in declared.stages.items():
        parts = _parts(definition.value, declared)
        found += (part for part in parts if any(_reads(each, declared) for each in walk(part)))
        if name in names.ENDS:
            yield before, name, tuple(found)
            before, found = name, []


def _parts(node: n.Node, declared: ObjectType) -> Iterator[n.Node]:
    """Yield what a stage is made of: rules, what a quota reads of members, what else stands."""
    if isinstance(node, n.Kept):
        yield from read_of_members(declared.quotas[node.place])
    elif isinstance(node, n.Ruled) and not isinstance(node.body, n.Kept):
        yield node
    elif any(isinstance(part, n.Ruled | n.Kept) for part in walk(node)):
        for child in children(node):
            yield from _parts(child, declared)
    else:
        yield node


def _reads(node: n.Node, declared: ObjectType) -> bool:
    """Whether a node reads a result, or a definition of the rulebook, which may."""
    if isinstance(node, n.Defined):
        return node.name not in declared.stages
    return isinstance(node, n.LevelOf | n.StateOf)


@dataclass(slots=True)
class _Leads:
    """Tells which definitions of the rulebook read a result, themselves or through others."""

    program: Program
    below: Below
    found: dict[tuple[str, str], bool] = field(default_factory=dict)
    nodes: dict[int, bool] = field(default_factory=dict)

    def lead(self, node: n.Node) -> bool:
        """Say whether a node of the program reads a result in any way; asked for each kind."""
        if id(node) not in self.nodes:
            self.nodes[id(node)] = self._lead(node)
        return self.nodes[id(node)]

    def _lead(self, node: n.Node) -> bool:
        return any(
            isinstance(part, n.LevelOf | n.StateOf)
            or (isinstance(part, n.Defined) and self._definition(part))
            for part in walk(node)
        )

    def _definition(self, node: n.Defined) -> bool:
        declared = self.program.objects[first_of(node.owner)]
        if node.name in declared.stages:
            return False
        key = (node.owner, node.name)
        if key not in self.found:
            self.found[key] = True  # stands while a ring is looked through
            self.found[key] = self.lead(declared.definitions[node.name].value)
        return self.found[key]


@dataclass(slots=True)
class _Reader:
    """Finds the results that expressions of one kind of a subject read."""

    leads: _Leads
    declared: ObjectType
    kind: str
    found: list[Work] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def look(self, node: n.Node) -> None:
        """Note the results read below a node, where conditions on the kind do not rule them out."""
        if not self.leads.lead(node):
            return
        self._walk(fold(node, self._with_kind if self.kind else None), {})

    def _with_kind(self, node: n.Node) -> n.Node:
        is_kind = (
            isinstance(node, n.Field)
            and node.name == self.declared.kind_field
            and isinstance(node.object, n.Variable)
            and node.object.slot == 0
            and isinstance(node.ty, Enumeration)
        )
        return n.Literal(self.kind, node.ty, node.span) if is_kind else node

    def _walk(self, node: n.Node, sources: Mapping[int, n.Node]) -> None:
        """Note what a node reads; `sources` gives the list of each bound variable."""
        match node:
            case n.LevelOf():
                after = Stage.DEFER if node.stage is Stage.VOTE else node.stage
                self._note(node.object, names.of_stage(after), sources)
            case n.StateOf():
                is_status = node.what is ResultOf.STATUS
                name = names.of_stage(Stage.QUOTA) if is_status else names.RANKED
                self._note(node.object, name, sources)
            case n.Fold() | n.Select() | n.Project():
                inner = {**sources, node.variable.slot: node.list}
                for child in children(node):
                    self._walk(child, sources if child is node.list else inner)
                return
            case n.Defined():
                self._definition(node, sources)
            case _:  # nothing else reads a result
                pass
        for child in children(node):
            self._walk(child, sources)

    def _definition(self, node: n.Defined, sources: Mapping[int, n.Node]) -> None:
        """Note what a definition of the rulebook reads; what the stages become is work itself."""
        key = (node.owner, node.name)
        declared = self.leads.program.objects[first_of(node.owner)]
        if key in self.seen or node.name in declared.stages:
            return
        self.seen.add(key)
        value = declared.definitions[node.name].value
        if isinstance(node.object, n.Variable) and node.object.slot == 0:
            self.look(value)
        else:
            self._walk(fold(value), {**sources, 0: node.object})

    def _note(self, target: n.Node, definition: str, sources: Mapping[int, n.Node]) -> None:
        if not isinstance(target.ty, Object):
            return
        for name in names_of(target.ty.name):
            declared = self.leads.program.objects[name]
            for kind in self._kinds_of(target, declared, sources) if declared.stages else ():
                self.found.append(Work(name, kind, definition))

    def _kinds_of(
        self, target: n.Node, declared: ObjectType, sources: Mapping[int, n.Node]
    ) -> tuple[str, ...]:
        kinds = _kinds(declared)
        if declared.name != self.declared.name or not self.kind:
            return kinds
        if isinstance(target, n.Variable) and target.slot == 0 and 0 not in sources:
            return (self.kind,)
        if self._is_below(target, sources):
            return self._kinds_below(kinds[: kinds.index(self.kind)])
        return kinds

    def _kinds_below(self, earlier: tuple[str, ...]) -> tuple[str, ...]:
        there = self.leads.below.get((self.declared.name, self.kind), earlier)
        return tuple(kind for kind in earlier if kind in there)

    def _is_below(self, target: n.Node, sources: Mapping[int, n.Node]) -> bool:
        """Whether an object was reached down a tree link."""
        if isinstance(target, n.Variable) and target.slot in sources:
            return self._is_below(sources[target.slot], sources)
        match target:
            case n.Field() if isinstance(target.object.ty, Object):
                owner = self.leads.program.objects[first_of(target.object.ty.name)]
                back = owner.back_lists.get(target.name)
                return back is not None and self._is_tree(back.holder, back.link)
            case n.Select():
                return self._is_below(target.list, sources)
            case n.Defined():
                owner = self.leads.program.objects[first_of(target.owner)]
                return self._is_below(owner.definitions[target.name].value, sources)
            case _:  # nothing else leads down a tree
                return False

    def _is_tree(self, holder: str, link: str) -> bool:
        declared = self.leads.program.objects[holder].links.get(link)
        return declared is not None and declared.tree
