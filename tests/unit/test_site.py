"""The documents as a site: whole, of files alone, and searched without a server.

The site is made where Sphinx is installed (`make site`, or `pip install -e .[site]`).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape

import pytest
from tests.support.readme import ROOT

from khung.diagnostics.codes import all_codes

pytest.importorskip("furo", reason="what makes the site is not installed: make site")
pytest.importorskip("myst_parser")
FETCHED = re.compile(
    r"<(?:script|img|iframe)\b[^>]*\bsrc=\"([^\"]*)|<link\b[^>]*\bhref=\"([^\"]*)|@import|url\(([^)]*)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the site in English: as the other one, with less to read."""
    folder = tmp_path_factory.mktemp("made") / "site"
    command = [sys.executable, ROOT / "docs" / "site" / "build.py", folder, "en"]
    made = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert made.returncode == 0, made.stderr  # a link leads nowhere, or a page is in no list
    return folder


def test_every_document_is_a_page(site):
    names = {path.stem for path in (ROOT / "docs" / "en").glob("*.md")}
    assert names
    assert names <= {path.stem for path in (site / "en").glob("*.html")}
    assert "en/index.html" in (site / "index.html").read_text("utf-8")


def test_nothing_is_fetched_from_elsewhere(site):
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(pages) > 10
    for path in pages:
        for found in FETCHED.findall(path.read_text("utf-8")):
            held = any(one.strip("'\"").startswith("data:") for one in found)
            assert held or not any("//" in one for one in found), (path.name, found)


def test_pages_say_what_is_scrolled_and_how_deep_headings_are(site):
    text = (site / "en" / "tutorial.html").read_text("utf-8")
    assert "<pre" in text
    assert not re.search(r"<pre(?![^>]*tabindex)|role=\"heading\"(?! aria-level)", text)


def test_long_pages_list_what_they_hold(site):
    text = unescape((site / "en" / "codes.html").read_text("utf-8"))
    listed = re.findall(r'<li><a class="reference internal" href="#[^"]*">(K\d+)', text)
    assert set(listed) == set(all_codes())


def test_search_has_the_words_in_a_file_of_its_own(site):
    text = (site / "en" / "searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").rstrip(")"))
    assert {"k0610", "quota"} <= set(index["terms"]) | set(index["titleterms"])
    assert "searchindex.js" in (site / "en" / "search.html").read_text("utf-8")


def test_a_word_is_found_with_accents_and_without():
    sys.path.insert(0, str(ROOT / "docs" / "site"))
    try:
        from conf import Plain  # noqa: PLC0415  # a script, found by its folder
    finally:
        sys.path.pop(0)
    search = Plain({})
    assert search.stem("Đảng") == search.stem("dang") == "dang"
    assert search.stem("xếp") == "xep"
