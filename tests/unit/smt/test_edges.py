"""Cases at the edges of what bodies decide: a vote more or less, one in the group more or less."""

import pytest
import yaml
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS

from khung.analysis.cover.conditions import conditions_of
from khung.analysis.cover.edge_search import Grouped
from khung.analysis.cover.edges import edges_of, further_place, targets_of
from khung.analysis.cover.run import Covered, Made, cover
from khung.analysis.cover.search import Case, Search
from khung.analysis.cover.shown import Showing
from khung.analysis.proof.asked import Asked
from khung.analysis.proof.solver import Budget
from khung.driver import Shelf, evaluate_text

WARDS, CLIMBERS = RULEBOOKS / "wards", RULEBOOKS / "climbers"


class Asking:
    """Looks for cases of one type of subject, and runs what was found once more as a file."""

    def __init__(self, folder, subject):
        self.shelf, self.folder = Shelf(), folder
        self.ready = self.shelf.ready(folder, {})
        self.program, self.subject = self.ready.program, subject
        self.declared = self.program.objects[subject]
        budget = Budget.of(120, 120)
        self.search = Search(
            self.ready,
            {},
            Asked(self.program, subject, budget),
            Showing(self.program, {subject: [*conditions_of(self.program, self.declared)]}),
            budget,
            Grouped(self.program, self.declared, budget),
        )

    def edges(self):
        found = (t for one in edges_of(self.program, self.declared) for t in targets_of(one))
        return {target.name.removeprefix(f"{self.subject}."): target for target in found}

    def case(self, name):
        found = self.search.find(self.edges()[name])
        assert isinstance(found, Case), found
        ran = evaluate_text(found.text.encode(), "c.yaml", self.shelf, {}, self.folder.parent)
        return yaml.safe_load(found.text)["subjects"][self.subject], ran.results


@pytest.fixture(scope="module")
def nurses():
    return Asking(WARDS, "nurse")


@pytest.fixture(scope="module")
def guides():
    return Asking(CLIMBERS, "guide")


def test_a_further_place_comes_with_the_fourth(nurses):
    """Half of the base, floored: one place of two or three, two of four."""
    (quota,) = nurses.declared.quotas
    assert further_place(quota) == (4, 2)


@pytest.mark.parametrize(("name", "base", "level"), [("true", 4, 3), ("false", 3, 2)])
def test_one_more_in_the_group_gives_the_candidate_the_place(nurses, name, base, level):
    stated, results = nurses.case(f"quotas.excellent.place.{name}")
    assert sum(one.get("repeat", 1) for one in stated.values()) == base
    assert len({one["hospital"] for one in stated.values()}) == 1
    (group,) = (g for g in results.groups if g.base[0])
    assert (group.base, group.places) == ((base, base), (base // 2, base // 2))
    assert results.by_type["nurse"]["x"].level == level


def test_a_quota_that_leaves_no_choice_has_no_tie(nurses, tmp_path):
    assert [*nurses.edges()] == ["quotas.excellent.place.true", "quotas.excellent.place.false"]
    folder = edited(tmp_path, ("nurse", "ties: none", "ties: needs_decision"), of=WARDS)
    asking = Asking(folder, "nurse")
    _, results = asking.case("quotas.excellent.tie.true")
    assert results.by_type["nurse"]["x"].decision.kind.value == "tie"


@pytest.mark.parametrize(("level", "rank"), [("gold", 3), ("silver", 2), ("none", 0)])
def test_a_level_has_just_enough_votes_or_lacks_one(guides, level, rank):
    """More than half of five: three win, two do not."""
    for way, votes in (("true", 3), ("false", 2)):
        stated, results = guides.case(f"votes.board.{level}.{way}")
        assert stated["x"]["ballots"][level] == votes
        found = results.by_type["guide"]["x"]
        assert ((found.status.value, found.level) == ("ranked", rank)) == (way == "true")


def test_what_a_case_shows_is_not_looked_for_again(nurses, guides):
    for asking in (nurses, guides):
        for name, target in asking.edges().items():
            found = asking.search.find(target).found
            steps = cover(asking.ready, {}, [found], Budget.of(0))  # no time to look for others
            covered = {one.target.name for one in steps if isinstance(one, Covered)}
            assert target.name in covered, name


def test_where_a_vote_is_held_is_a_condition_like_others(tmp_path):
    edit = ("guide", "ballots: ballots, base", "when: faults < 8, ballots: ballots, base")
    asking = Asking(edited(tmp_path, edit, of=CLIMBERS), "guide")
    targets = {t.name: t for t in asking.search.showing.targets("guide")}
    for way, holds in (("true", True), ("false", False)):
        target = targets[f"guide.votes.board.1.{way}"]
        found = asking.search.find(target)
        assert isinstance(found, Case)
        faults = yaml.safe_load(found.text)["subjects"]["guide"]["x"]["faults"]
        assert faults == (7 if holds else 8)


def test_edges_are_among_what_is_covered():
    ready = Shelf().ready(WARDS, {})
    steps = [*cover(ready, {}, (), Budget.of(120, 120))]
    shows = {target.name for step in steps if isinstance(step, Made) for target in step.shows}
    assert {f"nurse.quotas.excellent.place.{way}" for way in ("true", "false")} <= shows
