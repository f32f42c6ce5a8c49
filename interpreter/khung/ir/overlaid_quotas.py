"""Quotas of a base and overlays of it as one: a group has the limits of the unit that its key is.

Overlays have no quotas of their own, but those of the base may read a parameter that they set. Then
what a quota says is a choice by the part of the program: its limits, order and base by that of the
key of a group, if a key is a subject; who competes, and in which group, by that of each member.

Reports: K0676.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.ir import nodes as n
from khung.ir.program import Definition
from khung.ir.types import BOOLEAN, Object
from khung.records import dataclass, fields_of, is_record, replace
from khung.rulebook.model import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program, Quota
    from khung.text import Span

_OF_MEMBERS = frozenset({"head", "per", "keys", "within", "competes"})
"""What a quota reads of each member for itself."""

_OF_NOBODY = frozenset({"level", "rounding", "small_group", "ties", "others"})
"""What it reads of no subject, so that it is the same for all groups."""


def mark_of(overlay: str) -> str:
    """Return the name of the definition that says whether an object is under an overlay."""
    return f"overlays.{overlay}"


def united(
    name: str, programs: Mapping[str, Program], span: Span, bag: Bag
) -> tuple[tuple[Quota, ...], bool]:
    """Return the quotas of a type as all parts have them together, and whether they differ.

    Args:
        name: The type.
        programs: The parts of a program, the base first, under its empty name.
        span: Where a case names overlays.
        bag: Where to report what cannot be chosen.
    """
    base = programs[""].objects[name].quotas
    made = []
    for place, quota in enumerate(base):
        variants = {part: p.objects[name].quotas[place] for part, p in programs.items()}
        made.append(_Choice(None, name, quota.head.id, span, bag).of(variants, "quotas"))
    return tuple(made), tuple(made) != base


def marks(part: str, programs: Mapping[str, Program], span: Span) -> dict[str, Definition]:
    """Return what says of an object under which overlay it is, for those under one part."""
    return {
        mark_of(overlay): Definition(
            mark_of(overlay),
            BOOLEAN,
            n.Literal(value=overlay == part, ty=BOOLEAN, span=span),
            program.title,
            (),
        )
        for overlay, program in programs.items()
        if overlay
    }


@dataclass(frozen=True, slots=True)
class _Choice:
    """How a part of a quota is chosen: by which subject, or None where all have the base's.

    A `setting` is one of those that no subject is asked for, of which there can be no choice.
    """

    subject: n.Node | None
    owner: str
    rule: str
    span: Span
    bag: Bag
    setting: str = ""

    def of(self, variants: Mapping[str, Any], key: str) -> Any:
        """Return what stands in a quota, as each part of the program has it, under a key."""
        first, *others = variants.values()
        if isinstance(first, Label) or all(other == first for other in others):
            return first  # a text says the value under which its own part runs: see `overlaid`
        if self.setting:
            return self._refused(first, self.setting)
        if isinstance(first, n.Node):
            return self._node(variants)
        if isinstance(first, tuple) and all(len(other) == len(first) for other in others):
            return tuple(
                self.of({part: one[place] for part, one in variants.items()}, key)
                for place in range(len(first))
            )
        if is_record(type(first)) and all(type(other) is type(first) for other in others):
            inside = {
                name: self._by(name, first).of(
                    {part: getattr(one, name) for part, one in variants.items()}, name
                )
                for name in fields_of(type(first))
            }
            return replace(first, **inside)
        return self._refused(first, key)

    def _by(self, name: str, held: Any) -> _Choice:
        """Return how what stands under a name is chosen."""
        if name in _OF_MEMBERS:
            return replace(self, subject=n.Variable("self", 0, Object(self.owner), self.span))
        if name in _OF_NOBODY:
            return replace(self, subject=None, setting=name)
        keys = getattr(held, "keys", None) or getattr(held, "per", None)
        if keys is None:
            return self
        by = next((key for key in keys if isinstance(key.ty, Object)), None)
        return replace(self, subject=by)

    def _node(self, variants: Mapping[str, n.Node]) -> n.Node:
        found = variants[""]
        if self.subject is None or not isinstance(self.subject.ty, Object):
            return found
        for overlay, node in variants.items():
            if node != variants[""]:
                is_under = n.Defined(
                    self.subject,
                    self.subject.ty.name,
                    mark_of(overlay),
                    BOOLEAN,
                    found.span,
                )
                found = n.If(is_under, node, found, found.ty, found.span)
        return found

    def _refused(self, first: Any, key: str) -> Any:
        self.bag.add("K0676", self.span, at="overlays", rule=self.rule, setting=key)
        return first
