"""The sheets of a workbook of results: who stands where, what is decided, who waits, ceilings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.engine.stages import Status
from khung.ir.result_schema import DECISION, GIVEN, unit_links
from khung.report.tables.derived import DECISION_COLUMNS, UNIT
from khung.report.tables.paper import MOST_ROWS, Heading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.ir.program import ObjectType
    from khung.report.tables.from_results import Row
    from khung.report.tables.paper import Paper
    from khung.report.tables.words import TableWords

LINE = "\n"
"""What stands between several things in a cell."""

_MOST_OPTIONS = 255  # letters of what a drop-down offers


# -- the subjects of one type ---------------------------------------------------------------------


def subjects_sheet(paper: Paper, name: str, table: pa.Table, words: TableWords) -> bool:
    """Write the sheet of a subject type; say whether it fits."""
    declared = words.program.objects[name]
    title = words.words.type(declared)
    if table.num_rows > MOST_ROWS:
        return False
    shape = _Shape(declared, table, words)
    rows = (shape.cells(number, row) for number, row in enumerate(_rows(shape.shown(table)), 1))
    paper.table(title, title, shape.headings(), rows)
    return True


def _rows(table: pa.Table) -> Iterator[Row]:
    """Yield the rows of a table, a batch at a time."""
    for batch in table.to_batches(max_chunksize=1 << 12):
        yield from batch.to_pylist()


class _Shape:
    """What the sheet of a subject type shows of a row."""

    def __init__(self, declared: ObjectType, table: pa.Table, words: TableWords) -> None:
        self.declared = declared
        self.words = words
        self.is_named = table["name"].null_count < table.num_rows
        links = unit_links(declared)
        self.links = [n for n in links if table[f"links.{n}"].null_count < table.num_rows]
        self.has_findings = any(table["findings"].to_pylist())
        self.outputs = [
            (f"outputs.{one.name}", words.words.member(declared, one.name))
            for one in declared.definitions.values()
            if one.output and f"outputs.{one.name}" in table.column_names
        ]

    def shown(self, table: pa.Table) -> pa.Table:
        """Return those columns of a table that a row shows."""
        told = {
            *_SHOWN,
            *(f"links.{link}" for link in self.links),
            *(name for name, _ in self.outputs),
        }
        return table.select([name for name in table.column_names if name in told])

    def headings(self) -> list[Heading]:
        say, own, words = self.words.say, self.declared, self.words.words
        name = say("column.name") if self.is_named else say("column.id")
        return [
            Heading(say("column.ordinal"), 5, "number"),
            Heading(name, 20),
            *([Heading(say("column.id"), 10)] if self.is_named else []),
            *([Heading(say("column.kind"), 13)] if own.kinds else []),
            *(Heading(words.member(own, link), 15) for link in self.links),
            Heading(say("column.standing"), 16),
            Heading(say("column.reasons"), 42),
            Heading(say("column.missing"), 26),
            *([Heading(say("column.findings"), 24)] if self.has_findings else []),
            Heading(say("column.beside"), 20),
        ]

    def cells(self, number: int, row: Row) -> list[Any]:
        words, subject, key = self.words, self.declared.name, row["id"]
        return [
            number,
            row["name"] or key,
            *([key] if self.is_named else []),
            *([words.kind(subject, row["kind"])] if self.declared.kinds else []),
            *(
                words.name(self.declared.links[link].to, row[f"links.{link}"])
                for link in self.links
            ),
            standing_of(row, subject, words),
            _listed([words.reasons(row["reasons"]), *_decided(row, words)]),
            _listed(words.path(one, subject, key) for one in _awaited(row)),
            *([_listed(map(words.finding, row["findings"]))] if self.has_findings else []),
            _listed(self._beside(row)),
        ]

    def _beside(self, row: Row) -> Iterator[str]:
        """Yield the outputs that say something: those that hold, and numbers, days and names."""
        for name, label in self.outputs:
            match value := row[name]:
                case True:
                    yield label
                case date():
                    yield f"{label}: {self.words.words.date(value)}"
                case int() | str() | Decimal() if value is not False:
                    yield f"{label}: {value}"
                case _:  # unknown, or a list
                    pass


_STANDING = ("status", "level", "at_worst", "at_best")

_SHOWN = frozenset(
    {"id", "name", "kind", *_STANDING, "reasons", "missing", "provisional", "findings"}
)
_SHOWN |= {f"given.{name}" for name in GIVEN}
"""What a row shows beside links and outputs, and beside what was decided."""


def standing_of(row: Row, subject: str, words: TableWords) -> str:
    """Return where a subject stands: its level, or its status and between which levels."""
    key = (subject, *(row[name] for name in _STANDING), bool(row.get("provisional")))
    return words.once(key, lambda: _standing(row, subject, words))


def _standing(row: Row, subject: str, words: TableWords) -> str:
    status = row["status"]
    if status == Status.RANKED.value:
        level = words.level(subject, row["level"])
        return words.say("foreseen", level=level) if row.get("provisional") else level
    ends = [words.level(subject, row[end]) for end in ("at_worst", "at_best") if row[end]]
    if status != Status.UNDETERMINED.value or not ends:
        return words.words.say(f"status.{status}")
    worst, best = ends[0], ends[-1]
    levels = best if worst == best else words.words.say("from_to", worst=worst, best=best)
    return words.words.say("status.between", levels=levels)


def _awaited(row: Row) -> tuple[str, ...]:
    """Return what an open result lacks, and what one that is known awaits."""
    return (*(row["missing"] or ()), *row["provisional"])  # of very many it is not told


def _decided(row: Row, words: TableWords) -> Iterator[str]:
    """Yield the decision that was taken: by whom, in which document, when."""
    if row["given.level"] or row["given.status"]:
        on: date | None = row["given.on"]
        told = (
            row["given.by"],
            row["given.document"],
            words.words.date(on) if on is not None else "",
        )
        by = ", ".join(filter(None, told))
        yield words.say("given_by", by=by) if by else words.say("given")


def _listed(texts: Iterable[str]) -> str:
    return LINE.join(dict.fromkeys(filter(None, texts)))


# -- decisions ------------------------------------------------------------------------------------

_WIDTHS = {"name": 20, "rule": 34, "group": 18, "options": 22, "candidates": 24, "document": 16}
_FORMS: Mapping[str, str] = {"places": "number", "given.on": "day"}
_FOLDED = ("id", "candidates", "at_best", "at_worst", "given.status", "given.after")
"""Columns that khung reads, or that only tell more: grouped away behind the others."""

_NOT_READ = "_"
"""The key of a column that khung passes over when the sheet is given back."""

_DECIDED = tuple(
    sorted((column.name for column in DECISION_COLUMNS), key=lambda name: name in _FOLDED)
)


def decisions_sheet(paper: Paper, decisions: pa.Table, words: TableWords) -> bool:
    """Write the sheet of decisions, to be filled in and given back; say whether it fits."""
    if decisions.num_rows > MOST_ROWS:
        return False
    ordinal = Heading(words.say("column.ordinal"), 5, "number", _NOT_READ)
    headings = [ordinal, *map(_heading(words), _DECIDED)]
    rows = decisions.to_pylist()
    cells = ([number, *_decision(row, words)] for number, row in enumerate(rows, 1))
    name = words.say("sheet.decisions")
    sheet, first, _ = paper.table(name, words.say("title.decisions"), headings, cells)
    at = next(n for n, heading in enumerate(headings) if heading.key == "given.level")
    for number, row in enumerate(rows, first):
        offered = [words.level(row["subject"], option) for option in row["options"] or ()]
        if offered and len(",".join(offered)) <= _MOST_OPTIONS:
            how = {"validate": "list", "source": offered, "error_type": "warning"}
            sheet.data_validation(number, at, number, at, how)
    return True


def _heading(words: TableWords) -> Callable[[str], Heading]:
    """Return what makes the heading of a column of decisions."""

    def made(name: str) -> Heading:
        width, form = _WIDTHS.get(name.rpartition(".")[2], 12), _FORMS.get(name, "text")
        fills, folded = name.startswith("given."), name in _FOLDED
        return Heading(words.say(f"column.{name}"), width, form, name, fills, folded)

    return made


def _decision(row: Row, words: TableWords) -> Iterator[Any]:
    subject = row["subject"]
    declared = words.program.objects[subject]
    levels = {
        name: words.level(subject, row[name]) if row[name] else None
        for name in ("at_best", "at_worst", "given.level")
    }
    shown = {
        "subject": words.words.type(declared),
        "name": words.name(subject, row["id"]),
        UNIT: _unit(row, declared, words),
        DECISION: words.say(f"decision.{row[DECISION]}") if row[DECISION] else None,
        "rule": words.cited(row["rule"]) if row["rule"] else None,
        "group": words.group(row["rule"], row["group"]) if row["group"] else None,
        "options": _listed(words.level(subject, one) for one in row["options"] or ()),
        "candidates": ", ".join(words.name(subject, one) for one in row["candidates"] or ()),
        **levels,
    }
    for name in _DECIDED:
        yield shown.get(name, row[name])


def _unit(row: Row, declared: ObjectType, words: TableWords) -> str:
    link = next(iter(unit_links(declared)), "")
    return words.name(declared.links[link].to, row[UNIT]) if link else ""


# -- who waits ------------------------------------------------------------------------------------


def waiting_sheet(paper: Paper, waiting: pa.Table, words: TableWords) -> bool:
    """Write the sheet of who is not ranked for good; say whether it fits."""
    if waiting.num_rows > MOST_ROWS:
        return False
    say = words.say
    headings = [
        Heading(say("column.ordinal"), 5, "number"),
        Heading(say("column.subject"), 14),
        Heading(say("column.name"), 22),
        Heading(say("column.unit"), 18),
        Heading(say("column.standing"), 22),
        Heading(say("column.reasons"), 40),
        Heading(say("column.missing"), 40),
    ]
    rows = (_waits(number, row, words) for number, row in enumerate(_rows(waiting), 1))
    paper.table(say("sheet.waiting"), say("title.waiting"), headings, rows)
    return True


def _waits(number: int, row: Row, words: TableWords) -> list[Any]:
    subject = row["subject"]
    declared = words.program.objects[subject]
    level = row["at_best"]  # of one who is ranked, both ends are the level
    return [
        number,
        words.words.type(declared),
        row["name"] or row["id"],
        _unit(row, declared, words),
        standing_of({**row, "level": level}, subject, words),
        words.reasons(row["reasons"]),
        _listed(words.path(one, subject, row["id"]) for one in _awaited(row)),
    ]


# -- ceilings -------------------------------------------------------------------------------------


def groups_sheet(paper: Paper, groups: pa.Table, words: TableWords) -> bool:
    """Write the sheet of the groups of quotas; say whether it fits."""
    if groups.num_rows > MOST_ROWS:
        return False
    say = words.say
    names = ("rule", "group", "base", "ceiling", "kept", "cut", "open")
    widths = (34, 24, 11, 11, 34, 34, 24)
    headings = [
        Heading(say("column.ordinal"), 5, "number"),
        *(Heading(say(f"column.{n}"), width) for n, width in zip(names, widths, strict=True)),
    ]
    rows = ([number, *group_cells(row, words)] for number, row in enumerate(_rows(groups), 1))
    paper.table(say("sheet.groups"), say("title.groups"), headings, rows)
    return True


def group_cells(row: Row, words: TableWords) -> list[Any]:
    """Return a group of a quota: its rule, who is in it, its ends, and who stands where."""
    subject = row["subject"]
    whose = (
        _counted(row[name], [words.name(subject, one) for one in row[f"{name}.ids"] or ()], words)
        for name in ("kept", "cut", "open")
    )
    return [
        words.cited(row["rule"]),
        words.group(row["rule"], row["key"]),
        _ends(row["base.least"], row["base.most"], words),
        _ends(row["places.least"], row["places.most"], words),
        *whose,
    ]


def _counted(number: int, names: Sequence[str], words: TableWords) -> str:
    if not number:
        return ""
    told = words.words.cut(list(names), 40)
    return f"{words.words.count(number)}: {told}"


def _ends(least: int | None, most: int | None, words: TableWords) -> Any:
    if least == most:
        return least
    if most is None:
        return words.words.say("limit.ge", x=least)
    return words.words.say("between", least=least, most=most)
