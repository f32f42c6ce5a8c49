"""Which conditions of a rulebook cases make matter: for people, as data, and as case files."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from khung.analysis.cover.run import Covered, Lacking, Made
from khung.analysis.cover.search import Why
from khung.locale import languages, voice
from khung.report.document.model import BLANK, Document, Grid, Line, Style
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer, sentence
from khung.source.writing import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.cover.conditions import Target
    from khung.analysis.cover.run import Step
    from khung.driver import Ready
    from khung.ir.program import Program

_CANNOT = (Why.NEVER, Why.GUARD)
_WIDTH = 96


class _Told:
    """Says conditions of one rulebook in one language."""

    def __init__(self, program: Program, lang: str) -> None:
        self.program, self.lang = program, lang
        self.say, self.words = voice(lang, "cover"), Words(program, lang)
        self.edge = voice(lang, "edges")
        self.sayer = Sayer(self.words)

    def rule(self, target: Target) -> str:
        """Return a rule by its label with its id, else by its id."""
        rule = target.condition.rule
        return f"{rule.label.said(self.lang)} ({rule.id})" if rule.label else rule.id

    def condition(self, target: Target) -> str:
        """Return what a condition asks, or what a body counts."""
        one = target.condition
        if one.edge is not None:
            level = self.words.level(one.edge.rank, self.program.objects[one.subject])
            edge = one.edge
            return self.edge(edge.sort.value, level=level, n=edge.base, place=edge.places)
        return sentence(self.sayer.say(target.condition.node))

    def target(self, target: Target) -> str:
        """Return a condition with which way it is to matter."""
        key = "target.true" if target.holds else "target.false"
        return self.say(key, rule=self.rule(target), said=self.condition(target))

    def subject(self, name: str) -> str:
        return self.words.type(self.program.objects[name])


# -- case files -----------------------------------------------------------------------------------


def file_name(target: Target) -> str:
    """Return what the file of a case is called, without its ending."""
    return target.name.replace(".", "-")


def case_text(made: Made, ready: Ready) -> str:
    """Return a case as a file: its title in all languages, what it shows, and what is stated."""
    assert ready.program is not None  # noqa: S101  # it is sound
    told = {lang: _Told(ready.program, lang) for lang in languages}
    first = made.case.target
    titles = {
        lang: one.say("case_title", rule=one.rule(first), said=one.condition(first))
        for lang, one in told.items()
    }
    lines = ["case:", *(f"  {lang}: {quoted(title)}" for lang, title in titles.items())]
    lines += [made.case.text.rstrip(), "", *_comment(made, told[languages[0]])]
    return "\n".join(lines) + "\n"


def _comment(made: Made, told: _Told) -> Iterator[str]:
    from textwrap import wrap  # noqa: PLC0415  # only where a case is written

    said = [told.say("shows")]
    for target in made.shows:
        sources = told.words.cited(target.condition.rule.sources) or "–"
        said.append(told.say("shows_one", said=told.target(target), sources=sources))
    for text in (*said, told.say("to_confirm")):
        yield from (f"# {line}" for line in wrap(text, _WIDTH, break_long_words=False))


# -- for people -----------------------------------------------------------------------------------


def document(
    steps: Sequence[Step],
    ready: Ready,
    lang: str,
    names: dict[str, str],
    *,
    stopped: bool,
) -> Document:
    """Return what was found in words: how much of each subject, the cases, and what has none.

    Args:
        steps: What was found.
        ready: The rulebook.
        lang: `vi` or `en`.
        names: What the files of cases are called, by the name of the target.
        stopped: Whether somebody broke off.
    """
    assert ready.program is not None  # noqa: S101  # it is sound
    told = _Told(ready.program, lang)
    title = told.say("title", id=ready.program.rulebook, title=ready.program.title.said(lang))
    lines: list[Any] = [Line(title, style=Style.TITLE)]
    lines += [Line(told.say("about"), 2, style=Style.FAINT), BLANK, _table(steps, told)]
    lines += [*_made(steps, told, names), *_lacking(steps, told)]
    if stopped:
        lines += [BLANK, Line(told.say("stopped"), style=Style.WARNING)]
    return Document(title, lang, tuple(lines))


def counts(steps: Sequence[Step]) -> dict[str, Counter[str]]:
    """Return, by subject, how many conditions came out in each way."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for step in steps:
        match step:
            case Covered():
                found[step.target.condition.subject]["covered"] += 1
            case Made():
                found[step.case.target.condition.subject]["made"] += len(step.shows)
            case Lacking():
                key = "never" if step.why in _CANNOT else "lacking"
                found[step.target.condition.subject][key] += 1
    return found


def _table(steps: Sequence[Step], told: _Told) -> Grid:
    keys = ("covered", "made", "never", "lacking")
    rows, lines = [], []
    for name, own in counts(steps).items():
        numbers = {key: own[key] for key in keys}
        said = {"subject": told.subject(name), "all": sum(numbers.values()), **numbers}
        rows.append(tuple((str(said[key]),) for key in ("subject", "all", *keys)))
        lines.append(Line(told.say("row", **said), 2, "–"))
    columns = tuple(told.say(f"column.{key}") for key in ("subject", "all", *keys))
    return Grid(columns, tuple(rows), lines=tuple(lines))


def _made(steps: Sequence[Step], told: _Told, names: dict[str, str]) -> Iterator[Line]:
    made = [step for step in steps if isinstance(step, Made)]
    if made:
        yield from (BLANK, Line(told.say("heading.made"), 0, "■", Style.TITLE))
    for step in made:
        name = names.get(step.case.target.name, file_name(step.case.target))
        yield Line(told.say("case", name=name, n=len(step.shows)), 2, "–")
        yield from (Line(told.target(target), 4) for target in step.shows)


def _lacking(steps: Sequence[Step], told: _Told) -> Iterator[Line]:
    """Yield what has no case, by why; of a guard only that it is one."""
    by_why: dict[Why, list[Target]] = defaultdict(list)
    for step in steps:
        if isinstance(step, Lacking):
            by_why[step.why].append(step.target)
    if by_why:
        yield from (BLANK, Line(told.say("heading.lacking"), 0, "■", Style.TITLE))
    for why in Why:
        if by_why[why]:
            yield Line(told.say(f"why.{why}"), 2, "▸", Style.HEADING)
            yield from (Line(told.target(target), 4, "–") for target in by_why[why])


# -- as data --------------------------------------------------------------------------------------


def as_json(
    steps: Sequence[Step], ready: Ready, lang: str, names: dict[str, str], *, stopped: bool
) -> dict[str, Any]:
    """Return the document that `schemas/cover.schema.json` describes; as `document` does."""
    assert ready.program is not None  # noqa: S101  # it is sound
    told = _Told(ready.program, lang)
    found: list[dict[str, Any]] = []
    cases: list[dict[str, Any]] = []
    for step in steps:
        match step:
            case Covered():
                found.append(_target(step.target, told, "covered"))
            case Made():
                file = names.get(step.case.target.name)
                shows = [one.name for one in step.shows]
                cases.append({"case": case_text(step, ready), "file": file, "shows": shows})
                found += [_target(target, told, "found") for target in step.shows]
            case Lacking():
                found.append(_target(step.target, told, step.why.value))
    return {"conditions": found, "cases": cases, "stopped": stopped, "diagnostics": []}


def _target(target: Target, told: _Told, status: str) -> dict[str, Any]:
    one = target.condition
    return {
        "name": target.name,
        "subject": one.subject,
        "rule": one.rule.id,
        "sources": list(one.rule.sources),
        "condition": told.condition(target),
        "holds": target.holds,
        "status": status,
    }
