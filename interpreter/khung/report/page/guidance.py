"""The rulebook as its document has it: section by section, under each clause what khung does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from khung.ir.entries import entries_of
from khung.report.document import model as d
from khung.report.page import told
from khung.report.page.pager import CLAUSE, TEXT, as_in_the_document
from khung.report.page.tables import in_matrix, thresholds
from khung.rulebook import model as m
from khung.rulebook.versions.citations import headings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.program import ObjectType
    from khung.report.page.pager import Pager
    from khung.rulebook.entries import Entry

DEEPEST = 4  # the level of headings below which all are alike


@dataclass(frozen=True)
class Guidance:
    """Writes the clauses of a rulebook in their order.

    Attributes:
        pager: What says names, clauses and conditions.
        homes: The entries that are told under each clause: under the first that they cite.
    """

    pager: Pager
    homes: Mapping[str, list[Entry]]

    @cached_property
    def lowered(self) -> Mapping[Any, tuple[ObjectType, Any]]:
        """The rules as lowered, each with its subject, by the place where it is declared."""
        return {
            entry.head.span: (declared, entry)
            for declared in self.pager.program.subjects
            for entry in entries_of(declared)
        }

    def blocks(self) -> Iterator[d.Block]:
        """Yield all sections: the heading of each, then its clauses."""
        said: set[str] = set()
        for clause in self.pager.rulebook.clauses:
            yield from self._headings(clause.address, said)
            yield from self._clause(clause)
        for subject, entries in self._homeless():
            yield d.Heading(
                d.CHAPTER, self.pager.called(subject.head), d.anchor("s", subject.head.id)
            )
            yield from self._entries(entries, "")

    def _homeless(self) -> Iterator[tuple[m.Subject, list[Entry]]]:
        """Yield the subjects with what of them no clause of the document is home of."""
        housed = {id(entry) for entries in self.homes.values() for entry in entries}
        for subject in as_in_the_document(self.pager.rulebook):
            own = (e for e in self.pager.found if e.owner is subject and id(e) not in housed)
            found = [e for e in own if isinstance(e.node, m.Table) or any(self._said(e, ""))]
            if found:
                yield subject, found

    @cached_property
    def _matrices(self) -> Mapping[str, list[m.Subject]]:
        """The subjects whose matrix stands under a heading or a clause.

        That is the last one over all that it asks for, or else the first clause that it rests on.
        """
        found: dict[str, list[m.Subject]] = {}
        headings_known = {one.address for one in self.pager.rulebook.headings}
        for subject in self.pager.rulebook.subjects:
            own = [
                address
                for address in self.pager.addresses
                if any(e.owner is subject and is_cell(e) for e in self.homes.get(address, ()))
            ]
            above = [{*headings(address), address} for address in own]
            shared = set.intersection(*above) if above else set()
            known = shared & {*headings_known, *self.pager.addresses}
            if own:
                found.setdefault(max(known, key=len, default=own[0]), []).append(subject)
        return found

    def _matrix(self, at: str) -> Iterator[d.Block]:
        for subject in self._matrices.get(at, ()):
            written = subject.ladder.thresholds if subject.ladder else None
            assert written is not None  # noqa: S101  # one of its cells was told
            yield thresholds(written, self.pager.program.objects[subject.head.id], self.pager)

    def _headings(self, address: str, said: set[str]) -> Iterator[d.Block]:
        known = {one.address: one for one in self.pager.rulebook.headings}
        above = [one for one in headings(address) if one in known]
        for depth, one in enumerate(above):
            if one not in said:
                said.add(one)
                title = f"{one} {known[one].label.said(self.pager.lang)}"
                yield d.Heading(min(depth + 2, DEEPEST), title, d.anchor("h", one))
                yield from self._matrix(one)

    def _clause(self, clause: m.Clause) -> Iterator[d.Block]:
        place = d.Anchor(d.anchor(TEXT if self.pager.full else CLAUSE, clause.address))
        summary = clause.summary.said(self.pager.lang)
        yield d.Paragraph((place, d.Strong(clause.address), f" {summary}"))
        yield from self._matrix(clause.address)
        yield from self._entries(self.homes.get(clause.address, []), summary)

    def _entries(self, entries: list[Entry], summary: str) -> Iterator[d.Block]:
        lines = [*self._rules(entries, summary), *self._readings(entries)]
        if lines:
            yield d.Listing(tuple(lines))
        for entry in entries:
            if isinstance(entry.node, m.Table):
                yield from told.table(entry, self.pager)

    def _rules(self, entries: list[Entry], summary: str) -> Iterator[d.Rich]:
        """Yield each thing that rules say once, after the subjects of which they say it."""
        whose: dict[str, list[str]] = {}
        for entry in entries:
            for said in self._said(entry, summary):
                assert isinstance(entry.owner, m.Subject)  # noqa: S101  # rules are of subjects
                whose.setdefault(said, []).append(self.pager.called(entry.owner.head))
        several = len({owner for owners in whose.values() for owner in owners}) > 1
        for said, owners in whose.items():
            named = (d.Strong(", ".join(dict.fromkeys(owners))), ": ") if several else ()
            yield (*named, said)

    def _said(self, entry: Entry, summary: str) -> Iterator[str]:
        found = self.lowered.get(entry.head.span)
        if is_cell(entry):
            return
        if found is not None:
            yield from told.rule(*found, summary, self.pager)
        elif isinstance(entry.node, m.Definition) and entry.node.output:
            yield told.output(entry.head, self.pager)

    def _readings(self, entries: list[Entry]) -> Iterator[d.Rich]:
        for entry in entries:
            if isinstance(entry.node, m.Reading):
                yield from told.reading(entry.node, self.pager)


def is_cell(entry: Entry) -> bool:
    """Say whether an entry is a requirement that stands in a matrix."""
    if not isinstance(entry.node, m.Requirement) or not isinstance(entry.owner, m.Subject):
        return False
    level = entry.head.at.split(".")[2]
    return in_matrix(entry.owner.ladder, level, entry.head.id)


def homes(pager: Pager) -> dict[str, list[Entry]]:
    """Return the entries that each clause is home of, by address, in the order of the model."""
    found: dict[str, list[Entry]] = {}
    for entry in pager.found:
        home = next((one for one in _cited(entry, pager) if one in pager.addresses), None)
        if home is not None:
            found.setdefault(home, []).append(entry)
    return found


def _cited(entry: Entry, pager: Pager) -> Iterator[str]:
    """Yield the clauses of the document that an entry cites; a table those of its rows, too."""
    rows = entry.node.rows or () if isinstance(entry.node, m.Table) else ()
    for citation in (*entry.citations, *(c for row in rows for c in row.head.sources)):
        if citation.document in ("", pager.rulebook.document):
            yield citation.address


def sections(pager: Pager) -> Iterator[d.Block]:
    """Yield the guidance in the order of its document."""
    yield from Guidance(pager, homes(pager)).blocks()
