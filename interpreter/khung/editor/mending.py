"""Mends that are certain, done one round after the other until nothing is left to do.

In: a rulebook or a case. Out: the texts of its files before and after, and each change. A mend
whose place is still wrong afterwards, or that makes a file one that cannot be read, is taken back,
so that nothing is left worse than it was. Nothing is written here.
"""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from khung.diagnostics.codes import is_error
from khung.diagnostics.mends import mends_of
from khung.editor.files import Kind
from khung.editor.reading import whole
from khung.editor.texts import Text
from khung.records import dataclass
from khung.rulebook.keeping import Keeping
from khung.source.files import place_of, unsaved

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from khung.diagnostics.mends import Mend
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Shelf
    from khung.editor.files import Target

_ROUNDS = 40  # a mend may show the next mistake, as behind an open bracket
_OF_FILES = ("K010", "K011", "K013")  # the codes of files that cannot be read
_CONTEXT = 40  # characters before a place by which a mend that was taken back is known again


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file, with the code of what it mends; the line is that of its round."""

    path: str
    line: int
    code: str
    was: str
    now: str


@dataclass(slots=True)
class Mended:
    """What came of a target.

    Attributes:
        before: The texts of the files that were changed, as they were.
        after: The same as they are now.
        changes: What was changed, in order.
        left: What is wrong still, in all files of the target.
    """

    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    left: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """A mend of one file, with the diagnostic that offers it."""

    path: str
    of: Diagnostic
    mend: Mend

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What it is known by from one round to the next, as places move."""
        edit = self.mend.edits[0]
        before = edit.span.file.text[max(edit.span.start - _CONTEXT, 0) : edit.span.start]
        return self.path, self.of.code, before, edit.text

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last offset that it changes."""
        spans = [edit.span for edit in self.mend.edits]
        return min(s.start for s in spans), max(s.end for s in spans)


class _Said(NamedTuple):
    """What reading says, and what checking says besides, which may only follow from the first."""

    early: tuple[Diagnostic, ...]
    late: tuple[Diagnostic, ...]

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        """All that is said."""
        return (*self.early, *self.late)


@dataclass(slots=True)
class _Work:
    """What is being mended."""

    target: Target
    files: Collection[str] | None
    shelf: Shelf
    keeping: Keeping = field(default_factory=Keeping)
    texts: dict[str, str] = field(default_factory=dict)
    refused: set[tuple[str, str, str, str]] = field(default_factory=set)

    def said(self, texts: dict[str, str]) -> _Said:
        """Return what is wrong with the texts as they are."""
        held = {path: text.encode() for path, text in texts.items()}
        with unsaved(held):
            return _Said(*whole(self.target, self.keeping, self.shelf))

    def is_own(self, path: str) -> bool:
        """Say whether a file may be changed."""
        if self.files is not None:
            return path in self.files
        if self.target.kind is Kind.CASE:
            return path == self.target.path
        return str(Path(path).parent) == self.target.path

    def raw(self, path: str) -> str:
        """Return the text of a file, line ends and byte order mark as they are."""
        if path not in self.texts:
            data = Path(path).read_bytes()
            marked = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
            self.texts[path] = data.decode("utf-16" if marked else "utf-8")
        return self.texts[path]


def mended(target: Target, shelf: Shelf, files: Collection[str] | None = None) -> Mended:
    """Return what comes of a rulebook or a case when all that is certain is mended.

    Args:
        target: What is mended; its files are on disk.
        shelf: Where rulebooks are kept that a case runs under.
        files: The files that may be changed; all of the target if it is None.
    """
    work, found = _Work(target, files, shelf), Mended()
    said = work.said({})
    for _ in range(_ROUNDS):
        steps = _apart(_steps(said.early, work)) or _apart(_steps(said.late, work))
        if not steps:
            break
        said = _round(steps, said, work, found)
    found.left = said.all
    found.after = {path: work.texts[path] for path in found.before}
    return found


def _steps(said: Iterable[Diagnostic], work: _Work) -> Iterator[_Step]:
    for one in said:
        path = "" if one.span is None else place_of(one.span.file.name)
        if path and work.is_own(path):
            steps = (_Step(path, one, mend) for mend in mends_of(one) if mend.certain)
            yield from (step for step in steps if step.name not in work.refused)


def _apart(steps: Iterable[_Step]) -> list[_Step]:
    """Return steps that do not touch each other, the first of each place."""
    taken: list[_Step] = []
    for step in steps:
        start, end = step.ends
        if not any(
            step.path == other.path and start <= other.ends[1] and other.ends[0] <= end
            for other in taken
        ):
            taken.append(step)
    return taken


def _round(steps: list[_Step], said: _Said, work: _Work, found: Mended) -> _Said:
    """Do what does not make things worse, and return what is wrong then."""
    after, now, bad = _tried(steps, said, work)
    if bad and len(steps) > 1:
        good = [step for step in steps if step not in bad]
        work.refused |= {step.name for step in bad}
        return _round(good, said, work, found) if good else said
    if bad:
        work.refused |= {step.name for step in bad}
        return said
    for path in after:
        found.before.setdefault(path, work.raw(path))
    found.changes += [_change(step) for step in steps]
    work.texts |= after
    return now


def _tried(
    steps: list[_Step], said: _Said, work: _Work
) -> tuple[dict[str, str], _Said, list[_Step]]:
    """Return the texts after some steps, what is wrong then, and the steps that were none."""
    after = {
        path: Text(work.raw(path)).with_changes(
            (edit.span.start, edit.span.end, edit.text)
            for step in steps
            if step.path == path
            for edit in step.mend.edits
        )
        for path in {step.path for step in steps}
    }
    now = work.said({**work.texts, **after})
    places = _wrong(now.all)
    worse = {path for path in after if _unread(now.early, path) > _unread(said.early, path)}
    bad = [s for s in steps if s.path in worse or _is_wrong(s, steps, places)]
    return after, now, bad


def _wrong(said: Iterable[Diagnostic]) -> set[tuple[str, str, int, int]]:
    return {
        (place_of(one.span.file.name), one.code, one.span.start, one.span.end)
        for one in said
        if one.span is not None and is_error(one)
    }


def _is_wrong(step: _Step, steps: list[_Step], places: set[tuple[str, str, int, int]]) -> bool:
    """Say whether what a step mends is wrong still, where its text stands now."""
    start, end = step.ends
    edits = [e for other in steps if other.path == step.path for e in other.mend.edits]
    own = {id(edit) for edit in step.mend.edits}
    moved = sum(
        len(e.text) - (e.span.end - e.span.start)
        for e in edits
        if e.span.start < start and id(e) not in own
    )
    grown = sum(len(e.text) - (e.span.end - e.span.start) for e in step.mend.edits)
    first, last = start + moved, end + moved + grown
    of_file = step.of.code.startswith(_OF_FILES)  # behind it, expressions are read at last
    return any(
        path == step.path
        and first <= at < max(last, first + 1)
        and (code == step.of.code or not of_file)
        for path, code, at, _ in places
    )


def _unread(said: Iterable[Diagnostic], path: str) -> int:
    return sum(
        one.code.startswith(_OF_FILES) and place_of(one.span.file.name) == path
        for one in said
        if one.span is not None
    )


def _change(step: _Step) -> Change:
    edit = step.mend.edits[0]
    line, _ = edit.span.file.position(edit.span.start)
    return Change(step.path, line, step.of.code, edit.span.text, edit.text)
