"""Every place in khung that reports a code gives all values that the code's sentences name."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import khung
from khung.diagnostics.codes import page
from khung.locale import languages, table

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(khung.__file__).parent


@cache
def all_calls() -> list[tuple[str, ast.Call]]:
    """Return the calls whose first argument is a literal text, each with its place."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.append((f"{path.relative_to(PACKAGE)}:{node.lineno}", node))
    return found


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Return the calls of a function or method."""
    return ((at, call) for at, call in all_calls() if _name(call.func) == name)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def named(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_reports_give_what_the_page_names():
    reports = [
        (at, call)
        for at, call in calls("add")
        if call.args[0].value[:1] == "K" and len(call.args) > 1
    ]
    assert len(reports) > 100
    assert [at for at, call in reports if not gives_what_is_named(call)] == []


def gives_what_is_named(call: ast.Call) -> bool:
    said = page(call.args[0].value).said[languages[0]]
    given = {keyword.arg for keyword in call.keywords}
    advice = [k.value for k in call.keywords if k.arg == "help"]
    needed = named(said.message)
    if not advice or isinstance(advice[0], ast.Constant):
        name = advice[0].value if advice else ""
        if name and name not in said.helps:
            return False
        needed |= named(said.helps.get(name, ""))
    return None in given or needed <= given


def test_words_are_in_the_dictionary():
    words, known = list(calls("Word")), table(languages[0], "word")
    assert words
    assert [at for at, call in words if f"word.{call.args[0].value}" not in known] == []
