"""The documents in `docs/`: `make docs` writes those that are made from the sources.

The tutorials and guides are written by hand; of them only what commands print is put in.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.support.readme import ROOT, workplace, written

from khung.driver import Shelf
from khung.locale import languages
from khung.report.document.markdown import to_markdown
from khung.report.page.from_rulebook import page
from khung.report.reference import reference

DOCS = ROOT / "docs"
TUTORIALS = {"vi": DOCS / "vi" / "huong-dan.md", "en": DOCS / "en" / "tutorial.md"}
_GUIDES = {
    "vi": (
        "su-dung",
        "bang-tinh",
        "viet-bo-quy-dinh",
        "spark",
        "hoi-dap",
        "ngoi-nha",
        "trang-lam-viec",
        "trinh-soan-thao",
    ),
    "en": ("using", "tables", "rulebooks", "spark", "questions", "house", "desk", "editors"),
}
GUIDES = {lang: tuple(DOCS / lang / f"{n}.md" for n in names) for lang, names in _GUIDES.items()}
COOKBOOKS = {"vi": DOCS / "vi" / "cong-thuc.md", "en": DOCS / "en" / "cookbook.md"}
WRITTEN = [
    (path, lang) for lang in languages for path in (TUTORIALS[lang], COOKBOOKS[lang], *GUIDES[lang])
]
"""The documents written by hand, and their languages."""

DEFECTS = {"vi": DOCS / "vi" / "2021-cho-vuong.md", "en": DOCS / "en" / "2021-defects.md"}
"""What the plan of 2021 gets wrong, word by word: `python -m tests.support.defects` writes it."""
REFERENCES = {"vi": DOCS / "vi" / "ngon-ngu.md", "en": DOCS / "en" / "language.md"}
CODES = "../../interpreter/khung/diagnostics/codes"
YEARS = sorted(path.parent for path in (ROOT / "rulebooks").glob("*/rulebook.yaml"))


def year_page(folder: Path, lang: str, shelf: Shelf) -> str:
    """Return the page of a rulebook as Markdown."""
    ready = shelf.ready(folder, {})
    assert ready.program is not None, folder
    assert ready.loaded.rulebook is not None
    return to_markdown(page(ready.loaded.rulebook, ready.program, lang))


def generated() -> dict[Path, str]:
    """Return the documents that are made, by the files in which they stand."""
    made, shelf = {}, Shelf()
    for lang in languages:
        for folder in YEARS:
            made[DOCS / lang / f"{folder.name}.md"] = year_page(folder, lang, shelf)
        made[REFERENCES[lang]] = to_markdown(reference(lang, CODES))
    return made


def walked(path: Path, lang: str) -> str:
    """Return a document with what its commands print now, in its language."""
    before = os.environ.get("KHUNG_LANG")
    os.environ["KHUNG_LANG"] = lang
    try:
        with tempfile.TemporaryDirectory() as folder:
            return written(path.read_text("utf-8"), workplace(Path(folder)))
    finally:
        os.environ.pop("KHUNG_LANG")
        if before is not None:
            os.environ["KHUNG_LANG"] = before


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
    for path, lang in WRITTEN:
        path.write_text(walked(path, lang), encoding="utf-8")
