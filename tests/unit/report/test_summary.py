"""The first page of a case of many subjects: the numbers, the places, what is in the way."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.unit.report.support import evaluated

from khung.report.document.gauge import svg
from khung.report.document.html import to_html
from khung.report.document.markdown import to_markdown
from khung.report.document.model import Document, Gauge, Grid, Heading, Line
from khung.report.document.terminal import to_terminal
from khung.report.result.document import Manner, results_html, results_text

HERE = Path(__file__).parent
COMMUNE = HERE / "telling/commune.yaml"


class Page(HTMLParser):
    """Keeps the text of each section, the tables as rows of cells, and what has which attribute."""

    def __init__(self, text):
        super().__init__()
        self.sections, self.rows, self.heads, self.svgs, self.path = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.path += [tag] if tag not in {"br", "meta"} else []
        if tag == "section":
            self.sections.append("")
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self.heads += [found.get("scope")] if tag == "th" else []
        if tag == "svg":
            self.svgs.append((found, len(self.rows)))

    def handle_endtag(self, tag):
        assert self.path.pop() == tag

    def handle_data(self, data):
        if "section" in self.path:
            self.sections[-1] += data
        if "tr" in self.path and self.path[-1] not in {"tr", "tbody"}:
            self.rows[-1][-1] += data


def _page(path, lang="vi", *, full=False):
    found = evaluated(path)
    return Page(results_html(found.results, lang, Manner(full=full), clauses=found.clauses))


@pytest.fixture
def page():
    return _page(COMMUNE)


def _row(page, first):
    return next(row for row in page.rows if row and row[0] == first)


def test_the_first_sheet_has_numbers_places_and_what_is_in_the_way(page):
    first, second = page.sections
    for heading in ("Tổng hợp", "Hạn mức tỷ lệ", "Còn vướng trước khi ký"):
        assert heading in first
    assert "Người lập" not in first
    assert "Người lập" in second


def test_shares_are_of_those_ranked(page):
    """Of 15 members one is not ranked and one not known: 2 of 13 are 15.4 %."""
    row = _row(page, "Đảng viên")
    assert row[1:3] == ["15", "13"]
    assert row[3] == "02 (15,4\N{NO-BREAK SPACE}%)"


def test_a_type_with_several_kinds_has_a_row_for_each(page):
    """A district, a commune, and four cells: one under way and three whose level is given."""
    kinds = {row[0]: row[1] for row in page.rows if row and row[0].startswith("– ")}
    assert sorted(kinds.values()) == ["01", "01", "04"]


def test_a_gauge_says_nothing_that_does_not_stand_beside_it(page):
    """Two are proposed, one is cut, and there are two places; votes tell who is at the line."""
    row = _row(page, "Đảng bộ xã A")
    assert row[1:6] == ["11–12", "02", "02", "01", "–"]
    assert row[6] == "sát trên vạch: Hoa (10)sát dưới vạch: Bình (9)"
    assert all(found["aria-hidden"] == "true" for found, _ in page.svgs)


def test_every_head_of_a_table_says_of_what_it_is_the_head(page):
    assert {*page.heads} == {"col", "row", "rowgroup"}


@pytest.mark.parametrize("full", [False, True])
def test_the_contents_lead_to_every_chapter(full):
    found = evaluated(COMMUNE)
    text = results_html(found.results, "vi", Manner(full=full), clauses=found.clauses)
    linked = re.findall(r'<li><a href="#([^"]+)">', text.split("</nav>")[0])
    assert linked == re.findall(r'<h2 id="([^"]+)">', text)
    assert '<nav class="contents" aria-label="Mục lục">' in text


def test_who_only_waits_for_others_is_told_apart_from_what_is_missing():
    """What is to be found out is one fact of one member; the level of nobody else is among it."""
    text = results_text(evaluated(COMMUNE).results, "vi")
    block = text.split("■ Còn vướng trước khi ký")[1].split("■")[0]
    assert "• Số chỉ tiêu, nhiệm vụ đã hoàn thành: Giang\n" in block
    assert "Kết quả của" not in block


# -- a gauge --------------------------------------------------------------------------------------


def _widths(drawn, fill):
    return [float(w) for w in re.findall(rf'<rect [^>]*width="([\d.]+)"[^>]*fill="{fill}"', drawn)]


def test_parts_of_a_gauge_are_as_wide_as_they_count():
    drawn = svg(Gauge((("full", 6), ("free", 2), ("out", 0)), (8,)))
    (full,), (free,) = _widths(drawn, "#1d4f91"), _widths(drawn, "#fff")
    assert full == 3 * free
    assert "#ececec" not in drawn
    assert float(re.search(r'x1="([\d.]+)"[^>]*stroke="#000"', drawn)[1]) == full + free


def test_a_gauge_of_thousands_is_no_wider_than_one_of_twenty():
    many, some = (re.search(r'width="([\d.]+)"', svg(Gauge((("full", n),))))[1] for n in (9000, 20))
    assert many == some


def test_where_nothing_can_be_drawn_a_gauge_is_a_row_of_signs():
    grid = Grid(("Group", "Places"), ((("a",), (Gauge((("full", 2), ("open", 1))),)),))
    assert "| a | ■■▨ |" in to_markdown(Document("T", "en", (grid,)))
    assert "Places" not in to_terminal(Document("T", "en", (grid,)), width=80)


def test_points_that_follow_one_another_are_a_list():
    lines = (Line("a", 2, "•"), Line("b", 2, "•"), Line("c", 4), Line("d"))
    html = to_html(Document("T", "en", lines))
    assert "<main><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>\n<p>d</p></main>" in html


# -- parts of a table -----------------------------------------------------------------------------

PARTED = Grid(
    ("Name", "Level"),
    tuple(((name,), ("good",)) for name in "abc"),
    groups=((0, "North"), (2, "South")),
)


def test_what_stands_above_rows_is_said_once_in_each_form():
    document = Document("T", "en", (Heading(1, "T"), PARTED), sheets=True)
    bodies = to_html(document).split("<tbody>")[1:]
    assert ["North" in bodies[0], "South" in bodies[1], len(bodies)] == [True, True, 2]
    lines = to_markdown(document).splitlines()
    assert lines[lines.index("| **South** |  |") + 1] == "| c | good |"
    assert to_terminal(document, width=80).index("North") < to_terminal(document, width=80).index(
        "• a"
    )


def test_columns_are_told_in_the_style_of_narrow_screens_and_cannot_end_it():
    columns = ("Name", '</style> "x" \\ :é')
    style = to_html(Document("T", "en", (Grid(columns, ((("a",), ("b",)),)),), sheets=True))
    assert style.count("</style>") == 1
    assert 'content: "\\3c \\2f style\\3e \\20 \\22 x\\22 \\20 \\5c \\20 \\3a é\\3a  "' in style
