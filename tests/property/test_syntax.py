"""Laws of the surface language, over trees of every kind that the parser can give."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khung.diagnostics.bag import Bag
from khung.source.limits import EXPRESSION_NESTING
from khung.surfaces import SURFACES, surface
from khung.syntax import ast
from khung.syntax.from_text import parse_cell, parse_expression
from khung.syntax.keywords import FUNCTIONS, KEYWORDS
from khung.syntax.operators import AggregateOp, ArithmeticOp, CompareOp
from khung.syntax.respell import respelled
from khung.syntax.unparse import unparse, unparse_cell
from khung.syntax.walk import too_deep
from khung.text import nfc, placed

pytestmark = pytest.mark.filterwarnings("default")

_KEYWORDS = {word for name in SURFACES for word in surface(name).keywords}
_IS_NAME = re.compile(r"[^\W\d]\w*")  # as in the grammar, which knows no combining marks

# Names that are the beginnings of builtins come often: they are what goes wrong.
_NAMES = st.one_of(
    st.sampled_from(["a", "x", "cấp_độ", "date", "time", "months", "index", "item", "_1"]),
    st.sampled_from(["tỷ", "lệ", "cao", "nhất", "số", "tháng", "biết", "rỗng", "empty"]),
    st.from_regex(r"[^\W\d]\w{0,6}", fullmatch=True).map(nfc),
).filter(lambda name: name not in _KEYWORDS and _IS_NAME.fullmatch(name))
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_DECIMALS = st.decimals(0, 10**12, places=4) | st.sampled_from(
    [Decimal("1E+50"), Decimal("1E-50"), Decimal("9" * 34)]
)
_LABELS = st.lists(_NAMES | st.sampled_from(sorted(KEYWORDS)), min_size=1, max_size=2).map(" ".join)
_ANY_SURFACE = st.sampled_from(SURFACES)


def _node(kind, *parts):
    """Build nodes of `kind` from strategies for all fields but the places."""
    return st.tuples(*parts).map(lambda fields: kind(*fields, *_no_places(kind, len(fields))))


def _no_places(kind, given_fields):
    return [None] * (len(kind.__dataclass_fields__) - given_fields)


_LEAVES = st.one_of(
    _node(ast.Number, _DECIMALS),
    _node(ast.Percent, _DECIMALS),
    _node(ast.String, _TEXTS),
    _node(ast.Temporal, _TEXTS),
    _node(ast.Boolean, st.booleans()),
    _node(ast.Null),
    _node(ast.Name, _NAMES),
)


def _flat(kind):
    """Build an And or Or, the operands of which are not of the same kind."""

    def build(operands):
        flat = [p for o in operands for p in (o.operands if isinstance(o, kind) else (o,))]
        return kind(tuple(flat), None)

    return build


def _tests(expr):
    return _node(ast.UnaryTest, st.sampled_from(CompareOp), expr) | expr


def _arguments(expr):
    by_name = st.lists(_node(ast.Argument, _LABELS, expr), min_size=1, max_size=2)
    by_place = st.lists(_node(ast.Argument, st.just(""), expr), max_size=3)
    return (by_name | by_place).map(tuple)


def _larger(expr):
    binder = _node(ast.Binder, _NAMES, expr)
    where = st.none() | expr
    few = st.lists(expr, max_size=3).map(tuple)
    several = st.lists(expr, min_size=2, max_size=3)
    tests = st.lists(_tests(expr), min_size=1, max_size=3).map(tuple)
    entries = st.lists(st.tuples(_LABELS | _TEXTS, expr), max_size=2).map(tuple)
    return st.one_of(
        _node(ast.Path, expr, _NAMES),
        _node(ast.Filter, expr, expr),
        _node(ast.ListLiteral, few),
        _node(ast.RangeLiteral, expr, expr, st.booleans(), st.booleans()),
        _node(ast.ContextLiteral, entries),
        _node(ast.Call, st.sampled_from(sorted(FUNCTIONS)), _arguments(expr)),
        _node(ast.Negate, expr),
        _node(ast.Arithmetic, st.sampled_from(ArithmeticOp), expr, expr),
        _node(ast.Compare, st.sampled_from(CompareOp), expr, expr),
        _node(ast.Between, expr, expr, expr),
        _node(ast.Membership, expr, tests),
        several.map(_flat(ast.And)),
        several.map(_flat(ast.Or)),
        _node(ast.If, expr, expr, expr),
        _node(
            ast.Quantifier,
            st.booleans(),
            st.lists(binder, min_size=1, max_size=2).map(tuple),
            where,
            expr,
        ),
        _node(ast.Tally, st.booleans(), binder, where, expr),
        st.builds(ast.Tally, st.just(True), binder, where, expr, st.none(), expr),  # a share
        _node(ast.Aggregate, st.sampled_from(AggregateOp), binder, where, expr),
    )


EXPRESSIONS = st.recursive(_LEAVES, _larger, max_leaves=12)
_CELLS = st.builds(
    ast.Cell,
    st.none() | st.lists(_tests(EXPRESSIONS), min_size=1, max_size=3).map(tuple),
    st.booleans(),
    st.none(),
).filter(lambda cell: cell.tests is not None or not cell.negated)

# Texts that are nearly expressions: tokens in any order.
_WORDS = st.sampled_from(
    [
        *sorted(_KEYWORDS),
        *"()[]{},:.@%+-*/=<>\"'?!#“\\\n",
        *("..", "**", "<=", "!=", "==", "//", "/*"),
        *("a", "x", "1", "0.5", '"t"', "floor", "date", "months", "for", "is", "empty", "rỗng"),
    ]
)


@given(EXPRESSIONS, _ANY_SURFACE)
def test_parse_undoes_unparse(tree: ast.Expr, name: str) -> None:
    text = unparse(tree, name)
    bag = Bag()
    assert parse_expression(placed(text, surface=name), bag) == tree, (text, bag.diagnostics)


@given(_CELLS, _ANY_SURFACE)
def test_parse_undoes_unparse_of_cells(cell: ast.Cell, name: str) -> None:
    text = unparse_cell(cell, name)
    bag = Bag()
    assert parse_cell(placed(text, surface=name), bag) == cell, (text, bag.diagnostics)


@given(EXPRESSIONS)
def test_words_of_a_surface_are_exchanged_and_nothing_else(tree: ast.Expr) -> None:
    english = f"/* and ( */  {unparse(tree)}  // or"
    for name in SURFACES:
        text = respelled(english, "en", name)
        assert respelled(text, name, "en") == english
        bag = Bag()
        assert parse_expression(placed(text, surface=name), bag) == tree, (text, bag.diagnostics)


@given(st.lists(_WORDS, max_size=14).map(" ".join) | st.text(max_size=30), _ANY_SURFACE)
def test_any_text_is_a_tree_or_one_diagnostic(text: str, name: str) -> None:
    for parse, write in ((parse_expression, unparse), (parse_cell, unparse_cell)):
        bag = Bag()
        tree = parse(placed(text, surface=name), bag)
        assert (tree is None) == bag.has_errors
        if tree is not None:
            again = parse(placed(write(tree), surface=name), bag)  # type: ignore[operator]  # of one kind
            assert again == tree
            assert write(again) == write(tree)  # type: ignore[operator]  # of one kind


@given(EXPRESSIONS)
def test_depth_is_limited(tree: ast.Expr) -> None:
    assert too_deep([tree], EXPRESSION_NESTING) is None
