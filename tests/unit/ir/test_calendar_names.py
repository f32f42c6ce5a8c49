"""`calendars.NAME` in expressions: where it may stand, and what is reported elsewhere."""

from __future__ import annotations

from datetime import date

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir import types as t
from khung.ir.definitions import lower_expression
from khung.ir.from_rulebook import lower_rulebook
from khung.syntax.from_text import parse_expression
from khung.text import placed

SHARED = """\
calendars:
  office: {from: 2021-01-01, to: 2021-12-31, weekend: [saturday, sunday]}
  court: {from: 2021-02-01, to: 2021-12-31, weekend: [sunday]}
records: {visit: {fields: {day: {type: date}}}}
"""
FACTS = """\
links: {above: {to: firm, back: below, optional: true}}
facts: {sent: {type: date}, met: {type: date}, n: {type: number}, visits: {type: list of visit}}
"""


@pytest.fixture
def lower(tmp_path):
    """Return the program with one definition, and what is said of it."""

    def lowered(expression):
        subject = f"subject: firm\n{FACTS}definitions: {{d: {{is: {expression!r}}}}}\n"
        read = load_files(tmp_path, rulebook=MANIFEST + SHARED, firm=subject).sound
        bag = Bag()
        program = lower_rulebook(read, {}, bag)
        return program, [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]

    return lowered


@pytest.mark.parametrize(
    ("expression", "ty"),
    [
        ("working days between(sent, met, calendars.office)", t.NUMBER),
        ("working days between(from: sent, to: met, calendar: calendars.office)", t.NUMBER),
        ("add working days(sent, n, calendars.court)", t.DATE),
        ("add working days(sent, -(2), calendars.court)", t.DATE),
        (
            "working days between(add working days(met, 1, calendars.court), on, calendars.office)",
            t.NUMBER,
        ),
    ],
)
def test_it_is_the_last_argument(expression, ty, lower):
    program, said = lower(expression)
    assert said == []
    assert program.objects["firm"].definitions["d"].ty == ty


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("calendars.office", [("K0360", "calendars.office")]),
        ("calendars.office = on", [("K0360", "calendars.office")]),
        ("count([calendars.office])", [("K0360", "calendars.office")]),
        ("is known(calendars.office)", [("K0341", "is known"), ("K0360", "calendars.office")]),
        ("calendars.office.from", [("K0360", "calendars.office")]),
        ("calendars.offices", [("K0201", "offices")]),
        ("working days between(sent, met, if true then calendars.office else calendars.court)",
         [("K0360", "calendars.office"), ("K0360", "calendars.court")]),
        ("working days between(sent, met, calendars.offices)", [("K0201", "offices")]),
        ("working days between(sent, met, calendar.office)", [("K0201", "calendar")]),
        ("working days between(sent, met, office)", [("K0201", "office")]),
        ("working days between(sent, met)", [("K0342", None)]),
        ("working days between(calendars.office, sent, met)", [("K0342", None)]),
        ("working days between(sent, n, calendars.office)", [("K0342", None)]),
        ("add working days(sent, met, calendars.office)", [("K0342", None)]),
    ],
)  # fmt: skip
def test_it_is_nothing_else(expression, wanted, lower):
    program, said = lower(expression)
    assert program is None
    assert [(code, text or expression) for code, text in wanted] == said


def test_a_mistyped_name_gets_the_nearest(tmp_path):
    subject = f"subject: firm\n{FACTS}definitions: {{d: {{is: calendars.ofice}}}}\n"
    bag = Bag()
    lower_rulebook(load_files(tmp_path, rulebook=MANIFEST + SHARED, firm=subject).sound, {}, bag)
    (said,) = bag.diagnostics
    assert (said.help, said.args["near"], said.args["kind"].key) == ("near", "office", "calendar")


def test_a_rulebook_without_calendars_says_so(tmp_path):
    subject = f"subject: firm\n{FACTS}definitions: {{d: {{is: calendars.office}}}}\n"
    shared = SHARED[SHARED.index("records") :]
    bag = Bag()
    lower_rulebook(load_files(tmp_path, rulebook=MANIFEST + shared, firm=subject).sound, {}, bag)
    assert [d.code for d in bag.diagnostics] == ["K0201"]


def test_facts_that_are_counted_are_noted(lower):
    one, other = "working days between(sent, above.met, calendars.office)", "calendars.court"
    program, said = lower(
        f"if has(above) then {one} else count v in visits satisfies"
        f" working days between(v.day, date(sent), {other}) > 1"
    )
    assert said == []
    noted = {fact: {by.name for by in held} for fact, held in program.dates.items()}
    assert noted == {
        ("firm", "sent"): {"office"},
        ("firm", "met"): {"office"},
        ("visit", "day"): {"court"},
    }


def test_an_expression_on_its_own_has_none():
    bag = Bag()
    text = "working days between(a, a, calendars.office) + count([calendars.office])"
    lower_expression(parse_expression(placed(text), bag), {"a": t.DATE}, bag)
    assert [(d.code, d.span.text) for d in bag.diagnostics] == [("K0361", "calendars.office")] * 2


def test_an_input_of_that_name_is_an_input():
    bag = Bag()
    ty = t.Context((("day", t.DATE),))
    node = lower_expression(parse_expression(placed("calendars.day"), bag), {"calendars": ty}, bag)
    assert (node.ty, bag.diagnostics) == (t.DATE, ())


def test_two_calendars_of_one_program_differ(lower):
    program, _ = lower("working days between(sent, met, calendars.office)")
    (office,) = program.dates["firm", "sent"]
    assert (office.first, office.last) == (date(2021, 1, 1), date(2021, 12, 31))
    assert len(office.days) == 261
