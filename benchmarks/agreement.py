"""Contenders are compared before they are timed: a fast wrong answer is worth nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.contenders.contender import Contender
    from benchmarks.records import Outcome, Record


class DisagreementError(Exception):
    """Two contenders give one record different levels or reasons."""


def compare(records: Sequence[Record], contenders: Sequence[Contender]) -> list[Outcome]:
    """Return what all contenders agree on, record by record.

    Levels are compared for all, reasons for those that give them.

    Raises:
        DisagreementError: With the first records on which some differ.
    """
    first, *others = contenders
    agreed = first.answers()
    for other in others:
        found = list(_differences(records, agreed, other.answers()))
        if found:
            told = "\n".join(found[:5])
            message = f"{first.name} and {other.name} differ on {len(found)} records:\n{told}"
            raise DisagreementError(message)
    return agreed


def _differences(
    records: Sequence[Record], left: Sequence[Outcome], right: Sequence[Outcome]
) -> Iterator[str]:
    for record, one, two in zip(records, left, right, strict=True):
        both_say_why = one.reasons is not None and two.reasons is not None
        if one.level != two.level or (both_say_why and one.reasons != two.reasons):
            yield f"  {record}\n    {one}\n    {two}"
