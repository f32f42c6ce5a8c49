"""Where everything begins: a new case, a file, a workbook dropped in.

Reports: K0903-K0908 and those of reading files.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from khung import paths
from khung.casefile.tables.files import is_tables
from khung.casefile.template import new_case
from khung.desk.drafts import digest_of
from khung.desk.edits import with_value
from khung.desk.overlays import extended_by, overlays_of, with_overlay
from khung.desk.pages import tables
from khung.desk.refusals import ABSENT, RefusedError, refused
from khung.diagnostics.bag import Bag
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer
from khung.rulebook.folder import MANIFEST
from khung.source import limits
from khung.source.files import decode, read_bytes
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.datastructures import UploadFile
    from starlette.responses import Response

    from khung.desk.asked import Asked
    from khung.desk.drafts import Draft

MOST_TEXT = 8 * limits.MIB
"""Bytes of a case that is pasted, or of one field."""

_MOST_LISTED, _DEEPEST = 2_000, 4  # files that are offered, and folders down to them
_YAML, _BOOKS = (".yaml", ".yml"), (".xlsx", ".xls", ".ods")


class Listed(NamedTuple):
    """A folder below the one served, and the files in it that can be opened."""

    folder: str
    files: tuple[str, ...]


def enter(asked: Asked) -> Response:
    """Lead from the address that was printed to the first page."""
    return asked.go()


def start(asked: Asked) -> Response:
    """Show what can be begun, and what is open."""
    desk = asked.desk
    return asked.page(
        "start",
        rulebooks=[_titled(one.name, asked) for one in desk.known if not _is_part(one)],
        drafts=list(desk.drafts.by_id.values()),
        tasks=list(desk.work.tasks.values()),
        listed=list(_listed(desk.folder)),
        folder=str(desk.folder),
    )


def _titled(name: str, asked: Asked) -> tuple[str, str]:
    """Return a rulebook and what it is called; that is empty where it has errors."""
    try:
        return name, asked.desk.program(name).title.said(asked.lang)
    except RefusedError:
        return name, ""


def _is_part(folder: Path) -> bool:
    """Say whether a rulebook is for some of the subjects alone: no case is of it."""
    return extended_by(folder) != ""


def _listed(folder: Path) -> Iterator[Listed]:
    """Yield the folders with files that may be cases, each with those."""
    left, waiting = _MOST_LISTED, [(folder, 0)]
    while waiting and left > 0:
        here, depth = waiting.pop(0)
        inside = paths.inside(here) or ()
        if any(one.name == MANIFEST for one in inside):
            continue
        files = [one for one in inside if one.suffix.lower() in (*_YAML, *_BOOKS)]
        names = tuple(one.name for one in files if not one.name.startswith((".", "~")))[:left]
        left -= len(names)
        if names:
            yield Listed(_below(here, folder), names)
        if depth < _DEEPEST:
            folders = (one for one in inside if paths.is_folder(one) and one.name[0] not in "._")
            waiting += [(one, depth + 1) for one in folders]


def _below(path: Path, folder: Path) -> str:
    found = path.relative_to(folder).as_posix()
    return "" if found == "." else found


# -- a new case -------------------------------------------------------------------------------


def choose(asked: Asked) -> Response:
    """Show what can be chosen of a rulebook: subjects, and readings where the text has several."""
    name = asked.value("rulebook")
    program = asked.desk.program(name)
    words = Words(program, asked.lang)
    return asked.page(
        "new",
        rulebook=name,
        title=program.title.said(asked.lang),
        subjects=[(one.name, words.type(one), one.ladder is not None) for one in program.subjects],
        readings=_readings(program, words),
        overlays=overlays_of(asked.desk.ready(name).folder, asked.lang),
        day=program.period[1].isoformat(),
    )


def _readings(program: Any, words: Words) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "question": one.question.said(words.lang),
            "options": [(o, words.option(one, o)) for o in one.options.values],
            "chosen": one.chosen,
        }
        for one in program.readings.values()
    ]


def new(asked: Asked) -> Response:
    """Begin a case with a subject of each type that was chosen."""
    name = asked.value("rulebook")
    program = asked.desk.program(name)
    known = [one.name for one in program.subjects]
    types = [one for one in asked.form.getlist("subject") if one in known]
    types = types or [next(one.name for one in program.subjects if one.ladder is not None)]
    words = Words(program, asked.lang)
    text = new_case(program, [str(one) for one in types], Sayer(words).say, asked.lang)
    for reading in program.readings.values():
        option = asked.value(f"reading.{reading.name}")
        if option and option != reading.chosen and option in reading.options.values:
            text = with_value(text, ("readings", reading.name), option)
    named = asked.form.getlist("overlay")
    for overlay in overlays_of(asked.desk.ready(name).folder, asked.lang):
        if overlay.name in named:
            text = with_overlay(text, overlay.name, applies=True)
    draft = asked.desk.drafts.new(nfc(text), _free(asked.desk.folder, str(types[0])))
    return asked.go(f"case/{draft.id}")


def _free(folder: Path, stem: str) -> str:
    """Return a name for a file of which there is none in the folder yet."""
    names = (f"{stem}{n}.yaml" for n in ("", *(f"_{n}" for n in range(2, 1000))))
    return next(name for name in names if not paths.exists(folder / name))


# -- a file -----------------------------------------------------------------------------------


def open_file(asked: Asked) -> Response:
    """Open a file below the folder that is served: a case, or tables."""
    path = place_of(asked.value("path"), asked.desk.folder)
    if not paths.exists(path):
        raise RefusedError("K0908", ABSENT, help="absent", path=asked.value("path"))
    if is_tables(path) or path.suffix.lower() in _BOOKS:
        return tables.start(asked, path, path.name, None)
    return asked.go(f"case/{draft_of(asked, path).id}")


def draft_of(asked: Asked, path: Path) -> Draft:
    """Return the open case of a file. Raises RefusedError: it cannot be read."""
    bag = Bag()
    found = digest_of(path)
    data = read_bytes(path, bag, limit=limits.CASE_FILE_BYTES)
    return asked.desk.drafts.of_file(path, _decoded(data, path.name, bag), found)


def _decoded(data: bytes | None, name: str, bag: Bag) -> str:
    file = None if data is None else decode(data, name, bag)
    if file is None:
        raise refused(bag.diagnostics[0])
    return file.text


def place_of(name: str, folder: Path) -> Path:
    """Return the place below a folder that a name is of.

    Raises:
        RefusedError: K0908 it is none below it.
    """
    parts = PurePosixPath(nfc(name.strip()).replace("\\", "/"))
    path = folder / parts
    odd = not name.strip() or parts.is_absolute() or ".." in parts.parts or "\0" in name
    if odd or ":" in name or not paths.real(path).is_relative_to(paths.real(folder)):
        raise RefusedError("K0908", path=name, folder=str(folder))
    return path


def upload(asked: Asked) -> Response:
    """Take a file that was dropped in: a case is opened, a workbook worked out.

    Raises:
        RefusedError: K0905 it is neither.
    """
    found: UploadFile | str | None = asked.form.get("file")
    name = (
        "" if found is None or isinstance(found, str) else PurePosixPath(found.filename or "").name
    )
    if found is None or isinstance(found, str) or not name:
        raise RefusedError("K0905", help="none", name="")
    data, suffix = found.file.read(), PurePosixPath(name).suffix.lower()
    if suffix in _BOOKS:
        return tables.take(asked, name, data)
    if suffix not in _YAML:
        raise RefusedError("K0905", name=name)
    if len(data) > MOST_TEXT:
        raise RefusedError("K0902", limit=MOST_TEXT // limits.MIB)
    text = _decoded(data, name, Bag())
    return asked.go(f"case/{asked.desk.drafts.new(text, name).id}")
