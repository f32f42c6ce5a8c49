"""Which parts of a condition could be otherwise, and which of them are worth telling.

A way out is a fact that could be another one. A reading of the text, a parameter and what a rule
asks of each of its own values are none; and what only guards another test is told where it is what
fails, not where the other does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from khung.engine.facts import Entity
from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.report.words.nodes import is_guard_of
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Value
    from khung.ir.program import Program

OPPOSITE: Final = {
    CompareOp.EQ: CompareOp.NE,
    CompareOp.NE: CompareOp.EQ,
    CompareOp.LT: CompareOp.GE,
    CompareOp.GE: CompareOp.LT,
    CompareOp.LE: CompareOp.GT,
    CompareOp.GT: CompareOp.LE,
}


def is_as_wanted(value: Value, *, wanted: bool) -> bool:
    """Whether the truth of a condition is surely what is wanted."""
    return value.known and value.least is wanted


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
            return declared is not None and inside(declared.value, wanted, (target,), frozenset())
        case n.Compare() | n.Literal():
            truth = solver.truth(node, env)
            return _reads_no_fact(node, own) and not is_as_wanted(truth, wanted=wanted)
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
        fails = is_as_wanted(of.truth(guard, env), wanted=isinstance(node, n.AnyOf))
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
