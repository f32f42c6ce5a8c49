"""A rulebook opened by name, and cases evaluated.

Everything is done as the commands do it, with the same checks; what they print as a diagnostic
and end with 3 is raised here as `InvalidError`, which carries the diagnostics.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from khung import paths
from khung.api.results import Evaluation
from khung.casefile.find import find_rulebook, known_rulebooks
from khung.casefile.from_source import parse_case
from khung.casefile.tables.case import asked, of_tables, read_any
from khung.diagnostics.bag import Bag, InvalidError
from khung.diagnostics.codes import is_error
from khung.driver import Evaluated, Ready, Shelf, evaluate_read, evaluate_under
from khung.locale import default, languages
from khung.report.encode import dumps
from khung.rulebook.folder import MANIFEST
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from khung.casefile.model import CaseFile

Case: TypeAlias = "Mapping[str, Any] | Path | str"
"""A case: data as in a case file, its path (also that of a folder of tables or of a workbook), its
text, or tables by key: anything that Arrow reads, such as frames of pandas and polars."""

_CASE = "<case>"
_ARROW = "__arrow_c_stream__"  # what gives the columns of a frame to others


def rulebook_names(rulebooks: Path | None = None) -> tuple[str, ...]:
    """Return the ids of the rulebooks that can be opened by name from the current folder."""
    return known_rulebooks(rulebooks)


def open_rulebook(
    name: str | Path,
    readings: Mapping[str, str] | None = None,
    rulebooks: Path | None = None,
) -> Rulebook:
    """Open a rulebook.

    Args:
        name: Its id, looked for in `rulebooks` in or above the current folder and among those that
            come with khung; or its folder.
        readings: Options to follow; the others are as the rulebook chooses.
        rulebooks: The only folder to look in for an id.

    Raises:
        InvalidError: There is none, or it has errors.
    """
    bag, path = Bag(), Path(name)
    named = isinstance(name, str) and len(path.parts) == 1 and not paths.is_file(path / MANIFEST)
    folder = find_rulebook(str(name), None, rulebooks, bag) if named else path
    if folder is None:
        raise InvalidError(bag.diagnostics)
    shelf = Shelf(cached=True)
    ready = shelf.ready(folder, readings or {})
    if ready.program is None:
        raise InvalidError(tuple(filter(is_error, ready.diagnostics)))
    return Rulebook(ready, shelf, dict(readings or {}))


def evaluate(
    case: Case,
    readings: Mapping[str, str] | None = None,
    rulebooks: Path | None = None,
    lang: str = default,
    *,
    head: Mapping[str, Any] | None = None,
    decisions: Sequence[Path] = (),
) -> Evaluation:
    """Evaluate a case by the rulebook that it names, as `khung eval` does.

    Args:
        case: Data as in a case file; the path of such a file, of a folder of tables or of a
            workbook; its text in YAML; or tables by key (`member`, `member.visits`), each anything
            that gives Arrow: frames of pandas and polars, Arrow tables.
        readings: Options to follow, before those that the case asks for.
        rulebooks: The only folder to look in for the rulebook.
        lang: The language of texts in results.
        head: The head of a case of which tables were given, as in a case file.
        decisions: Tables of decisions, filled in, as results have them.

    Raises:
        InvalidError: The case or its rulebook has errors.
    """
    bag = Bag()
    path, read = _read(case, bag, head)
    read = asked(read, bare=False, decisions=decisions)
    return _sound(
        evaluate_read(path, read, bag, Shelf(cached=True), readings or {}, rulebooks), lang
    )


class Rulebook:
    """A rulebook without errors, ready to evaluate cases.

    Attributes:
        folder: Where it is.
        diagnostics: Warnings.
    """

    def __init__(self, ready: Ready, shelf: Shelf, readings: Mapping[str, str]) -> None:
        assert ready.program is not None  # noqa: S101  # `open_rulebook` has looked
        self.folder = ready.folder
        self.diagnostics = ready.diagnostics
        self._program = ready.program
        self._shelf = shelf
        self._readings = readings

    @property
    def id(self) -> str:
        """The id, such as `2021`."""
        return self._program.rulebook

    @property
    def period(self) -> tuple[date, date]:
        """The first and the last day."""
        return self._program.period

    @property
    def readings(self) -> Mapping[str, str]:
        """The options that are followed, by reading."""
        return {name: reading.chosen for name, reading in self._program.readings.items()}

    def title(self, lang: str = default) -> str:
        """Return the title."""
        return self._program.title.said(lang)

    def evaluate(
        self,
        case: Case,
        lang: str = default,
        *,
        head: Mapping[str, Any] | None = None,
        decisions: Sequence[Path] = (),
    ) -> Evaluation:
        """Evaluate a case of this rulebook.

        Args:
            case: As of `evaluate`; data and the head of tables need not name the rulebook.
            lang: The language of texts in results.
            head: The head of a case of which tables were given, as in a case file.
            decisions: As of `evaluate`.

        Raises:
            InvalidError: The case has errors, or is written for another rulebook (K0603).
        """
        bag = Bag()
        own = case
        if not isinstance(case, Path | str) and not _are_frames(case):
            own = {"rulebook": self.id, **case}
        path, read = _read(own, bag, {"rulebook": self.id, **(head or {})})
        read = asked(read, bare=False, decisions=decisions)
        if read is None:
            raise InvalidError(bag.diagnostics)
        ready = self._shelf.ready_for(read, self.folder, self._readings, bag)
        return _sound(evaluate_under(path, read, ready, bag), lang)

    def __repr__(self) -> str:
        return f"<khung.Rulebook {self.id} in {self.folder}>"


def _read(case: Case, bag: Bag, head: Mapping[str, Any] | None) -> tuple[Path, CaseFile | None]:
    """Return a case as read, and the path that its rulebook is looked for from."""
    if isinstance(case, Path):
        return case, read_any(case, bag)
    if not isinstance(case, str) and _are_frames(case):
        return Path(_CASE), _of_frames(case, head or {}, bag)
    text = case if isinstance(case, str) else dumps(_plain(case))
    return Path(_CASE), _parsed(text, bag)


def _parsed(text: str, bag: Bag) -> CaseFile | None:
    return parse_case(text.encode("utf-8", "surrogatepass"), _CASE, bag)


def _are_frames(case: Case) -> bool:
    """Whether a case are tables: everything in it gives Arrow."""
    values = () if isinstance(case, Path | str) else case.values()
    return bool(values) and all(hasattr(value, _ARROW) for value in values)


def _of_frames(case: Mapping[str, Any], head: Mapping[str, Any], bag: Bag) -> CaseFile | None:
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415  # only for frames

    read = _parsed(dumps(_plain(head)), bag)
    tables: dict[str, Any] = {}
    for key, frame in case.items():
        try:
            tables[nfc(str(key))] = pa.table(frame)
        except (pa.ArrowException, TypeError, ValueError):
            bag.add("K0687", None, help="frame", file=f"<{key}>", limit=0)
    return None if read is None else of_tables(read, tables)


def _plain(value: Any) -> Any:
    """Return data as a case file writes it. Raises TypeError for what it cannot hold."""
    match value:
        case None | bool() | int() | str() | Decimal():
            return value
        case float():
            return Decimal(repr(value))  # as it is shown: 0.1 is one tenth
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item) for item in value]
        case _ if hasattr(value, "items"):
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            raise TypeError(type(value).__name__)


def _sound(found: Evaluated, lang: str) -> Evaluation:
    if lang not in languages:
        raise ValueError(lang)
    if found.results is None:
        raise InvalidError(found.diagnostics)
    return Evaluation(found, lang)
