"""The rulebooks that an editor asks about: their names, and the schema of their cases."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from khung.analysis.case_schema import case_schema
from khung.casefile.find import find_rulebook
from khung.diagnostics.bag import Bag
from khung.editor.files import Kind
from khung.editor.index import index_of
from khung.editor.reading import load_kept
from khung.patterns import pattern
from khung.records import dataclass
from khung.rulebook.keeping import Keeping
from khung.source.files import place_of, read_source

if TYPE_CHECKING:
    from pathlib import Path

    from khung.editor.files import Target
    from khung.editor.index import Index
    from khung.ir.program import Program

RULEBOOK = pattern(r"(?m)^rulebook:\s*(?:\{\s*id:\s*)?[\"']?([^\s\"',}#]+)")
"""How a case names its rulebook."""


@dataclass(slots=True)
class Library:
    """What is known of rulebooks; written by one thread alone.

    Attributes:
        kept: What is kept of their files, by folder.
        known: The names that a target uses, with the revision of which they are; where the
            rulebook cannot be read, the last that could.
        schemas: That of cases, for a program and a language.
    """

    kept: dict[str, Keeping] = field(default_factory=dict)
    known: dict[Target, tuple[int, Index | None]] = field(default_factory=dict)
    schemas: dict[tuple[int, str], tuple[Program, dict[str, Any]]] = field(default_factory=dict)

    def index(self, target: Target, revision: int) -> Index | None:
        """Return the names of a rulebook, or of that of a case."""
        known = self.known.get(target)
        if known is None or known[0] != revision:
            folder = folder_of(target)
            keeping = self.kept.setdefault("" if folder is None else place_of(folder), Keeping())
            found = None if folder is None else index_of(load_kept(folder, keeping))
            last = None if known is None else known[1]
            self.known[target] = (revision, last if found is None else found)
        return self.known[target][1]

    def schema(self, index: Index, lang: str) -> dict[str, Any] | None:
        """Return the schema of cases of a rulebook; None if that has mistakes."""
        program = index.program
        if program is None:
            return None
        key = (id(program), lang)
        if key not in self.schemas:
            self.schemas.clear()
            self.schemas[key] = (program, case_schema(program, lang))
        return self.schemas[key][1]


def folder_of(target: Target) -> Path | None:
    """Return the folder of a rulebook, or of the one that a case names."""
    if target.kind is Kind.RULEBOOK:
        return target.place
    source = read_source(target.place, Bag())
    found = RULEBOOK.search(source.text) if source is not None else None
    return None if found is None else find_rulebook(found[1], target.place, None, Bag())
