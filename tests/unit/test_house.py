"""What holds for all code of the interpreter, whoever writes it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

import khung
from khung.diagnostics.bag import Bag
from khung.ir import nodes
from khung.resources import data_dir
from khung.rulebook.entries import entries
from khung.rulebook.from_source import load_rulebook

PACKAGE = Path(khung.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES = 400
FUNCTION_LINES = 50
PASS_LINES = 120
VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.I
)
DOMAIN = re.compile(
    r"\b(part(?:y|ies)|cadres?|communes?|committees?|civil servants?|disciplin\w*|congress|district"
    r"|province|secretar\w+|comrades?)\b",
    re.I,
)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_files_fit_in_one_head():
    long = {name_of(p) for p in MODULES if len(p.read_text("utf-8").splitlines()) > FILE_LINES}
    assert long == set()


def test_functions_are_short():
    functions = [
        (name_of(path), node)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert len(functions) > len(MODULES)
    assert [(file, f.name) for file, f in functions if length(f) > limit(f)] == []


def length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def limit(function: ast.FunctionDef) -> int:
    """The one `match` of a pass has an arm for every kind of node, and cutting it hides nothing."""
    return PASS_LINES if isinstance(function.body[-1], ast.Match) else FUNCTION_LINES


def found_in_modules(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [
        (name_of(path), found[0])
        for path in MODULES
        for found in pattern.finditer(path.read_text("utf-8"))
    ]


def test_no_vietnamese_outside_translations():
    assert VIETNAMESE.search("cấp độ")
    assert found_in_modules(VIETNAMESE) == []


def test_no_english_word_of_the_domain():
    assert DOMAIN.search("the Secretary of a party")
    assert found_in_modules(DOMAIN) == []


def test_nothing_that_a_shipped_rulebook_names(names):
    found = {
        (name_of(path), word) for path in MODULES for word in names.intersection(words_of(path))
    }
    assert found == set()


def words_of(path: Path) -> set[str]:
    """The words of a file, and what is joined by points, dashes and slashes."""
    text = path.read_text("utf-8")
    return {*re.findall(r"\w+", text), *re.findall(r"[\w.-]+(?:/[\w.-]+)*", text)}


@pytest.fixture(scope="module")
def names():
    """The names, documents and clauses of the shipped rulebooks that are no words of English.

    A name of one word, such as `cap`, can be one of English, too.
    """
    found = set()
    for manifest in data_dir("rulebooks").glob("*/rulebook.yaml"):
        rulebook = load_rulebook(manifest.parent, Bag())
        assert rulebook is not None
        found |= {entry.head.id for entry in entries(rulebook) if "_" in entry.head.id}
        found |= {document.head.id for document in rulebook.documents}
        found |= {clause.address for clause in rulebook.clauses if "/" in clause.address}
    assert {"dang_vien", "nghi_om", "KH-23", "II.B.6/8"} <= found
    return found


KINDS = {kind.__name__ for kind in get_args(nodes.Node)}


def test_no_walker_passes_over_a_new_node_in_silence():
    """What is left of a `match` over nodes is none, is walked, or says why it may be whatever."""
    found = [
        (name_of(path), silent)
        for path in MODULES
        for silent in silent_matches(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("rest", "silent"),
    [
        ("case _:\n        pass", True),
        ("case _:\n        assert_never(node)", False),
        ("case _:\n        return [*map(walk, children(node))]", False),
        ("case _:  # nothing else reads a fact\n        pass", False),
        ("case n.Literal():\n        pass", False),
    ],
)
def test_how_a_silent_walker_is_found(rest, silent):
    source = (
        "from khung.ir import nodes as n\n"
        f"match node:\n    case n.Not():\n        pass\n    {rest}\n"
    )
    assert bool(silent_matches(source)) is silent


def silent_matches(source: str) -> list[int]:
    """Return the lines at which a `match` over nodes ends in a bare `case _`."""
    parts = [*ast.walk(ast.parse(source))]
    named = {
        alias.name
        for part in parts
        if isinstance(part, ast.ImportFrom) and part.module == "khung.ir.nodes"
        for alias in part.names
    }
    kinds = {f"n.{kind}" for kind in KINDS} | (named & KINDS)
    return [
        match.lineno
        for match in parts
        if isinstance(match, ast.Match) and is_over(kinds, match) and is_silent(match, source)
    ]


def is_over(kinds: set[str], match: ast.Match) -> bool:
    patterns = [part for case in match.cases for part in ast.walk(case.pattern)]
    return any(isinstance(p, ast.MatchClass) and ast.unparse(p.cls) in kinds for p in patterns)


def is_silent(match: ast.Match, source: str) -> bool:
    rest = match.cases[-1]
    is_any = isinstance(rest.pattern, ast.MatchAs) and rest.pattern.pattern is None
    lines = source.splitlines()[rest.pattern.lineno - 1 : rest.body[-1].end_lineno]
    told = ("assert_never(", "children(", "  # ")
    return is_any and rest.guard is None and not any(one in "\n".join(lines) for one in told)


WORDED = {"subject.schema.json", "constructs.json"}
"""What says the form of a construct, and its words in each language."""


def test_a_construct_is_named_where_the_guide_says():
    """Its class and its stage, its form, its words: nothing else in the program knows floors."""
    named = re.compile(r"\b(floors|over_knockouts|Floor|FLOOR)\b")
    code = {name_of(path) for path in MODULES if named.search(_without_docstrings(path))}
    assert code == {"rulebook/model/rules.py", "ir/stages/floor.py"}
    data = (*data_dir("schemas").glob("*.json"), *PACKAGE.rglob("locale/*/*.json"))
    of_floors = re.compile(r'"floors"|\.floors\b')
    found = {path.name for path in data if of_floors.search(path.read_text("utf-8"))}
    assert found - {"subject-part.schema.json"} == WORDED, "the other is made of that"
    guide = (PACKAGE.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    assert [name for name in code | WORDED if f"{name}`" not in guide] == []


def _without_docstrings(path: Path) -> str:
    tree = ast.parse(path.read_text("utf-8"))
    return "\n".join(
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name | ast.arg | ast.AnnAssign | ast.alias)
    )
