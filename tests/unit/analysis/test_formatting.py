"""Rulebooks turned into the words of another surface mean what they meant."""

import shutil
from pathlib import Path

import pytest

from khung.analysis.diff.changes import compare_rulebooks
from khung.analysis.diff.entries import Code, every, items
from khung.analysis.flat import flat_yaml
from khung.analysis.formatting import Laid, lay_out, turn
from khung.diagnostics.bag import Bag
from khung.records import replace
from khung.rulebook.from_source import load_rulebook, load_written
from khung.rulebook.model import Rulebook

ROOT = Path(__file__).parents[3]
MADE_UP = ["apprentices", "festival", "wards"]
CHAINS = [
    ("rulebooks", ["2020", "2021", "2021-xa-a"]),
    *(("tests/rulebooks", [name]) for name in MADE_UP),
]


def loaded(folder: Path) -> Rulebook:
    bag = Bag()
    found = load_rulebook(folder, bag)
    assert found is not None, bag.diagnostics
    return found


def meaning(folder: Path) -> Rulebook:
    """Return a rulebook without what says how it is written; places are never compared."""
    return replace(loaded(folder), digest="", surface="en")


def turned(folder: Path, surface: str) -> tuple[Laid, ...]:
    found = turn(folder, surface)
    assert found.diagnostics == ()
    for laid in found.files:
        assert laid.after is not None
        laid.path.write_bytes(laid.after)
    return found.files


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "rulebook.yaml").write_text(SMALL, "utf-8")
    return tmp_path


SMALL = """\
khung: 1
id: small  # một tệp
title: {vi: Nhỏ, en: Small}
period: {from: 2021-01-01, to: 2021-12-31}
scales:
  level: {values: {low: {label: L}, high: {label: H}}}
subjects:
  one:
    label: {vi: Một, en: One}
    facts:
      so: {type: number, label: S}
      ds: {type: list of number, label: D}
    definitions:
      du: {is: "(every x in ds satisfies x > 1) and not(so > 3)  // and"}
      luon: {is: true}
    ladder:
      scale: level
      levels:
        high: {require: {du: {that: du, label: D}}}
        low: {otherwise: true}
"""


@pytest.mark.parametrize(("where", "names"), CHAINS, ids=lambda part: str(part)[:40])
def test_shipped_and_made_up_rulebooks_go_there_and_back(
    where: str, names: list[str], tmp_path: Path
) -> None:
    for name in names:
        shutil.copytree(ROOT / where / name, tmp_path / name)
    before = {name: meaning(tmp_path / name) for name in names}
    for surface in ("vi", "en"):
        for name in names:
            files = turned(tmp_path / name, surface)
            if name != "2021-xa-a":
                assert any(laid.differs for laid in files)
            assert loaded(tmp_path / name).surface == surface
            assert meaning(tmp_path / name) == before[name]


def test_rulebooks_that_differ_in_words_alone_do_not_differ(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "rulebooks" / "festival", tmp_path / "festival")
    before = loaded(tmp_path / "festival")
    turned(tmp_path / "festival", "vi")
    after = loaded(tmp_path / "festival")
    assert compare_rulebooks(before, after) == ()
    shown = [value for item in every(items(after)) for value in item.keys.values()]
    said = [value for value in shown if isinstance(value, Code)]
    assert any(str(value) != value.english for value in said)
    assert all(value.read_in("vi") == str(value) for value in said)
    assert all(value.read_in("en") == value.english for value in said)


def test_what_is_no_word_of_the_language_stays(small: Path) -> None:
    turned(small, "vi")
    text = (small / "rulebook.yaml").read_text("utf-8")
    assert text.startswith("khung: 1\nsurface: vi\nid: small  # một tệp\n")
    assert "is: (mọi x trong ds thỏa x > 1) và không(so > 3)  // and" in text
    assert "luon: {is: true}" in text
    assert turn(small, "vi").files[0].differs is False
    turned(small, "en")
    assert (small / "rulebook.yaml").read_text("utf-8") == lay(SMALL)


def lay(text: str) -> str:
    return text.replace('"(every', "(every").replace('// and"', "// and")


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("so: {", "tổng: {", ["K0435"]),
        ("not(so > 3)", "not(mọi > 3)", ["K0436"]),
        ("every x in", "every trong in", ["K0436"]),
        ("satisfies x", "where x", ["K0311"]),
    ],
)
def test_names_that_would_be_words_and_mistakes_leave_all_as_it_is(
    old: str, new: str, codes: list[str], small: Path
) -> None:
    text = SMALL.replace(old, new)
    (small / "rulebook.yaml").write_text(text, "utf-8")
    found = turn(small, "vi")
    assert found.files == ()
    assert sorted({d.code for d in found.diagnostics}) == codes


def test_a_rulebook_is_read_in_the_words_of_its_own_folder(small: Path, tmp_path: Path) -> None:
    base = tmp_path / "small"
    base.mkdir()
    (small / "rulebook.yaml").rename(base / "rulebook.yaml")
    turned(base, "vi")
    next_year = tmp_path / "next"
    next_year.mkdir()
    (next_year / "rulebook.yaml").write_text(
        "khung: 1\nid: next\ntitle: N\nextends: {rulebook: small, as: successor}\n"
        "period: {from: 2022-01-01, to: 2022-12-31}\n"
        "subjects:\n  one:\n    definitions:\n      moi: {is: du and so > 1}\n",
        "utf-8",
    )
    whole = load_written(next_year, Bag())
    assert whole is not None
    flat = flat_yaml(whole)
    assert "(every x in ds satisfies x > 1) and not(so > 3)  // and" in flat
    found = loaded(next_year)
    assert found.surface == "en"
    assert [d.head.id for s in found.subjects for d in s.definitions] == ["du", "luon", "moi"]


def test_line_ends_stay_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"case:   x\r\nsubjects: {}\r\n")
    found = lay_out(path, is_named=True)
    assert found is not None
    assert found.after == b"case: x\r\nsubjects: {}\r\n"


def test_files_of_others_are_passed_over_unless_they_are_named(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text("services:   {}\n", "utf-8")
    assert lay_out(path, is_named=False) is None
    named = lay_out(path, is_named=True)
    assert named is not None
    assert named.after == b"services: {}\n"
