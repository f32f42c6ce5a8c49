"""The changes of the interpreter that are tried, and the tests that are run for each."""

from __future__ import annotations

from collections import Counter
from textwrap import dedent

import pytest
from tests.mutation.interpreter.changes import changes_of
from tests.mutation.interpreter.lines import Reach


@pytest.fixture
def changed(tmp_path):
    """Return a text changed in each way that is tried."""

    def all_of(text):
        path = tmp_path / "a.py"
        path.write_text(dedent(text), encoding="utf-8")
        return [
            change.of(path.read_bytes()).decode().strip() for change in changes_of(path, tmp_path)
        ]

    return all_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = a < b", ["x = (a <= b)"]),
        ("x = a is None", ["x = (a is not None)"]),
        ("x = 'ệ', a == b", ["x = 'ệ', (a != b)"]),
        ("x = a < b < c", ["x = (a <= b < c)", "x = (a < b <= c)"]),
        ("x = a and b", ["x = (a or b)", "x = (b)", "x = (a)"]),
        ("x = not a", ["x = (a)"]),
        ("x = a + 1", ["x = (a - 1)", "x = a + (2)"]),
        ("x = True", ["x = (False)"]),
        ("x = min(a)", ["x = (max(a))"]),
        ("x = a if b else c", ["x = a if (not b) else c"]),
        ("x = [a for a in b if a]", ["x = [a for a in b if (not a)]"]),
    ],
)
def test_a_change_is_made_in_one_place(changed, text, found):
    assert changed(text) == found


def test_what_does_not_run_or_changes_nothing_stays(changed):
    text = """
        '''1'''
        if TYPE_CHECKING:
            x = 1
        @dataclass(frozen=True)
        class A:
            a: Literal[1] = field(repr=False)
        def f(a: Literal[1]) -> Literal[2]:
            return zip(a, strict=True), f"{a + 1}"
    """
    assert changed(text) == []


def test_both_arms_of_a_guard_are_tried(changed):
    text = "match a:\n    case 1 if b:\n        pass"
    assert changed(text) == ["match a:\n    case 1 if (not b):\n        pass"]


@pytest.fixture
def change(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("X = 1\ndef f(a):\n    return a < 2\n", encoding="utf-8")
    return {c.old: c for c in changes_of(path, tmp_path)}


REACH = Reach(
    {"a.py": {3: {"dear", "cheap"}, 9: {"far", "broken"}}},
    Counter(dear=5.0, cheap=1.0, far=0.5, broken=0.1),
    {"broken"},
)


def test_tests_that_run_the_line_come_first_and_the_cheapest_of_them(change):
    assert REACH.tests_of(change["a < 2"], 10) == ["cheap", "dear", "far"]


def test_a_constant_of_the_module_is_tried_by_all_that_run_some_of_it(change):
    assert REACH.tests_of(change["1"], 10) == ["far", "cheap", "dear"]


def test_no_more_is_run_than_is_asked_for(change):
    assert REACH.tests_of(change["a < 2"], 2) == ["cheap", "far"]


def test_what_nothing_runs_is_tried_by_nothing(change):
    assert Reach({}).tests_of(change["1"], 10) == []
