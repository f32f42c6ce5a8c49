"""Others of whom nothing is asked, but that a case has to state: lists are as long as is said.

Whoever may be in a list has to say where he is, and a count has to have as many as it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.rulebook.model.parts import ABSENT
from khung.smt.model import Model, NotSayableError
from khung.smt.space import ANY

if TYPE_CHECKING:
    from khung.ir.program import BackList, Link, ObjectType

_MOST_COPIES = 9999

Subjects = dict[str, dict[str, dict[str, Any]]]


def fill_up(reader: Model, subjects: Subjects) -> None:
    """State others until no list that is asked is open.

    Raises:
        NotSayableError: There would be too many of them, or fewer than there are.
    """
    _count(reader, subjects)
    _lead_on(reader, subjects)


def _count(reader: Model, subjects: Subjects) -> None:
    """State as many others as the counts of lists say there are."""
    for kind in [*subjects]:
        for _, declared in reader.declared(kind)[:1]:
            for back in declared.back_lists.values():
                for name, stated in [*subjects[kind].items()]:
                    if back.complete in stated and not back.below:
                        _fill_list(reader, subjects, (name, stated[back.complete]), back)


def _fill_list(reader: Model, subjects: Subjects, one: tuple[str, Any], back: BackList) -> None:
    name, count = one
    there = subjects.get(back.holder, {}).values()
    listed = sum(int(one.get("repeat", 1)) for one in there if one.get(back.link) == name)
    if count != int(count) or not listed <= count <= _MOST_COPIES:
        raise NotSayableError(back.complete)
    if count == listed:
        return
    stated: dict[str, Any] = {"repeat": int(count) - listed} if count - listed > 1 else {}
    stated |= anybody(reader.declared(back.holder)[0][1])
    subjects.setdefault(back.holder, {})[f"{name}_more"] = {**stated, back.link: name}


def anybody(declared: ObjectType) -> dict[str, Any]:
    """Return what has to be stated of a subject of whom nothing is asked."""
    stated: dict[str, Any] = {}
    if declared.kinds is not None:
        stated[declared.kind_field] = declared.kinds.values[0]
    if declared.ladder is not None:
        stated["given"] = {"status": "not_ranked"}
    return stated


def _lead_on(reader: Model, subjects: Subjects) -> None:
    """Say of who says nothing of a link that he is in none of the lists that are asked."""
    sources = reader.question.lists.found.values()
    links = {s.back for s in sources if s.back and ANY not in s.path}
    todo = [(kind, name) for kind in subjects for name in subjects[kind]]
    while todo:
        kind, name = todo.pop()
        for _, declared in reader.declared(kind)[:1]:
            for link in declared.links.values():
                if link.name in links and link.name not in subjects[kind][name]:
                    todo += _elsewhere(reader, subjects, (kind, name), link)


def _elsewhere(
    reader: Model, subjects: Subjects, one: tuple[str, str], link: Link
) -> list[tuple[str, str]]:
    """Lead a link nowhere, or to somebody else; return who was stated for it."""
    kind, name = one
    if link.absent or (link.tree and not link.optional):
        return []
    if link.optional:
        subjects[kind][name][link.name] = ABSENT
        return []
    if link.applies is not None:  # whether it does hangs on what nobody asked
        return []
    there, other = subjects.setdefault(link.to, {}), f"other_{link.name}"
    subjects[kind][name][link.name] = other
    if other in there:
        return []
    there[other] = anybody(reader.declared(link.to)[0][1])
    return [(link.to, other)]
