"""Word templates: their text parts as sources of the template language, and a document of them.

Fields that Word has split into runs are put together, and tags that stand for a row or paragraph
(`{%tr for … %}`, `{%p if … %}`) take its place, as docxtpl does it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from khung.records import dataclass
from khung.report.forms.filters import LINE_BREAK
from khung.report.forms.package import CONTENT_TYPES, UnsoundError, packed
from khung.report.forms.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import nodes

    from khung.report.forms.sandbox import Language

_PART = re.compile(r"<Override\b[^>]*>")
_NAME = re.compile(r'PartName="/([^"]*)"')
_TEXT = re.compile(r"wordprocessingml\.(document\.main|header|footer|footnotes|endnotes)\+xml")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAG = re.compile(r"<[^>]*>")


def sources(parts: Mapping[str, bytes]) -> Iterator[Source]:
    """Yield the text parts of a document as templates, a line a paragraph.

    Raises UnsoundError (K0592) where there is no document, or a part that is no XML.
    """
    from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # noqa: PLC0415  # slow

    patch = DocxTemplate("").patch_xml
    for name in _texts(parts):
        text = re.sub(r"<w:p([ >])", r"\n<w:p\1", patch(_text(parts[name])))
        lines = text.split("\n")
        yield Source(name, text, tuple(_TAG.sub("", line).strip() for line in lines))


def _texts(parts: Mapping[str, bytes]) -> list[str]:
    """Return the names of the parts with text. Raises UnsoundError where none is the document."""
    listed = _PART.findall(parts[CONTENT_TYPES].decode("utf-8", "replace"))
    kinds = {
        name[1]: kind[1]
        for one in listed
        if (name := _NAME.search(one)) and (kind := _TEXT.search(one)) and name[1] in parts
    }
    if "document.main" not in kinds.values():
        raise UnsoundError("K0592", "broken")
    return list(kinds)


def _text(data: bytes) -> str:
    """Return the text of a part, of which it is known now that it is XML."""
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to import

    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnsoundError("K0592", "broken") from error
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}{etree.tostring(root, encoding='unicode')}"


def _is_whole(data: bytes) -> bool:
    from lxml import etree  # noqa: PLC0415  # slow to import

    try:
        etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    return True


class NotWholeError(Exception):
    """What a template gives is no document."""


@dataclass(frozen=True, slots=True)
class WordForm:
    """A Word template ready to be filled in."""

    language: Language
    parts: Mapping[str, bytes]
    templates: Mapping[str, Any]

    def made(self, names: Mapping[str, Any]) -> bytes:
        """Return the document with what is offered.

        Raises:
            TooLongError: It becomes too long.
            NotWholeError: A tag opens in one cell or paragraph and closes in another.
        """
        filled = {
            part: self.language.render(template, names).replace(LINE_BREAK, _BREAK).encode()
            for part, template in self.templates.items()
        }
        for data in filled.values():
            if not _is_whole(data):
                raise NotWholeError
        return packed({**self.parts, **filled})


def word_form(
    parts: Mapping[str, bytes], trees: Mapping[str, nodes.Template], language: Language
) -> WordForm:
    """Return a template ready to be filled in; `trees` are its parts with text."""
    return WordForm(language, parts, {part: language.compiled(one) for part, one in trees.items()})
