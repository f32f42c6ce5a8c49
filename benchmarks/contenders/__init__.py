"""The same rules in the hands of each contender, a module each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from benchmarks.contenders.contender import Absent, Contender

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.records import Record

MODULES = {
    "khung": "by_khung",
    "hand-written function": "by_hand",
    "zen-engine": "by_zen",
    "openfisca-core": "by_openfisca",
}


def gather(records: Sequence[Record]) -> Iterator[Contender | Absent]:
    """Yield every contender over some records; one whose package is missing as absent."""
    for name, module in MODULES.items():
        try:
            found = import_module(f"benchmarks.contenders.{module}")
        except ModuleNotFoundError as missing:
            yield Absent(name, f"{missing.name} is not installed")
        else:
            yield from found.contenders(records)
