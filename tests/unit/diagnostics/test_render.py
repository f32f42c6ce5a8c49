from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khung.diagnostics.bag import Bag
from khung.diagnostics.model import Diagnostic, Word
from khung.diagnostics.render.columns import excerpt, width_of
from khung.diagnostics.render.forms import render_concise, render_github, render_json, render_sarif
from khung.diagnostics.render.full import render_full
from khung.diagnostics.render.sentences import advice, message
from khung.text import SourceFile, Span

TEXT = "a: 1\n\tb漢: 'x'  # 😀\na: 2\n"
FILE = SourceFile("2021/đảng viên.yaml", TEXT)


def span(text: str, start: int = 0) -> Span:
    at = TEXT.index(text, start)
    return Span(FILE, at, at + len(text))


DUPLICATE = Diagnostic("K0130", span("a", 10), {"key": "a"}, related=(span("a"),))
WRONG_KIND = Diagnostic(
    "K0123",
    span("'x'"),
    {"expected": Word("a_number"), "found": Word("a_text"), "text": "x"},
    help="unquote",
    at="b漢",
)
MISSING = Diagnostic("K0101", None, {"file": "an.yaml", "near": ""})
ALL = (MISSING, WRONG_KIND, DUPLICATE)


def test_full_in_vietnamese():
    assert render_full((WRONG_KIND, DUPLICATE), "vi") == (
        "lỗi[K0123]: ở đây cần số, không phải chữ\n"
        "  --> 2021/đảng viên.yaml:2:6 (tại b漢)\n"
        "  |\n"
        "2 |     b漢: 'x'  # 😀\n"
        "  |          ^^^\n"
        "  = cách sửa: bỏ dấu nháy: x\n"
        "\n"
        "lỗi[K0130]: khóa `a` viết hai lần trong cùng một nhóm\n"
        "  --> 2021/đảng viên.yaml:3:1\n"
        "  |\n"
        "3 | a: 2\n"
        "  | ^\n"
        "  ::: 2021/đảng viên.yaml:1:1 (xem thêm chỗ này)\n"
        "  |\n"
        "1 | a: 1\n"
        "  | -\n"
        "  = cách sửa: xóa một trong hai dòng, hoặc gộp chúng lại\n"
    )


def test_full_in_english_without_a_place():
    assert render_full((MISSING,), "en") == (
        "error[K0101]: the file `an.yaml` was not found\n"
        "  = help: check the name of the file and the folder\n"
    )


def test_full_with_color_says_the_same():
    colored = render_full(ALL, "vi", color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render_full(ALL, "vi")
    assert "\x1b[1;31m" in colored


def test_full_counts_what_is_beyond_the_limit():
    assert render_full(ALL, "vi", limit=1).endswith("\n\n… và 2 mục khác\n")
    assert render_full((), "vi") == ""


def test_a_place_over_several_lines_is_shown_by_its_first():
    file = SourceFile("f", "ab: |\n  c\n  d\n")
    shown = render_full((Diagnostic("K0137", Span(file, 4, 13)),), "vi")
    assert "1 | ab: |\n  |     ^\n" in shown


def test_a_place_at_the_end_of_the_file():
    file = SourceFile("f", "ab\n")
    assert "2 |\n  | ^\n" in render_full((Diagnostic("K0137", Span(file, 3, 3)),), "vi")


def test_messages_are_wrapped_and_what_is_quoted_stays_in_one_piece():
    span = Span(SourceFile("f", "a: 20/12/2021\n"), 3, 13)
    args = {"found": span.text, "instead": '@"2021-12-20"'}
    shown = render_full((Diagnostic("K0307", span, args, help="date"),), "en", width=60)
    assert shown.splitlines() == [
        "error[K0307]: `20/12/2021` is not written so in this",
        "    language",
        "  --> f:1:4",
        "  |",
        "1 | a: 20/12/2021",
        "  |    ^^^^^^^^^^",
        '  = help: write the date as `@"2021-12-20"`, the year first;',
        "    in a YAML file put the whole expression in single",
        "    quotes: `'@\"2021-12-20\"'`",
    ]


def test_a_path_to_copy_is_never_cut():
    path = "member.ladder.levels.good.require.results_of_the_year.that and more"
    shown = render_full((Diagnostic("K0535", None, {"path": path, "near": ""}),), "en", width=50)
    assert f"\n    `{path}`\n" in shown


def test_concise():
    assert render_concise(ALL, "en").splitlines() == [
        "error[K0101] the file `an.yaml` was not found",
        "2021/đảng viên.yaml:2:6: error[K0123] a number is needed here, this is text",
        "2021/đảng viên.yaml:3:1: error[K0130] the key `a` is written twice in the same group",
    ]


def test_json():
    first, second, _ = json.loads(json.dumps(render_json(ALL, "en")))
    assert first == {
        "code": "K0101",
        "severity": "error",
        "file": "an.yaml",
        "line": None,
        "column": None,
        "end_line": None,
        "end_column": None,
        "message": "the file `an.yaml` was not found",
        "help": "check the name of the file and the folder",
    }
    assert [second[k] for k in ("line", "column", "end_line", "end_column")] == [2, 6, 2, 9]


def test_sarif():
    log = json.loads(json.dumps(render_sarif(ALL, "vi")))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["K0101", "K0123", "K0130"]
    assert [rules[r["ruleIndex"]] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    assert "locations" not in run["results"][0]
    place = run["results"][2]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "2021/%C4%91%E1%BA%A3ng%20vi%C3%AAn.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 2}
    assert len(run["results"][2]["relatedLocations"]) == 1


def test_github():
    file = SourceFile("a,b:c%.yaml", "x: y\n")
    bag = Bag()
    bag.add("K0140", Span(file, 3, 4), text="1.500", whole="1500", shorter="1.5")
    assert render_github(bag.diagnostics, "en") == (
        "::warning file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=4,endColumn=5,title=K0140::"
        "`1.500` is read as 1.5: the point is a decimal point%0A"
        "for thousands write 1500; for a decimal number write 1.5\n"
    )


def test_values_cannot_break_a_line_or_steer_a_terminal():
    hostile = Diagnostic("K0130", None, {"key": "a\n\x1b[31m\u202eb" + "c" * 500})
    told = message(hostile, "en")
    assert told.isprintable()
    assert len(told) < 300


def test_source_lines_cannot_steer_a_terminal():
    file = SourceFile("f\x1b[0m", "a\x1b[31m: 1\n")
    assert "\x1b" not in render_full((Diagnostic("K0137", Span(file, 0, 1)),), "vi")
    assert "\x1b" not in render_concise((Diagnostic("K0137", Span(file, 0, 1)),), "vi")


def test_lists_of_names_and_unknown_advice():
    found = Diagnostic("K0120", None, {"key": "k", "allowed": ("a", "b", "…")}, help="no such")
    assert advice(found, "en") == "the keys known here are: `a`, `b`, …"


def test_a_forgotten_value_still_lets_the_message_out():
    assert message(Diagnostic("K0130", None), "en") == (
        "the key `{key}` is written twice in the same group"
    )


@pytest.mark.parametrize(
    ("character", "width"), [("a", 1), ("ệ", 1), ("漢", 2), ("😀", 2), ("\u0301", 0)]
)
def test_width(character, width):
    assert width_of(character) == width


LINES = st.text(st.sampled_from("ab cđ漢😀\t\u0301\x1b"), max_size=80)


@given(LINES, st.integers(0, 90), st.integers(0, 90), st.integers(20, 60))
def test_the_caret_stays_under_its_character_and_in_the_width(line, start, length, width):
    start = min(start, len(line))
    shown = excerpt(line, start, min(start + length, len(line)), width)
    assert sum(map(width_of, shown.text)) <= width + 1
    assert 0 <= shown.caret <= width
    assert shown.length >= 1
    column = 0
    for character in shown.text:
        if column == shown.caret and width_of(character):
            if start < len(line) and line[start] not in "\t\x1b\u0301":
                assert character == line[start]
            return
        column += width_of(character)


def test_bag_keeps_each_once_in_order_of_place():
    bag = Bag()
    bag.add("K0130", span("a", 10), key="a")
    bag.add("K0130", span("a", 10), key="a")
    bag.add("K0140", span("a"), text="1.500", whole="1500", shorter="1.5")
    assert [d.code for d in bag.diagnostics] == ["K0140", "K0130"]
    assert bag.has_errors


def test_warnings_stop_nothing():
    bag = Bag()
    bag.add("K0140", span("a"), text="1.500", whole="1500", shorter="1.5")
    assert not bag.has_errors
