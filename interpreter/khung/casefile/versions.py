"""Which version of a rulebook a case runs under: by its day, the last amendment in force.

Reports: K0554, K0660.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.amendments import amendments_beside, in_turn, year_of
from khung.text import nfc

if TYPE_CHECKING:
    from pathlib import Path

    from khung.casefile.model import CaseFile
    from khung.diagnostics.bag import Bag
    from khung.rulebook.amendments import Amendment


def version_of(case_file: CaseFile, folder: Path, bag: Bag) -> Path | None:
    """Return the folder of the version under which a case runs; None if it cannot be told.

    An amendment that the case names itself is the version, if it is in force (K0660); so is the
    first text where the case says so. Of two amendments that do not follow one another none is the
    last (K0554).

    Args:
        case_file: The case.
        folder: The folder of the rulebook that it names.
        bag: Where to report.
    """
    known, on, ref = amendments_beside(folder), case_file.on, case_file.rulebook
    if on is None or not known:
        return folder
    named = next((one for one in known if one.name == nfc(folder.name)), None)
    if named is not None:
        if not named.is_in_force(on):
            _report_early(case_file, named, year_of(named, known), bag)
        return folder if named.is_in_force(on) else None
    for amending in in_turn(folder, known) if case_file.amended else ():
        in_force = [one for one in amending if one.is_in_force(on)]
        if len(in_force) > 1:
            of, names = in_force[0].of, tuple(one.name for one in in_force)
            bag.add("K0554", ref.span, at="rulebook", of=of, names=names, first=names[0])
            return None
        folder = next((one.folder for one in in_force), folder)
    return folder


def _report_early(case_file: CaseFile, named: Amendment, year: str, bag: Bag) -> None:
    day, first = str(case_file.on), str(named.first)
    bag.add("K0660", case_file.on_span, name=named.name, day=day, first=first, of=year)
