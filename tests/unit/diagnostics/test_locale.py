from __future__ import annotations

import json
from pathlib import Path
from string import Formatter

import pytest

import khung.locale
from khung.diagnostics.suggest import listed, nearest
from khung.locale import default, languages, phrase, table

FOLDER = Path(khung.locale.__file__).parent
PREFIXES = sorted(path.stem for path in (FOLDER / default).glob("*.json"))


def test_every_language_has_the_same_files():
    for lang in languages:
        assert sorted(path.stem for path in (FOLDER / lang).glob("*.json")) == PREFIXES


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_language_has_the_same_phrases(prefix):
    first, *others = ({k: _names(v) for k, v in table(lang, prefix).items()} for lang in languages)
    assert all(key.startswith(f"{prefix}.") for key in first)
    for other in others:
        assert other == first


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_no_phrase_stands_twice():
    """The second would silently take the place of the first."""

    def once(pairs):
        keys = [key for key, _ in pairs]
        assert sorted(keys) == sorted(set(keys))
        return dict(pairs)

    for path in FOLDER.glob("*/*.json"):
        assert json.loads(path.read_text("utf-8"), object_pairs_hook=once)


def test_phrase():
    assert phrase("vi", "word.more", count=3) == "… và 3 mục khác"
    for key in ("word.nowhere", "nowhere.at_all"):
        with pytest.raises(KeyError):
            phrase("vi", key)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("whn", "when"),
        ("WHEN", "when"),
        ("so_thag", "so_tháng"),
        ("so-thang", "so_tháng"),
        ("đang", "dang"),
        ("khac_han", None),
        ("", None),
    ],
)
def test_nearest(name, near):
    assert nearest(name, ["when", "so_tháng", "dang"]) == near


def test_listed():
    assert listed("abc") == ("a", "b", "c")
    assert listed("abcdefg") == ("a", "b", "c", "d", "e", "…")
