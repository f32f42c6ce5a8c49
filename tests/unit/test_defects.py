"""The pages on what the plan of 2021 gets wrong say what is so, whichever cases a solver found."""

import re

import pytest
from tests.support.docs import DEFECTS
from tests.support.schemas import ROOT

from khung.driver import Shelf, evaluate_text
from khung.locale import languages

SAMPLE = re.compile(r"(?:comes to|máy xếp): ([^.]+)\.\n(?:(?!```).)*```yaml\n(.*?)```", re.DOTALL)
CITED = {
    "an exception that another rule takes back": ("II.B.3.3.c", "II.B.3.3.d"),
    "cells that can never be good": ("II.B.1.3.b",),
    "excellent, and not good": ("II.B.1.3.b/4",),
}


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


@pytest.mark.parametrize("lang", languages)
def test_each_example_comes_to_what_the_page_says(lang, shelf):
    found = SAMPLE.findall(DEFECTS[lang].read_text("utf-8"))
    values = shelf.ready(ROOT / "rulebooks" / "2021", {}).program.values["muc"]
    assert len(found) >= 2
    for said, text in found:
        ran = evaluate_text(text.encode(), "case.yaml", shelf, {}, ROOT / "rulebooks")
        assert ran.results is not None, (text, ran.diagnostics)
        results = [one for by_id in ran.results.by_type.values() for one in by_id.values()]
        own = [one for one in results if one.entity.id == "x"]
        levels = {
            values.labels[values.values[one.level]].said(lang)
            for one in own
            if one.level is not None
        }
        assert said in levels, text


@pytest.mark.parametrize("lang", languages)
@pytest.mark.parametrize("name", CITED)
def test_the_known_defects_are_told_with_their_clauses(lang, name):
    text = DEFECTS[lang].read_text("utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    assert any(all(clause in part for clause in CITED[name]) for part in parts[1:])


def test_both_languages_tell_the_same():
    numbers = [
        re.findall(r"^## (\d+)\\?\.", DEFECTS[lang].read_text("utf-8"), re.M) for lang in languages
    ]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) >= 3
