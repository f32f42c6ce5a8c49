"""The benchmark's district is a sound case in which all subject types take part."""

from collections import Counter

import pytest
from benchmarks.district import IN_A_CELL, KEPT, subjects

from benchmarks import solving
from khung.driver import Shelf
from khung.resources import data_dir

MEMBERS = 300


@pytest.fixture(scope="module")
def results():
    ready = Shelf().ready(data_dir("rulebooks") / "2021", {})
    return solving.solve(solving.read(ready, MEMBERS, some_open=False))


def test_a_district_has_cells_of_25_under_grassroots_organisations_of_ten():
    made = subjects(MEMBERS)
    cells = Counter(facts["chi_bo"] for facts in made["dang_vien"].values())
    assert set(cells.values()) == {IN_A_CELL}
    above = Counter(made["to_chuc_dang"][cell]["cap_tren"] for cell in cells)
    assert above == {"xa_0": 10, "xa_1": 2}


def test_where_all_is_known_only_a_choice_of_people_is_left(results):
    statuses = {r.status.value for by_id in results.by_type.values() for r in by_id.values()}
    assert statuses <= {"ranked", "not_ranked", "needs_decision"}


def test_members_of_all_levels_and_groups_of_quotas_of_all_types_are_there(results):
    levels = {result.level for result in results.by_type["dang_vien"].values()}
    assert levels >= {0, 1, 2, 3}
    limited = {group.rule.head.id.split(".")[0] for group in results.groups}
    assert limited == {"dang_vien", "to_chuc_dang", "tap_the", "can_bo"}


def test_one_fact_in_ten_is_forgotten_and_nothing_else_changes():
    whole, partly = subjects(MEMBERS), subjects(MEMBERS, some_open=True)
    pairs = [
        (name, stated, partly[of_type][key][name])
        for of_type, by_id in whole.items()
        for key, facts in by_id.items()
        for name, stated in facts.items()
        if name != "criteria"
    ]
    assert all(now == before for name, before, now in pairs if name in KEPT)
    assert all(now in (before, None) for _, before, now in pairs)
    may_be_open = [now for name, _, now in pairs if name not in KEPT]
    assert 0.08 < may_be_open.count(None) / len(may_be_open) < 0.12
