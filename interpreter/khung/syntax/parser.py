"""The LALR(1) parser that runs on the tables of the grammar.

In: tokens. Out: what the builder makes of them, or the place of the first token that cannot
stand where it does: all tokens before it are the beginning of some expression. The parser keeps
a stack of its own, so no nesting makes it recurse.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from khung.records import dataclass
from khung.surfaces import ENGLISH, Surface, surface
from khung.syntax.keywords import KEYWORD_KINDS, KEYWORDS, function_words, functions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Part = Any
"""A token, or what a builder made; which of them is where, the grammar says."""

Build = Callable[[str, list[Part], int, int], Part]
"""Called as build(builder, parts, start, end); start and end are offsets in the text."""


_NO_ACTION: Final = sys.maxsize  # above every state


@dataclass(frozen=True, slots=True)
class Stuck:
    """The token of number `at` cannot stand where it does."""

    at: int


def parse(start: str, tokens: Sequence[Token], build: Build) -> Part | Stuck:
    """Parse `tokens`, the last of which is the end, from the start symbol `start`."""
    tables = load()
    productions, rows = tables.productions, tables.states
    states, starts, end = [tables.starts[start]], [0], 0
    parts: list[Part] = []
    for index, token in enumerate(tokens):
        while (action := rows[states[-1]].get(token.kind, _NO_ACTION)) < 0:
            symbol, builder, length = productions[~action]
            if builder:
                parts[-length:] = [build(builder, parts[-length:], starts[-length], end)]
                del starts[len(starts) - length + 1 :]
            del states[-length:]
            states.append(rows[states[-1]][symbol])
        if action == _NO_ACTION:
            return Stuck(index)
        states.append(action)
        parts.append(token)
        starts.append(token.start)
        end = token.end
    return parts[0]


def accepted(start: str, tokens: Iterable[Token]) -> frozenset[str]:
    """Return the terminals that may follow `tokens`, which must begin some expression.

    Exact: a terminal of the table's row is tried, for a row also serves other contexts.
    """
    tables = load()
    states = [tables.starts[start]]
    for token in tokens:
        _advance(states, token.kind)
    row = tables.states[states[-1]]
    return frozenset(t for t in row if t.isupper() and _advance(list(states), t))


def _advance(states: list[int], terminal: str) -> bool:
    tables = load()
    while (action := tables.states[states[-1]].get(terminal, _NO_ACTION)) < 0:
        symbol, _, length = tables.productions[~action]
        del states[-length:]
        states.append(tables.states[states[-1]][symbol])
    states.append(action)
    return action != _NO_ACTION


GRAMMAR: Final = Path(__file__).with_name("expr.lark")
TABLES: Final = Path(__file__).with_name("expr.tables.json")

END: Final = "$END"
"""The terminal that follows the last token."""


class Production(NamedTuple):
    """A rule of the grammar: `length` parts become one `symbol`.

    `builder` is empty where the one part is passed on as it is.
    """

    symbol: str
    builder: str
    length: int


@dataclass(frozen=True, slots=True)
class Tables:
    """What drives the parser.

    Attributes:
        tokens: Terminal → its pattern, in the order in which they are tried.
        ignored: The terminals that separate tokens and are none.
        productions: The rules that are reduced by.
        states: For each state, symbol → what to do. A number from 0 is the state to go on to;
            a negative number n means: reduce by production ~n.
        starts: Start symbol → its first state.
    """

    tokens: dict[str, str]
    ignored: frozenset[str]
    productions: tuple[Production, ...]
    states: tuple[dict[str, int], ...]
    starts: dict[str, int]


@cache
def load() -> Tables:
    """Return the tables that are shipped with khung."""
    data = json.loads(TABLES.read_text(encoding="utf-8"))
    return Tables(
        tokens=data["tokens"],
        ignored=frozenset(data["ignored"]),
        productions=tuple(Production(*row) for row in data["productions"]),
        states=tuple(data["states"]),
        starts=data["starts"],
    )


FOREIGN: Final = "FOREIGN"
"""The terminal of a sign that the language does not have. No rule of the grammar takes it."""

RESERVED: Final = "RESERVED"
"""The terminal of a keyword of English where another surface is read: no name can be one."""

OPENING: Final = {"LPAR": "RPAR", "EMPTY": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSING: Final = frozenset(OPENING.values())

_BARE_DATE: Final = (  # not taken for subtractions or divisions
    r"(?<!@)\d{4}-\d{2}-\d{2}(?!\w)"
    r"|(?<![\w.])(?:0?[1-9]|[12]\d|3[01])(?P<POINT>[-/.])(?:0?[1-9]|1[0-2])(?P=POINT)\d{4}(?!\w)"
)
_FOREIGN: Final = (
    rf"(?P<FOREIGN>{_BARE_DATE}|={{2,3}}|=[<>]|<>|!==|&&|\|\||\.\.\.|/\*(?![\s\S]*\*/))"
)
_OTHER: Final = r"(?P<OTHER>[\s\S])"
_ENDS_VALUE: Final = frozenset(
    {"NAME", "NUMBER", "PERCENT", "STRING", "TRUE", "FALSE", "NULL", *CLOSING}
)
_BEFORE_LABEL: Final = frozenset({"LPAR", "LBRACE", "COMMA"})


class Token(NamedTuple):
    """A token: its terminal, its text, and its place in the decoded text.

    The text is as written; of a FUNCTION it is the name by which the builtin is known.
    """

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str, name: str = ENGLISH) -> list[Token]:
    """Return the tokens of `text`, in the words of a surface, then one of the kind `END`."""
    ignored, own = load().ignored, surface(name)
    found: list[Token] = []
    for match in _pattern().finditer(text):
        kind = match.lastgroup or FOREIGN
        if kind in ignored:
            continue
        if kind == "NAME":
            _add_word(found, match, own)
            continue
        if kind == "LPAR":
            _join_function(found, name)
        elif kind == "COLON":
            _join_label(found)
            if _says_empty(found, own):
                written = f"({own.empty}:"
                found[-2:] = [Token("EMPTY", written, found[-2].start, match.end())]
                continue
        elif kind == "OTHER":
            kind = FOREIGN
        found.append(Token(kind, match[0], match.start(), match.end()))
    found.append(Token(END, "", len(text), len(text)))
    return found


@cache
def _pattern() -> re.Pattern[str]:
    named = [f"(?P<{name}>{pattern})" for name, pattern in load().tokens.items()]
    return re.compile("|".join([_FOREIGN, *named, _OTHER]))


def _add_word(found: list[Token], match: re.Match[str], own: Surface) -> None:
    """Add a name or keyword; the second part of a keyword goes with the first."""
    word, start = match[0], match.start()
    if found and found[-1].text in own.pairs:
        both = f"{found[-1].text} {word}"
        kind = own.keywords.get(both, "")
        # What says `else` with the word for `if` does so behind a value, where no `if` can stand.
        if kind and (kind != "ELSE" or (len(found) > 1 and found[-2].kind in _ENDS_VALUE)):
            found[-1] = Token(kind, both, found[-1].start, match.end())
            return
    other = RESERVED if word in KEYWORDS else "NAME"
    found.append(Token(own.keywords.get(word, other), word, start, match.end()))


def is_word(token: Token) -> bool:
    """Whether a token is a name or a keyword."""
    return token.kind in {"NAME", RESERVED} or token.kind in KEYWORD_KINDS


def joined(tokens: list[Token]) -> str:
    """Return the words of `tokens` with one space between them."""
    return " ".join(token.text for token in tokens)


def _join_function(found: list[Token], name: str) -> None:
    """Make one token of the longest name of a builtin that `found` ends in.

    So `date and time(…)` is one call, never `date` and a call of `time`.
    """
    functions = functions_of(name)
    for length in range(min(function_words(name), len(found)), 0, -1):
        words = found[-length:]
        known = functions.get(joined(words))
        after_dot = length < len(found) and found[~length].kind == "DOT"
        if known and not after_dot and all(map(is_word, words)):
            found[-length:] = [Token("FUNCTION", known, words[0].start, words[-1].end)]
            return


def _says_empty(found: list[Token], own: Surface) -> bool:
    """Say whether `found` ends in `(empty`, which no function stands before."""
    if len(found) < 3 or found[-1].text != own.empty:  # noqa: PLR2004  # the three named below
        return False
    before, *rest = (token.kind for token in found[-3:])
    return before in _ENDS_VALUE and rest == ["LPAR", "LABEL"]


def _join_label(found: list[Token]) -> None:
    """Make one token of the words between a bracket or comma and a colon."""
    length = 0
    while length < len(found) and is_word(found[~length]):
        length += 1
    if length and length < len(found) and found[~length].kind in _BEFORE_LABEL:
        words = found[-length:]
        found[-length:] = [Token("LABEL", joined(words), words[0].start, words[-1].end)]
