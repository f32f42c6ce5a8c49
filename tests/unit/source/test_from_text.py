from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from khung.source.limits import COLLECTION_ITEMS, NUMBER_DIGITS, YAML_NESTING
from khung.source.nodes import to_plain

REFUSED = [
    ("", "K0104", ""),
    ("# chỉ có ghi chú\n\n", "K0104", ""),
    ("---\n", "K0104", ""),
    ("a: b\x07c\n", "K0108", "\x07"),
    ("a: b\u200bc\n", "K0108", "\u200b"),
    ("a: b\u2028c\n", "K0108", "\u2028"),
    ("a: 1\rb: 2\n", "K0108", "\r"),
    ("a:\xa01\n", "K0109", "\xa0"),
    ("a:\n\xa0 b: 1\n", "K0109", "\xa0"),
    ('{a: "x" "y"}\n', "K0110", '"'),
    (f"{'a' * 1100}: 1\n", "K0110", ":"),
    ("a:\n\tb: 1\n", "K0111", "\t"),
    ("a: 1\n\tb: 2\n", "K0111", "\t"),
    ("a: 1\n  b: 2\n", "K0112", "b: 2"),
    ("a: 1\n\n\n  b: 2\n", "K0112", "b: 2"),
    ("a:\n    b: 1\n  c: 2\n", "K0112", "c: 2"),
    ("- a\nb: 1\n", "K0112", "b: 1"),
    ("a: 1\n- b\n", "K0112", "- b"),
    ("a: [1, 2\nb: 3\n", "K0113", "["),
    ("a: {b: 1\n", "K0113", "{"),
    ("a: {b: 1}}\n", "K0113", "}"),
    ("a: {b: 1,\n", "K0113", "{"),
    ("a: [1, {b:\n", "K0113", "{"),
    ("a: [}\n", "K0113", "["),
    ("a: [1,,2]\n", "K0110", ","),
    ('a: "b\nc: d\n', "K0114", '"b'),
    ('a: "b" c\n', "K0114", "c"),
    ('a: "b\nc: "d"\n', "K0114", 'd"'),
    ("a: b: c\n", "K0115", ":"),
    ("{a: b: c}\n", "K0115", ":"),
    ("a: %b\n", "K0116", "%b"),
    ("a: @b\n", "K0116", "@b"),
    ("a: `b`\n", "K0116", "`b`"),
    ("a: >= 3\n", "K0116", ">= 3"),
    ("{a: >= 50%, b: 1}\n", "K0116", ">= 50%"),
    ("a: |x\n", "K0116", "|x"),
    ("a: * b\n", "K0116", "* b"),
    ("a: & b\n", "K0116", "& b"),
    ("a: !x%zz b\n", "K0116", "!x%zz b"),
    ("a: ? b\n", "K0116", "? b"),
    ("a: - b\n", "K0116", "- b"),
    ("[a, >= 50%]\n", "K0116", ">= 50%"),
    ("{a: x in [1..5], b: c}\n", "K0117", "x in [1..5]"),
    ("{a: 0,25, b: c}\n", "K0117", "0,25"),
    ("{a: 25,5%, b: c}\n", "K0117", "25,5%"),
    ("{a: up to {parameters.n} of it, b: c}\n", "K0117", "up to {parameters.n} of it"),
    ("{a: {parameters.n} of it, b: c}\n", "K0117", "{parameters.n} of it"),
    ("{a: {parameters.n}, b: c}\n", "K0117", "{parameters.n}"),
    ("a: {period.year} at last\n", "K0117", "{period.year} at last"),
    ("a: {period.year}\n", "K0117", "{period.year}"),
    ("{when: a in (1, 2), to: x}\n", "K0117", "a in (1, 2)"),
    ("{a: Trưởng phòng, Nội vụ, b: c}\n", "K0117", "Trưởng phòng, Nội vụ"),
    ("a: 1\nbb cc\nd: 2\n", "K0118", "bb cc"),
    ("a:1\nb: 2\n", "K0118", "a:1"),
    ("x: 1\na:1\n", "K0118", "a:1"),
    ("a\n\nb: 2\n", "K0118", "a"),
    ("{when:x, to: y}\n", "K0118", "when:x"),
    ("{when: x, to [y, z]}\n", "K0118", "to"),
    ("a：1\nb: 2\n", "K0118", "："),
    ("a: {b: 1｝\nc: 2\n", "K0113", "｝"),
    ("a: [1, 2］\n", "K0113", "］"),
    ("{to {y: z}}\n", "K0118", "to"),
    ('a: "C:\\doc"\n', "K0119", "\\d"),
    ("a: 1\nb: 2\na: 3\n", "K0130", "a"),
    ("{a: 1, a: 2}\n", "K0130", "a"),
    ("a: &x 1\n", "K0131", "&x"),
    ("a: *x\n", "K0132", "*x"),
    ("a: *x + 1\n", "K0132", "*x"),
    ("a: !x 1\n", "K0133", "!x"),
    ("a: != b\n", "K0133", "!="),
    ("a:\n  <<: {b: 1}\n", "K0134", "<<"),
    ("a: 1\n---\nb: 2\n", "K0135", "---"),
    ("%YAML 1.1\n---\na: 1\n", "K0136", "%YAML 1.1"),
    ("%TAG ! foo:\n---\na: 1\n", "K0136", "%TAG ! foo:"),
    ("%FOO\n---\na: 1\n", "K0136", "%FOO"),
    ("[a, b]: 1\n", "K0137", "[a, b]"),
    (": a\n", "K0137", ":"),
    ("a: 010\n", "K0138", "010"),
    ("a: 0x1F\n", "K0138", "0x1F"),
    ("a: -.inf\n", "K0138", "-.inf"),
    ("a: .NaN\n", "K0138", ".NaN"),
    (f"a: {'9' * (NUMBER_DIGITS + 1)}\n", "K0139", "9" * (NUMBER_DIGITS + 1)),
    ("a: 1e400000000\n", "K0139", "1e400000000"),
    ("a: 1.500\n", "K0140", "1.500"),
    ("a: Phụ lục #2\n", "K0141", "Phụ lục"),
    ("[" * (YAML_NESTING + 1) + "]" * (YAML_NESTING + 1), "K0142", "["),
]


@pytest.mark.parametrize(("text", "code", "underlined"), REFUSED)
def test_what_is_refused_is_told_once_at_its_place(text, code, underlined, read, reported, loader):
    _, bag = read(text, loader)
    assert reported(bag) == [(code, underlined)]


def test_too_many_items(read, reported):
    _, bag = read("[" + "a, " * (COLLECTION_ITEMS + 1) + "]")
    assert reported(bag) == [("K0143", "[")]


def test_all_errors_come_in_one_run(read, reported, loader):
    _, bag = read("a: &x 1\nb: {c: 1, c: 2}\nd: !t 010\n", loader)
    assert [code for code, _ in reported(bag)] == ["K0131", "K0130", "K0133", "K0138"]


def test_the_first_of_two_equal_keys_is_related_and_kept(read):
    node, bag = read("a: 1\na: 2\n")
    (found,) = bag.diagnostics
    assert [span.start for span in found.related] == [0]
    assert to_plain(node) == {"a": 1}


ACCEPTED = [
    ("a: null\nb: ~\nc:\nd: Null\n", {"a": None, "b": None, "c": None, "d": None}),
    ("a: true\nb: false\n", {"a": True, "b": False}),
    ("a: True\nb: yes\nc: NO\nd: on\n", {"a": "True", "b": "yes", "c": "NO", "d": "on"}),
    ("on: 2021-12-15\n", {"on": "2021-12-15"}),
    ("a: 0\nb: -12\nc: +5\n", {"a": 0, "b": -12, "c": 5}),
    ("a: 0.10\nb: -.5\nc: 1e3\n", {"a": Decimal("0.10"), "b": Decimal("-0.5"), "c": Decimal(1000)}),
    ("a: 80%\nb: 1:30\nc: 1_000\nd: 1,5\n", {"a": "80%", "b": "1:30", "c": "1_000", "d": "1,5"}),
    ('a: "12"\nb: \'true\'\nc: ""\n', {"a": "12", "b": "true", "c": ""}),
    ("1: x\ntrue: y\nnull: z\n", {"1": "x", "true": "y", "null": "z"}),
    ("010: x\n1.500: y\n", {"010": "x", "1.500": "y"}),
    ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
    ("a: x # ghi chú\n", {"a": "x"}),
    ("a: x #----\n", {"a": "x"}),
    ("- a\n- [b, {c: d}]\n", ["a", ["b", {"c": "d"}]]),
    ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", {"a": "x\ny\n", "b": "x y"}),
    ("a: 1\r\nb:\r\n  - x\r\n", {"a": 1, "b": ["x"]}),
    ("{a: (x, b: 1}\n", {"a": "(x", "b": 1}),
    ("source: II.B.6/8#nghi_om\n", {"source": "II.B.6/8#nghi_om"}),
    ("? a\n: b\n", {"a": "b"}),
]


@pytest.mark.parametrize(("text", "value"), ACCEPTED)
def test_what_is_read(text, value, read, reported, loader):
    node, bag = read(text, loader)
    assert reported(bag) == []
    assert to_plain(node) == value


def test_kinds_of_numbers_are_kept_apart(read):
    node, _ = read("a: 1\nb: 1.0\n")
    assert [type(entry.value.value) for entry in node.entries] == [int, Decimal]


def test_a_mapping_written_twice_is_read_as_one(read, reported):
    node, bag = read("a: {b: 1, c: 2}\nd: 3\na: {c: 4, e: 5}\n")
    assert reported(bag) == [("K0130", "a")]
    assert to_plain(node) == {"a": {"b": 1, "c": 2, "e": 5}, "d": 3}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{w: 0,25, to: x}", {"w": Decimal("0.25"), "to": "x"}),
        ("{w: 25,5%, to: x}", {"w": "25.5%", "to": "x"}),
        ("{w: a in (1, 2), to: x}", {"w": "a in (1, 2)", "to": "x"}),
        ("{w: f(a, b: 2, c), to: x}", {"w": "f(a, b: 2, c)", "to": "x"}),
        ('{w: x = "p, q", to: x}', {"w": 'x = "p, q"', "to": "x"}),
        ("[a in (1, 2, 3), b]", ["a in (1, 2, 3)", "b"]),
        ("{a: f(x, y), b: f(x, y)}", {"a": "f(x, y)", "b": "f(x, y)"}),
    ],
)
def test_a_cut_text_is_read_as_it_was_meant(text, meant, read, reported, loader):
    node, bag = read(text, loader)
    assert {code for code, _ in reported(bag)} == {"K0117"}
    assert to_plain(node) == meant


def test_spans_of_keys_values_and_collections(read, loader):
    text = "😀 khóa: 'giá trị'  # x\nb:\n  - [1, 2]\n  - {c: d}\n\n# hết\n"
    node, _ = read(text, loader)
    first, second = node.entries
    assert first.key_span.text == "😀 khóa"
    assert first.value.span.text == "'giá trị'"
    assert [item.span.text for item in second.value.items] == ["[1, 2]", "{c: d}"]
    assert second.value.span.text == "- [1, 2]\n  - {c: d}"
    assert node.span.text == text[: text.index("\n\n#")]


def test_half_a_character_is_refused(read, reported, loader):
    _, bag = read('a: "\\ud800"\n', loader)
    ((code, _),) = reported(bag)
    assert code == "K0119"


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60
    )


def test_deep_nesting_does_not_end_the_process():
    program = (
        "from khung.source.from_text import parse_yaml; from khung.text import SourceFile;"
        "from khung.diagnostics.bag import Bag; bag = Bag();"
        "parse_yaml(SourceFile('x', '[' * 50_000), bag);"
        "parse_yaml(SourceFile('y', '{a: ' * 50_000), bag);"
        "parse_yaml(SourceFile('z', '- ' * 50_000), bag);"
        "print([d.code for d in bag.diagnostics])"
    )
    done = run(program)
    assert done.stdout.strip() == "['K0142', 'K0142', 'K0142']", done.stderr


def test_line_ends_of_old_macs_are_told_once_and_as_such(read):
    _, bag = read("a: 1\rb: 2\r\u200bc: 3\r")
    assert [(d.span.text, d.help) for d in bag.diagnostics if d.span] == [
        ("\r", "line_end"),
        ("\u200b", ""),
    ]
