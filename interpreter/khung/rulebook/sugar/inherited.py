"""What an entry takes from around it, where it does not say it itself: its source, its label.

A level, a group of criteria, a table, a record and a ladder give their source to the entries in
them that cite nothing. An entry without label takes the text of the part of a clause that it cites
first; a criterion, which has no condition that could be said in its place, also the summary of a
clause without parts. Citations keep the place where they were written, so that errors lead there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from khung.records import dataclass
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.diagnostics.bag import Bag

_GIVING = {
    m.CriterionGroup: ("items",),
    m.Level: ("require",),
    m.Record: ("fields", "links", "definitions"),
    m.Table: ("rows",),
}
"""The lists to whose entries an entry gives its source."""

_UNLABELLED = (m.CriterionGroup, m.Defer, m.Level, m.Link, m.Record, m.Table)
"""The entries that have a name, or a question, or hold others: they take no text."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What entries may take: from parts and whole clauses by place, and from around them."""

    parts: Mapping[str, m.Label]
    whole: Mapping[str, m.Label]
    document: str
    sources: tuple[m.Citation, ...] = ()
    basis: m.Basis = m.Basis.TEXT

    def all(self, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return entries with what they take, and what is in them with what it takes."""
        return tuple(map(self.one, entries))

    def one(self, entry: Any) -> Any:
        head = self.head(entry)
        lists = _GIVING.get(type(entry), ())
        inside = replace(self, sources=head.sources, basis=head.basis)
        taken = {name: inside.all(getattr(entry, name)) for name in lists}
        same = head is entry.head and all(v is getattr(entry, k) for k, v in taken.items())
        return entry if same else replace(entry, head=head, **taken)

    def head(self, entry: Any) -> m.Head:
        head: m.Head = entry.head
        if not head.sources and self.sources:
            basis = self.basis if head.basis is m.Basis.TEXT else head.basis
            head = replace(head, sources=self.sources, basis=basis)
        if head.label is None and head.sources and not isinstance(entry, _UNLABELLED):
            is_criterion = isinstance(entry, m.Criterion)
            text = self.text(head.sources[0], is_criterion=is_criterion)
            head = head if text is None else replace(head, label=text)
        return head

    def text(self, cited: m.Citation, *, is_criterion: bool) -> m.Label | None:
        """Return what is cited says; None where it has no text that could stand for an entry."""
        if cited.document not in ("", self.document):
            return None
        said = self.parts.get(cited.place)
        return said or (self.whole.get(cited.place) if is_criterion else None)

    def ladder(self, ladder: m.Ladder[Any, Any, Any]) -> m.Ladder[Any, Any, Any]:
        inside = replace(self, sources=ladder.sources)
        levels, knockouts = inside.all(ladder.levels), inside.all(ladder.knockouts)
        return replace(ladder, levels=levels, knockouts=knockouts)

    def subject(self, subject: m.Subject) -> m.Subject:
        found: dict[str, Any] = {}
        for name in (field.name for field in m.fields_of(m.Subject)):
            value = getattr(subject, name)
            if isinstance(value, tuple):
                found[name] = self.all(value)
        criteria, ladder = subject.criteria, subject.ladder
        if criteria is not None:
            criteria = replace(criteria, groups=self.all(criteria.groups))
        if ladder is not None:
            ladder = self.ladder(ladder)
        return replace(subject, criteria=criteria, ladder=ladder, **found)


def expand(rulebook: m.Rulebook, _: Bag) -> m.Rulebook:
    """Return a rulebook whose entries say what they take from around them."""
    clauses = rulebook.clauses
    parts = {f"{one.address}#{part.name}": said for one in clauses for part, said in one.texts}
    whole = {one.address: one.summary for one in clauses if not one.parts}
    around = _Around(parts, whole, rulebook.document)
    return replace(
        rulebook,
        records=around.all(rulebook.records),
        subjects=tuple(map(around.subject, rulebook.subjects)),
    )
