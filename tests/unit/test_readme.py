"""The README is short and shows what khung prints; what guides show of the language khung takes."""

from __future__ import annotations

import re
import shutil

import pytest
from tests.support.docs import GUIDES
from tests.support.fragment import BASE, said_of
from tests.support.readme import README, ROOT, STEP, written
from tests.support.rulebook import RULEBOOKS as MADE_UP
from tests.support.yaml_files import merge, read_yaml, write_yaml

from khung.api.rulebooks import open_rulebook
from khung.casefile.from_source import read_case
from khung.casefile.to_facts import build_case
from khung.cli.command import COMMANDS
from khung.diagnostics.bag import Bag
from khung.ir.builtins import SIGNATURES
from khung.ir.from_rulebook import lower_rulebook
from khung.locale import languages
from khung.rulebook.from_source import load_rulebook
from khung.syntax.respell import respelled

TEXT = README.read_text("utf-8")
LONGEST = 150
USING, RULEBOOKS = (
    {lang: GUIDES[lang][n].read_text("utf-8") for lang in languages} for n in (0, 2)
)
BUILTINS = {"vi": "Hàm có sẵn", "en": "Builtins:"}


def _expressions(lang):
    table = RULEBOOKS[lang].partition(BUILTINS[lang])[0].rpartition("## ")[2]
    return re.findall(r"^\| `([^`]+)` \|", table, re.M)


EXPRESSIONS = _expressions("vi")


def _placed(lang):
    return re.findall(r"^\| `([^`]+)` \| `(\w+)` \|", RULEBOOKS[lang], re.M)


PLACED = _placed("vi")


def _command(step: str) -> str:
    return step.partition("$ ")[2].partition("\n")[0]


# -- the README ---------------------------------------------------------------------------------


def test_the_readme_is_read_in_minutes():
    assert len(TEXT.splitlines()) <= LONGEST


@pytest.mark.parametrize("step", [s[0] for s in STEP.finditer(TEXT)], ids=_command)
def test_a_command_prints_what_is_shown(step, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("KHUNG_LANG", raising=False)
    assert written(step) == step


def test_it_leads_to_every_guide():
    guides = [path for lang in languages for path in GUIDES[lang]]
    assert [p for p in guides if p.relative_to(README.parent).as_posix() not in TEXT] == []


def test_people_are_shown_how_to_begin():
    for command in ("make run", ".venv/bin/khung test cases/2021", "make test"):
        assert f"\n{command} " in TEXT
    assert "\npy -m venv .venv\n" in TEXT


# -- the guides ---------------------------------------------------------------------------------


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression, tmp_path):
    quoted = expression.replace("'", "''")
    assert said_of(f"is: '{quoted}'", tmp_path) == ()


def test_the_expressions_are_the_same_in_each_language():
    assert len(EXPRESSIONS) > 10
    assert [_expressions(lang) for lang in languages] == [EXPRESSIONS] * len(languages)


@pytest.mark.parametrize(("expression", "place"), PLACED)
def test_names_may_be_read_where_the_guide_says(expression, place, tmp_path):
    if place == "supplier":  # the shipped rulebooks grade without points
        assert _said_of_supplier(expression, tmp_path) == ()
        return
    told = {"definitions": {"vi_du": {"is": expression}}}
    if (BASE / f"{place}.yaml").is_file():
        document = read_yaml((BASE / f"{place}.yaml").read_text("utf-8"))
        merge(document, told)
        write_yaml(tmp_path / "fragment.yaml", document)
    else:
        write_yaml(tmp_path / "fragment.yaml", {"records": {place: told}})
    fragment = (tmp_path / "fragment.yaml").read_text("utf-8")
    assert said_of(fragment, tmp_path / "rulebook") == ()


def _said_of_supplier(expression, folder):
    shutil.copytree(MADE_UP / "suppliers", folder, dirs_exist_ok=True)
    path, bag = folder / "supplier.yaml", Bag()
    document = read_yaml(path.read_text("utf-8"))
    merge(document, {"definitions": {"vi_du": {"is": expression}}})
    write_yaml(path, document)
    rulebook = load_rulebook(folder, bag)
    assert rulebook is not None
    lower_rulebook(rulebook, {}, bag)
    return tuple(d for d in bag.diagnostics if d.code != "K0505")  # its rules cite no clause


def test_the_places_are_the_same_in_each_language():
    assert len(PLACED) > 10
    assert [_placed(lang) for lang in languages] == [PLACED] * len(languages)


WAITING = (
    "dang_vien-033-tieu-chi-neu-co",
    "dang_vien-041-chua-co-xep-loai-cong-chuc",
    "dang_vien-300-han-muc-chua-du-nguoi",
    "to_chuc_dang-027-nguoi-con-cho",
    "to_chuc_dang-033-cung-cap-khong-xep-loai",
    "to_chuc_dang-302-ghi-2-tren-12",
)
"""Cases of 2021 in which something is missing."""


@pytest.fixture(scope="module")
def missing():
    """Return all that is missing in some cases."""
    rulebook, found = open_rulebook("2021"), set()
    for name in WAITING:
        answer = rulebook.evaluate(ROOT / "cases" / "2021" / f"{name}.yaml")
        for results in answer.document["results"].values():
            found |= {name for result in results.values() for name in result["missing"]}
    return found


@pytest.mark.parametrize("lang", languages)
def test_what_is_missing_is_named_as_the_guide_says(lang, missing):
    table = USING[lang].partition("`missing`")[2].partition("\n\n")[2].partition("\n\n")[0]
    named = re.findall(r"^\| `([^`]+)` \|", table, re.M)
    assert len(named) == len(WAITING)
    assert set(named) <= missing


@pytest.mark.parametrize("lang", languages)
def test_the_table(lang, tmp_path):
    (shown,) = re.findall(r"```yaml\n(tables: *\n.*?)```", RULEBOOKS[lang], re.S)
    assert said_of(shown, tmp_path, lints=True) == ()


@pytest.mark.parametrize("lang", languages)
def test_functions(lang):
    table = RULEBOOKS[lang].partition(BUILTINS[lang])[2].partition("\n##")[0]
    assert sorted(re.findall(r"`([^`]+)`", table)) == sorted({*SIGNATURES, "has"})


@pytest.mark.parametrize("lang", languages)
def test_the_words_of_both_surfaces(lang):
    (table,) = re.findall(
        r"^\|[^|]+\|[^|]+\|\n\|---\|---\|\n(?:\| `every.*\n)(?:\|.*\n)*", RULEBOOKS[lang], re.M
    )
    rows = [row.split("|")[1:3] for row in table.splitlines()[2:]]
    pairs = [zip(*(re.findall("`([^`]+)`", cell) for cell in row), strict=False) for row in rows]
    told = [pair for row in pairs for pair in row]
    assert len(told) > len(rows) > 8
    assert [respelled(english, "en", "vi") for english, _ in told] == [said for _, said in told]


@pytest.mark.parametrize("lang", languages)
def test_the_case(lang, tmp_path):
    (shown,) = re.findall(r"```yaml\n(case: .*?)```", USING[lang], re.S)
    path = tmp_path / "case.yaml"
    path.write_text(shown, encoding="utf-8")
    bag = Bag()
    rulebook = load_rulebook(BASE, bag)
    assert rulebook is not None
    program = lower_rulebook(rulebook, {}, bag)
    case_file = read_case(path, bag)
    assert program is not None
    assert case_file is not None
    assert build_case(case_file, program, bag) is not None
    assert bag.diagnostics == ()


@pytest.mark.parametrize("lang", languages)
def test_the_guides_name_the_same_commands(lang):
    table = USING[lang].partition("|---|---|")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `khung (\w+)", table, re.M)
    assert set(named) == set(COMMANDS)
