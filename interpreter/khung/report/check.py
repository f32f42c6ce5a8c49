"""What a check found, for people and as data: the verdict, the clauses, what is left to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from khung.analysis.checking import QUESTIONS
from khung.diagnostics.codes import is_error
from khung.diagnostics.model import Word
from khung.diagnostics.render.json import render_json
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.checking import Checked
    from khung.analysis.clauses import Accounting
    from khung.analysis.shelf import Ready
    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.model import Label, Rulebook

_BLOCKS = {
    "": ("document",),
    "cli.check.answer_yearly": ("parameter", "reading", "calendar"),
    "cli.check.answer_clause": ("clause",),
}
"""What is asked, by how it is answered."""

_FEW = 6  # how many questions of a kind are shown where not all are asked for
_FEW_CLAUSES = 8  # how many clauses are named then
_FEW_PATHS = 3  # the same of what has a longer name


def told(found: Checked, *, every: bool) -> list[Diagnostic]:
    """Return what is told in full: no questions, and of clauses that wait for a rule the first."""
    waiting = [d for d in found.diagnostics if d.code == "K0506"]
    left_out = () if every else waiting[_FEW_CLAUSES:]
    return [d for d in found.diagnostics if not is_open(d) and d not in left_out]


def as_json(found: Checked, lang: str) -> dict[str, Any]:
    """Return the document that `schemas/check.schema.json` describes."""
    diagnostics = render_json(found.diagnostics, lang)
    if found.clauses is None:
        return {"diagnostics": diagnostics}
    clauses = found.clauses
    return {
        "diagnostics": diagnostics,
        "clauses": {
            "total": clauses.total,
            "accounted": clauses.accounted,
            "missing": list(clauses.missing),
            "asserted_only": list(clauses.asserted_only),
        },
    }


def text(found: Checked, ready: Ready, lang: str, width: int, *, every: bool) -> str:
    """Return what was found in short: the verdict, what is to answer, the state of the clauses.

    Args:
        found: What was found.
        ready: The rulebook.
        lang: The language.
        width: How many columns there are.
        every: Whether each is named, however many there are.
    """
    if found.clauses is None:
        return ""
    return "\n".join(_lines(found, ready, found.clauses, lang, width, every=every)) + "\n"


def _lines(  # as above
    found: Checked, ready: Ready, clauses: Accounting, lang: str, width: int, *, every: bool
) -> list[str]:
    rulebook = ready.loaded.rulebook
    assert rulebook is not None  # noqa: S101  # there are clauses only where there is a rulebook
    lines = [
        phrase(lang, "cli.check.title", id=rulebook.id, title=rulebook.title.said(lang)),
        phrase(lang, "cli.check.folder", folder=ready.loaded.folder),
        _verdict(found, lang),
    ]
    lines += worklist(found.diagnostics, rulebook, lang, width, every=every)
    if found.options:
        lines.append(phrase(lang, "cli.check.options", count=found.options))
    if clauses.total:
        accounted, total = clauses.accounted, clauses.total
        lines.append(phrase(lang, "cli.check.clauses", accounted=accounted, total=total))
    for key, named in (("missing", clauses.missing), ("asserted", clauses.asserted_only)):
        if named:
            listed = _listed(named, lang, every=every)
            lines.append("  " + phrase(lang, f"cli.check.{key}", count=len(named), listed=listed))
    if found.old_words:
        count, listed = (
            len(found.old_words),
            _listed(found.old_words, lang, _FEW_PATHS, every=every),
        )
        lines.append(phrase(lang, "cli.check.words", count=count, listed=listed))
    return lines


def _verdict(found: Checked, lang: str) -> str:
    said = [diagnostic for diagnostic in found.diagnostics if not is_open(diagnostic)]
    errors = sum(map(is_error, said))
    warnings = len(said) - errors
    waits = len(said) < len(found.diagnostics)
    key = "errors" if errors else "waits" if waits else "warnings" if warnings else "sound"
    return phrase(lang, f"cli.check.{key}", errors=errors, warnings=warnings)


def _listed(named: Sequence[str], lang: str, few: int = _FEW_CLAUSES, *, every: bool) -> str:
    if every or len(named) <= few:
        return ", ".join(named)
    return phrase(lang, "cli.check.more", listed=", ".join(named[:few]))


# -- what a new year still has to answer, as a short list in place of one error each --------------


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
