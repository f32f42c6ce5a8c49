"""What a case says is whole: names of subject types, and of single lists.

A list is named `TYPE.ID.LIST`; the id is all that stands between the first and the last dot. It is
a back list, or a list that the subject states itself.

Reports: K0633, K0635, K0636.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from khung.diagnostics.suggest import listed, nearest, nearest_id
from khung.engine.facts import Whole
from khung.engine.values import Value
from khung.ir import types as t

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.ir.program import ObjectType, Program
    from khung.rulebook.model import Ref

Path = tuple[str, str, str]
"""A list as type, id and name."""


def whole_of(
    complete: Literal[True] | tuple[Ref, ...],
    program: Program,
    entities: Mapping[str, Mapping[str, Entity]],
    bag: Bag,
) -> Whole:
    """Return what a case says is whole; report each name that is not of a list."""
    if complete is True:
        return Whole(everything=True)
    types = {ty.name for ty in program.subjects}
    named = tuple(ref for ref in complete if ref.name in types)
    lists = (_list_of(r, program, entities, bag) for r in complete if r.name not in types)
    return Whole(
        types=frozenset(ref.name for ref in named),
        lists=frozenset(path for path in lists if path is not None),
    )


def _list_of(
    ref: Ref, program: Program, entities: Mapping[str, Mapping[str, Entity]], bag: Bag
) -> Path | None:
    """Return the list that a name stands for; None after a diagnostic."""
    type_name, _, rest = ref.name.partition(".")
    owner, _, name = rest.rpartition(".")
    subjects = {ty.name: ty for ty in program.subjects}
    made = entities.get(type_name, {})
    ways = (("type", type_name, subjects), ("owner", owner or rest, made))
    for what, part, known in (*ways, ("list", name, _lists_of(subjects.get(type_name)))):
        if part not in known:
            _refuse(ref, what, part, known, bag)
            return None
    stated = made[owner].facts.get(name)
    if isinstance(stated, Value) and (stated.why or stated.least.unseen != 0):
        code = "K0636" if stated.why else "K0635"
        bag.add(code, ref.span, at="complete", name=ref.name, list=name)
        return None
    return type_name, owner, name


def _lists_of(declared: ObjectType | None) -> Collection[str]:
    if declared is None:
        return ()
    own = (fact.name for fact in declared.facts.values() if isinstance(fact.ty, t.List))
    gathered = (one.name for one in declared.back_lists.values() if not one.below)
    return (*gathered, *own)


def _refuse(ref: Ref, what: str, part: str, known: Collection[str], bag: Bag) -> None:
    names = tuple(known)
    near = (nearest_id if what == "owner" else nearest)(part, names)
    bag.add(
        "K0633",
        ref.span,
        help="near" if near else what if names else "",
        at="complete",
        name=ref.name,
        part=part,
        known=listed(names, 12),
        near=ref.name.replace(part, near, 1) if near else "",
    )
