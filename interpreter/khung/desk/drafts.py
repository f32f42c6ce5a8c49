"""A case that is open at the desk: its text, its file, what each tab of the browser shows.

The text is all there is. A tab says what it showed and what stands there now; what differs is what
its user changed, and that alone is written, so two tabs do not undo each other.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import field
from typing import TYPE_CHECKING

from khung import paths
from khung.desk.refusals import ABSENT, RefusedError
from khung.records import dataclass

if TYPE_CHECKING:
    from pathlib import Path

MOST_TABS, MOST_BACK = 100, 200
"""Tabs of which it is remembered what they show, and steps that can be taken back."""

_MOST_KEPT = 64 * 1024 * 1024  # characters of earlier texts


@dataclass(slots=True)
class Draft:
    """A case that is open.

    Attributes:
        id: What the desk calls it.
        text: What it says now.
        path: Its file; None where it has none yet.
        found: The digest of the file as it was last read or written.
        kept: The text as it is in the file.
        suggested: What its file could be called.
        tabs: What each tab shows, by the name of the field.
        back: Earlier texts, the last one last.
        notices: What is still to be told to its user.
    """

    id: str
    text: str
    path: Path | None = None
    found: str = ""
    kept: str = ""
    suggested: str = "case.yaml"
    tabs: dict[str, dict[str, str]] = field(default_factory=dict)
    back: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def is_saved(self) -> bool:
        """Whether all of it is in its file."""
        return self.path is not None and self.text == self.kept

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.path.name if self.path else self.suggested

    def put(self, text: str) -> None:
        """Take a new text; the one before can be had back."""
        if text == self.text:
            return
        self.back.append(self.text)
        most = max(1, min(MOST_BACK, _MOST_KEPT // (len(text) + 1)))
        del self.back[:-most]
        self.text = text

    def undo(self) -> bool:
        """Take the last change back; say whether there was one."""
        if not self.back:
            return False
        self.text = self.back.pop()
        return True

    def shown(self, values: dict[str, str]) -> str:
        """Remember what a new tab shows, and return what the tab is called."""
        tab = secrets.token_hex(8)
        self.tabs[tab] = dict(values)
        while len(self.tabs) > MOST_TABS:
            del self.tabs[next(iter(self.tabs))]
        return tab

    def is_changed_outside(self) -> bool:
        """Say whether the file is not as it was last read or written here, or is gone."""
        return self.path is not None and digest_of(self.path) != self.found


@dataclass(slots=True)
class Drafts:
    """The cases that are open, by what the desk calls them."""

    by_id: dict[str, Draft] = field(default_factory=dict)

    def new(self, text: str, suggested: str = "case.yaml") -> Draft:
        """Open a case that has no file."""
        draft = Draft(secrets.token_hex(4), text, suggested=suggested)
        self.by_id[draft.id] = draft
        return draft

    def of_file(self, path: Path, text: str, found: str) -> Draft:
        """Open the case of a file; the one that is open already if it is."""
        for draft in self.by_id.values():
            if draft.path is not None and paths.same(draft.path, path):
                return draft
        draft = Draft(secrets.token_hex(4), text, path, found, text)
        self.by_id[draft.id] = draft
        return draft

    def get(self, name: str) -> Draft:
        """Return an open case. Raises RefusedError (K0906) where there is none of the name."""
        if name not in self.by_id:
            raise RefusedError("K0906", ABSENT)
        return self.by_id[name]

    def close(self, name: str) -> None:
        """Close a case."""
        self.by_id.pop(name, None)

    @property
    def unsaved(self) -> tuple[Draft, ...]:
        """The cases of which something is in no file, and that somebody has changed."""
        return tuple(d for d in self.by_id.values() if not d.is_saved and (d.back or d.path))


def digest_of(path: Path) -> str:
    """Return the digest of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
