"""The mutants of a rulebook: each with one change, and a name that stays while the rule does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from tests.mutation import expressions, rules
from tests.mutation.places import Entry, Place, Steps, changed, places

from khung.rulebook import model as m
from khung.syntax import ast
from khung.syntax.unparse import unparse, unparse_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.text import Span

LONGEST = 100
"""How many letters of a text go into a name."""


@dataclass(frozen=True)
class Mutant:
    """A rulebook with one change: `new` stands at the end of `steps`.

    `around` is where the expression stands that the change is in, if it is in one.
    """

    name: str
    kind: str
    entry: Entry
    steps: Steps
    new: Any
    around: Span | None = None

    def of(self, rulebook: m.Rulebook) -> m.Rulebook:
        """Return the changed rulebook."""
        found: m.Rulebook = changed(rulebook, self.steps, self.new)
        return found


def mutants(rulebook: m.Rulebook) -> tuple[Mutant, ...]:
    """Return all mutants, in the order of the rulebook."""
    scales = {s.head.id: tuple(v.head.id for v in s.values) for s in rulebook.scales}
    seen: Counter[str] = Counter()
    found: list[Mutant] = []
    for place in places(rulebook):
        for change in _changes(place, rulebook, scales):
            entry, said = _said(place, change)
            seen[said] += 1
            name = said if seen[said] == 1 else f"{said} (#{seen[said]})"
            kind = "default" if place.field == "default" else change.kind
            around = place.around.span if place.around else None
            found.append(Mutant(name, kind, entry, place.steps, change.new, around))
    return tuple(found)


def _changes(
    place: Place, rulebook: m.Rulebook, scales: dict[str, tuple[str, ...]]
) -> Iterator[expressions.Change]:
    yield from expressions.changes_of(place.value, scales)
    yield from rules.changes_of(place.value, rulebook, place.entry.owner)
    if place.field in rules.SETTINGS and place.steps[-1] != place.field:
        yield from rules.words_beside(place.value, place.field)


# -- names ----------------------------------------------------------------------------------------


def _said(place: Place, change: expressions.Change) -> tuple[Entry, str]:
    """Return the entry that changes, and the change as path, before → after."""
    entry, before, after = _narrowed(place.entry, place.value, change.new)
    if change.lost is not None:
        before, after = written(change.lost), "dropped"
    if change.joined is not None:
        text = written(change.joined)
        before, after = f"and {text}", f"or {text}"
        if isinstance(place.value, ast.Or):
            before, after = after, before
    field = f".{place.field}" if place.field and entry is place.entry else ""
    return entry, f"{entry.path}{field}: {before} → {after}"


def _narrowed(entry: Entry, old: Any, new: Any) -> tuple[Entry, str, str]:
    """Return the innermost entry that holds all of a change, and the two texts."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        gone = next((o for o, n in zip(old, (*new, None), strict=False) if o != n), old[-1])
        head = getattr(gone, "head", None)
        if isinstance(head, m.Head):
            return _within(entry, gone), "there", "dropped"
        return entry, written(gone), "dropped"
    if isinstance(old, m.Majority | m.OrderKey):
        return entry, written(old), written(new)
    if _is_model(old) and type(old) is type(new):
        return _difference(entry, old, new)
    return entry, written(old), written(new)


def _within(entry: Entry, node: Any) -> Entry:
    owner = f"{entry.owner}." if entry.owner else ""
    sources = tuple(f"{c.address}#{c.part}".rstrip("#") for c in node.head.sources)
    return Entry(f"{owner}{node.head.at}", entry.owner, node, sources or entry.sources)


def _difference(entry: Entry, old: Any, new: Any) -> tuple[Entry, str, str]:
    """Return the texts of the one part in which two nodes of a class differ."""
    for field in fields(old):
        was, now = getattr(old, field.name), getattr(new, field.name)
        if was == now:
            continue
        if field.name == "head":
            return entry, f"when: {written(was.when)}", "dropped"
        if isinstance(was, tuple) and len(was) == len(now):
            return _in_list(entry, was, now)
        said = "dropped" if now is None else written(now)
        return entry, f"{field.name}: {written(was)}", said
    raise AssertionError(old)


def _in_list(entry: Entry, was: tuple[Any, ...], now: tuple[Any, ...]) -> tuple[Entry, str, str]:
    one, other = next((o, n) for o, n in zip(was, now, strict=True) if o != n)
    if isinstance(one, tuple):
        return entry, f"{one[0].name}: {written(one[1])}", written(other[1])
    if isinstance(one, m.CriterionSet):
        return _within(entry, one), "", ""  # what it lost is said
    return _difference(_within(entry, one), one, other)


def written(value: Any) -> str:
    """Return a text for a part of the model, of one line and not too long."""
    return _short(_text(value))


def _text(value: Any) -> str:
    match value:
        case None:
            return "none"
        case ast.Cell():
            return unparse_cell(value)
        case m.Majority():
            return f"{'more_than' if value.strict else 'at_least'} {unparse(value.share)}"
        case m.OrderKey():
            return f"{'highest' if value.highest else 'lowest'} {unparse(value.value)}"
        case m.SmallGroup():
            return f"fewer_than {unparse(value.fewer_than)}"
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(map(_text, value))
        case m.Ref():
            return value.name
        case _ if isinstance(value, ast.Expr | ast.UnaryTest):
            return unparse(value)
        case _:
            return str(value)


def _short(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}"


def _is_model(value: Any) -> bool:
    return is_dataclass(value) and type(value).__module__.startswith(m.__name__)
