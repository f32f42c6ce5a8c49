"""What a diagnostic offers to mend, as edits: what is to stand where.

In: a diagnostic. Out: mends. Most are said by the page of the code, `fix.ADVICE: "…"` with the
placeholders of its sentences, to stand in place of what is underlined; `maybe.ADVICE` where it is
one way of several. Those that have to be worked out are here. A mend is certain if it can be done
unasked: nobody could have meant anything else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from khung.diagnostics.codes import page
from khung.diagnostics.model import Edit
from khung.diagnostics.suggest import bare, nearest
from khung.locale import languages, phrase
from khung.patterns import pattern
from khung.records import dataclass
from khung.text import Grid, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class Mend:
    """One way to mend something; `certain` if it may be done unasked. It has an edit at least."""

    edits: tuple[Edit, ...]
    certain: bool = True


_QUOTES: Final = "\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019"
_GUESSED: Final = ("near", "other")
"""The values of a message that are the nearest that there is, and so may not be what was meant."""

_CURLY = pattern(rf"[{_QUOTES}]\s*([^{_QUOTES}\n]*?)\s*[{_QUOTES}]")
_TABS = pattern(r"(?m)^[ \t]*\t[ \t]*")
_GLUED = pattern(r"[^\s:#\"'\[{]+(:)(?=\S)")
_DIGITS = pattern(r"\d")
_KEPT = pattern(r"[^\s:]+[ \t]*:[ \t]*(kept)\b")
_UNKNOWN_KEY: Final = "K0120"
_WIDE: Final = {"\uff5d": "}", "\uff3d": "]", "\uff1a": ": "}


def mends_of(one: Diagnostic) -> tuple[Mend, ...]:
    """Return what a diagnostic offers; nothing for one of no text, or of a table."""
    if one.span is None or isinstance(one.span.file, Grid):
        return ()
    if one.edits:
        return (Mend(one.edits),)
    work = _WORKED_OUT.get((one.code, one.help)) or _WORKED_OUT.get((one.code, "*"))
    found = work(one) if work else _from_page(one)
    return () if found is None else (found,)


def _from_page(one: Diagnostic) -> Mend | None:
    fix = page(one.code).fixes.get(one.help)
    if fix is None:
        return None
    guessed = next((key for key in _GUESSED if f"{{{key}}}" in fix.text), None)
    span, certain = one.span, fix.certain
    if guessed is not None:
        was, meant = _was(one), str(one.args.get(guessed, ""))
        span, certain = _named(one, was), certain and _is_meant(one, was, meant)
    if span is None:
        return None
    text = fix.text.format_map({key: str(value) for key, value in one.args.items()})
    return _instead(span, text, certain=certain)


def _instead(span: Span | None, text: str, *, certain: bool = True) -> Mend | None:
    """Return the mend that puts a text in place of what stands at a span, if that changes it."""
    if span is None or span.text == text:
        return None
    return Mend((Edit(span, text),), certain)


def _is_meant(one: Diagnostic, was: str, meant: str) -> bool:
    """Say whether nothing else can be meant: a slip, or a key that is called otherwise here."""
    if one.code == _UNKNOWN_KEY and nearest(was, (meant,)) is None:
        return True
    return is_slip(was.strip(_QUOTES), meant)


def is_slip(was: str, meant: str) -> bool:
    """Say whether a name can hardly be anything but another one with a slip in it.

    That is: with one letter that is wrong, missing, too many or in the wrong place, with two in a
    long name. One with other digits is another name.
    """
    form, other = bare(was), bare(meant)
    if form == other:
        return True
    if _DIGITS.findall(form) != _DIGITS.findall(other) or min(len(form), len(other)) < _SHORTEST:
        return False
    return _slips(form, other) <= (1 if len(other) < _LONG else 2)


_SHORTEST, _LONG = 4, 10  # letters of a name in which one may be wrong, and two


def _slips(one: str, other: str) -> int:
    """Return how many letters differ, two that changed places counted once."""
    if abs(len(one) - len(other)) > 2:  # noqa: PLR2004  # more than is ever asked for
        return len(one)
    last, before = list(range(len(other) + 1)), list[int]()
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(row[-1] + 1, last[j] + 1, last[j - 1] + (a != b)))
            if i > 1 < j and a == other[j - 2] and one[i - 2] == b:
                row[-1] = min(row[-1], before[j - 2] + 1)
        before, last = last, row
    return last[-1]


_NAMES = ("name", "key", "value", "found", "source", "id", "part", "address")


def _was(one: Diagnostic) -> str:
    """Return the name that stands there now."""
    assert one.span is not None  # noqa: S101  # the caller has looked
    text = _unquoted(one.span.text)
    said = [str(one.args[key]) for key in _NAMES if key in one.args]
    return text if text in said else next((name for name in said if name in text), text)


def _named(one: Diagnostic, was: str) -> Span | None:
    """Return where a name stands within what is underlined; None if that is not plain."""
    span = one.span
    if span is None or _unquoted(span.text) == was:
        return span
    at = span.text.find(was)
    if not was or at < 0 or span.text.count(was) > 1:
        return None
    return Span(span.file, span.start + at, span.start + at + len(was))


def _unquoted(text: str) -> str:
    inside = text[1:-1]
    return inside if text[:1] in ("'", '"') and text[-1:] == text[:1] and inside else text


# -- what has to be worked out ------------------------------------------------------------------


def _tabs(one: Diagnostic) -> Mend | None:
    """Put two blanks for each Tab at the start of a line, in all lines."""
    assert one.span is not None  # noqa: S101  # as above
    file = one.span.file
    edits = tuple(
        Edit(Span(file, *found.span()), found[0].replace("\t", "  "))
        for found in _TABS.finditer(file.text)
    )
    return Mend(edits) if edits else None


def _whole_in_quotes(one: Diagnostic) -> Mend | None:
    """Put quotes around the text that the advice shows in quotes."""
    assert one.span is not None  # noqa: S101  # as above
    quoted, span = str(one.args.get("quoted", "")), one.span
    inside = _unquoted(quoted).replace("''", "'") if quoted[:1] == "'" else _unquoted(quoted)
    text = span.file.text
    line = text.rfind("\n", 0, span.start) + 1
    starts = (span.start, text.rfind(inside, line, span.end + len(inside)))
    start = next((at for at in starts if at >= line and text.startswith(inside, at)), -1)
    if start < 0 or not inside:
        return None
    return _instead(Span(span.file, start, start + len(inside)), quoted)


def _blank_after_colon(one: Diagnostic) -> Mend | None:
    assert one.span is not None  # noqa: S101  # as above
    found = _GLUED.search(one.span.text)
    if found is None:
        return None
    at = one.span.start + found.end(1)
    return Mend((Edit(Span(one.span.file, at, at), " "),))


def _of_usual_width(one: Diagnostic) -> Mend | None:
    assert one.span is not None  # noqa: S101  # as above
    sign, end, text = _WIDE.get(one.span.text), one.span.end, one.span.file.text
    while sign == ": " and text[end : end + 1] == " ":
        end += 1
    return None if sign is None else _instead(Span(one.span.file, one.span.start, end), sign)


def _without_curly(one: Diagnostic) -> Mend | None:
    """Take the quotes of word processors away; a text of several words gets straight ones."""
    assert one.span is not None  # noqa: S101  # as above
    file = one.span.file
    found = _CURLY.match(file.text, one.span.start)
    if found is None:
        return None
    inside = found[1]
    text = inside if _is_plain(inside) else f'"{inside}"'
    return _instead(Span(file, *found.span()), text)


def _is_plain(text: str) -> bool:
    return text.isidentifier() or text.replace("-", "").replace(".", "", 1).isalnum()


_NUMBER = pattern(r"[-+]?[0-9]+[.,]?[0-9]*")
_GROUPED = pattern(r"([-+]?[0-9]{1,3}(?:([., ])[0-9]{3})(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?")


def _digits_alone(one: Diagnostic) -> Mend | None:
    """Write a number without marks between thousands, its decimals after a point."""
    assert one.span is not None  # noqa: S101  # as above
    text = str(one.args.get("text", "")).strip().replace("_", "")
    grouped = _GROUPED.fullmatch(text)
    if grouped is not None:
        whole = grouped[1].replace(grouped[2], "")
        sure = grouped[3] is not None or grouped[2] == " " or grouped[1].count(grouped[2]) > 1
        return _instead(one.span, f"{whole}.{grouped[3]}" if grouped[3] else whole, certain=sure)
    plain = text.replace(",", ".") if _NUMBER.fullmatch(text) else ""
    return _instead(one.span, plain) if plain else None


def _changed(one: Diagnostic) -> Mend | None:
    """Answer that an entry changed which is said to be kept, where its new value is stated."""
    key = one.related[0] if one.related else None
    found = None if key is None else _KEPT.match(key.file.text, key.start)
    if key is None or found is None:
        return None
    return _instead(Span(key.file, *found.span(1)), "changed")


def _part(one: Diagnostic) -> Mend | None:
    """Name the part of a clause that is nearest to the one named."""
    assert one.span is not None  # noqa: S101  # as above
    known, was = one.args.get("known"), str(one.args.get("part", ""))
    near = nearest(was, known) if isinstance(known, tuple) else None
    at = one.span.text.rfind(f"#{was}") + 1
    if near is None or not at:
        return None
    start = one.span.start + at
    span = Span(one.span.file, start, start + len(was))
    return _instead(span, near, certain=is_slip(was, near))


def _truth(one: Diagnostic) -> Mend | None:
    """Write `true` or `false` for what says so in another way."""
    assert one.span is not None  # noqa: S101  # as above
    word = _unquoted(one.span.text).casefold()
    for value in ("true", "false"):
        if any(word in phrase(lang, f"word.said_{value}").split() for lang in languages):
            return _instead(one.span, value)
    return None


def _number_alone(one: Diagnostic) -> Mend | None:
    """Take the quotes of a number away, in a comparison."""
    assert one.span is not None  # noqa: S101  # as above
    quoted, number = (str(one.args.get(key, "")) for key in ("text", "number"))
    return _instead(_named(one, quoted), number) if quoted and number else None


_INDENT = pattern(r"(?m)^[ ]*$")


def _key_before(one: Diagnostic) -> Mend | None:
    """Put a line with the key that is missing before the first key of a block."""
    assert one.span is not None  # noqa: S101  # as above
    text, start = one.span.file.text, one.span.start
    line = text.rfind("\n", 0, start) + 1
    indent = text[line:start]
    if not _INDENT.fullmatch(indent):
        return None
    value = str(one.args.get("example", ""))
    edit = Edit(Span(one.span.file, start, start), f"{one.args['key']}: {value}\n{indent}")
    return Mend((edit,), certain=False)


def _answer(one: Diagnostic) -> Mend | None:
    """Answer for an entry that a new year does not answer for: changed, if it is said anew."""
    assert one.span is not None  # noqa: S101  # as above
    text, name, section = one.span.file.text, one.args["name"], one.args["section"]
    held = re.search(rf"(?m)^carried:.*\n(?:[ #].*\n|\n)*?  {section}:[ ]*\n(?=( +)\S)", text)
    said = re.search(rf"(?m)^{section}:[ ]*\n(?:[ #].*\n|\n)*?  {name}:", text)
    if held is None:
        return None
    fate = "kept" if said is None else "changed"
    edit = Edit(Span(one.span.file, held.end(), held.end()), f"{held[1]}{name}: {fate}\n")
    return Mend((edit,), certain=said is not None)


_WORKED_OUT: Final[dict[tuple[str, str], Callable[[Diagnostic], Mend | None]]] = {
    ("K0111", "*"): _tabs,
    ("K0113", "wide"): _of_usual_width,
    ("K0115", ""): _whole_in_quotes,
    ("K0116", ""): _whole_in_quotes,
    ("K0117", ""): _whole_in_quotes,
    ("K0117", "bracket"): _whole_in_quotes,
    ("K0117", "brace"): _whole_in_quotes,
    ("K0118", "space"): _blank_after_colon,
    ("K0118", "wide"): _of_usual_width,
    ("K0121", ""): _key_before,
    ("K0121", "date"): _key_before,
    ("K0123", "boolean"): _truth,
    ("K0123", "curly"): _without_curly,
    ("K0123", "digits"): _digits_alone,
    ("K0125", "curly"): _without_curly,
    ("K0201", "boolean"): _truth,
    ("K0306", ""): _without_curly,
    ("K0321", "unquote"): _number_alone,
    ("K0502", ""): _part,
    ("K0527", "missing"): _answer,
    ("K0529", ""): _changed,
}
"""How a mend is found, by code and advice; `*` is any advice."""
