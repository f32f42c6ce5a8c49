"""What is read of a file block by block is what is read of it as a whole, wherever it moves."""

from __future__ import annotations

import random

import pytest

from khung.diagnostics.bag import Bag
from khung.source import blocks
from khung.source.blocks import Blocks
from khung.source.from_text import parse_yaml
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.text import SourceFile

TEXT = """\
# About nothing.
khung: 1
documents:
  A: {number: 1, label: one (first), two}
  B:
    number: "2"
    date: 2021-01-01

  C: {number: 3}
facts:
  # What a case says.
  name: {type: string}
  hours:
    type: number
    unit: hour
    about: |
      As printed:
      hours

    label: {vi: Giờ, en: Hours}
  of:
  - one
  - two: 2
levels: [one, two,
  three]
"""
SIGNS = (
    " ",
    "  ",
    "x",
    "\n",
    ":",
    "'",
    '"',
    "3",
    "# ",
    "#",
    "- ",
    "{",
    "}",
    "|",
    "? ",
    "&a ",
    "*a",
)
LINES = ("a: 1\n", "  A: {}\n", "%\n", "...\n", "---\n", "  - b\n", "\t\n", "x: 1.000\n", "\r\n")


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(blocks, "_LONG", 1)


def flat(node, way=()):
    """Yield all that a node holds, each with its way and its place in the file."""
    span = node.span.in_whole()
    yield way, type(node).__name__, span.file.name, span.start, span.end
    match node:
        case Scalar():
            first = node.text.span(0, len(node.text.text)).in_whole()
            yield way, node.value, node.quoted, node.text.text, first.start, first.end
        case Sequence():
            for number, item in enumerate(node.items):
                yield from flat(item, (*way, number))
        case Mapping():
            for entry in node.entries:
                key = entry.key_span.in_whole()
                yield way, entry.key, key.start, key.end
                yield from flat(entry.value, (*way, entry.key))


def told(bag):
    return [one.in_whole() for one in bag.diagnostics]


def both(text, kept):
    """Return what is read in either way; None twice where it has to be read as a whole."""
    file, bag, own = SourceFile("a.yaml", text), Bag(), Bag()
    node = kept.read(file, bag, lambda mapping: mapping)
    if node is None:
        return None, None
    whole = parse_yaml(file, own)
    return (list(flat(node)), told(bag)), (list(flat(whole)), told(own))


def changed(text, draw):
    """Return a text with a sign or a line more, some less, or lines moved or copied."""
    lines = text.splitlines(keepends=True)
    at, to = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(4):
        case 0:
            part = lines[at : at + draw.randrange(1, 6)]
            rest = lines if draw.randrange(2) else lines[:at] + lines[at + len(part) :]
            return "".join([*rest[:to], *part, *rest[to:]])
        case 1:
            return "".join([*lines[:at], draw.choice(LINES), *lines[at:]])
        case _:
            place = draw.randrange(len(text))
            return text[:place] + draw.choice(SIGNS) + text[place + draw.randrange(3) :]


@pytest.mark.parametrize("seed", range(4))
def test_it_is_read_as_the_whole_after_any_change(seed):
    draw, kept, text, cut, said = random.Random(seed), Blocks(), TEXT, 0, 0  # noqa: S311  # no secret
    for _ in range(150):
        text = changed(TEXT if draw.randrange(3) else text, draw)
        by_block, whole = both(text, kept)
        assert by_block == whole, text
        cut += by_block is not None
        said += bool(by_block and by_block[1])
    assert cut > 30
    assert said > 0


def test_what_has_not_changed_is_the_same_object():
    kept = Blocks()
    before = kept.read(SourceFile("a.yaml", TEXT), Bag(), lambda mapping: mapping)
    text = "# More.\n" + TEXT.replace("unit: hour", "unit: day")
    after = kept.read(SourceFile("a.yaml", text), Bag(), lambda mapping: mapping)
    assert before is not None
    assert after is not None
    assert after.get("documents") is before.get("documents")
    facts = before.get("facts"), after.get("facts")
    assert facts[1] is not facts[0]
    assert facts[1].get("of") is facts[0].get("of")
    assert facts[1].get("hours") is not facts[0].get("hours")
    assert after.get("levels").span.in_whole().text == "[one, two,\n  three]"


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",  # two of one key
        "{a: 1}\nb: 2\n",
        "? a\n: 1\n",
        "a: 'x\nb: y'\n",
        "- a\n",
        "a: &x 1\n---\nb: 2\n",
        "a: {b: 1,\nc: 2}\n",
        "  \ta: 1\nb: 2\n",
        "# nothing\n",
        "",
    ],
)
def test_what_cannot_be_cut_for_certain_is_left(text):
    assert Blocks().read(SourceFile("a.yaml", text), Bag(), lambda mapping: mapping) is None


def test_a_list_no_further_in_than_its_key_is_of_its_key():
    by_block, whole = both("a:\n- b\n- c: 1\n  d: 2\n\ne: 1\n", Blocks())
    assert by_block is not None
    assert by_block == whole
