"""What stands beside a level, in words: the checks, and what tables answered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from khung.analysis import values
from khung.engine.checks import CheckState
from khung.ir import types as t
from khung.records import dataclass
from khung.report.document.model import Line, Style
from khung.report.encode import dumps
from khung.report.words.labels import is_bare
from khung.rulebook.model import Hit
from khung.why.missing import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.engine.tables import Answer, Fired
    from khung.engine.values import Value
    from khung.ir.program import Check, Table
    from khung.report.result.context import Context
    from khung.report.words.conditions import Told
    from khung.why.result import Result


# -- checks -------------------------------------------------------------------------------------


_MOST_OPEN = 5  # open checks named; the JSON output has them all
STYLES = {"error": Style.ERROR, "warning": Style.WARNING, "info": Style.PLAIN}
"""How a finding stands out, by its severity."""


def check_lines(result: Result, context: Context, cited: set[str]) -> Iterator[Line]:
    """Yield a heading and what came of the checks; nothing where none applies.

    Args:
        result: What was found of a subject.
        context: The words, the rules, the clauses.
        cited: Summaries of clauses that were said before; those said here are added.
    """
    violated, met, unknown = (
        [check for check, state in result.checks if state is wanted]
        for wanted in (CheckState.VIOLATED, CheckState.MET, CheckState.UNKNOWN)
    )
    if violated or met or unknown:
        yield Line(context.say("checks"), 2, style=Style.HEADING)
    for check in violated:
        yield from _violated(check, result, context, cited)
    if met:
        yield Line(context.say("checks.met", n=len(met)), 4, "•")
    if unknown and is_bare(result.entity):
        yield Line(context.say("checks.unknown_count", n=len(unknown)), 4, "•")
    elif unknown:
        titles = [context.rules.title(check.head, result.entity.type) for check in unknown]
        names = context.several(titles, _MOST_OPEN, "; ", "and_checks")
        yield Line(context.say("checks.unknown", names=names), 4, "•")


def violated_lines(result: Result, context: Context) -> Iterator[Line]:
    """Yield the checks that are violated, each in a line with what it found and its clauses."""
    for check, state in result.checks:
        if state is CheckState.VIOLATED:
            rule = context.rules.sentence(check.head, result.entity, None)
            said = context.say(f"check.{check.severity}", rule=rule)
            yield Line(context.cited(said, check.head.sources), 4, "!", STYLES[check.severity])


def _violated(check: Check, result: Result, context: Context, cited: set[str]) -> Iterator[Line]:
    title, found = context.rules.titled(check.head, result.entity, None)
    said = context.say(f"check.{check.severity}", rule=title)
    yield Line(said, 4, "!", STYLES[check.severity])
    for told in found:
        yield from told_lines(told, 8)
    yield from context.clause_lines(check.head.sources, result.entity, 8, cited)


def told_lines(told: Told, indent: int, *, brief: bool = False) -> Iterator[Line]:
    """Yield a line and, further in, what belongs under it; in brief without details."""
    yield Line(told.text, indent)
    if brief and told.detail:
        return
    for part in told.parts:
        yield from told_lines(part, indent + 2, brief=brief)


# -- tables -------------------------------------------------------------------------------------


_MOST_UNKNOWN = 4  # unknown facts named on which an answer hangs


@dataclass(frozen=True, slots=True)
class Reported:
    """What is reported beside a result: what it is called and says.

    `rows` are what a table collects, each said once, by what it is as data; None of what is no
    list, or is open.
    """

    label: str
    said: str
    rows: Mapping[str, str] | None = None


def is_told(answer: Answer) -> bool:
    """Whether an answer leaves nothing open."""
    if answer.table.hit is Hit.COLLECT:
        return answer.settled
    return all(value.known for value in answer.values.values())


@dataclass(frozen=True, slots=True)
class TableTeller:
    """Tells the answer of a table for a subject."""

    answer: Answer
    entity: Entity
    context: Context

    @property
    def _what(self) -> str:
        return self.context.words.label(self.answer.table.label, self.answer.table.name)

    def lines(self) -> Iterator[Line]:
        """Yield the answer, each row with its clauses behind it."""
        if self.answer.table.hit is Hit.COLLECT:
            yield from self._rows()
            return
        said, is_known = self._taken(), any(v.known for v in self.answer.values.values())
        yield self._found(self.context.cited(said, self.answer.sources) if is_known else said)

    def reported(self) -> Reported:
        """Return the answer in short: the rows of a table that collects them, if it is settled."""
        if self.answer.table.hit is not Hit.COLLECT:
            return Reported(self._what, self._taken())
        if not self.answer.settled:
            return Reported(self._what, self._open())
        data = values.answer(self.answer, self.context.words.program)["value"]
        said = (self._row(fired) for fired in self.answer.rows)
        rows = {dumps(one): row for one, row in zip(data, said, strict=True)}
        return Reported(self._what, "; ".join(rows.values()) or self.context.say("none"), rows)

    def _taken(self) -> str:
        """Say the one row that was taken, or on what it hangs."""
        answer, said = self.answer, self._said(self.answer.values)
        bare = len(answer.values) == 1 and said != self.context.say("unknown")
        return said if bare or any(v.known for v in answer.values.values()) else self._open()

    def _rows(self) -> Iterator[Line]:
        """Yield sure rows with the clauses of each, and what others may add."""
        sure: dict[str, dict[str, None]] = {}
        for fired in self.answer.rows:
            if fired.sure:
                sources = dict.fromkeys(fired.row.rule.sources)
                sure.setdefault(self._row(fired), {}).update(sources)
        others = dict.fromkeys(self._row(fired) for fired in self.answer.rows if not fired.sure)
        possible = "; ".join(said for said in others if said not in sure)
        if not sure:
            none = self.answer.settled and not self.answer.rows
            yield self._found(self.context.say("none") if none else self._open())
            return
        yield Line(self.context.say("table.rows", what=self._what), 4, "•")
        for said, cited in sure.items():
            yield Line(self.context.cited(said, cited), 8, "-")
        if possible:
            yield Line(self.context.say("table.maybe", rows=possible), 8, "-")

    def _found(self, value: str) -> Line:
        return Line(self.context.found(self._what, value), 4, "•")

    def _row(self, fired: Fired) -> str:
        label, said = fired.row.rule.label, self._said(fired.values)
        if label is None:
            return said
        return self.context.found(self.context.words.label(label, ""), said)

    # -- what is open ---------------------------------------------------------------------------

    def _open(self) -> str:
        """Say on what an answer hangs."""
        names = list(dict.fromkeys(filter(None, map(self._label, self._missing()))))
        said = self.context.several(names, _MOST_UNKNOWN, ", ")
        return self.context.say("table.open", names=said) if names else self.context.say("unknown")

    def _missing(self) -> Iterator[str]:
        run = self.context.results.run
        env = run.evaluator.env(self.entity)
        missing = Missing(run.evaluator, run)
        missing.of_each((self.answer.table.applies,), env)
        for fired in self.answer.rows:
            missing.of_each((fired.row.condition, *fired.row.then.values()), env)
        yield from missing.paths

    def _label(self, path: str) -> str:
        found = self.context.paths.located(path)
        if found is None:
            return ""
        entity, name = found
        words = self.context.words
        return words.of(entity, name, self.entity) if name else words.entity(entity)

    # -- what a row gives -----------------------------------------------------------------------

    def _said(self, found: Mapping[str, Value]) -> str:
        """Say the outputs: those of an enumeration of their own speak for themselves."""
        words, table = self.context.words, self.answer.table
        telling = _telling(table)
        said = {
            name: words.value(found[name], output.ty, output.unit)
            for name, output in table.outputs.items()
        }
        if len(said) == 1:
            return next(iter(said.values()))
        parts = [
            text
            if name in telling and found[name].known
            else self.context.found(self._called(name, telling), text)
            for name, text in said.items()
        ]
        return (" – " if len(telling) == len(said) else "; ").join(parts)

    def _called(self, name: str, telling: set[str]) -> str:
        output, words = self.answer.table.outputs[name], self.context.words
        if output.label is None and name in telling and isinstance(output.ty, t.Enumeration):
            return words.scale(output.ty, name)
        return words.label(output.label, name)


def _telling(table: Table) -> set[str]:
    """Return the outputs of an enumeration that no other output is of."""
    shared = Counter(output.ty for output in table.outputs.values())
    return {
        name
        for name, output in table.outputs.items()
        if isinstance(output.ty, t.Enumeration) and shared[output.ty] == 1
    }
