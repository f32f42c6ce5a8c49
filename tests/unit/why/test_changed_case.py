from random import Random

import pytest
from tests.laws.changing import altered, case_files, results_of, subjects_of
from tests.support.evaluation import results_of as evaluated
from tests.support.rulebook import MANIFEST, load_files

from khung.driver import Shelf
from khung.engine.values import EMPTY, known
from khung.why.changed_case import changed_case, leading_of

RECORDS = """\
records:
  visit: {held_by: [member], fields: {day: {type: number}, place: {to: team, back: visits_here}}}
"""
TEAM = """\
subject: team
facts: {fee: {type: number, default: 0}}
links: {above: {to: team, back: below, tree: true, optional: true}}
"""
MEMBER = """\
subject: member
facts: {visits: {type: list of visit, default: []}}
links: {team: {to: team, back: members}, mentor: {to: member, back: taught, optional: true}}
"""
CASES = case_files()[::12]
"""A sample: `python -m tests.laws.changing` tries every subject of all of them."""

SHELF = Shelf()


@pytest.fixture
def case(tmp_path):
    rulebook = load_files(tmp_path, rulebook=MANIFEST + RECORDS, team=TEAM, member=MEMBER).sound
    subjects = """{
      team: {a: {above: "-"}, b: {above: a}, c: {above: "-"}},
      member: {
        an: {team: b, mentor: "-", visits: [{day: 1, place: a}, {day: 2, place: c}]},
        binh: {team: c, mentor: an}, chi: {team: c, mentor: "-"}}}"""
    return evaluated(rulebook, subjects).case


def _changed(case, entity, facts):
    return changed_case(case, entity, facts, leading_of(case))


def test_all_who_lead_to_the_object_lead_to_the_changed_one(case):
    new, a = _changed(case, case.entities["team"]["a"], {"fee": known(5)})
    b, an, binh = (
        new.entities["team"]["b"],
        new.entities["member"]["an"],
        new.entities["member"]["binh"],
    )
    assert new.entities["team"]["a"] is a
    assert a.facts["fee"] == known(5)
    assert b.facts["above"].least is a
    assert an.facts["team"].least is b
    assert binh.facts["mentor"].least is an
    visit = an.facts["visits"].least.items[0].value.least
    assert (visit.owner, visit.facts["place"].least) == (an, a)
    assert visit in new.records


def test_others_are_shared(case):
    new, _ = _changed(case, case.entities["team"]["a"], {})
    assert new.entities["team"]["c"] is case.entities["team"]["c"]
    assert new.entities["member"]["chi"] is case.entities["member"]["chi"]


def test_the_case_stays_as_it_is(case):
    before = {one.path: dict(one.facts) for of in case.entities.values() for one in of.values()}
    _changed(case, case.entities["team"]["a"], {"fee": known(5)})
    assert before == {one.path: one.facts for of in case.entities.values() for one in of.values()}


@pytest.mark.parametrize(("type_name", "key"), [("team", "a"), ("team", "b"), ("team", "c")])
def test_back_lists_hold_the_same_objects(case, type_name, key):
    old = case.entities[type_name][key]
    new, entity = _changed(case, old, {})
    for name in old.type.back_lists:
        held = [item.value.least.path for item in new.back_list(entity, name).items]
        assert held == [item.value.least.path for item in case.back_list(old, name).items]


def test_a_record_that_is_held_no_longer_is_in_no_back_list(case):
    an = case.entities["member"]["an"]
    last = known(type(EMPTY)(an.facts["visits"].least.items[1:]))
    new, an = _changed(case, an, {"visits": last})
    assert len(new.records) == 1
    assert new.back_list(new.entities["team"]["a"], "visits_here").items == ()
    (item,) = new.back_list(new.entities["team"]["c"], "visits_here").items
    assert item.value.least.owner is an


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_changing_nothing_changes_nothing(path):
    results = results_of(path, SHELF)
    if results is None:
        assert "diagnostics: [K06" in path.read_text("utf-8")  # a case about a mistake
        return
    one = Random(path.name).choice(subjects_of(results))  # noqa: S311
    assert list(altered(results, [one])) == []
