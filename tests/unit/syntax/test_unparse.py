import json

import pytest
from tests.support.outside import outside
from tests.support.syntax import parsed, parsed_cell

from khung.syntax.unparse import unparse, unparse_cell


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("((a))+(b*c)", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a**b)**c", "a ** b ** c"),
        ("a**(b**c)", "a ** (b ** c)"),
        ("-(a+b)", "-(a + b)"),
        ("(a or b) and c", "(a or b) and c"),
        ("a or (b and c)", "a or b and c"),
        ("(a or b) or c", "a or b or c"),
        ("a and (some x in l satisfies x)", "a and some x in l satisfies x"),
        ("(some x in l satisfies x) and a", "(some x in l satisfies x) and a"),
        ("(a and (if b then c else d)) or e", "a and (if b then c else d) or e"),
        ("(count x in l satisfies x) > 3", "(count x in l satisfies x) > 3"),
        ("a in (> 1)", "a in > 1"),
        ("a in (b)", "a in b"),
        ("a in (b,<=c)", "a in (b, <= c)"),
        ("(a = b) = c", "(a = b) = c"),
        ("(1..5]", "(1..5]"),
        ("l [ 1 ] . f", "l[1].f"),
        ("(a + b).f", "(a + b).f"),
        ("months  between( a,b )", "months between(a, b)"),
        ("floor(n:a, scale :1)", "floor(n: a, scale: 1)"),
        ('{a:1, "b-c":2}', '{a: 1, "b-c": 2}'),
        ('"\\u0041\\n\\\\"', '"A\\n\\\\"'),
        ('"e\\u0301"', '"e\\u0301"'),
        ("80 %", "80%"),
        (".5e1", "5"),
        ("1e100", "1E+100"),
        ("(date) and time(a)", "(date) and time(a)"),
        ("(months) between (1..2) and b", "(months) between (1..2) and b"),
        ("sum x in (index) of (a + b) * c", "sum x in (index) of (a + b) * c"),
        ("sum x in l where (index) of (a + b) * c", "sum x in l where (index) of (a + b) * c"),
        ("m.date and time(a)", "m.date and time(a)"),
    ],
)
def test_fewest_brackets(text: str, written: str) -> None:
    assert unparse(parsed(text)) == written
    assert parsed(written) == parsed(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (" - ", "-"),
        ("<3,a", "< 3, a"),
        ("not( a,b )", "not(a, b)"),
        ("(not(a))", "(not(a))"),
        ("not(not(a))", "not(not(a))"),
    ],
)
def test_cells(text: str, written: str) -> None:
    assert unparse_cell(parsed_cell(text)) == written
    assert parsed_cell(written) == parsed_cell(text)


def test_corpus_is_written_back() -> None:
    with outside("conformance/feel_tck.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    for record in records:
        if record["tier"] == "core":
            tree = parsed((record.get("renamed") or record)["expression"])
            assert parsed(unparse(tree)) == tree
