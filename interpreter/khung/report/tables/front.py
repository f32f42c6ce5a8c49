"""The first sheets of a workbook of results: one page that says how it stands, and the units.

The page shows how many are at each level, what ceilings there are, and what is left to do before
anybody can sign.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.ir.program import ladder_of
from khung.ir.result_schema import DECISION, unit_links
from khung.patterns import pattern
from khung.report.tables.paper import MOST_ROWS, Heading
from khung.report.tables.sheets import group_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from khung.ir.program import ObjectType
    from khung.report.tables.derived import DerivedTables
    from khung.report.tables.from_results import ResultTables, Row
    from khung.report.tables.paper import Paper
    from khung.report.tables.words import TableWords

_MOST_GROUPS = 8  # on the page, those first that are contested; the sheet of groups has them all
_MOST_LEFT = 12  # things to do, named on the page
_MOST_UNITS = 5_000  # rows of the sheet of units
_FIRST, _NEXT = 38.0, 13.5  # widths of the columns of the page, in letters
_ERROR = "error"
_NUMBER = pattern(r"([0-9]+)")


class Head(NamedTuple):
    """What stands above the page: the case, the rulebook, and the day."""

    title: str
    rulebook: str
    on: date


def front_sheet(
    paper: Paper, head: Head, tables: ResultTables, derived: DerivedTables, words: TableWords
) -> None:
    """Write the page that says how it stands."""
    page = _Page(paper, words, derived)
    page.head(head)
    for levels, subjects in _by_scale(tables, words):
        page.standings(levels, subjects)
    page.ceilings(tables.groups.to_pylist())
    page.left(list(_left(tables, derived, words)))
    page.sheet.fit_to_pages(1, 1)


def _by_scale(
    tables: ResultTables, words: TableWords
) -> Iterator[tuple[list[str], list[ObjectType]]]:
    """Yield the levels of each scale, the best first, with the subject types that have it."""
    declared = [words.program.objects[name] for name in tables.subjects]
    scales = dict.fromkeys(ladder_of(one).scale.name for one in declared)
    for scale in scales:
        own = [one for one in declared if ladder_of(one).scale.name == scale]
        yield list(reversed(words.program.values[scale].values)), own


_UNFINISHED = (Status.PENDING.value, Status.UNDETERMINED.value, Status.RANKED.value)
"""Who is among those who wait and has no decision to be taken; who is ranked is provisional."""

_OTHERS = tuple(status.value for status in Status if status is not Status.RANKED)


def _tallies(derived: DerivedTables) -> dict[tuple[str, str, str], Counter[str]]:
    """Return how many of all of a type, and of each kind, are at each level or have a status."""
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for row in derived.summary.to_pylist():
        if row["by"] in ("", "kind"):
            tally = found.setdefault((row["subject"], row["by"], row["key"]), Counter())
            tally[row["level"] or row["status"]] += row["count"]
    return found


class _Page:
    """The page while it is written, from above."""

    def __init__(self, paper: Paper, words: TableWords, derived: DerivedTables) -> None:
        self.paper = paper
        self.words = words
        self.tallies = _tallies(derived)
        self.sheet = paper.sheet(words.say("sheet.front"))
        self.sheet.set_column(0, 0, _FIRST)
        self.sheet.set_column(1, 30, _NEXT)
        self.row = 0

    def head(self, head: Head) -> None:
        """Write what the page is of."""
        self._line(head.title, bold=True, font_size=14)
        self._line(head.rulebook)
        self._line(self.words.say("on", day=self.words.words.date(head.on)))
        self.row += 1

    def standings(self, levels: Sequence[str], subjects: Sequence[ObjectType]) -> None:
        """Write how many of some types, and of each kind of them, are at each level."""
        words, first = self.words, subjects[0].name
        others = [one for one in _OTHERS if any(self._count(s, one) for s in subjects)]
        self._title(words.say("part.standings"))
        called = [words.level(first, one) for one in (*levels, *others)]
        self._cells([words.say("column.subject"), *called, words.say("column.all")], head=True)
        for declared in subjects:
            whole = self._tally(declared, "", "")
            self._counts(words.words.type(declared), whole, [*levels, *others], bold=True)
            self._shares(whole, [*levels, *others])
            kinds = declared.kinds.values if declared.kinds else ()
            for kind in kinds:
                tally = self._tally(declared, "kind", kind)
                if tally:
                    name = "    " + words.kind(declared.name, kind)
                    self._counts(name, tally, [*levels, *others])
        self.row += 1

    def _count(self, declared: ObjectType, status: str) -> int:
        return self._tally(declared, "", "")[status]

    def _tally(self, declared: ObjectType, by: str, key: str) -> Counter[str]:
        return self.tallies.get((declared.name, by, key), Counter())

    def _counts(self, name: str, tally: Counter[str], keys: Sequence[str], **how: Any) -> None:
        cells = [name, *(tally[key] or None for key in keys), tally.total()]
        self._cells(cells, **how)

    def _shares(self, tally: Counter[str], keys: Sequence[str]) -> None:
        whole = tally.total()
        shares = [tally[key] / whole if tally[key] and whole else None for key in keys]
        name = "    " + self.words.say("column.share")
        self._cells([name, *shares, None], form="share", italic=True)

    def ceilings(self, groups: Sequence[Row]) -> None:
        """Write the groups of quotas in which there was something to win."""
        words = self.words
        told = [row for row in groups if row["kept"] or row["cut"] or row["open"]]
        if not told:
            return
        told.sort(key=lambda row: (not row["open"], not row["cut"]))  # else as they were
        self._title(words.say("part.ceilings"))
        names = ("rule", "group", "base", "ceiling", "kept", "cut", "open")
        self._cells([words.say(f"column.{name}") for name in names], head=True)
        for row in told[:_MOST_GROUPS]:
            rule, group, base, places, *_ = group_cells(row, words)
            counts = [row[name] or None for name in ("kept", "cut", "open")]
            self._cells([rule, group, base, places, *counts])
        if len(told) > _MOST_GROUPS:
            self._line(words.say("more_groups", n=words.words.count(len(told) - _MOST_GROUPS)))
        self.row += 1

    def left(self, told: Sequence[str]) -> None:
        """Write what is left to do before anybody can sign."""
        self._title(self.words.say("part.left"))
        for text in told or [self.words.say("left.nothing")]:
            self._line(f"–  {text}" if told else text)

    # -- rows -------------------------------------------------------------------------------------

    def _title(self, text: str) -> None:
        self._line(text, bold=True, font_size=12)

    def _line(self, text: str, **how: object) -> None:
        self.sheet.write_string(self.row, 0, self.paper.text(text), self.paper.format(**how))
        self.row += 1

    def _cells(
        self, cells: Sequence[Any], *, head: bool = False, form: str = "number", **how: Any
    ) -> None:
        formats = [
            self.paper.head()
            if head
            else self.paper.framed("text" if isinstance(cell, str) else form, **how)
            for cell in cells
        ]
        widths = [_FIRST, *[_NEXT] * (len(cells) - 1)]
        self.paper.line(self.sheet, self.row, cells, widths, formats)
        self.row += 1


# -- what is left ---------------------------------------------------------------------------------


def _left(tables: ResultTables, derived: DerivedTables, words: TableWords) -> Iterator[str]:
    """Yield what is in the way of a signature: decisions, who waits, what checks found."""
    kinds = Counter(row["rule"] for row in derived.decisions.to_pylist() if row[DECISION])
    for rule, number in kinds.most_common(_MOST_LEFT):
        yield words.say("left.decisions", n=words.words.count(number), rule=words.cited(rule))
    yield from _waiting(derived, words)
    found = list(_violated(tables, words))
    yield from found[:_MOST_LEFT]
    if len(found) > _MOST_LEFT:
        yield words.say("left.more", n=words.words.count(len(found) - _MOST_LEFT))


def _waiting(derived: DerivedTables, words: TableWords) -> Iterator[str]:
    """Yield how many of each type wait, and why."""
    waiting = derived.waiting.select(["subject", "status"]).to_pylist()
    counted = Counter((row["subject"], row["status"]) for row in waiting)
    for (subject, status), number in counted.items():
        if status in _UNFINISHED:
            n, type_ = words.words.count(number), words.words.type(words.program.objects[subject])
            yield words.say(f"left.{status}", n=n, type=type_)


def _violated(tables: ResultTables, words: TableWords) -> Iterator[str]:
    """Yield each check that is an error and violated, with how many violate it."""
    for subject, table in tables.subjects.items():
        for check in words.program.objects[subject].checks:
            column = f"checks.{check.head.name}"
            if check.severity == _ERROR and column in table.column_names:
                found = table[column].to_pylist().count(CheckState.VIOLATED.value)
                if found:
                    n = words.words.count(found)
                    yield words.say("left.check", n=n, rule=words.cited(check.head.id))


# -- units ----------------------------------------------------------------------------------------


def units_sheets(
    paper: Paper, tables: ResultTables, derived: DerivedTables, words: TableWords
) -> bool:
    """Write who stands where in each unit, for each scale a sheet; say whether they fit."""
    rows = [row for row in derived.summary.to_pylist() if row["by"] not in ("", "kind")]
    seen = {row["status"] for row in rows}
    for levels, subjects in _by_scale(tables, words):
        keys = [*levels, *(one for one in _OTHERS if one in seen)]
        lines = [line for one in subjects for line in _units(one, rows, keys, words)]
        if len(lines) > min(_MOST_UNITS, MOST_ROWS):
            return False
        if lines:
            headings = [
                Heading(words.say("column.unit"), 28),
                Heading(words.say("column.subject"), 18),
                *(Heading(words.level(subjects[0].name, one), 13, "number") for one in keys),
                Heading(words.say("column.all"), 10, "number"),
            ]
            lines.sort(key=lambda line: _natural(str(line[0])))
            paper.table(words.say("sheet.units"), words.say("title.units"), headings, lines)
    return True


def _natural(name: str) -> list[tuple[int, str]]:
    """Return by what names are sorted: numbers in them as such."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBER.split(name)]


def _units(
    declared: ObjectType, rows: Sequence[Row], keys: Sequence[str], words: TableWords
) -> Iterator[list[Any]]:
    """Yield a line for each unit; none where nobody is known to be in any."""
    for link in unit_links(declared):
        tallies: dict[tuple[str, str], Counter[str]] = {}
        for row in rows:
            if (row["subject"], row["by"]) == (declared.name, link):
                tally = tallies.setdefault((row["key"], row["name"] or row["key"]), Counter())
                tally[row["level"] or row["status"]] += row["count"]
        is_any = any(key for key, _ in tallies)
        for (_, name), tally in tallies.items() if is_any else ():
            counts = [tally[one] or None for one in keys]
            unit = name or words.say("no_unit")
            yield [unit, words.words.type(declared), *counts, tally.total()]
