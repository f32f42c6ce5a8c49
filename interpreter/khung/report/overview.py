"""A rulebook at a glance: its subjects, their facts and rules with clauses, its readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.entries import rules_of
from khung.locale import voice
from khung.report.document.model import BLANK, Document, Fit, Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.driver import Ready
    from khung.ir.program import ObjectType, Program, Reading
    from khung.rulebook.model import Label

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
