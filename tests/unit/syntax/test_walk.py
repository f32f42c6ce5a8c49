import pytest
from tests.support.syntax import parsed

from khung.syntax.walk import children, names, too_deep


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("a + b.c * a", "a b a"),
        ("some x in l, y in x.m where y = z satisfies x > y", "l z"),
        ("x and every x in x satisfies x", "x x"),
        ("share m in members satisfies m.grade >= tot", "members tot"),
        ("sum x in l where x > k of x + j", "l k j"),
        ("l[item > k and f = 1]", "l k f"),
        ("if a then b else c", "a b c"),
        ("a in (< b, c, [d..e])", "a b c d e"),
        ("floor(n: a, scale: b)", "a b"),
        ("{k: a}", "a"),
        ('"text" = @"P1D" or -1 > 2% or true = null or [] = l', "l"),
        ("a between b and not(c)", "a b c"),
    ],
)
def test_free_names(text: str, free: str) -> None:
    assert [name.name for name in names(parsed(text))] == free.split()


def test_names_keep_their_places() -> None:
    assert [name.span.start for name in names(parsed("a + b"))] == [0, 4]


def test_children_are_in_the_order_of_the_text() -> None:
    tree = parsed("if a then b else c")
    assert [child.span.text for child in children(tree)] == ["a", "b", "c"]


def test_too_deep() -> None:
    tree = parsed("a + b + c")
    assert too_deep([tree], 3) is None
    deep = too_deep([tree], 2)
    assert deep is not None
    assert deep.span.text == "a"
