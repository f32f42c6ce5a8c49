"""A made-up rulebook, and a case of tables beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MADE = """\
khung: 1
id: made
title: Made up
period: {from: 2021-01-01, to: 2021-12-31}
scales: {lv: {values: {low: Low, high: High}}}
"""
"""How the rulebook begins, whose subjects are ranked by `lv`."""

HEAD = "case: Made up\nrulebook: made\non: 2021-12-15\ncomplete: true\n"


def made_tables(folder: Path, rulebook: str, tables: Mapping[str, Iterable[str]]) -> Path:
    """Write a rulebook `made` and a case of it; return the folder of the case.

    Args:
        folder: Where both are put.
        rulebook: The text of the rulebook.
        tables: The lines of each table, by its name.
    """
    (folder / "made").mkdir()
    (folder / "made" / "rulebook.yaml").write_text(rulebook, encoding="utf-8")
    case = folder / "case"
    case.mkdir()
    (case / "case.yaml").write_text(HEAD, encoding="utf-8")
    for name, lines in tables.items():
        (case / f"{name}.csv").write_text("".join(f"{x}\n" for x in lines), encoding="utf-8")
    return case
