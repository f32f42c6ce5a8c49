import json
from typing import Any

import pytest
from lark import Lark, Token, Tree
from lark.lexer import Lexer
from tests.support.outside import outside
from tests.support.syntax import parsed

from khung.diagnostics.bag import Bag
from khung.syntax import parser
from khung.syntax.build import _BUILDERS, Site
from khung.syntax.generate import STARTS, generate
from khung.syntax.keywords import FUNCTIONS, KEYWORDS
from khung.syntax.parser import GRAMMAR, TABLES
from khung.text import placed


def test_tables_are_those_of_the_grammar_without_conflicts() -> None:
    # `generate` raises on a shift/reduce or reduce/reduce conflict.
    assert TABLES.read_text(encoding="utf-8") == generate(), "run python -m khung.syntax.generate"


def test_every_production_has_its_builder() -> None:
    named = {production.builder for production in parser.load().productions} - {""}
    assert named == _BUILDERS.keys()


def test_every_keyword_is_declared_in_the_grammar() -> None:
    declared = {
        word
        for line in GRAMMAR.read_text(encoding="utf-8").splitlines()
        if line.startswith("%declare")
        for word in line.partition("//")[0].split()[1:]
    }
    assert declared == {*KEYWORDS.values(), "EMPTY", "FUNCTION", "LABEL"}


def test_builtin_names_are_words_with_single_blanks() -> None:
    assert all(name == " ".join(name.split()) for name in FUNCTIONS)


# ---- lark's own parser, on the same tokens, makes the same trees


class _Lexer(Lexer):
    def __init__(self, _conf: object) -> None: ...

    def lex(self, text: str) -> Any:
        for token in parser.tokenize(text)[:-1]:
            yield Token(token.kind, token.text, token.start, end_pos=token.end)


LARK = Lark(
    GRAMMAR.read_text(encoding="utf-8"),
    parser="lalr",
    lexer=_Lexer,
    start=STARTS,
    keep_all_tokens=True,
    propagate_positions=True,
)


def _built(site: Site, node: Any) -> Any:
    if isinstance(node, Token):
        return parser.Token(node.type, str(node), node.start_pos or 0, node.end_pos or 0)
    assert isinstance(node, Tree)
    parts = [_built(site, child) for child in node.children]
    return site.build(node.data, parts, node.meta.start_pos, node.meta.end_pos)


def _by_lark(text: str) -> Any:
    return _built(Site(placed(text), Bag()), LARK.parse(text, start="expression"))


@pytest.mark.parametrize(
    "text",
    [
        "every m in dang_vien where m.ranked satisfies m.muc >= tot and m.diem in (> 5, [1..2))",
        "if a then -b ** 2 else sum x in l of x.f[item > 80%] + months between(c, d)",
        'a between 1 and 2 or x in (1..5] or {a b: 1, "c": []} = {} or date(year: 1) != @"x"',
    ],
)
def test_lark_agrees(text: str) -> None:
    tree = parsed(text)
    assert _by_lark(text) == tree


def test_lark_agrees_on_the_corpus() -> None:
    with outside("conformance/feel_tck.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    for record in records:
        if record["tier"] == "core":
            text = (record.get("renamed") or record)["expression"]
            assert _by_lark(text) == parsed(text)
