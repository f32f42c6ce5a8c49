"""The pages on what the plan of 2021 gets wrong: `python -m tests.support.defects` writes them.

It takes a solver half a minute, and which case it finds is left to it: what a test asks of the
pages is what holds of any case.
"""

from __future__ import annotations

from tests.support.docs import DEFECTS
from tests.support.readme import ROOT

from khung.analysis.proof.solver import Budget
from khung.analysis.proof.verify import verify
from khung.driver import Shelf
from khung.report.defects import page
from khung.report.document.markdown import to_markdown

LITERAL = {
    "ngoai_le_ky_luat": "khong_mien",
    "dang_vien_hoan_thanh": "dung_muc",
    "muc_tren_can_muc_duoi": "khong",
}
"""The options under which the plan is read word by word."""


def write() -> None:
    """Ask once, and write the page in each language."""
    shelf = Shelf()
    ready = shelf.ready(ROOT / "rulebooks" / "2021", LITERAL)
    found = [*verify(ready, LITERAL, shelf, Budget.of(1200, 10))]
    for lang, path in DEFECTS.items():
        path.write_text(to_markdown(page(found, ready, LITERAL, lang)), encoding="utf-8")


if __name__ == "__main__":
    write()
