"""A record of a case in words: by its key, with the fields that a condition asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.facts import Entity, Stated
from khung.engine.folds import kept
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.ir.rewrite import walk
from khung.report.words.labels import key_of, noun_of
from khung.why.because import is_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Value
    from khung.ir.program import ObjectType
    from khung.report.words.labels import Words
    from khung.report.words.values import Namer

_KINDS = t.Scale | t.Enumeration
_DEPTH = 4  # definitions inside definitions that are looked into


def record_line(record: Entity, asked: n.Node, namer: Namer, *, alone: bool = False) -> str:
    """Return a record in one line: its key, what kind it is, and the fields that are asked for.

    Args:
        record: The record.
        asked: The condition that it decides, or the value that comes from it.
        namer: Knows whose conditions are told.
        alone: Whether not to say whose it is.
    """
    words, read = namer.words, _read(asked, record.type, _DEPTH)
    stated = [(name, _field(words, record, name, v, form)) for name, v, form in _stated(record)]
    kinds = {name for name, fact in record.type.facts.items() if isinstance(fact.ty, _KINDS)}
    said = [text for name, text in stated if name in read | kinds] or [text for _, text in stated]
    what = words.name(record) if record.key else words.entity(record, record.owner)
    said = [one for one in said if one != what and not _is_in_another(one, said)]
    line = words.say("record", what=what, fields=", ".join(said)) if said else what
    if alone or record.owner is None or record.owner is namer.own:
        return line
    return words.say("found", what=words.name(record.owner), value=line)


def _is_in_another(text: str, texts: list[str]) -> bool:
    return any(text != other and text in other for other in texts)


def records_behind(
    node: n.Node, env: Env, solver: Solver, *, wanted: bool, depth: int = _DEPTH
) -> Iterator[tuple[Entity, n.Fold]]:
    """Yield the records of others for which a condition of a record is not what is wanted.

    Args:
        node: The condition.
        env: The value of each slot.
        solver: Of the case.
        wanted: What the condition would have to be.
        depth: Definitions inside definitions that are looked into.
    """
    match node:
        case n.Not():
            yield from records_behind(node.operand, env, solver, wanted=not wanted, depth=depth)
        case n.AllOf() | n.AnyOf():
            for operand in node.operands:
                if not is_known(solver.truth(operand, env), wanted):
                    yield from records_behind(operand, env, solver, wanted=wanted, depth=depth)
        case n.If():
            branch = node.yes if solver.truth(node.condition, env).most else node.no
            yield from records_behind(branch, env, solver, wanted=wanted, depth=depth)
        case n.Defined() if depth:
            target = solver.evaluate(node.object, env).least
            if isinstance(target, Entity) and node.name in target.type.definitions:
                inside, own = target.type.definitions[node.name].value, solver.env(target)
                yield from records_behind(inside, own, solver, wanted=wanted, depth=depth - 1)
        case n.Fold() if node.op in (FoldOp.SOME, FoldOp.EVERY):
            yield from _deciding(node, env, solver, wanted=wanted)
        case _:  # has no records behind it
            return


def _deciding(
    node: n.Fold, env: Env, solver: Solver, *, wanted: bool
) -> Iterator[tuple[Entity, n.Fold]]:
    source = solver.evaluate(node.list, env)
    for item, _ in () if source.why else kept(source.least, node.where, env, solver):
        target, truth = item.value.least, solver.truth(node.body, env.inner(item.value))
        is_record = isinstance(target, Entity) and target.type.is_record and not target.stranger
        if is_record and not is_known(truth, wanted):
            yield target, node


def _field(words: Words, record: Entity, name: str, value: Value, form: tuple[t.Type, str]) -> str:
    """Return a field of a record: what speaks for itself without its label."""
    label = noun_of(words.member(record.type, name))
    match form[0]:
        case t.Scale() | t.Enumeration() | t.Object():
            return words.value(value, *form)
        case t.Boolean() if value.least:
            return label
        case t.Date():
            return words.say("operand", what=label, value=words.value(value, *form))
        case _:  # says nothing alone
            return words.say("found", what=label, value=words.value(value, *form))


def _read(node: n.Node, declared: ObjectType, depth: int) -> set[str]:
    """Return the fields of a type that a condition reads, also inside its definitions."""
    found: set[str] = set()
    for part in walk(node):
        if not isinstance(part, n.Field | n.Defined) or not isinstance(part.object.ty, t.Object):
            continue
        if declared.name not in t.names_of(part.object.ty.name):
            continue
        found.add(part.name)
        if isinstance(part, n.Defined) and part.name in declared.definitions and depth:
            found |= _read(declared.definitions[part.name].value, declared, depth - 1)
    return found


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
