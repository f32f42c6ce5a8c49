"""Which readings stand behind what is asked: other options of these may mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.proof.properties import Property
from khung.ir import nodes as n
from khung.ir.reads import read_of
from khung.ir.rewrite import fold, walk
from khung.ir.types import first_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from khung.analysis.proof.properties import Finding
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType, Program


def readings(
    found: Finding, rules: Sequence[Rule], declared: ObjectType, program: Program
) -> list[str]:
    """Return the readings that stand in what is asked about, and in what that reads, by nearness.

    Of a rule that never decides only those that stand in it are meant.
    """
    nodes = [rule.when for rule in rules if rule.when is not None]
    nodes += [part.body for part in _said_by(rules, declared)]
    if found.property is Property.DECIDES:
        return list(dict.fromkeys(name for node in nodes for name in _options(node)))
    if found.property is Property.CUMULATIVE and declared.ladder is not None:
        nodes.append(declared.ladder.cumulative)
    if found.property is Property.MATTERS:
        record, _, name = found.about.rpartition(".")
        nodes += _readers((record or declared.name, name), declared, program)
    return list(dict.fromkeys(_options_below(nodes, program)))


def is_fixed(rules: Sequence[Rule], declared: ObjectType) -> bool:
    """Whether a rule says nothing under the options chosen, whatever a case says."""
    for part in _said_by(rules, declared):
        body = fold(part.body)
        when = body.condition if isinstance(body, n.If) else body
        return isinstance(when, n.Literal)
    return True


def _said_by(rules: Sequence[Rule], declared: ObjectType) -> Iterator[n.Ruled]:
    ids = {rule.id for rule in rules}
    for definition in declared.stages.values():
        for part in walk(definition.value):
            if isinstance(part, n.Ruled) and part.rule.id in ids:
                yield part


def _options(node: Node) -> Iterator[str]:
    """Yield the readings that stand in a node itself."""
    yield from (p.reading for p in walk(node) if isinstance(p, n.Literal) and p.reading)


def _options_below(nodes: Iterable[Node], program: Program) -> Iterator[str]:
    """Yield the readings that stand in nodes and in the definitions that they read."""
    todo, seen = list(nodes), set[tuple[str, str]]()
    while todo:
        node = todo.pop(0)
        yield from _options(node)
        for part in walk(node):
            if isinstance(part, n.Defined):
                key = (first_of(part.owner), part.name)
                if key not in seen and program.objects[key[0]].has(part.name):
                    seen.add(key)
                    todo.append(program.objects[key[0]].definition(part.name).value)


def _readers(fact: tuple[str, str], declared: ObjectType, program: Program) -> Iterator[Node]:
    """Yield the rules that read a fact, be it through definitions."""
    known, before = {fact}, set[tuple[str, str]]()
    while known != before:
        before = set(known)
        for kind, one in program.objects.items():
            made = (d for d in one.definitions.values() if read_of(d.value) & before)
            known |= {(kind, definition.name) for definition in made}
    for stage in declared.stages.values():
        for part in walk(stage.value):
            if isinstance(part, n.Ruled) and read_of(part.body) & known:
                yield part.body
