"""What comes of a subject of which something cannot be worked out, to the solver and as it is."""

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.proof.asked import Asked
from khung.analysis.proof.properties import Status
from khung.analysis.proof.solver import Budget
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.smt.question import Answer, question
from khung.smt.terms import lnot

SCALE = "scales: {rank: {values: {low: L, high: H}}}\n"
TEAM = """\
subject: team
facts:
  goals: {type: number, range: "0..9"}
  games: {type: number, range: "0..9"}
  late: {type: boolean}
not_ranked: {lucky: {when: goals / games > 2, source: X}}
pending: {late: {when: late, source: X}}
ladder:
  scale: rank
  levels:
    high: {require: {goals: {that: goals > 0, source: X}}}
    low: {otherwise: true, source: X}
"""


@pytest.fixture
def rulebook(tmp_path):
    return load_files(tmp_path, rulebook=MANIFEST + SCALE, team=TEAM).sound


@pytest.mark.parametrize(
    ("late", "status"), [("true", "pending"), ("false", "undetermined")], ids=["late", "in time"]
)
def test_who_waits_for_a_step_waits_though_it_is_open_whether_he_is_out(rulebook, late, status):
    stated = f"{{team: {{a: {{goals: 1, games: 0, late: {late}}}}}}}"
    assert results_of(rulebook, stated).by_type["team"]["a"].status.value == status
    made = question("team", (lower_rulebook(rulebook, {}, Bag()),))
    made.finish()
    values = {name: made.space.facts["", name].term for name in ("games", "late")}
    of_late = values["late"] if late == "true" else lnot(values["late"])
    outcome = made.outcomes[0]
    said = outcome.pending if status == "pending" else outcome.failed
    assert made.check(values["games"] == 0, of_late)[0] is Answer.REFUTED  # there are such cases
    assert made.check(values["games"] == 0, of_late, lnot(said))[0] is Answer.HOLDS


ONLY_OPEN = """\
subject: team
facts:
  goals: {type: number, range: "0..9"}
  games: {type: number, range: "0..9"}
ladder:
  scale: rank
  levels:
    high: {require: {goals: {that: goals > 0, source: X}}}
    low: {otherwise: true, source: X}
not_ranked: {odd: {when: goals / games < 0, source: X}}
"""


def test_a_rule_that_only_leaves_open_decides(tmp_path):
    """A number divided by nothing: never below 0, but nobody can say so."""
    loaded = load_files(tmp_path, rulebook=MANIFEST + SCALE, team=ONLY_OPEN)
    asked = Asked(lower_rulebook(loaded.sound, {}, Bag()), "team", Budget.of(60))
    assert asked.decides(frozenset({"team.not_ranked.odd"})).status is Status.HOLDS


HOLE = """\
subject: team
facts: {goals: {type: number, range: "0..9"}, late: {type: boolean}}
tables:
  prize:
    hit: unique
    inputs: {goals: goals}
    outputs: {rank: rank}
    rows: {many: {if: {goals: "> 5"}, then: {rank: high}, source: X}}
ladder:
  scale: rank
  levels:
    high: {require: {prize: {that: "tables.prize.rank >= %s", source: X}}}
    low: {otherwise: true, source: X}
"""


@pytest.mark.parametrize(("level", "is_open"), [("low", False), ("high", True)])
def test_a_level_of_which_nothing_is_known_is_the_lowest_or_better(tmp_path, level, is_open):
    """In the hole of a table: of fewer goals no row says anything."""
    loaded = load_files(tmp_path, rulebook=MANIFEST + SCALE, team=HOLE % level)
    found = results_of(loaded.sound, "{team: {a: {goals: 1, late: false}}}").by_type["team"]["a"]
    assert (found.status.value == "undetermined") is is_open
    made = question("team", (lower_rulebook(loaded.sound, {}, Bag()),))
    made.finish()
    goals = made.space.facts["", "goals"].term if ("", "goals") in made.space.facts else None
    said = made.outcomes[0].failed
    answer = made.check(*(() if goals is None else (goals == 1,)), said)[0]
    assert (answer is Answer.REFUTED) is is_open  # a case in which it is open
