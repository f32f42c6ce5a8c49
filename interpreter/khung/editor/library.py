"""The rulebooks that an editor asks about: read once for each revision of what is open."""

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

_RULEBOOK = pattern(r"(?m)^rulebook:\s*(?:\{\s*id:\s*)?[\"']?([^\s\"',}#]+)")


@dataclass(slots=True)
class Library:
    """What is kept of rulebooks by folder; to be used by one thread alone.

    An index is that of its revision; where the rulebook cannot be read, the last one that could.
    """

    kept: dict[str, Keeping] = field(default_factory=dict)
    indexes: dict[str, tuple[int, Index | None]] = field(default_factory=dict)
    schemas: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def keeping(self, path: str) -> Keeping:
        """Return what is kept of the files of a rulebook."""
        return self.kept.setdefault(path, Keeping())

    def forget(self, path: str) -> None:
        """Let go of what is kept of a rulebook."""
        for held in (self.kept, self.indexes, self.schemas):
            held.pop(path, None)

    def index(self, target: Target, revision: int) -> Index | None:
        """Return the names of a rulebook, or of that of a case."""
        folder = self.folder(target)
        if folder is None:
            return None
        path = place_of(folder)
        known = self.indexes.get(path)
        if known is None or known[0] != revision:
            found = index_of(load_kept(folder, self.keeping(path)))
            last = None if known is None else known[1]
            self.indexes[path] = (revision, last if found is None else found)
        return self.indexes[path][1]

    def schema(self, target: Target, revision: int, lang: str) -> dict[str, Any] | None:
        """Return the schema of cases of a rulebook; the last that could be made."""
        folder = self.folder(target)
        index = None if folder is None else self.index(target, revision)
        if folder is None or index is None:
            return None
        path = place_of(folder)
        known = self.schemas.get(path)
        if index.program is not None and (known is None or known[0] != id(index.program)):
            self.schemas[path] = (id(index.program), case_schema(index.program, lang))
        found = self.schemas.get(path)
        return None if found is None else found[1]

    def folder(self, target: Target) -> Path | None:
        """Return the folder of a rulebook, or of the one that a case names."""
        if target.kind is Kind.RULEBOOK:
            return target.place
        source = read_source(target.place, Bag())
        found = _RULEBOOK.search(source.text) if source is not None else None
        return None if found is None else find_rulebook(found[1], target.place, None, Bag())
