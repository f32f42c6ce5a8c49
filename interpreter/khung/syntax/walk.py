"""Ways through a tree: its direct parts, its free names, its depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def children(expr: ast.Expr | ast.UnaryTest) -> tuple[ast.Expr, ...]:
    """Return the expressions directly in `expr`, in the order of the text."""
    match expr:
        case ast.Number() | ast.Percent() | ast.String() | ast.Temporal():
            return ()
        case ast.Boolean() | ast.Null() | ast.Name():
            return ()
        case ast.Path(object=owner):
            return (owner,)
        case ast.Filter():
            return (expr.list, expr.condition)
        case ast.ListLiteral():
            return expr.items
        case ast.ContextLiteral():
            return tuple(value for _, value in expr.entries)
        case ast.Call():
            return tuple(argument.value for argument in expr.arguments)
        case ast.Negate() | ast.UnaryTest():
            return (expr.operand,)
        case ast.Arithmetic() | ast.Compare():
            return (expr.left, expr.right)
        case ast.RangeLiteral():
            return (expr.low, expr.high)
        case ast.Between():
            return (expr.value, expr.low, expr.high)
        case ast.Membership():
            return (expr.value, *map(tested, expr.tests))
        case ast.And() | ast.Or():
            return expr.operands
        case ast.If():
            return (expr.condition, expr.yes, expr.no)
        case ast.Quantifier():
            return (*(binder.list for binder in expr.binders), *_where(expr), expr.body)
        case ast.AtLevel():
            return (expr.list, expr.at_least)
        case ast.Tally():
            empty = () if expr.empty is None else (expr.empty,)
            return (expr.binder.list, *_where(expr), expr.body, *empty)
        case ast.Aggregate() | ast.Each():
            return (expr.binder.list, *_where(expr), expr.body)
        case _:
            assert_never(expr)


def tested(test: ast.UnaryTest | ast.Expr) -> ast.Expr:
    """Return the expression in a test."""
    return test.operand if isinstance(test, ast.UnaryTest) else test


def names(expr: ast.Expr | ast.UnaryTest) -> tuple[ast.Name, ...]:
    """Return the free names of `expr`, each time they occur, in the order of the text.

    Not free are the names that a quantifier or aggregate binds, and `item` in a filter. The
    fields of an element, which a filter may name bare, cannot be told from facts here: they are
    among the names.
    """
    return tuple(_free(expr, frozenset()))


def too_deep(
    roots: Iterable[ast.Expr | ast.UnaryTest], limit: int
) -> ast.Expr | ast.UnaryTest | None:
    """Return a part that lies more than `limit` levels deep; a root lies one level deep."""
    level = list(roots)
    for _ in range(limit):
        level = [child for expr in level for child in children(expr)]
    return level[0] if level else None


def _free(expr: ast.Expr | ast.UnaryTest, bound: frozenset[str]) -> Iterator[ast.Name]:
    match expr:
        case ast.Name():
            if expr.name not in bound:
                yield expr
        case ast.Filter():
            yield from _free(expr.list, bound)
            yield from _free(expr.condition, bound | {"item"})
        case ast.Quantifier():
            yield from _free_under(expr.binders, expr, bound)
        case ast.Tally() | ast.Aggregate() | ast.Each():
            yield from _free_under((expr.binder,), expr, bound)
            if isinstance(expr, ast.Tally) and expr.empty is not None:
                yield from _free(expr.empty, bound)
        case _:
            for child in children(expr):
                yield from _free(child, bound)


def _free_under(
    binders: tuple[ast.Binder, ...],
    expr: ast.Quantifier | ast.Tally | ast.Aggregate | ast.Each,
    bound: frozenset[str],
) -> Iterator[ast.Name]:
    """A binder's name holds in the binders after it, in the condition and in the body."""
    for binder in binders:
        yield from _free(binder.list, bound)
        bound |= {binder.name}
    for part in (*_where(expr), expr.body):
        yield from _free(part, bound)


def _where(expr: ast.Quantifier | ast.Tally | ast.Aggregate | ast.Each) -> tuple[ast.Expr, ...]:
    return () if expr.where is None else (expr.where,)
