"""The text of a YAML file → the same file laid out as khung's own are.

An entry is a line where it fits in `WIDTH` columns; blocks stand two columns in; what does not
fit is filled over several lines, four columns in. Line breaks that an author chose are kept where
they are needed. Texts have quotes only where YAML wants them. Comments, the order of entries and
every value stay as they are: what comes out is read once more, and a text that would not say the
same is left as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.source.from_text import parse_yaml
from khung.source.layout.blocks import Blocks
from khung.source.layout.gaps import comments, tidied
from khung.source.nodes import to_plain
from khung.text import SourceFile, nfc

if TYPE_CHECKING:
    from khung.source.nodes import Node


def formatted(text: str) -> str | None:
    """Return the text of a YAML file laid out anew; None if it cannot be read without errors.

    Whatever it holds is kept: the values, their order, and all comments.
    """
    plain = nfc(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    file = SourceFile("", plain)
    node = _read(file)
    if node is None:
        return None
    laid_out = Blocks(plain, node).laid_out()
    again = _read(SourceFile("", laid_out))
    if again is None:
        return plain
    whole = tidied(laid_out, again)
    return whole if _same(file, node, whole) else plain


def _read(file: SourceFile) -> Node | None:
    bag = Bag()
    node = parse_yaml(file, bag)
    return None if bag.has_errors else node


def _same(before: SourceFile, node: Node, text: str) -> bool:
    """Say whether a text says what was said before, in its values and in its comments."""
    again = _read(SourceFile("", text))
    if again is None:
        return False
    said = comments(before.text, node), comments(text, again)
    return said[0] == said[1] and _told(node) == _told(again)


def _told(node: Node) -> str:
    return repr(to_plain(node))  # in which `1` and `true`, the orders of keys, all differ
