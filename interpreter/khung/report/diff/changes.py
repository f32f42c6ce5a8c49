"""Changed entries for people: what each is, what it does, before and after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.changes import Class, Kind
from khung.analysis.diff.cores import node_of
from khung.analysis.diff.entries import Code, Texts
from khung.diagnostics.render.columns import columns
from khung.locale import known, voice
from khung.patterns import pattern
from khung.report.diff.naming import holders, part_word, program_of, turned
from khung.report.document.model import Line, Style
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.diff.changes import Change
    from khung.analysis.diff.comparison import Comparison, Judged
    from khung.analysis.diff.entries import Item
    from khung.driver import Ready
    from khung.rulebook.model import Label

_DAY = pattern(r"\d{4}-\d{2}-\d{2}")
_SHORT = 60  # columns up to which before and after stand in one line
_SOURCES = {"source", "basis"}
_ASKING = {"require", "knockouts", "caps", "not_ranked", "pending", "checks"}

_MOST_CLAUSES = 12  # as the next, of clauses that are new, gone or summed up otherwise
_MOST_BRIEF = 40  # changes of clauses and names told unless all are asked for


class Changes:
    """Tells the changes of one comparison in one language."""

    def __init__(self, found: Comparison, lang: str, *, everything: bool) -> None:
        self.found = found
        self.lang = lang
        self.everything = everything
        self.say = voice(lang, "diff")
        self.cited: set[str] = set()

    def subject(self, name: str) -> str:
        """Return what a subject is called in the later rulebook, or in the other."""
        for ready in (self.found.after, self.found.before):
            declared = program_of(ready).objects.get(name)
            if declared is not None and declared.label is not None:
                return declared.label.said(self.lang)
        return name

    def lines(self, changes: Sequence[Judged], *, brief: bool, under: str = "") -> Iterator[Line]:
        """Yield the changes under one heading; `brief` where only clauses and names changed."""
        others = [one for one in changes if one.change.item.part != "clauses"]
        clauses = [self._shown(one) for one in changes if one.change.item.part == "clauses"]
        most = _MOST_BRIEF if brief and not self.everything else len(others)
        for judged in others[:most]:
            yield from self._brief(self._shown(judged)) if brief else self._change(judged, under)
        if len(others) > most:
            yield Line(self.say("more", n=len(others) - most), 2)
        yield from self._clauses(clauses)

    def _shown(self, judged: Judged) -> Change:
        return judged.change if self.everything else judged.told or judged.change

    # -- one change -----------------------------------------------------------------------------

    def _change(self, judged: Judged, under: str) -> Iterator[Line]:
        change = self._shown(judged)
        does, title = self.say(f"class.{self._does(judged)}"), self.titled(change, under=under)
        style = Style.WARNING if judged.klass is Class.CHANGES_OUTCOMES else Style.PLAIN
        yield Line(f"{title} — {does}", 2, _SIGNS[change.kind], style)
        for key in change.keys:
            yield from self._key(key, change)
        if judged.change.item.sources and "source" not in change.keys:
            is_brief = judged.klass is Class.CITATION
            sources = judged.change.item.sources
            cited = dict.fromkeys(self._cited(source, brief=is_brief) for source in sources)
            yield Line("; ".join(cited), 6, style=Style.FAINT)

    def inside(self, change: Change, indent: int, *, brief: bool) -> Iterator[Line]:
        """Yield what differs in an entry, and its clauses with what they say, unless `brief`."""
        for line in (line for key in change.keys for line in self._key(key, change)):
            yield replace(line, indent=indent)
        if change.item.sources and "source" not in change.keys:
            cited = dict.fromkeys(self._cited(one, brief=brief) for one in change.item.sources)
            yield Line("; ".join(cited), indent, style=Style.FAINT)

    def turned(self, change: Change) -> tuple[str, str]:
        """Return what an entry that is called as before says under the first key that differs."""
        key = next((key for key in change.keys if key not in _SOURCES), "")
        before, after = self._said(key, change) or self._both(key, change)
        called = self.called(change)
        return self.say("found", what=called, value=before), self.say(
            "found", what=called, value=after
        )

    def _does(self, judged: Judged) -> str:
        """Return what a change does; where only words or only clauses changed, which of them."""
        if judged.klass is Class.UNKNOWN and self.found.proofs is not None:
            return "not_proved"
        if judged.klass is not Class.CITATION:
            return judged.klass.value
        keys = set(self._shown(judged).keys)
        if keys and not keys & _SOURCES:
            return "words"
        return "clauses" if keys and keys <= _SOURCES else judged.klass.value

    def titled(self, change: Change, *, under: str = "") -> str:
        """Return whether an entry is new, gone or changed, what it is, and whose.

        Args:
            change: The entry.
            under: The subject that a heading names, which is not said again.
        """
        said = self.say(f"entry.{change.kind}", what=self.called(change, under=under))
        return self._placed(said, change)

    def _placed(self, said: str, change: Change) -> str:
        """Return what is said of an entry, with its place for who asks for all."""
        return self.say("at", what=said, path=change.path) if self.everything else said

    def called(self, change: Change, *, under: str = "") -> str:
        """Return what an entry is called wherever it is named: its label, and whose it is."""
        part, said = part_word(change, self.lang), self._name(change)
        whose = [one for one in self._whose(change.path) if one != under]
        what = part if change.item.part == "rows" else ""
        what = what or self.say("named", part=part, label=change.item.id)
        if said:
            what = self.say("part_named", part=part, label=said)
        return self.say("of", what=what, whose=", ".join(whose)) if whose else what

    def _name(self, change: Change) -> str:
        """Return the label of an entry; of a rule without one what it asks, as results say it."""
        if change.label:
            return change.label.said(self.lang)
        if change.item.part not in _ASKING:
            return ""
        side = 0 if change.new is None else 1
        item = change.item
        asked = (node_of(item, key, self.found.cores[side]) for key in ("that", "require", "when"))
        node = next((one for one in asked if one is not None), None)
        said = self.sayers[side].say(node) if node is not None else ""
        return said if columns(said) <= _SHORT else ""

    def _whose(self, path: str) -> tuple[str, ...]:
        """Return what an entry stands in, by labels: a subject, its table, a scale, a reading."""
        for program in (program_of(self.found.after), program_of(self.found.before)):
            found = tuple(one.said(self.lang) for one in holders(path, program) if one)
            if found:
                return found
        return ()

    def _key(self, key: str, change: Change) -> Iterator[Line]:
        name = self._word(key)
        said = self._said(key, change)
        if said is not None:
            yield from self._sides(name, *said)
        if said is None and key == "members" and change.old and change.new:
            yield Line(self._members(change.old, change.new), 6)
        elif said is None and key == "inputs" and not self.everything:
            yield from self._sides(name, *self._inputs(change))
        elif said is None or self.everything:
            yield from self._sides(name, *self._both(key, change))

    def _said(self, key: str, change: Change) -> tuple[str, str] | None:
        """Return a condition in words, before and after; None where words do not tell them apart.

        They do not where the readings chosen make them the same, or where it is no condition.
        """
        sides = zip((change.old, change.new), self.found.cores, strict=True)
        nodes = [node_of(item, key, cores) if item else None for item, cores in sides]
        if not any(nodes):
            return None
        before, after = (
            self.say("nothing") if node is None else sayer.say(node)
            for node, sayer in zip(nodes, self.sayers, strict=True)
        )
        return None if before == after else (before, after)

    @cached_property
    def sayers(self) -> tuple[Sayer, Sayer]:
        """What says conditions of the one rulebook and of the other."""
        return self._sayer(self.found.before), self._sayer(self.found.after)

    def _sayer(self, ready: Ready) -> Sayer:
        return Sayer(Words(program_of(ready), self.lang))

    def _sides(self, name: str, before: str, after: str) -> Iterator[Line]:
        if columns(before) + columns(after) <= _SHORT:
            yield Line(self.say("short", key=name, before=before, after=after), 6)
            return
        yield Line(self.say("before", key=name, value=before), 6)
        yield Line(self.say("after", key=name, value=after), 6)

    def _both(self, key: str, change: Change) -> tuple[str, str]:
        sides = (change.old, change.new), (change.new, change.old)
        before, after = (self._side(key, item, other) for item, other in sides)
        return before, after

    def _side(self, key: str, item: Item | None, other: Item | None) -> str:
        """Return what an entry says under a key: of the option chosen, its label.

        Of a mapping only what differs is said.
        """
        value, there = (one.keys.get(key) if one else None for one in (item, other))
        if isinstance(value, dict) and isinstance(there, dict) and "vi" not in value:
            value = {name: v for name, v in value.items() if there.get(name) != v}
        if key == "source":
            return self._sources(value or ())
        options = {child.id: child.label for child in item.children} if item else {}
        label = options.get(str(value)) if key == "chosen" else None
        return self._value(value) if label is None else label.said(self.lang)

    def _members(self, old: Item, new: Item) -> str:
        """Return which members of a set one side alone takes."""
        before, after = (_listed(item.keys.get("members")) for item in (old, new))
        subject = new.path.partition(".")[0]
        more, less = (
            [self._member(one, subject) for one in own if one not in other]
            for own, other in ((after, before), (before, after))
        )
        return self.say("found", what=self._word("members"), value=turned(more, less, self.say))

    def _member(self, value: Any, subject: str) -> str:
        """Return a group, a criterion or another set by its label, and when it is taken."""
        if not isinstance(value, dict):
            return self._value(value)
        name = str(value.get("take", value.get("except"))).rpartition(".")[2]
        label = self._label_of(subject, name)
        said = label.said(self.lang) if label else name
        if label and self._is_shared(subject, name, said):
            said = self.say("named", part=said, label=name)
        if "when" not in value:
            return said
        return self.say(
            "take_when", taken=said, when=self._when(subject, name) or self._value(value["when"])
        )

    def _when(self, subject: str, name: str) -> str:
        """Return in words under which condition a group or a criterion is in a set."""
        for ready, sayer in zip((self.found.before, self.found.after), self.sayers, strict=True):
            declared = program_of(ready).objects.get(subject)
            sets = declared.sets.values() if declared else ()
            for key, when in (member for one in sets for member in one.members):
                group = declared.criteria[key].group if declared else ""
                if when is not None and name in (key, group):
                    return sayer.say(when)
        return ""

    def _inputs(self, change: Change) -> tuple[str, str]:
        """Return what a table looks at on one side alone, before and after."""
        names = [set(item.keys.get("inputs") or ()) if item else set() for item in _both(change)]
        subject, _, table = change.path.partition(".tables.")
        sides = zip(
            (self.found.before, self.found.after), self.sayers, names, names[::-1], strict=True
        )
        said = []
        for ready, sayer, own, other in sides:
            declared = program_of(ready).objects.get(subject)
            inputs = declared.tables[table].inputs if declared and own else {}
            nodes = (node for name, node in inputs.items() if name in own - other)
            said.append("; ".join(map(sayer.say, nodes)) or self.say("nothing"))
        return said[0], said[1]

    def _label_of(self, subject: str, name: str) -> Label | None:
        for ready in (self.found.after, self.found.before):
            declared = program_of(ready).objects.get(subject)
            held = (declared.criteria.get(name) or declared.sets.get(name)) if declared else None
            if held is not None and held.label is not None:
                return held.label
        return None

    def _is_shared(self, subject: str, name: str, said: str) -> bool:
        """Say whether another criterion of a subject is called so, too: of one clause, maybe."""
        declared = program_of(self.found.after).objects.get(subject)
        others = declared.criteria.values() if declared else ()
        return any(c.id != name and c.label and c.label.said(self.lang) == said for c in others)

    def _value(self, value: Any) -> str:
        """Return a value as it is written; of a text, the one in the language."""
        match value:
            case None:
                return self.say("nothing")
            case list() | dict() if not value:
                return self.say("nothing")
            case bool():
                return self.sayers[1].words.say("yes" if value else "no")
            case Code():
                return value.read_in(self.lang)
            case str() if _is_day(value):
                return self.sayers[1].words.date(date.fromisoformat(value))
            case Texts():
                return value.shown.get(self.lang) or value.shown["vi"]
            case {"vi": vi, **rest} if set(rest) <= {"en"}:
                return str(rest.get("en", vi) if self.lang == "en" else vi)
            case {"take": str() as taken, **rest} if not rest:
                return taken
            case dict():
                pairs = ((self._value(key), self._value(inner)) for key, inner in value.items())
                return ", ".join(f"{key}: {inner}" for key, inner in pairs)
            case list():
                return ", ".join(map(self._value, value))
            case _:
                return str(value)

    def _cited(self, source: str, *, brief: bool) -> str:
        """Return a clause in short form, and what it says unless that was told before."""
        clause, short = source.partition("#")[0], _short(source, self.found)
        sides = (self.found.after.clauses, self.found.before.clauses)
        summary = next((side[clause] for side in sides if clause in side), None)
        if brief or summary is None or clause in self.cited:
            return short
        self.cited.add(clause)
        return self.say("found", what=short, value=summary.said(self.lang))

    def _sources(self, sources: Sequence[str]) -> str:
        short = dict.fromkeys(_short(source, self.found) for source in sources)
        return ", ".join(short) or self.say("nothing")

    # -- clauses and names ----------------------------------------------------------------------

    def _brief(self, change: Change) -> Iterator[Line]:
        if not change.keys:
            yield Line(self.titled(change), 2, _SIGNS[change.kind])
            return
        told = [self._short_key(key, change) for key in change.keys]
        what = self._placed(self.called(change), change)
        said = self.say("found", what=what, value="; ".join(told))
        yield Line(said, 2, _SIGNS[change.kind])

    def _short_key(self, key: str, change: Change) -> str:
        before, after = self._both(key, change)
        return self.say("short", key=self._word(key), before=before, after=after)

    def _clauses(self, changes: Sequence[Change]) -> Iterator[Line]:
        """Yield the clauses that are new, gone, or summed up otherwise, each with what it says."""
        by_kind: dict[Kind, list[Change]] = defaultdict(list)
        for change in changes:
            by_kind[change.kind].append(change)
        for kind, found in by_kind.items():
            yield Line(self.say(f"clauses.{kind}", n=len(found)), 2, _SIGNS[kind])
            most = len(found) if self.everything else _MOST_CLAUSES
            for change in found[:most]:
                summary = change.label.said(self.lang) if change.label else ""
                yield Line(self.say("found", what=change.item.id, value=summary), 6)
            if len(found) > most:
                yield Line(self.say("more", n=len(found) - most), 6)

    def _word(self, key: str) -> str:
        """Return the word for a key of YAML, or the key."""
        return known(self.lang, f"constructs.key.{key}") or key


def _both(change: Change) -> tuple[Item | None, Item | None]:
    return change.old, change.new


def _is_day(text: str) -> bool:
    return bool(_DAY.fullmatch(text))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "−", Kind.CHANGED: "•"}


def _short(source: str, found: Comparison) -> str:
    """Return a clause, without its document if that is the document of the later rulebook."""
    book = found.after.loaded.rulebook
    clause = source.partition("#")[0]
    document, _, address = clause.partition(" ")
    return address if book is not None and book.document == document else clause
