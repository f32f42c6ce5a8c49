"""A condition in words: what it found, and what it would have needed.

In: a checked condition, what it is wanted to be, and one evaluation. Out: one line for each part
that stood in the way, in the labels of the rulebook; what cannot be said so is shown as written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field, replace
from typing import TYPE_CHECKING

from khung.engine.facts import Entity
from khung.engine.folds import kept
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.records import dataclass
from khung.report.words.counts import bound_text, counted, how_many
from khung.report.words.labels import PERCENT
from khung.report.words.nodes import (
    OPPOSITE,
    is_own,
    is_percentage,
    is_settled,
    reading_of,
    told,
)
from khung.report.words.records import record_line, records_behind
from khung.report.words.values import bodies
from khung.syntax.operators import MIRRORED, CompareOp
from khung.why.because import is_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from khung.engine.solver import Env
    from khung.engine.values import Element, Value
    from khung.report.words.labels import Words
    from khung.report.words.values import Namer

_MOST = 20  # elements of a list told one by one
_NAMED = 10  # subjects named of whom the same is told


@dataclass(frozen=True, slots=True)
class Told:
    """A line, with what belongs under it; of a `choice` one of them would be enough.

    Parts that are a `detail` only say more of what the line names.
    """

    text: str
    parts: tuple[Told, ...] = ()
    choice: bool = False
    detail: bool = False

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
                holds = self.namer.evaluator.truth(node.condition, env)
                return self.tell(node.yes if holds.most else node.no, env, wanted=wanted)
            case n.Compare():
                return (self._comparison(node, env, wanted=wanted),)
            case n.Fold():
                return self._quantifier(node, env, wanted=wanted)
            case n.Field() | n.Has():
                return (Told(self.namer.found(node, env)),)
            case n.StateOf():
                return (Told(self.namer.found(node, env), self._others(env, node)),)
            case n.Defined():
                return self._definition(node, env, wanted=wanted)
            case n.Call(function="is known", arguments=(asked, *_)) if asked is not None:
                return (self._whether_known(asked, env),)
            case n.Rows():
                return ()  # a table is told by its own name
            case n.Call(function="list contains", arguments=(source, element)) if (
                source and element
            ):
                key = "lacks" if wanted else "holds"
                what, value = self.namer.name(source, env), self.namer.value(element, env)
                return (Told(self.words.say(key, what=what, value=value)),)
            case _:  # said in the words of its rule, without what was found
                return (Told(self.namer.say(node)),)

    # -- and, or --------------------------------------------------------------------------------

    def _operands(self, node: n.AllOf | n.AnyOf, env: Env, *, wanted: bool) -> tuple[Told, ...]:
        """Tell the operands in the way. Where one of them is enough, say so."""
        solver, choice = self.namer.evaluator, isinstance(node, n.AnyOf) is wanted
        in_the_way = [o for o in node.operands if not self._is(o, env, wanted=wanted)]
        if choice:
            movable = [
                o for o in in_the_way if not is_settled(o, env, solver, self.fixed, wanted=wanted)
            ]
            in_the_way = movable or in_the_way
        asked = told(node, in_the_way, self.words.program, env, solver)
        return self._ways([self.tell(o, env, wanted=wanted) for o in asked], choice=choice)

    def _is(self, node: n.Node, env: Env, *, wanted: bool) -> bool:
        return is_known(self.namer.evaluator.truth(node, env), wanted)

    def _ways(self, ways: Sequence[tuple[Told, ...]], *, choice: bool) -> tuple[Told, ...]:
        """Return what all ways say, or of which one would be enough.

        A choice inside a choice is the same one.
        """
        if not choice or not self.needs or len(ways) < 2:  # noqa: PLR2004  # one is no choice
            return tuple(line for way in ways for line in way)
        parts = [part for way in ways for part in self._way(way)]
        return (Told(self.words.say("one_of"), tuple(parts), choice=True),)

    def _way(self, lines: tuple[Told, ...]) -> tuple[Told, ...]:
        """Return one way, in a line of its own where it takes several together."""
        if len(lines) > 1:
            return (Told(self.words.say("all_of"), lines),)
        return lines[0].parts if lines and lines[0].choice else lines

    # -- comparisons ----------------------------------------------------------------------------

    def _comparison(self, node: n.Compare, env: Env, *, wanted: bool) -> Told:
        op = node.op if wanted else OPPOSITE[node.op]
        left, right = node.left, node.right
        reading = self.words.program.readings.get(reading_of(node))
        if reading:  # no fact to change
            question, option = reading.question.said(self.words.lang), self.words.option(reading)
            return Told(self.words.say("under", question=question, option=option))
        if isinstance(left, n.Literal):
            left, right, op = right, left, MIRRORED[op]
        unit = self.namer.unit(left) or self.namer.unit(right)
        if is_percentage(right) and not isinstance(right.ty, t.Fraction):
            unit = PERCENT
        if isinstance(left, n.Fold) and left.op in (FoldOp.SHARE, FoldOp.COUNT):
            told = self._tally(left, right, OPPOSITE[op], env, unit)
            if told is not None:
                return told
        line = self.namer.found(left, env, unit)
        if self.needs and op is not CompareOp.NE:  # where what it is must not be, that says it
            line = self.words.say("needs", found=line, need=self._need(op, right, env, unit))
        return Told(line, (*self._counted(left, env, op), *self._others(env, left, right)))

    def _tally(
        self, node: n.Fold, limit: n.Node, op: CompareOp, env: Env, unit: str
    ) -> Told | None:
        """Tell a count or share that is known: how many of how many, beyond which limit, and who.

        Where there are too few, those left out are named; `op` is how it stands to the limit.
        """
        solver, bound = self.namer.evaluator, self.namer.evaluator.evaluate(limit, env)
        found = solver.evaluate(node, env)
        if not found.known or not bound.known:
            return None
        number = counted(node, found, env, solver)
        if number is None:
            return None
        least = bound_text(limit, bound, unit, self.words)
        line = how_many(node, found, number, op, least, self.namer)
        too_few = op in (CompareOp.LT, CompareOp.LE)
        who = self._names(node, env, wanted=too_few)
        if who:
            line = self.words.say("tally_left" if too_few else "found", what=line, value=who)
        details = self._counted(node, env, MIRRORED[op])
        return Told(line, tuple(told for told in details if told.parts), detail=True)

    def _names(self, node: n.Fold, env: Env, *, wanted: bool) -> str:
        """Return who is in the way: subjects by name, records and criteria as they are called."""
        items = self._in_the_way(node, env, wanted=wanted)
        subjects = [item.value.least for item in items if _subject(item)]
        if len(subjects) == len(items) and subjects:
            return self.words.names(subjects, _NAMED)
        called = [self._called(item, node, env, wanted=wanted) for item in items]
        return self.words.cut(called, _NAMED)

    def _called(self, item: Element, node: n.Fold, env: Env, *, wanted: bool) -> str:
        target = item.value.least
        if isinstance(target, Entity) and target.type.is_record:
            return self._record(item, node, env, wanted=wanted)
        if isinstance(target, Entity) and target.stranger:
            return self.words.say("others")
        return self.namer.element(item, node)

    def _record(self, item: Element, node: n.Fold, env: Env, *, wanted: bool) -> str:
        """Return a record in one line, or by its key those of another list for which it counts."""
        solver, inner, words = self.namer.evaluator, env.inner(item.value), self.words
        record, found = item.value.least, records_behind(node.body, inner, solver, wanted=wanted)
        behind = [(other, asked) for other, asked in found if other.owner is not record.owner]
        if not behind:
            return record_line(record, node, self.namer)
        lines = [record_line(r, asked, self.namer, alone=True) for r, asked in behind]
        return words.say("found", what=words.name(record), value="; ".join(lines))

    def _others(self, env: Env, *nodes: n.Node) -> tuple[Told, ...]:
        """Tell why the subjects have their levels that values ask for."""
        asked = (body for node in nodes for body in bodies(node, env, self.namer.evaluator))
        return self.others(asked)

    def others(self, subjects: Iterable[Entity]) -> tuple[Told, ...]:
        """Tell why other subjects have the levels that were read."""
        asked = {one.path: one for one in subjects if one is not self.namer.own}
        self.met.update(asked)
        return tuple(line for subject in asked.values() for line in self.why(subject))

    def _need(self, op: CompareOp, limit: n.Node, env: Env, unit: str) -> str:
        value = self.namer.evaluator.evaluate(limit, env)
        if isinstance(limit.ty, t.Fraction) and value.known:
            shown = self.words.ratio(*value.least)
        else:
            shown = self.words.value(value, limit.ty, unit)
        form = "date" if isinstance(limit.ty, t.Date) else "need"
        if not isinstance(limit, n.Literal | n.Arithmetic | n.Call | n.If):
            what = self.namer.name(limit, env)
            if form == "date":  # the words before a day end in one
                shown = self.words.say("day_of", day=shown, what=what)
            else:
                shown = self.words.say("found", what=what, value=shown)
        return self.words.say(f"{form}.{self._plainest(op, value, limit.ty).name.lower()}", x=shown)

    def _plainest(self, op: CompareOp, value: Value, ty: t.Type) -> CompareOp:
        """Return `=` where a level leaves nothing else: at least the best, at most the lowest."""
        if not isinstance(ty, t.Scale) or not value.known:
            return op
        top = len(self.words.program.values[ty.name].values) - 1
        at_end = (op, value.least) in ((CompareOp.GE, top), (CompareOp.LE, 0))
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
        return self._ways(ways, choice=(node.op is FoldOp.SOME) is wanted)

    def _elements(self, node: n.Fold, env: Env, *, wanted: bool) -> Iterator[tuple[Told, ...]]:
        """Tell the elements in the way; after many of them only how many more there are."""
        in_the_way = self._in_the_way(node, env, wanted=wanted)
        groups = self._alike(node, in_the_way, env, wanted=wanted)
        for group in groups[:_MOST]:
            yield from self._group(node, group, env, wanted=wanted)
        if len(groups) > _MOST:
            left = sum(map(len, groups[_MOST:]))
            yield (Told(self.words.say("more_elements", n=left)),)

    def _in_the_way(self, node: n.Fold, env: Env, *, wanted: bool) -> list[Element]:
        source = self.namer.evaluator.evaluate(node.list, env)
        if source.why:
            return []
        items = [item for item, _ in kept(source.least, node.where, env, self.namer.evaluator)]
        return [
            item for item in items if not self._is(node.body, env.inner(item.value), wanted=wanted)
        ]

    def _alike(
        self, node: n.Fold, items: Sequence[Element], env: Env, *, wanted: bool
    ) -> list[list[Element]]:
        """Return the elements in groups of whom the same is told but for the name."""
        groups: dict[tuple[Told, ...], list[Element]] = defaultdict(list)
        for item in items:
            subject = _subject(item)
            if subject is not None:
                self.met[subject.path] = subject
            groups[self._element(item, node, env, wanted=wanted, called="")].append(item)
        return list(groups.values())

    def _group(
        self, node: n.Fold, items: Sequence[Element], env: Env, *, wanted: bool
    ) -> Iterator[tuple[Told, ...]]:
        """Tell what is the same of a group, once, by the names of all."""
        subject = _subject(items[0])
        choice = (node.op is FoldOp.SOME) is wanted
        if subject is None and items[0].name and not choice:
            called = "; ".join(self.namer.element(item, node) for item in items)
            yield self._element(items[0], node, env, wanted=wanted, called=called)
            return
        if subject is None:
            yield from (self._element(item, node, env, wanted=wanted) for item in items)
            return
        called = self.words.entities([item.value.least for item in items], _NAMED)
        yield self._element(items[0], node, env, wanted=wanted, called=called)

    def _element(
        self, item: Element, node: n.Fold, env: Env, *, wanted: bool, called: str | None = None
    ) -> tuple[Told, ...]:
        """Tell an element; a subject is `called` as all those of whom the same is told."""
        target, slot, namer = item.value.least, node.variable.slot, self.namer
        if isinstance(target, Entity) and target.type.is_record:
            return (Told(self._record(item, node, env, wanted=wanted)),)
        if isinstance(target, Entity) and target.stranger:
            return (Told(self.words.say("others")),)
        subject = _subject(item)
        if subject is not None and called is not None:
            namer.called[subject.path] = called
        own = namer.element(item, node)
        namer.slots[slot] = called if item.name and called is not None else own
        (self.fixed.add if is_own(node.list, self.words.program) else self.fixed.discard)(slot)
        said = self.tell(node.body, env.inner(item.value), wanted=wanted)
        if subject is not None:
            namer.called.pop(subject.path, None)
        return said

    # -- single values --------------------------------------------------------------------------

    def _whether_known(self, node: n.Node, env: Env) -> Told:
        found, words = self.namer.evaluator.read(node, env), self.words
        unit = self.namer.unit(node)
        value = words.say("none") if found is None else words.value(found[0], node.ty, unit)
        return Told(words.say("found", what=self.namer.name(node, env), value=value))

    def _definition(self, node: n.Defined, env: Env, *, wanted: bool) -> tuple[Told, ...]:
        """Tell a definition by its label, and what is in it; by that alone if it has no label."""
        target = self.namer.evaluator.evaluate(node.object, env)
        declared = self.words.program.objects[node.owner].definitions[node.name]
        inside: tuple[Told, ...] = ()
        if target.least is self.namer.own:  # whose values are in slots of their own
            own = replace(self, namer=replace(self.namer, slots={}), fixed=set())
            inner = self.namer.evaluator.env(target.least)
            inside = own.tell(declared.value, inner, wanted=wanted)
        if declared.label is None and inside:
            return inside
        return (Told(self.namer.found(node, env, ""), inside),)


def _subject(item: Element) -> Entity | None:
    """Return the subject that an element is; None for a record, a criterion, one not known."""
    target = item.value.least
    if item.name or not isinstance(target, Entity) or target.type.is_record or target.stranger:
        return None
    return target
