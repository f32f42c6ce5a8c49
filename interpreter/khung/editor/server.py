"""The language server: the protocol of editors on one side, a `Session` on the other.

Heavy to load, as pygls is: only `khung lsp` imports it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import from_fs_path, to_fs_path

from khung.editor import features
from khung.editor.actions import KINDS, actions
from khung.editor.protocol import span
from khung.editor.session import Session
from khung.editor.texts import Text
from khung.source.files import place_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from khung.editor.told import Told

_SEVERITY = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
NAME = "khung"


class _Protocol(LanguageServerProtocol):
    """The protocol, without the documents that pygls would keep beside those of the session."""

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(
        self, params: lsp.DidOpenTextDocumentParams
    ) -> Generator[Any, Any, None]:
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: lsp.DidChangeTextDocumentParams
    ) -> Generator[Any, Any, None]:
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(
        self, params: lsp.DidCloseTextDocumentParams
    ) -> Generator[Any, Any, None]:
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_CLOSE], (params,), None


class Server(LanguageServer):
    """The server, with what is open in the editor."""

    def __init__(self, lang: str, version: str) -> None:
        kind = lsp.TextDocumentSyncKind.Incremental
        super().__init__(NAME, version, text_document_sync_kind=kind, protocol_cls=_Protocol)
        self.session = Session(lang, self._tell)
        self.uris: dict[str, str] = {}

    def path(self, uri: str) -> str:
        """Return the path of a file; the editor's own name of it is kept for answers."""
        path = place_of(to_fs_path(uri) or uri)
        self.uris[path] = uri
        return path

    def uri(self, path: str) -> str:
        """Return how the editor names a file."""
        return self.uris.get(path) or from_fs_path(path) or path

    def _tell(self, path: str, text: Text, told: list[Told]) -> None:
        document = self.session.documents.get(path)
        found = [self._diagnostic(one, text) for one in told]
        version = None if document is None else document.version
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(self.uri(path), found, version)
        )

    def _diagnostic(self, one: Told, text: Text) -> lsp.Diagnostic:
        said = "\n".join(filter(None, (one["message"], one["help"])))
        related = [
            lsp.DiagnosticRelatedInformation(lsp.Location(self.uri(at["path"]), place), said)
            for at in one["related"]
            if (place := self.place(at["path"], at["start"], at["end"])) is not None
        ]
        return lsp.Diagnostic(
            span(text, one["start"], one["end"]),
            said,
            _SEVERITY[one["severity"]],
            one["code"],
            source=NAME,
            related_information=related or None,
        )

    def place(self, path: str, start: int, end: int) -> lsp.Range | None:
        """Return a place in a file as the editor counts; None of a file that cannot be read."""
        text = self.session.text_of(path)
        return None if text is None else span(text, start, end)


def position(at: lsp.Position) -> tuple[int, int]:
    """Return a position of the editor's as a session takes it."""
    return at.line, at.character


# -- documents ------------------------------------------------------------------------------------


def _initialized(ls: Server, params: lsp.InitializeParams) -> None:  # noqa: ARG001  # of the protocol
    encoding = ls.workspace.position_encoding
    ls.session.units = str(getattr(encoding, "value", encoding) or "utf-16")


def _opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    ls.session.open(document.uri, ls.path(document.uri), document.text, document.version)


def _changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    path = ls.path(params.text_document.uri)
    if path not in ls.session.documents:
        return
    text = ls.session.documents[path].text
    for change in params.content_changes:
        text = Text(_after(text, change), ls.session.units)
    ls.session.change(path, text.raw, params.text_document.version)


def _after(text: Text, change: lsp.TextDocumentContentChangeEvent) -> str:
    if isinstance(change, lsp.TextDocumentContentChangePartial):
        return text.changed(position(change.range.start), position(change.range.end), change.text)
    return change.text


def _closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    path = ls.path(params.text_document.uri)
    ls.session.close(path)
    ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(ls.uri(path), []))


def _saved(ls: Server, params: Any) -> None:  # noqa: ARG001  # whatever was saved or changed on disk
    ls.session.again()


def _shut_down(ls: Server, params: None) -> None:  # noqa: ARG001  # of the protocol
    ls.session.stop()


def make_server(lang: str, version: str) -> Server:
    """Return the server, with all that it answers to."""
    server = Server(lang, version)
    for method, handler in {
        lsp.INITIALIZE: _initialized,
        lsp.TEXT_DOCUMENT_DID_OPEN: _opened,
        lsp.TEXT_DOCUMENT_DID_CHANGE: _changed,
        lsp.TEXT_DOCUMENT_DID_CLOSE: _closed,
        lsp.TEXT_DOCUMENT_DID_SAVE: _saved,
        lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: _saved,
        lsp.SHUTDOWN: _shut_down,
    }.items():
        server.feature(method)(cast("Any", handler))
    for method, answer in {
        lsp.TEXT_DOCUMENT_HOVER: features.hover,
        lsp.TEXT_DOCUMENT_DEFINITION: features.definition,
        lsp.TEXT_DOCUMENT_REFERENCES: features.references,
        lsp.TEXT_DOCUMENT_PREPARE_RENAME: features.prepare_rename,
        lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL: features.symbols,
        lsp.TEXT_DOCUMENT_FORMATTING: features.formatting,
    }.items():
        server.feature(method)(cast("Any", answer))
    asks_first = lsp.RenameOptions(prepare_provider=True)
    server.feature(lsp.TEXT_DOCUMENT_RENAME, asks_first)(cast("Any", features.rename))
    begins = lsp.CompletionOptions(trigger_characters=[".", " ", "[", "{", "/", "#"])
    server.feature(lsp.TEXT_DOCUMENT_COMPLETION, begins)(cast("Any", features.completion))
    offers = lsp.CodeActionOptions(code_action_kinds=KINDS)
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, offers)(cast("Any", actions))
    return server


def serve(lang: str, version: str) -> None:
    """Answer an editor on standard input and output until it is gone."""
    logging.disable(logging.CRITICAL)  # what is wrong is told to the editor
    server = make_server(lang, version)
    try:
        server.start_io()
    finally:
        server.session.stop()
