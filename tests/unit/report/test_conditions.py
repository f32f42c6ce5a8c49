"""How the conditions of a rule are told: what was found, and what would have been needed."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
import yaml

from khung.casefile.from_source import read_case
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.report.words.labels import Words
from khung.report.words.rules import RuleTeller
from khung.rulebook.from_source import load_rulebook
from khung.why.result import evaluate_case

HERE = Path(__file__).parent
TOLD = yaml.safe_load((HERE / "conditions.yaml").read_text(encoding="utf-8"))


def _program(folder, cap):
    bag = Bag()
    copytree(HERE / "houses", folder)
    person = folder / "person.yaml"
    text = person.read_text(encoding="utf-8").partition("caps:\n")[0]
    person.write_text(f"{text}caps:\n  rule: {cap}\n", encoding="utf-8")
    rulebook = load_rulebook(folder, bag)
    assert rulebook is not None, bag.diagnostics
    program = lower_rulebook(rulebook, {}, bag)
    assert program is not None, bag.diagnostics
    return program


def _told(folder, cap, lang="en"):
    """Return what is told of a cap that holds."""
    bag = Bag()
    program = _program(folder, cap)
    case_file = read_case(HERE / "houses.case.yaml", bag)
    assert case_file is not None, bag.diagnostics
    case = build_case(case_file, program, bag)
    assert case is not None, bag.diagnostics
    results = evaluate_case(program, case)
    entity = results.case.entities["person"]["an"]
    rules = RuleTeller(Words(program, lang), results)
    return [told.flat for told in rules.found(entity.type.caps[0].head, entity, 2)]


@pytest.mark.parametrize(("when", "told"), TOLD.items(), ids=list(TOLD))
def test_told(tmp_path, when, told):
    assert _told(tmp_path / "houses", f"{{when: '{when}', at_most: low}}") == told


def test_in_vietnamese(tmp_path):
    cap = "{when: 'part / whole < 50%', at_most: low}"
    assert _told(tmp_path / "a", cap, "vi") == [
        "Phần 1 / Tổng 3: ≈ 33,33 % (cần từ 50 % trở lên)",
    ]
    cap = "{when: 'born < @\"2001-01-01\"', at_most: low}"
    assert _told(tmp_path / "b", cap, "vi") == [
        "Ngày sinh: 01/02/2000 (cần từ ngày 01/01/2001 trở đi)",
    ]


def test_a_cap_by_the_level_of_another(tmp_path):
    cap = "{when: house.ranked, at_most: house.level}"
    assert _told(tmp_path / "a", cap)[-1] == (
        "Level (House red_house): Low (because: Not met: Rank is at least Middle)"
    )
    cap = "{each: t in trips, where: t.days > 5, at_most: low}"
    assert _told(tmp_path / "b", cap) == ["b (days: 9 days): Low"]
