"""The expression language: operators by how tightly they bind, builtins, what is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung import syntax
from khung.diagnostics.codes import all_codes, page
from khung.locale import phrase
from khung.report.document.model import (
    Block,
    Break,
    Code,
    Grid,
    Heading,
    Link,
    Paragraph,
    Rich,
    Sample,
    anchor,
    joined,
)
from khung.report.language.functions import calls

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("choice", ("if a then b else c",)),
    ("quantifier", ("some x in l satisfies x > 1", "every x in l satisfies x > 1")),
    ("tally", ("count x in l satisfies x > 1", "share x in l where x > 0 satisfies x > 1")),
    (
        "aggregate",
        ("sum x in l of x", "average x in l of x", "lowest x in l of x", "highest x in l of x"),
    ),
    ("or", ("a or b",)),
    ("and", ("a and b",)),
    ("compare", ("a = b", "a != b", "a < b", "a <= b", "a > b", "a >= b")),
    ("between", ("a between 1 and 5", "a in [1..5]", "a in (1, 3, > 5)", "a in l")),
    ("add", ("a + b", "a - b")),
    ("multiply", ("a * b", "a / b")),
    ("power", ("a ** b",)),
    ("sign", ("-a",)),
    ("path", ("a.b", "l[item > 3]", "l[1]")),
    ("call", ("not(a)", "floor(a)", "floor(n: 1.5, scale: 1)")),
    ("literal", ("12", "80%", '"text"', '@"2021-12-15"', "true", "null", "[1, 2]", "[1..5)")),
)
"""The forms of expressions, those that bind loosest first, as `expr.lark` has them."""

_UNKNOWN = ("state", "logic", "compare", "arithmetic", "if", "fold", "call", "known", "never")


def expression_blocks(lang: str) -> Iterator[Block]:
    """Yield the chapters on expressions."""
    yield Heading(2, _say(lang, "expressions"), anchor("part", "expressions"))
    yield Paragraph((_say(lang, "expressions.about"),))
    yield _grid(lang, "form meaning", [(_codes(f), (_say(lang, f"op.{n}"),)) for n, f in OPERATORS])
    yield Heading(2, _say(lang, "unknown"), anchor("part", "unknown"))
    yield Paragraph((_say(lang, "unknown.about"),))
    yield _grid(lang, "what gives", [_unknown(lang, name) for name in _UNKNOWN])
    yield Heading(2, _say(lang, "builtins"), anchor("part", "builtins"))
    yield Paragraph((_say(lang, "builtins.about"),))
    yield _grid(lang, "call meaning", [_builtin(lang, *one) for one in calls(lang)])
    yield Heading(2, _say(lang, "grammar"), anchor("part", "grammar"))
    yield Paragraph((_say(lang, "grammar.about"),))
    yield Sample((Path(syntax.__file__).parent / "expr.lark").read_text("utf-8"))


def code_blocks(lang: str, folder: str) -> Iterator[Block]:
    """Yield the table of diagnostic codes; their pages stand in `folder`."""
    yield Heading(2, _say(lang, "codes"), anchor("part", "codes"))
    yield Paragraph((_say(lang, "codes.about"),))
    rows: list[tuple[Rich, ...]] = []
    for code in all_codes():
        found = page(code)
        severity = phrase(lang, f"word.{found.severity.value}")
        rows.append(
            ((Link(code, f"{folder}/{code}.md"),), (severity,), (found.said[lang].message,))
        )
    yield _grid(lang, "code severity message", rows)


def _say(lang: str, key: str) -> str:
    return phrase(lang, f"language.{key}")


def _grid(lang: str, columns: str, rows: list[tuple[Rich, ...]]) -> Grid:
    return Grid(tuple(_say(lang, f"column.{name}") for name in columns.split()), tuple(rows))


def _codes(forms: tuple[str, ...]) -> Rich:
    return joined([(Code(form),) for form in forms], Break())


def _unknown(lang: str, name: str) -> tuple[Rich, ...]:
    return ((_say(lang, f"unknown.{name}"),), (_say(lang, f"unknown.{name}.gives"),))


def _builtin(lang: str, name: str, forms: tuple[str, ...]) -> tuple[Rich, ...]:
    return (_codes(forms), (_say(lang, f"builtin.{name}"),))
