"""The comparison of two rulebooks: for people the sums, the changes, the cases; and as data."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.comparison import CITATION, YEARLY
from khung.analysis.diff.summary import matrices
from khung.diagnostics.render.forms import render_json
from khung.locale import voice
from khung.report.diff.cases import Cases
from khung.report.diff.changes import Changes
from khung.report.diff.naming import program_of
from khung.report.diff.page import Page
from khung.report.diff.proofs import Proved, as_data
from khung.report.document.model import BLANK, Block, Document, Line, Style
from khung.report.result.json import about, outcome_json
from khung.report.words.labels import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.diff.cases import Compared
    from khung.analysis.diff.comparison import Comparison, Judged
    from khung.analysis.diff.results import Difference, Outcome
    from khung.analysis.diff.summary import Matrix
    from khung.driver import Ready


_KEPT = {"parameters", "readings", "calendars"}  # what a successor answers for entry by entry


class Extent(Enum):
    """How much is told: one page, every entry and case besides, or also what only follows."""

    PAGE = "page"
    FULL = "full"
    ALL = "all"


def document(
    found: Comparison, readings: Mapping[str, str], lang: str, extent: Extent = Extent.FULL
) -> Document:
    """Return the comparison in words.

    Args:
        found: The comparison.
        readings: The options that the later side follows instead of its own.
        lang: `vi` or `en`.
        extent: How much to tell.
    """
    text = _Text(found, readings, lang, everything=extent is Extent.ALL)
    blocks = (*text.page(), *(text.last() if extent is Extent.PAGE else text.lines()))
    return Document(text.title, lang, blocks)


class _Text:
    def __init__(
        self, found: Comparison, readings: Mapping[str, str], lang: str, *, everything: bool
    ) -> None:
        self.found = found
        self.readings = readings
        self.lang = lang
        self.everything = everything
        self.say = voice(lang, "diff")
        self.changes = Changes(found, lang, everything=everything)
        self.cases = Cases(found, self.changes, lang, everything=everything)
        names = (program_of(ready).rulebook for ready in (found.before, found.after))
        self.title = self.say("head", **dict(zip(("before", "after"), names, strict=True)))

    def page(self) -> Iterator[Block]:
        """Yield what is compared, the sums, and one page of what was decided anew."""
        page = Page(self.found, self.changes, self.cases, self.lang)
        yield from self.head()
        yield BLANK
        yield Line(page.sums())
        yield from self.sums()
        yield from page.blocks()
        yield from Proved(
            self.found, self.changes, self.cases, self.lang, everything=self.everything
        ).lines()

    def last(self) -> Iterator[Line]:
        """Yield how to see more than the page."""
        if self.found.changes:
            yield BLANK
            yield Line(self.say("page.full"), style=Style.FAINT)

    def lines(self) -> Iterator[Line]:
        """Yield every entry under its heading, then the cases."""
        for heading, judged in self.sections():
            shown = [one for one in judged if one.told or self.everything]
            yield BLANK
            n = len(shown)
            title = self.say("heading", heading=heading, n=n) if n else heading
            yield Line(title, 0, "■", Style.TITLE)
            yield from self.effect(judged)
            brief = heading == self.say("citation")
            yield from self.changes.lines(shown, brief=brief, under=heading)
            yield from self.kept(heading, len(judged) - len(shown))
        yield from self.cases.lines()

    def effect(self, judged: list[Judged]) -> Iterator[Line]:
        """Yield how many cases come out differently by a declared group of changes."""
        name = judged[0].group
        if name in self.found.groups and len(self.found.refused) < len(self.found.cases):
            n = self.cases.count(name)
            yield Line(self.say("effect" if n else "no_effect", n=n), 2, style=Style.FAINT)

    def kept(self, heading: str, n: int) -> Iterator[Line]:
        """Yield the count of what stays as it was, but for the clause that says so now."""
        if n:
            key = "kept.yearly_value" if heading == self.say("yearly_value") else "kept.others"
            rulebook = self.found.after.loaded.rulebook
            document = rulebook.document if rulebook else ""
            yield Line(self.say(key, n=n, document=document), 2, "=", Style.FAINT)

    # -- the head -------------------------------------------------------------------------------

    def head(self) -> Iterator[Line]:
        before, after = self.found.before, self.found.after
        yield Line(self.title, style=Style.TITLE)
        for side, ready in (("before", before), ("after", after)):
            yield Line(self.side(side, ready), 2)
        for name, option in self.readings.items():
            yield Line(self.reading(name, option), 2)

    def side(self, side: str, ready: Ready) -> str:
        title, folder = program_of(ready).title.said(self.lang), ready.loaded.folder
        return self.say(f"side.{side}", id=program_of(ready).rulebook, title=title, folder=folder)

    def reading(self, name: str, option: str) -> str:
        program = program_of(self.found.after)
        reading = program.readings[name]
        question, said = reading.question.said(self.lang), Words(program, self.lang)
        return self.say("reading", question=question, option=said.option(reading, option))

    # -- the sums -------------------------------------------------------------------------------

    def sums(self) -> Iterator[Line]:
        counted = sum(case.counted for case in self.found.cases)
        if counted < len(self.found.cases) or not counted:
            yield Line(self.ran(len(self.found.cases) - counted))
        if counted:
            yield Line(self.say("sum.counted", n=counted))
        n = sum(bool(case.without) for case in self.found.cases)
        if n:
            yield Line(self.say("without", n=n))
        if self.found.shifted_months and self.found.cases:
            yield Line(self.say("shifted", n=abs(self.found.shifted_months)))

    def ran(self, tried: int) -> str:
        refused = len(self.found.refused)
        if not tried:
            return self.say("sum.no_cases")
        if tried == refused:
            return self.say("sum.none_run", n=refused)
        differing = len(self.found.differing)
        key = "sum.cases" if differing else "sum.cases_alike"
        said = self.say(key, n=tried - refused, differing=differing)
        return f"{said} {self.say('sum.not_run', n=refused)}" if refused else said

    # -- headings -------------------------------------------------------------------------------

    def sections(self) -> list[tuple[str, list[Judged]]]:
        """Return the headings with what stands under each, what wants attention first."""
        by_heading: dict[str, list[Judged]] = defaultdict(list)
        for judged in self.found.changes:
            by_heading[self.heading(judged)].append(judged)
        order = dict.fromkeys((*self.order(), *by_heading))
        order.pop(self.say("citation"), None)
        last = self.say("citation")
        return [(name, by_heading[name]) for name in (*order, last) if name in by_heading]

    def order(self) -> list[str]:
        """Return the headings that come first, whatever the order of the rulebook."""
        groups = (group.label.said(self.lang) for group in self.found.groups.values())
        shared = (self.say(key) for key in ("yearly_value", "shared"))
        return [self.say("no_group"), *groups, *shared]

    def heading(self, judged: Judged) -> str:
        """Return under what a change stands: without groups, the subject that it is about."""
        if judged.told is None and judged.change.item.part not in _KEPT:
            return self.say(CITATION)
        if judged.group in (YEARLY, CITATION):
            return self.say(judged.group)
        if judged.group:
            return self.found.groups[judged.group].label.said(self.lang)
        if self.found.groups:
            return self.say("no_group")
        subject = judged.change.item.rule.partition(".")[0]
        return self.changes.subject(subject) if subject else self.say("shared")


# -- as the object that `schemas/diff.schema.json` describes --------------------------------------

_SHOWN = ("status", "level", "at_best", "at_worst")


def as_json(found: Comparison, lang: str) -> dict[str, Any]:
    """Return the document."""
    before, after = program_of(found.before), program_of(found.after)
    return {
        "before": about(before, before.rulebook),
        "after": about(after, after.rulebook),
        "changes": [_change(judged) for judged in found.changes],
        "cases": [one for case in found.differing for one in _subjects(case, lang)],
        "witnesses": [*_witnesses(found, lang)],
        "proved": None if found.proofs is None else as_data(found.proofs),
        "matrix": {one.type: _matrix(one) for one in matrices(found)} or None,
        "run_without": [_without(case, lang) for case in found.cases if case.without],
        "tried": len(found.cases),
        "counted": [str(case.path) for case in found.cases if case.counted],
        "shifted_months": found.shifted_months,
        "not_run": [_refused(case, lang) for case in found.refused],
        "diagnostics": [],
    }


def _witnesses(found: Comparison, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the cases that a solver found, each with its text and what comes of it."""
    proofs = found.proofs
    if proofs is None:
        return
    for name, compared in proofs.witnesses.items():
        for one in (one for one in compared.differences if one.id == compared.about):
            first = proofs.witnesses[proofs.like[name]]
            yield {
                "name": name,
                "case": proofs.texts[name],
                "subject": f"{one.type}.{one.id}",
                "matters": list(proofs.matters[name]),
                "before": outcome(one.before, one, lang),
                "after": outcome(one.after, one, lang),
                "causes": [c for d in first.differences if d.id == first.about for c in d.causes],
            }


def _matrix(matrix: Matrix) -> dict[str, Any]:
    """Return how many stand where before, a row each, and where after, a column each."""
    names = matrix.standings
    return {
        "standings": list(names),
        "counts": [[matrix.counts.get((was, now), 0) for now in names] for was in names],
    }


def _without(case: Compared, lang: str) -> dict[str, Any]:
    """Return what each side does not ask, and a case was run without there."""
    sides = {side: list(dict.fromkeys(d.at for d in said)) for side, said in case.without.items()}
    return {
        "case": str(case.path),
        "title": _title(case, lang),
        "before": sides.get("before", []),
        "after": sides.get("after", []),
    }


def _change(judged: Judged) -> dict[str, Any]:
    change = judged.change
    return {
        "path": change.path,
        "sources": list(change.item.sources),
        "before": change.before,
        "after": change.after,
        "class": judged.klass.value,
        "group": judged.group or None,
    }


def _subjects(case: Compared, lang: str) -> Iterator[dict[str, Any]]:
    for one in case.differences:
        yield {
            "case": str(case.path),
            "title": _title(case, lang),
            "subject": f"{one.type}.{one.id}",
            "before": outcome(one.before, one, lang),
            "after": outcome(one.after, one, lang),
            "causes": list(one.causes),
        }


def outcome(side: Outcome | None, one: Difference, lang: str) -> dict[str, Any] | None:
    """Return what is shown of a side: its level, its reasons, and other parts that differ.

    Args:
        side: What the side makes of a subject; None if it has no result there.
        one: How the subject differs.
        lang: The language of its texts.
    """
    if side is None:
        return None
    assert side.found.results is not None  # noqa: S101  # an outcome is one of them
    data = outcome_json(side.found.results, side.result, lang)
    shown = {key: data[key] for key in _SHOWN}
    alone = None in (one.before, one.after)
    if ("", "decision") in one.facets or (alone and data["decision"] is not None):
        shown["decision"] = data["decision"]
    if ("", "provisional") in one.facets:
        shown["provisional"] = data["provisional"]
    for part in ("outputs", "checks"):
        names = [name for held, name in one.facets if held == part]
        if names:
            shown[part] = {name: _value(data[part][name]) for name in names if name in data[part]}
    return {**shown, "reasons": data["reasons"]}


def _value(found: Any) -> Any:
    """Return the state of a check; of an output the value alone."""
    return found["value"] if isinstance(found, dict) else found


def _refused(case: Compared, lang: str) -> dict[str, Any]:
    said = {side: render_json([diagnostic], lang)[0] for side, diagnostic in case.refused.items()}
    return {
        "case": str(case.path),
        "title": _title(case, lang),
        "before": said.get("before"),
        "after": said.get("after"),
    }


def _title(case: Compared, lang: str) -> str:
    return case.title.said(lang) if case.title else case.path.stem
