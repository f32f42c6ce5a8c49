"""One expression over the values of a file, where some are unknown or of no use."""

from __future__ import annotations

from decimal import Decimal

import pytest

from khung.analysis.expressions import evaluate_text
from khung.ir.builtins import SIGNATURES

GIVEN = """\
n: null
three: 3
day: 2021-12-15
nested: {gap: null, list: [1, null]}
pairs: [{x: 1, y: null}, {x: null, y: a}]
"""


@pytest.fixture
def given(tmp_path):
    path = tmp_path / "given.yaml"
    path.write_text(GIVEN, "utf-8")
    return path


CALLS = sorted(
    {
        f"{name}({', '.join(arguments)})"
        for name, signatures in SIGNATURES.items()
        for signature in signatures
        for arguments in (
            ["n"] * len(signature.parameters),
            ["null"] * len(signature.parameters),
            ["nested.gap"] * len(signature.parameters),
        )
    }
)


@pytest.mark.parametrize("call", CALLS)
def test_no_builtin_fails_on_the_unknown(given, call):
    answer = evaluate_text(call, given)
    assert answer.diagnostics == ()
    assert answer.value is not None


OF_THE_UNKNOWN = [
    "n + 1",
    "-(n)",
    "1 / n",
    "n ** 2",
    "n in (1, 2)",
    "n in [1..3]",
    "three in [n..5]",
    "n between 1 and 2",
    "months between(n, day)",
    "months between(day, n)",
    "sum x in nested.list of x",
    "lowest x in nested.list of x",
    "highest x in [n] of x",
    "sum x in [1, 2] of n",
    "average x in [n, n] of x",
    "even(highest x in [n] of x)",
    'n * @"P1Y"',
    "pairs.x[2]",
    "working days between(day, day, n)",
]


@pytest.mark.parametrize("text", OF_THE_UNKNOWN)
def test_what_hangs_on_the_unknown_is_unknown(given, text):
    answer = evaluate_text(text, given)
    assert answer.diagnostics == ()
    assert answer.value is not None
    assert answer.value.known is False


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("if n > 1 then 2 else 3", 2, 3),
        ("count x in nested.list satisfies x = 1", 1, 2),
        ("n in (1, 2) and false", False, False),
        ("pairs.x[1] + 1", 2, 2),
    ],
)
def test_what_is_known_all_the_same(given, text, least, most):
    value = evaluate_text(text, given).value
    assert value is not None
    assert (value.least, value.most) == (least, most)


def test_a_duration_of_any_length_is_written():
    answer = evaluate_text('string(@"P3D" * 1000000000000000000000000000000000000)', None)
    assert answer.value is not None
    assert answer.value.least == f"P{3 * Decimal(10) ** 36:f}D"


def test_a_list_of_different_kinds_is_told_at_the_odd_one(tmp_path):
    path = tmp_path / "given.yaml"
    path.write_text("mixed: [1, null, two, [3]]\n", "utf-8")
    answer = evaluate_text("count(mixed)", path)
    assert [(d.code, d.span.text) for d in answer.diagnostics if d.span] == [
        ("K0326", "two"),
        ("K0326", "[3]"),
    ]
    assert answer.value is None
