"""The examples on the pages of the codes of this stage do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from khung.diagnostics.codes import all_codes, page

OF_TRANSLATIONS = ("K0146", "K0147")  # `rulebook/test_translations` reads and tests them
CODES = [c for c in all_codes() if c.startswith("K01") and c not in OF_TRANSLATIONS]
PARSING = [c for c in CODES if "K0108" <= c <= "K0119" or "K0130" <= c <= "K0143"]


@pytest.mark.parametrize("code", [code for code in PARSING if page(code).example])
def test_examples(code, read, reported):
    _, bag = read(page(code).example.wrong + "\n")
    assert code in [found for found, _ in reported(bag)]
    _, bag = read(page(code).example.right + "\n")
    assert reported(bag) == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_tested(code):
    texts = [p.read_text("utf-8") for p in Path(__file__).parent.glob("test_*.py")]
    assert any(f'"{code}"' in text for text in texts)
