"""What was found of a rulebook by itself: for people, as data, and as notes for code hosts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from khung.analysis.proof.properties import Property, Status
from khung.locale import known, voice
from khung.report.document.model import BLANK, Document, Line, Style
from khung.report.words.labels import Words, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.proof.properties import Finding
    from khung.driver import Ready
    from khung.ir.nodes import Rule
    from khung.ir.program import Program

_MOST_RULES = 3  # rules named of one finding
_MOST_KINDS = 3  # kinds named


class Told:
    """Says findings of one rulebook in one language."""

    def __init__(self, program: Program, lang: str) -> None:
        self.program, self.lang = program, lang
        self.say, self.words = voice(lang, "verify"), Words(program, lang)
        self.rules = {rule.id: rule for one in program.subjects for rule in _rules(one)}

    def claim(self, one: Finding) -> str:
        """Return what is claimed: that a level is reached, for one."""
        rules = listed([self.rule(name) for name in one.rules], _MOST_RULES)
        how = {"what": self.what(one), "below": self.below(one), "rules": rules}
        return self.say(f"{one.property}.{one.status}", **how)

    def what(self, one: Finding) -> str:
        """Return the level, the fact or the rules in question."""
        declared = self.program.objects[one.subject]
        match one.property:
            case Property.REACHABLE | Property.CUMULATIVE | Property.BANDS | Property.LEAVES:
                ladder = declared.ladder
                assert ladder is not None  # noqa: S101  # it has levels
                return self.words.named(ladder.scale.name, one.about)
            case Property.MATTERS | Property.RISING | Property.EXCEPTION:
                record, _, name = one.about.rpartition(".")
                if record == "criteria" or not record:
                    return self.words.member(declared, one.about)
                return self.words.member(self.program.objects[record], name)
            case Property.GAPS | Property.OVERLAPS:
                table = declared.tables[one.about]
                return table.label.said(self.lang) if table.label else table.name
            case Property.DECIDES | Property.APART:
                return listed([self.rule(name) for name in one.rules], _MOST_RULES)
            case Property.OUTCOME:
                return ""

    def below(self, one: Finding) -> str:
        """Return the level below the one in question."""
        if one.property is not Property.CUMULATIVE:
            return ""
        ladder = self.program.objects[one.subject].ladder
        assert ladder is not None  # noqa: S101  # it has levels
        heads = [level.head.name for level in ladder.levels]
        return self.words.named(ladder.scale.name, heads[heads.index(one.about) + 1])

    def rule(self, name: str) -> str:
        """Return a rule by its label, else by its id."""
        rule = self.rules.get(name)
        label = rule.label.said(self.lang) if rule is not None and rule.label else ""
        return f"{label} ({name})" if label else name

    def subject(self, name: str) -> str:
        """Return a type of subject by its label."""
        return self.words.type(self.program.objects[name])

    def kind(self, one: Finding) -> str:
        """Return the kind in question by its label."""
        kinds = self.program.objects[one.subject].kinds
        label = kinds.labels.get(one.kind) if kinds else None
        return label.said(self.lang) if label else one.kind

    def mends(self, one: Finding) -> str:
        """Return the reading that mends it, or nothing."""
        if one.mends is None:
            return ""
        reading = self.program.readings[one.mends[0]]
        question, option = reading.question.said(self.lang), one.mends[1]
        said = self.words.option(reading, option)
        return self.say("mends", question=question, option=said, key="=".join(one.mends))

    def standing(self, one: Finding, standing: str) -> str:
        """Return a level by its label, or the status of who has none."""
        ladder = self.program.objects[one.subject].ladder
        scale = ladder.scale.name if ladder else ""
        if scale and standing in self.program.values[scale].values:
            return self.words.named(scale, standing)
        return known(self.lang, f"report.status.{standing}") or standing


def _rules(declared: Any) -> Iterator[Rule]:
    from khung.ir.entries import rules_of  # noqa: PLC0415  # beside the entries

    yield from (rule for rule in rules_of(declared))


# -- for people -----------------------------------------------------------------------------------


def document(
    found: Sequence[Finding], ready: Ready, lang: str, *, full: bool, stopped: bool
) -> Document:
    """Return what was found in words: what was refuted with its case, then how much holds.

    Args:
        found: What was found.
        ready: The rulebook.
        lang: `vi` or `en`.
        full: Whether to tell each property that holds, too.
        stopped: Whether somebody broke off.
    """
    assert ready.program is not None  # noqa: S101  # it is sound
    told = Told(ready.program, lang)
    title = told.say("title", id=ready.program.rulebook, title=ready.program.title.said(lang))
    lines = [Line(title, style=Style.TITLE), Line(told.say("about"), 2, style=Style.FAINT)]
    return Document(title, lang, (*lines, *_blocks(told, found, full=full, stopped=stopped)))


def _blocks(told: Told, found: Sequence[Finding], *, full: bool, stopped: bool) -> Iterator[Line]:
    by_status: dict[Status, list[Finding]] = defaultdict(list)
    for one in found:
        by_status[one.status].append(one)
    yield BLANK
    counts = {status.value: len(by_status[status]) for status in Status}
    yield Line(told.say("sums", **counts))
    for status in (Status.REFUTED, Status.UNKNOWN, Status.HOLDS):
        if by_status[status] and (full or status is not Status.HOLDS):
            yield BLANK
            yield Line(told.say(f"heading.{status}"), 0, "■", Style.TITLE)
            yield from _alike(told, by_status[status])
    if by_status[Status.HOLDS] and not full:
        yield BLANK
        yield Line(told.say("heading.holds"), 0, "■", Style.TITLE)
        for name, n in Counter(one.property for one in by_status[Status.HOLDS]).items():
            yield Line(told.say(f"held.{name}", n=n), 2, "–")
    if stopped:
        yield Line(told.say("stopped"))


def _alike(told: Told, found: Sequence[Finding]) -> Iterator[Line]:
    """Yield findings; those of several kinds of which the same is said, once."""
    alike: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for one in found:
        alike[one.subject, told.claim(one), told.mends(one)].append(one)
    before = ""
    for (subject, claim, mends), ones in alike.items():
        if subject != before:
            yield Line(told.subject(subject), 2, "▸", Style.HEADING)
            before = subject
        kinds = listed([told.kind(one) for one in ones if one.kind], _MOST_KINDS)
        yield Line(told.say("of_kinds", claim=claim, kinds=kinds) if kinds else claim, 4, "–")
        yield from _details(told, ones[0], mends)


def _details(told: Told, one: Finding, mends: str) -> Iterator[Line]:
    cited = listed(list(one.sources), _MOST_RULES)
    if one.status is Status.REFUTED and cited:
        yield Line(told.say("sources", sources=cited), 6, style=Style.FAINT)
    if one.left and one.status is Status.UNKNOWN:
        yield Line(told.say("left", left=listed(list(one.left), 4)), 6, style=Style.FAINT)
    if mends:
        yield Line(mends, 6)
    for number, case in enumerate(one.cases):
        key = "case" if len(one.cases) == 1 else "case_before" if number == 0 else "case_after"
        yield Line(told.say(key, standing=told.standing(one, case.standing)), 6)
        for text in case.text.splitlines():
            yield Line(text.strip(), 8 + len(text) - len(text.lstrip()), style=Style.FAINT)


# -- as data --------------------------------------------------------------------------------------


def as_json(found: Sequence[Finding], *, stopped: bool) -> dict[str, Any]:
    """Return the document that `schemas/verify.schema.json` describes."""
    return {
        "properties": [
            {
                "property": one.property.value,
                "subject": one.subject,
                "kind": one.kind or None,
                "about": one.about or None,
                "rules": list(one.rules),
                "sources": list(one.sources),
                "status": one.status.value,
                "witness": [{"case": c.text, "standing": c.standing} for c in one.cases] or None,
                "mends": dict([one.mends]) if one.mends else None,
                "left_out": list(one.left),
            }
            for one in found
        ],
        "stopped": stopped,
        "diagnostics": [],
    }


# -- for code hosts -------------------------------------------------------------------------------


def _notes(found: Sequence[Finding], ready: Ready, lang: str) -> Iterator[tuple[Finding, str, Any]]:
    """Yield what was refuted, in words, with the place of the first rule that has one."""
    assert ready.program is not None  # noqa: S101  # it is sound
    told = Told(ready.program, lang)
    for one in found:
        if one.status is Status.REFUTED:
            parts = (told.subject(one.subject), told.kind(one), told.claim(one), told.mends(one))
            spans = (told.rules[name].span for name in one.rules if name in told.rules)
            yield one, ". ".join(filter(None, parts)), next((s for s in spans if s), None)


def as_github(found: Sequence[Finding], ready: Ready, lang: str) -> str:
    """Return one workflow command a line for what was refuted."""
    lines = []
    for one, text, span in _notes(found, ready, lang):
        place = f"file={span.file.name},line={span.file.position(span.start)[0]}," if span else ""
        said = text.replace("%", "%25").replace("\n", "%0A")
        lines.append(f"::warning {place}title=verify/{one.property}::{said}\n")
    return "".join(lines)


def as_sarif(found: Sequence[Finding], ready: Ready, lang: str) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log of what was refuted: one rule a property."""
    ids = [f"verify/{one.value}" for one in Property]
    results = []
    for one, text, span in _notes(found, ready, lang):
        made: dict[str, Any] = {
            "ruleId": f"verify/{one.property}",
            "ruleIndex": ids.index(f"verify/{one.property}"),
            "level": "warning",
            "message": {"text": text},
        }
        if span is not None:
            line, column = span.file.position(span.start)
            region = {"startLine": line, "startColumn": column}
            uri = {"uri": span.file.name.replace("\\", "/")}
            physical = {"artifactLocation": uri, "region": region}
            made["locations"] = [{"physicalLocation": physical}]
        results.append(made)
    driver = {"name": "khung", "rules": [{"id": name} for name in ids]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema, "version": "2.1.0", "runs": [run]}
