"""The names that a case can use, and what was meant by one that it cannot.

A generated case may hold the same mistake ten thousand times, so looking for the nearest name is
done once for each, and among ids only as long as it is cheap.

Reports: K0614.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import bare, listed, nearest
from khung.ir import types as t
from khung.ir.program import Fact
from khung.ir.words import type_word
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.program import Link, ObjectType, Program, Values
    from khung.rulebook.model import Label
    from khung.text import Span


def input_of(ty: ObjectType, name: str) -> Fact | Link | None:
    """Return the fact or link that a case may state under a name; the kind is a fact too."""
    found = ty.facts.get(name) or ty.links.get(name)
    if found is None and ty.kinds is not None and name == ty.kind_field:
        return kind_fact(ty)
    return found


def kind_fact(ty: ObjectType) -> Fact:
    """Return the fact that tells the kind of a subject."""
    assert ty.kinds is not None  # noqa: S101  # asked only of what has kinds
    return Fact(ty.kind_field, t.Enumeration(ty.kinds.name), ty.kinds.label, ())


# -- what was meant ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name that is no input of an object is: which advice of K0610 holds, and its names."""

    advice: str
    other: str = ""
    holder: str = ""


def meant_by(name: str, ty: ObjectType, program: Program) -> Meant:
    """Return what somebody who states `name` of an object should do instead."""
    if name in ty.definitions:
        return Meant("computed")
    if name in ty.criteria:
        return Meant("criterion")
    if name in ty.back_lists:
        back = ty.back_lists[name]
        return Meant("back", back.link, back.holder)
    holders = [other.name for other in program.subjects if input_of(other, name)]
    if holders:
        return Meant("elsewhere", holders[0])
    labels = {n: fact.label for n, fact in ty.facts.items()}
    labels.update((n, link.label) for n, link in ty.links.items())
    near = labelled(name, labels) or nearest(name, (*labels, ty.kind_field))
    return Meant("near", near) if near else Meant("")


def labelled(text: str, labels: Mapping[str, Label | None]) -> str | None:
    """Return the name whose label a text is: people write what they read."""
    meant = bare(text)
    for name, label in labels.items():
        if label is not None and meant in (bare(label.vi), bare(label.en)):
            return name
    return None


def unknown_value(
    name: str, values: Values, span: Span, at: str, program: Program, bag: Bag
) -> None:
    """Report a level, option or kind that is not one; say whose it is."""
    near = labelled(name, values.labels) or nearest(name, values.values)
    others = [v.name for v in program.values.values() if name in v.values and _is_data(v)]
    advice = "other" if others else "near" if near else ""
    ty = t.Scale(values.name) if values.ordered else t.Enumeration(values.name)
    bag.add(
        "K0614",
        span,
        help=advice,
        at=at,
        value=name,
        type=type_word(ty),
        near=near or "",
        other=others[0] if others else "",
        known=listed(values.values, 12),
    )


def _is_data(values: Values) -> bool:
    return not values.name.startswith("readings.")  # options are never stated as facts


@dataclass(slots=True)
class NearIds:
    """Finds the id that was meant. `left` is how many ids may still be compared."""

    left: int = 100_000

    def nearest(self, name: str, ids: Collection[str]) -> str | None:
        """Return the id nearest to `name`; None where there is none, or looking costs too much."""
        if len(ids) > self.left:
            return None
        self.left -= len(ids)
        return nearest(name, ids)
