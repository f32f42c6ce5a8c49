"""Every place in khung that reports a code gives all values that the code's sentences name."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

import khung
from khung.diagnostics.codes import page
from khung.locale import languages, table

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(khung.__file__).parent


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Return the calls of a function or method whose first argument is a literal text."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) == name and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


REPORTS = [(at, c) for at, c in calls("add") if c.args[0].value[:1] == "K" and len(c.args) > 1]


def named(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("call", [c for _, c in REPORTS], ids=[at for at, _ in REPORTS])
def test_reports_give_what_the_page_names(call):
    said = page(call.args[0].value).said[languages[0]]
    given = {keyword.arg for keyword in call.keywords}
    advice = [k.value for k in call.keywords if k.arg == "help"]
    needed = named(said.message)
    if not advice or isinstance(advice[0], ast.Constant):
        name = advice[0].value if advice else ""
        assert name == "" or name in said.helps
        needed |= named(said.helps.get(name, ""))
    assert None in given or needed <= given


@pytest.mark.parametrize(("at", "call"), list(calls("Word")))
def test_words_are_in_the_dictionary(at, call):
    assert f"word.{call.args[0].value}" in table(languages[0], "word"), at
