"""What people read. The texts in `golden/` are rewritten with `KHUNG_UPDATE=1 pytest`."""

from __future__ import annotations

import os
import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.strategies import law
from tests.unit.report.support import ROOT, evaluated

from khung.diagnostics.render.columns import columns, wrapped
from khung.diagnostics.render.sentences import visible
from khung.driver import Shelf, evaluate_file
from khung.locale import languages
from khung.report.document.model import Line, Style
from khung.report.document.terminal import NARROWEST, rendered
from khung.report.encode import dumps
from khung.report.result.document import Manner, results_html, results_text
from khung.report.result.json import results_json
from khung.report.words.labels import Paths, counted, listed
from khung.why import smallest_change
from khung.why.trials import Trials

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
OWN = sorted((HERE / "cases").glob("*.yaml"))
TELLING = sorted((HERE / "telling").glob("*.yaml"))
WIDTHS = NARROWEST, 63, 100
RAW = re.compile(r"`|[<>!]=|\w\(|\bsatisfies\b")
"""What stands in expressions only."""

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


def _text(path, lang="vi", *, with_next=False, brief=False, **options):
    found = evaluated(path)
    manner = Manner(with_next=with_next, full=not brief)
    return results_text(found.results, lang, manner, clauses=found.clauses, **options)


def _one_line(text):
    return " ".join(text.split())


def _unspaced(text):
    return "".join(text.split())


@pytest.mark.parametrize("lang", languages)
@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_golden(path, lang):
    text = _text(path, lang, width=80, folder="rulebooks/clubs", with_next=True)
    golden = GOLDEN / f"{path.stem}.{lang}.txt"
    if os.environ.get("KHUNG_UPDATE"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", languages)
@pytest.mark.parametrize("path", TELLING, ids=lambda path: path.stem)
def test_what_is_read_out_and_signed(path, lang):
    """Ten cases in brief, as `khung eval` shows them."""
    text = _text(path, lang, brief=True, folder="rulebooks/2021")
    golden = HERE / "telling" / f"{path.stem}.{lang}.txt"
    if os.environ.get("KHUNG_UPDATE"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", languages)
@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests/cases").glob("*/*.yaml")), ids=lambda path: path.stem
)
def test_nothing_is_told_as_it_is_written(path, lang, shelf):
    found = evaluate_file(path, shelf, {}, ROOT / "tests/rulebooks")
    if found.results is None:
        return
    told = dumps(results_json(found.results, lang)["results"])
    texts = [*re.findall(r'"text": "((?:[^"\\]|\\.)*)"', told)]
    full = results_text(found.results, lang, Manner(full=True))
    texts += full.replace("`--format json`", "").splitlines()
    texts += results_text(found.results, lang).splitlines()
    assert [text for text in texts if RAW.search(text)] == []


def test_no_vote_is_nothing_that_is_missing(tmp_path):
    for ballots, is_missing in (("-", False), ("null", True)):
        case = (HERE / "cases" / "open.yaml").read_text(encoding="utf-8")
        path = tmp_path / f"{is_missing}.yaml"
        path.write_text(case.replace("ballots: -", f"ballots: {ballots}"), encoding="utf-8")
        results = evaluated(path).results.by_type["athlete"]
        assert ("athlete.unknown_day.ballots" in results["unknown_day"].missing) is is_missing


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_no_line_is_wider_than_the_terminal(path):
    for width, lang in product(WIDTHS, languages):
        lines = _text(path, lang, width=width, with_next=True).splitlines()
        assert [line for line in lines if columns(line) > width] == []
        assert [line for line in lines if line != line.rstrip()] == []


LETTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "ệ漢字`-/ \t\n\x1b\u0301\u200b"
)
TEXTS = st.text(LETTERS, max_size=200) | st.lists(st.text(LETTERS, max_size=9)).map(" ".join)
LONG = st.builds(str.__mul__, st.sampled_from(["b", "漢", "ệ\u0301a "]), st.integers(1, 70))
BULLETS = st.sampled_from(["", "•", "!", "■"]) | LONG.map(_one_line)
LINES = st.builds(Line, TEXTS, st.integers(0, 12), BULLETS, st.sampled_from(Style))


@settings(law, max_examples=6 * law.max_examples)
@given(lines=st.lists(LINES, min_size=1, max_size=4), width=st.integers(1, 120))
def test_any_text_is_wrapped_to_the_terminal_and_none_is_lost(lines, width):
    shown = rendered(lines, width=width, color=False)
    assert [s for s in shown.split("\n") if columns(s) > max(width, NARROWEST)] == []
    assert [s for s in shown.split("\n") if s != s.rstrip()] == []
    given = "".join(line.bullet + visible(" ".join(line.text.split())) for line in lines)
    assert _unspaced(shown) == _unspaced(given)
    assert ESCAPE.sub("", rendered(lines, width=width, color=True)) == shown


@pytest.mark.parametrize("form", [results_text, results_html])
@pytest.mark.parametrize(("lang", "heading"), [("vi", "Thay đổi ít nhất"), ("en", "The smallest")])
def test_the_smallest_change_is_told_only_when_asked(form, lang, heading, monkeypatch):
    results = evaluated(HERE / "cases/cap.yaml").results
    assert heading in form(results, lang, Manner(with_next=True))
    monkeypatch.setattr(Trials, "reaches", None)  # a search would fail
    assert heading not in form(results, lang)


@pytest.mark.parametrize(("lang", "said"), [("vi", "đã dừng tìm"), ("en", "the search stopped")])
def test_a_search_that_stopped_says_that_it_did(lang, said, monkeypatch):
    monkeypatch.setattr(smallest_change, "PER_RESULT", 0)
    results = evaluated(HERE / "cases/cap.yaml").results
    assert said in results_text(results, lang, Manner(with_next=True))


@pytest.mark.parametrize("lang", languages)
def test_no_expression_stands_in_a_text(lang):
    raw = [path.stem for path in OWN if "`" in _text(path, lang)]
    assert raw == []


def test_colours_only_paint():
    path = OWN[0]
    plain, painted = _text(path), _text(path, color=True)
    assert painted != plain
    assert ESCAPE.sub("", painted) == plain


def test_clauses_are_named_with_their_document_where_they_are_not_known():
    results = evaluated(HERE / "cases/cap.yaml").results
    assert "R-1 3" in results_text(results, "en")


def test_those_of_whom_nothing_is_known_are_told_at_length_only_alone(tmp_path):
    head = "case: A case\nrulebook: clubs\non: 2024-12-20\nsubjects:\n"
    alone = tmp_path / "alone.yaml"
    alone.write_text(head + "  referee: {lan: {}}\n", encoding="utf-8")
    assert "[criteria.rules]" in _text(alone)
    beside = tmp_path / "beside.yaml"
    grades = "rules, fairness, fitness, reports, signals, teamwork".replace(",", ": good,")
    known = f"minh: {{criteria: {{{grades}: good}}}}"
    beside.write_text(f"{head}  referee: {{lan: {{}}, {known}}}\n", encoding="utf-8")
    assert "■ Trọng tài minh: Hạng Vàng" in _text(beside)
    assert "Trọng tài lan: chưa đủ thông tin để xếp loại, còn thiếu 6 thông tin" in _text(beside)
    assert "[criteria.rules]" not in _text(beside)


def test_wrapping_counts_columns():
    assert wrapped("một hai ba", 7) == ["một hai", "ba"]
    assert wrapped("漢字漢字", 5) == ["漢字", "漢字"]
    assert wrapped("", 5) == [""]


def test_texts_of_a_case_cannot_steer_the_terminal():
    assert "\x1b" not in rendered([Line("a\x1b[2Jb", style=Style.PLAIN)], width=80, color=True)


def test_a_bullet_that_is_too_long_stands_alone():
    lines = rendered([Line("text", 2, "b" * 30)], width=NARROWEST, color=False).splitlines()
    assert lines == ["  " + "b" * 30, "      text"]


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["a", "b"], "a, b"),
        (["a_1", "a_2", "a_3", "b"], "a_1 … a_3, b"),
        (["a_1", "a_2", "a_4"], "a_1, a_2, a_4"),
        ([], ""),
    ],
)
def test_series_are_shortened(ids, said):
    assert listed(ids) == said


def test_long_lists_are_cut():
    assert listed(["x", "y", "z"], 2) == "x, y, …"


def test_those_left_out_are_counted():
    assert counted(["x", "a_1", "a_2", "a_3", "y"], 2) == (["x", "a_1 … a_3"], 1)
    assert counted(["x", "y", "a_1", "a_2", "a_3"], 2) == (["x", "y"], 3)
    assert counted(["x"], 2) == (["x"], 0)


def test_paths_lead_back_to_facts():
    case = evaluated(HERE / "cases/standards.yaml").results.case
    paths, fined, record = Paths.of(case), case.entities["athlete"]["fined"], case.records[0]
    assert paths.located("athlete.fined.wins") == (fined, "wins")
    assert paths.located("athlete.fined.criteria.stamina") == (fined, "criteria.stamina")
    assert paths.located("athlete.fined") == (fined, "")
    assert paths.located(f"{record.path}.amount") == (record, "amount")
    assert paths.located("athlete.nobody.wins") is None


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("vi", "between: Chờ quyết định. Vì: số điểm nằm giữa khoảng của Bạc và Vàng"),
        ("en", "Because: the points lie between those of Silver and Gold"),
    ],
)
def test_the_line_of_who_lies_between_two_levels_names_both(lang, said, shelf):
    path = ROOT / "tests/cases/climbers/points.yaml"
    found = evaluate_file(path, shelf, {}, ROOT / "tests/rulebooks").results
    assert said in " ".join(results_text(found, lang, Manner(), width=200).split())
