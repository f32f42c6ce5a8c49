"""Documents written down: places that no two things share, and texts that stay texts."""

from __future__ import annotations

from itertools import combinations

import pytest

from khung.report.document.html import to_html
from khung.report.document.markdown import to_markdown
from khung.report.document.model import (
    BLANK,
    Break,
    Code,
    Document,
    Fit,
    Grid,
    Heading,
    Line,
    Link,
    Listing,
    Paragraph,
    Sample,
    Section,
    Signatures,
    Strong,
    Style,
    anchor,
)
from khung.report.document.terminal import to_terminal

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


# -- one document, three ways to write it down --------------------------------------------------

OUTLINE = (
    Line("An", 0, "■", Style.TITLE),
    Line("Why", 2, style=Style.HEADING),
    Line("sick", 4, "•"),
    Line("4 months", 8),
    BLANK,
    Line("Open", 2, style=Style.HEADING),
)


def terminal(*blocks, width=40, color=False):
    return to_terminal(Document("T", "en", blocks), width=width, color=color)


def test_what_stands_further_in_belongs_to_the_line_before():
    assert terminal(*OUTLINE) == "■ An\n  Why\n    • sick\n        4 months\n\n  Open\n"
    assert markdown(*OUTLINE) == "### An\n\n* Why\n  * sick\n    * 4 months\n* Open"
    inside = "<li>Why<ul><li>sick<ul><li>4 months</li></ul></li></ul></li><li>Open</li>"
    assert f"<h2>An</h2><ul>{inside}</ul>" in to_html(Document("T", "en", OUTLINE))


def test_a_line_that_does_not_fit_hangs_is_left_whole_or_is_cut():
    text = " ".join(["word"] * 12)  # 59 columns
    first, second = "word " * 6, "word " * 6
    assert terminal(Line(text, 2, "name ", hang=4)) == (
        f"  name  {first.strip()}\n      {second.strip()}\n"
    )
    assert terminal(Line(f"a  {text}", fit=Fit.WHOLE)) == f"a  {text}\n"
    assert terminal(Line(text, 4, fit=Fit.CUT)) == f"    {text[:35]}…\n"
    assert terminal(Line("short", 4, fit=Fit.CUT)) == "    short\n"


def test_a_table_on_a_terminal_is_its_lines_or_a_paragraph_a_row():
    rows = ((("a",), ("1",)), (("b",), ()))
    assert terminal(Grid(("Name", "Count"), rows)) == "  • a\n    Count: 1\n  • b\n"
    assert terminal(Grid(("Name",), rows, lines=(Line("two"),))) == "two\n"


def test_every_block_can_be_written_down_in_each_way():
    blocks = (
        Heading(2, "Head", "h"),
        Paragraph(("Para ", Strong("strong"), Break(), Code("x"), Link("there", "h")), "meta"),
        Listing((("one",),)),
        Grid(("Col",), ((("cell",),),), "Caption", ("standing",)),
        Sample("a:  b"),
        Section((Line("Inside"), Signatures("Day", ("Author",), "sign")), "s1"),
    )
    page = Document("T", "en", blocks, sheets=True)
    said = ["Head", "Para", "strong", "there", "one", "cell", "a:  b", "Inside", "Author"]
    for text in (to_terminal(page, width=80), to_markdown(page), to_html(page)):
        assert [word for word in said if word not in text] == []
    assert terminal(blocks[1], width=80) == "Para strong xthere\n"
    assert '<section id="s1"><p>Inside</p>' in to_html(page)
    assert '<th scope="row" class="standing">cell</th>' in to_html(page)


def test_nothing_of_a_text_steers_the_terminal():
    for fit in Fit:
        assert "\x1b" not in terminal(Line("a\x1b[2Jb", fit=fit))
    assert "\x1b[1m" in terminal(Heading(1, "T"), color=True)
