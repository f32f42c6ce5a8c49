"""Short ways to parse in tests."""

from khung.diagnostics.bag import Bag
from khung.diagnostics.model import Diagnostic
from khung.syntax.ast import Cell, Expr
from khung.syntax.from_text import parse_cell, parse_expression
from khung.text import placed


def parsed(text: str, surface: str = "en") -> Expr:
    """Return the tree of `text`, which has no mistake."""
    bag = Bag()
    expr = parse_expression(placed(text, surface=surface), bag)
    assert expr is not None, (text, bag.diagnostics)
    assert bag.diagnostics == ()
    return expr


def parsed_cell(text: str, surface: str = "en") -> Cell:
    """Return the cell of `text`, which has no mistake."""
    bag = Bag()
    cell = parse_cell(placed(text, surface=surface), bag)
    assert cell is not None, (text, bag.diagnostics)
    return cell


def refused(text: str, start: str = "expression", surface: str = "en") -> Diagnostic:
    """Return the one diagnostic of `text`, which has a mistake."""
    bag = Bag()
    parse = parse_cell if start == "cell" else parse_expression
    assert parse(placed(text, surface=surface), bag) is None, text
    (diagnostic,) = bag.diagnostics
    return diagnostic
