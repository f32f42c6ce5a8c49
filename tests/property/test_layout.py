"""Laws of the layout of files, over documents of every form with comments anywhere."""

import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from khung.diagnostics.bag import Bag
from khung.source.from_text import parse_yaml
from khung.source.layout.blocks import Blocks
from khung.source.layout.formatted import formatted
from khung.source.layout.gaps import comments
from khung.source.nodes import Node, to_plain
from khung.text import SourceFile

_TEXTS = st.sampled_from(
    ["a", "b c", "x: y", "# no", "it's", 'say "x"', "", "true", "12", "- z", "tỷ lệ", "a, b", "{x}"]
) | st.sampled_from(["w " * 60, "a\nb\n", "a\n\nb", " in", "o ", "x?", "2021-01-01"])
_KEYS = st.sampled_from(["k", "khóa", "a b", "x1", "a_long_name", "2021", "a: b", "q?"])
_SCALARS = _TEXTS | st.integers(0, 99) | st.booleans() | st.none()
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=16,
)
_DOCUMENTS = st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=4)
_STYLES = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([None, False, True]),
        "indent": st.sampled_from([2, 4, 6]),
        "width": st.sampled_from([40, 200]),
        "default_style": st.sampled_from([None, '"', "'", "|", ">"]),
    }
)
_PLACES = st.lists(st.tuples(st.integers(0, 60), st.integers(-1, 8)), max_size=5)


def read(text: str) -> Node | None:
    bag = Bag()
    node = parse_yaml(SourceFile("", text), bag)
    return None if bag.has_errors else node


def _loaded(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, KeyError):  # a number or truth that has become a text
        return None


def with_comments(text: str, places: list[tuple[int, int]]) -> str:
    """Return a text with comments at the ends of lines (-1) and before them, so far indented."""
    lines = text.split("\n")
    for number, (at, column) in enumerate(places):
        again = list(lines)
        line = min(at, len(lines) - 1)
        if column < 0:
            again[line] += f"  # {number}"
        else:
            again.insert(line, f"{' ' * column}# {number}")
        if _loaded("\n".join(again)) == yaml.safe_load(text):  # it is part of no text
            lines = again
    return "\n".join(lines)


@given(_DOCUMENTS, _STYLES, _PLACES)
def test_values_and_comments_stay_and_once_is_enough(
    value: dict[str, object], style: dict[str, object], places: list[tuple[int, int]]
) -> None:
    text = yaml.dump(value, allow_unicode=True, sort_keys=False, **style)
    text = with_comments(text, places)
    node = read(text)
    assume(node is not None)
    assert node is not None
    laid_out = Blocks(text, node).laid_out()  # before anything is compared
    again = read(laid_out)
    assert again is not None
    assert repr(to_plain(again)) == repr(to_plain(node))
    assert comments(laid_out, again) == comments(text, node)
    whole = formatted(text)
    assert whole is not None
    assert formatted(whole) == whole
