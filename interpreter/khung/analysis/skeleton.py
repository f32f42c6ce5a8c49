"""The files of the next year, in which everything that the year sets waits for an answer.

In: a sound rulebook. Out: texts of files. What is open is told by `check` until it is answered.
"""

from __future__ import annotations

import re
from datetime import timedelta
from textwrap import TextWrapper
from typing import TYPE_CHECKING

from khung.locale import phrase
from khung.records import dataclass, fields_of
from khung.rulebook.folder import MANIFEST
from khung.rulebook.model.rules import Rules
from khung.rulebook.versions.citations import headings
from khung.source.writing import quoted
from khung.surfaces import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from khung.rulebook import model as m

CLAUSES = "clauses.yaml"  # the file that lists the clauses of the new document
_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z][\w./-]*")  # what YAML takes for a text without quotes
_YEAR = re.compile(r"[0-9]{4}")
_ANY_YEAR = re.compile(r"(?<![0-9])[12][0-9]{3}(?![0-9])")
_SOME_YEAR = "2025"  # of a small rulebook whose name tells none
_SCHEMA = "# yaml-language-server: $schema=../../schemas/{name}.schema.json"


def skeleton(
    base: m.Rulebook, period: tuple[date, date], folder: str, name: str, lang: str
) -> dict[str, str]:
    """Return the files of a rulebook that extends another as that of the next period.

    Args:
        base: The rulebook that is extended.
        period: The first and the last day of the new one.
        folder: The name of its folder.
        name: The id of the new one.
        lang: The language of the comments.

    Returns:
        The text of each file by its name.
    """
    writer = _Writer(base, period, folder, name, lang)
    files = {MANIFEST: "\n".join(writer.manifest()) + "\n"}
    if base.clauses:
        files[CLAUSES] = "\n".join(writer.clauses()) + "\n"
    return {**files, **writer.translations()}


def overlay_skeleton(
    base: m.Rulebook, folder: str, name: str, part: tuple[str, str], lang: str
) -> dict[str, str]:
    """Return the files of a rulebook that is put over another for some of its subjects.

    Args:
        base: The rulebook that is extended.
        folder: The name of its folder.
        name: The id of the new one.
        part: For which subjects it is: a type, and the id of one of that.
        lang: The language of the comments.
    """
    writer = _Writer(base, base.period, folder, name, lang)
    manifest = {MANIFEST: "\n".join(writer.overlay(*part)) + "\n"}
    return {**manifest, **writer.translations(f" – {part[1]}")}


def amendment_skeleton(base: m.Rulebook, folder: str, name: str, lang: str) -> dict[str, str]:
    """Return the files of a rulebook that changes another from a day within its period on.

    Args:
        base: The rulebook that is amended.
        folder: The name of its folder.
        name: The id of the new one.
        lang: The language of the comments.
    """
    lines = _Writer(base, base.period, folder, name, lang).amendment()
    return {MANIFEST: "\n".join(lines) + "\n"}


def small_rulebook(name: str, lang: str) -> str:
    """Return the manifest of the smallest rulebook, which is all of it; the year is in its name."""
    year = _ANY_YEAR.search(name)
    return phrase(lang, "skeleton.small", name=name, year=year[0] if year else _SOME_YEAR)


def period_of(name: str, base: m.Rulebook) -> tuple[date, date] | None:
    """Return the period of a new rulebook: the next, or if both ids are years, that of its year."""
    period = next_period(*base.period)
    if not (_YEAR.fullmatch(name) and base.id == str(base.period[0].year) < name):
        return period
    while period is not None and period[0].year < int(name):
        period = next_period(*period)
    return period


def next_period(first: date, last: date) -> tuple[date, date] | None:
    """Return the period a year later; one as long right behind it, if it is longer than a year.

    None where that would end later than a date can say.
    """
    try:
        after, later = last + timedelta(1), _a_year_later(first)
        if later > last:
            return later, _a_year_later(after) - timedelta(1)
        return after, after + (last - first)
    except (OverflowError, ValueError):
        return None


def _a_year_later(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if is_leap_day else day.day)


def _rules(subject: m.Subject) -> Iterator[tuple[str, object]]:
    """Yield the rules of a subject, each with its path as it is written."""
    for key in fields_of(Rules):
        held = getattr(subject, key)
        rules = held if isinstance(held, tuple) else ()
        yield from ((f"{key}.{one.head.id}", one) for one in rules)
    matrix = subject.ladder.thresholds if subject.ladder else None
    rows = {row.id: row for row in matrix.rows} if matrix else {}
    yield from ((f"ladder.thresholds.{name}", row) for name, row in rows.items())
    for level in subject.ladder.levels if subject.ladder else ():
        for one in (one for one in level.require if one.head.id not in rows):
            yield f"ladder.levels.{level.head.id}.require.{one.head.id}", one
    for knockout in subject.ladder.knockouts if subject.ladder else ():
        yield f"ladder.knockouts.{knockout.head.id}", knockout


@dataclass(frozen=True, slots=True)
class _Writer:
    base: m.Rulebook
    period: tuple[date, date]
    folder: str
    name: str
    lang: str

    def say(self, key: str, **args: object) -> str:
        return phrase(self.lang, f"skeleton.{key}", **args)

    # -- the manifest ----------------------------------------------------------------------

    def manifest(self) -> Iterator[str]:
        """Yield the lines of `rulebook.yaml`."""
        first, last = self.period
        yield from self._head(self._opening("head"))
        yield f"title: {self._title()}  # {self.say('title')}"
        yield f"extends: {{rulebook: {quoted(self.folder)}, as: successor}}"
        yield f"period: {{from: {first}, to: {last}}}  # {self.say('period')}"
        yield ""
        yield from _comment(self.say("document"), "")
        yield "document: open"
        yield from self._documents(first)
        yield from self._carried()

    def overlay(self, subject: str, one: str) -> Iterator[str]:
        """Yield the lines of `rulebook.yaml` of an overlay for one subject and all below it."""
        first, last = self.period
        yield from self._head(
            self._opening("overlay", one=one),
            self.say("overlay_files", name=self.name),
            self.say("local", sets=", ".join(self._local()) or "—"),
        )
        yield f"title: {self._title(f' – {one}')}  # {self.say('title')}"
        yield f"extends: {{rulebook: {quoted(self.folder)}, as: overlay}}"
        yield f"period: {{from: {first}, to: {last}}}"
        yield f"applies_to: {{{subject}: [{_key(one)}]}}"
        yield ""
        yield from _comment(self.say("decision"), "")
        yield from self._documents(first)

    def amendment(self) -> Iterator[str]:
        """Yield the lines of `rulebook.yaml` of an amendment."""
        first, last = self.period
        yield from self._head(self._opening("amendment"))
        yield f"title: {self._title(f' – {self.name}')}  # {self.say('title')}"
        yield from _comment(self.say("first_day", first=first, last=last), "")
        yield f"extends: {{rulebook: {quoted(self.folder)}, as: amendment, from: open}}"
        yield f"period: {{from: {first}, to: {last}}}"
        yield ""
        yield from _comment(self.say("amending"), "")
        yield "document: open"
        yield from self._documents(first)

    def _opening(self, key: str, **args: object) -> str:
        return self.say(key, name=self.name, base=self.base.id, **args)

    def _head(self, *comments: str) -> Iterator[str]:
        """Yield the lines that every manifest begins with."""
        yield _SCHEMA.format(name="rulebook-part")
        for comment in comments:
            yield from _comment(comment, "")
        yield "khung: 1"
        yield f"id: {quoted(self.name)}"
        if self.base.surface != ENGLISH:
            yield f"surface: {self.base.surface}"

    def _local(self) -> Iterator[str]:
        """Yield the paths of all that the base leaves to units, with the bounds of parameters."""
        for parameter in self.base.parameters:
            if parameter.local is not None:
                ends = {"at_most": parameter.local.at_most, "at_least": parameter.local.at_least}
                said = [f"{key} {end.span.text}" for key, end in ends.items() if end is not None]
                yield f"parameters.{parameter.head.id}" + (f" ({', '.join(said)})" if said else "")
        for subject in self.base.subjects:
            sets = subject.criteria.sets if subject.criteria else ()
            yield from (f"{subject.head.id}.criteria.sets.{s.head.id}" for s in sets if s.local)
            rules = (path for path, rule in _rules(subject) if getattr(rule, "local", False))
            yield from (f"{subject.head.id}.{path}" for path in rules)

    def _documents(self, first: date) -> Iterator[str]:
        yield "# documents:"
        yield f"#   {self.say('document_id')}: {{number: …, date: {first.year}-…-…, issued_by: …}}"

    def _title(self, more: str = "") -> str:
        texts, catalogue = self._titles(more), self.base.catalogue
        if catalogue is not None and catalogue.language in texts:
            return quoted(texts[catalogue.language])
        inside = ", ".join(f"{lang}: {quoted(text)}" for lang, text in texts.items())
        return f"{{{inside}}}"

    def _titles(self, more: str) -> dict[str, str]:
        name = self.base.id if more else self.name
        texts = self.base.title.texts.items()
        return {lang: text.replace(self.base.id, name) + more for lang, text in texts}

    def translations(self, more: str = "") -> dict[str, str]:
        """Return the file of translations, with that of the title, where the base has such."""
        texts, catalogue = self._titles(more), self.base.catalogue
        other = next((lang for lang in texts if catalogue and lang != catalogue.language), None)
        if catalogue is None or other is None:
            return {}
        lines = (
            _SCHEMA.format(name="translations"),
            *_comment(self.say("translations"), ""),
            f"translations: {other}",
            "texts:",
            f"  {quoted(texts[catalogue.language])}: {quoted(texts[other])}",
        )
        return {f"{other}.yaml": "\n".join(lines) + "\n"}

    def _carried(self) -> Iterator[str]:
        sections = {
            "parameters": {p.head.id: self._parameter(p) for p in self.base.parameters},
            "readings": {r.head.id: self._reading(r) for r in self.base.readings},
            "calendars": {c.head.id: self._calendar(c) for c in self.base.calendars},
        }
        if not any(sections.values()):
            return
        yield ""
        yield from _comment(self.say("carried"), "")
        yield "carried:"
        for section, found in sections.items():
            if found:
                yield f"  {section}:"
            for name, about in found.items():
                yield from _comment(about, "    ")
                yield f"    {name}: open"

    def _parameter(self, parameter: m.Parameter) -> str:
        value = _DATE.sub(r"\1", " ".join(parameter.value.span.text.split()))
        return self._about(parameter.head, parameter.head.id, self.say("value", value=value))

    def _reading(self, reading: m.Reading) -> str:
        option = next(o for o in reading.options if o.head.id == reading.chosen.name)
        label = option.head.label or option.because
        chosen = self.say("chosen", name=option.head.id)
        said = f"{chosen} ({label.said(self.lang)})" if label else chosen
        return self._about(reading.head, reading.question.said(self.lang), said)

    def _calendar(self, calendar: m.Calendar) -> str:
        days = self.say("days", first=calendar.first, last=calendar.last)
        return self._about(calendar.head, calendar.head.id, days)

    def _about(self, head: m.Head, fallback: str, said: str) -> str:
        label = head.label.said(self.lang) if head.label else fallback
        cited = ", ".join(source.full("").strip() for source in head.sources)
        stop = "" if label.endswith(("?", ".")) else "."
        return f"{label}{stop} {said}" + (f" [{cited}]" if cited else "")

    # -- the clauses -----------------------------------------------------------------------

    def clauses(self) -> Iterator[str]:
        """Yield the lines of `clauses.yaml`: each clause of the base, waiting."""
        yield _SCHEMA.format(name="clauses-part")
        last = {self.base.document: self.base.clauses}
        known = {**(self.base.amended.clauses if self.base.amended else {}), **last}
        first, *amending = known
        yield from _comment(self.say("clauses", document=first), "")
        for line in ("same", "whole", "moved", "altered", "other", "gone"):
            yield from _comment(f"- {self.say(line)}", "")
        yield "clauses:"
        told: set[str] = set()
        for clause in known[first]:
            yield from self._headings(clause.address, told)
            nothing = f" ({self.say('nothing')})" if clause.kind else ""
            yield from _comment(clause.summary.said(self.lang) + nothing, "  ")
            yield f"  {_key(clause.address)}: {{carries: open}}"
        if amending:
            yield from _comment(self.say("amending_clauses"), "  ")
        for document in amending:
            for clause in known[document]:
                about = f"{document} {clause.address}: {clause.summary.said(self.lang)}"
                yield from _comment(about, "  ")

    def _headings(self, address: str, told: set[str]) -> Iterator[str]:
        """Yield what the document calls the parts that begin with a clause."""
        named = {one.address: one.label.said(self.lang) for one in self.base.headings}
        begins = [one for one in headings(address) if one in named and one not in told]
        told.update(begins)
        yield from ("", *(f"  # {one} {named[one]}" for one in begins)) if begins else ()


_DATE = re.compile(r'@"([^"]+)"')


def _comment(text: str, margin: str) -> Iterable[str]:
    wrapper = TextWrapper(
        _WIDTH,
        initial_indent=f"{margin}# ",
        subsequent_indent=f"{margin}#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapper.wrap(" ".join(text.split()))


def _key(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quoted(text)
