"""Text → tree, for expressions and for cells of decision tables.

In: a text that knows its place in a file. Out: its tree, or None and a diagnostic at the place
of the first mistake. No input makes it recurse or run long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.source.limits import EXPRESSION_LENGTH, EXPRESSION_NESTING
from khung.syntax import ast, parser
from khung.syntax.build import Site
from khung.syntax.foreign import misread_cell
from khung.syntax.parser import CLOSING, END, OPENING, Token, tokenize
from khung.syntax.walk import too_deep

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag
    from khung.text import PlacedText


def parse_expression(text: PlacedText, bag: Bag) -> ast.Expr | None:
    """Parse an expression.

    Args:
        text: In NFC.
        bag: Gets K0301 to K0319.

    Returns:
        The tree; None if the bag got an error.
    """
    tokens = _tokens(text, bag)
    expr: ast.Expr | None = None
    if tokens is not None:
        expr = _parse("expression", tokens, text, bag)
    return expr


def parse_cell(text: PlacedText, bag: Bag) -> ast.Cell | None:
    """Parse a cell of a decision table: `-`, tests joined by commas, or `not(…)` around them.

    Args:
        text: In NFC.
        bag: Gets K0301 to K0319.

    Returns:
        The cell; None if the bag got an error.
    """
    tokens = _tokens(text, bag)
    if tokens is None:
        return None
    span = text.span(0, len(text.text))
    if [token.kind for token in tokens] == ["MINUS", END]:
        return ast.Cell(None, negated=False, span=span)
    if odd := misread_cell(tokens):
        written = text.text[odd.first.start : odd.last.end]
        span, instead = text.span(odd.first.start, odd.last.end), written.replace(",", ".")
        bag.add(odd.code, span, help=odd.help, found=written, number=written, instead=instead)
        return None
    inner = _inside_not(tokens)
    tests = _parse("cell", inner or tokens, text, bag)
    return None if tests is None else ast.Cell(tuple(tests), negated=inner is not None, span=span)


def _tokens(text: PlacedText, bag: Bag) -> list[Token] | None:
    if len(text.text) > EXPRESSION_LENGTH:
        span = text.span(EXPRESSION_LENGTH, len(text.text))
        bag.add("K0317", span, length=len(text.text), limit=EXPRESSION_LENGTH)
        return None
    tokens = tokenize(text.text, text.file.surface)
    if len(tokens) > EXPRESSION_NESTING and (token := _deep_bracket(tokens)):
        bag.add("K0318", text.span(token.start, token.end), limit=EXPRESSION_NESTING)
        return None
    return tokens


def _parse(start: str, tokens: list[Token], text: PlacedText, bag: Bag) -> parser.Part | None:
    site = Site(text, bag)
    found = parser.parse(start, tokens, site.build)
    if isinstance(found, parser.Stuck):
        from khung.syntax.mistakes import report  # noqa: PLC0415  # most texts have no mistake

        report(start, tokens, found.at, text, bag)
        return None
    # A tree deeper than the limit takes more tokens than the limit.
    if len(tokens) > EXPRESSION_NESTING:
        roots = found if start == "cell" else [found]
        if deep := too_deep(roots, EXPRESSION_NESTING):
            bag.add("K0318", deep.span, limit=EXPRESSION_NESTING)
            return None
    return None if site.failed else found


def _deep_bracket(tokens: list[Token]) -> Token | None:
    """Return the first bracket that opens below `EXPRESSION_NESTING`."""
    depth = 0
    for token in tokens:
        depth += (token.kind in OPENING) - (token.kind in CLOSING)
        if depth > EXPRESSION_NESTING:
            return token
    return None


def _inside_not(tokens: list[Token]) -> list[Token] | None:
    """Return what stands between `not(` and its bracket, if that is the whole cell."""
    if [(token.kind, token.text) for token in tokens[:2]] != [("FUNCTION", "not"), ("LPAR", "(")]:
        return None
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind in OPENING) - (token.kind in CLOSING)
        if token.kind in CLOSING and depth == 0:
            is_last = tokens[index + 1].kind == END
            end = Token(END, "", token.start, token.start)
            return [*tokens[2:index], end] if is_last else None
    return None
