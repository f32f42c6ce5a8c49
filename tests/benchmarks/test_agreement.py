"""The benchmark measures equal work: its contenders agree, and each of its rules matters."""

import pytest
from benchmarks.agreement import DisagreementError, compare
from benchmarks.contenders import by_hand, by_khung
from benchmarks.contenders.contender import Contender
from benchmarks.records import GRADES, Outcome, generate

SUBJECT = by_khung.SUBJECT


@pytest.fixture(scope="module")
def records():
    return generate(200)


@pytest.fixture(scope="module")
def agreed(records):
    return compare(records, [*by_khung.contenders(records), *by_hand.contenders(records)])


def test_levels_and_reasons_are_those_of_the_function_written_by_hand(records, agreed):
    assert len(agreed) == len(records)


def test_every_level_occurs(agreed):
    assert {each.level for each in agreed} == {*GRADES, "not_ranked", "pending"}


def test_the_rulebook_has_the_size_that_the_readme_states():
    declared = by_khung.load_program().objects[SUBJECT]
    assert len(declared.facts) + len(declared.criteria) == 19
    assert len(by_khung.rule_ids()) == 23


def test_every_rule_binds_some_record():
    records = generate(1000)
    (by_function,) = by_hand.contenders(records)
    seen = {rule for each in by_function.answers() for rule in each.reasons}
    assert seen == by_khung.rule_ids()


def test_a_difference_is_told(records):
    (right,) = by_hand.contenders(records)
    wrong = Contender("wrong", records, right.run, lambda _: [Outcome("good", None)])
    with pytest.raises(DisagreementError, match="hand-written function and wrong differ on"):
        compare(records, [right, wrong])
