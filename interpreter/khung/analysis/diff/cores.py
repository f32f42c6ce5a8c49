"""Whether an entry that is written otherwise still means the same to the engine."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.entries import Code
from khung.diagnostics.bag import Bag
from khung.ir import program as p
from khung.ir import types as t
from khung.ir.definitions import lower_expression
from khung.ir.entries import entries_of
from khung.ir.nodes import Node, Rule
from khung.records import dataclass
from khung.syntax.from_text import parse_expression
from khung.text import placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.diff.changes import Change
    from khung.analysis.diff.entries import Item
    from khung.ir.entries import Entry
    from khung.ir.program import ObjectType, Program

TOLD = {"label", "labels", "sources", "unit", "question", "decided_by", "span"}
"""What the core only carries along, to be told."""


def same_meaning(change: Change, before: Cores, after: Cores) -> bool:
    """Say whether an entry is lowered to the same core; False where that cannot be told."""
    if change.old is None or change.new is None or _reads_readings(change):
        return False
    if change.item.part == "parameters":
        return _same_constant(change.old.keys.get("value"), change.new.keys.get("value"))
    if change.item.part == "calendars":
        return _days(change.old.keys) == _days(change.new.keys)
    was, now = before.made_of(change.item), after.made_of(change.item)
    return was is not None and now is not None and _meaning(was) == _meaning(now)


def node_of(item: Item, key: str, cores: Cores) -> Node | None:
    """Return what the core holds of a condition or value that an entry writes under a key."""
    core = cores.made_of(item)
    match core, key:
        case Rule(), "when":
            return core.when
        case p.Definition(), "is":
            return core.value
        case ((p.Definition() | p.Fact() | p.Criterion()), "applies_when"):
            return core.applies
        case _:
            held = getattr(core.head if key == "when" else core, key, None)
            return held if isinstance(held, Node) else None


def types_read(item: Item, cores: Cores) -> frozenset[str] | None:
    """Return the types of the objects that an entry reads; None where that cannot be told.

    Of what hangs on a constant or a reading the core holds only what comes of it.
    """
    core = cores.made_of(item)
    if core is None or any(name.space in ("readings", "parameters") for name in item.mentions):
        return None
    return frozenset(_types(core))


def _types(node: Any) -> Iterator[str]:
    if isinstance(node, tuple):
        for part in node:
            yield from _types(part)
    elif is_dataclass(node) and not isinstance(node, type):
        if isinstance(node, t.Object):
            yield from t.names_of(node.name)
        for part in fields(node):
            yield from _types(getattr(node, part.name)) if part.name != "span" else ()


def _reads_readings(change: Change) -> bool:
    """Say whether an entry asks for a reading: its core holds what is chosen, and no more."""
    sides = (item for item in (change.old, change.new) if item is not None)
    return any(mention.space == "readings" for item in sides for mention in item.mentions)


def _same_constant(before: Any, after: Any) -> bool:
    bag = Bag()
    texts = (
        placed(text.english if isinstance(text, Code) else str(text)) for text in (before, after)
    )
    trees = [parse_expression(text, bag) for text in texts]
    nodes = [lower_expression(tree, {}, bag) for tree in trees if tree is not None]
    return not bag.has_errors and len(nodes) == len(trees) and nodes[0] == nodes[1]


def _days(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a calendar says of days, without what the days are called."""
    told = {key: value for key, value in keys.items() if key not in {"label", "source", "basis"}}
    return {key: set(value) if isinstance(value, dict) else value for key, value in told.items()}


@dataclass(frozen=True, slots=True)
class Cores:
    """The parts of a program, by object type and by the path in it or the rule that each is."""

    by_place: Mapping[tuple[str, str], Any]
    by_rule: Mapping[tuple[str, str], Any]

    @classmethod
    def of(cls, program: Program) -> Cores:
        """Return the parts of a program."""
        types = program.objects.items()
        return cls(
            {(name, at): core for name, one in types for at, core in _cores(one)},
            {(name, of): core for name, one in types for of, core in _rules(one)},
        )

    def made_of(self, item: Item) -> Any:
        """Return the part that was made of an entry; None of what has none."""
        owner, _, rest = item.path.removeprefix("records.").partition(".")
        return self.by_place.get((owner, _short(rest))) or self.by_rule.get((owner, item.rule))


def _short(path: str) -> str:
    """Return a path within a subject as `_cores` has it: `facts.x`, `criteria.x`, `sets.x`."""
    parts = path.split(".")
    if path.startswith("criteria."):
        return f"{'criteria' if parts[-2] == 'items' else parts[-2]}.{parts[-1]}"
    return path


def _cores(declared: ObjectType) -> Iterator[tuple[str, Any]]:
    for part in ("facts", "links"):
        for name, member in getattr(declared, part).items():
            yield f"{'fields' if declared.is_record else part}.{name}", member
    for name, definition in declared.definitions.items():
        yield f"definitions.{name}", definition
    for name, criterion in declared.criteria.items():
        yield f"criteria.{name}", criterion
    for name, members in declared.sets.items():
        yield f"sets.{name}", members


def _rules(declared: ObjectType) -> Iterator[tuple[str, Any]]:
    """Yield the rules of a type, each with the part of the core that holds it."""
    held: list[Entry] = [*declared.not_ranked, *declared.pending, *entries_of(declared)]
    if declared.ladder is not None:
        held += (asked for level in declared.ladder.levels for asked in level.require)
        held += (*declared.ladder.levels, *declared.ladder.knockouts)  # by points of the same id
    yield from ((entry.head.id, entry) for entry in held)


def _meaning(node: Any) -> Any:
    """Return a part of the core without what is only told."""
    if isinstance(node, tuple):
        return tuple(map(_meaning, node))
    if is_dataclass(node) and not isinstance(node, type):
        kept = (f for f in fields(node) if f.compare and f.name not in TOLD)
        return type(node), tuple(_meaning(getattr(node, f.name)) for f in kept)
    return node
