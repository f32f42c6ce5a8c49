"""What a new folder to work in holds: rulebooks, cases, schemas, guides, a workbook to fill in.

What tells editors of them is there, too. All of it is copied from what came with khung, or made of
that, and none of it is read by khung itself: who changes it changes nothing but their own.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from khung.locale import phrase
from khung.report.guide import page, without_steps
from khung.resources import data_dir

if TYPE_CHECKING:
    from pathlib import Path

    from khung.ir.program import Program

_COPIED = ("rulebooks", "cases", "schemas", ".vscode")
_GUIDES = "docs"


def put_start(folder: Path, lang: str) -> str:
    """Fill an empty folder; return what is to be done first, which a file in it says, too.

    Args:
        folder: Where to write.
        lang: The language of the guides, of the workbook and of what is returned.

    Raises:
        MissingDataError: The installation is broken.
        OSError: Something cannot be written.
    """
    for name in _COPIED:
        _copy(data_dir(name), folder / name)
    _put_guides(folder / _GUIDES / lang, lang)
    first = _first(folder, _put_workbook(folder, lang), lang)
    (folder / phrase(lang, "init.file")).write_text(first, encoding="utf-8", newline="\n")
    return first


def _copy(source: Path, target: Path) -> None:
    """Copy the files of a folder, not their rights: what is installed may be closed to writing."""
    for path in source.rglob("*"):
        inside = path.relative_to(source)
        if path.is_file() and not any(part.startswith((".", "__")) for part in inside.parts):
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / inside)


def _put_guides(folder: Path, lang: str) -> None:
    """Write the guides of a language, as text and as pages."""
    folder.mkdir(parents=True)
    found = sorted((data_dir(_GUIDES) / lang).glob("*.md"))
    guides = {path.stem: path for path in found if path.stem in _written(lang)}
    for name, path in guides.items():
        text = path.read_text(encoding="utf-8")
        for ending, said in (("md", without_steps(text)), ("html", page(text, lang, guides))):
            (folder / f"{name}.{ending}").write_text(said, encoding="utf-8", newline="\n")


def _written(lang: str) -> list[str]:
    """Return the names of the guides, as people meet them."""
    return phrase(lang, "init.guides").split()


def _put_workbook(folder: Path, lang: str) -> Program:
    """Write the workbook of the newest rulebook, with nothing filled in; return that rulebook.

    Raises:
        MissingDataError: Of what came with khung there is no sound rulebook.
    """
    from khung.cli.rulebooks import newest, take_sound  # noqa: PLC0415  # reads what is slow
    from khung.cli.tables import save_tables  # noqa: PLC0415  # as above
    from khung.resources import MissingDataError  # noqa: PLC0415  # as above

    found = newest(str(data_dir("rulebooks")))
    program, ready, _ = take_sound(found, None) if found else (None, None, ())
    if program is None or ready is None:
        raise MissingDataError("rulebooks")
    save_tables(ready, program, (), str(folder / _workbook(program.rulebook, lang)), lang)
    return program


def _first(folder: Path, program: Program, lang: str) -> str:
    """Return what is to be done first, with the cases of a rulebook that are there as examples."""
    rulebook, cases = program.rulebook, folder / "cases" / program.rulebook
    of = {s.name: sorted(cases.glob(f"{s.name}-*.yaml")) for s in program.subjects}
    subject = max(of, key=lambda name: len(of[name]))
    tried = {"case": of[subject], "tables": sorted(cases.rglob("*.xlsx"))}
    shown = [
        phrase(lang, f"init.{what}", path=found[0].relative_to(folder).as_posix())
        for what, found in tried.items()
        if found
    ]
    workbook = _workbook(rulebook, lang)
    own = phrase(lang, "init.own", rulebook=rulebook, subject=subject, workbook=workbook)
    return "".join(f"{part}\n" for part in (*shown, own))


def _workbook(rulebook: str, lang: str) -> str:
    return phrase(lang, "init.workbook", rulebook=rulebook)
