"""The rules of a subject, typed: what is reported where they are lowered."""

from shutil import copytree

import pytest
from tests.support.rulebook import RULEBOOKS, load

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

ORDER = "order: [{highest: score}, {lowest: requested}]"


@pytest.fixture
def lower_with_order(tmp_path):
    """Return what is said of the grants where their quota has another order."""
    copytree(RULEBOOKS / "grants", tmp_path / "grants")
    file = tmp_path / "grants" / "project.yaml"
    text = file.read_text(encoding="utf-8")
    assert ORDER in text

    def lower(order):
        file.write_text(text.replace(ORDER, f"order: {order}"), encoding="utf-8")
        bag = Bag()
        lower_rulebook(load(tmp_path / "grants").sound, {}, bag)
        return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]

    return lower


@pytest.mark.parametrize("key", ["call", "partners", "share p in partners satisfies p.ranked"])
def test_an_order_key_must_have_an_order(key, lower_with_order):
    assert lower_with_order(f"[{{highest: {key}}}]") == [("K0323", key)]


@pytest.mark.parametrize("key", ["score", "submitted", "conflict"])
def test_numbers_dates_and_truths_have_one(key, lower_with_order):
    assert lower_with_order(f"[{{lowest: {key}}}]") == []


@pytest.fixture
def changed(tmp_path):
    """Return what is said of the grants with other texts in place of some of their projects'."""

    def lower(*changes):
        copytree(RULEBOOKS / "grants", tmp_path / "grants")
        path = tmp_path / "grants" / "project.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        bag = Bag()
        lower_rulebook(load(tmp_path / "grants").sound, {}, bag)
        return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]

    return lower


ROUNDING = '"if readings.part_places = dropped then floor else half_up"'
SMALL = "{fewer_than: 4, allow: 1, at_least: 1, source: 4/2}"
BY_FACT = "if conflict then {} else {}"
VOTE = """\
votes:
  board:
    ballots: ballots
    base: 9
    wins: {{more_than: 50%}}
    {}
    source: 4/3
defer:
"""
"""A vote of the board, with one more setting."""


@pytest.mark.parametrize(
    ("old", "before", "fact"),
    [
        ("level: top\n", "level: ", BY_FACT.format("top", "good")),
        (f"rounding: {ROUNDING}", "rounding: ", BY_FACT.format("floor", "ceiling")),
        (SMALL, "{allow: 1, source: 4/2, fewer_than: ", "score"),
        (SMALL, "{fewer_than: 4, source: 4/2, allow: ", "requested"),
        (SMALL, "{fewer_than: 4, allow: 1, source: 4/2, at_least: ", "score"),
        (SMALL, "{fewer_than: 4, allow: 1, source: 4/2, when: ", "conflict"),
        ("ties: needs_decision", "ties: ", BY_FACT.format("all", "none")),
        ("others: good", "others: ", "applicant.standing"),
        ("  cumulative: true", "  cumulative: ", "conflict"),
    ],
)
def test_a_setting_cannot_read_facts(old, before, fact, changed):
    end = "\n" if old.endswith("\n") else "}" if before.startswith("{") else ""
    assert changed((old, f"{before}{fact}{end}")) == [("K0344", fact)]


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("counting", BY_FACT.format("exact", "cumulative")),
        ("above_ceiling", BY_FACT.format("wins", "ceiling")),
        ("binding", "conflict"),
    ],
)
def test_a_setting_of_a_vote_cannot_read_facts(name, fact, changed):
    ballots = ("facts:\n", "facts:\n  ballots: {type: ballots of band}\n")
    vote = ("defer:\n", VOTE.format(f"{name}: {fact}"))
    assert changed(ballots, vote) == [("K0344", fact)]


@pytest.mark.parametrize(
    ("binding", "said"),
    [
        ("", [("K0121", "board"), ("K0121", "board")]),
        ("binding: true, ", [("K0121", "board"), ("K0121", "board")]),
        ('binding: "readings.part_places = dropped", ', [("K0121", "board"), ("K0121", "board")]),
        ('binding: "readings.part_places = nearest", ', []),
        ("binding: false, ", []),
        ("base: 9, ", [("K0121", "board")]),
    ],
)
def test_a_vote_that_binds_has_a_base_and_a_majority(binding, said, changed):
    ballots = ("facts:\n", "facts:\n  ballots: {type: ballots of band}\n")
    vote = f"votes: {{board: {{{binding}ballots: ballots, source: 4/3}}}}\ndefer:\n"
    assert changed(ballots, ("defer:\n", vote)) == said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fewer_than: 4", "fewer_than: if readings.part_places = dropped then 4 else 5"),
        ("allow: 1", "allow: 2 - 1"),
        (
            "at_most: parameters.top_share",
            "at_most: if parameters.top_share > 20% then 1/4 else 1/3",
        ),
        ("ties: needs_decision", "ties: if readings.part_places = dropped then all else none"),
    ],
)
def test_a_setting_is_made_of_constants_and_readings(old, new, changed):
    assert changed((old, new)) == []


# -- the number of places ------------------------------------------------------------------------

SHARE = "at_most: parameters.top_share"
AWARDS = ("  received: {type", "  awards: {type: number}\n  received: {type")


@pytest.fixture
def with_places(tmp_path):
    """Return what is said of the grants where a call has a number of awards, and a quota places."""

    def lower(places, per="[call]", share=SHARE):
        folder = tmp_path / "grants"
        copytree(RULEBOOKS / "grants", folder)
        texts = {name: folder / f"{name}.yaml" for name in ("call", "project")}
        project = texts["project"].read_text("utf-8")
        project = project.replace(SHARE, f"{share}\n    places: {places}", 1)
        project = project.replace("per: [call]", f"per: {per}", 1).replace(
            "definitions:\n", "definitions:\n  awards: {is: call.awards + 1}\n", 1
        )
        texts["project"].write_text(project, "utf-8")
        call = texts["call"].read_text("utf-8").replace(*AWARDS, 1)
        texts["call"].write_text(call, "utf-8")
        bag = Bag()
        lower_rulebook(load(folder).sound, {}, bag)
        return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]

    return lower


@pytest.mark.parametrize(
    "places", ["2", "0", "1 + 1", "call.awards", "min(3, call.awards)", "awards"]
)
def test_places_are_a_constant_or_read_through_a_key(places, with_places):
    assert with_places(places) == []


def test_places_may_hang_on_a_key_itself(with_places):
    assert with_places("if funded_elsewhere then 1 else 2", per="[call, funded_elsewhere]") == []


@pytest.mark.parametrize(
    ("places", "per"),
    [
        ("score", "[call]"),
        ("requested", "[applicant]"),
        ("min(3, score)", "[]"),
        ("call.awards + requested", "[call]"),
        ("if funded_elsewhere then 1 else 2", "[call]"),
    ],
)
def test_places_cannot_differ_within_a_group(places, per, with_places):
    assert with_places(places, per) == [("K0345", places)]


def test_a_share_may_be_chosen_by_what_the_group_shares(with_places):
    chosen = "if call.awards > 3 then parameters.top_share else 1/3"
    assert with_places("9", share=f"at_most: {chosen}") == []


@pytest.mark.parametrize("share", [BY_FACT.format("25%", "30%")])
def test_a_share_cannot_differ_within_a_group(share, changed):
    assert changed((SHARE, f"at_most: {share}")) == [("K0345", share)]


@pytest.mark.parametrize(
    ("places", "per"),
    [("call.awards", "[applicant]"), ("call.awards", "[call.deadline]"), ("awards", "[]")],
)
def test_whether_another_link_gives_a_group_one_number_a_case_tells(places, per, with_places):
    assert with_places(places, per) == []


@pytest.mark.parametrize(
    "share", ["call.awards", "call.awards / 100", "1 - parameters.top_share", "1 - 2/3 + 0.1"]
)
def test_a_share_may_be_worked_out(share, with_places):
    assert with_places("9", share=f"at_most: {share}") == []


@pytest.mark.parametrize("share", ["1 + 20%", "20% - 1", "parameters.top_share - 1"])
def test_one_of_constants_alone_is_a_share(share, with_places):
    assert with_places("9", share=f"at_most: {share}") == [("K0328", share)]


@pytest.mark.parametrize("places", ["20%", "-1", "1.5"])
def test_a_constant_number_of_places_is_whole(places, with_places):
    assert with_places(places) == [("K0346", places)]


@pytest.mark.parametrize("allow", ["25%", "-1", "0.5"])
def test_so_is_that_of_a_small_group(allow, changed):
    small = SMALL.replace("allow: 1", f"allow: {allow}")
    assert changed((SMALL, small)) == [("K0346", allow)]


@pytest.mark.parametrize("size", ["20%", "-1", "1.5"])
def test_a_constant_size_of_a_group_is_whole(size, changed):
    assert changed((SHARE, f"{SHARE}\n    size: {size}")) == [("K0347", size)]


def test_a_size_is_a_number(changed):
    assert changed((SHARE, f"{SHARE}\n    size: true")) == [("K0320", "true")]


def test_a_size_cannot_hang_on_the_level_that_the_quota_leaves(changed):
    size = "if band = top then 1 else 2"
    assert changed((SHARE, f"{SHARE}\n    size: {size}")) == [("K0441", "band")]


@pytest.mark.parametrize("share", ["1", "1.0"])
def test_a_share_of_one_may_be_meant_as_one_place(share, changed):
    assert changed((SHARE, f"at_most: {share}")) == [("K0713", share)]


@pytest.mark.parametrize("share", ["100%", "1/1", "0"])
def test_a_share_that_is_written_as_one_is_none_of_these(share, changed):
    assert changed((SHARE, f"at_most: {share}")) == []


@pytest.mark.parametrize("key", ["partners", "partners.founded"])
def test_a_list_makes_groups_of_those_whose_lists_are_the_same(key, changed):
    assert changed(("per: [call]", f"per: [{key}]")) == [("K0715", key)]


def test_what_a_level_requires_is_not_waived_unawares(tmp_path):
    """Where the `when` of a requirement does not hold it keeps nobody back: that is no guard."""
    copytree(RULEBOOKS / "grants", tmp_path / "grants")
    path = tmp_path / "grants" / "project.yaml"
    text = path.read_text(encoding="utf-8").replace("when: requested > 10000, that", "that")
    heard = "heard: {when: heard, to: poor, source: '3.3'}\n    late:"
    path.write_text(text.replace("late:", heard), encoding="utf-8")
    bag = Bag()
    lower_rulebook(load(tmp_path / "grants").sound, {}, bag)
    said = {(d.code, d.span.text if d.span else "", d.help) for d in bag.diagnostics}
    assert said == {("K0333", "own_share", "required"), ("K0333", "heard", "")}


# -- the levels of a ladder ----------------------------------------------------------------------

LEVEL = "    {}:\n      require:\n        score: {{that: score >= {}, source: 3.2/1}}\n"


def test_a_level_left_out_between_others_is_told(changed):
    assert changed((LEVEL.format("fair", 40), "")) == [("K0714", "band")]


def test_the_best_levels_may_be_left_out(changed):
    top = "    top:\n      require:\n        score: {that: score >= 80, source: 3.2/1}\n"
    own = "        own_share: {when: requested > 10000, that: own_share >= 20%, source: 3.2/2}\n"
    lower = ("level: top\n", "level: good\n"), ("others: good", "others: fair")
    assert changed((top + own, ""), *lower) == []
