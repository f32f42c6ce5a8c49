import json
from decimal import Decimal

import pytest
from tests.support.outside import outside
from tests.support.syntax import parsed, parsed_cell, refused

from khung.diagnostics.bag import Bag
from khung.source.limits import EXPRESSION_LENGTH
from khung.syntax.ast import (
    Argument,
    Arithmetic,
    Boolean,
    Call,
    Cell,
    If,
    Membership,
    Name,
    Negate,
    Number,
    Or,
    Path,
    Percent,
    Quantifier,
    RangeLiteral,
    String,
    UnaryTest,
)
from khung.syntax.from_text import parse_cell, parse_expression
from khung.syntax.operators import ArithmeticOp, CompareOp
from khung.text import PlacedText, SourceFile, placed

A, B, C, D = (Name(letter, None) for letter in "abcd")


def _number(value: str) -> Number:
    return Number(Decimal(value), None)


def test_power_leans_left_and_binds_looser_than_a_sign() -> None:
    power = ArithmeticOp.POWER
    inner = Arithmetic(power, Negate(A, None), B, None)
    assert parsed("-a ** b ** c") == Arithmetic(power, inner, C, None)


@pytest.mark.parametrize("text", ["a or b or c", "(a or b) or c", "a or (b or c)"])
def test_or_is_flat(text: str) -> None:
    assert parsed(text) == Or((A, B, C), None)


def test_if_reaches_to_the_right() -> None:
    tree = parsed("a or if b then c else d or a")
    assert isinstance(tree, Or)
    assert tree.operands[1] == If(B, C, Or((D, A), None), None)


def test_quantifier() -> None:
    tree = parsed("every x in a, y in b where c satisfies d")
    assert isinstance(tree, Quantifier)
    assert [(b.name, b.list) for b in tree.binders] == [("x", A), ("y", B)]
    assert (tree.every, tree.where, tree.body) == (True, C, D)


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("a in b", (B,)),
        ("a in > 1", (UnaryTest(CompareOp.GT, _number("1"), None),)),
        ("a in (> 1)", (UnaryTest(CompareOp.GT, _number("1"), None),)),
        ("a in (b, c)", (B, C)),
        ("a in (b)", (B,)),
    ],
)
def test_membership(text: str, tests: tuple[Name, ...]) -> None:
    tree = parsed(text)
    assert isinstance(tree, Membership)
    assert tree.tests == tests


def test_range_ends() -> None:
    tree = parsed("(1..5]")
    assert isinstance(tree, RangeLiteral)
    assert (tree.low_closed, tree.high_closed) == (False, True)


@pytest.mark.parametrize(
    "text", ["months between(a, b)", "months  between (a, b)", "months\n\tbetween(a, b)"]
)
def test_builtin_with_blanks_is_one_name(text: str) -> None:
    tree = parsed(text)
    assert isinstance(tree, Call)
    assert tree.function == "months between"
    assert [argument.value for argument in tree.arguments] == [A, B]


def test_keyword_that_is_also_a_builtin() -> None:
    tree = parsed("count(a) = (count x in a satisfies x)")
    assert "Call" in repr(tree)
    assert "Tally" in repr(tree)


def test_builtin_name_without_bracket_is_a_name() -> None:
    assert parsed("entry") == Name("entry", None)


def test_arguments_by_name_may_have_blanks_and_keywords() -> None:
    tree = parsed('substring(string: "a", start position: 1, in: b)')
    assert isinstance(tree, Call)
    assert [argument.name for argument in tree.arguments] == ["string", "start position", "in"]


def test_numbers_are_exact() -> None:
    assert parsed(".872") == _number("0.872")
    assert parsed("1.23e4") == _number("12300")
    assert parsed("1234567890123456789012345678901234") == _number(
        "1234567890123456789012345678901234"
    )


@pytest.mark.parametrize("text", ["80%", "80 %", "80\u00a0%"])
def test_percent(text: str) -> None:
    assert parsed(text) == Percent(Decimal(80), None)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r'"\"\\\n\t"', '"\\\n\t'),
        (r'"\u00e9"', "é"),
        (r'"\ud83d\udc0e"', "🐎"),
        (r'"\U01F40E"', "🐎"),
        (r'"\\u0041"', r"\u0041"),
        ('"横綱"', "横綱"),
    ],
)
def test_strings(literal: str, value: str) -> None:
    assert parsed(literal) == String(value, None)


def test_names_carry_accents_in_normal_form() -> None:
    decomposed = "cấp_độ = tốt"
    file = SourceFile("f", decomposed)
    assert "cấp_độ" in repr(parsed(decomposed))
    assert parse_expression(PlacedText(decomposed, file, 0), Bag()) is not None


def test_comments_and_no_break_spaces_separate() -> None:
    assert parsed("a\u00a0or /* b */ b // c\n or\u3000c") == Or((A, B, C), None)


def test_spans_are_those_of_the_file() -> None:
    file = SourceFile("f.yaml", "when: (m.muc >= tot)")
    tree = parse_expression(PlacedText("(m.muc >= tot)", file, 6), Bag())
    assert tree is not None
    assert tree.span.text == "m.muc >= tot"
    assert isinstance(tree.left, Path)
    assert tree.left.name_span.text == "muc"


def test_span_of_a_node_includes_the_brackets_of_its_parts() -> None:
    tree = parsed("((a) + (b)) * c")
    assert tree.span.text == "((a) + (b)) * c"
    assert tree.left.span.text == "(a) + (b)"


def test_spans_go_through_escapes() -> None:
    file = SourceFile("f.yaml", r'"a = \"b\""')
    text = PlacedText('a = "b"', file, 1, (1, 2, 3, 4, 5, 7, 8, 10))
    tree = parse_expression(text, Bag())
    assert tree is not None
    assert tree.right.span.text.startswith(r"\"b")


# ---- cells


def _cell(tests: object, *, negated: bool = False) -> Cell:
    return Cell(tests, negated, None)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("-", _cell(None)),
        (" - ", _cell(None)),
        ("a", _cell((A,))),
        ("a, b", _cell((A, B))),
        ("< 3", _cell((UnaryTest(CompareOp.LT, _number("3"), None),))),
        ("not(a, b)", _cell((A, B), negated=True)),
        ("not (a)", _cell((A,), negated=True)),
        ("true", _cell((Boolean(True, None),))),
        ("-1", _cell((Negate(_number("1"), None),))),
        (
            "(not(a))",
            _cell((Call("not", (Argument("", A, None),), None, None),)),
        ),
    ],
)
def test_cells(text: str, cell: Cell) -> None:
    assert parsed_cell(text) == cell


def test_not_that_ends_before_the_cell_is_a_call() -> None:
    cell = parsed_cell("not(a), not(b)")
    assert (cell.negated, len(cell.tests or ())) == (False, 2)


# ---- limits


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1_900 + "a" + ")" * 1_900,
        "[" * 3_900,
        "not(" * 900,
        "-" * 3_900 + "1",
        "a" + " + a" * 900,
        "a" + ".a" * 1_900,
        "if a then b else " * 200 + "c",
        "a in " * 2 + "(" * 100,
    ],
)
def test_no_nesting_is_too_much_to_be_refused(text: str) -> None:
    assert refused(text).code in {"K0318", "K0308"}


@pytest.mark.parametrize("text", ["(" * 10_000 + ")" * 10_000, "not(" * 10_000, "-" * 10_000])
def test_no_length_is_too_much_to_be_refused(text: str) -> None:
    assert refused(text).code == "K0317"
    assert refused(text, "cell").code == "K0317"


@pytest.mark.parametrize("word", ["or", "and"])
def test_long_chains_are_not_deep(word: str) -> None:
    text = "a" + f" {word} a" * ((EXPRESSION_LENGTH - 100) // (len(word) + 3))
    assert len(parsed(text).operands) > 600


def test_as_deep_as_allowed() -> None:
    assert parsed("a" + " + a" * 63)
    assert parsed("(" * 64 + "a" + ")" * 64) == A
    assert refused("a" + " + a" * 64).code == "K0318"
    assert refused("(" * 65 + "a" + ")" * 65).code == "K0318"


# ---- the outside corpus


def test_conformance_corpus() -> None:
    with outside("conformance/feel_tck.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    assert len(records) > 2_000
    for record in records:
        text = (record.get("renamed") or record)["expression"]
        bag = Bag()
        expr = parse_expression(placed(text), bag)
        assert (expr is None) == bag.has_errors
        assert expr is not None or record["tier"] != "core", (text, bag.diagnostics)
        parse_cell(placed(text), Bag())


@pytest.mark.parametrize("text", ["3 - 5", "-5", "3,5", "a-5", "< 3, 5", "[3..5]", "1, -2"])
def test_cells_that_only_look_like_mistakes(text: str) -> None:
    assert parsed_cell(text).tests
