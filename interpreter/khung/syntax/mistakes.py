"""Say in the user's words why a parse stopped.

In: the tokens and the number of the first one that cannot stand where it does. Out: one
diagnostic, K0301 to K0319. Each rule below knows one kind of mistake and answers None for all
others; the first that answers is believed, so their order in `_RULES` matters.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from khung.source.flow_cuts import as_percentage
from khung.surfaces import in_words_of
from khung.syntax import foreign, other_words
from khung.syntax.foreign import stuck_in_cell
from khung.syntax.keywords import KEYWORD_KINDS
from khung.syntax.parser import CLOSING, END, FOREIGN, OPENING, joined
from khung.syntax.stop import Finding, Stop, at_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khung.diagnostics.bag import Bag
    from khung.syntax.parser import Token
    from khung.text import PlacedText

_COMPARING: Final = frozenset({"EQ", "NE", "LT", "LE", "GT", "GE", "BETWEEN", "IN"})
_CLAUSES: Final = frozenset({"THEN", "ELSE", "WHERE", "SATISFIES", "OF"})
_MATCH: Final = {"LPAR": ")", "LSQB": "]", "LBRACE": "}", "RPAR": "(", "RSQB": "[", "RBRACE": "{"}
_MATCH["EMPTY"] = _MATCH["LPAR"]
_GROUP: Final = re.compile(r"\.?[0-9]{3}")


def report(start: str, tokens: Sequence[Token], at: int, text: PlacedText, bag: Bag) -> None:
    """Add one diagnostic on why no expression goes on with `tokens[at]`.

    Args:
        start: What was parsed: `expression` or `cell`.
        tokens: All tokens; those before `at` begin an expression or cell.
        at: The number of the first token that does not fit.
        text: The text of the tokens.
        bag: Gets K0301 to K0319.
    """
    stop = Stop(start, tokens, at, text.file.surface)
    cell = stuck_in_cell(tokens, at, stop.surface) if start == "cell" else None
    found = (
        next(finding for rule in _RULES if (finding := rule(stop)))
        if cell is None
        else Finding(*cell, {"found": cell.first.text})
    )
    span = text.span(found.first.start, found.last.end)
    if found.first.kind == "FUNCTION" and "found" in found.args:
        found.args["found"] = text.text[found.first.start : found.first.end]
    bag.add(found.code, span, help=found.help, **found.args)  # type: ignore[arg-type]  # no key is `related`


# ---- Signs that the language does not have ---------------------------------------------------


def _foreign_sign(stop: Stop) -> Finding | None:
    sign = stop.token.text
    if stop.token.kind != FOREIGN:
        return None
    if sign in {'"', "/*"}:
        return stop.finding("K0305", "" if sign == '"' else "comment")
    if foreign.is_quote(sign):
        return stop.finding("K0306")
    if sign == "?":
        return stop.finding("K0310", "input")
    if day := foreign.date_of(sign):
        return stop.finding("K0307", "date", instead=day)
    if instead := foreign.instead_of(sign):
        return stop.finding("K0307", instead=in_words_of(f"`{instead}`", stop.surface)[1:-1])
    point = f"U+{ord(sign[0]):04X}"
    return stop.finding("K0319", "invisible" if foreign.is_invisible(sign) else "", point=point)


def _percent(stop: Stop) -> Finding | None:
    return stop.finding("K0313") if stop.token.kind == "PERCENT" else None


def _number_form(stop: Stop) -> Finding | None:
    """`0,5`, `1.000.000`, `1 000 000`."""
    before, token, after = stop.before, stop.token, stop.tokens[stop.at + 1 : stop.at + 2]
    if before is None or before.kind != "NUMBER":
        return None
    if token.kind == "NUMBER" and _GROUP.fullmatch(token.text):
        return _grouped(stop)
    if token.kind == "COMMA" and after and after[0].kind == "NUMBER":
        number = before.text + token.text + after[0].text
        if before.end + 1 == after[0].start and number.count(".") == 0:
            instead = number.replace(",", ".")
            share = as_percentage(Decimal(instead))
            args = {"number": number, "instead": instead, "percent": share}
            return Finding("K0312", before, after[0], "share" if share else "", args)
    return None


def _grouped(stop: Stop) -> Finding:
    first = last = stop.at - 1
    while _GROUP.fullmatch(stop.tokens[last + 1].text):
        last += 1
    tokens = list(stop.tokens[first : last + 1])
    number = joined(tokens).replace(" .", ".")
    args = {"number": number, "instead": number.replace(" ", "").replace(".", "")}
    return Finding("K0312", tokens[0], tokens[-1], "grouped", args)


# ---- Words that the language does not have, or has in another place --------------------------


def _foreign_word(stop: Stop) -> Finding | None:
    for token in (stop.before, stop.token):
        if token and token.kind == "NAME" and (advice := foreign.WORDS.get(token.text)):
            return at_token("K0310", token, advice)
    return None


def _not_without_bracket(stop: Stop) -> Finding | None:
    return stop.finding("K0303", "negation") if stop.token.kind == "NOT" else None


def _keyword_as_name(stop: Stop) -> Finding | None:
    """`m.count`, `count >= 3`: a keyword where a name has to stand, or before it."""
    if stop.accepted != {"NAME"}:
        return None
    form = stop.words.forms.get(stop.before.kind) if stop.before else None
    if stop.before and form and stop.token.kind not in KEYWORD_KINDS:
        return at_token("K0309", stop.before, "form", form=form)
    return stop.finding("K0309") if stop.token.kind in KEYWORD_KINDS else None


# ---- Brackets --------------------------------------------------------------------------------


def _outside_range(stop: Stop) -> Finding | None:
    """`]1..5[`: an open end the way that FEEL also knows."""
    token = stop.token
    if token.kind == "RSQB" and stop.expects_value and not stop.open_brackets:
        ahead = any(t.kind == "DOTS" for t in stop.tokens[stop.at :])
        return stop.finding("K0310", "range_end") if ahead else None
    before = stop.before
    if token.kind in {END, *CLOSING} and before and before.kind == "LSQB" and stop.expects_value:
        behind = any(t.kind == "DOTS" for t in stop.tokens[: stop.at])
        return at_token("K0310", before, "range_end") if behind else None
    return None


def _extra_bracket(stop: Stop) -> Finding | None:
    """A closing bracket for none that is open, or for one of another kind."""
    token, brackets = stop.token, stop.open_brackets
    if token.kind not in CLOSING:
        return None
    if not brackets:
        return stop.finding("K0304", "extra", match=_MATCH[token.kind])
    inner = brackets[-1]
    if OPENING[inner.kind] != token.kind and not stop.expects_value:
        return at_token("K0304", inner, match=_MATCH[inner.kind])
    return None


def _open_bracket(stop: Stop) -> Finding | None:
    """An opening bracket which the end, or a word such as `then`, comes before its match."""
    stops_short = stop.token.kind == END or stop.token.kind in _CLAUSES
    if stops_short and stop.open_brackets and not stop.expects_value:
        inner = stop.open_brackets[-1]
        if OPENING[inner.kind] in stop.accepted:
            return at_token("K0304", inner, match=_MATCH[inner.kind])
    return None


def _mixed_arguments(stop: Stop) -> Finding | None:
    """`date(1, month: 2)`."""
    in_call = bool(stop.open_brackets) and stop.open_brackets[-1].kind == "LPAR"
    is_label = stop.token.kind == "LABEL" or "LABEL" in stop.accepted
    if in_call and is_label and stop.before and stop.before.kind == "COMMA":
        return stop.finding("K0303", "labels")
    return None


def _computed_key(stop: Stop) -> Finding | None:
    in_context = bool(stop.open_brackets) and stop.open_brackets[-1].kind == "LBRACE"
    is_key = "LABEL" in stop.accepted and not stop.expects_value
    return stop.finding("K0310", "key") if in_context and is_key else None


# ---- Order of words --------------------------------------------------------------------------


def _chain(stop: Stop) -> Finding | None:
    """`a < b < c`: the first comparison is complete, so `or` could follow."""
    if stop.token.kind in _COMPARING and "OR" in stop.accepted:
        return stop.finding("K0308")
    return None


def _missing_word(stop: Stop) -> Finding | None:
    if stop.expects_value:
        return None
    for kind in ("THEN", "ELSE", "SATISFIES", "OF", "IN"):
        if kind in stop.accepted and not (kind == "IN" and "OR" in stop.accepted):
            return _missing(stop, kind)
    if "AND" in stop.accepted and "OR" not in stop.accepted:
        return _missing(stop, "AND")
    return None


def _missing(stop: Stop, kind: str) -> Finding:
    word, forms = stop.words.words[kind], stop.words.forms
    opener = next(
        t.kind
        for t in reversed(stop.tokens[: stop.at])
        if f" {word} " in f" {forms.get(t.kind, '')} "
    )
    place = stop.token if stop.token.kind != END or stop.before is None else stop.before
    return at_token("K0311", place, word=word, form=forms[opener])


def _cut_short(stop: Stop) -> Finding | None:
    if stop.token.kind != END:
        return None
    return at_token("K0301", stop.before) if stop.before else stop.finding("K0301", "empty")


def _value_expected(stop: Stop) -> Finding | None:
    if not (stop.expects_value or stop.accepted == {"NAME"}):
        return None
    if stop.token.kind in KEYWORD_KINDS:
        return stop.finding("K0302", "keyword")
    is_test = stop.before is None and stop.token.kind in _COMPARING
    return stop.finding("K0302", "test" if is_test else "")


def _unexpected(stop: Stop) -> Finding:
    """Whatever no other rule knows."""
    before = stop.before
    if before and before.kind == "AT":
        return at_token("K0303", before, "temporal")
    if stop.start == "cell":
        return stop.finding("K0303", "cell")
    return stop.finding("K0303", "comma" if stop.token.kind in {"COMMA", "COLON"} else "")


_RULES: Final[tuple[Callable[[Stop], Finding | None], ...]] = (
    _foreign_sign,
    _percent,
    _number_form,
    _foreign_word,
    other_words.translated,
    other_words.empty,
    other_words.capitals,
    other_words.unknown_function,
    _not_without_bracket,
    _keyword_as_name,
    _outside_range,
    _extra_bracket,
    _open_bracket,
    _mixed_arguments,
    _computed_key,
    _chain,
    _missing_word,
    _cut_short,
    _value_expected,
    _unexpected,
)
