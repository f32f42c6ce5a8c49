"""What a text gets wrong, as a page for those who wrote it: each defect with clauses and a case."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.analysis.proof.properties import Property, Status
from khung.locale import voice
from khung.report.document.model import (
    Document,
    Heading,
    Listing,
    Paragraph,
    Sample,
    Strong,
    marked,
)
from khung.report.verify import Told
from khung.report.words.labels import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from khung.analysis.proof.properties import Case, Finding
    from khung.driver import Ready
    from khung.report.document.model import Block, Rich

_ORDER = (
    Property.EXCEPTION,
    Property.REACHABLE,
    Property.CUMULATIVE,
    Property.OUTCOME,
    Property.BANDS,
    Property.GAPS,
    Property.OVERLAPS,
    Property.RISING,
    Property.APART,
    Property.DECIDES,
    Property.MATTERS,
)
"""The most serious first."""

_MOST = 8  # kinds, facts


def page(
    found: Sequence[Finding], ready: Ready, readings: Mapping[str, str], lang: str
) -> Document:
    """Return the page.

    What a reading switches off is none, nor is told twice what another finding explains.

    Args:
        found: What was found.
        ready: The rulebook.
        readings: The options that it was asked under instead of its own.
        lang: `vi` or `en`.
    """
    assert ready.program is not None  # noqa: S101  # it is sound
    say = voice(lang, "defects")
    title = say("title", title=ready.program.title.said(lang))
    writer = _Writer(ready, lang)
    blocks: list[Block] = [Heading(1, title), Paragraph(marked(say("about")))]
    if readings:
        blocks += [Paragraph((say("read_so"),)), Listing(tuple(writer.readings(readings)))]
    defects = _defects(found)
    blocks.append(Paragraph((say("sum", n=len(defects)) if defects else say("none"),)))
    for number, alike in enumerate(defects, 1):
        blocks += writer.defect(number, alike)
    return Document(title, lang, tuple(blocks))


def _defects(found: Sequence[Finding]) -> list[list[Finding]]:
    """Return what was refuted, those together of which the same is said of several kinds."""
    refuted = [one for one in found if one.status is Status.REFUTED and not one.switched]
    paired = {r for one in refuted if one.property is Property.APART for r in one.rules}
    excused = {(o.subject, o.about) for o in refuted if o.property is Property.EXCEPTION}
    alike: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for one in refuted:
        never = one.property is Property.DECIDES and not paired.isdisjoint(one.rules)
        in_vain = one.property is Property.MATTERS and (one.subject, one.about) in excused
        if not never and not in_vain:
            alike[one.property, one.subject, one.about, one.rules, one.mends].append(one)
    return sorted(alike.values(), key=lambda ones: _ORDER.index(ones[0].property))


class _Writer:
    """Says defects of one rulebook in one language."""

    def __init__(self, ready: Ready, lang: str) -> None:
        assert ready.program is not None  # noqa: S101  # it is sound
        assert ready.loaded.rulebook is not None  # noqa: S101  # as above
        self.lang, self.say = lang, voice(lang, "defects")
        self.told, self.program = Told(ready.program, lang), ready.program
        self.document = ready.loaded.rulebook.document
        self.clauses = {c.address: c.summary for c in ready.loaded.rulebook.clauses}

    def readings(self, options: Mapping[str, str]) -> Iterator[Rich]:
        """Yield the options that were followed instead of those chosen."""
        for name, option in options.items():
            reading = self.program.readings[name]
            said = self.told.words.option(reading, option)
            yield (f"{reading.question.said(self.lang)} ", Strong(said))

    def defect(self, number: int, alike: Sequence[Finding]) -> Iterator[Block]:
        """Yield one defect: what is wrong, of whom, by which clauses, a case, what mends it."""
        one = alike[0]
        yield Heading(2, f"{number}. {self.told.claim(one)}")
        kinds = listed([self.told.kind(other) for other in alike if other.kind], _MOST)
        whom = self.told.subject(one.subject)
        yield Paragraph((self.say("of", whom=f"{whom} ({kinds})" if kinds else whom),))
        if one.sources:
            yield Listing(tuple(map(self.clause, one.sources)))
        for place, case in enumerate(one.cases):
            yield from self.case(one, case, place)
        if one.mends is not None:
            yield Paragraph((self.told.mends(one),))

    def clause(self, source: str) -> Rich:
        """Return a clause with what it says."""
        address = source.removeprefix(f"{self.document} ")
        summary = self.clauses.get(address) or self.clauses.get(address.partition("#")[0])
        return (Strong(source), f" {summary.said(self.lang)}" if summary else "")

    def case(self, one: Finding, case: Case, place: int) -> Iterator[Block]:
        """Yield a case: what in it is not as usual, what it comes to, and the file to run."""
        key = "case" if len(one.cases) == 1 else ("case_before", "case_after")[place]
        yield Paragraph((self.say(key, standing=self.told.standing(one, case.standing)),))
        declared = self.program.objects[one.subject]
        names = [n for n in case.matters if n != "on" and "." not in n.removeprefix("criteria.")]
        facts = [self.told.words.member(declared, name) for name in names]
        if facts:
            yield Paragraph((self.say("matters", facts=listed(facts, _MOST)),))
        yield Sample(case.text.rstrip("\n"), "yaml")
