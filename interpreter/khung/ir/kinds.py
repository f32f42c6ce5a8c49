"""The kinds of a subject and their attributes, as values to be looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from khung.ir.program import Values
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.diagnostics.bag import Bag

    Unknown = Callable[..., None]


class Declaring(Protocol):
    """Where values are declared, and slips reported."""

    values: dict[str, Values]
    bag: Bag


def declare_kinds(
    declared: Declaring, subject: m.Subject, kinds: m.Kinds, unknown: Unknown
) -> None:
    """Declare the kinds of a subject, and for each attribute the values that they give it.

    Args:
        declared: Where to, with the enumerations of the rulebook in it.
        subject: Whose kinds they are.
        kinds: The kinds.
        unknown: `declare.unknown`, handed down so that this need not import it.

    Reports: K0434 (a kind without an attribute that others have), K0201.
    """
    name = f"{subject.head.id}.{kinds.field}"
    labels = {k.head.id: k.head.label or m.Label(k.head.id) for k in kinds.values}
    declared.values[name] = Values(name, tuple(labels), labels)
    attributes = dict.fromkeys(a for kind in kinds.values for a, _ in kind.attributes)
    for kind in kinds.values:
        for attribute in attributes:
            if attribute not in dict(kind.attributes):
                declared.bag.add("K0434", kind.head.span, name=attribute, kind=kind.head.id)
    for attribute in attributes:
        used = {v.name: v for k in kinds.values for a, v in k.attributes if a == attribute}
        own, said = f"{name}.{attribute}", _labels(declared, attribute, used, unknown)
        named = declared.values.get(attribute)
        label = named.label if named else None
        declared.values[own] = Values(own, tuple(used), said, label)


def _labels(
    declared: Declaring, attribute: str, used: Mapping[str, m.Ref], unknown: Unknown
) -> dict[str, m.Label]:
    """Return labels from the enumeration of the attribute's name, which must have all values."""
    named = declared.values.get(attribute)
    if named is None:
        return {name: m.Label(name) for name in used}
    for name, ref in used.items():
        if name not in named.labels:
            unknown(declared.bag, "value", name, ref.span, named.values)
    return {name: named.labels.get(name, m.Label(name)) for name in used}
