"""A case by the reference under a rulebook in which some rules say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.tables.case import case_from
from khung.diagnostics.bag import Bag
from khung.engine.compiled import share
from khung.engine.rings import CircularRulesError
from khung.engine.stages import Run
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.ir.rewrite import bottom_up
from khung.records import dataclass, replace
from khung.rulebook.model.rules import Stage
from khung.why.result import result_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from khung.casefile.model import CaseFile
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program
    from khung.why.result import Result, Results


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """A case that was found, run by the reference, and what that makes of the subject asked."""

    case_file: CaseFile
    results: Results
    result: Result


def decide(ran: Ran, rules: frozenset[str]) -> bool:
    """Whether a case comes out otherwise if some rules say nothing; who has a place aside."""
    before, entity = ran.results.run, ran.result.entity
    program = without(before.program, entity.type.name, rules)
    share(program, before.program)
    case = case_from(ran.case_file, program, Bag())
    if case is None:
        return False
    run = Run(program, case)
    other = case.entities[entity.type.name][entity.id]
    try:
        return _standing(run, result_of(run, other)) != _standing(before, ran.result)
    except CircularRulesError:
        return False


def _standing(run: Run, result: Result) -> tuple[Any, ...]:
    level = run.level(result.entity, Stage.DEFER)
    ends = (level.least, level.most)
    return result.status, result.at_worst, result.at_best, ends


def without(program: Program, subject: str, rules: frozenset[str]) -> Program:
    """Return a program in which some rules of a subject say nothing.

    A requirement is then met, what bars or limits binds nobody, and what lifts lifts nobody.
    """
    declared = program.objects[subject]
    change = _silent(declared, rules)
    stages = {
        name: replace(
            one, value=bottom_up(bottom_up(one.value, _unlifted(declared, rules)), change)
        )
        for name, one in declared.stages.items()
    }
    changed = replace(declared, stages=stages)
    return replace(program, objects={**program.objects, subject: changed})


def _silent(declared: ObjectType, rules: frozenset[str]) -> Callable[[Node], Node]:
    best = ladder_of(declared).levels[0].rank

    def change(node: Node) -> Node:
        if not isinstance(node, n.Ruled) or node.rule.id not in rules:
            return node
        if isinstance(node.ty, t.Boolean):
            return n.Literal(node.stage == Stage.STANDARD, t.BOOLEAN, node.span)
        return n.Literal(best, node.ty, node.span)

    return change


def _unlifted(declared: ObjectType, rules: frozenset[str]) -> Callable[[Node], Node]:
    lowest = ladder_of(declared).levels[-1].rank

    def operand(node: Node) -> Node:
        is_meant = isinstance(node, n.Ruled) and node.rule.id in rules
        return n.Literal(lowest, node.ty, node.span) if is_meant else node

    def change(node: Node) -> Node:
        if not isinstance(node, n.Greatest):
            return node
        return replace(node, operands=tuple(map(operand, node.operands)))

    return change
