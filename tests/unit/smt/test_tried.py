"""What the solver says is reached or decides holds only if the reference says so of a case."""

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, RULEBOOKS, load_files

from khung.analysis.proof import claims
from khung.analysis.proof.properties import Property, Status
from khung.analysis.proof.solver import Budget
from khung.analysis.proof.verify import verify
from khung.analysis.proof.without import without
from khung.casefile.from_source import parse_case
from khung.casefile.tables.case import case_from
from khung.diagnostics.bag import Bag
from khung.driver import Shelf
from khung.ir.from_rulebook import lower_rulebook
from khung.why.result import evaluate_case


def states(what):
    shelf = Shelf()
    ready = shelf.ready(RULEBOOKS / "climbers", {})
    found = verify(ready, {}, shelf, Budget.of(120))
    return [one.status for one in found if one.property is what and one.subject == "climber"]


def test_a_rule_of_which_no_case_shows_that_it_decides_is_not_proved_to(monkeypatch):
    assert set(states(Property.DECIDES)) == {Status.HOLDS}
    monkeypatch.setattr(claims, "decide", lambda ran, rules: False)
    assert set(states(Property.DECIDES)) == {Status.UNKNOWN}


def test_a_level_that_no_case_has_is_not_proved_to_be_reached(monkeypatch):
    assert set(states(Property.REACHABLE)) == {Status.HOLDS}
    monkeypatch.setattr(claims.Claims, "_has_standard", lambda *_: False)
    assert set(states(Property.REACHABLE)) == {Status.UNKNOWN}


RULES = """\
subject: team
facts: {b1: {type: boolean}, b2: {type: boolean}, b3: {type: boolean}, b4: {type: boolean}}
not_ranked: {gone: {when: b4, source: X}}
ladder:
  scale: rank
  levels:
    high: {require: {met: {that: b1, source: X}}}
    low: {otherwise: true, source: X}
  knockouts: {out: {when: b2, to: low, source: X}}
floors: {lift: {when: b3, at_least: high, source: X}}
caps: {cap: {when: b3 and b1, at_most: low, source: X}}
"""


@pytest.mark.parametrize(
    ("rule", "stated", "levels"),
    [
        ("levels.high.met", "b1: false, b2: false, b3: false, b4: false", (0, 1)),
        ("knockouts.out", "b1: true, b2: true, b3: false, b4: false", (0, 1)),
        ("floors.lift", "b1: false, b2: false, b3: true, b4: false", (1, 0)),
        ("caps.cap", "b1: true, b2: false, b3: true, b4: false", (0, 1)),
        ("not_ranked.gone", "b1: true, b2: false, b3: false, b4: true", (None, 1)),
        ("caps.cap", "b1: true, b2: false, b3: false, b4: false", (1, 1)),  # it binds nobody
    ],
)
def test_a_rule_that_says_nothing_neither_bars_nor_lifts(tmp_path, rule, stated, levels):
    shared = "scales: {rank: {values: {low: L, high: H}}}\n"
    rulebook = load_files(tmp_path, rulebook=MANIFEST + shared, team=RULES).sound
    subjects = f"{{team: {{a: {{{stated}}}}}}}"
    assert results_of(rulebook, subjects).by_type["team"]["a"].level == levels[0]
    program = lower_rulebook(rulebook, {}, Bag())
    silent = without(program, "team", frozenset({f"team.{rule}"}))
    head = f"rulebook: {rulebook.id}\non: 2021-12-15\ncomplete: true\n"
    case_file = parse_case(f"{head}subjects: {subjects}\n".encode(), "c.yaml", Bag())
    found = evaluate_case(silent, case_from(case_file, silent, Bag()))
    assert found.by_type["team"]["a"].level == levels[1]
