"""The page to print. The document in `golden/` is rewritten with `KHUNG_UPDATE=1 pytest`."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from tests.unit.report.support import ROOT, evaluated

from khung.report.result.document import Manner, results_html

HERE = Path(__file__).parent
CASES = [
    *sorted((HERE / "cases").glob("*.yaml")),
    *sorted((ROOT / "cases/2021").glob("*-0[1-4]0-*.yaml")),
]
VOID = {"meta", "br"}


class Balance(HTMLParser):
    """Follows which elements are open, and keeps what it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.anchors: set[str] = set()
        self.targets: set[str] = set()
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        found = dict(attrs)
        self.anchors |= {f"#{found['id']}"} if "id" in found else set()
        self.targets |= {found["href"]} if "href" in found else set()
        assert not {"src", "onclick", "onload"} & set(found)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def _html(path, lang="vi", *, full=True):
    found = evaluated(path)
    return results_html(found.results, lang, Manner(full=full), clauses=found.clauses)


def _parsed(text):
    parser = Balance()
    parser.feed(text)
    parser.close()
    return parser


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_golden(lang):
    text = _html(HERE / "cases/decisions.yaml", lang)
    golden = HERE / "golden" / f"decisions.{lang}.html"
    if os.environ.get("KHUNG_UPDATE"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_element_is_closed_and_nothing_comes_from_outside(path, lang):
    text = _html(path, lang)
    parser = _parsed(text)
    assert parser.open == []
    assert parser.targets <= parser.anchors
    assert not {"script", "link", "img", "iframe"} & set(parser.seen)
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("full", [False, True])
def test_a_document_is_signed_once_and_its_annex_comes_last(full):
    """What stands first is on a sheet of its own; the digest, which nobody signs for, is below."""
    text = _html(HERE / "cases/decisions.yaml", full=full)
    assert text.count('class="sign"') == 1
    assert text.count("<section") == 2 + full
    assert text.index('class="sign"') < text.index("sha256:")
    assert ("Phụ lục" in text) is full


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_headings_come_in_order_inside_the_main_part(path, full):
    """As who reads by ear goes through it: one title, no level left out."""
    seen = _parsed(_html(path, full=full)).seen
    assert seen.count("main") == 1
    levels = [int(tag[1]) for tag in seen if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_no_number_stands_apart_from_its_sign():
    text = _html(HERE / "cases/decisions.yaml")
    assert "tối đa 50\N{NO-BREAK SPACE}%" in text


def test_texts_of_a_case_are_escaped(tmp_path):
    path = tmp_path / "case.yaml"
    evil = '"<script>x</script>"'
    path.write_text(
        f"case: {evil}\nrulebook: clubs\non: 2024-12-20\nsubjects:\n  athlete:\n"
        f"    {evil}: {{joined: 2024-11-15, given: {{level: gold, by: {evil}}}}}\n"
        f"    b: {{joined: 2020-01-01, ballots: -, club: north,"
        f" fines: [{{number: {evil}, day: 2024-01-01, amount: 700}}], matches: 0,"
        f" criteria: {{technique: good, stamina: good, teamwork: good}}}}\n"
        "  club: {north: {coaches: 3}}\n",
        encoding="utf-8",
    )
    text = _html(path)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 3
    assert _parsed(text).open == []


def test_nothing_is_said_of_what_to_type():
    for path in CASES:
        text = _html(path)
        assert "given: {" not in text
        assert "--reading" not in text
