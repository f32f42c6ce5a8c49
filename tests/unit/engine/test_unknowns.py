"""Knowing less of a case never makes a result surer, and never ends in an error."""

from pathlib import Path

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

from khung.why.result import Result

SCALE = "scales: {rank: {values: {low: L, high: H}}}\n"
LEVELS = """\
ladder:
  scale: rank
  levels:
    high: {require: {all: {that: "REQUIRED", source: X}}}
    low: {otherwise: true, source: X}
"""


def said(result: Result) -> tuple[str, int | None, int | None, tuple[str, ...]]:
    """Return a status, the ends of the level, and what is missing."""
    return result.status.value, result.at_worst, result.at_best, result.missing


# -- who points to a subject -----------------------------------------------------------------------

TEAM = "subject: team\nfacts: {size: {type: number, range: '0..9'}}\n"
PLAYER = """\
subject: player
links: {team: {to: team, back: players, complete: size}}
facts: {fit: {type: boolean}}
"""
ALL_FIT = LEVELS.replace("REQUIRED", "every p in players satisfies p.fit")


@pytest.mark.parametrize(
    ("size", "player", "expected"),
    [
        ("2", "team: b, fit: true", ("undetermined", 0, 1, ("team.a.players",))),
        # The second of `a` may stand in no file, and `q` elsewhere.
        ("2", "team: null, fit: true", ("undetermined", 0, 1, ("player.q.team", "team.a.players"))),
        ("2", "team: a, fit: true", ("ranked", 1, 1, ())),
        # The list is whole, so that `q` is elsewhere.
        ("1", "team: null, fit: false", ("ranked", 1, 1, ())),
        (
            "null",
            "team: a, fit: true",
            ("undetermined", 0, 1, ("team.a.players", "team.a.size")),
        ),
    ],
)
def test_who_may_point_here_does_not_fill_a_count(
    tmp_path: Path, size: str, player: str, expected: object
) -> None:
    rulebook = load_files(
        tmp_path, rulebook=MANIFEST + SCALE, team=TEAM + ALL_FIT, player=PLAYER
    ).sound
    subjects = (
        f"{{team: {{a: {{size: {size}}}, b: {{size: 9}}}}, "
        f"player: {{p: {{team: a, fit: true}}, q: {{{player}}}}}}}"
    )
    assert said(results_of(rulebook, subjects, "").by_type["team"]["a"]) == expected


def test_no_more_may_point_here_than_a_count_leaves(tmp_path: Path) -> None:
    """Three of three to five are fit: two may be elsewhere, or be the two that the count leaves."""
    rules = LEVELS.replace("REQUIRED", "(share p in players satisfies p.fit) >= 3/5")
    rulebook = load_files(
        tmp_path, rulebook=MANIFEST + SCALE, team=TEAM + rules, player=PLAYER
    ).sound
    subjects = (
        "{team: {a: {size: 5}}, player: {p: {repeat: 3, team: a, fit: true}, "
        "q: {repeat: 4, team: null, fit: false}}}"
    )
    assert results_of(rulebook, subjects).by_type["team"]["a"].level == 1


# -- records that point to a subject --------------------------------------------------------------

RECORDS = """\
records:
  fine:
    held_by: [player]
    fields: {at: {to: team, back: fines}, paid: {type: boolean}}
"""
FINED = """\
subject: player
facts:
  licensed: {type: boolean, default: true}
  fines: {type: list of fine, default: [], applies_when: licensed}
"""
ALL_PAID = LEVELS.replace("REQUIRED", "every f in fines satisfies f.paid")


@pytest.mark.parametrize(
    ("player", "expected"),
    [
        ("fines: [{at: a, paid: false}]", ("ranked", 0, 0, ())),
        ("fines: null", ("undetermined", 0, 1, ("player.p.fines",))),
        ("fines: [{at: null, paid: false}]", ("undetermined", 0, 1, ("player.p.fines[1].at",))),
        ("fines: null, licensed: false", ("ranked", 1, 1, ())),
        ("fines: null, licensed: null", ("undetermined", 0, 1, ("player.p.fines",))),
        ("fines: []", ("ranked", 1, 1, ())),
        ("licensed: true", ("ranked", 1, 1, ())),
    ],
)
def test_an_unknown_list_of_records_may_hold_one_that_points_here(
    tmp_path: Path, player: str, expected: object
) -> None:
    rulebook = load_files(
        tmp_path,
        rulebook=MANIFEST + SCALE + RECORDS,
        team="subject: team\n" + ALL_PAID,
        player=FINED,
    ).sound
    results = results_of(rulebook, f"{{team: {{a: {{}}}}, player: {{p: {{{player}}}}}}}")
    assert said(results.by_type["team"]["a"]) == expected


def test_an_element_of_which_nothing_is_known_may_be_anyone(tmp_path: Path) -> None:
    """Who holds a fine that may point here is not known, so whether all are licensed is not."""
    asked = "every p in distinct values(fines.owner) satisfies p.licensed"
    rulebook = load_files(
        tmp_path,
        rulebook=MANIFEST + SCALE + RECORDS,
        team="subject: team\n" + LEVELS.replace("REQUIRED", asked),
        player=FINED,
    ).sound
    results = results_of(rulebook, "{team: {a: {}}, player: {p: {fines: null}}}")
    assert said(results.by_type["team"]["a"]) == ("undetermined", 0, 1, ("player.p.fines",))


# -- votes -----------------------------------------------------------------------------------------

VOTED = LEVELS.replace("REQUIRED", "true") + (
    "votes: {all: {binding: true, ballots: votes, base: body.size,"
    " wins: {high: {at_least: 0%}, default: {more_than: 50%}}, source: X}}\n"
)


@pytest.mark.parametrize(("ballots", "least"), [("{high: 1}", 1), ("{low: 9}", 0)])
def test_a_majority_of_nothing_is_met_whatever_the_base(
    tmp_path: Path, ballots: str, least: int
) -> None:
    rulebook = load_files(
        tmp_path,
        rulebook=MANIFEST + SCALE,
        body="subject: body\nfacts: {size: {type: number}}\n",
        player="subject: player\nlinks: {body: {to: body}}\n"
        "facts: {votes: {type: ballots of rank}}\n" + VOTED,
    ).sound
    results = results_of(rulebook, f"{{player: {{p: {{body: null, votes: {ballots}}}}}}}")
    assert results.by_type["player"]["p"].at_worst == least


# -- the order of work -----------------------------------------------------------------------------

UNIT = """\
subject: unit
kinds: {field: kind, values: {cell: {}, branch: {}, district: {}}}
links:
  above: {to: unit, back: below, tree: true, optional: true}
facts: {good: {type: boolean}}
ladder:
  scale: rank
  levels:
    high: {require: {good: {that: good, source: X}}}
    middle:
      require:
        below:
          when: kind != cell
          that: every u in below where u.ranked satisfies u.rank >= middle
          source: X
    low: {otherwise: true, source: X}
quotas:
  few: {level: high, per: above, when: has(above), at_most: 50%, counts: true, source: X}
"""
SUBJECTS = """\
{unit: {
  top: {kind: %s, above: %s, good: true},
  one: {kind: branch, above: top, good: true},
  two: {kind: branch, above: top, good: false},
  a: {kind: cell, above: one, good: false},
  b: {kind: cell, above: one, good: false}}}
"""


@pytest.mark.parametrize("kind", ["district", "null"])
@pytest.mark.parametrize("above", ["'-'", "null"])
def test_a_place_that_is_not_known_puts_no_ring_into_the_order_of_work(
    tmp_path: Path, kind: str, above: str
) -> None:
    """The cells are middle, as the branch that has them; so is one branch, by the quota."""
    scale = SCALE.replace("L,", "L, middle: M,")
    rulebook = load_files(tmp_path, rulebook=MANIFEST + scale, unit=UNIT).sound
    whole = results_of(rulebook, SUBJECTS % ("district", "'-'")).by_type["unit"]
    less = results_of(rulebook, SUBJECTS % (kind, above)).by_type["unit"]
    for name, result in whole.items():
        assert result.level is not None
        assert less[name].at_worst <= result.level <= less[name].at_best
    assert said(less["a"])[:3] == said(less["b"])[:3] == ("ranked", 1, 1)
    assert (whole["top"].level, whole["one"].level, whole["two"].level) == (2, 2, 1)


# -- a criterion that may not apply ----------------------------------------------------------------

GRADED = """\
subject: graded
facts: {busy: {type: boolean}}
criteria: {scale: rank, groups: {g: {items: {work: {applies_when: busy}, rest: {}}}}}
"""


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("busy: true, criteria: {work: high, rest: low}", ("ranked", 1, 1, ())),
        ("busy: true, criteria: {work: low, rest: high}", ("ranked", 0, 0, ())),
        ("busy: false, criteria: {rest: high}", ("ranked", 0, 0, ())),  # there is none to be high
        ("criteria: {rest: high}", ("undetermined", 0, 1, ("graded.a.busy",))),
    ],
)
def test_has_asks_of_a_criterion_whether_it_applies(tmp_path, stated, expected):
    rule = LEVELS.replace("REQUIRED", "has(criteria.work) and criteria.work >= high")
    files = load_files(tmp_path, rulebook=MANIFEST + SCALE, graded=GRADED + rule)
    found = results_of(files.sound, f"{{graded: {{a: {{{stated}}}}}}}").by_type["graded"]["a"]
    assert said(found) == expected
