"""What is said of a column: what to write there, when, what holds otherwise, which clause asks."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from khung.casefile.tables.layout import GIVEN, ID, NAME, OF, sheet_name
from khung.engine.values import known
from khung.ir import types as t
from khung.ir.nodes import Build, Literal
from khung.ir.program import Criterion, Fact, Link
from khung.locale import phrase
from khung.records import dataclass
from khung.report.workbook.plan import Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from khung.casefile.tables.layout import Column, Sheet
    from khung.ir.nodes import Node
    from khung.report.words.labels import Words

_OPTIONS = 10  # named in a note; all stand in the drop-down
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class About:
    """What there is to say of a column; empty where nothing is.

    Attributes:
        enter: What to write into its cells.
        when: Where there is a value at all.
        empty: What an empty cell means.
        clauses: Each clause with its summary.
    """

    enter: str
    when: str
    empty: str
    clauses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Teller:
    """Says what columns of one rulebook are for.

    Attributes:
        words: Names and values in the language.
        said: Says an expression of the rulebook.
    """

    words: Words
    said: Callable[[Node], str]

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase of the workbook."""
        return phrase(self.words.lang, f"workbook.{key}", **args)

    def sheet(self, sheet: Sheet) -> str:
        """Return what people call what is in a table."""
        called = self.words.label(sheet.label, sheet.key)
        if sheet.fact is None:
            return called
        return self.say("of", what=called, whom=self.words.type(sheet.subject))

    def label(self, column: Column) -> str:
        """Return what people call a column: what its clause says, where it has no label."""
        if column.label is not None:
            return column.label.said(self.words.lang)
        if isinstance(column.of, Criterion) and column.of.sources:
            return self.words.summary(column.of.sources[0]) or column.of.id
        return column.key

    def about(self, column: Column, sheet: Sheet, section: Section) -> About:
        """Return what there is to say of a column of a table."""
        applies = None if column.of is None or _is_optional(column.of) else column.of.applies
        return About(
            _sentence(self._enter(column, sheet)),
            "" if applies is None else _sentence(self._applies(applies)),
            _sentence(self._empty(column, section)),
            tuple((self.words.cited([s]), self.words.summary(s)) for s in _clauses(column)),
        )

    def note(self, column: Column, sheet: Sheet, section: Section) -> str:
        """Return the same in a few lines."""
        about = self.about(column, sheet, section)
        lines = [line for line in (about.enter, about.when, about.empty) if line]
        return "\n".join((*lines, *(_colon(*clause) for clause in about.clauses)))

    # -- what to write --------------------------------------------------------------------------

    def _enter(self, column: Column, sheet: Sheet) -> str:
        if column.is_mark:
            return self._mark(column, sheet)
        if column.of is None:
            return self._own(column)
        said = self.say("ballots") if column.level else self._of_type(column)
        limits = () if column.level else self._limits(column)
        marks = self.say("optional") if column.optional else ""
        return "; ".join(part for part in (said, *limits, marks) if part)

    def _mark(self, column: Column, sheet: Sheet) -> str:
        if isinstance(column.ty, t.Ballots):
            return self.say("mark.ballots")
        table = sheet_name(f"{sheet.key}.{column.key[:-1]}")
        return self.say("mark.list", sheet=table)

    def _own(self, column: Column) -> str:
        """Return what to write into a column that no fact has."""
        if column.key in (ID, NAME) or column.key.startswith(f"{GIVEN}."):
            return self.say(f"own.{column.key}")
        if column.key == OF and isinstance(column.ty, t.Object):
            return self._link(column.ty.name)
        if column.key.startswith(f"{OF}."):
            return self.say("own.of_record")
        return self._of_type(column)

    def _of_type(self, column: Column) -> str:
        match column.ty:
            case t.Boolean():
                return self.say("boolean", yes=self.words.say("yes"), no=self.words.say("no"))
            case t.Scale() | t.Enumeration():
                return self.say("options", options=self._options(column))
            case t.Object():
                return self._link(column.ty.name)
            case t.Date():
                return self.say("date")
            case t.Number() | t.Fraction() | t.Ratio():
                in_percent = isinstance(column.of, Fact) and column.of.in_percent
                return self.say("percent" if in_percent else "number")
            case t.String() | t.Months() | t.Seconds() | t.Context() | t.Range() | t.List():
                return self.say("text")
            case t.Ballots() | t.Calendar() | t.Anything() | t.Bad():
                return ""
            case _:
                assert_never(column.ty)

    def _link(self, name: str) -> str:
        declared = self.words.program.objects[name]
        return self.say("link", sheet=sheet_name(name), label=self.words.type(declared))

    def _options(self, column: Column) -> str:
        names = [self.words.label(label, name) for name, label in column.options]
        best_first = names[::-1] if isinstance(column.ty, t.Scale) else names
        more = ("…",) if len(names) > _OPTIONS else ()
        return "; ".join((*best_first[:_OPTIONS], *more))  # some have commas in them

    def _limits(self, column: Column) -> Iterator[str]:
        if not isinstance(column.of, Fact | Criterion):
            return
        low, high = (self._end(end, column) for end in (column.of.low, column.of.high))
        if low and high:
            yield phrase(self.words.lang, "template.between", low=low, high=high)
        elif low or high:
            key, end = ("from", {"low": low}) if low else ("to", {"high": high})
            yield phrase(self.words.lang, f"template.{key}", **end)
        unit = self._unit(column.unit)
        if unit:
            yield phrase(self.words.lang, "template.unit", unit=unit)

    def _unit(self, unit: str) -> str:
        said = self.words.number(_ONE, unit) if unit else ""
        return said.removeprefix("1").strip()

    def _end(self, end: Decimal | date | None, column: Column) -> str:
        if end is None:
            return ""
        in_percent = isinstance(column.of, Fact) and column.of.in_percent
        return self.words.known(end, column.ty, "%" if in_percent else "")

    # -- what an empty cell means ---------------------------------------------------------------

    def _empty(self, column: Column, section: Section) -> str:
        if column.required:
            return self.say("empty.required")
        if column.of is None or column.level or column.is_mark:
            return ""
        if isinstance(column.of, Criterion) or not column.of.has_default:
            return self.say("empty.beside" if section is Section.BESIDE else "empty.open")
        return self._assumed(column.of)

    def _assumed(self, asked: Fact | Link) -> str:
        if not isinstance(asked, Fact) or asked.default is None:
            return self.say("empty.absent")
        key = "step" if asked.provisional else "assumed"
        default = asked.default
        if isinstance(default, Build) and not default.items:
            return self.say(f"empty.{key}", value=self.words.say("none"))
        if isinstance(default, Literal) and default.value is not None:
            value = self.words.value(known(default.value), asked.ty, asked.unit)
            return self.say(f"empty.{key}", value=value)
        return self.say("empty.worked_out", how=self.said(default))

    def _applies(self, condition: Node) -> str:
        return phrase(self.words.lang, "template.applies", condition=self.said(condition))


def _is_optional(asked: Fact | Link | Criterion) -> bool:
    """Say whether there need not be a value; then no condition tells where there is one."""
    return not isinstance(asked, Criterion) and asked.optional


def _clauses(column: Column) -> tuple[str, ...]:
    """Return the clauses of a column, each once, whatever part of them is named."""
    return tuple(dict.fromkeys(source.partition("#")[0] for source in column.sources))


def _colon(clause: str, summary: str) -> str:
    return f"{clause}: {summary}" if summary else clause


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
