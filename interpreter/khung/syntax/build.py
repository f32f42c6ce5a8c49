"""The builders that `expr.lark` names: parts of a rule → a node of the tree.

Each takes apart the right-hand side of its rules as it stands in the grammar, tokens included.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from khung.records import replace
from khung.syntax import ast
from khung.syntax.keywords import decimal, unescape
from khung.syntax.operators import AggregateOp, ArithmeticOp, CompareOp
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.diagnostics.bag import Bag
    from khung.syntax.parser import Part, Token
    from khung.text import PlacedText, Span

_ARITHMETIC: Final = {op.value: op for op in ArithmeticOp}
_COMPARE: Final = {op.value: op for op in CompareOp}


class Site:
    """Where the nodes of one expression are built.

    `failed` is true once a literal was refused; the tree is then of no use.
    """

    def __init__(self, text: PlacedText, bag: Bag) -> None:
        self.text = text
        self.bag = bag
        self.failed = False

    def build(self, builder: str, parts: list[Part], start: int, end: int) -> Part:
        """Build the node that `builder` makes of `parts`, from `start` to `end` in the text."""
        return _BUILDERS[builder](self, self.text.span(start, end), parts)

    def span(self, token: Token) -> Span:
        """Return the place of a token in the file."""
        return self.text.span(token.start, token.end)

    def string(self, token: Token) -> str:
        """Return the text that a string literal stands for."""
        value, bad = unescape(token.text)
        for start, end in bad:
            span = self.text.span(token.start + start, token.start + end)
            self.bag.add("K0314", span, escape=token.text[start:end])
            self.failed = True
        return value

    def number(self, token: Token) -> Decimal:
        """Return the number that a number literal stands for."""
        value = decimal(token.text)
        if value is None:
            self.bag.add("K0315", self.span(token), number=token.text)
            self.failed = True
        return value or Decimal(0)


def _choice(_: Site, span: Span, parts: list[Part]) -> ast.If:
    _, condition, _, yes, _, no = parts
    return ast.If(condition, yes, no, span)


def _either(_: Site, span: Span, parts: list[Part]) -> ast.Or:
    left, _, right = parts
    return ast.Or((*_operands(ast.Or, left), *_operands(ast.Or, right)), span)


def _both(_: Site, span: Span, parts: list[Part]) -> ast.And:
    left, _, right = parts
    return ast.And((*_operands(ast.And, left), *_operands(ast.And, right)), span)


def _operands(kind: type[ast.And | ast.Or], expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """Return the operands of `expr` if it is of `kind`: both are flat, whatever the brackets."""
    return expr.operands if isinstance(expr, kind) else (expr,)


def _quantify(_: Site, span: Span, parts: list[Part]) -> ast.Quantifier:
    word, binders, _, body = parts
    return ast.Quantifier(word.kind == "EVERY", tuple(binders), None, body, span)


def _quantify_where(_: Site, span: Span, parts: list[Part]) -> ast.Quantifier:
    word, binders, _, where, _, body = parts
    return ast.Quantifier(word.kind == "EVERY", tuple(binders), where, body, span)


def _tally(_: Site, span: Span, parts: list[Part]) -> ast.Tally:
    word, binder, _, body = parts
    return ast.Tally(word.kind == "SHARE", binder, None, body, span)


def _tally_where(_: Site, span: Span, parts: list[Part]) -> ast.Tally:
    word, binder, _, where, _, body = parts
    return ast.Tally(word.kind == "SHARE", binder, where, body, span)


def _tally_empty(site: Site, span: Span, parts: list[Part]) -> ast.Tally:
    *plain, _, empty, _ = parts
    return replace(_tally(site, span, plain), empty=empty)


def _tally_where_empty(site: Site, span: Span, parts: list[Part]) -> ast.Tally:
    *plain, _, empty, _ = parts
    return replace(_tally_where(site, span, plain), empty=empty)


def _aggregate(_: Site, _span: Span, parts: list[Part]) -> tuple[AggregateOp, ast.Binder]:
    word, binder = parts
    return AggregateOp[word.kind], binder


def _aggregate_of(_: Site, span: Span, parts: list[Part]) -> ast.Aggregate:
    (op, binder), _, body = parts
    return ast.Aggregate(op, binder, None, body, span)


def _aggregate_where(_: Site, span: Span, parts: list[Part]) -> ast.Aggregate:
    (op, binder), _, where, _, body = parts
    return ast.Aggregate(op, binder, where, body, span)


def _binder(site: Site, span: Span, parts: list[Part]) -> ast.Binder:
    name, _, elements = parts
    return ast.Binder(nfc(name.text), elements, span, site.span(name))


def _compare(_: Site, span: Span, parts: list[Part]) -> ast.Compare:
    left, op, right = parts
    return ast.Compare(_COMPARE[op.text], left, right, span)


def _between(_: Site, span: Span, parts: list[Part]) -> ast.Between:
    value, _, low, _, high = parts
    return ast.Between(value, low, high, span)


def _member(_: Site, span: Span, parts: list[Part]) -> ast.Membership:
    value, _, test = parts
    return ast.Membership(value, (test,), span)


def _member_of(_: Site, span: Span, parts: list[Part]) -> ast.Membership:
    value, _, _, tests, _ = parts
    return ast.Membership(value, tuple(tests), span)


def _member_test(_: Site, span: Span, parts: list[Part]) -> ast.Membership:
    value, _, _, test, _ = parts
    return ast.Membership(value, (test,), span)


def _unary_test(_: Site, span: Span, parts: list[Part]) -> ast.UnaryTest:
    op, operand = parts
    return ast.UnaryTest(_COMPARE[op.text], operand, span)


def _arithmetic(_: Site, span: Span, parts: list[Part]) -> ast.Arithmetic:
    left, op, right = parts
    return ast.Arithmetic(_ARITHMETIC[op.text], left, right, span)


def _negate(_: Site, span: Span, parts: list[Part]) -> ast.Negate:
    _, operand = parts
    return ast.Negate(operand, span)


def _path(site: Site, span: Span, parts: list[Part]) -> ast.Path:
    owner, _, name = parts
    return ast.Path(owner, nfc(name.text), span, site.span(name))


def _filter(_: Site, span: Span, parts: list[Part]) -> ast.Filter:
    elements, _, condition, _ = parts
    return ast.Filter(elements, condition, span)


def _number(site: Site, span: Span, parts: list[Part]) -> ast.Number:
    (number,) = parts
    return ast.Number(site.number(number), span)


def _percent(site: Site, span: Span, parts: list[Part]) -> ast.Percent:
    number, _ = parts
    return ast.Percent(site.number(number), span)


def _string(site: Site, span: Span, parts: list[Part]) -> ast.String:
    (literal,) = parts
    return ast.String(site.string(literal), span)


def _temporal(site: Site, span: Span, parts: list[Part]) -> ast.Temporal:
    _, literal = parts
    return ast.Temporal(site.string(literal), span)


def _boolean(_: Site, span: Span, parts: list[Part]) -> ast.Boolean:
    (word,) = parts
    return ast.Boolean(word.kind == "TRUE", span)


def _null(_: Site, span: Span, _parts: list[Part]) -> ast.Null:
    return ast.Null(span)


def _name(_: Site, span: Span, parts: list[Part]) -> ast.Name:
    (name,) = parts
    return ast.Name(nfc(name.text), span)


def _call_empty(site: Site, span: Span, parts: list[Part]) -> ast.Call:
    function, _, _ = parts
    return ast.Call(function.text, (), span, site.span(function))


def _call(site: Site, span: Span, parts: list[Part]) -> ast.Call:
    function, _, values, _ = parts
    arguments = tuple(ast.Argument("", value, value.span) for value in values)
    return ast.Call(function.text, arguments, span, site.span(function))


def _call_labelled(site: Site, span: Span, parts: list[Part]) -> ast.Call:
    function, _, arguments, _ = parts
    return ast.Call(function.text, tuple(arguments), span, site.span(function))


def _argument(_: Site, span: Span, parts: list[Part]) -> ast.Argument:
    label, _, value = parts
    return ast.Argument(nfc(label.text), value, span)


def _range(_: Site, span: Span, parts: list[Part]) -> ast.RangeLiteral:
    opening, low, _, high, closing = parts
    return ast.RangeLiteral(low, high, opening.kind == "LSQB", closing.kind == "RSQB", span)


def _list_empty(_: Site, span: Span, _parts: list[Part]) -> ast.ListLiteral:
    return ast.ListLiteral((), span)


def _list_literal(_: Site, span: Span, parts: list[Part]) -> ast.ListLiteral:
    _, items, _ = parts
    return ast.ListLiteral(tuple(items), span)


def _bracketed(_: Site, _span: Span, parts: list[Part]) -> ast.Expr:
    _, expr, _ = parts
    return expr  # type: ignore[no-any-return]  # a Part, which the grammar says is an expression


def _context_empty(_: Site, span: Span, _parts: list[Part]) -> ast.ContextLiteral:
    return ast.ContextLiteral((), span)


def _context(_: Site, span: Span, parts: list[Part]) -> ast.ContextLiteral:
    _, entries, _ = parts
    return ast.ContextLiteral(tuple(entries), span)


def _entry(site: Site, _span: Span, parts: list[Part]) -> tuple[str, ast.Expr]:
    key, _, value = parts
    return site.string(key) if key.kind == "STRING" else nfc(key.text), value


def _first(_: Site, _span: Span, parts: list[Part]) -> list[Part]:
    return parts


def _pair(_: Site, _span: Span, parts: list[Part]) -> list[Part]:
    first, _, second = parts
    return [first, second]


def _more(_: Site, _span: Span, parts: list[Part]) -> list[Part]:
    items, _, item = parts
    items.append(item)
    return items  # type: ignore[no-any-return]  # a Part, which the grammar says is a list


_BUILDERS: Final[dict[str, Callable[[Site, Span, list[Part]], Part]]] = {
    "aggregate": _aggregate,
    "aggregate_of": _aggregate_of,
    "aggregate_where": _aggregate_where,
    "argument": _argument,
    "arithmetic": _arithmetic,
    "between": _between,
    "binder": _binder,
    "boolean": _boolean,
    "both": _both,
    "bracketed": _bracketed,
    "call": _call,
    "call_empty": _call_empty,
    "call_labelled": _call_labelled,
    "choice": _choice,
    "compare": _compare,
    "context": _context,
    "context_empty": _context_empty,
    "either": _either,
    "entry": _entry,
    "filter": _filter,
    "first": _first,
    "list_empty": _list_empty,
    "list_literal": _list_literal,
    "member": _member,
    "member_of": _member_of,
    "member_test": _member_test,
    "more": _more,
    "name": _name,
    "negate": _negate,
    "null": _null,
    "number": _number,
    "pair": _pair,
    "path": _path,
    "percent": _percent,
    "quantify": _quantify,
    "quantify_where": _quantify_where,
    "range": _range,
    "string": _string,
    "tally": _tally,
    "tally_empty": _tally_empty,
    "tally_where": _tally_where,
    "tally_where_empty": _tally_where_empty,
    "temporal": _temporal,
    "unary_test": _unary_test,
}
