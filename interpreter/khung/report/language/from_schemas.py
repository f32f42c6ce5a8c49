"""The schemas, the builtins and the codes → the reference of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.locale import phrase
from khung.report.document.model import Document, Heading, Link, Listing, Paragraph
from khung.report.language.expressions import code_blocks, expression_blocks
from khung.report.language.keys import key_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.report.document.model import Block


def reference(lang: str, codes: str) -> Document:
    """Return the reference in one language.

    Args:
        lang: `vi` or `en`.
        codes: Where the pages of the diagnostic codes are, from where the reference stands.
    """
    title = phrase(lang, "language.title")
    chapters = (*key_blocks(lang), *expression_blocks(lang), *code_blocks(lang, codes))
    return Document(title, lang, (*_front(title, chapters, lang), *chapters))


def _front(title: str, chapters: tuple[Block, ...], lang: str) -> Iterator[Block]:
    yield Heading(1, title)
    yield Paragraph((phrase(lang, "language.made"),))
    found = (b for b in chapters if isinstance(b, Heading) and b.level == 2)  # noqa: PLR2004  # chapters
    yield Listing(tuple((Link(block.text, block.anchor),) for block in found))
