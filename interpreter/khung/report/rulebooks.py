"""A rulebook as a whole: what a check found of it, what is left to answer; and at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.analysis.checking import QUESTIONS
from khung.diagnostics.codes import is_error
from khung.diagnostics.model import Word
from khung.diagnostics.render.forms import render_json
from khung.ir.entries import rules_of
from khung.locale import voice
from khung.report.document.model import BLANK, Document, Fit, Line
from khung.rulebook.special import YEARLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from khung.analysis.checking import Checked
    from khung.analysis.clauses import Accounting
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Ready
    from khung.ir.program import ObjectType, Program, Reading
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
    kept = {"kept": list(found.kept)} if found.kept else {}
    return {
        "diagnostics": diagnostics,
        **kept,
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
        yield from self.kept()
        if found.old_words:
            listed = self.listed(found.old_words, _FEW_PATHS)
            yield self.line("words", count=len(found.old_words), listed=listed)

    def kept(self) -> Iterator[Line]:
        """Yield what a new year keeps without naming it, one by one: somebody is to read it."""
        if self.found.kept:
            yield self.line("kept", count=len(self.found.kept))
        labels = _labels(self.rulebook)
        for path in self.found.kept:
            section, _, name = path.partition(".")
            label = labels.get((YEARLY[section], name))
            yield Line(f"{path}: {label.said(self.lang)}" if label else path, 2, fit=Fit.CUT)

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


# -- a rulebook at a glance -----------------------------------------------------------------------

_WIDEST = 40  # columns of a name beside which labels begin

_Row = tuple[str, "Label | None", tuple[str, ...]]
"""A name, its label, its clauses."""


def overview(ready: Ready, program: Program, lang: str) -> Document:
    """Return the overview of a sound rulebook."""
    lines = _Overview(ready, program, lang).lines()
    return Document(program.title.said(lang), lang, tuple(lines))


class _Overview:
    def __init__(self, ready: Ready, program: Program, lang: str) -> None:
        self.ready = ready
        self.program = program
        self.lang = lang
        self.say = voice(lang, "cli.show")

    def head(self, text: str, indent: int = 0) -> Line:
        """Return a line that stays in one piece."""
        return Line(text, indent, fit=Fit.WHOLE)

    def lines(self) -> Iterator[Line]:
        program = self.program
        yield self.head(f"{program.rulebook}  {program.title.said(self.lang)}")
        first, last = program.period
        yield self.head(self.say("period", first=first.isoformat(), last=last.isoformat()))
        rulebook = self.ready.loaded.rulebook
        yield self.head(self.say("document", document=rulebook.document if rulebook else ""))
        yield self.head(self.say("folder", folder=self.ready.loaded.folder))
        for declared in program.subjects:
            yield BLANK
            yield from self.subject(declared)
        if program.readings:
            yield BLANK
            yield self.head(self.say("readings"))
            for reading in program.readings.values():
                yield from self.reading(reading)
        yield BLANK
        yield self.head(self.say("more", id=program.rulebook))

    def subject(self, declared: ObjectType) -> Iterator[Line]:
        rules, label = list(rules_of(declared)), declared.label
        yield self.head(declared.name + (f"  {label.said(self.lang)}" if label else ""))
        facts, links, criteria = map(len, (declared.facts, declared.links, declared.criteria))
        counts = {"facts": facts, "links": links, "criteria": criteria, "rules": len(rules)}
        yield self.head(self.say("counts", **counts), 2)
        if declared.kinds:
            yield Line(self.say("kinds", kinds=", ".join(declared.kinds.values)), 2, hang=2)
        if declared.ladder:
            levels = ", ".join(level.head.name for level in declared.ladder.levels)
            yield Line(self.say("levels", levels=levels), 2, hang=2)
        for key, found in (("links", declared.links), ("facts", declared.facts)):
            yield from self.rows(key, [(name, one.label, ()) for name, one in found.items()])
        yield from self.rows(
            "criteria", [(f"{c.group}.{c.id}", c.label, ()) for c in declared.criteria.values()]
        )
        short = declared.name + "."
        yield from self.rows(
            "rules", [(rule.id.removeprefix(short), rule.label, rule.sources) for rule in rules]
        )

    def rows(self, key: str, rows: list[_Row]) -> Iterator[Line]:
        """Yield a heading and one line a name, with its label and clauses."""
        if not rows:
            return
        yield self.head(self.say(key), 2)
        widest = min(max(len(name) for name, *_ in rows), _WIDEST)
        for name, label, sources in rows:
            said = (label.said(self.lang) if label else "") + _clauses(sources)
            yield Line(said, 4, f"{name.ljust(widest)} ", hang=widest + 2)

    def reading(self, reading: Reading) -> Iterator[Line]:
        yield Line(reading.question.said(self.lang), 2, f"{reading.name} ", hang=2)
        for option in reading.options.values:
            label = reading.options.labels[option].said(self.lang)
            sign = "*" if option == reading.chosen else " "
            said = "" if label == option else label
            yield Line(said, 4, f"{sign} {option} ", hang=2)


def _clauses(sources: Iterable[str]) -> str:
    clauses = ", ".join(source.partition(" ")[2] for source in sources)
    return f" [{clauses}]" if clauses else ""
