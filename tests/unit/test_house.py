"""What holds for all code of the interpreter, whoever writes it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import khung

PACKAGE = Path(khung.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES = 400
FUNCTION_LINES = 50
PASS_LINES = 120
VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.I
)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_files_fit_in_one_head():
    long = {name_of(p) for p in MODULES if len(p.read_text("utf-8").splitlines()) > FILE_LINES}
    assert long == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_functions_are_short(path):
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert [f.name for f in functions if length(f) > limit(f)] == []


def length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def limit(function: ast.FunctionDef) -> int:
    """The one `match` of a pass has an arm for every kind of node, and cutting it hides nothing."""
    return PASS_LINES if isinstance(function.body[-1], ast.Match) else FUNCTION_LINES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_vietnamese_outside_translations(path):
    assert VIETNAMESE.findall(path.read_text("utf-8")) == []
