"""A rulebook at a glance: its subjects, their facts and rules with clauses, its readings."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from khung.ir.program import rules_of
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.analysis.shelf import Ready
    from khung.ir.program import Fact, Link, ObjectType, Program, Reading
    from khung.rulebook.model import Label

_INDENT = "  "

_Row = tuple[str, "Label | None", tuple[str, ...]]
"""A name, its label, its clauses."""


def overview(ready: Ready, program: Program, lang: str, width: int) -> str:
    """Return the overview of a sound rulebook, laid out for a number of columns."""
    return "\n".join(_Overview(ready, program, lang, width).lines()) + "\n"


class _Overview:
    def __init__(self, ready: Ready, program: Program, lang: str, width: int) -> None:
        self.ready = ready
        self.program = program
        self.lang = lang
        self.width = width

    def say(self, key: str, **args: object) -> str:
        return phrase(self.lang, f"cli.show.{key}", **args)

    def named(self, label: Label | None, name: str) -> str:
        """Return a name with its label."""
        return name if label is None else f"{name}  {label.said(self.lang)}"

    def lines(self) -> Iterator[str]:
        program = self.program
        yield f"{program.rulebook}  {program.title.said(self.lang)}"
        first, last = program.period
        yield self.say("period", first=first.isoformat(), last=last.isoformat())
        rulebook = self.ready.loaded.rulebook
        yield self.say("document", document=rulebook.document if rulebook else "")
        yield self.say("folder", folder=self.ready.loaded.folder)
        for declared in program.subjects:
            yield ""
            yield from self.subject(declared)
        if program.readings:
            yield ""
            yield self.say("readings")
            for reading in program.readings.values():
                yield from self.reading(reading)
        yield ""
        yield self.say("more", id=program.rulebook)

    def subject(self, declared: ObjectType) -> Iterator[str]:
        rules = list(rules_of(declared))
        yield self.named(declared.label, declared.name)
        facts, links = len(declared.facts), len(declared.links)
        criteria = len(declared.criteria)
        yield _INDENT + self.say(
            "counts", facts=facts, links=links, criteria=criteria, rules=len(rules)
        )
        if declared.kinds:
            yield from self.hanging(self.say("kinds", kinds=", ".join(declared.kinds.values)))
        if declared.ladder:
            levels = ", ".join(level.name for level in declared.ladder.levels)
            yield from self.hanging(self.say("levels", levels=levels))
        yield from self.section("links", declared.links.values())
        yield from self.section("facts", declared.facts.values())
        yield from self.rows(
            "criteria", [(f"{c.group}.{c.id}", c.label, ()) for c in declared.criteria.values()]
        )
        short = declared.name + "."
        yield from self.rows(
            "rules", [(rule.id.removeprefix(short), rule.label, rule.sources) for rule in rules]
        )

    def section(self, key: str, found: Iterable[Fact | Link]) -> Iterator[str]:
        yield from self.rows(key, [(x.name, x.label, ()) for x in found])

    def rows(self, key: str, rows: list[_Row]) -> Iterator[str]:
        """Yield a heading and one line a name, with its label and clauses."""
        if not rows:
            return
        yield _INDENT + self.say(key)
        widest = min(max(len(name) for name, *_ in rows), 40)
        for name, label, sources in rows:
            said = (label.said(self.lang) if label else "") + _clauses(sources)
            yield from self.hanging(f"{name.ljust(widest)}  {said}".rstrip(), 2, widest + 2)

    def reading(self, reading: Reading) -> Iterator[str]:
        yield from self.hanging(f"{reading.name}  {reading.question.said(self.lang)}")
        for option in reading.options.values:
            sign = "*" if option == reading.chosen else " "
            label = reading.options.labels[option].said(self.lang)
            said = f"{sign} {option}" + (f"  {label}" if label != option else "")
            yield from self.hanging(said, 2, 2)

    def hanging(self, text: str, depth: int = 1, hang: int = 2) -> list[str]:
        """Return a text in lines, all but the first set further in."""
        first = _INDENT * depth
        return wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=first + " " * hang,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _clauses(sources: Iterable[str]) -> str:
    clauses = ", ".join(source.partition(" ")[2] for source in sources)
    return f" [{clauses}]" if clauses else ""
