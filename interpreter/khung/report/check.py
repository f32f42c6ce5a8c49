"""What a check found, for people and as data: the verdict, the clauses, what is left to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.analysis.checking import QUESTIONS
from khung.diagnostics.codes import is_error
from khung.diagnostics.model import Word
from khung.diagnostics.render.forms import render_json
from khung.locale import voice
from khung.report.document.model import Document, Fit, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.checking import Checked
    from khung.analysis.clauses import Accounting
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Ready
    from khung.rulebook.model import Label, Rulebook

_BLOCKS = {
    "": ("document",),
    "answer_yearly": ("parameter", "reading", "calendar"),
    "answer_clause": ("clause",),
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


def document(found: Checked, ready: Ready, lang: str, *, every: bool) -> Document:
    """Return what was found in short: the verdict, what is to answer, the state of the clauses.

    Args:
        found: What was found.
        ready: The rulebook.
        lang: The language.
        every: Whether each is named, however many there are.
    """
    if found.clauses is None or ready.loaded.rulebook is None:
        return Document("", lang, ())
    told = _Told(found, ready.loaded.rulebook, lang, every=every)
    lines = told.lines(str(ready.loaded.folder), found.clauses)
    return Document(told.title, lang, tuple(lines))


class _Told:
    """Tells what was found in one rulebook."""

    def __init__(self, found: Checked, rulebook: Rulebook, lang: str, *, every: bool) -> None:
        self.found = found
        self.rulebook = rulebook
        self.lang = lang
        self.every = every
        self.say = voice(lang, "cli.check")
        self.title = self.say("title", id=rulebook.id, title=rulebook.title.said(lang))

    def line(self, key: str, indent: int = 0, **args: object) -> Line:
        return Line(self.say(key, **args), indent, fit=Fit.WHOLE)

    def lines(self, folder: str, clauses: Accounting) -> Iterator[Line]:
        found = self.found
        yield Line(self.title, fit=Fit.WHOLE)
        yield self.line("folder", folder=folder)
        yield self.verdict()
        yield from self.worklist()
        if found.options:
            yield self.line("options", count=found.options)
        if clauses.total:
            yield self.line("clauses", accounted=clauses.accounted, total=clauses.total)
        for key, named in (("missing", clauses.missing), ("asserted", clauses.asserted_only)):
            if named:
                yield self.line(key, 2, count=len(named), listed=self.listed(named, _FEW_CLAUSES))
        if found.old_words:
            listed = self.listed(found.old_words, _FEW_PATHS)
            yield self.line("words", count=len(found.old_words), listed=listed)

    def verdict(self) -> Line:
        said = [diagnostic for diagnostic in self.found.diagnostics if not is_open(diagnostic)]
        errors = sum(map(is_error, said))
        warnings = len(said) - errors
        waits = len(said) < len(self.found.diagnostics)
        key = "errors" if errors else "waits" if waits else "warnings" if warnings else "sound"
        return self.line(key, errors=errors, warnings=warnings)

    def listed(self, named: Sequence[str], few: int) -> str:
        if self.every or len(named) <= few:
            return ", ".join(named)
        return self.say("more", listed=", ".join(named[:few]))

    # -- what a new year still has to answer, in place of one error each ------------------------

    def worklist(self) -> Iterator[Line]:
        """Yield the questions, by what they ask; nothing if there is none."""
        asked: dict[str, list[Diagnostic]] = {}
        for question in filter(is_open, self.found.diagnostics):
            asked.setdefault(_group(question), []).append(question)
        if asked:
            yield self.line("open", count=sum(map(len, asked.values())))
        for answer, groups in _BLOCKS.items():
            held = [group for group in groups if group in asked]
            for group in held:
                yield from self.questions(group, asked[group])
            if held and answer:
                yield self.line(answer, 2)

    def questions(self, group: str, asked: list[Diagnostic]) -> Iterator[Line]:
        """Yield how many there are and in which file, then the first of them."""
        places = [_place(question) for question in asked]
        file = ", ".join(dict.fromkeys(file for file, _ in places))
        yield self.line(f"open_{group}", 2, count=len(asked), file=file)
        if group == "document":
            return
        labels, shown = _labels(self.rulebook), len(asked) if self.every else _FEW
        for question, (_, line) in list(zip(asked, places, strict=True))[:shown]:
            name = str(question.args.get("address", question.args.get("name", "")))
            label = labels.get((group, name))
            said = f"{name}: {label.said(self.lang)}" if label else name
            yield Line(self.say("open_line", line=line, said=said), 4, fit=Fit.CUT)
        if len(asked) > shown:
            yield self.line("open_more", 4, count=len(asked) - shown, line=places[-1][1])


def is_open(diagnostic: Diagnostic) -> bool:
    """Say whether a diagnostic is a question that waits for an answer."""
    return diagnostic.code in QUESTIONS


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


def _place(question: Diagnostic) -> tuple[str, int]:
    span = question.span
    return (span.file.name, span.file.position(span.start)[0]) if span else ("", 0)
