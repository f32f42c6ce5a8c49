"""Ways through a tree: its direct parts, its free names, its depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.syntax.ast import (
    Aggregate,
    And,
    Arithmetic,
    Between,
    Binder,
    Boolean,
    Call,
    Compare,
    ContextLiteral,
    Expr,
    Filter,
    If,
    ListLiteral,
    Membership,
    Name,
    Negate,
    Null,
    Number,
    Or,
    Path,
    Percent,
    Quantifier,
    RangeLiteral,
    String,
    Tally,
    Temporal,
    UnaryTest,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def children(expr: Expr | UnaryTest) -> tuple[Expr, ...]:
    """Return the expressions directly in `expr`, in the order of the text."""
    match expr:
        case Number() | Percent() | String() | Temporal() | Boolean() | Null() | Name():
            return ()
        case Path(object=owner):
            return (owner,)
        case Filter():
            return (expr.list, expr.condition)
        case ListLiteral():
            return expr.items
        case ContextLiteral():
            return tuple(value for _, value in expr.entries)
        case Call():
            return tuple(argument.value for argument in expr.arguments)
        case Negate() | UnaryTest():
            return (expr.operand,)
        case Arithmetic() | Compare():
            return (expr.left, expr.right)
        case RangeLiteral():
            return (expr.low, expr.high)
        case Between():
            return (expr.value, expr.low, expr.high)
        case Membership():
            return (expr.value, *map(tested, expr.tests))
        case And() | Or():
            return expr.operands
        case If():
            return (expr.condition, expr.yes, expr.no)
        case Quantifier():
            return (*(binder.list for binder in expr.binders), *_where(expr), expr.body)
        case Tally() | Aggregate():
            return (expr.binder.list, *_where(expr), expr.body)
        case _:
            assert_never(expr)


def tested(test: UnaryTest | Expr) -> Expr:
    """Return the expression in a test."""
    return test.operand if isinstance(test, UnaryTest) else test


def names(expr: Expr | UnaryTest) -> tuple[Name, ...]:
    """Return the free names of `expr`, each time they occur, in the order of the text.

    Not free are the names that a quantifier or aggregate binds, and `item` in a filter. The
    fields of an element, which a filter may name bare, cannot be told from facts here: they are
    among the names.
    """
    return tuple(_free(expr, frozenset()))


def too_deep(roots: Iterable[Expr | UnaryTest], limit: int) -> Expr | UnaryTest | None:
    """Return a part that lies more than `limit` levels deep; a root lies one level deep."""
    level = list(roots)
    for _ in range(limit):
        level = [child for expr in level for child in children(expr)]
    return level[0] if level else None


def _free(expr: Expr | UnaryTest, bound: frozenset[str]) -> Iterator[Name]:
    match expr:
        case Name():
            if expr.name not in bound:
                yield expr
        case Filter():
            yield from _free(expr.list, bound)
            yield from _free(expr.condition, bound | {"item"})
        case Quantifier():
            yield from _free_under(expr.binders, expr, bound)
        case Tally() | Aggregate():
            yield from _free_under((expr.binder,), expr, bound)
        case _:
            for child in children(expr):
                yield from _free(child, bound)


def _free_under(
    binders: tuple[Binder, ...], expr: Quantifier | Tally | Aggregate, bound: frozenset[str]
) -> Iterator[Name]:
    """A binder's name holds in the binders after it, in the condition and in the body."""
    for binder in binders:
        yield from _free(binder.list, bound)
        bound |= {binder.name}
    for part in (*_where(expr), expr.body):
        yield from _free(part, bound)


def _where(expr: Quantifier | Tally | Aggregate) -> tuple[Expr, ...]:
    return () if expr.where is None else (expr.where,)
