"""`docs/` is what `make docs` writes, and its links lead to something."""

import re
from pathlib import Path

import pytest
from tests.support.docs import (
    COOKBOOKS,
    DEFECTS,
    DOCS,
    TUTORIALS,
    WRITTEN,
    YEARS,
    generated,
    walked,
)
from tests.support.readme import ROOT

from khung.locale import languages

LINK = re.compile(r"\]\(([^)\s]+)\)")
PLACE = re.compile(r'<a id="([^"]+)"></a>')


@pytest.fixture(scope="module")
def made():
    return generated()


def test_the_pages_are_those_that_are_written_now(made):
    stale = [
        str(path.relative_to(ROOT))
        for path, text in made.items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]
    assert stale == [], "run make docs"


def test_no_page_is_left_of_what_is_gone(made):
    known = {*made, *(path for path, _ in WRITTEN), *DEFECTS.values(), DOCS / "README.md"}
    assert set(DOCS.rglob("*.md")) == known


@pytest.mark.parametrize(("path", "lang"), WRITTEN, ids=lambda one: getattr(one, "stem", one))
def test_what_is_written_by_hand_shows_what_is_printed_now(path, lang, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert walked(path, lang) == path.read_text("utf-8"), "run make docs"


@pytest.mark.parametrize("texts", [TUTORIALS, COOKBOOKS], ids=["tutorials", "cookbooks"])
def test_both_languages_take_the_same_steps(texts):
    vi, en = (
        re.findall(r"^\$ (khung .*)$", texts[lang].read_text("utf-8"), re.M) for lang in languages
    )
    assert vi == en
    assert len(vi) > 10


def test_every_recipe_writes_something_and_shows_what_comes_of_it():
    for lang in languages:
        _, *recipes = re.split(r"^## \d+\. ", COOKBOOKS[lang].read_text("utf-8"), flags=re.M)
        assert len(recipes) > 15
        for recipe in recipes:
            assert re.search(r"<!-- (put|file): rulebooks/", recipe), recipe
            assert "\n$ khung " in recipe, recipe


@pytest.mark.parametrize("lang", languages)
def test_recipes_show_no_error_but_that_of_what_no_file_may_say(lang):
    text = COOKBOOKS[lang].read_text("utf-8")
    shown = "".join(re.findall(r"```console\n.*?```", text, re.S))
    assert re.findall(r"\[(K\d+)\]", shown) == ["K0643"]


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: path.name)
def test_links_lead_to_something(path):
    text = path.read_text("utf-8")
    places = set(PLACE.findall(text)) | {_slug(h) for h in re.findall(r"^#+ (.*)$", text, re.M)}
    for to in LINK.findall(text):
        if to.startswith("https://"):  # named to the reader; no test asks a network
            continue
        file, _, place = to.partition("#")
        if file:
            assert (path.parent / file).exists(), to
        else:
            assert place in places, to


def test_the_index_leads_to_every_page(made):
    text = (DOCS / "README.md").read_text("utf-8")
    named = {(DOCS / to).resolve() for to in LINK.findall(text)}
    assert {path.resolve() for path in (*made, *(path for path, _ in WRITTEN))} <= named
    assert YEARS


def _slug(heading):
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_root_leads_here():
    assert "docs/README.md" in Path(ROOT / "README.md").read_text("utf-8")
