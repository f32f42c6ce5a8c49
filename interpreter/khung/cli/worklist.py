"""What a new year still has to answer, as a short list in place of one error each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from khung.analysis.checking import QUESTIONS
from khung.diagnostics.model import Word
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.model import Label, Rulebook

_BLOCKS = {
    "": ("document",),
    "cli.check.answer_yearly": ("parameter", "reading", "calendar"),
    "cli.check.answer_clause": ("clause",),
}
"""What is asked, by how it is answered."""

_FEW = 6  # how many of each are shown where not all are asked for


def is_open(diagnostic: Diagnostic) -> bool:
    """Say whether a diagnostic is a question that waits for an answer."""
    return diagnostic.code in QUESTIONS


def worklist(
    diagnostics: Sequence[Diagnostic], rulebook: Rulebook, lang: str, width: int, *, every: bool
) -> list[str]:
    """Return the questions among diagnostics as lines, by what they ask; [] if there is none.

    Args:
        diagnostics: All that was found.
        rulebook: The rulebook that asks, which knows what its entries are called.
        lang: The language.
        width: How many columns there are.
        every: Whether each is shown, however many there are.
    """
    found: dict[str, list[Diagnostic]] = {}
    for question in filter(is_open, diagnostics):
        found.setdefault(_group(question), []).append(question)
    if not found:
        return []
    told = _Told(_labels(rulebook), lang, width, None if every else _FEW)
    lines = [phrase(lang, "cli.check.open", count=sum(map(len, found.values())))]
    for answer, groups in _BLOCKS.items():
        inside = [line for g in groups if g in found for line in told.lines(g, found[g])]
        lines += [*inside, f"  {phrase(lang, answer)}"] if inside and answer else inside
    return lines


def _group(question: Diagnostic) -> str:
    match question.code, question.args.get("kind"):
        case "K0536", _:
            return "document"
        case _, Word() as kind:
            return kind.key
        case _:
            return "clause"


def _labels(rulebook: Rulebook) -> dict[tuple[str, str], Label | None]:
    return {
        **{("parameter", p.head.id): p.head.label for p in rulebook.parameters},
        **{("reading", r.head.id): r.question for r in rulebook.readings},
        **{("calendar", c.head.id): c.head.label for c in rulebook.calendars},
        **{("clause", c.address): c.summary for c in rulebook.clauses},
    }


@dataclass(frozen=True, slots=True)
class _Told:
    """How questions are told: with which labels, how wide, how many of a group."""

    labels: dict[tuple[str, str], Label | None]
    lang: str
    width: int
    few: int | None

    def lines(self, group: str, asked: list[Diagnostic]) -> Iterator[str]:
        """Yield how many there are and in which file, then the first of them."""
        places = [_place(question) for question in asked]
        file = ", ".join(dict.fromkeys(file for file, _ in places))
        yield "  " + phrase(self.lang, f"cli.check.open_{group}", count=len(asked), file=file)
        if group == "document":
            return
        for question, (_, line) in list(zip(asked, places, strict=True))[: self.few]:
            said = phrase(
                self.lang, "cli.check.open_line", line=line, said=self._said(group, question)
            )
            yield "    " + (said if len(said) <= self.width - 4 else f"{said[: self.width - 5]}…")
        if self.few is not None and len(asked) > self.few:
            rest, last = len(asked) - self.few, places[-1][1]
            yield "    " + phrase(self.lang, "cli.check.open_more", count=rest, line=last)

    def _said(self, group: str, question: Diagnostic) -> str:
        name = str(question.args.get("address", question.args.get("name", "")))
        label = self.labels.get((group, name))
        return f"{name}: {label.said(self.lang)}" if label else name


def _place(question: Diagnostic) -> tuple[str, int]:
    span = question.span
    return (span.file.name, span.file.position(span.start)[0]) if span else ("", 0)
