"""What lowering looks up in a rulebook, as traces know it (`memo`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.ir.entries import stages_of
from khung.ir.memo import Tracer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.declare import Declarations
    from khung.ir.memo import Found, Memo


def tracer_of(memo: Memo, declared: Declarations) -> Tracer:
    """Return the tracer of a rulebook of which nothing is lowered yet."""
    memo.rulebooks += [declared.rulebook] if declared.rulebook else []
    for owner in declared.objects.values():
        for name, member in owner.members.items():
            owner.members[name] = memo.same((owner.name, name), member)
    there = {(o.name, name) for o in declared.objects.values() for name in o.members}
    kept = memo.of_shape(_shape(declared))
    return Tracer(kept, declared.bag, set(_found(declared)), there)


def _found(declared: Declarations) -> Iterator[Found]:
    rulebook = declared.rulebook
    assert rulebook is not None  # noqa: S101  # as below
    for owner in declared.objects.values():
        yield "members", owner.name, tuple(owner.members)
        yield from ((owner.name, name, id(member)) for name, member in owner.members.items())
        yield from (
            ("criterion", owner.name, name, id(group), id(item))
            for name, (group, item) in owner.criteria.items()
        )
    yield from (("parameter", one.head.id, id(one)) for one in rulebook.parameters)
    for name, option in declared.chosen.items():
        yield "reading", name, option, declared.values[f"readings.{name}"].values
    yield from (("value", one.head.id, id(one)) for one in rulebook.readings)


def _shape(declared: Declarations) -> Any:
    rulebook = declared.rulebook
    assert rulebook is not None  # noqa: S101  # bare expressions have no memo
    subjects = {one.head.id: (one.kinds, stages_of(one)) for one in rulebook.subjects}
    calendars = tuple((one, one.days) for one in declared.calendars.values())
    values = {n: one for n, one in declared.values.items() if not n.startswith("readings.")}
    return values, subjects, calendars, rulebook.period, rulebook.document
