"""What is written of the groups of a quota, as a diff and `show --flat` name it."""

from tests.support.rulebook import RULEBOOKS, load

from khung.analysis.diff.entries import every, items


def test_limits_of_each_grouping_stand_under_the_key_they_were_written_under():
    found = {item.path: item for item in every(items(load(RULEBOOKS / "festival").sound))}
    prizes = found["film.quotas.prizes"].keys
    assert prizes["within"] == {"hall": "hall", "category": "category"}
    assert prizes["at_most"] == {"hall": "hall.part", "category": "1 - parameters.unprized"}
    assert prizes["competes"] == "not(guest)"
    assert "decided_by" in prizes
    assert found["juror.quotas.chairs"].keys["per"] == ["each s in seats of s.panel"]
