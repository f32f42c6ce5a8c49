"""Small rulebooks for tests, written file by file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.rulebook.from_source import load_rulebook

if TYPE_CHECKING:
    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.model import Rulebook

RULEBOOKS = Path(__file__).parents[1] / "rulebooks"
"""The made-up rulebooks that several tests read."""


def is_whole(folder: Path) -> bool:
    """Say whether a rulebook extends no other."""
    return "\nextends:" not in (folder / "rulebook.yaml").read_text("utf-8")


WHOLE = tuple(filter(is_whole, sorted(RULEBOOKS.iterdir())))
"""Those that extend no other: each of their files can be read by itself."""

MANIFEST = """\
khung: 1
id: small
title: A small rulebook
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
"""


@dataclass(frozen=True)
class Loaded:
    """What came out of a folder."""

    rulebook: Rulebook | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def found(self) -> list[tuple[str, str]]:
        """Each code with the text that it underlines."""
        return [(d.code, d.span.text if d.span else "") for d in self.diagnostics]

    @property
    def sound(self) -> Rulebook:
        """The rulebook, of which nothing is said."""
        assert self.found == []
        assert self.rulebook is not None
        return self.rulebook


def load(folder: Path) -> Loaded:
    """Load a folder."""
    bag = Bag()
    return Loaded(load_rulebook(folder, bag), bag.diagnostics)


def load_files(folder: Path, **files: str) -> Loaded:
    """Write files (`subject="…"` is subject.yaml) beside a plain manifest, and load them."""
    for name, text in {"rulebook": MANIFEST, **files}.items():
        (folder / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
    return load(folder)
