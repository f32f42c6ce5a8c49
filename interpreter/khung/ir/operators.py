"""The type rules of comparison, membership and arithmetic, over operands already typed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from khung.diagnostics.model import Word
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.patterns import pattern
from khung.syntax.operators import MIRRORED, ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from khung.ir.scope import Scope
    from khung.text import Span

EQUALITY = (CompareOp.EQ, CompareOp.NE)

RATIO_OF, NUMBER_OF = ".ratio", ".number"
"""The functions, of names that no author can write, between numbers and ratios."""

_PARAMETER = "parameters."
_PLAIN = pattern(r"[+-]?\d+(?:\.\d+)?")
_ALL = 100  # in percent

_ADD, _SUB = ArithmeticOp.ADD, ArithmeticOp.SUBTRACT
_MUL, _DIV = ArithmeticOp.MULTIPLY, ArithmeticOp.DIVIDE

ARITHMETIC: dict[ArithmeticOp, tuple[tuple[t.Type, t.Type, t.Type], ...]] = {
    _ADD: (
        (t.NUMBER, t.NUMBER, t.NUMBER),
        (t.RATIO, t.RATIO, t.RATIO),
        (t.STRING, t.STRING, t.STRING),
        (t.DATE, t.MONTHS, t.DATE),
        (t.DATE, t.SECONDS, t.DATE),
        (t.MONTHS, t.DATE, t.DATE),
        (t.SECONDS, t.DATE, t.DATE),
        (t.MONTHS, t.MONTHS, t.MONTHS),
        (t.SECONDS, t.SECONDS, t.SECONDS),
    ),
    _SUB: (
        (t.NUMBER, t.NUMBER, t.NUMBER),
        (t.RATIO, t.RATIO, t.RATIO),
        (t.DATE, t.DATE, t.SECONDS),
        (t.DATE, t.MONTHS, t.DATE),
        (t.DATE, t.SECONDS, t.DATE),
        (t.MONTHS, t.MONTHS, t.MONTHS),
        (t.SECONDS, t.SECONDS, t.SECONDS),
    ),
    _MUL: (
        (t.NUMBER, t.NUMBER, t.NUMBER),
        (t.RATIO, t.RATIO, t.RATIO),
        (t.NUMBER, t.MONTHS, t.MONTHS),
        (t.MONTHS, t.NUMBER, t.MONTHS),
        (t.NUMBER, t.SECONDS, t.SECONDS),
        (t.SECONDS, t.NUMBER, t.SECONDS),
    ),
    _DIV: (
        (t.NUMBER, t.NUMBER, t.NUMBER),
        (t.RATIO, t.RATIO, t.RATIO),
        (t.MONTHS, t.NUMBER, t.MONTHS),
        (t.SECONDS, t.NUMBER, t.SECONDS),
        (t.MONTHS, t.MONTHS, t.NUMBER),
        (t.SECONDS, t.SECONDS, t.NUMBER),
    ),
    ArithmeticOp.POWER: ((t.NUMBER, t.NUMBER, t.NUMBER),),
}


def has_order(ty: t.Type) -> bool:
    """Whether `<` may stand between two values of the type."""
    return ty not in (t.BOOLEAN, t.FRACTION) and (
        t.is_ordered(ty) or ty in (t.STRING, t.ANYTHING, t.BAD)
    )


def is_broken(*nodes: n.Node) -> bool:
    """Whether anything about the nodes was reported already."""
    return any(node.ty == t.BAD for node in nodes)


def as_ratio(node: n.Node) -> n.Node | None:
    """Return a ratio, constant, count, or what is reckoned of such, as a ratio; None of others."""
    match node:
        case _ if node.ty == t.RATIO:
            return node
        case n.Literal(ty=t.Number()) | n.Fold(op=FoldOp.COUNT) | n.Call(function="count"):
            return n.Call(RATIO_OF, (node,), t.RATIO, node.span)
        case n.Arithmetic(ty=t.Number()) if node.op is not ArithmeticOp.POWER:
            left, right = as_ratio(node.left), as_ratio(node.right)
            return left and right and n.Arithmetic(node.op, left, right, t.RATIO, node.span)
        case n.If(ty=t.Number()):
            yes, no = as_ratio(node.yes), as_ratio(node.no)
            return yes and no and n.If(node.condition, yes, no, t.RATIO, node.span)
        case _:  # a number of another kind
            return None


def rounded(node: n.Node) -> n.Node:
    """Return a ratio as a number of 34 digits; any other node as it is."""
    return n.Call(NUMBER_OF, (node,), t.NUMBER, node.span) if node.ty == t.RATIO else node


def alike(*nodes: n.Node) -> tuple[n.Node, ...]:
    """Return nodes of which some may be ratios: all of them, or with another number none."""
    if t.RATIO not in (node.ty for node in nodes):
        return nodes
    exact = [as_ratio(node) for node in nodes]
    whole = tuple(node for node in exact if node is not None)
    return whole if len(whole) == len(nodes) else tuple(map(rounded, nodes))


def arithmetic(op: ArithmeticOp, left: n.Node, right: n.Node, scope: Scope, span: Span) -> n.Node:
    """Return the node of `left op right`.

    Reports: K0322 (types that do not go together), K0331 (a share is not reckoned with).
    """
    if is_broken(left, right):
        return n.Broken(t.BAD, span)
    left, right = (
        alike(left, right) if op is not ArithmeticOp.POWER else map(rounded, (left, right))
    )
    for first, second, result in ARITHMETIC[op]:
        if t.fits(left.ty, first) and t.fits(right.ty, second):
            open_type = t.ANYTHING in (left.ty, right.ty)
            ty = _result_of_open(op, left.ty, right.ty, result) if open_type else result
            return n.Arithmetic(op, left, right, ty, span)
    if t.FRACTION in (left.ty, right.ty):
        scope.bag.add("K0331", span)
    else:
        scope.bag.add(
            "K0322", span, op=op.value, left=type_word(left.ty), right=type_word(right.ty)
        )
    return n.Broken(t.BAD, span)


def _result_of_open(op: ArithmeticOp, left: t.Type, right: t.Type, first: t.Type) -> t.Type:
    """The one result of all rules that fit, where an operand is `null`; `Anything` if several."""
    results = {c for a, b, c in ARITHMETIC[op] if t.fits(left, a) and t.fits(right, b)}
    return first if len(results) == 1 else t.ANYTHING


def negate(operand: n.Node, scope: Scope, span: Span) -> n.Node:
    """Return the node of `-x`."""
    zeros: dict[t.Type, object] = {t.NUMBER: Decimal(0), t.MONTHS: 0, t.SECONDS: Decimal(0)}
    if is_broken(operand):
        return n.Broken(t.BAD, span)
    if operand.ty == t.RATIO:
        nothing = n.Literal(Decimal(0), t.NUMBER, span)
        return arithmetic(ArithmeticOp.SUBTRACT, nothing, operand, scope, span)
    ty = t.NUMBER if operand.ty == t.ANYTHING else operand.ty
    if ty not in zeros:
        scope.bag.add("K0323", span, op="-", found=type_word(operand.ty))
        return n.Broken(t.BAD, span)
    if isinstance(operand, n.Literal) and isinstance(operand.value, Decimal | int):
        return n.Literal(-operand.value, ty, span)
    return n.Arithmetic(ArithmeticOp.SUBTRACT, n.Literal(zeros[ty], ty, span), operand, ty, span)


def compare(op: CompareOp, left: n.Node, right: n.Node, scope: Scope, span: Span) -> n.Node:
    """Return the node of a comparison.

    Reports: K0321 (types that do not go together), K0324 (no order), K0327, K0328 (a share
    against something other than a fixed ratio from 0 to 1).
    """
    if is_broken(left, right):
        return n.Broken(t.BOOLEAN, span)
    if right.ty == t.FRACTION and left.ty != t.FRACTION:
        op, left, right = MIRRORED[op], right, left
    if left.ty == t.FRACTION:
        return _compare_share(op, left, right, scope, span)
    for share, limit in ((left, right), (right, left)):
        if isinstance(share, n.Fold) and share.ty == t.RATIO:
            _check_limit(limit, scope)
    left, right = alike(left, right)
    ty = t.join(left.ty, right.ty)
    if ty is None:
        number = _number_in_quotes(left, right)
        advice = "level" if isinstance(left.ty, t.Scale) else "unquote" if number else ""
        scope.bag.add(
            "K0321",
            right.span,
            help=advice,
            op=op.value,
            left=type_word(left.ty),
            right=type_word(right.ty),
            text=right.span.text,
            number=number,
        )
        return n.Broken(t.BOOLEAN, span)
    if op not in EQUALITY and not has_order(ty):
        scope.bag.add("K0324", span, op=op.value, found=type_word(ty))
        return n.Broken(t.BOOLEAN, span)
    return n.Compare(op, left, right, span)


def _number_in_quotes(left: n.Node, right: n.Node) -> str:
    """Return the number that stands in quotes where one is due; empty if none does."""
    text = right.value if isinstance(right, n.Literal) else ""
    is_one = left.ty == t.NUMBER and isinstance(text, str) and _PLAIN.fullmatch(text)
    return str(text) if is_one else ""


def _compare_share(op: CompareOp, share: n.Node, limit: n.Node, scope: Scope, span: Span) -> n.Node:
    threshold = as_threshold(limit)
    if threshold is None:
        scope.bag.add("K0327", limit.span)
        return n.Broken(t.BOOLEAN, span)
    return _against(op, share, threshold, scope, span)


def _check_limit(limit: n.Node, scope: Scope) -> None:
    """Report a constant with which a share is compared, and that no share can be."""
    threshold = as_threshold(limit)
    if isinstance(threshold, n.Literal) and isinstance(threshold.value, tuple):
        numerator, denominator = threshold.value
        if not 0 <= numerator <= denominator:
            report_out_of_range(limit.span, scope)


def _against(op: CompareOp, share: n.Node, threshold: n.Node, scope: Scope, span: Span) -> n.Node:
    """Compare with a ratio; of a choice between ratios, choose between comparisons."""
    if isinstance(threshold, n.If):
        yes, no = (_against(op, share, x, scope, span) for x in (threshold.yes, threshold.no))
        return n.If(threshold.condition, yes, no, t.BOOLEAN, span)
    assert isinstance(threshold, n.Literal)  # noqa: S101  # as_threshold gives nothing else
    assert isinstance(threshold.value, tuple)  # noqa: S101  # likewise
    numerator, denominator = threshold.value
    if not 0 <= numerator <= denominator:
        report_out_of_range(threshold.span, scope)
    return n.Compare(op, share, threshold, span)


def report_out_of_range(span: Span, scope: Scope) -> None:
    """Report a share that is none, once: one that is a parameter where that has its value."""
    rulebook, name = scope.declared.rulebook, span.text.removeprefix(_PARAMETER)
    if rulebook is not None and name != span.text:
        values = (p.value.span for p in rulebook.parameters if p.head.id == name)
        span = next(values, span)
    if any(said.code == "K0328" and said.span == span for said in scope.bag.diagnostics):
        return
    is_percentage = _PLAIN.fullmatch(span.text) is not None and 1 < Decimal(span.text) <= _ALL
    scope.bag.add("K0328", span, help="percent" if is_percentage else "", text=span.text)


def as_threshold(limit: n.Node) -> n.Node | None:
    """Return a fixed ratio as a fraction of two whole numbers; None where it is not one.

    A percentage, a quotient of two whole numbers, or a choice between such. The run-time value of
    the literals made here is a pair, numerator and denominator, the latter above 0.
    """
    match limit:
        case n.Literal() if isinstance(limit.value, Decimal):
            return n.Literal(limit.value.as_integer_ratio(), t.FRACTION, limit.span)
        case n.Arithmetic() if limit.op is ArithmeticOp.DIVIDE:
            pair = (_whole(limit.left), _whole(limit.right))
            if pair[0] is None or not pair[1]:
                return None
            return n.Literal(pair, t.FRACTION, limit.span)
        case n.If():
            yes, no = as_threshold(limit.yes), as_threshold(limit.no)
            if yes is None or no is None:
                return None
            return n.If(limit.condition, yes, no, t.FRACTION, limit.span)
        case _:  # no fixed ratio, which the caller reports
            return None


def _whole(node: n.Node) -> int | None:
    if isinstance(node, n.Literal) and isinstance(node.value, Decimal):
        return int(node.value) if node.value == node.value.to_integral_value() else None
    return None


def in_range(value: n.Node, bounds: n.Node, scope: Scope, span: Span) -> n.Node:
    """Return the node of `value in [a..b]`: two comparisons where the ends are written out."""
    if isinstance(bounds, n.Build) and bounds.bounds:
        low_op = CompareOp.GE if bounds.bounds[0] == "[" else CompareOp.GT
        high_op = CompareOp.LE if bounds.bounds[1] == "]" else CompareOp.LT
        low, high = bounds.items
        return n.AllOf(
            (
                compare(low_op, value, low, scope, span),
                compare(high_op, value, high, scope, span),
            ),
            span,
        )
    return membership(value, bounds, scope, span)


def membership(value: n.Node, test: n.Node, scope: Scope, span: Span) -> n.Node:
    """Return the node of `value in test`, by the type of the test: equal, in a range, in a list.

    Reports: K0330 where nothing of the kind can hold the value.
    """
    if is_broken(value, test):
        return n.Broken(t.BOOLEAN, span)
    match test.ty:
        case t.Anything():
            return n.Unknown(t.BOOLEAN, span)
        case ty if t.fits(value.ty, ty) and _is_plain(value.ty, ty):
            return compare(CompareOp.EQ, value, test, scope, span)
        case t.Range() if t.fits(value.ty, test.ty.element):
            return n.Call("in range", (value, test), t.BOOLEAN, span)
        case t.List() if t.fits(value.ty, test.ty.element):
            return _in_list(value, test, scope, span)
        case t.List(t.Range(element)) if t.fits(value.ty, element):
            return _in_list(value, test, scope, span)
        case _:
            scope.bag.add("K0330", span, found=type_word(value.ty), wanted=type_word(test.ty))
            return n.Broken(t.BOOLEAN, span)


def _is_plain(value: t.Type, test: t.Type) -> bool:
    """Say whether a test is a value to equal; a `null` may be in a range or a list, too."""
    return value != t.ANYTHING or not isinstance(test, t.List | t.Range)


def _in_list(value: n.Node, test: n.Node, scope: Scope, span: Span) -> n.Node:
    if isinstance(test, n.Build):
        tests = tuple(
            in_range(value, item, scope, span)
            if isinstance(item.ty, t.Range)
            else compare(CompareOp.EQ, value, item, scope, span)
            for item in test.items
        )
        return n.AnyOf(tests, span)
    return n.Call("list contains", (test, value), t.BOOLEAN, span)


def type_word(ty: t.Type) -> Word:
    """Return the word for a type: `a number`, `a level of grade`."""
    match ty:
        case t.Boolean():
            return Word("type.boolean")
        case t.Number():
            return Word("type.number")
        case t.Fraction():
            return Word("type.fraction")
        case t.Ratio():
            return Word("type.ratio")
        case t.String():
            return Word("type.string")
        case t.Date():
            return Word("type.date")
        case t.Months():
            return Word("type.months")
        case t.Seconds():
            return Word("type.seconds")
        case t.Scale():
            return Word("type.scale", ty.name)
        case t.Enumeration():
            return Word("type.enumeration", ty.name)
        case t.Object():
            return Word("type.object", ty.name)
        case t.List():
            return Word("type.list")
        case t.Range():
            return Word("type.range")
        case t.Ballots():
            return Word("type.ballots", ty.scale)
        case t.Calendar():
            return Word("type.calendar")
        case t.Context():
            return Word("type.context")
        case t.Anything() | t.Bad():
            return Word("type.anything")
        case _:
            assert_never(ty)
