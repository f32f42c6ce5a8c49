"""A case of hundreds: what is shown first, what is counted, and what the whole of it is."""

from __future__ import annotations

import re

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

from khung.report.result.document import Manner, results_html, results_text
from khung.report.result.overview import MOST_NAMES

RULES = {
    "rulebook": MANIFEST + "scales: {rank: {values: {low: Low, high: High}}}\n",
    "club": "subject: club\nlabel: Club\n",
    "item": """\
subject: item
label: Item
links: {club: {to: club, label: Club}}
facts:
  prompt: {type: boolean, label: Prompt}
  best: {type: boolean, label: Best}
  fined: {type: boolean, label: Fined, fixed: true, default: false, absence: true}
  votes: {type: number, range: "-100..100", label: Votes}
ladder:
  scale: rank
  levels:
    high: {require: {best: {that: best, source: S1}, enough: {that: votes >= 0, source: S1}}}
    low: {otherwise: true, source: S1}
  knockouts: {fined: {label: Was fined, when: fined, to: low, source: S2}}
quotas:
  high:
    label: No more than half
    level: high
    per: [club]
    counts: ranked
    at_most: 50%
    rounding: floor
    order: [{highest: votes}]
    ties: needs_decision
    others: low
    source: S3
checks:
  grave: {label: In time, require: prompt, source: S4}
  slight: {label: Has votes, require: votes > 0, severity: warning, source: S4}
""",
}


@pytest.fixture
def results(tmp_path):
    """Evaluate items, of which the facts are written, in clubs `c0` and on."""

    def evaluate(items, clubs=1):
        written = ", ".join(f"i{n}: {item}" for n, item in enumerate(items))
        held = ", ".join(f"c{n}: {{}}" for n in range(clubs))
        program = load_files(tmp_path, **RULES).sound
        return results_of(program, f"{{club: {{{held}}}, item: {{{written}}}}}")

    return evaluate


def _item(club=0, votes=1, **facts):
    said = {"club": f"c{club}", "prompt": "true", "best": "true", "votes": votes, **facts}
    return "{" + ", ".join(f"{key}: {value}" for key, value in said.items()) + "}"


def _tables(html):
    return [re.sub(r"<[^>]+>", "|", table) for table in html.split("<table")[1:]]


# -- groups of quotas -----------------------------------------------------------------------------


def _clubs(number, contested=()):
    """Return four items for each club, of whom two may be high; in some a third wants to be."""
    return [
        _item(club, votes, best=str(votes > 1 + (club not in contested)).lower())
        for club in range(number)
        for votes in (1, 2, 3, 4)
    ]


def test_of_many_groups_those_with_somebody_cut_are_shown_at_a_glance(results):
    """In 14 clubs two keep their places; in the third and the last a third one is cut."""
    found = results(_clubs(14, {2, 13}), 14)
    html = results_html(found, "en")
    glance, rest = html.split("There are 12 more groups")
    groups = _tables(glance)[-1]
    assert [name for name in map("c{}".format, range(14)) if f">|Club {name}|" in groups] == []
    assert re.findall(r"\|Club (c\d+)\|", groups) == ["c2", "c13"]
    assert re.findall(r"Club (c\d+)", _tables(rest)[-2])[:2] == ["c0", "c1"]
    text = results_text(found, "en")
    assert re.findall(r"^  Club (c\d+) +4 +2 +2 +1 +–$", text, re.MULTILINE) == ["c2", "c13"]
    assert "There are 12 more groups" in text


def test_of_few_groups_all_are_shown_with_names(results):
    text = results_text(results(_clubs(2), 2), "en")
    assert "proposed for High: i2 and i3" in text
    assert "proposed for High: i6 and i7" in text


def test_who_is_at_the_line_is_told_with_what_puts_in_order(results):
    """Four of four want one of two places: votes 4 and 3 have them, 2 comes next."""
    text = results_text(results(_clubs(1, {0})), "en")
    assert "Votes: just above the line: i2 (3); just below the line: i1 (2)" in text


def test_nobody_is_at_a_line_that_is_not_reached(results):
    text = results_text(results(_clubs(1)), "en")
    assert "the line" not in text


# -- lines of subjects ----------------------------------------------------------------------------


def test_on_paper_those_of_a_place_stand_together_and_are_numbered_through(results):
    items = [_item(n % 2, n, name=f"Name {n}") for n in range(40)]
    table = next(t for t in _tables(results_html(results(items, 2), "en")) if "|No.|" in t)
    assert table.count("|c0|") == table.count("|c1|") == 1
    assert table.index("|c0|") < table.index("|Name 38|") < table.index("|c1|")
    assert re.findall(r"\|(\d+)\|\|Name", table) == [str(n) for n in range(1, 41)]


def test_on_a_terminal_those_of_whom_the_same_is_said_share_a_line(results):
    items = [_item(votes=n, best="false", name=f"Name {n}x") for n in range(1, 20)]
    lines = results_text(results(items), "en", width=2000).splitlines()
    (line,) = [line for line in lines if "Name 1x, " in line and "Because" in line]
    assert "Name 19x: Low" in line


def test_a_terminal_counts_what_it_has_no_room_for(results):
    """Of 60 items each is told otherwise, by its votes; 40 have a line."""
    items = [_item(votes=-n, name=f"Name {n}x") for n in range(1, 61)]
    text = results_text(results(items), "en").split("■ Item")[1]
    told = re.findall(r"• Name (\d+)x", text)
    assert told == [str(n) for n in range(1, 41)]
    assert "and 20 more" in text


# -- what is in the way, and what is near ---------------------------------------------------------


def test_what_is_grave_is_in_the_way_and_the_rest_is_noted(results):
    items = [_item(votes=n, best="false") for n in range(1, 5)]
    items += [_item(votes=0, best="false"), _item(prompt="false", best="false")]
    text = results_text(results(items), "en")
    way, notes = text.split("■ Before this can be signed")[1].split("■ Note")
    assert "In time: i5" in way
    assert "Has votes" not in way
    assert "Has votes: i4" in notes
    assert "In time" not in notes.split("■")[0]


def test_near_a_level_is_who_lacks_one_thing_that_is_not_fixed(results):
    """Others lack nothing, lack two things, were fined, or are cut by a quota."""
    items = [_item(votes=n, best="false") for n in range(1, 4)]
    items += [_item(votes=9, fined="true"), _item(votes=8, best="false", fined="true")]
    items += [_item(votes=n) for n in range(10, 15)]
    text = results_text(results(items), "en")
    near = text.split("■ Close to the next level")[1].split("■")[0]
    assert "• Best: no: i0 … i2\n" in near
    assert "fined" not in near
    assert near.count("•") == 1


def test_of_many_only_a_few_are_named(results):
    items = [_item(votes=n, best="false", name=f"Name {n}x") for n in range(MOST_NAMES + 3)]
    near = results_text(results(items), "en").split("■ Close to the next level")[1].split("■")[0]
    assert f"Name 0x, Name 1x, Name 2x and {MOST_NAMES} other items" in " ".join(near.split())


def test_every_decision_is_told_where_a_page_counts_the_last(results):
    """In each of 14 clubs two with as many votes want the one place."""
    items = [_item(club, 1) for club in range(14) for _ in (1, 2)]
    html = results_html(results(items, 14), "en")
    first, second = html.split("</section>", 1)
    assert "and 2 more decisions" in first
    assert first.count("A tie for the last place") == 12
    assert second.count("A tie for the last place") >= 14


def test_nobody_is_left_out_of_a_page_in_full(results):
    """Each is told otherwise, as each is fined or proposed in a club of its own."""
    items = [_item(n, name=f"Name {n}x") for n in range(201)]
    html = results_html(results(items, 201), "en", Manner(full=True))
    told = re.findall(r"<h3[^>]*>(Name \d+x)", html)
    assert told == [f"Name {n}x" for n in range(201)]


def test_a_case_in_order_says_so(results):
    text = results_text(results([_item(n, 5) for n in range(4)], 4), "en")
    way = text.split("■ Before this can be signed")[1].split("■")[0]
    assert way.strip() == "Nothing is in the way."


@pytest.mark.parametrize(("number", "told"), [(4, False), (5, True)])
def test_no_share_is_told_of_less_than_five(results, number, told):
    html = results_html(results([_item(n) for n in range(number)], number), "en")
    assert ("(100%)" in html.replace("\N{NO-BREAK SPACE}", "")) is told


KINDS = [f"k{n}" for n in range(17)]


@pytest.mark.parametrize("number", [3, 17])
def test_kinds_that_are_many_have_a_table_beside_their_subjects(tmp_path, number):
    """The first sheet is no longer for it; what it counts is the same."""
    values = ", ".join(f"{kind}: {{label: {kind}}}" for kind in KINDS)
    kinds = f"kinds: {{field: sort, values: {{{values}}}}}\n"
    item = RULES["item"].replace("links:", f"{kinds}links:")
    program = load_files(tmp_path, **{**RULES, "item": item}).sound
    items = [_item(sort=f"k{n % number}") for n in range(34)]
    written = ", ".join(f"i{n}: {one}" for n, one in enumerate(items))
    found = results_of(program, f"{{club: {{c0: {{}}}}, item: {{{written}}}}}")
    first, second, *_ = results_html(found, "en").split("</section>")
    there, elsewhere = (first, second) if number == 3 else (second, first)
    rows = re.findall(r">– (k\d+)</th><td[^>]*>(\d+)<", there)
    assert [name for name, _ in rows] == KINDS[:number]
    assert sum(int(size) for _, size in rows) == 34
    assert ">– k0<" not in elsewhere
