"""A name that means something, but not where it stands: which names may stand there instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest
from khung.ir import types as t
from khung.ir.declare import Sort

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.ir.declare import Declared
    from khung.ir.scope import Scope
    from khung.text import Span

_MOST = 8  # names that advice lists
_FIXED = {"period": "from", "stages": "standard", "calendars": "…", "tables": "…", "criteria": "…"}
"""What is read of a reserved name, where no entry of the rulebook is an example."""


def report(name: str, span: Span, scope: Scope, known: Sequence[str]) -> bool:
    """Report a name that may not be read at a place (K0354); say whether it was one."""
    rulebook = scope.declared.rulebook
    found = None if rulebook is None else next(_ways(name, scope), None)
    if found is None:
        return False
    advice, owner, path = found
    if advice == "elsewhere" and nearest(name, known):
        return False
    named = tuple(known)[:_MOST]
    scope.bag.add("K0354", span, help=advice, name=name, owner=owner, path=path, known=named)
    return True


def report_alone(name: str, span: Span, scope: Scope) -> None:
    """Report a word that stands where something of it is read (K0354)."""
    path = alone(name, scope)
    scope.bag.add("K0354", span, help="alone", name=name, owner="", path=path, known=())


def alone(name: str, scope: Scope) -> str:
    """Return an example of what is read of a reserved name; empty of any other."""
    rulebook = scope.declared.rulebook
    heads = {
        "parameters": [one.head for one in rulebook.parameters] if rulebook else [],
        "readings": [one.head for one in rulebook.readings] if rulebook else [],
    }
    inside = next((head.id for head in heads.get(name, ())), _FIXED.get(name, ""))
    return f"{name}.{inside}" if inside else ""


def _ways(name: str, scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Yield which advice fits, with who has what is named, and how it is read."""
    own = _own(scope)
    if own is None:
        yield "constant", "", ""
    if name in ("stages", "owner"):
        yield name, "", ""
    path = alone(name, scope)
    if path:
        yield (
            ("criteria" if name == "criteria" and not (own and own.criteria) else "alone"),
            "",
            path,
        )
    if own is not None:
        yield from _of_rulebook(name, own, scope)
        yield from _elsewhere(name, own, scope)


def _of_rulebook(name: str, own: Declared, scope: Scope) -> Iterator[tuple[str, str, str]]:
    rulebook = scope.declared.rulebook
    if rulebook is None:
        return
    parameters = {one.head.id for one in rulebook.parameters}
    readings = {one.head.id for one in rulebook.readings}
    for space, names in (("parameters", parameters), ("readings", readings)):
        if name in names:
            yield "space", "", f"{space}.{name}"
    if name in own.criteria:
        yield "space", "", f"criteria.{name}"


def _elsewhere(name: str, own: Declared, scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Yield those who have a member of the name: whom a link leads to, who are listed, others."""
    objects = scope.declared.objects
    for member in own.members.values():
        is_list = isinstance(member.ty, t.List)
        element = member.ty.element if isinstance(member.ty, t.List) else member.ty
        if member.sort is Sort.SET or not isinstance(element, t.Object):
            continue
        if element.name in objects and name in objects[element.name].members:
            yield (
                ("listed", element.name, member.name)
                if is_list
                else (("path", element.name, f"{member.name}.{name}"))
            )
    for other in objects.values():
        if name in other.members and t.names_of(other.name) == (other.name,):
            yield "elsewhere", other.name, ""


def _own(scope: Scope) -> Declared | None:
    ty = None if scope.self is None else scope.self.ty
    return scope.declared.objects.get(ty.name) if isinstance(ty, t.Object) else None
