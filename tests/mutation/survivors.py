"""Mutants that no case notices, and why that is so: those that are listed, those that are new."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

LIST = Path(__file__).with_name("survivors.yaml")
"""By rulebook, a list of `{because, mutants: [NAME]}`."""


@dataclass(frozen=True)
class Compared:
    """Survivors against the list.

    Attributes:
        new: Those that are not listed.
        explained: Those that are, each with the reason.
        noticed: Those listed that a case notices now, or that are proved to change nothing.
        gone: Those listed that are no mutants any more.
    """

    new: tuple[str, ...]
    explained: Mapping[str, str]
    noticed: tuple[str, ...]
    gone: tuple[str, ...]


def listed(rulebook: str, path: Path = LIST) -> dict[str, str]:
    """Return the survivors that are known of a rulebook, each with its reason."""
    groups = (yaml.safe_load(path.read_text("utf-8")) or {}).get(rulebook) or []
    return {name: group["because"] for group in groups for name in group["mutants"]}


def compared(
    survived: set[str], tried: set[str], every: set[str], known: Mapping[str, str]
) -> Compared:
    """Compare survivors with those known; of what was not tried nothing is said."""
    return Compared(
        tuple(sorted(name for name in survived if not known.get(name))),
        {name: known[name] for name in sorted(survived) if known.get(name)},
        tuple(sorted(name for name in known if name in tried - survived)),
        tuple(sorted(name for name in known if name not in every)),
    )
