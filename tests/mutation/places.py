"""Where a rulebook can be changed: every node of the model below its rules, with the way to it."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from khung.rulebook import model as m
from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.text import Span

Steps = tuple[str | int, ...]
"""From the rulebook down: names of fields, and places in tuples."""

ROOTS = ("records", "parameters", "subjects")
"""What of a rulebook holds rules; the rest declares names, cites, or counts days."""

TOLD = {"span", "name_span", "at", "id", "label", "sources", "basis", "question", "decided_by"}
"""Fields that only say where something stands, or are only told."""

NOT_RULES = {"type", "range", "outputs", "held_by", "kinds", "key", "complete", "scale"}
"""Fields that say what may be stated, not what follows from it."""


@dataclass(frozen=True)
class Entry:
    """The entry that a place belongs to: its full path, its subject or record, what it cites."""

    path: str
    owner: str
    node: Any
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A node or a tuple of the model.

    Attributes:
        field: The field of the entry that holds it.
        around: The expression around it, or itself; None where it is no part of one.
    """

    steps: Steps
    value: Any
    entry: Entry
    field: str
    around: ast.Expr | None = None


def places(rulebook: m.Rulebook) -> Iterator[Place]:
    """Yield every place that can be changed, from the outside in, in the order of the model."""
    nowhere = Entry("", "", None, ())
    for root in ROOTS:
        yield from _below(getattr(rulebook, root), (root,), nowhere, "", None)


def _below(
    value: Any, steps: Steps, entry: Entry, field: str, outer: ast.Expr | None
) -> Iterator[Place]:
    if isinstance(value, tuple):
        yield Place(steps, value, entry, field, outer)
        named = f"{field}.{value[0].name}" if value and isinstance(value[0], m.Ref) else field
        for index, item in enumerate(value):
            yield from _below(item, (*steps, index), entry, named, outer)
    elif is_dataclass(value) and not isinstance(value, m.Ref):
        inner = _entered(value, entry)
        if inner is not entry:
            field = ""
        own_expr = value if isinstance(value, ast.Expr) else outer
        yield Place(steps, value, inner, field, outer or own_expr)
        for name in _inside(value):
            own = field or ("" if name == "head" else name)
            yield from _below(getattr(value, name), (*steps, name), inner, own, own_expr)


def _inside(value: Any) -> Iterator[str]:
    for field in fields(value):
        if field.name not in TOLD and not (_is_model(value) and field.name in NOT_RULES):
            yield field.name


def _is_model(value: Any) -> bool:
    return type(value).__module__.startswith(m.__name__)


def _entered(value: Any, outer: Entry) -> Entry:
    head = getattr(value, "head", None)
    if not isinstance(head, m.Head):
        return outer
    sources = tuple(_cited(c) for c in head.sources) or outer.sources
    if isinstance(value, m.Subject):
        return Entry(head.id, head.id, value, sources)
    if isinstance(value, m.Record):
        return Entry(head.at, head.id, value, sources)
    within = outer.owner and not head.at.startswith("records.")
    return Entry(f"{outer.owner}.{head.at}" if within else head.at, outer.owner, value, sources)


def _cited(citation: m.Citation) -> str:
    part = f"#{citation.part}" if citation.part else ""
    return f"{citation.document} {citation.address}{part}".strip()


def changed(node: Any, steps: Steps, value: Any) -> Any:
    """Return a model in which `value` stands at the end of some steps."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        return (*node[:step], changed(node[step], rest, value), *node[step + 1 :])
    return replace(node, **{step: changed(getattr(node, step), rest, value)})


def spans_of(value: Any) -> Iterator[Span]:
    """Yield the place of an entry's head, and of every node of its own expressions."""
    if isinstance(value, tuple):
        for item in value:
            yield from spans_of(item)
    elif is_dataclass(value):
        span = getattr(value, "span", None)
        if span is not None:
            yield span
        for name in _inside(value):
            part = getattr(value, name)
            yield from _own_spans(part)


def _own_spans(part: Any) -> Iterator[Span]:
    """As `spans_of`, but for entries further in, which speak for themselves."""
    if isinstance(part, tuple):
        for item in part:
            yield from _own_spans(item)
    elif isinstance(part, m.Head) or not isinstance(getattr(part, "head", None), m.Head):
        yield from spans_of(part)
