"""What is done to expressions, shown as the texts that a person would have written instead."""

import pytest
from tests.mutation.expressions import changes_of
from tests.support.syntax import parsed, parsed_cell

from khung.syntax.unparse import unparse, unparse_cell

SCALES = {"grade": ("poor", "fair", "good")}


def others(text: str) -> list[tuple[str, str]]:
    return [(c.kind, unparse(c.new)) for c in changes_of(parsed(text), SCALES)]


def other_cells(text: str) -> list[tuple[str, str]]:
    return [(c.kind, unparse_cell(c.new)) for c in changes_of(parsed_cell(text), SCALES)]


@pytest.mark.parametrize(
    ("written", "taken_for"),
    [
        ("a >= 3", "a > 3"),
        ("a > 3", "a >= 3"),
        ("a <= 3", "a < 3"),
        ("a < 3", "a <= 3"),
        ("a = b", "a != b"),
        ("a != b", "a = b"),
    ],
)
def test_a_comparison_is_taken_for_its_neighbour(written, taken_for):
    assert others(written) == [("comparison", taken_for)]


def test_each_end_of_a_range_is_opened():
    assert others("a between 1 and 3") == [
        ("comparison", "a in (1..3]"),
        ("comparison", "a in [1..3)"),
    ]


@pytest.mark.parametrize(
    ("written", "beside"),
    [("3", ["4", "2"]), ("0", ["1"]), ("2.5", ["2.6", "2.4"]), ("20%", ["21%", "19%"])],
)
def test_a_number_goes_a_step_of_its_last_digit(written, beside):
    assert others(written) == [("number", text) for text in beside]


@pytest.mark.parametrize(
    ("written", "beside"), [("fair", ["good", "poor"]), ("good", ["fair"]), ("board", [])]
)
def test_a_value_of_a_scale_goes_a_step(written, beside):
    assert others(written) == [("level", text) for text in beside]


def test_a_date_goes_a_day_and_a_duration_stays():
    assert others('@"2024-02-29"') == [("date", '@"2024-03-01"'), ("date", '@"2024-02-28"')]
    assert others('@"P1M"') == []


def test_each_and_is_read_as_or_which_binds_looser():
    assert others("a and b and c") == [
        ("connective", "a or b and c"),
        ("connective", "a and b or c"),
        ("operand", "b and c"),
        ("operand", "a and c"),
        ("operand", "a and b"),
    ]


def test_each_or_is_read_as_and_which_binds_tighter():
    assert others("a or b or c") == [
        ("connective", "a and b or c"),
        ("connective", "a or b and c"),
        ("operand", "b or c"),
        ("operand", "a or c"),
        ("operand", "a or b"),
    ]


def test_a_pair_without_one_is_the_other():
    assert others("a and b") == [("connective", "a or b"), ("operand", "b"), ("operand", "a")]


def test_a_negation_is_left_out():
    assert others("not(a)") == [("negation", "a")]


def test_every_and_some_are_mixed_up_and_a_condition_left_out():
    assert others("every x in l where x.a satisfies x.b") == [
        ("quantifier", "some x in l where x.a satisfies x.b"),
        ("condition dropped", "every x in l satisfies x.b"),
    ]
    assert others("count x in l where x.a satisfies x.b") == [
        ("condition dropped", "count x in l satisfies x.b")
    ]


def test_yes_and_no_are_mixed_up():
    assert others("true") == [("yes or no", "false")]


def test_one_of_several_is_left_out():
    assert others("a in (b, c)") == [("operand", "a in c"), ("operand", "a in b")]
    assert others("[a, b]") == [("operand", "[b]"), ("operand", "[a]")]


def test_a_cell_lets_all_pass_or_lacks_one_value():
    assert other_cells("a, b") == [("cell", "-"), ("operand", "b"), ("operand", "a")]
    assert other_cells("not(a)") == [("cell", "-"), ("negation", "a")]
    assert other_cells("-") == []
