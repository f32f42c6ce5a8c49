"""The page that a comparison begins with: each change before and after, for whom, one example."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from khung.analysis.diff.changes import Class, Kind
from khung.analysis.diff.comparison import YEARLY
from khung.analysis.diff.results import standing_of
from khung.analysis.diff.summary import matrices, topics
from khung.locale import known, voice
from khung.report.diff.naming import program_of
from khung.report.document.model import BLANK, Block, Grid, Line, Style
from khung.report.words.labels import Words, noun_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.diff.changes import Change
    from khung.analysis.diff.comparison import Comparison
    from khung.analysis.diff.results import Difference
    from khung.analysis.diff.summary import Matrix, Topic
    from khung.report.diff.cases import Cases
    from khung.report.diff.changes import Changes
    from khung.rulebook.model import Label, Rulebook

_MOST_CLAUSES = 2  # clauses of a change whose words are told
_MOST_ENTRIES = 2  # entries told of what no group declares
_MOST_TOPICS = 15  # changes told unless all are asked for
_INDENT = 3
_OF_YEAR = {"value", "chosen"}  # what is told of a parameter or reading; of a calendar nothing

Sides = tuple[str, str]
"""What is said before and after; empty where nothing is."""


class Page:
    """Tells a comparison on one page, in one language."""

    def __init__(self, found: Comparison, changes: Changes, cases: Cases, lang: str) -> None:
        self.found = found
        self.changes = changes
        self.cases = cases
        self.lang = lang
        self.say = voice(lang, "diff")
        self.topics = topics(found)

    def sums(self) -> str:
        """Return how many changes there are of content, and how many of numbers and words alone."""
        changes = self.found.changes
        if not changes:
            return self.say("sum.none")
        shown = {id(one) for topic in self.topics for one in topic.changes}
        counts = {
            "changes": sum(topic.group != YEARLY for topic in self.topics),
            "yearly": sum(len(topic.changes) for topic in self.topics if topic.group == YEARLY),
            "same": sum(one.klass in (Class.DOES_NOT, Class.CHANGES_NONE) for one in changes),
            "aside": sum(one.klass is Class.CITATION and id(one) not in shown for one in changes),
        }
        said = [self.say(f"page.{key}", n=n) for key, n in counts.items() if n]
        return self.say("page.sums", said="; ".join(said))

    def blocks(self) -> Iterator[Block]:
        """Yield the changes one by one, then who moves from which level to which."""
        yield BLANK
        for number, topic in enumerate(self.topics[:_MOST_TOPICS], 1):
            yield from self._topic(topic, "" if topic.group == YEARLY else f"{number}. ")
        left = len(self.topics) - _MOST_TOPICS
        if left > 0:
            yield Line(self.say("page.more", n=left))
        yield from self._moves()

    # -- one change -----------------------------------------------------------------------------

    def _topic(self, topic: Topic, number: str) -> Iterator[Line]:
        yield Line(f"{number}{self._title(topic)}", style=Style.TITLE, hang=_INDENT)
        if topic.group in self.found.groups:
            sides = self._clauses(topic) or self._labels(topic)
            yield from self._said(sides)
        else:
            yield from self._entries(topic)
        for text in (*self._whom(topic), *self._shown(topic)):
            yield Line(text, _INDENT)

    def _shown(self, topic: Topic) -> Iterator[str]:
        """Yield the example, with the options that it takes; or that there is none."""
        example = topic.example(self.found)
        if example is not None:
            told = {"whom": self._who(example.one), "case": self.cases.title(example.case)}
            yield self.say("page.example", **told, turned=self._turned(example.one))
            yield from self._under_readings(example.case.readings)
        elif topic.acts and len(self.found.refused) < len(self.found.cases):
            yield self.say("page.no_example")

    def _title(self, topic: Topic) -> str:
        if topic.group == YEARLY:
            return self.say("yearly_value")
        if topic.group:
            return self.found.groups[topic.group].label.said(self.lang)
        first, *others = topic.changes
        said = self.changes.titled(first.change)
        return self.say("page.and_more", what=said, n=len(others)) if others else said

    def _said(self, sides: Sequence[Sides]) -> Iterator[Line]:
        """Yield what was said before, and what is said now; of many clauses the first."""
        shown, left = sides[:_MOST_CLAUSES], len(sides) - _MOST_CLAUSES
        for key, said in zip(("was", "now"), zip_longest(*shown, fillvalue=""), strict=False):
            text = "; ".join(dict.fromkeys(filter(None, said))) or self.say("page.nothing")
            if left > 0 and key == "now":
                text = self.say("page.more_clauses", text=text, n=left)
            yield Line(self.say(f"page.{key}", text=text), _INDENT)

    def _clauses(self, topic: Topic) -> list[Sides]:
        """Return what the clauses of a group said and say, where that differs."""
        told = (self._clause(cited) for cited in self.found.groups[topic.group].sources)
        return [sides for sides in dict.fromkeys(told) if sides[0] != sides[1]]

    def _clause(self, cited: str) -> Sides:
        clause = cited.partition("#")[0]
        now = self.found.after.clauses.get(clause)
        was = [self.found.before.clauses[old] for old in self._before(clause)]
        return "; ".join(map(self._text, was)), self._text(now) if now else ""

    def _text(self, label: Label) -> str:
        return label.said(self.lang)

    def _before(self, clause: str) -> list[str]:
        """Return the clauses of the earlier document that one of the later carries."""
        known, leads = self.found.before.clauses, _rulebook(self.found).leads
        olds = (old.partition("#")[0] for old, ways in leads.items() if _leads_to(ways, clause))
        return [old for old in dict.fromkeys((clause, *olds)) if old in known]

    def _labels(self, topic: Topic) -> list[Sides]:
        """Return what the entries of a group were and are called, where no clause tells it."""
        told = (self._entry(one.change) for one in topic.changes)
        return [sides for sides in dict.fromkeys(told) if sides[0] != sides[1]]

    def _entry(self, change: Change) -> Sides:
        if change.kind is not Kind.CHANGED:
            said = self.changes.called(change)
            return (said, "") if change.kind is Kind.REMOVED else ("", said)
        labels = [one.label for one in (change.old, change.new) if one and one.label]
        if "label" in change.keys and len(labels) > 1:
            return self._text(labels[0]), self._text(labels[1])
        return self.changes.turned(change)

    def _entries(self, topic: Topic) -> Iterator[Line]:
        """Yield the first entries of what no group declares, each with what differs in it."""
        yearly = topic.group == YEARLY
        several = len(topic.changes) > 1 or yearly
        for one in topic.changes[:_MOST_ENTRIES]:
            change = one.told or one.change
            if several:
                yield Line(self.changes.titled(change), _INDENT, "–")
            if yearly:
                change = replace(change, keys=tuple(k for k in change.keys if k in _OF_YEAR))
            indent = _INDENT + (2 if several else 0)
            yield from self.changes.inside(change, indent, brief=yearly)
        left = len(topic.changes) - _MOST_ENTRIES
        if left > 0:
            yield Line(self.say("page.more", n=left), _INDENT)

    # -- for whom -------------------------------------------------------------------------------

    def _whom(self, topic: Topic) -> Iterator[str]:
        """Yield who comes out differently; where nobody does, whom the changes are about."""
        whom = topic.whom(self.found)
        if not topic.acts or not whom:
            key = "nobody" if topic.acts else "words_only"
            yield self.say(f"page.{key}", whom=self._about(topic))
            return
        for key in ("level", "beside"):
            counts = {one.type: getattr(one, key) for one in whom}
            said = "; ".join(self._several(name, n) for name, n in counts.items() if n)
            if said:
                yield self.say(f"page.{key}", whom=said)

    def _several(self, name: str, n: int) -> str:
        words = Words(program_of(self.found.after), self.lang)
        return self.say("page.several", n=n, what=words.plural(noun_of(self.changes.subject(name))))

    def _about(self, topic: Topic) -> str:
        """Return the types of subjects that hold the entries, or all."""
        known = [*program_of(self.found.after).objects, *program_of(self.found.before).objects]
        owners = (one.change.path.partition(".")[0] for one in topic.changes)
        names = [self.changes.subject(name) for name in dict.fromkeys(owners) if name in known]
        return ", ".join(names) or self.say("page.everybody")

    # -- the example ----------------------------------------------------------------------------

    def _who(self, one: Difference) -> str:
        name = self.cases.teller.name(one)
        return self.say("named", part=self.changes.subject(one.type), label=name)

    def _turned(self, one: Difference) -> str:
        """Return a level before and after; where that is the same, what else differs."""
        if not one.of_level:
            return "; ".join(line.text for line in self.cases.teller.told(one).lines)
        sides = one.before, one.after
        standings = [self._standing(one.type, standing_of(side)) for side in sides if side]
        if len(set(standings)) == len(sides):
            return self.say("turned", before=standings[0], after=standings[1])
        return self.cases.teller.told(one).standing

    def _under_readings(self, readings: Sequence[tuple[str, str]]) -> Iterator[str]:
        """Yield by which options an example stands that no rulebook follows of itself."""
        program = program_of(self.found.after)
        words = Words(program, self.lang)
        for name, option in readings:
            reading = program.readings.get(name)
            if reading is not None and option in reading.options.values:
                question, said = reading.question.said(self.lang), words.option(reading, option)
                yield self.say("page.if_read", question=question, option=said)

    # -- who moves ------------------------------------------------------------------------------

    def _moves(self) -> Iterator[Block]:
        found = [one for one in matrices(self.found) if one.all]
        if not found:
            return
        yield BLANK
        yield Line(self.say("page.moves"), 0, "■", Style.TITLE)
        for one in found:
            name = self.changes.subject(one.type)
            yield Line(self.say("page.moved", type=name, n=one.all, moved=one.moved), 2)
            if one.moved:
                yield self._grid(one)

    def _grid(self, matrix: Matrix) -> Grid:
        """Return how many of those at each level before are at each after: rows to columns.

        Only levels from or to which somebody moves are in it; a column has the number of its level.
        """
        named = {name: self._standing(matrix.type, name) for name in matrix.moving}
        numbers = {name: f"({place})" for place, name in enumerate(named, 1)}
        rows = tuple(
            (
                (f"{numbers[was]} {said}",),
                *((self._cell(matrix.counts.get((was, now), 0)),) for now in named),
            )
            for was, said in named.items()
        )
        kinds = ("standing", *("number" for _ in named))
        return Grid((self.say("page.corner"), *numbers.values()), rows, kinds=kinds)

    def _cell(self, n: int) -> str:
        return str(n) if n else "·"

    def _standing(self, name: str, standing: str) -> str:
        for ready in (self.found.after, self.found.before):
            program = program_of(ready)
            ladder = program.objects[name].ladder if name in program.objects else None
            labels = program.values[ladder.scale.name].labels if ladder else {}
            if standing in labels:
                return labels[standing].said(self.lang)
        return known(self.lang, f"report.status.{standing}") or standing


def _rulebook(found: Comparison) -> Rulebook:
    rulebook = found.after.loaded.rulebook
    assert rulebook is not None  # noqa: S101  # a sound rulebook was read
    return rulebook


def _leads_to(ways: Sequence[str], clause: str) -> bool:
    return any(way.partition("#")[0] == clause for way in ways)
