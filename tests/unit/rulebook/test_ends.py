"""The most and the least that criteria in points may give, written as numbers."""

from __future__ import annotations

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

PLAYER = """\
subject: player
facts: {new: {type: boolean}, guest: {type: boolean}}
definitions:
  most: {is: sum c in SET of c.most, output: true}
  least: {is: sum c in SET of c.least, output: true}
criteria:
  points: true
  groups:
    play: {items: {speed: {range: "1..40"}, skill: {range: "2..30.5", applies_when: not(new)}}}
    talk: {applies_when: not(guest), items: {voice: {range: "-3..20"}}}
  sets:
    whole: all
    some_of_them: [{take: play.speed}, {take: talk, when: new}]
    others: {except: some_of_them}
not_ranked: {new: new}
ladder: {scale: rank, by: speed_points, from: {high: 1}}
"""

SUMS = {
    ("whole", False, False): (90.5, 0),
    ("whole", True, False): (60, -2),
    ("whole", True, True): (40, 1),
    ("play", False, True): (70.5, 3),
    ("talk", False, False): (20, -3),
    ("talk", False, True): (0, 0),
    ("some_of_them", False, False): (40, 1),
    ("some_of_them", True, False): (60, -2),
    ("some_of_them", True, True): (40, 1),
    ("others", False, False): (50.5, -1),
    ("others", True, False): (0, 0),
}
"""By set, and whether the player is new and a guest: the sum of the mosts and of the leasts."""


def outputs(folder, name, new, guest):
    """Return both sums of a set for one player."""
    text = PLAYER.replace("SET", name).replace("  most:", "  speed_points: criteria.speed\n  most:")
    manifest = MANIFEST + "scales: {rank: {values: {low: L, high: H}}}\n"
    rulebook = load_files(folder, rulebook=manifest, player=text).sound
    said = "null" if new is None else str(new).lower()
    player = f"{{new: {said}, guest: {str(guest).lower()}, criteria: {{speed: 3}}}}"
    found = results_of(rulebook, f"{{player: {{p: {player}}}}}", but="K0505")
    values = {one.name: one.value for one in found.by_type["player"]["p"].outputs}
    return values["most"], values["least"]


@pytest.mark.parametrize(("name", "new", "guest"), SUMS)
def test_ends_are_added_up_for_criteria_that_are_there(tmp_path, name, new, guest):
    found = [one.least for one in outputs(tmp_path, name, new, guest)]
    assert [float(one) for one in found] == [*SUMS[name, new, guest]]


def test_what_may_not_be_there_leaves_the_sum_open(tmp_path):
    most, least = outputs(tmp_path, "whole", None, False)
    assert (float(most.least), float(most.most)) == (60, 90.5)
    assert (float(least.least), float(least.most)) == (-2, 0)
