"""Every visible character of a decoded scalar maps to itself in the file, or to its escape."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from khung.diagnostics.bag import Bag
from khung.source.from_text import parse_yaml
from khung.source.nodes import Mapping, Node, Scalar
from khung.text import SourceFile, nfc


def scalars(node: Node) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Mapping():
            return [s for entry in node.entries for s in scalars(entry.value)]
        case _:
            return [s for item in node.items for s in scalars(item)]


def check_places(text: str, loader: type) -> list[str]:
    bag = Bag()
    node = parse_yaml(SourceFile("x", text), bag, loader)
    assert node is not None, [d.code for d in bag.diagnostics]
    found = scalars(node)
    for scalar in found:
        check_scalar(scalar, text)
    return [scalar.text.text for scalar in found]


def check_scalar(scalar: Scalar, text: str) -> None:
    placed = scalar.text
    if placed.offsets is not None:
        assert len(placed.offsets) == len(placed.text) + 1
        assert list(placed.offsets) == sorted(placed.offsets)
    for at, character in enumerate(placed.text):
        under = placed.span(at, at + 1)
        assert scalar.span.start <= under.start < scalar.span.end
        if not character.isspace():
            assert under.text in {character, "\\"} or _is_escape(under.text), (character, under)
        elif character == " ":
            assert under.text in " \\\r\n\t" or _is_escape(under.text)
    end = placed.span(len(placed.text), len(placed.text))
    assert end.start <= scalar.span.end


def _is_escape(text: str) -> bool:
    """Whether a text is the escape of one character."""
    return re.fullmatch(r"\\(x..|u.{4}|U.{8}|[^xuU])", text) is not None


HAND_MADE = {
    "plain": "a: so_thang >= 3\n",
    "plain over lines": "a: so_thang >= 3\n   and\n\n   la_cong_chuc\n",
    "single": "a: 'it''s ''x'' here'\n",
    "single over lines": "a: 'một\n  hai  \n\n\n  ba'\n",
    "double": 'a: "x\\ty \\u0111 \\x41 \\U0001F600 \\"q\\" \\\\ z"\n',
    "double over lines": 'a: "một \\\n   hai\\n\n   ba \\\n\n\n  bốn"\n',
    "literal": "a: |\n  một\n   hai\n\n  ba\nb: 1\n",
    "literal kept": "a: |+\n  một\n\n\nb: 1\n",
    "literal with comment": "a: |-  # ghi chú\n  một\n  hai\n",
    "literal with indicator": "a: |2\n    một\n  hai\n",
    "literal in a list": "- |\n một\n\n   hai\n- x\n",
    "folded": "a: >\n  một\n  hai\n\n  ba\n   bốn\n   năm\n\n\n  sáu\nb: 1\n",
    "folded with comment": "a: >-  # ghi chú\n  một\n  hai\n",
    "folded with indicator": "a: >2\n    một\n  hai\n  ba\n",
    "folded, blanks first": "a: >\n\n\n  một\n  hai\n",
    "line ends of Windows": "a: >\r\n  một\r\n  hai\r\n\r\n  ba\r\nb: 'x\r\n  y'\r\n",
    "literal with line ends of Windows": "a: |\r\n  một\r\n  hai\r\n",
    "emoji before": "😀: 1\nb: '😀''😀' \nc: >\n  😀 x\n  y\n",
    "no end": "a: |\n  một",
    "flow": "{a: x y, b: 'p''q', c: [\"\\u0111\"]}\n",
    "empty": "a: ''\nb: \"\"\nc: |\nd: >\n\ne:\n",
    "trailing blanks": "a: |\n  một  \n  \n    \n  hai\n",
}


@pytest.mark.parametrize("text", HAND_MADE.values(), ids=HAND_MADE.keys())
def test_hand_made(text, loader):
    check_places(text, loader)


def test_a_span_in_a_folded_text(read):
    node, _ = read("when: >-\n  not x.y >=\n  0.6\n")
    placed = node.entries[0].value.text
    at = placed.text.index("0.6")
    assert placed.span(at, at + 3).text == "0.6"
    assert placed.file.position(placed.span(at, at + 3).start) == (3, 3)


def test_letters_and_accents_written_apart_are_put_together(read):
    node, _ = read('a: "e\\u0301 x"\n')
    placed = node.entries[0].value.text
    assert placed.text == "é x"
    assert placed.span(2, 3).text == "x"


def test_text_that_stands_verbatim_has_no_table(read):
    node, _ = read("a: một\nb: 'hai'\nc: \"ba\"\n")
    assert [entry.value.text.offsets for entry in node.entries] == [None, None, None]


LETTERS = st.sampled_from("abc đảngỄ😀漢:#-?'\"\\{}[],&*!|>%@`=<.\n\n  \t019")
TEXTS = st.text(LETTERS, max_size=60).map(nfc)


@settings(max_examples=300, deadline=None)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    options=st.fixed_dictionaries(
        {
            "width": st.integers(10, 60),
            "indent": st.integers(2, 5),
            "default_flow_style": st.booleans(),
            "allow_unicode": st.booleans(),
            "line_break": st.sampled_from(["\n", "\r\n"]),
        }
    ),
)
def test_whatever_the_dumper_writes(texts, style, options):
    document = {f"k{i}": [text] if i % 2 else {"v": text} for i, text in enumerate(texts)}
    written = yaml.dump(document, default_style=style, **options)
    written = written.replace("!!null", "").replace("!!bool", "")
    if "!!" in written or written != nfc(written):
        return
    for loader in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        found = check_places(written, loader)
        expected = [s.value for s in _yaml_scalars(yaml.compose(written, loader))]
        assert found == [nfc(value) for value in expected]


def _yaml_scalars(node: yaml.Node) -> list[yaml.ScalarNode]:
    match node:
        case yaml.ScalarNode():
            return [node]
        case yaml.MappingNode():
            return [s for _, value in node.value for s in _yaml_scalars(value)]
        case _:
            return [s for item in node.value for s in _yaml_scalars(item)]
