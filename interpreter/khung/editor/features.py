"""What an editor asks of a place: what it means, where it is declared and used, what may follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from khung.editor.choices import choices, in_case
from khung.editor.cursor import cursor_at
from khung.editor.files import Kind, target_of
from khung.editor.protocol import edits_by_uri, span
from khung.editor.renaming import KINDS, Renamed, renamed
from khung.editor.sense import found_at
from khung.editor.shapes import in_language, shape_at
from khung.editor.words import markdown
from khung.locale import phrase
from khung.resources import schema
from khung.source.layout.formatted import formatted

if TYPE_CHECKING:
    from khung.editor.choices import Choice
    from khung.editor.files import Target
    from khung.editor.index import Index, Place
    from khung.editor.protocol import Serves
    from khung.editor.sense import Found
    from khung.editor.session import Document
    from khung.editor.shapes import Schema

_At = (
    lsp.HoverParams
    | lsp.DefinitionParams
    | lsp.ReferenceParams
    | lsp.PrepareRenameParams
    | lsp.RenameParams
)
_KINDS = {
    "key": lsp.CompletionItemKind.Property,
    "member": lsp.CompletionItemKind.Field,
    "criterion": lsp.CompletionItemKind.Field,
    "value": lsp.CompletionItemKind.EnumMember,
    "type": lsp.CompletionItemKind.Class,
    "parameter": lsp.CompletionItemKind.Constant,
    "reading": lsp.CompletionItemKind.Enum,
    "calendar": lsp.CompletionItemKind.Constant,
    "clause": lsp.CompletionItemKind.Reference,
    "word": lsp.CompletionItemKind.Keyword,
    "function": lsp.CompletionItemKind.Function,
    "id": lsp.CompletionItemKind.Value,
}


def _open(ls: Serves, uri: str) -> tuple[Document, Target] | None:
    document = ls.session.documents.get(ls.path(uri))
    if document is None:
        return None
    target = target_of(document.path, document.text.raw, ls.session.documents)
    return None if target is None else (document, target)


async def _found(
    ls: Serves, at: _At, *, fresh: bool = True
) -> tuple[Document, Found, Index | None, Target] | None:
    opened = _open(ls, at.text_document.uri)
    if opened is None:
        return None
    document, target = opened
    text, index = document.text, await ls.session.index(target, fresh=fresh)
    offset = text.offset((at.position.line, at.position.character))
    found = found_at(target, document.path, text.text, offset, index)
    return document, found, index, target


async def hover(ls: Serves, params: lsp.HoverParams) -> lsp.Hover | None:
    """Return what is said of the name, or of the key, under the cursor."""
    got = await _found(ls, params, fresh=False)
    if got is None:
        return None
    document, found, index, target = got
    lang = ls.session.lang
    if found.key is not None and index is not None:
        said = markdown(index.declared[found.key], index, lang)
    else:
        said = _of_key(found, await _schema(ls, target, document), lang)
    if not said:
        return None
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, said)
    return lsp.Hover(content, span(document.text, found.start, found.end))


def _of_key(found: Found, root: Schema, lang: str) -> str:
    if not found.word or not found.cursor.at_key:
        return ""
    said = shape_at(root, found.cursor.path).keys().get(found.word, "")
    return in_language(said, lang)


async def definition(ls: Serves, params: lsp.DefinitionParams) -> list[lsp.Location]:
    """Return where the name under the cursor is declared."""
    got = await _found(ls, params)
    if got is None or got[2] is None or got[1].key is None:
        return []
    declared = got[2].declared[got[1].key]
    places = [one for one in got[2].of(declared.key) if one.declares]
    return _locations(ls, places)


async def references(ls: Serves, params: lsp.ReferenceParams) -> list[lsp.Location]:
    """Return where the name under the cursor is used, in the rulebook and in open cases."""
    got = await _found(ls, params)
    if got is None or got[2] is None or got[1].key is None:
        return []
    wanted = params.context.include_declaration
    places = [one for one in got[2].of(got[1].key) if wanted or not one.declares]
    return _locations(ls, places)


def _locations(ls: Serves, places: list[Place]) -> list[lsp.Location]:
    found = ((one.path, ls.place(one.path, one.start, one.end)) for one in places)
    return [lsp.Location(ls.uri(path), place) for path, place in found if place is not None]


async def prepare_rename(
    ls: Serves, params: lsp.PrepareRenameParams
) -> lsp.PrepareRenamePlaceholder | None:
    """Return the name under the cursor, if it can be changed everywhere."""
    got = await _found(ls, params)
    if got is None or got[1].key is None or got[1].key[0] not in KINDS:
        return None
    document, found, _, _ = got
    start = found.end - len(found.key[2]) if found.key else found.start
    return lsp.PrepareRenamePlaceholder(span(document.text, start, found.end), found.word)


async def rename(ls: Serves, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
    """Return the changes by which a name becomes another one, in all files that have it.

    Raises:
        JsonRpcInvalidParams: It cannot be renamed so; the message says why.
    """
    got = await _found(ls, params)
    found, new = Renamed(problem="not_this", about=""), params.new_name
    if got is not None and got[1].key is not None and got[2] is not None:
        index, key = got[2], got[1].key
        cases = [one.path for one in ls.session.targets() if one.kind is Kind.CASE]
        found = await ls.session.name(lambda: renamed(index, key, new, cases))
    if found.problem:
        said = phrase(ls.session.lang, f"editor.rename.{found.problem}", about=found.about)
        raise JsonRpcInvalidParams(said)
    return lsp.WorkspaceEdit(edits_by_uri(ls, found.changes))


# -- choices --------------------------------------------------------------------------------------


async def completion(ls: Serves, params: lsp.CompletionParams) -> lsp.CompletionList:
    """Return what may be written at the cursor."""
    opened = _open(ls, params.text_document.uri)
    if opened is None:
        return lsp.CompletionList(is_incomplete=False, items=[])
    document, target = opened
    text, lang = document.text, ls.session.lang
    offset = text.offset((params.position.line, params.position.character))
    cursor, index = cursor_at(text.text, offset), await ls.session.index(target)
    root = await _schema(ls, target, document)
    if target.kind is Kind.CASE:
        found = in_case(cursor, root, index, text.text, lang)
    else:
        found = choices(cursor, root, index, _subject(text.text), lang)
    start = offset - len(cursor.word.rpartition(".")[2] if "/" not in cursor.word else cursor.word)
    if "citation" in shape_at(root, cursor.path).called:
        start = offset - len(cursor.word)
    place = span(text, start, offset)
    items = [_item(one, place, adds_colon=cursor.at_key) for one in found]
    return lsp.CompletionList(is_incomplete=False, items=items)


def _item(one: Choice, place: lsp.Range, *, adds_colon: bool) -> lsp.CompletionItem:
    written = f"{one.word}: " if adds_colon else one.word
    return lsp.CompletionItem(
        one.word,
        kind=_KINDS.get(one.sort, lsp.CompletionItemKind.Text),
        detail=one.said.partition(". ")[0] or None,
        documentation=lsp.MarkupContent(lsp.MarkupKind.PlainText, one.said) if one.said else None,
        text_edit=lsp.TextEdit(place, written),
        filter_text=one.word,
    )


def _subject(text: str) -> str:
    """Return the subject type that a file describes; empty for another."""
    for line in text.split("\n"):
        if line.startswith("subject:"):
            return line.partition(":")[2].partition("#")[0].strip().strip("'\"")
    return ""


async def _schema(ls: Serves, target: Target, document: Document) -> Schema:
    """Return the schema of a file; of a case, the one that knows the names of its rulebook."""
    if target.kind is Kind.CASE:
        known = await ls.session.case_schema(target)
        return schema("case") if known is None else known
    lines = document.text.text.split("\n")
    heads = {line.partition(":")[0] for line in lines if line[:1].isalpha()}
    for name in ("subject", "translations", "clauses"):
        if name in heads and "khung" not in heads:
            return schema(name)
    return schema("rulebook")


# -- the file -------------------------------------------------------------------------------------


async def formatting(ls: Serves, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    """Return the file laid out anew; nothing where it cannot be read or is so already."""
    document = ls.session.documents.get(ls.path(params.text_document.uri))
    if document is None:
        return []
    text = document.text
    laid_out = await ls.session.read(lambda: formatted(text.raw))
    if laid_out is None or laid_out == text.text:
        return []
    return [lsp.TextEdit(span(text, 0, len(text.text)), laid_out)]


async def symbols(ls: Serves, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """Return the keys of the file, two levels of them below each other, with their entries."""
    from khung.editor.symbols import symbols_of  # noqa: PLC0415  # few editors ask

    document = ls.session.documents.get(ls.path(params.text_document.uri))
    if document is None:
        return []
    text = document.text
    return await ls.session.read(lambda: symbols_of(text))
