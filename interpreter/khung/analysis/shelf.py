"""Rulebooks taken from disk once each, and made ready once for each choice of readings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from khung import paths
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import decode, load_written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from khung.diagnostics.model import Diagnostic
    from khung.ir.program import Program
    from khung.rulebook.folder import Written
    from khung.rulebook.model import Rulebook


@dataclass(frozen=True, slots=True)
class Loaded:
    """A rulebook as read: its nodes, and what they say; None where they cannot be read."""

    folder: Path
    written: Written | None
    rulebook: Rulebook | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A rulebook under some readings; `program` is None where it is invalid."""

    loaded: Loaded
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class Shelf:
    """Keeps what it has read."""

    _loaded: dict[Path, Loaded] = field(default_factory=dict)
    _ready: dict[tuple[Path, tuple[tuple[str, str], ...]], Ready] = field(default_factory=dict)

    def load(self, folder: Path) -> Loaded:
        """Return the rulebook of a folder."""
        folder = paths.nearby(folder)
        if folder not in self._loaded:
            bag = Bag()
            written = load_written(folder, bag)
            rulebook = None if written is None else decode(written, bag)
            self._loaded[folder] = Loaded(folder, written, rulebook, bag.diagnostics)
        return self._loaded[folder]

    def ready(self, folder: Path, readings: Mapping[str, str]) -> Ready:
        """Return the rulebook of a folder under `readings`; the others are as it chooses."""
        loaded = self.load(folder)
        asked = _other(loaded, readings)
        key = (loaded.folder, tuple(sorted(asked.items())))
        if key not in self._ready:
            self._ready[key] = make_ready(loaded, asked)
        return self._ready[key]


def _other(loaded: Loaded, readings: Mapping[str, str]) -> dict[str, str]:
    """Return the options that are not those that the rulebook chooses itself."""
    own = {r.head.id: r.chosen.name for r in loaded.rulebook.readings} if loaded.rulebook else {}
    return {name: option for name, option in readings.items() if own.get(name) != option}


def make_ready(loaded: Loaded, readings: Mapping[str, str]) -> Ready:
    """Return a rulebook under `readings`, with all that is said of it."""
    if loaded.rulebook is None:
        return Ready(loaded, None, loaded.diagnostics)
    bag = Bag()
    program = lower_rulebook(loaded.rulebook, readings, bag)
    said = (*loaded.diagnostics, *bag.diagnostics)
    sound = not any(is_error(diagnostic) for diagnostic in said)
    return Ready(loaded, program if sound else None, said)
