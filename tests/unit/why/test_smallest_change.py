"""What would lift a level: of organisations, too, whose level hangs on those that lead to them."""

import pytest
from tests.laws.changing import results_of
from tests.support.evaluation import results_of as evaluated
from tests.support.rulebook import MANIFEST, load_files

from khung.driver import Shelf
from khung.engine.values import known
from khung.why import smallest_change
from khung.why.smallest_change import Search, smallest_changes

SCALE = "scales: {rank: {values: {low: L, middle: M, high: H}}}\n"
TEAM = """\
subject: team
facts: {paid: {type: boolean}, wins: {type: number, range: 0..50}, games: {type: number}}
definitions: {strong: {is: count m in players satisfies m.fit}}
ladder:
  scale: rank
  levels:
    high: {require: {all: {that: strong >= 2 and paid and wins / games >= 1/2, source: X}}}
    middle: {require: {all: {that: strong >= 2 and games >= 5, source: X}}}
    low: {otherwise: true, source: X}
"""
PLAYER = """\
subject: player
facts: {fit: {type: boolean}}
links: {team: {to: team, back: players}}
"""
PLAYERS = "player: {x: {team: a, fit: true}, y: {team: a, fit: true}, z: {team: b, fit: true}}"


def _found(tmp_path, team, players=PLAYERS):
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SCALE, team=TEAM, player=PLAYER).sound
    subjects = f"{{team: {{a: {team}, b: {{paid: true, wins: 0, games: 3}}}}, {players}}}"
    results = evaluated(rulebook, subjects)
    return smallest_changes(results, results.by_type["team"].values())


def _told(found):
    return [(change.name, change.before.least, change.after.least) for change in found.changes]


def test_those_who_lead_to_the_subject_still_do(tmp_path):
    found = _found(tmp_path, "{paid: false, wins: 8, games: 10}")["team.a"]
    assert (found.search, _told(found)) == (Search.FOUND, [("paid", False, True)])


def test_a_number_is_as_near_as_it_goes(tmp_path):
    found = _found(tmp_path, "{paid: true, wins: 2, games: 10}")["team.a"]
    assert _told(found) == [("wins", 2, 5)]


def test_two_facts_where_one_is_not_enough(tmp_path):
    found = _found(tmp_path, "{paid: false, wins: 2, games: 10}")["team.a"]
    assert _told(found) == [("paid", False, True), ("wins", 2, 5)]


def test_what_others_state_is_not_to_be_changed(tmp_path):
    found = _found(tmp_path, "{paid: true, wins: 8, games: 10}")["team.b"]
    assert (found.search, found.changes) == (Search.NONE, ())
    assert "team.levels.middle.all" in found.blocked_by


def test_a_search_that_stops_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(smallest_change, "PER_RESULT", 3)
    found = _found(tmp_path, "{paid: false, wins: 2, games: 10}")
    assert found["team.a"] == smallest_change.SmallestChange(Search.STOPPED)


def test_results_share_what_a_case_may_cost(tmp_path, monkeypatch):
    whole = _found(tmp_path, "{paid: false, wins: 2, games: 10}")
    monkeypatch.setattr(smallest_change, "PER_CASE", 20)
    found = _found(tmp_path, "{paid: false, wins: 2, games: 10}")
    assert found["team.a"].search is Search.STOPPED
    assert found["team.b"] == whole["team.b"]


def test_an_organisation_whose_members_count(tmp_path):
    path = tmp_path / "thon.yaml"
    grades = "tu_tuong to_chuc_can_bo lanh_dao_he_thong kiem_tra chuong_trinh khac_phuc"
    criteria = ", ".join(f"{name}: tot" for name in [*grades.split(), "nhiem_vu_chinh_tri"])
    path.write_text(
        f"""
case: Chi bộ có một đảng viên
rulebook: "2021"
on: 2021-12-15
complete: true
subjects:
  to_chuc_dang:
    xa: {{loai: dang_bo_co_so, ngay_thanh_lap: 1990-01-01, given: {{level: hoan_thanh_tot}}}}
    thon:
      loai: chi_bo_truc_thuoc
      cap_tren: xa
      ngay_thanh_lap: 1995-06-01
      so_dang_vien: 1
      duoc_cong_nhan_dien_hinh: false
      so_chi_tieu: 10
      so_chi_tieu_hoan_thanh: 4
      criteria: {{{criteria}}}
  dang_vien: {{m: {{chi_bo: thon, given: {{level: hoan_thanh}}}}}}
""",
        encoding="utf-8",
    )
    results = results_of(path, Shelf())
    found = smallest_changes(results, results.by_type["to_chuc_dang"].values())
    (change,) = found["to_chuc_dang.thon"].changes
    assert (change.name, change.before, change.after) == ("so_chi_tieu", known(10), known(8))


def test_nothing_is_looked_for_at_the_top_nor_where_it_was_decided(tmp_path):
    found = _found(tmp_path, "{paid: true, wins: 8, games: 10}")
    assert list(found) == ["team.b"]
    given = _found(tmp_path, "{given: {level: low}}")
    assert list(given) == ["team.b"]


ON_FILE = """\
subject: worker
facts:
  days: {type: number, range: 0..60}
  warned: {type: boolean, fixed: true}
  signed: {type: boolean}
ladder:
  scale: rank
  levels:
    high: {require: {days: {that: days < 30 and not(warned), source: X}}}
    middle: {require: {signed: {that: signed, source: X}}}
    low: {otherwise: true, source: X}
"""


def _lifting(tmp_path, worker):
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SCALE, worker=ON_FILE).sound
    results = evaluated(rulebook, f"{{worker: {{w: {worker}}}}}")
    return smallest_changes(results, results.by_type["worker"].values())["worker.w"]


def test_what_is_on_file_is_never_offered(tmp_path):
    found = _lifting(tmp_path, "{days: 3, warned: true, signed: true}")
    assert (found.search, found.changes, found.fixed) == (Search.NONE, (), ("warned",))


def test_nor_with_what_else_would_do(tmp_path):
    """Fewer days lift nothing as long as the warning is on file; both are in the way."""
    found = _lifting(tmp_path, "{days: 40, warned: true, signed: true}")
    assert (found.search, found.changes, found.fixed) == (Search.NONE, (), ("warned",))


def test_what_is_on_file_and_in_nobodys_way_is_not_told(tmp_path):
    found = _lifting(tmp_path, "{days: 3, warned: true, signed: false}")
    assert (found.search, found.fixed) == (Search.FOUND, ())
    assert _told(found) == [("signed", False, True)]


RACES = """\
subject: team
facts:
  laps: {type: list of number, range: 0..9, LENGTHunit: lap}
  paid: {type: boolean}
ladder:
  scale: rank
  levels:
    high: {require: {all: {that: paid, source: X}}}
    low: {otherwise: true, source: X}
caps: {many: {when: count(laps) > 2, at_most: low, source: X}}
"""


@pytest.mark.parametrize(("length", "names"), [("length: 3, ", []), ("", ["laps"])])
def test_a_list_of_numbers_is_made_shorter_unless_it_has_a_length(tmp_path, length, names):
    team = RACES.replace("LENGTH", length)
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SCALE, team=team).sound
    results = evaluated(rulebook, "{team: {a: {paid: true, laps: [1, 2, 3]}}}", but="K0714")
    found = smallest_changes(results, results.by_type["team"].values())["team.a"]
    assert [change.name for change in found.changes] == names


def test_no_change_is_proposed_that_no_file_may_say(tmp_path):
    team = TEAM.replace("range: 0..50}", "range: 0..50, must: wins <= games}")
    team = team.replace("wins / games >= 1/2", "wins >= 12")
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SCALE, team=team, player=PLAYER).sound
    teams = "{a: {paid: true, wins: 8, games: 10}, b: {paid: true, wins: 0, games: 3}}"
    results = evaluated(rulebook, f"{{team: {teams}, {PLAYERS}}}")
    found = smallest_changes(results, results.by_type["team"].values())["team.a"]
    assert _told(found) == [("wins", 8, 12), ("games", 10, 12)]


LEAGUE = "subject: league\nfacts: {rules: {type: string}}\n"
IN_LEAGUE = "links: {league: {to: league, back: teams}}\n"


@pytest.mark.parametrize(
    ("must", "lifted"),
    [
        # who leads to the team: by its link, and by a definition
        ("goals >= team.wins", False),
        ("goals >= of_team", False),
        # who leads to what the team leads to
        ("goals >= (sum t in team.league.teams of t.wins)", False),
        # four less may be, and so may what has nothing to do with the team
        ("goals >= team.wins - 4", True),
        ("goals >= 8", True),
    ],
)
def test_no_change_is_proposed_after_which_others_may_not_be_so(tmp_path, must, lifted):
    team = TEAM.replace("wins / games >= 1/2", "wins >= 12").replace(
        "games: {", "games: {fixed: true, "
    )
    goals = f"fit: {{type: boolean}}, goals: {{type: number, must: '{must}'}}"
    player = PLAYER.replace("fit: {type: boolean}", goals) + "definitions: {of_team: team.wins}\n"
    files = {"team": team + IN_LEAGUE, "player": player, "league": LEAGUE}
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SCALE, **files).sound
    players = "player: {x: {team: a, fit: true, goals: 8}, y: {team: a, fit: true, goals: 9}}"
    teams = "{a: {paid: true, wins: 8, games: 10, league: l}}"
    results = evaluated(rulebook, f"{{team: {teams}, {players}, league: {{l: {{}}}}}}")
    found = smallest_changes(results, results.by_type["team"].values())["team.a"]
    assert _told(found) == ([("wins", 8, 12)] if lifted else [])


@pytest.mark.parametrize(("limit", "changed"), [(7, ["games"]), (6, ["matches", "games"])])
def test_no_change_is_proposed_after_which_a_record_may_not_be_so(tmp_path, limit, changed):
    """The seventh match was one of seven: with six games it is taken from the list, too."""
    match = "records: {match: {fields: {number: {type: number, must: number <= owner.games}}}}\n"
    facts = "facts: {limit: {type: number, fixed: true}, matches: {type: list of match}, "
    team = TEAM.replace("wins / games >= 1/2", "games <= limit").replace("facts: {", facts)
    files = {"team": team, "player": PLAYER}
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SCALE + match, **files).sound
    own = f"paid: true, wins: 8, games: 10, limit: {limit}, matches: [{{number: 7}}]"
    players = "player: {x: {team: a, fit: true}, y: {team: a, fit: true}}"
    results = evaluated(rulebook, f"{{team: {{a: {{{own}}}}}, {players}}}")
    found = smallest_changes(results, results.by_type["team"].values())["team.a"]
    assert [change.name for change in found.changes] == changed
