"""Entries of a successor that changed while the clauses they cite are carried as they were."""

from __future__ import annotations

import pytest

from khung.analysis.checking import check
from khung.driver import Shelf

BASE = """\
khung: 1
id: base
title: Base
period: {from: 2024-01-01, to: 2024-12-31}
document: D
documents: {D: {}}
parameters:
  rate: {value: 20%, source: a/3, label: At most 20 % of all}
  due: {value: '@"2024-12-20"', source: a/3}
  least: {value: 3, source: a/2}
scales: {mark: {values: {low: Low, high: High}}}
readings:
  how: {question: Which, options: {all: {}, some_of_them: {}}, chosen: all, sources: [a/2]}
"""
CLAUSES = """\
clauses:
  a/1: {summary: Ill for 3 months}
  a/2: {summary: From 3 visits on}
  a/3: {summary: "At most 20%, until 20/12"}
"""
SHOP = """\
subject: shop
facts:
  months: {type: number, source: a/1}
  visits: {type: number, source: a/2}
  day: {type: date, source: a/3}
ladder:
  scale: mark
  levels:
    high: {require: {some: {that: "visits > 0", source: a/2}}}
    low: {otherwise: true}
caps:
  ill: {label: Ill for 3 months, when: months >= 3, at_most: low, source: a/1}
  seen:
    {label: Seen 3 times, when: "visits < parameters.least", at_most: low, source: a/2}
  how: {when: "visits > 9 and readings.how = all", at_most: low, source: a/2}
  late: {when: day > parameters.due, at_most: low, source: a/3}
  part: {when: months / 12 > parameters.rate, at_most: low, source: a/3}
  over: {label: Over 20% of the year, when: months / 12 > 20%, at_most: low, source: a/2}
  three: {label: One of 3 shops, when: months > 7, at_most: low, source: [a/2, a/3]}
"""
NEXT = """\
khung: 1
id: next
title: Next
extends: {rulebook: base, as: successor}
period: {from: 2025-01-01, to: 2025-12-31}
document: E
documents: {E: {}}
carried: {parameters: {rate: kept, due: changed, least: kept}, readings: {how: kept}}
parameters: {due: {value: '@"2025-12-20"'}}
"""
CARRIED = "clauses: {a/1: {carries: true}, a/2: {carries: true}, a/3: {carries: true}}\n"


@pytest.fixture
def checked(tmp_path):
    def found(manifest=NEXT, shop="", clauses=CARRIED):
        own = {"rulebook": manifest, "clauses": clauses}
        if shop:
            own["shop"] = f"subject: shop\n{shop}"
        base = {"rulebook": BASE, "shop": SHOP, "clauses": CLAUSES}
        for name, files in (("base", base), ("next", own)):
            (tmp_path / name).mkdir(exist_ok=True)
            for file, text in files.items():
                (tmp_path / name / f"{file}.yaml").write_text(text, "utf-8")
        return check(Shelf().ready(tmp_path / "next", {}))

    return found


def warned(found):
    return [(d.span.text, d.args["clause"]) for d in found.diagnostics if d.code == "K0722"]


ILL = 'caps: {ill: {when: "months >= 4"}}'


def test_a_changed_condition_under_a_clause_as_it_was(checked):
    assert warned(checked(shop=ILL)) == [("ill", "a/1")]


@pytest.mark.parametrize(
    ("shop", "name", "clause"),
    [
        ("facts: {months: {unit: day}}", "months", "a/1"),
        ("facts: {visits: {range: 0..9}}", "visits", "a/2"),
        ("caps: {ill: {last: true}}", "ill", "a/1"),
    ],
)
def test_whatever_results_hang_on_counts(checked, shop, name, clause):
    assert warned(checked(shop=shop)) == [(name, clause)]


def test_a_changed_parameter_under_a_clause_as_it_was(checked):
    text = NEXT.replace("rate: kept", "rate: changed")
    assert ("rate", "a/3") in warned(
        checked(text.replace("parameters: {due", "parameters: {rate: {value: 15%}, due"))
    )


@pytest.mark.parametrize(
    ("shop", "clauses"),
    [
        (ILL, CARRIED.replace("a/1: {carries: true}", "a/1: {carries: true, summary: For four}")),
        (ILL, CARRIED.replace("a/1: {carries: true}", "a/1: {summary: Ill for four months}")),
        ("caps: {ill: {label: Ill long}}", CARRIED),
        (
            "caps: {ill: {when: months >= 4, source: [a/1, a/4]}}",
            CARRIED[:-2] + ", a/4: {summary: N}}",
        ),
        ("caps: {more: {when: months >= 9, at_most: low, source: a/1}}", CARRIED),
        ("caps: {ill: {remove: true}}", CARRIED),
    ],
    ids=["new words", "new clause", "other label", "cites a new clause", "new entry", "gone"],
)
def test_what_a_new_clause_or_no_clause_says(checked, shop, clauses):
    assert warned(checked(shop=shop, clauses=clauses)) == []


def test_the_same_day_of_another_year_is_no_change(checked):
    assert warned(checked()) == []
    assert warned(checked(NEXT.replace("2025-12-20", "2025-12-15"))) == [("due", "a/3")]


def test_another_reading_needs_no_other_words(checked):
    text = NEXT.replace("how: kept", "how: changed") + "readings: {how: {chosen: some_of_them}}\n"
    assert warned(checked(text)) == []


def test_a_change_that_a_group_says_is_decided_by_a_new_clause(checked):
    groups = "carried: {groups: {g: {source: a/4, entries: [shop.caps.ill]}}, "
    clauses = CARRIED[:-2] + ", a/4: {summary: N}}"
    assert warned(checked(NEXT.replace("carried: {", groups), ILL, clauses)) == []


# -- texts that say what was -------------------------------------------------------------------


def test_texts_with_the_old_share_are_listed(checked):
    # not `Over 20% of the year`, which has a share of its own
    text = NEXT.replace("rate: kept", "rate: changed")
    found = checked(text.replace("parameters: {due", "parameters: {rate: {value: 15%}, due"))
    assert found.old_words == ("parameters.rate", "clauses.a/3")


def test_a_number_alone_is_looked_for_where_it_is_meant(checked):
    text = NEXT.replace("least: kept", "least: changed")
    found = checked(text.replace("parameters: {due", "parameters: {least: {value: 5}, due"))
    # not `One of 3 shops`, which reads no such number; the day of a/3 is as it was
    assert found.old_words == ("shop.caps.seen", "clauses.a/2")


def test_the_number_of_a_condition_is_looked_for_in_its_own_words(checked):
    assert checked(shop=ILL).old_words == ("shop.caps.ill",)


def test_a_day_is_looked_for_without_its_year(checked):
    found = checked(NEXT.replace("2025-12-20", "2025-12-15"))
    assert found.old_words == ("clauses.a/3",)


def test_where_nothing_changed_nothing_is_old(checked):
    assert checked().old_words == ()
