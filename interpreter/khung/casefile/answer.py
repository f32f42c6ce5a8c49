"""What somebody types in answer to a question, as a case writes it.

A value is read as a cell of a table is, with the same diagnostics. An option may be named by its
place in the list that was shown. Of a list of records it is said how many there are, or by which
keys they are told apart; of ballots how many each level got.

Reports: K0614, K0642, K0680.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.casefile.tables.cells import Mark, Problem, read
from khung.casefile.tables.layout import Column, column_of, elements_of
from khung.casefile.tables.typed import report
from khung.casefile.tables.words import clean, truths
from khung.engine.facts import Stated
from khung.ir import types as t
from khung.patterns import pattern
from khung.records import dataclass
from khung.source.writing import flow
from khung.text import SourceFile, Span, nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Case
    from khung.ir.program import Fact, ObjectType, Program

_BETWEEN = pattern(r"[,;]\s*")
_COUNT = pattern(r"(.*?)\s*[:=]\s*(\S+)")
_MOST_RECORDS = 99


def written(  # noqa: PLR0913  # how it is read is by keyword only
    said: str,
    declared: ObjectType,
    name: str,
    program: Program,
    bag: Bag,
    options: Sequence[str] = (),
    *,
    whole: bool = False,
) -> str | None:
    """Return an answer as YAML on one line; None after a diagnostic.

    Args:
        said: What was typed.
        declared: The type of the object asked about.
        name: Its fact, link or criterion.
        program: The rulebook.
        bag: Where what is wrong is reported.
        options: Names that may be given by their place in this list, from 1.
        whole: Whether it is asked if the list of that name is whole.
    """
    text = nfc(clean(said))
    reader = _Reader(program, bag, SourceFile(f"{declared.name}.{name}", text), tuple(options))
    found = reader.of(text, declared, name, whole=whole)
    return None if found is None else flow(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    program: Program
    bag: Bag
    file: SourceFile
    options: tuple[str, ...]

    def of(self, text: str, declared: ObjectType, name: str, *, whole: bool) -> Any:
        fact = declared.facts.get(name)
        match fact and fact.ty:
            case t.Ballots() as ty:
                return Stated.ABSENT.value if _says_none(text) else self.ballots(text, ty)
            case t.List() as ty if not whole:
                assert fact is not None  # noqa: S101  # it has a type
                return [] if _says_none(text) else self.list(text, fact, ty.element)
            case _:  # one value
                truth = Column("", t.BOOLEAN) if whole else None
                column = truth or column_of(declared, name, self.program)
                assert column is not None  # noqa: S101  # only what can be stated is asked
                return self.value(text, column)

    def value(self, text: str, column: Column) -> Any:
        """Return one value; None after a diagnostic."""
        if text not in {option for option, _ in column.options} and text.isdecimal():
            place = int(text) - 1
            if 0 <= place < len(self.options):
                return self.options[place]
        found = read(text, column, is_text=True)
        if isinstance(found, Problem):
            self.wrong(found, text, column)
            return None
        return found.value if isinstance(found, Mark) else found

    def wrong(self, problem: Problem, text: str, column: Column) -> None:
        start = max(self.file.text.find(text), 0)
        span = Span(self.file, start, start + len(text))
        report(problem, span, text, column, self.program, self.bag)

    def values(self, texts: Iterable[str], column: Column) -> list[Any] | None:
        found = [self.value(text, column) for text in texts]
        return None if None in found else found

    # -- lists and ballots ------------------------------------------------------------------------

    def list(self, text: str, fact: Fact, element: t.Type) -> Any:
        record = self.program.objects[element.name] if isinstance(element, t.Object) else None
        if record is None or not record.is_record:
            return self.values(_BETWEEN.split(text), elements_of(fact, element, self.program))
        key = column_of(record, fact.key, self.program) if fact.key else None
        if text.isdecimal() and int(text) <= _MOST_RECORDS and _is_counted(key):
            places = range(1, int(text) + 1)
            return [{} if key is None else {fact.key: _as_key(n, key)} for n in places]
        if key is None:
            self.wrong(Problem("K0680", "number"), text, Column("", t.NUMBER))
            return None
        keys = self.values(_BETWEEN.split(text), key)
        return None if keys is None else [{fact.key: one} for one in keys]

    def ballots(self, text: str, ty: t.Ballots) -> Any:
        scale = self.program.values[ty.scale]
        levels = tuple((name, scale.labels.get(name)) for name in scale.values)
        column = Column("", t.Scale(ty.scale), options=levels)
        found: dict[str, Any] = {}
        for part in _BETWEEN.split(text):
            counted = _COUNT.fullmatch(part)
            level, number = counted.groups() if counted else (part, "")
            named = self.value(level, column)
            count = self.value(number, Column("", t.NUMBER)) if counted else None
            if named is None or count is None:
                if counted is None and named is not None:
                    self.wrong(Problem("K0680", "number"), part, column)
                return None
            found[named] = count
        return found


def _says_none(text: str) -> bool:
    return text in ("0", Stated.ABSENT.value, "[]") or truths().get(text.casefold()) is False


def _is_counted(key: Column | None) -> bool:
    """Whether records may be numbered: nothing tells them apart, or a text or a number does."""
    return key is None or (isinstance(key.ty, t.String | t.Number) and not key.options)


def _as_key(number: int, key: Column) -> Any:
    return str(number) if isinstance(key.ty, t.String) else number


def options_of(declared: ObjectType, name: str, case: Case) -> list[str]:
    """Return the names of which one is the answer, in the order in which they are shown."""
    column = column_of(declared, name, case.program)
    if column is None:
        return []
    if isinstance(column.ty, t.Object):
        return [*case.entities.get(column.ty.name, {})][:_MOST_RECORDS]
    return [option for option, _ in column.options]
