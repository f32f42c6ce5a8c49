"""The clauses behind rules, as people cite them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.rulebook.model import Label, Rulebook


def summaries(rulebook: Rulebook) -> dict[str, Label]:
    """Return the summary of each clause by its full address, such as `UR-7 5.2/1`."""
    return {f"{rulebook.document} {c.address}": c.summary for c in rulebook.clauses}


@dataclass(frozen=True, slots=True)
class Clauses:
    """Says clauses: those of the rulebook's own document without naming it."""

    lang: str
    summaries: Mapping[str, Label] = field(default_factory=dict)

    def cited(self, sources: Iterable[str]) -> str:
        """Return citations in short form: `5.2/1#new, UR-8 4`."""
        return ", ".join(map(self._short, sources))

    def summary(self, source: str) -> str:
        """Return what a clause says; empty if nothing is known of it."""
        label = self.summaries.get(source.partition("#")[0])
        return label.said(self.lang) if label else ""

    def _short(self, source: str) -> str:
        known = source.partition("#")[0] in self.summaries
        return source.partition(" ")[2] if known else source
