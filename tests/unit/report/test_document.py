"""Documents written down: places that no two things share, and texts that stay texts."""

from __future__ import annotations

from itertools import combinations

import pytest

from khung.report.document.html import to_html
from khung.report.document.markdown import to_markdown
from khung.report.document.model import (
    Break,
    Code,
    Document,
    Grid,
    Heading,
    Link,
    Listing,
    Paragraph,
    Sample,
    Strong,
    anchor,
)

NAMES = ["a/1", "a-1", "a#1", "a:1", "a 1", "a--1", "a/-1", "a~2d~1", "a(1", "a)1", "A/1", "ă/1"]


def markdown(*blocks):
    return to_markdown(Document("T", "en", blocks)).rstrip("\n")


@pytest.mark.parametrize(("one", "other"), list(combinations(NAMES, 2)))
def test_two_names_never_share_a_place(one, other):
    assert anchor("c", one) != anchor("c", other)


@pytest.mark.parametrize("name", NAMES)
def test_a_place_can_stand_in_a_link(name):
    assert set(anchor("c", name)).isdisjoint(" ()<>#?%&\"'\\|")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("R&D &lt; 3", r"R\&D \&lt; 3"),
        ("a < b > c", r"a \< b \> c"),
        ("*all* of_it", r"\*all\* of\_it"),
        ("[see](there)", r"\[see\](there)"),
        ("two\nlines", "two lines"),
        ("1. first", r"1\. first"),
        ("12) twelfth", r"12\) twelfth"),
        ("1.", r"1\."),
        ("1.5 points", "1.5 points"),
        ("- dash", r"\- dash"),
        ("# mark", r"\# mark"),
        ("# `x`", r"\# \`x\`"),
    ],
)
def test_marks_in_a_text_are_no_marks(text, written):
    assert markdown(Paragraph((text,))) == written
    assert markdown(Listing(((text,),))) == f"* {written}"


@pytest.mark.parametrize(
    ("part", "in_line", "in_cell"),
    [
        ("a | b", "a | b", r"a \| b"),
        (Code("a | b"), "`a | b`", r"`a \| b`"),
        (Strong("a|b"), "**a|b**", r"**a\|b**"),
        (Link("a|b", "c-a"), "[a|b](#c-a)", r"[a\|b](#c-a)"),
        (Break(), "<br>", "<br>"),
    ],
)
def test_a_bar_ends_no_cell(part, in_line, in_cell):
    assert markdown(Paragraph(("x ", part))) == f"x {in_line}"
    assert markdown(Grid(("h",), (((part,),),))).splitlines()[2] == f"| {in_cell} |"


def test_a_bar_in_the_head_of_a_table():
    assert markdown(Grid(("a|b",), ())).splitlines()[0] == r"| a\|b |"


def test_back_ticks_stand_in_longer_ones():
    assert markdown(Paragraph((Code("a `b` ``c``"),))) == "``` a `b` ``c`` ```"
    assert markdown(Sample("```\nx\n```", "yaml")).splitlines()[0] == "````yaml"


def test_nothing_of_a_text_is_html():
    text = '<b> & "x" | *y*'
    blocks = (Heading(2, text, anchor("r", "a#b")), Paragraph((text, Strong(text), Code(text))))
    page = to_html(Document(text, "en", (*blocks, Grid((text,), (((text,),),)))))
    assert "<b>" not in page
    assert page.count("&lt;b&gt; &amp; &quot;x&quot; | *y*") == 7
    assert 'id="r-a:b"' in page
