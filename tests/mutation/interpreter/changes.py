"""The changes that are tried on the interpreter: each one in one place of one module.

A comparison one step off or turned round, `and` for `or`, a condition left out or turned round, a
number one more, `min` for `max`, one arithmetic sign for another. What changes nothing that runs,
such as annotations, decorators and imports for types, stays.
"""

from __future__ import annotations

import ast
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
IDLE = {"strict", "slots", "frozen", "repr"}
"""Keywords whose other value changes no result."""
LONGEST = 60


@dataclass(frozen=True)
class Change:
    """One mutant: `new` stands for the bytes from `start` to `end` of a file.

    Attributes:
        file: The module, by its path below the package.
        line, last: The lines that it is on, from 1.
        inside: Whether it is in a function, so that tests that run the line can be told.
    """

    file: str
    line: int
    last: int
    start: int
    end: int
    new: str
    old: str
    inside: bool

    @property
    def name(self) -> str:
        """Where it is, and what it does."""
        return f"{self.file}:{self.line} {_short(self.old)} → {_short(self.new)}"

    def of(self, source: bytes) -> bytes:
        """Return the changed module."""
        return source[: self.start] + self.new.encode() + source[self.end :]


def changes_of(path: Path, package: Path) -> Iterator[Change]:
    """Yield the changes of a module, in its order."""
    source = path.read_bytes()
    name, starts = path.relative_to(package).as_posix(), [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node, new, inside in _of(ast.parse(source), inside=False):
        start = starts[node.lineno - 1] + node.col_offset
        last = node.end_lineno or node.lineno
        end = starts[last - 1] + (node.end_col_offset or 0)
        old, text = " ".join(source[start:end].decode().split()), f"({ast.unparse(new)})"
        yield Change(name, node.lineno, last, start, end, text, old, inside)


def _of(node: ast.AST, *, inside: bool) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """Yield each expression below a node with one that is tried in its place."""
    inside = inside or isinstance(node, ast.FunctionDef | ast.Lambda)
    if isinstance(node, ast.expr):
        yield from ((node, new, inside) for new in _instead(node))
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    for condition in _conditions(node):
        yield condition, ast.UnaryOp(ast.Not(), condition), inside
    for child in _children(node):
        yield from _of(child, inside=inside)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node that run, and whose place in the file is known."""
    if isinstance(node, ast.JoinedStr | ast.pattern | ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.keyword) and node.arg in IDLE:
        return
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list"):
            yield from (n for n in _listed(value) if isinstance(n, ast.AST))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _conditions(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            found = [test]
        case ast.comprehension(ifs=found):
            pass
        case ast.match_case(guard=ast.expr() as guard):
            found = [guard]
        case _:
            found = []
    # what can be turned round at its operator is tried there
    return (one for one in found if not isinstance(one, ast.Compare | ast.UnaryOp | ast.Constant))


def _instead(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, ops, right):
            for index, sign in enumerate(ops):
                new = COMPARISONS[type(sign)]()
                yield ast.Compare(left, [*ops[:index], new, *ops[index + 1 :]], right)
        case ast.BoolOp(sign, values):
            yield ast.BoolOp(ast.Or() if isinstance(sign, ast.And) else ast.And(), values)
            yield from (_without(node, index) for index in range(len(values)))
        case ast.BinOp(left, sign, right) if type(sign) in ARITHMETIC:
            yield ast.BinOp(left, ARITHMETIC[type(sign)](), right)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
        case ast.Call(ast.Name(name)) if name in NAMES:
            new = copy(node)
            new.func = ast.Name(NAMES[name])
            yield new


def _without(node: ast.BoolOp, index: int) -> ast.expr:
    rest = [value for place, value in enumerate(node.values) if place != index]
    return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
