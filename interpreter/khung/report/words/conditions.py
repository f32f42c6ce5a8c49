"""A condition in words: what it found, and what it would have needed.

In: a checked condition, what it is wanted to be, and one evaluation. Out: one line for each part
that stood in the way, in the labels of the rulebook; what cannot be said so is shown as written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from khung.engine.facts import Entity, Stated
from khung.engine.folds import kept
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.records import dataclass
from khung.report.words.labels import PERCENT, key_of, ratio
from khung.report.words.names import counted
from khung.report.words.nodes import is_percentage, reading_of
from khung.report.words.values import bodies
from khung.report.words.ways import OPPOSITE, is_as_wanted, is_own, is_settled, told
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Element, Value
    from khung.report.words.labels import Words
    from khung.report.words.values import Namer

_TURNED: Final = {
    CompareOp.EQ: CompareOp.EQ,
    CompareOp.NE: CompareOp.NE,
    CompareOp.LT: CompareOp.GT,
    CompareOp.GT: CompareOp.LT,
    CompareOp.LE: CompareOp.GE,
    CompareOp.GE: CompareOp.LE,
}


_MOST = 20
"""How many elements of a list are told one by one."""

_NAMED = 10
"""How many subjects of whom the same is told are named."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line, with what belongs under it; of a `choice` one of them would be enough."""

    text: str
    parts: tuple[Told, ...] = ()
    choice: bool = False

    @property
    def flat(self) -> str:
        """The line and its parts in one line."""
        parts = "; ".join(part.flat for part in self.parts)
        if not parts:
            return self.text
        return f"{self.text} {parts}" if self.choice else f"{self.text.removesuffix(':')} ({parts})"


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the conditions of one object.

    Attributes:
        namer: What values are called; it knows whose conditions these are.
        why: Tells why another subject has its level.
        needs: Whether to say what would have been needed.
        met: The subjects in the way so far, by path.
        fixed: The slots of values that the rulebook names itself, which are no facts to change.
    """

    namer: Namer
    why: Callable[[Entity], tuple[Told, ...]]
    needs: bool = True
    met: dict[str, Entity] = field(default_factory=dict)
    fixed: set[int] = field(default_factory=set)

    @property
    def words(self) -> Words:
        """The words of the rulebook."""
        return self.namer.words

    @property
    def evaluator(self) -> Solver:
        """The evaluation."""
        return self.namer.evaluator

    @property
    def own(self) -> Entity:
        """The object whose conditions these are."""
        return self.namer.own

    def tell(self, node: n.Node, env: Env, *, wanted: bool) -> tuple[Told, ...]:
        """Return why a condition is not what is wanted.

        Args:
            node: A condition.
            env: The value of each slot, the object itself first.
            wanted: What the condition would have to be.
        """
        match node:
            case n.Not():
                return self.tell(node.operand, env, wanted=not wanted)
            case n.AllOf() | n.AnyOf():
                return self._operands(node, env, wanted=wanted)
            case n.If():
                holds = self.evaluator.truth(node.condition, env)
                branch = node.yes if holds.most else node.no
                return self.tell(branch, env, wanted=wanted)
            case n.Compare():
                return self._comparison(node, env, wanted=wanted)
            case n.Fold():
                return self._quantifier(node, env, wanted=wanted)
            case n.Field() | n.StateOf() | n.Has():
                return (self._fact(node, env),)
            case n.Defined():
                return self._definition(node, env, wanted=wanted)
            case n.Call(function="is known", arguments=(asked, *_)) if asked is not None:
                return (self._whether_known(asked, env),)
            case n.Rows():
                return ()  # a table is told by its own name
            case n.Call(function="list contains", arguments=(source, element)) if (
                source and element
            ):
                return (self._membership(source, element, env, wanted=wanted),)
            case _:  # said in the words of its rule, without what was found
                return (Told(self.namer.say(node)),)

    # -- and, or --------------------------------------------------------------------------------

    def _operands(self, node: n.AllOf | n.AnyOf, env: Env, *, wanted: bool) -> tuple[Told, ...]:
        """Tell the operands in the way. Where one of them is enough, say so."""
        choice = isinstance(node, n.AnyOf) is wanted
        in_the_way = [o for o in node.operands if not self._is(o, env, wanted)]
        if choice:
            in_the_way = [o for o in in_the_way if not self._settled(o, env, wanted)] or in_the_way
        asked = told(node, in_the_way, self.words.program, env, self.evaluator)
        lines = [self.tell(o, env, wanted=wanted) for o in asked]
        return self._choice(lines) if choice else tuple(line for each in lines for line in each)

    def _is(self, node: n.Node, env: Env, wanted: bool) -> bool:  # noqa: FBT001  # the value asked for
        return is_as_wanted(self.evaluator.truth(node, env), wanted=wanted)

    def _settled(self, node: n.Node, env: Env, wanted: bool) -> bool:  # noqa: FBT001  # as above
        return is_settled(node, env, self.evaluator, self.fixed, wanted=wanted)

    def _choice(self, ways: Sequence[tuple[Told, ...]]) -> tuple[Told, ...]:
        """Return ways of which one would be enough; a choice inside a choice is the same one."""
        if not self.needs or len(ways) < 2:  # noqa: PLR2004  # one is no choice
            return tuple(line for way in ways for line in way)
        parts = [part for way in ways for part in self._way(way)]
        return (Told(self.words.say("one_of"), tuple(parts), choice=True),)

    def _way(self, lines: tuple[Told, ...]) -> tuple[Told, ...]:
        """Return one way, in a line of its own where it takes several together."""
        if len(lines) > 1:
            return (Told(self.words.say("all_of"), lines),)
        return lines[0].parts if lines and lines[0].choice else lines

    # -- comparisons ----------------------------------------------------------------------------

    def _comparison(self, node: n.Compare, env: Env, *, wanted: bool) -> tuple[Told, ...]:
        op = node.op if wanted else OPPOSITE[node.op]
        left, right = node.left, node.right
        reading = reading_of(node)
        if reading:
            return (Told(self._under(reading)),)
        if isinstance(left, n.Literal):
            left, right, op = right, left, _TURNED[op]
        unit = self.namer.unit(left) or self.namer.unit(right)
        if is_percentage(right) and not isinstance(right.ty, t.Fraction):
            unit = PERCENT
        value = self.evaluator.evaluate(left, env)
        found = self.words.value(value, left.ty, unit)
        line = self.words.say("found", what=self.namer.name(left, env), value=found)
        if self.needs:
            line = self.words.say("needs", found=line, need=self._need(op, right, env, unit))
        others = self.others(
            (*bodies(left, env, self.evaluator), *bodies(right, env, self.evaluator))
        )
        return (Told(line, (*self._counted(left, env, op), *others)),)

    def _under(self, name: str) -> str:
        """Return what a reading of the text was taken to be, which is no fact to change."""
        reading, words = self.words.program.readings[name], self.words
        question = reading.question.said(words.lang)
        return words.say("under", question=question, option=words.option(reading))

    def others(self, subjects: Iterable[Entity]) -> tuple[Told, ...]:
        """Tell why other subjects have the levels that were read."""
        asked = {subject.path: subject for subject in subjects if subject is not self.own}
        self.met.update(asked)
        return tuple(line for subject in asked.values() for line in self.why(subject))

    def _need(self, op: CompareOp, limit: n.Node, env: Env, unit: str) -> str:
        value = self.evaluator.evaluate(limit, env)
        shown = self._limit(value, limit.ty, unit)
        form = "date" if isinstance(limit.ty, t.Date) else "need"
        if not isinstance(limit, n.Literal) and not _is_computed(limit):
            shown = self._named(shown, self.namer.name(limit, env), form)
        return self.words.say(f"{form}.{self._plainest(op, value, limit.ty).name.lower()}", x=shown)

    def _named(self, shown: str, name: str, form: str) -> str:
        """Return a limit with its name; behind it for a day, as the words before it end in one."""
        if form == "date":
            return self.words.say("day_of", day=shown, what=name)
        return self.words.say("found", what=name, value=shown)

    def _limit(self, value: Value, ty: t.Type, unit: str) -> str:
        if isinstance(ty, t.Fraction) and value.known:
            return ratio(*value.least)
        return self.words.value(value, ty, unit)

    def _plainest(self, op: CompareOp, value: Value, ty: t.Type) -> CompareOp:
        """Return `=` where a level leaves nothing else: at least the best, at most the lowest."""
        if not isinstance(ty, t.Scale) or not value.known:
            return op
        top = len(self.words.program.values[ty.name].values) - 1
        at_end = (op is CompareOp.GE and value.least == top) or (
            op is CompareOp.LE and value.least == 0
        )
        return CompareOp.EQ if at_end else op

    def _counted(self, node: n.Node, env: Env, op: CompareOp) -> tuple[Told, ...]:
        """Tell the elements that make a count or share too small, or else too great."""
        if not isinstance(node, n.Fold) or node.op not in (FoldOp.SHARE, FoldOp.COUNT):
            return ()
        too_small = op in (CompareOp.GE, CompareOp.GT)
        return tuple(line for way in self._elements(node, env, wanted=too_small) for line in way)

    # -- lists ----------------------------------------------------------------------------------

    def _quantifier(self, node: n.Fold, env: Env, *, wanted: bool) -> tuple[Told, ...]:
        ways = tuple(self._elements(node, env, wanted=wanted))
        if not ways:
            return (Told(self.words.say("empty", what=self.namer.name(node.list, env))),)
        if (node.op is FoldOp.SOME) is wanted:
            return self._choice(ways)
        return tuple(line for way in ways for line in way)

    def _elements(self, node: n.Fold, env: Env, *, wanted: bool) -> Iterator[tuple[Told, ...]]:
        """Tell the elements in the way; after many of them only how many more there are."""
        source = self.evaluator.evaluate(node.list, env)
        if source.why:
            return
        items = [item for item, _ in kept(source.least, node.where, env, self.evaluator)]
        in_the_way = [item for item in items if not self._is(node.body, (*env, item.value), wanted)]
        groups = self._alike(node, in_the_way, env, wanted=wanted)
        for group in groups[:_MOST]:
            yield from self._group(node, group, env, wanted=wanted)
        if len(groups) > _MOST:
            left = sum(map(len, groups[_MOST:]))
            yield (Told(self.words.say("more_elements", n=left)),)

    def _alike(
        self, node: n.Fold, items: Sequence[Element], env: Env, *, wanted: bool
    ) -> list[list[Element]]:
        """Return the elements in groups of whom the same is told but for the name."""
        groups: dict[tuple[Told, ...], list[Element]] = defaultdict(list)
        for item in items:
            subject = _subject(item)
            if subject is not None:
                self.met[subject.path] = subject
                self.namer.called[subject.path] = ""
            groups[self._element(item, node, env, wanted=wanted)].append(item)
            if subject is not None:
                del self.namer.called[subject.path]
        return list(groups.values())

    def _group(
        self, node: n.Fold, items: Sequence[Element], env: Env, *, wanted: bool
    ) -> Iterator[tuple[Told, ...]]:
        """Tell what is the same of a group, once, by the names of all."""
        subject = _subject(items[0])
        if subject is None:
            yield from (self._element(item, node, env, wanted=wanted) for item in items)
            return
        self.namer.called[subject.path] = self._together(items)
        yield self._element(items[0], node, env, wanted=wanted)
        del self.namer.called[subject.path]

    def _together(self, items: Sequence[Element]) -> str:
        first = _subject(items[0])
        assert first is not None  # noqa: S101  # asked by the caller
        if len(items) == 1:
            return self.words.entity(first, self.own)
        names, left = counted([item.value.least.id for item in items], _NAMED)
        said = self.words.say("and_more", names=names, n=left) if left else names
        return f"{self.words.type(first.type)} {said}"

    def _element(self, item: Element, node: n.Fold, env: Env, *, wanted: bool) -> tuple[Told, ...]:
        target = item.value.least
        if isinstance(target, Entity) and target.type.is_record:
            return (Told(self.record(target)),)
        if isinstance(target, Entity) and target.stranger:
            return (Told(self.words.say("others")),)
        slot = node.variable.slot
        self.namer.slots[slot] = self.namer.element(item, node)
        (self.fixed.add if is_own(node.list, self.words.program) else self.fixed.discard)(slot)
        return self.tell(node.body, (*env, item.value), wanted=wanted)

    def record(self, record: Entity) -> str:
        """Return a record in one line: its name, and the fields that the case states."""
        words, declared = self.words, record.type
        stated = [
            words.say("found", what=words.member(declared, name), value=words.value(value, *form))
            for name, value, form in _stated(record)
        ]
        what = words.entity(record, self.own)
        return words.say("record", what=what, fields="; ".join(stated)) if stated else what

    # -- single values --------------------------------------------------------------------------

    def _fact(self, node: n.Field | n.StateOf | n.Has, env: Env) -> Told:
        value = self.words.value(self.evaluator.evaluate(node, env), node.ty, self.namer.unit(node))
        line = self.words.say("found", what=self.namer.name(node, env), value=value)
        asked = bodies(node, env, self.evaluator) if isinstance(node, n.StateOf) else ()
        return Told(line, self.others(asked))

    def _whether_known(self, node: n.Node, env: Env) -> Told:
        found, words = self.evaluator.read(node, env), self.words
        unit = self.namer.unit(node)
        value = words.say("none") if found is None else words.value(found[0], node.ty, unit)
        return Told(words.say("found", what=self.namer.name(node, env), value=value))

    def _membership(self, source: n.Node, element: n.Node, env: Env, *, wanted: bool) -> Told:
        unit = self.namer.unit(element)
        value = self.words.value(self.evaluator.evaluate(element, env), element.ty, unit)
        key = "lacks" if wanted else "holds"
        return Told(self.words.say(key, what=self.namer.name(source, env), value=value))

    def _definition(self, node: n.Defined, env: Env, *, wanted: bool) -> tuple[Told, ...]:
        """Tell a definition by its label, and what is in it; by that alone if it has no label."""
        target = self.evaluator.evaluate(node.object, env)
        declared = self.words.program.objects[node.owner].definitions[node.name]
        inside: tuple[Told, ...] = ()
        if isinstance(target.least, Entity) and target.least is self.own:
            inside = self._within().tell(declared.value, (target,), wanted=wanted)
        if declared.label is None and inside:
            return inside
        value = self.words.value(self.evaluator.evaluate(node, env), node.ty)
        line = self.words.say("found", what=self.namer.name(node, env), value=value)
        return (Told(line, inside),)

    def _within(self) -> Teller:
        """Return what tells a definition, whose values are in slots of its own."""
        return replace(self, namer=replace(self.namer, slots={}), fixed=set())


def _subject(item: Element) -> Entity | None:
    """Return the subject that an element is; None for a record, a criterion, one not known."""
    target = item.value.least
    if item.name or not isinstance(target, Entity) or target.type.is_record or target.stranger:
        return None
    return target


def _is_computed(node: n.Node) -> bool:
    return isinstance(node, n.Arithmetic | n.Call | n.If)


def _stated(record: Entity) -> Iterator[tuple[str, Value, tuple[t.Type, str]]]:
    """Yield the fields of a record that the case states: name, value, type and unit."""
    forms = {name: (fact.ty, fact.unit) for name, fact in record.type.facts.items()}
    forms |= {name: (link.ty, "") for name, link in record.type.links.items()}
    for name, form in forms.items():
        stated = record.facts.get(name)
        if stated is None or isinstance(stated, Stated) or not stated.known:
            continue
        if stated.least != key_of(record):  # which is said in its name
            yield name, stated, form
