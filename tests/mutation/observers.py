"""Which cases look at what a rule gives.

A check changes no level, and a table only answers who reads it. A case can tell a change of such a
rule only where it expects something of it, or of what reads it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.mutation.places import places

from khung.analysis.diff.uses import mentions
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.mutation.places import Entry

    from khung.casefile.model import CaseFile, Expected

Cases = frozenset[int]

WHOLE = m.Subject | m.Record
"""Entries that are no rules themselves."""


@dataclass
class Observers:
    """Answers by path of an entry; None is every case."""

    cases: Sequence[CaseFile]
    entries: Mapping[str, Entry]
    readers: Mapping[tuple[type, str], frozenset[str]]
    _found: dict[str, Cases | None] = field(default_factory=dict)

    def of(self, path: str) -> Cases | None:
        """Return the cases that look at what an entry gives."""
        if path not in self._found:
            self._found[path] = None  # what reads itself in a circle may be seen by all
            self._found[path] = self._look(self.entries[path])
        return self._found[path]

    def _look(self, entry: Entry) -> Cases | None:
        node = entry.node
        if isinstance(node, m.Check):
            return self._expecting(entry.owner, checks=node.head.id)
        if isinstance(node, m.Row):
            return self.of(entry.path.rpartition(".rows.")[0])
        if isinstance(node, m.Table):
            return self._with_readers(entry, node.head.id)
        if isinstance(node, m.Definition):
            return self._with_readers(entry, node.head.id if node.output else "")
        return None

    def _with_readers(self, entry: Entry, output: str) -> Cases | None:
        found = self._expecting(entry.owner, outputs=output) if output else frozenset()
        named = (type(entry.node), entry.node.head.id)
        for reader in self.readers.get(named, frozenset()) - {entry.path}:
            if not reader.startswith(f"{entry.path}.rows."):
                seen = self.of(reader)
                if seen is None:
                    return None
                found |= seen
        return found

    def _expecting(self, owner: str, **names: str) -> Cases:
        return frozenset(
            number
            for number, case in enumerate(self.cases)
            for one in _expected(case)
            if one.type.name == owner and _looks(one, **names)
        )


def _expected(case: CaseFile) -> tuple[Expected, ...]:
    return () if case.expect is None else case.expect.subjects


def _looks(one: Expected, *, checks: str = "", outputs: str = "") -> bool:
    if checks and not one.lists.keys().isdisjoint(("findings", "assumed")):
        return True
    return checks in one.under("checks") or outputs in one.under("outputs")


def observers(rulebook: m.Rulebook, cases: Sequence[CaseFile]) -> Observers:
    """Return who looks at the rules of a rulebook."""
    entries = {e.path: e for e in _entries(rulebook)}
    readers: dict[tuple[type, str], set[str]] = defaultdict(set)
    for path, entry in entries.items():
        for mention in mentions([entry.node]):
            if mention.space in ("tables", "."):
                readers[m.Table, mention.name].add(path)
            if mention.space in ("", "."):
                readers[m.Definition, mention.name].add(path)
    return Observers(cases, entries, {name: frozenset(by) for name, by in readers.items()})


def _entries(rulebook: m.Rulebook) -> Iterator[Entry]:
    for place in places(rulebook):
        if place.value is place.entry.node and not isinstance(place.value, WHOLE):
            yield place.entry
