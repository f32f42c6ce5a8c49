"""Tree → text, with the fewest brackets: parse(unparse(tree)) == tree.

In: any tree that the parser can give. Out: one line of text.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import TYPE_CHECKING, Final, assert_never

from khung.surfaces import ENGLISH, surface
from khung.syntax import ast
from khung.syntax.keywords import FUNCTIONS
from khung.syntax.operators import ArithmeticOp
from khung.syntax.respell import respelled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from khung.text import Span


class _Level(IntEnum):
    """How tightly a node binds: the rules of `expr.lark`, loosest first."""

    EXPR = 0
    OR = 1
    AND = 2
    COMPARISON = 3
    ADD = 4
    MUL = 5
    POW = 6
    UNARY = 7
    POSTFIX = 8


_ARITHMETIC: Final = {
    ArithmeticOp.ADD: _Level.ADD,
    ArithmeticOp.SUBTRACT: _Level.ADD,
    ArithmeticOp.MULTIPLY: _Level.MUL,
    ArithmeticOp.DIVIDE: _Level.MUL,
    ArithmeticOp.POWER: _Level.POW,
}
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_PHRASES: Final = {"all": "\ue000", "each": "\ue001", "at least": "\ue002", "share of": "\ue003"}
"""What stands for the words of forms that are no expressions until the surface is known."""

_LABEL: Final = re.compile(r"[^\W\d]\w*(?: [^\W\d]\w*)*")
_LAST_WORD: Final = re.compile(r"(?<![.\w])\w+$")
_FIRST_WORD: Final = re.compile(r"(\w*)\(")
_LONGEST_PLAIN_NUMBER: Final = 40


def unparse(expr: ast.Expr | ast.UnaryTest, name: str = "") -> str:
    """Return the text of an expression or test, in the words of surface `name` or its file's."""
    return _in_words(_unparse(expr), name or surface_of(expr))


def unparse_cell(cell: ast.Cell, name: str = "") -> str:
    """Return the text of a cell of a decision table, in words as `unparse` does."""
    return _in_words(_cell(cell), name or surface_of(cell))


def _in_words(text: str, name: str) -> str:
    phrases = {ord(mark): surface(name).phrases[key] for key, mark in _PHRASES.items()}
    return respelled(text, ENGLISH, name).translate(phrases)


def surface_of(node: ast.Expr | ast.UnaryTest | ast.Cell) -> str:
    """Return the surface in which something was written; English for what stands in no file."""
    span: Span | None = node.span  # trees that were made have none
    return ENGLISH if span is None else span.file.surface


def _unparse(expr: ast.Expr | ast.UnaryTest) -> str:
    return _write(expr, _Level.EXPR, last=True)


def _cell(cell: ast.Cell) -> str:
    if cell.tests is None:
        return "-"
    text = ", ".join(_write(test, _Level.ADD, last=False) for test in cell.tests)
    match cell.tests:
        case (ast.Call(function="not"),) if not cell.negated:
            return f"({text})"  # bare, it would be read as a negated cell
        case _:
            return f"not({text})" if cell.negated else text


def _write(expr: ast.Expr | ast.UnaryTest, level: _Level, *, last: bool) -> str:
    """Write `expr` where the grammar has a rule of `level`.

    Args:
        expr: What is written.
        level: How tightly it has to bind to need no brackets.
        last: Whether nothing follows that a quantifier or `if` at its end would draw in.
    """
    own = _level(expr)
    is_open = own is _Level.EXPR
    if is_open and last and level <= _Level.COMPARISON:
        return _text(expr, last=True)
    if is_open or own < level:
        return f"({_text(expr, last=True)})"
    return _text(expr, last=last)


def _level(expr: ast.Expr | ast.UnaryTest) -> _Level:
    match expr:
        case ast.If() | ast.Quantifier() | ast.Tally() | ast.Aggregate():
            return _Level.EXPR
        case ast.AtLevel() | ast.Each():
            return _Level.EXPR
        case ast.Or():
            return _Level.OR
        case ast.And():
            return _Level.AND
        case ast.Compare() | ast.Between() | ast.Membership():
            return _Level.COMPARISON
        case ast.Arithmetic():
            return _ARITHMETIC[expr.op]
        case ast.Negate():
            return _Level.UNARY
        case _:
            return _Level.POSTFIX


def _text(expr: ast.Expr | ast.UnaryTest, *, last: bool) -> str:
    """Write `expr` without brackets around it."""
    match expr:
        case ast.Number() | ast.Percent() | ast.String() | ast.Temporal():
            return _literal(expr)
        case ast.Boolean():
            return "true" if expr.value else "false"
        case ast.Null():
            return "null"
        case ast.Name():
            return expr.name
        case ast.Path():
            return f"{_tight(expr.object, _Level.POSTFIX)}.{expr.name}"
        case ast.Filter():
            return f"{_tight(expr.list, _Level.POSTFIX)}[{_unparse(expr.condition)}]"
        case ast.ListLiteral():
            return f"[{_listed(expr.items)}]"
        case ast.RangeLiteral():
            return _range(expr)
        case ast.ContextLiteral():
            return f"{{{', '.join(f'{_label(k)}: {_unparse(v)}' for k, v in expr.entries)}}}"
        case ast.Call():
            return _call(expr)
        case ast.Negate():
            return f"-{_tight(expr.operand, _Level.UNARY)}"
        case ast.Arithmetic():
            return _arithmetic(expr)
        case ast.Compare():
            return f"{_added(expr.left)} {expr.op.value} {_added(expr.right)}"
        case ast.UnaryTest():
            return f"{expr.op.value} {_added(expr.operand)}"
        case ast.Between():
            low, high = _added(expr.low), _added(expr.high)
            return f"{_apart(_added(expr.value), 'between', low)} between {low} and {high}"
        case ast.Membership():
            return _membership(expr)
        case ast.Or() | ast.And():
            return _junction(expr, last=last)
        case ast.If():
            yes, no = _unparse(expr.yes), _unparse(expr.no)
            return f"if {_unparse(expr.condition)} then {yes} else {no}"
        case ast.Quantifier() | ast.Tally() | ast.Aggregate() | ast.Each():
            return _over_list(expr)
        case ast.AtLevel():
            opener, least = _PHRASES["share of" if expr.share else "all"], _PHRASES["at least"]
            return f"{opener} {_added(expr.list)} {least} {_added(expr.at_least)}"
        case _:
            assert_never(expr)


def _literal(expr: ast.Number | ast.Percent | ast.String | ast.Temporal) -> str:
    match expr:
        case ast.Number():
            return _number(expr.value)
        case ast.Percent():
            return f"{_number(expr.value)}%"
        case ast.String():
            return _quoted(expr.value)
        case ast.Temporal():
            return f"@{_quoted(expr.value)}"
        case _:
            assert_never(expr)


def _tight(expr: ast.Expr | ast.UnaryTest, level: _Level) -> str:
    """Write `expr` where no quantifier or `if` can stand without brackets."""
    return _write(expr, level, last=False)


def _added(expr: ast.Expr) -> str:
    return _tight(expr, _Level.ADD)


def _listed(items: Iterable[ast.Expr]) -> str:
    return ", ".join(map(_unparse, items))


def _range(expr: ast.RangeLiteral) -> str:
    opening, closing = "[" if expr.low_closed else "(", "]" if expr.high_closed else ")"
    return f"{opening}{_added(expr.low)}..{_added(expr.high)}{closing}"


def _call(expr: ast.Call) -> str:
    arguments = (
        f"{argument.name}: {_unparse(argument.value)}"
        if argument.name
        else _unparse(argument.value)
        for argument in expr.arguments
    )
    return f"{expr.function}({', '.join(arguments)})"


def _arithmetic(expr: ast.Arithmetic) -> str:
    level = _ARITHMETIC[expr.op]
    left, right = _tight(expr.left, level), _tight(expr.right, _Level(level + 1))
    return f"{left} {expr.op.value} {right}"


def _membership(expr: ast.Membership) -> str:
    tests = ", ".join(_tight(test, _Level.ADD) for test in expr.tests)
    return f"{_added(expr.value)} in {tests if len(expr.tests) == 1 else f'({tests})'}"


def _junction(expr: ast.Or | ast.And, *, last: bool) -> str:
    word, level = ("or", _Level.AND) if isinstance(expr, ast.Or) else ("and", _Level.COMPARISON)
    *firsts, final = expr.operands
    text = _write(final, level, last=last)
    for operand in reversed(firsts):
        text = f"{_apart(_tight(operand, level), word, text)} {word} {text}"
    return text


def _over_list(expr: ast.Quantifier | ast.Tally | ast.Aggregate | ast.Each) -> str:
    match expr:
        case ast.Quantifier():
            opener, word = "every" if expr.every else "some", "satisfies"
            binders = expr.binders
        case ast.Tally():
            opener, word, binders = "share" if expr.share else "count", "satisfies", (expr.binder,)
        case ast.Aggregate():
            opener, word, binders = expr.op.value, "of", (expr.binder,)
        case ast.Each():
            opener, word, binders = _PHRASES["each"], "of", (expr.binder,)
    empty = expr.empty if isinstance(expr, ast.Tally) else None
    body = _write(expr.body, _Level.EXPR, last=empty is None)
    *firsts, final = [(b.name, _added(b.list)) for b in binders]
    elements, where = final[1], ""
    if expr.where is None:
        elements = _apart(elements, word, body)
    else:
        where = f" where {_apart(_unparse(expr.where), word, body)}"
    bound = ", ".join(f"{name} in {text}" for name, text in [*firsts, (final[0], elements)])
    if empty is None:
        return f"{opener} {bound}{where} {word} {body}"
    body = f"({body})" if _names_function(body) else body
    return f"{opener} {bound}{where} {word} {body} (empty: {_unparse(empty)})"


def _names_function(text: str) -> bool:
    """Say whether a bracket behind a text would make its end the name of a builtin."""
    last = _LAST_WORD.search(text)
    return last is not None and any(name.split()[-1] == last[0] for name in FUNCTIONS)


def _apart(left: str, word: str, right: str) -> str:
    """Return `left`, in brackets if its last word would become part of a builtin's name.

    `(date) and time("10:00")` without the brackets is one call.
    """
    name, call = _LAST_WORD.search(left), _FIRST_WORD.match(right)
    if name and call and f"{name[0]} {word} {call[1]}".rstrip() in FUNCTIONS:
        return f"({left})"
    return left


def _number(value: Decimal) -> str:
    plain = format(value, "f")
    return plain if len(plain) <= _LONGEST_PLAIN_NUMBER else str(value)


def _label(key: str) -> str:
    return key if _LABEL.fullmatch(key) else _quoted(key)


def _quoted(value: str) -> str:
    text = "".join(map(_escaped, value))
    if unicodedata.is_normalized("NFC", text):
        return f'"{text}"'
    return f'"{"".join(c if c.isascii() else _code(c) for c in text)}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    category = unicodedata.category(character)  # private ones stand for phrases here
    return character if category not in {"Cc", "Co"} else _code(character)


def _code(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04X}" if point < 0x10000 else f"\\U{point:06X}"  # noqa: PLR2004  # \uXXXX
