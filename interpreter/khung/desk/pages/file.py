"""The file of a case: its text, what is fetched, saved, read again, taken back.

Nothing is lost: what stands in a file that somebody else has changed is not written over unasked.

Reports: K0903, K0907, K0908 and those of saving.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.desk.drafts import digest_of
from khung.desk.pages.case import opened
from khung.desk.pages.start import draft_of, place_of
from khung.desk.refusals import CONFLICT, RefusedError, refused
from khung.desk.told import all_said
from khung.text import nfc

if TYPE_CHECKING:
    from starlette.responses import Response

    from khung.desk.asked import Asked
    from khung.desk.drafts import Draft

_YAML = (".yaml", ".yml")
_KIND = "application/yaml; charset=utf-8"


def text(asked: Asked) -> Response:
    """Show the text of a case, to be read and changed."""
    draft, sheet = opened(asked)
    said = all_said(sheet.found.diagnostics, asked.lang)
    tab = draft.shown({"text": draft.text})
    notices, draft.notices = draft.notices, []
    return asked.page("text", draft=draft, said=said, tab=tab, notices=notices, typed=draft.text)


def put_text(asked: Asked) -> Response:
    """Take a text as it was typed, unless another tab has changed the case meanwhile (K0903)."""
    draft = asked.desk.drafts.get(asked["id"])
    sent = nfc(asked.value("text").replace("\r\n", "\n"))
    sent = sent.replace("\n", "\r\n") if "\r\n" in draft.text else sent
    seen = draft.tabs.get(asked.value("tab"), {}).get("text")
    if seen == sent:
        return asked.go(f"case/{draft.id}/text")
    if seen != draft.text and asked.value("over") != "yes":
        error = RefusedError("K0903", CONFLICT, help="tab", path=draft.name)
        said = all_said(error.diagnostics, asked.lang)
        tab = draft.shown({"text": draft.text})
        return asked.page(
            "text", CONFLICT, draft=draft, said=said, tab=tab, notices=(), typed=sent, over=True
        )
    draft.put(sent)
    return asked.go(f"case/{draft.id}/text")


def download(asked: Asked) -> Response:
    """Hand over the case as a file."""
    draft = asked.desk.drafts.get(asked["id"])
    return asked.download(draft.text.encode(), draft.name, _KIND)


def save(asked: Asked) -> Response:
    """Write a case into its file, or into a new one below the folder that is served.

    Raises:
        RefusedError: K0819 there is another file, K0903 its file was changed outside, K0908 the
            place is none, and what saving says.
    """
    desk, draft = asked.desk, asked.desk.drafts.get(asked["id"])
    name = asked.value("path") or draft.name
    if Path(name).suffix.lower() not in _YAML:
        name += ".yaml"
    path = place_of(name, desk.folder)
    is_over = asked.value("over") == "yes"
    if draft.path is not None and paths.same(path, draft.path):
        if draft.is_changed_outside() and not is_over:
            return _outside(asked, draft, name)
    elif paths.exists(path) and not is_over:
        raise RefusedError("K0819", CONFLICT, path=name)
    wrong = desk.save(draft.text, path)
    if wrong is not None:
        raise refused(wrong)
    draft.path, draft.kept, draft.found = path, draft.text, digest_of(path)
    draft.notices.append(asked.say("saved", path=name))
    return asked.go(f"case/{draft.id}", subject=asked.value("subject"))


def _outside(asked: Asked, draft: Draft, name: str) -> Response:
    """Say that a file was changed outside, and ask what to do."""
    error = RefusedError("K0903", CONFLICT, path=name)
    said = all_said(error.diagnostics, asked.lang)
    return asked.page("outside", CONFLICT, draft=draft, said=said, name=name)


def reload(asked: Asked) -> Response:
    """Take the text of the file in place of what is open; that can be taken back."""
    draft = asked.desk.drafts.get(asked["id"])
    if draft.path is None:
        return asked.go(f"case/{draft.id}")
    path, draft.path = draft.path, None
    try:
        read = draft_of(asked, path)
    finally:
        draft.path = path
    asked.desk.drafts.close(read.id)
    draft.put(read.text)
    draft.kept, draft.found = read.kept, read.found
    return asked.go(f"case/{draft.id}")


def undo(asked: Asked) -> Response:
    """Take the last change back."""
    draft = asked.desk.drafts.get(asked["id"])
    draft.notices.append(asked.say("undone" if draft.undo() else "nothing_undone"))
    return asked.go(f"case/{draft.id}", subject=asked.value("subject"))


def close(asked: Asked) -> Response:
    """Close a case; one that is not saved only if that was said."""
    draft = asked.desk.drafts.get(asked["id"])
    if draft in asked.desk.drafts.unsaved and asked.value("over") != "yes":
        return asked.page("close", CONFLICT, draft=draft)
    asked.desk.drafts.close(draft.id)
    return asked.go()
