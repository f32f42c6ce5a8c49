"""Read one node as a value of a given kind, or report what it is instead.

In: a node and the kind that is due here. Out: the Python value, or None after a diagnostic.
Mappings with known keys are read by `shape.Fields`, which is written on this.

Reports: K0122-K0126.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.diagnostics.model import Word
from khung.diagnostics.suggest import listed, nearest
from khung.locale import languages, phrase
from khung.patterns import pattern
from khung.source.nodes import Mapping, Node, Scalar, Sequence
from khung.source.scalars import was_refused

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag
    from khung.text import PlacedText, Span

_DATE = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_FIRST = pattern(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_SHORT_YEAR = pattern(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}")
_NOT_IN_NAMES = pattern(r"\W+")
CURLY_QUOTES = "“”„‘’«»"
"""As word processors put quotes."""

_STILL_OPEN = "open"  # what files of a new period have where a day is still to be put
_OF_FORMS = {"a_list": "list", "a_mapping": "mapping"}
"""What is said of how to write a kind of value, by the word for it."""

_CURLY = pattern(f"[{CURLY_QUOTES}].*[{CURLY_QUOTES}]")
_NUMBER_LIKE = pattern(r"[-+]?[0-9][0-9_., ]*")


def under(at: str, key: str | int) -> str:
    """Return the path of a key, or of the item of a list, below the path `at`."""
    if isinstance(key, int):
        return f"{at}[{key}]"
    return f"{at}.{key}" if at else key


def head_of(node: Node) -> Span:
    """Return a short span that stands for a whole node: of a mapping, its first key."""
    if isinstance(node, Mapping) and node.entries:
        return node.entries[0].key_span
    return node.span


def is_name(text: str) -> bool:
    """Say whether a text has the form of a name. Keywords are not known here."""
    return text.isidentifier()


def looks_boolean(text: str) -> bool:
    """Say whether a text is one that other YAML readers, or people, take for a boolean."""
    return any(text.casefold() in phrase(lang, "word.boolean_like").split() for lang in languages)


def as_mapping(node: Node, bag: Bag, at: str = "") -> Mapping | None:
    """Return the node if it is a mapping."""
    if isinstance(node, Mapping):
        return node
    wrong_shape(node, "a_mapping", bag, at)
    return None


def as_sequence(node: Node, bag: Bag, at: str = "") -> Sequence | None:
    """Return the node if it is a list."""
    if isinstance(node, Sequence):
        return node
    wrong_shape(node, "a_list", bag, at)
    return None


def as_placed(node: Node, bag: Bag, at: str = "") -> PlacedText | None:
    """Return the text of a scalar that is not empty, whatever its type."""
    if isinstance(node, Scalar) and node.value is not None:
        return None if was_refused(node) else node.text
    wrong_shape(node, "an_expression", bag, at)
    return None


def as_text(node: Node, bag: Bag, at: str = "") -> str | None:
    """Return the text of a scalar that is a text."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.value
    wrong_shape(node, "a_text", bag, at)
    return None


def as_written(node: Node, bag: Bag, at: str = "") -> str | None:
    """Return the text of an id or address as written: `8.4` and `1.10` are no numbers there."""
    return text.text if (text := _placed(node, bag, at)) else None


def as_texts(node: Node, bag: Bag, at: str = "") -> tuple[PlacedText, ...] | None:
    """Return an address as written, or those of a list."""
    if not isinstance(node, Sequence):
        return None if (text := _placed(node, bag, at)) is None else (text,)
    read = (_placed(item, bag, under(at, i)) for i, item in enumerate(node.items))
    return tuple(text for text in read if text is not None)


def _placed(node: Node, bag: Bag, at: str) -> PlacedText | None:
    if isinstance(node, Scalar) and (isinstance(node.value, str) or is_number(node)):
        return None if was_refused(node) else node.text
    wrong_shape(node, "a_text", bag, at)
    return None


def is_number(node: Node) -> bool:
    """Say whether a node is a number."""
    value = node.value if isinstance(node, Scalar) else None
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def as_word(node: Node, bag: Bag, at: str = "") -> str | None:
    """Return the text of a scalar as written, also where YAML reads `true` or a number."""
    if isinstance(node, Scalar) and node.value is not None:
        return node.text.text
    wrong_shape(node, "a_text", bag, at)
    return None


def as_name(node: Node, bag: Bag, at: str = "") -> str | None:
    """Return the text of a scalar that has the form of a name."""
    if not (isinstance(node, Scalar) and isinstance(node.value, str)):
        wrong_shape(node, "a_name", bag, at)
        return None
    if is_name(node.value):
        return node.value
    bad_name(node.value, node.span, bag, at)
    return None


def bad_name(text: str, span: Span, bag: Bag, at: str = "") -> None:
    """Report a text that cannot be a name, with the name it comes nearest to."""
    near = _NOT_IN_NAMES.sub("_", text.strip()).strip("_")
    advice = "near" if is_name(near) else ""
    bag.add("K0124", span, help=advice, at=at, name=text, near=near)


def as_choice(node: Node, allowed: tuple[str, ...], bag: Bag, at: str = "") -> str | None:
    """Return the text of a scalar that is one of `allowed`."""
    word = as_word(node, bag, at)
    if word is None or word in allowed:
        return word
    near = nearest(word, allowed) or ""
    advice, names = "near" if near else "", listed(allowed, 12)
    bag.add("K0126", node.span, help=advice, at=at, value=word, allowed=names, near=near)
    return None


def as_boolean(node: Node, bag: Bag, at: str = "") -> bool | None:
    """Return the value of `true` or `false`."""
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    wrong_shape(node, "a_boolean", bag, at)
    return None


def as_number(node: Node, bag: Bag, at: str = "") -> Decimal | None:
    """Return the exact value of a number."""
    match node:
        case Scalar(value=Decimal() as value):
            return value
        case Scalar(value=int() as value) if not isinstance(value, bool):
            return Decimal(value)
        case _:
            wrong_shape(node, "a_number", bag, at)
            return None


def as_integer(node: Node, bag: Bag, at: str = "") -> int | None:
    """Return the value of a whole number."""
    if (
        isinstance(node, Scalar)
        and isinstance(node.value, int)
        and not isinstance(node.value, bool)
    ):
        return node.value
    wrong_shape(node, "a_whole_number", bag, at)
    return None


def is_day(node: Scalar) -> bool:
    """Say whether a scalar has the form of a date, though there may be no such day."""
    return isinstance(node.value, str) and _DATE.fullmatch(node.value) is not None


def as_date(node: Node, bag: Bag, at: str = "") -> date | None:
    """Return a date written `2021-12-31`."""
    if not (isinstance(node, Scalar) and isinstance(node.value, str)):
        wrong_shape(node, "a_date", bag, at)
        return None
    return date_in(node.value, node.span, bag, at)


def date_in(text: str, span: Span, bag: Bag, at: str = "") -> date | None:
    """Return the date that a text is, such as `2021-12-31`."""
    written = _DATE.fullmatch(text) is not None
    try:
        return date.fromisoformat(text if written else "")
    except ValueError:
        near = "" if written else year_first(text)
        curly = "curly" if _CURLY.fullmatch(text) else _STILL_OPEN if text == _STILL_OPEN else ""
        other = "year" if _SHORT_YEAR.fullmatch(text) else curly
        advice = "calendar" if written else "near" if near else other
        bag.add("K0125", span, help=advice, at=at, value=text, near=near)
        return None


def year_first(text: str) -> str:
    """Return a date written day first, as `20/12/2021`, the year first; or nothing."""
    parts = _DAY_FIRST.fullmatch(text)
    if parts is None:
        return ""
    day, month, year = (int(part) for part in parts.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def wrong_shape(node: Node, expected: str, bag: Bag, at: str = "") -> None:
    """Report that something else is expected at a node; of what was refused already, nothing.

    Args:
        node: What was found.
        expected: The key of a word, such as `a_number`.
        bag: Where to report.
        at: The path of the node.
    """
    if isinstance(node, Scalar) and was_refused(node):
        return
    if isinstance(node, Scalar) and node.value is None:
        bag.add("K0122", node.span, at=at, expected=Word(expected))
        return
    span = node.span if isinstance(node, Scalar) else head_of(node)
    found, advice = Word(kind_of(node)), _advice(node, expected)
    text = "" if isinstance(node, Mapping) else node.span.text
    text = node.text.text if isinstance(node, Scalar) else text
    bag.add("K0123", span, help=advice, at=at, expected=Word(expected), found=found, text=text)


def kind_of(node: Node) -> str:
    """Return the key of the word for what a node is."""
    match node:
        case Mapping():
            return "a_mapping"
        case Sequence():
            return "a_list"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return "a_boolean"
        case Scalar(value=str()):
            return "a_text"
        case Scalar():
            return "a_number"


def _advice(node: Node, expected: str) -> str:
    match node:
        case Scalar(value=str() as text) if _CURLY.fullmatch(text):
            return "curly"
        case Scalar(value=str() as text) if expected == "a_boolean":
            return "boolean" if looks_boolean(text) else ""
        case Scalar(value=str() as text) if expected in {"a_number", "a_whole_number"}:
            return _advice_on_number(text, quoted=node.quoted)
        case Scalar(quoted=False) if expected == "a_text":
            return "quote"
        case Mapping() if expected in {"a_text", "an_expression"}:
            return "colon"
        case Sequence() if expected == "an_expression" and node.span.text.startswith("["):
            return "brackets"
        case _:
            return _OF_FORMS.get(expected, "")


def _advice_on_number(text: str, *, quoted: bool) -> str:
    if quoted and text.isascii() and text.isdecimal():
        return "unquote"
    return "digits" if _NUMBER_LIKE.fullmatch(text) else "number"
