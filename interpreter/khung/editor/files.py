"""Which files an editor may ask about, and what belongs together.

A file of a folder with a manifest belongs to that rulebook; any other YAML file that names a
rulebook is a case. Each is a `Target`: what is read, checked and told as one.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.patterns import pattern
from khung.records import dataclass
from khung.rulebook.folder import MANIFEST, POPULATION

if TYPE_CHECKING:
    from collections.abc import Container

_SUFFIXES = (".yaml", ".yml")
_OF_A_CASE = pattern(r"(?m)^(?:rulebook|subjects|case)[ \t]*:")


class Kind(Enum):
    """What is read as one."""

    RULEBOOK = "rulebook"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Target:
    """A rulebook by its folder, or a case by its file; both paths from the root."""

    kind: Kind
    path: str

    @property
    def place(self) -> Path:
        """Where it is."""
        return Path(self.path)

    def main_file(self) -> str:
        """Return the file at whose start that is told which has no place."""
        return str(self.place / MANIFEST) if self.kind is Kind.RULEBOOK else self.path


def target_of(path: str, text: str, open_files: Container[str]) -> Target | None:
    """Return what a file belongs to; None if it is nothing of khung's.

    Args:
        path: The file, from the root.
        text: What the editor holds of it.
        open_files: The paths of all that it holds: a manifest may not be on disk yet.
    """
    file = Path(path)
    if file.suffix.lower() not in _SUFFIXES or file.name == POPULATION:
        return None
    manifest = file.parent / MANIFEST
    if str(manifest) in open_files or paths.is_file(manifest):
        return Target(Kind.RULEBOOK, str(file.parent))
    return Target(Kind.CASE, path) if _OF_A_CASE.search(text) else None
