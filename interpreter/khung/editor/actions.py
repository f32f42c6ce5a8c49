"""Mends as an editor offers them: one for each way, and one for all that is certain in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from khung.editor.protocol import edits_by_uri, span
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.editor.protocol import Serves
    from khung.editor.told import Change, Offer, Told

ALL = "source.fixAll.khung"
"""The kind of the action that does all that is certain."""

KINDS = [lsp.CodeActionKind.QuickFix, ALL]


def actions(ls: Serves, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Return the mends that are offered within a range of a file."""
    path = ls.path(params.text_document.uri)
    document = ls.session.documents.get(path)
    if document is None:
        return []
    only = params.context.only or []
    told, text = ls.session.told(path), document.text
    first, last = (
        text.offset((at.line, at.character)) for at in (params.range.start, params.range.end)
    )
    near = [one for one in told if one["start"] <= last and first <= one["end"]]
    found = [_action(ls, offer, one, text) for one in near for offer in one["offers"]]
    every = _all(ls, told)
    found += [every] if every is not None else []
    return [one for one in found if _wanted(one, only)]


def _wanted(action: lsp.CodeAction, only: Iterable[Any]) -> bool:
    kinds = [str(getattr(kind, "value", kind)) for kind in only]
    own = str(getattr(action.kind, "value", action.kind))
    if not kinds:
        return own != ALL
    return any(own == kind or own.startswith(f"{kind}.") for kind in kinds)


def _action(ls: Serves, offer: Offer, one: Told, text: Any) -> lsp.CodeAction:
    place = span(text, one["start"], one["end"])
    return lsp.CodeAction(
        offer["title"],
        lsp.CodeActionKind.QuickFix,
        [lsp.Diagnostic(place, one["message"], code=one["code"], source="khung")],
        is_preferred=offer["certain"] or None,
        edit=lsp.WorkspaceEdit(edits_by_uri(ls, offer["changes"])),
    )


def _all(ls: Serves, told: Iterable[Told]) -> lsp.CodeAction | None:
    changes: list[Change] = []
    for offer in (offer for one in told for offer in one["offers"] if offer["certain"]):
        if not any(_touch(new, old) for new in offer["changes"] for old in changes):
            changes += offer["changes"]
    if not changes:
        return None
    title, edit = phrase(ls.session.lang, "editor.mend.all"), edits_by_uri(ls, changes)
    return lsp.CodeAction(title, ALL, edit=lsp.WorkspaceEdit(edit))


def _touch(one: Change, other: Change) -> bool:
    same = one["path"] == other["path"]
    return same and one["start"] <= other["end"] and other["start"] <= one["end"]
