"""How files are laid out: what a reader sees changes, what they say does not."""

from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from khung.diagnostics.bag import Bag
from khung.source.from_text import parse_yaml
from khung.source.layout.blocks import Blocks
from khung.source.layout.flow import WIDTH
from khung.source.layout.formatted import formatted
from khung.source.layout.gaps import comments
from khung.source.nodes import Node, to_plain
from khung.text import SourceFile

ROOT = Path(__file__).parents[3]
CASES = sorted((ROOT / "cases").rglob("*.yaml"))
FILES = [
    *sorted((ROOT / "rulebooks").rglob("*.yaml")),
    *sorted((ROOT / "tests" / "rulebooks").rglob("*.yaml")),
    *CASES[::8],
]
LONG = " ".join(["chữ"] * 40)  # 159 columns


def laid_out(text: str) -> str:
    found = formatted(dedent(text))
    assert found is not None
    return found


def read(text: str) -> Node:
    bag = Bag()
    node = parse_yaml(SourceFile("", text), bag)
    assert node is not None, bag.diagnostics
    return node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:   1\nb :  x\n", "a: 1\nb: x\n"),
        ("a:\n     b: 1\n     c:\n       d: 2\n", "a:\n  b: 1\n  c:\n    d: 2\n"),
        ("a:\n- x\n-   y: 1\n    z: 2\n", "a:\n  - x\n  - y: 1\n    z: 2\n"),
        ("-   - a\n    - b\n", "- - a\n  - b\n"),
        ("a: {b: 1,c: [ 1,2 ] , d: {} }\n", "a: {b: 1, c: [1, 2], d: {}}\n"),
        ("a: {b: 1,\n  c: 2}\n", "a: {b: 1, c: 2}\n"),
        ("a:\n  {b: 1}\n", "a: {b: 1}\n"),
        ("a:\n  x\n", "a: x\n"),
        ("a: x\n  y\n", "a: x y\n"),
        ('a: "x y"\n', "a: x y\n"),
        ("a: 'x: y'\n", 'a: "x: y"\n'),
        ('{"a": "b"}\n', "{a: b}\n"),
        ("a: 1   \n\n\n\nb: 2", "a: 1\n\nb: 2\n"),
        ("\n\n# x\na: 1\n\n\n", "# x\na: 1\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("\ufeffa: 1\n", "a: 1\n"),
        ("a: |2\n    x\n   y\n", "a: |2\n    x\n   y\n"),
        ("a:\n    b: >-\n            x\n             y\n", "a:\n  b: >-\n    x\n     y\n"),
        ("a: |+\n    x\n\n\n", "a: |+\n  x\n\n\n"),
    ],
)
def test_layout(text: str, expected: str) -> None:
    assert laid_out(text) == expected
    assert laid_out(expected) == expected
    assert yaml.safe_load(text) == yaml.safe_load(expected)


@pytest.mark.parametrize(
    "text",
    [
        'a: "1"\n',
        'a: "yes"\n',
        'a: "2021-01-01"\n',
        'a: ""\n',
        'a: " x"\n',
        'a: "x: y"\n',
        'a: "x #y"\n',
        'a: "x?"\n',
        'a: "-"\n',
        'a: "{parameters.x} x"\n',
        'a: ["x, y", "x]"]\n',
        "a: 'x \"y\": z'\n",
        'a: "x\\ty"\n',
        "a: null\nb: ~\nc:\n",
        "a: {b, c: }\n",
        "a: [b: 1]\n",
    ],
)
def test_what_has_to_stay_stays(text: str) -> None:
    assert laid_out(text) == text


def test_comments_go_with_what_they_stand_before() -> None:
    text = """\
        # đầu
        a:
            # về b
            b: 1   # bên cạnh
            # hết b
        # về c
        c:
            - x
            # giữa
            - {d: 1, # trong
               # trong nữa
               e: 2}
          # lẻ
        # cuối
        """
    expected = """\
        # đầu
        a:
          # về b
          b: 1   # bên cạnh
          # hết b
        # về c
        c:
          - x
          # giữa
          - {d: 1, # trong
             # trong nữa
             e: 2}
        # lẻ
        # cuối
        """
    assert laid_out(text) == dedent(expected)


def test_a_sign_in_a_text_is_no_comment() -> None:
    assert laid_out('a: "x #y"\nb: |\n  # z\n') == 'a: "x #y"\nb: |\n  # z\n'


def test_what_is_too_long_goes_below_its_key_or_over_several_lines() -> None:
    text = "x" * (WIDTH - 2)
    assert laid_out(f"a: {text}\n") == f"a:\n  {text}\n"
    first = LONG[: WIDTH - 2].rsplit(" ", 1)[0]
    second = LONG[len(first) + 1 :]
    assert laid_out(f"a: {LONG}\n") == f"a: >-\n  {first}\n  {second}\n"
    several = ", ".join(f"name_{n}: true" for n in range(9))  # eight of them have 111 columns
    assert laid_out(f"a: {{{several}}}\n").splitlines() == [
        f"a: {{{several[:111]}",
        f"    {several[112:]}}}",
    ]


def test_lines_that_fit_are_kept_where_one_would_not() -> None:
    several = [f"name_{n}: true" for n in range(9)]
    text = f"a: {{{', '.join(several[:4])},\n     {', '.join(several[4:])}}}\n"
    assert laid_out(text) == text


BROKEN = ["a: [1\n", "a: 1\na: 2\n", "", "a: &x 1\n", "\ta: 1\n", "a: b: c\n"]


@pytest.mark.parametrize("text", BROKEN)
def test_what_cannot_be_read_is_told(text: str) -> None:
    assert formatted(text) is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_says_what_it_said(path: Path) -> None:
    text = path.read_text("utf-8")
    node = read(text)
    again = Blocks(text, node).laid_out()  # without the look at what came out
    assert repr(to_plain(read(again))) == repr(to_plain(node))
    assert comments(again, read(again)) == comments(text, node)
    whole = laid_out(text)
    assert laid_out(whole) == whole
    assert repr(to_plain(read(whole))) == repr(to_plain(node))
