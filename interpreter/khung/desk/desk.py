"""What the desk holds while it is open: the folder it serves, rulebooks, cases, work."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung import paths
from khung.casefile.find import find_rulebook, known_folders
from khung.desk.drafts import Drafts
from khung.desk.refusals import ABSENT, refused
from khung.desk.sheet import Sheet
from khung.desk.work import Work
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.driver import Shelf, evaluate_text
from khung.records import dataclass
from khung.rulebook.folder import rulebooks_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from khung.desk.drafts import Draft
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Evaluated, Ready
    from khung.ir.program import Program

    Save = Callable[[str, Path], Diagnostic | None]
    """Writes a text into a file, or says why it cannot."""

_OWN = "rulebooks"


@dataclass(slots=True)
class Desk:
    """The desk.

    Attributes:
        folder: The folder that is served: nothing is read or written elsewhere, but for rulebooks.
        token: What stands first in every address.
        save: How a file is written.
        rulebooks: The folder of rulebooks that the user names, if any.
        sheets: The last of each open case, by its text and language.
    """

    folder: Path
    token: str
    save: Save
    rulebooks: Path | None = None
    shelf: Shelf = field(default_factory=lambda: Shelf(cached=True), repr=False)
    drafts: Drafts = field(default_factory=Drafts, repr=False)
    work: Work = field(default_factory=Work, repr=False)
    sheets: dict[str, tuple[str, Sheet]] = field(default_factory=dict, repr=False)

    # -- rulebooks ------------------------------------------------------------------------------

    @property
    def known(self) -> tuple[Path, ...]:
        """The folders of the rulebooks that can be chosen, those of the folder served first."""
        if self.rulebooks is not None:
            return known_folders(self.rulebooks)
        near = (rulebooks_in(p / _OWN) for p in (self.folder, *self.folder.parents))
        found = [one for own in near for one in own]
        by_name = {one.name: one for one in (*known_folders(None), *reversed(found))}
        return tuple(by_name[name] for name in sorted(by_name))

    def ready(self, name: str, readings: dict[str, str] | None = None) -> Ready:
        """Return a rulebook by its id. Raises RefusedError: none is, or it has errors."""
        bag = Bag()
        folder = next((one for one in self.known if one.name == name), None)
        folder = folder or find_rulebook(name, self.folder / "x", self.rulebooks, bag)
        if folder is None:
            raise refused(bag.diagnostics[0], ABSENT)
        ready = self.shelf.ready(folder, readings or {})
        if ready.program is None:
            error = refused(next(filter(is_error, ready.diagnostics)))
            error.diagnostics = tuple(filter(is_error, ready.diagnostics))
            raise error
        return ready

    def program(self, name: str) -> Program:
        """Return the program of a rulebook. Raises RefusedError as `ready`."""
        program = self.ready(name).program
        assert program is not None  # noqa: S101  # `ready` has looked
        return program

    # -- cases ----------------------------------------------------------------------------------

    def evaluate(self, draft: Draft, text: str | None = None) -> Evaluated:
        """Return what comes of an open case, or of another text in its place."""
        place = draft.path or self.folder / draft.suggested
        data = (draft.text if text is None else text).encode()
        name = str(paths.nearby(place))
        return evaluate_text(data, name, self.shelf, {}, self.rulebooks)

    def sheet(self, draft: Draft, lang: str) -> Sheet:
        """Return an open case, evaluated; what was worked out of the same text is not again."""
        key = f"{lang} {draft.text}"
        found = self.sheets.get(draft.id)
        if found is None or found[0] != key:
            found = key, Sheet.of(draft.text, self.evaluate(draft), lang)
            self.sheets[draft.id] = found
        return found[1]
