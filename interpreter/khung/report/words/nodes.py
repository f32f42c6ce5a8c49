"""What a node tells by its form, and which parts of a condition could be otherwise.

Its text, its unit, the branch that is chosen, what guards it. A way out is a fact that could be
another one. A reading of the text, a parameter and what a rule asks of each of its own values are
none; and what only guards another test is told where it is what fails, not where the other does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from khung.engine.facts import Entity
from khung.ir import nodes as n
from khung.ir.enums import FoldOp, ResultOf
from khung.ir.operators import NUMBER_OF, RATIO_OF
from khung.ir.program import output_of
from khung.ir.rewrite import children, substitute, walk
from khung.ir.types import BOOLEAN, Object
from khung.report.words.labels import PERCENT
from khung.syntax.operators import ArithmeticOp, CompareOp
from khung.why.because import is_known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from khung.engine.solver import Env, Solver
    from khung.ir.program import ObjectType, Program


OPPOSITE: Final = {
    CompareOp.EQ: CompareOp.NE,
    CompareOp.NE: CompareOp.EQ,
    CompareOp.LT: CompareOp.GE,
    CompareOp.GE: CompareOp.LT,
    CompareOp.LE: CompareOp.GT,
    CompareOp.GT: CompareOp.LE,
}
_LONGEST = 160  # characters of an expression that is shown as written
_DEPTH = 4  # definitions inside definitions that are looked into
_SOMETHING = {(CompareOp.GT, 0), (CompareOp.NE, 0), (CompareOp.GE, 1)}  # more than nothing


def as_written(node: n.Node) -> str:
    """Return an expression as its author wrote it, in one line."""
    from khung.syntax import respell  # noqa: PLC0415  # most is told in words

    return _cut(respell.as_written(node.span))


def as_shown(node: n.Node, lang: str) -> str:
    """Return an expression in one line, in the words of a language."""
    from khung.syntax import respell  # noqa: PLC0415  # as above

    return _cut(respell.shown(node.span, lang))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def is_percentage(node: n.Node) -> bool:
    """Whether a number is written as a percentage."""
    return isinstance(node, n.Literal) and node.span.text.rstrip().endswith(PERCENT)


def chosen(node: n.Node) -> n.Node:
    """Return the branch that stands under the readings chosen, where they alone pick one.

    Of a number made a ratio, or the other way, it is that number.
    """
    while isinstance(node, n.If) or _converted(node):
        if isinstance(node, n.Call) and node.arguments[0] is not None:
            node = node.arguments[0]
            continue
        assert isinstance(node, n.If)  # noqa: S101  # the loop has looked
        holds = _by_reading(node.condition)
        if holds is None:
            break
        node = node.yes if holds else node.no
    return node


def _converted(node: n.Node) -> bool:
    return isinstance(node, n.Call) and node.function in (RATIO_OF, NUMBER_OF)


def _by_reading(node: n.Node) -> bool | None:
    """Return whether a test of a reading holds; None for any other test."""
    if isinstance(node, n.Literal):
        return bool(node.value)
    if not isinstance(node, n.Compare) or not isinstance(node.left, n.Literal):
        return None
    if not node.left.reading or not isinstance(node.right, n.Literal):
        return None
    return (node.left.value == node.right.value) is (node.op is CompareOp.EQ)


def of_itself(node: n.Fold) -> n.Compare | None:
    """Return what is asked of an element itself, not of a member of it, if nothing else is."""
    body = node.body
    is_base = node.where is None or node.op in (FoldOp.EVERY, FoldOp.SHARE)
    is_it = isinstance(body, n.Compare) and chosen(body.left) == node.variable
    return body if is_base and is_it and isinstance(body, n.Compare) else None


def asks_reading(node: n.Node) -> bool:
    """Whether a test asks nothing but which reading was chosen."""
    return _by_reading(node) is not None


def is_of_scope(node: n.Node) -> bool:
    """Whether a test asks nothing but who is ranked, and which reading was chosen."""
    match node:
        case n.Not():
            return is_of_scope(node.operand)
        case n.AllOf() | n.AnyOf():
            return all(map(is_of_scope, node.operands))
        case n.StateOf():
            return True
        case _:  # of another kind
            return asks_reading(node)


def reading_of(node: n.Compare) -> str:
    """Return the name of the reading that a comparison asks, if it asks nothing else."""
    sides = (node.left, node.right)
    names = (side.reading for side in sides if isinstance(side, n.Literal) and side.reading)
    return next(names, "") if all(isinstance(side, n.Literal) for side in sides) else ""


def unit_of(node: n.Node, program: Program) -> str:
    """Return the unit of a value, empty where its form does not tell."""
    match node:
        case n.Field():
            declared = _declared(node.object, program)
            fact = declared.facts.get(node.name) if declared else None
            return fact.unit if fact else ""
        case n.Defined():
            declared = program.objects[node.owner]
            told = output_of(declared.tables, node.name)
            if told is not None:
                return told[0].outputs[told[1]].unit
            return unit_of(declared.definitions[node.name].value, program)
        case n.Call():
            return "month" if node.function == "months between" else ""
        case n.Arithmetic() if node.op in (ArithmeticOp.ADD, ArithmeticOp.SUBTRACT):
            return unit_of(node.left, program) or unit_of(node.right, program)
        case n.If():
            return unit_of(node.yes, program) or unit_of(node.no, program)
        case _:  # told without a unit
            return ""


def is_guard_of(test: n.Node, node: n.Node, program: Program) -> bool:
    """Whether a test only says that something applies which a node reads, or is not nothing."""
    asked = set(conjuncts(_inside(test, program)))
    if any(asked <= set(conjuncts(applies)) for applies in _conditions(node, program)):
        return True
    there = _not_nothing(test)
    return there is not None and there in _presumed(node, program, _DEPTH)


def _not_nothing(test: n.Node) -> n.Node | None:
    """Return the number that a test asks to be more than nothing, of a count what is counted."""
    if not isinstance(test, n.Compare) or not isinstance(test.right, n.Literal):
        return None
    if (test.op, test.right.value) not in _SOMETHING:
        return None
    match test.left:
        case n.Call(function="count", arguments=(source, *_)) if source is not None:
            return source
        case found:  # a number, which counts something itself
            return found


def _presumed(node: n.Node, program: Program, depth: int) -> Iterator[n.Node]:
    """Yield the numbers that a value divides by, and the lists over which it is worked out."""
    for part in walk(node):
        if isinstance(part, n.Arithmetic) and part.op is ArithmeticOp.DIVIDE:
            yield part.right
        elif isinstance(part, n.Fold):
            yield part.list
        elif isinstance(part, n.Defined) and depth:
            declared = program.objects[part.owner]
            if part.name not in declared.stages:
                inside = substitute(declared.definitions[part.name].value, part.object)
                yield from _presumed(inside, program, depth - 1)


def _inside(node: n.Node, program: Program) -> n.Node:
    """Return what a definition stands for; any other node as it is."""
    if not isinstance(node, n.Defined):
        return node
    return program.objects[node.owner].definitions[node.name].value


def _conditions(node: n.Node, program: Program) -> Iterator[n.Node]:
    if isinstance(node, n.Field | n.Defined):
        declared = _declared(node.object, program)
        found = _applies(declared, node.name) if declared else None
        if found is not None:
            yield substitute(found, node.object)
        yield n.Has(node.object, node.name, node.span)
    if isinstance(node, n.LevelOf):
        yield n.StateOf(node.object, ResultOf.RANKED, BOOLEAN, node.span)
    for child in children(node):
        yield from _conditions(child, program)


def _applies(declared: ObjectType, name: str) -> n.Node | None:
    criterion = declared.criteria.get(name.removeprefix("criteria."))
    found = declared.facts.get(name) or declared.links.get(name) or declared.definitions.get(name)
    return found.applies if found else criterion.applies if criterion else None


def conjuncts(node: n.Node) -> tuple[n.Node, ...]:
    """Return the parts of which all must hold."""
    return node.operands if isinstance(node, n.AllOf) else (node,)


def _declared(node: n.Node, program: Program) -> ObjectType | None:
    return program.objects.get(node.ty.name) if isinstance(node.ty, Object) else None


# -- what could be otherwise -----------------------------------------------------------------------


def is_settled(node: n.Node, env: Env, solver: Solver, own: Set[int], *, wanted: bool) -> bool:
    """Whether no fact could make a condition what is wanted.

    Args:
        node: A condition.
        env: The value of each slot.
        solver: Of the case.
        own: The slots of values that the rulebook names itself, see `is_own`.
        wanted: What the condition would have to be.
    """

    def inside(operand: n.Node, wanted: bool, env: Env = env, own: Set[int] = own) -> bool:  # noqa: FBT001
        return is_settled(operand, env, solver, own, wanted=wanted)

    match node:
        case n.Not():
            return inside(node.operand, not wanted)
        case n.AllOf() | n.AnyOf():
            is_choice = isinstance(node, n.AnyOf) is wanted
            return (all if is_choice else any)(inside(o, wanted) for o in node.operands)
        case n.Defined():
            target = solver.evaluate(node.object, env)
            if not isinstance(target.least, Entity) or target.why:
                return False
            declared = target.least.type.definitions.get(node.name)
            return declared is not None and inside(
                declared.value, wanted, solver.env(target.least), frozenset()
            )
        case n.Compare() | n.Literal():
            truth = solver.truth(node, env)
            return _reads_no_fact(node, own) and not is_known(truth, wanted)
        case _:  # may be otherwise in another case
            return False


def _reads_no_fact(node: n.Node, own: Set[int]) -> bool:
    return all(
        isinstance(part, n.Literal | n.Compare)
        or (isinstance(part, n.Variable) and part.slot in own)
        for part in walk(node)
    )


def is_own(source: n.Node, program: Program) -> bool:
    """Whether the values of a list are named in the rulebook, not in a case."""
    match source:
        case n.Literal() | n.Rows():
            return True
        case n.Build():
            return all(is_own(item, program) for item in source.items)
        case n.Select():
            return is_own(source.list, program)
        case n.If():
            return is_own(source.yes, program) and is_own(source.no, program)
        case n.Defined():
            declared = program.objects[source.owner].definitions.get(source.name)
            return declared is not None and is_own(declared.value, program)
        case _:  # may come from the case
            return False


def told(
    node: n.AllOf | n.AnyOf, in_the_way: Sequence[n.Node], program: Program, env: Env, of: Solver
) -> list[n.Node]:
    """Return the operands to tell of those in the way: of a guard and the guarded only one.

    Where a guard surely fails, what it guards cannot be asked; else the guard is no matter.
    """
    silent: set[int] = set()
    for guard in in_the_way:
        asked = _as_guard(guard, in_any=isinstance(node, n.AnyOf))
        guarded = [o for o in in_the_way if o is not guard and is_guard_of(asked, o, program)]
        fails = is_known(of.truth(guard, env), isinstance(node, n.AnyOf))
        silent.update(map(id, guarded if fails else [guard] if guarded else []))
    return [o for o in in_the_way if id(o) not in silent] or list(in_the_way)


def _as_guard(node: n.Node, *, in_any: bool) -> n.Node:
    """Return what holds where the other operands are asked: of an `or`, that this one fails."""
    match node:
        case n.Not() if in_any:
            return node.operand
        case n.Compare() if in_any:
            return replace(node, op=OPPOSITE[node.op])
        case _:  # holds itself where the others are asked
            return node
