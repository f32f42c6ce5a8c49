"""What a person gets wrong in a rule beside its expressions: left out, or set otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.mutation.expressions import Change, one_less

from khung.rulebook import model as m
from khung.rulebook.model.rules import KINDS
from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLED = {m.ScopeRule: "scope rule", m.Defer: "deferral"}

DROPPED = {
    kind: f"{_CALLED.get(kind, kind.__name__.lower())} dropped"
    for kind in (*KINDS, m.Row)
    if kind is not m.Level
}
"""What a rulebook can lack and still be one."""

SETTINGS = {
    "rounding": ("floor", "half_up", "ceiling"),
    "ties": ("needs_decision", "all", "none"),
    "above_ceiling": ("ceiling", "wins"),
    "counting": ("exact", "cumulative"),
}
"""The closed settings, each with all that it can be."""

_WHERE = (m.Level, m.ScopeRule, m.Knockout, m.Defer)
GUARDED = (*(kind for kind in KINDS if kind not in _WHERE), m.Row, m.Table)
"""Entries that hold everywhere where they say no `when`."""


def changes_of(node: Any, rulebook: m.Rulebook, owner: str) -> Iterator[Change]:
    """Yield the changes of one node of the model, or of a tuple of them."""
    match node:
        case tuple():
            yield from _less(node)
        case m.Table():
            yield from _when_dropped(node)
            yield from _answers(node, rulebook, owner)
        case m.Cap():
            yield from _when_dropped(node)
            if node.where is not None:
                yield Change("condition dropped", replace(node, where=None))
        case m.Definition() if node.where is not None:
            yield Change("condition dropped", replace(node, where=None))
        case m.Take() | m.SmallGroup() if node.when is not None:
            yield Change("condition dropped", replace(node, when=None))
        case m.Vote():
            yield from _when_dropped(node)
            yield from _settings(node, "above_ceiling", "counting")
        case m.Majority():
            yield Change("vote", replace(node, strict=not node.strict))
        case m.Quota():
            yield from _when_dropped(node)
            yield from _settings(node, *(("rounding",) if node.at_most else ()), "ties")
            if node.at_most is not None and node.places is not None:
                yield Change("quota", replace(node, places=None))
            if node.small_group is not None:
                yield Change("quota", replace(node, small_group=None))
            if node.competes is not None:
                yield Change("quota", replace(node, competes=None))
        case m.OrderKey():
            yield Change("quota", replace(node, highest=not node.highest))
        case m.Criteria():
            yield from _moved_out(node)
        case _ if isinstance(node, GUARDED):
            yield from _when_dropped(node)
        case _:
            return


def _less(items: tuple[Any, ...]) -> Iterator[Change]:
    """Yield a list of rules without each; a list of settings without each, but for its last."""
    first = items[0] if items else None
    kind = DROPPED.get(type(first))  # type: ignore[arg-type]
    if kind is not None:
        yield from (Change(kind, rest) for rest in one_less(items))
    elif isinstance(first, m.OrderKey):
        yield from (Change("quota", rest) for rest in one_less(items))
    elif isinstance(first, tuple) and isinstance(first[-1], m.Majority):
        yield from (Change("vote", rest) for rest in one_less(items))


def _when_dropped(node: Any) -> Iterator[Change]:
    if node.head.when is not None:
        yield Change("condition dropped", replace(node, head=replace(node.head, when=None)))


def _settings(node: Any, *names: str) -> Iterator[Change]:
    """Yield a rule with the other values of its settings, where these are plain words."""
    for name in names:
        value, words = getattr(node, name), SETTINGS[name]
        word = value.name if isinstance(value, ast.Name) else words[0]
        if value is None or isinstance(value, ast.Name):
            for other in words:
                if other != word:
                    new = ast.Name(other, node.head.span)
                    yield Change("setting", replace(node, **{name: new}))


def words_beside(node: Any, setting: str) -> Iterator[Change]:
    """Yield the other words where a word of a setting stands in a larger expression."""
    words = SETTINGS[setting]
    if isinstance(node, ast.Name) and node.name in words:
        others = (word for word in words if word != node.name)
        yield from (Change("setting", replace(node, name=word)) for word in others)


# -- tables -------------------------------------------------------------------------------------


def _answers(table: m.Table, rulebook: m.Rulebook, owner: str) -> Iterator[Change]:
    """Yield the table with another value of the type where a row answers one without order."""
    types = {one.ref.name: one.type.name for one in table.outputs}
    values = unordered(rulebook, owner)
    for at, row in enumerate(table.rows):
        for index, (ref, value) in enumerate(row.then):
            known = values.get(types.get(ref.name, ""), ())
            if isinstance(value, ast.Name) and value.name in known and len(known) > 1:
                other = known[(known.index(value.name) + 1) % len(known)]
                then = _put(row.then, index, (ref, replace(value, name=other)))
                rows = _put(table.rows, at, replace(row, then=then))
                yield Change("answer", replace(table, rows=rows))


def _put(items: tuple[Any, ...], index: int, item: Any) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])


def unordered(rulebook: m.Rulebook, owner: str) -> dict[str, tuple[str, ...]]:
    """Return the values of each enumeration, and of the kinds of `owner`."""
    found = {e.head.id: tuple(v.head.id for v in e.values) for e in rulebook.enumerations}
    for subject in rulebook.subjects:
        if subject.kinds is not None:
            kinds = tuple(kind.head.id for kind in subject.kinds.values)
            found[f"{subject.head.id}.{subject.kinds.field}"] = kinds
            if subject.head.id == owner:
                found[subject.kinds.field] = kinds
    return found


# -- sets of criteria -----------------------------------------------------------------------------


def _moved_out(criteria: m.Criteria) -> Iterator[Change]:
    """Yield the criteria with each criterion missing from each set that holds it."""
    for at, one in enumerate(criteria.sets):
        for lost, members in _without_one(one.members, criteria):
            sets = _put(criteria.sets, at, replace(one, members=members))
            yield Change("set", replace(criteria, sets=sets), lost)


def _without_one(
    members: m.Everything | m.Except | m.Takes, criteria: m.Criteria
) -> Iterator[tuple[m.Ref, m.Takes]]:
    span = members.span
    match members:
        case m.Everything():
            takes = tuple(_take(group, item, span) for group, item in _items(criteria))
        case m.Takes():
            takes = tuple(take for one in members.takes for take in _single(one, criteria))
        case m.Except():
            return  # what is missing here stands in the set that is excepted
    for take, rest in zip(takes, one_less(takes), strict=True):
        yield take.item or take.group, m.Takes(rest, span)


def _items(criteria: m.Criteria) -> Iterator[tuple[m.CriterionGroup, m.Criterion]]:
    return ((group, item) for group in criteria.groups for item in group.items)


def _single(take: m.Take, criteria: m.Criteria) -> Iterator[m.Take]:
    """Yield what is taken item by item."""
    if take.item is not None:
        yield take
        return
    for group, item in _items(criteria):
        if group.head.id == take.group.name:
            yield replace(take, item=m.Ref(item.head.id, take.group.span))


def _take(group: m.CriterionGroup, item: m.Criterion, span: Any) -> m.Take:
    return m.Take(m.Ref(group.head.id, span), m.Ref(item.head.id, span))
