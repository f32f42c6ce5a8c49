"""A workbook dropped in, or tables of the folder: its lists, places, decisions to fill, forms.

What comes of it is what `khung eval --out` writes, in a folder that is gone when the desk closes.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung import paths
from khung.casefile.tables.case import asked as as_asked
from khung.casefile.tables.case import read_any
from khung.casefile.tables.files import BOOKS, TEXTS
from khung.desk.refusals import ABSENT, RefusedError
from khung.desk.told import all_said
from khung.diagnostics.bag import Bag, InvalidError
from khung.driver import Shelf, evaluate_read
from khung.locale import phrase
from khung.records import dataclass, replace
from khung.report.document import model as d
from khung.report.document.html import fragment, narrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.responses import Response

    from khung.desk.asked import Asked
    from khung.desk.desk import Desk
    from khung.desk.work import Task
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Evaluated

KIND = "tables"
Kept = tempfile.TemporaryDirectory[str]
_KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
    ".json": "application/json",
}
_BINARY = "application/octet-stream"
_FIRST = ("results.xlsx", "decisions.csv")  # what people ask for
_MANY = 200  # files of a folder that are listed one by one


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the tables of a case.

    Attributes:
        source: Where the tables are; `is_copy` if they were dropped in.
        found: The results; with none, `diagnostics` says why.
        folder: Where what is to be fetched stands.
    """

    name: str
    source: Path
    found: Evaluated | None
    diagnostics: tuple[Diagnostic, ...]
    folder: Path
    is_copy: bool


def take(asked: Asked, name: str, data: bytes) -> Response:
    """Take a workbook that was dropped in; it is worked out beside."""
    kept = tempfile.TemporaryDirectory(prefix="khung-")
    path = Path(kept.name) / f"workbook{Path(name).suffix.lower()}"
    path.write_bytes(data)
    return start(asked, path, name, kept)


def decide(asked: Asked) -> Response:
    """Take a table of decisions that was filled in, and work the tables out once more with it.

    Raises:
        RefusedError: K0905 it is no table.
    """
    _, outcome = _outcome(asked)
    found = asked.form.get("file")
    name = "" if found is None or isinstance(found, str) else Path(found.filename or "").name
    if found is None or isinstance(found, str) or not name:
        raise RefusedError("K0905", help="none", name="")
    if Path(name).suffix.lower() not in (*BOOKS, *TEXTS):
        raise RefusedError("K0905", help="decisions", name=name)
    kept = tempfile.TemporaryDirectory(prefix="khung-")
    path = Path(kept.name) / f"decisions{Path(name).suffix.lower()}"
    path.write_bytes(found.file.read())
    source = Path(kept.name) / outcome.source.name
    if outcome.is_copy:
        source.write_bytes(outcome.source.read_bytes())
    return start(asked, source if outcome.is_copy else outcome.source, outcome.name, kept, (path,))


def start(
    asked: Asked,
    path: Path,
    name: str,
    kept: Kept | None,
    decisions: tuple[Path, ...] = (),
) -> Response:
    """Begin to work tables out, and lead to the page that shows what comes of them."""
    kept = kept or tempfile.TemporaryDirectory(prefix="khung-")
    desk, lang, target = asked.desk, asked.lang, Path(kept.name) / "out"
    is_copy = path.is_relative_to(kept.name)
    empty = Outcome(name, path, None, (), target, is_copy)

    def job(told: list[str]) -> Outcome:
        told.append(phrase(lang, "desk.working_out"))
        return _worked_out(desk, empty, decisions, lang)

    task = desk.work.start(KIND, name, job, kept.cleanup)
    return asked.go(f"tables/{task.id}")


def _worked_out(desk: Desk, empty: Outcome, decisions: tuple[Path, ...], lang: str) -> Outcome:
    bag, path = Bag(), empty.source
    case_file = as_asked(read_any(path, bag), bare=False, decisions=decisions)
    if case_file is None:
        return replace(empty, diagnostics=bag.diagnostics)
    own = next((one for one in desk.known if one.name == case_file.rulebook.name), None)
    rulebooks = desk.rulebooks or (own.parent if own else None)
    found = evaluate_read(path, case_file, bag, Shelf(cached=True), {}, rulebooks)
    if found.results is None:
        return replace(empty, diagnostics=found.diagnostics)
    said = found.diagnostics
    try:
        _write(found, decisions, empty.folder, lang)
    except InvalidError as wrong:
        said = (*said, *wrong.diagnostics)
    return replace(empty, found=found, diagnostics=said)


def _write(found: Evaluated, decisions: tuple[Path, ...], target: Path, lang: str) -> None:
    """Write what is to be fetched. Raises InvalidError: a form of the rulebook is not sound."""
    from khung.report.forms import write as forms  # noqa: PLC0415  # heavy
    from khung.report.tables.folder import Found, write_folder  # noqa: PLC0415  # as above

    assert found.results is not None  # noqa: S101  # asked of sound cases
    assert found.ready is not None  # noqa: S101  # as above
    number = sum(forms.number_of_documents(found).values())

    def write_forms(folder: Path) -> int:
        return len(forms.write_forms(found, folder, lang))

    target.mkdir()
    clauses = found.ready.clauses
    told = Found(found.results, clauses, decisions=decisions, decided=found.decided)
    add = write_forms if 0 < number <= forms.MOST_UNASKED else None
    write_folder(told, target, target, lang, add)


# -- what is shown ----------------------------------------------------------------------------


def show(asked: Asked) -> Response:
    """Show what came of tables, or that they are still being worked out."""
    task = asked.desk.work.get(asked["id"], KIND)
    waiting = asked.waiting(task, f"{KIND}/{task.id}")
    if waiting is not None:
        return waiting
    outcome: Outcome = task.future.result()
    said = all_said(outcome.diagnostics, asked.lang)
    files = [_file(one, outcome.folder) for one in _files(outcome.folder)]
    blocks: tuple[d.Block, ...] = ()
    if outcome.found is not None and outcome.found.results is not None:
        blocks = tuple(_summary(outcome.found, asked.lang))
    return asked.page(
        "tables",
        outcome=outcome,
        task=task,
        said=said,
        files=files[:_MANY],
        more=len(files) - len(files[:_MANY]),
        body=fragment(blocks, 2),
        style=narrow_style(blocks),
    )


def _summary(found: Evaluated, lang: str) -> Iterator[d.Block]:
    """Yield the first sheet of the results without what only a printed one needs."""
    from khung.report.result.document import BRIEF, on_paper  # noqa: PLC0415  # heavy

    assert found.results is not None  # noqa: S101  # asked of sound cases
    clauses = found.ready.clauses if found.ready else {}
    sheet = on_paper(found.results, lang, BRIEF, clauses).blocks[0]
    assert isinstance(sheet, d.Section)  # noqa: S101  # as all that it is made of
    for block in sheet.blocks:
        is_title = isinstance(block, d.Heading) and block.level == 1
        if not is_title and not isinstance(block, d.Section | d.Signatures):
            yield block


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if paths.is_file(one))


def _file(path: Path, folder: Path) -> dict[str, Any]:
    return {
        "name": path.relative_to(folder).as_posix(),
        "size": -(-path.stat().st_size // 1024),
        "is_first": path.parent == folder and path.name in _FIRST,
        "is_form": path.suffix in (".xlsx", ".docx") and path.parent != folder,
    }


def narrow_style(blocks: Sequence[d.Block]) -> str:
    """Return the rules by which the tables of a page are read on a narrow screen."""
    rules = narrow(blocks)
    return f"@media screen and (max-width: 640px) {{\n{rules}}}\n" if rules else ""


def _outcome(asked: Asked) -> tuple[Task, Outcome]:
    """Return tables that were worked out. Raises RefusedError (K0906): they are not."""
    task = asked.desk.work.get(asked["id"], KIND)
    if not task.future.done():
        raise RefusedError("K0906", ABSENT)
    return task, task.future.result()


def one_file(asked: Asked) -> Response:
    """Hand over one file of what came of tables."""
    _, outcome = _outcome(asked)
    for path in _files(outcome.folder):
        if path.relative_to(outcome.folder).as_posix() == asked["path"]:
            return asked.download(path.read_bytes(), path.name, _KINDS.get(path.suffix, _BINARY))
    raise RefusedError("K0906", ABSENT)


def all_files(asked: Asked) -> Response:
    """Hand over all files of what came of tables."""
    _, outcome = _outcome(asked)
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(outcome.folder):
            archive.write(path, path.relative_to(outcome.folder).as_posix())
    return asked.download(into.getvalue(), f"{Path(outcome.name).stem}.zip", "application/zip")


def page(asked: Asked) -> Response:
    """Show all results on paper, as `khung eval --format html` does."""
    from starlette.responses import HTMLResponse  # noqa: PLC0415  # not for the help

    from khung.report.result.document import results_html  # noqa: PLC0415  # heavy

    _, outcome = _outcome(asked)
    if outcome.found is None or outcome.found.results is None or outcome.found.ready is None:
        raise RefusedError("K0906", ABSENT)
    html = results_html(outcome.found.results, asked.lang, clauses=outcome.found.ready.clauses)
    return HTMLResponse(html, headers={"Content-Security-Policy": PAPER})


PAPER = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""What a page that holds its own style may do: nothing else."""


def blank(asked: Asked) -> Response:
    """Hand over the workbook of a rulebook, to be filled in."""
    from khung.report.words.labels import Words  # noqa: PLC0415  # heavy
    from khung.report.words.sentences import Sayer  # noqa: PLC0415  # as above
    from khung.report.workbook.plan import plan  # noqa: PLC0415  # as above
    from khung.report.workbook.to_xlsx import to_xlsx  # noqa: PLC0415  # as above
    from khung.report.workbook.told import Teller  # noqa: PLC0415  # as above

    ready = asked.desk.ready(asked["name"])
    assert ready.program is not None  # noqa: S101  # `ready` has looked
    words = Words(ready.program, asked.lang, ready.clauses)
    book = to_xlsx(ready.program, plan(ready.program), Teller(words, Sayer(words).say))
    return asked.download(book, f"{asked['name']}.xlsx", _KINDS[".xlsx"])
