"""One more fact stated in the text of a case; all else of the text stays as it is.

In: a case file as read, an object of the case, and how a value of it is written. Out: the text with
that entry. What is stated by an entry that stands for several subjects (`repeat`), or that others
take over (`like`), is stated of all of them: `shared_by` says of whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.records import dataclass
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.source.writing import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.casefile.model import CaseFile, Written
    from khung.engine.facts import Entity
    from khung.source.nodes import Entry, Node

COMPLETE = "complete"
"""The key of what is whole."""

CRITERIA = "criteria"
"""The key under which grades stand."""


class Step(NamedTuple):
    """A list on the way to a record, and which element it is, from 0."""

    list: str
    place: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is stated: the entry of a subject, lists on the way, and the key."""

    type: str
    entry: str
    steps: tuple[Step, ...]
    name: str


def place_of(case_file: CaseFile, entity: Entity, name: str) -> Place | None:
    """Return where a fact or criterion of an object is stated; None if its list is elsewhere."""
    top, steps = _way(entity)
    if steps is None:
        return None
    entry = _entry_of(case_file, top)
    if entry is not None and steps:
        entry = _stating(case_file, top.type.name, entry, steps[0].list)
    return None if entry is None else Place(top.type.name, entry.id.name, steps, name)


def shared_by(case_file: CaseFile, place: Place) -> tuple[str, ...]:
    """Return the ids of the subjects of whom an entry states something: itself and who is like."""
    key = place.steps[0].list if place.steps else place.name
    own = _entries(case_file, place.type)
    found: list[str] = []
    for entry in own.values():
        at: Written | None = entry
        while at is not None and at.id.name != place.entry and not _states(at, key):
            at = own.get(at.like.name) if at.like is not None else None
        if at is not None and at.id.name == place.entry:
            found += entry.ids
    return tuple(found)


def _way(entity: Entity) -> tuple[Entity, tuple[Step, ...] | None]:
    """Return the subject that holds an object, and the lists on the way to it."""
    steps: list[Step] = []
    while entity.owner is not None:
        holder, name = entity.owner, entity.id.partition("[")[0]
        stated = holder.facts.get(name)
        items = getattr(getattr(stated, "least", None), "items", ())
        place = next((i for i, item in enumerate(items) if item.value.least is entity), None)
        if place is None:
            return entity, None
        steps.insert(0, Step(name, place))
        entity = holder
    return entity, tuple(steps)


def _entries(case_file: CaseFile, type_name: str) -> dict[str, Written]:
    groups = (group for group in case_file.subjects if group.type.name == type_name)
    return {entry.id.name: entry for group in groups for entry in group.entries}


def _entry_of(case_file: CaseFile, entity: Entity) -> Written | None:
    own = _entries(case_file, entity.type.name).values()
    return next((entry for entry in own if entity.id in entry.ids), None)


def _stating(case_file: CaseFile, type_name: str, entry: Written, key: str) -> Written | None:
    """Return the entry that states a list: the one itself, or one that it is like."""
    own, at = _entries(case_file, type_name), entry
    while not _states(at, key):
        other = own.get(at.like.name) if at.like is not None else None
        if other is None:
            return None
        at = other
    return at


def _states(entry: Written, name: str) -> bool:
    group, _, item = name.partition(".")
    if group == CRITERIA and item:
        return any(one.key == item for one in entry.criteria)
    return any(one.key == name for one in entry.facts)


# -- the text ---------------------------------------------------------------------------------


def with_stated(root: Node, place: Place, said: str) -> str:
    """Return the text of a case in which a value is stated, in the place of one that was there.

    Args:
        root: The case as nodes.
        place: Where.
        said: The value in YAML, on one line.
    """
    *_, at = _keys(root, place)
    text, inside = at.key_span.file.text, at.value
    for step in place.steps:
        inside = _element(inside, step)
    group, _, item = place.name.partition(".")
    if group == CRITERIA and item:
        return _put_grade(text, at, inside, item, said)
    return _put(text, at, inside, place.name, said)


def with_whole(root: Node, name: str) -> str:
    """Return the text of a case that says of one list more that it is whole.

    Args:
        root: The case as nodes, in which not all is said to be whole.
        name: The list, as `TYPE.ID.LIST`.
    """
    assert isinstance(root, Mapping)  # noqa: S101  # it was read as a case
    said, first = root.get(COMPLETE), root.entries[0]
    names = [item.span.text for item in said.items] if isinstance(said, Sequence) else []
    is_plain = all(scalar(part) == part for part in name.split("."))
    names.append(name if is_plain else scalar(name))
    return _put(first.key_span.file.text, first, root, COMPLETE, f"[{', '.join(names)}]")


def _keys(root: Node, place: Place) -> Iterator[Entry]:
    """Yield the entries on the way to that of a subject."""
    node = root
    for key in ("subjects", place.type, place.entry):
        assert isinstance(node, Mapping)  # noqa: S101  # it was read as a case
        found = next(entry for entry in node.entries if entry.key == key)
        yield found
        node = found.value


def _element(node: Node, step: Step) -> Node:
    assert isinstance(node, Mapping)  # noqa: S101  # as above
    held = node.get(step.list)
    assert isinstance(held, Sequence)  # noqa: S101  # as above
    return held.items[step.place]


def _put_grade(text: str, at: Entry, inside: Node, item: str, said: str) -> str:
    held = next((e for e in getattr(inside, "entries", ()) if e.key == CRITERIA), None)
    if held is not None and isinstance(held.value, Mapping):
        return _put(text, held, held.value, item, said)
    return _put(text, at, inside, CRITERIA, f"{{{item}: {said}}}")


def _put(text: str, at: Entry, inside: Node, key: str, said: str) -> str:
    """Return a text with `key: said` in a mapping, which is the value of the entry `at`."""
    if not isinstance(inside, Mapping):
        return _instead(text, at, inside, f"{{{key}: {said}}}")
    known = next((entry for entry in inside.entries if entry.key == key), None)
    if known is not None:
        return _instead(text, known, known.value, said)
    if text[inside.span.start : inside.span.start + 1] == "{":
        return _in_flow(text, inside, f"{key}: {said}")
    return _as_line(text, inside, f"{key}: {said}")


def _in_flow(text: str, inside: Mapping, line: str) -> str:
    """Return a text with an entry in a mapping in brackets: at its end, if that can be told."""
    last = inside.entries[-1].value.span if inside.entries else None
    if last is not None and last.text.strip():
        return f"{text[: last.end]}, {line}{text[last.end :]}"
    start, more = inside.span.start + 1, ", " if inside.entries else ""
    return f"{text[:start]}{line}{more}{text[start:]}"


def _instead(text: str, at: Entry, node: Node, said: str) -> str:
    """Return a text with a value in the place of another, which may be nothing, or lines below."""
    said_now = node.span.text.strip()
    if said_now and "\n" not in text[at.key_span.end : node.span.start]:
        return f"{text[: node.span.start]}{said}{text[node.span.end :]}"
    colon = text.index(":", at.key_span.end) + 1
    end = node.span.end if said_now else colon
    return f"{text[:colon]} {said}{text[end:]}"


def _as_line(text: str, inside: Mapping, line: str) -> str:
    """Return a text with a line in a mapping: after the last entry that is one line, else first."""
    first = inside.entries[0].key_span.start
    indent = " " * (first - text.rfind("\n", 0, first) - 1)
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    after = [entry for entry in inside.entries if _is_line(text, entry)]
    if not after:
        return f"{text[:first]}{line}{end_of_line}{indent}{text[first:]}"
    end = text.find("\n", after[-1].value.span.end)
    end = len(text) if end < 0 else end - (text[end - 1] == "\r")
    return f"{text[:end]}{end_of_line}{indent}{line}{text[end:]}"


def _is_line(text: str, entry: Entry) -> bool:
    """Whether an entry stands on one line of its own, so that another may follow that line."""
    start, end = entry.key_span.start, max(entry.key_span.end, entry.value.span.end)
    opens = text[entry.value.span.start : entry.value.span.start + 1]
    is_flow = opens in ("{", "[") or isinstance(entry.value, Scalar)
    return is_flow and "\n" not in text[start:end] and bool(entry.value.span.text.strip())
