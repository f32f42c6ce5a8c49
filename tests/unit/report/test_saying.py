"""Conditions in words before any case: what is asked of the elements of a list, and of whom."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.builtins import SIGNATURES
from khung.ir.from_rulebook import lower_rulebook
from khung.locale import languages, table
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer

SHARED = """\
scales: {grade: {values: {low: Low, mid: Middle, high: High}}}
records:
  visit:
    label: Visit
    fields:
      day: {type: date, label: Day}
      paid: {type: boolean, label: Paid}
      mark: {type: grade, label: Mark}
      key: {type: string, label: Key}
    definitions:
      again: {is: some v in owner.visits satisfies v.key = key and v.day < day}
"""
SHOP = """\
subject: shop
label: {{vi: Cửa hàng, en: Shop}}
links: {{above: {{to: shop, back: below, optional: true, label: Above}}}}
facts:
  visits: {{type: list of visit, label: Visits}}
  opened: {{type: date, label: Opened}}
  day: {{type: date, label: Day}}
  clean: {{type: boolean, label: Clean}}
criteria:
  scale: grade
  groups: {{looks: {{label: Looks, items: {{front: {{}}, back: {{}}}}}}}}
ladder:
  scale: grade
  levels:
    high: {{require: {{clean: {{that: clean, source: X}}}}}}
    mid: {{require: {{dirty: {{that: not(clean), source: X}}}}}}
    low: {{otherwise: true, source: X}}
definitions: {{d: {{is: {expression!r}, output: true, source: X}}}}
"""


@pytest.fixture
def say(tmp_path):
    """Return what an expression over a shop says; `owner=visit` is the definition of the record."""

    def said(expression, lang="en", name="shop.d"):
        loaded = load_files(
            tmp_path, rulebook=MANIFEST + SHARED, shop=SHOP.format(expression=expression)
        )
        bag = Bag()
        program = lower_rulebook(loaded.sound, {}, bag)
        assert program is not None, [(d.code, d.args) for d in bag.diagnostics]
        owner, _, definition = name.partition(".")
        return Sayer(Words(program, lang)).say(program.objects[owner].definitions[definition].value)

    return said


@pytest.mark.parametrize(
    ("expression", "vi", "en"),
    [
        (
            "every v in visits satisfies v.mark >= mid",
            "với mọi mục trong Visits: Mark từ Middle trở lên",
            "for every item in Visits: Mark is at least Middle",
        ),
        (
            "some v in visits where v.paid satisfies v.mark = low",
            "có mục trong Visits mà Paid và Mark là Low",
            "for at least one item in Visits: Paid and Mark is Low",
        ),
        (
            "every v in visits where v.paid satisfies v.mark = high",
            "với mọi mục trong Visits mà Paid: Mark là High",
            "for every item in Visits for which Paid: Mark is High",
        ),
        (
            "not(some v in visits satisfies v.paid)",
            "không có mục trong Visits mà Paid",
            "for no item in Visits: Paid",
        ),
        (
            "every v in visits satisfies not(v.paid)",
            "không có mục trong Visits mà Paid",
            "for no item in Visits: Paid",
        ),
        (
            "clean and not(some v in visits satisfies v.paid and v.mark = low)",
            "Clean và (không có mục trong Visits mà Paid và Mark là Low)",
            "Clean and (for no item in Visits: Paid and Mark is Low)",
        ),
        (
            "every c in looks satisfies c >= mid",
            "mọi tiêu chí trong tập tiêu chí “Looks” đều từ Middle trở lên",
            "every criterion in the set “Looks” is at least Middle",
        ),
        (
            "some c in looks satisfies c = low",
            "có tiêu chí trong tập tiêu chí “Looks” là Low",
            "at least one criterion in the set “Looks” is Low",
        ),
        (
            "count c in looks satisfies c = low",
            "số tiêu chí trong tập tiêu chí “Looks” là Low",
            "of every criterion in the set “Looks”, the number that is Low",
        ),
        (
            "every c in looks satisfies is known(c)",
            "với mọi tiêu chí trong tập tiêu chí “Looks”: đã biết tiêu chí ấy",
            "for every criterion in the set “Looks”: that criterion is known",
        ),
        (
            "(share v in visits where v.paid satisfies v.mark = high) > 50%",
            "(trong Visits mà Paid, tỷ lệ mục mà Mark là High) trên 50 %",
            "(of every item in Visits for which Paid, the share with: Mark is High) is over 50%",
        ),
        (
            "(share v in visits where v.paid satisfies v.mark = high (empty: 0%)) > 50%",
            (
                "(trong Visits mà Paid, tỷ lệ mục mà Mark là High; "
                "không có mục nào thì tính là 0 %) trên 50 %"
            ),
            (
                "(of every item in Visits for which Paid, the share with: Mark is High; "
                "0% if there is no item) is over 50%"
            ),
        ),
        (
            "1 - (share v in visits satisfies v.paid (empty: 1/3)) < 0.5",
            (
                "(1 − (trong Visits, tỷ lệ mục mà Paid; không có mục nào thì tính là (1 ÷ 3))) "
                "dưới 0,5"
            ),
            (
                "(1 − (of every item in Visits, the share with: Paid; "
                "(1 ÷ 3) if there is no item)) is below 0.5"
            ),
        ),
        (
            "every s in below satisfies s.clean",
            "với mọi cửa hàng trong danh sách Cửa hàng: Clean",
            "for every shop in the list Shop: Clean",
        ),
        ("not(clean)", "không phải “Clean”", "not “Clean”"),
        ("not(has(above))", "không có Above", "has no Above"),
        (
            "not(day = opened)",
            "không phải: (Day trùng Opened)",
            "not: (Day is the same day as Opened)",
        ),
    ],
)
def test_what_is_asked_of_a_list(expression, vi, en, say):
    assert (say(expression, "vi"), say(expression, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        # the shop has a day of its own
        (
            "every v in visits satisfies v.day >= day",
            "for every item v in Visits: Day of v is not before Day of this shop",
        ),
        # nothing of a visit is called so
        (
            "every v in visits satisfies v.day >= opened",
            "for every item in Visits: Day is not before Opened",
        ),
        (
            "some v in visits satisfies not(some w in visits satisfies v.mark = w.mark)",
            "for at least one item v in Visits: for no item w in Visits: Mark of v is Mark of w",
        ),
        # the list within is asked of the outer element
        (
            "every s in below satisfies some v in s.visits satisfies v.paid",
            "for every shop s in the list Shop: for at least one item in Visits of s: Paid",
        ),
        # side by side, each is spoken of by itself
        (
            "clean or (some v in visits satisfies v.paid) or (every v in visits satisfies v.paid)",
            "Clean or (for at least one item in Visits: Paid) or (for every item in Visits: Paid)",
        ),
    ],
)
def test_a_letter_stands_where_it_is_needed(expression, said, say):
    assert say(expression) == said


def test_a_record_tells_itself_from_those_of_its_owner(say):
    assert say("clean", name="visit.again") == (
        "for at least one item v in Visits of the shop that has it: "
        "Key of v is Key of this item and Day of v is before Day of this item"
    )


UNSAID = {"substring", "string join", "concatenate", "number", "string", "date", "duration"}
"""Functions of a varying number of values, or that make one of a text: said as they are called."""


@pytest.mark.parametrize("lang", languages)
def test_functions_have_words(lang):
    known = table(lang, "page")
    without = {name for name in SIGNATURES if f"page.say.call.{name}" not in known}
    assert without == {*UNSAID, "years and months duration", "not"}


def test_a_function_is_said_in_words(say):
    assert say("odd(count(visits))") == "the number in Visits is odd"
    assert say("odd(count(visits))", "vi") == "số mục trong Visits là số lẻ"
