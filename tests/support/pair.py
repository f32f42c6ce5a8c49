"""A made-up rulebook and a copy of it with a few edits, to be compared."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.rulebook import RULEBOOKS

from khung.analysis.diff.cases import Side, compare_outcomes
from khung.analysis.diff.comparison import Group, Manner, judge
from khung.analysis.testing import case_files
from khung.driver import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from khung.analysis.diff.comparison import Comparison

BEFORE = RULEBOOKS / "lecturers"
CASES = RULEBOOKS.parent / "cases" / "lecturers"


def edited(folder: Path, *edits: tuple[str, str, str], of: Path = BEFORE) -> Path:
    """Copy a rulebook; an edit is a file without `.yaml`, a text that it holds once, another."""
    after = folder / "rulebooks" / of.name
    shutil.copytree(of, after)
    for name, old, new in edits:
        path = after / f"{name}.yaml"
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old} in {name}.yaml"
        path.write_text(text.replace(old, new), "utf-8")
    return after


@dataclass(frozen=True)
class Pair:
    """The two rulebooks."""

    after: Path

    def compared(
        self,
        cases: Path | None = CASES,
        readings: Mapping[str, str] | None = None,
        groups: Mapping[str, Group] | None = None,
        before: Path = BEFORE,
    ) -> Comparison:
        """Compare the two on some cases."""
        shelf, asked = Shelf(), readings or {}
        sides = Side(before, {}), Side(self.after, asked)
        files = case_files([cases]) if cases else []
        found = list(compare_outcomes(files, *sides, shelf))
        ready = shelf.ready(before, {}), shelf.ready(self.after, asked)
        return judge(*ready, Manner(asked, groups or {}), found, shelf)
