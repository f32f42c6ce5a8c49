"""Objects that a case reaches by several ways: what is read of one is the same by each."""

import pytest
import yaml
from tests.support.rulebook import MANIFEST, load_files

from khung.analysis.proof.text import case_text
from khung.casefile.from_source import parse_case
from khung.casefile.tables.case import case_from
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.smt import ROOT
from khung.smt.decode import shown
from khung.smt.question import Answer, question
from khung.smt.smallest import Smallest
from khung.why.result import evaluate_case

SCALE = "scales: {rank: {values: {low: L, high: H}}}\n"
UNIT = """\
subject: unit
links: {up: {to: unit, back: subs, tree: true, optional: true}}
facts: {size: {type: number, range: "0..9"}, loud: {type: boolean}, quiet: {type: boolean}}
"""
MEMBER = """\
subject: member
links:
  at: {to: unit, back: members}
  mate: {to: member, back: mates}
facts: {keen: {type: boolean}, age: {type: number, range: "0..9"}}
"""
POST = """\
subject: post
links: {who: {to: member, back: posts}, body: {to: unit, back: posts}}
ladder:
  scale: rank
  levels:
    high: {require: {one: {that: "%s", source: X}}}
    low: {otherwise: true, source: X}
"""
HIGH = 1


@pytest.fixture
def asked(tmp_path):
    def ask(that, subject="post"):
        files = {"unit": UNIT, "member": MEMBER, "post": POST % that}
        if subject == "member":
            files["member"] += POST.partition("ladder")[2].join(("ladder", "")) % that
            files["post"] = POST.partition("ladder")[0]
        loaded = load_files(tmp_path, rulebook=MANIFEST + SCALE, **files)
        return question(subject, (lower_rulebook(loaded.sound, {}, Bag()),), follows=True)

    return ask


def high(made):
    """The subjects of the smallest case of the best level, which the reference has so, too."""
    made.finish()
    model = Smallest(made).find([made.outcomes[0].reaches(HIGH)], True)
    if model is None:
        return None
    case, program, bag = shown(made, model), made.sides[0].program, Bag()
    text = case_text(program.rulebook, case.on, case.subjects)
    read = parse_case(text.encode(), "case.yaml", bag)
    results = evaluate_case(program, case_from(read, program, bag))
    assert not bag.has_errors, text
    assert results.by_type[made.subject][ROOT].level == HIGH, text
    return yaml.safe_load(text)["subjects"]


def is_never_high(made):
    made.finish()
    return made.check(made.outcomes[0].reaches(HIGH))[0] is Answer.HOLDS


def test_two_ways_lead_to_one_who_is_written_once(asked):
    found = high(asked("body = who.at and body.loud and not(who.at.quiet)"))
    assert found["post"][ROOT]["body"] == found["member"][found["post"][ROOT]["who"]]["at"]
    assert [*found["unit"].values()] == [{"loud": True, "quiet": False}]


def test_who_is_another_is_written_apart(asked):
    found = high(asked("body != who.at and body.loud and who.at.loud"))
    assert len(found["unit"]) == 2


@pytest.mark.parametrize(
    "that",
    [
        "body = who.at and body.loud and not(who.at.loud)",
        "body = who.at and has(body.up) and has(who.at.up) and body.up != who.at.up",
        "body = who.at and has(body.up) and has(who.at.up) and body.up.size < who.at.up.size",
        "body = who.at and has(body.up) and not(has(who.at.up))",
        "has(body.up) and body.up = body",  # along a tree nobody is above himself
    ],
)
def test_what_is_read_of_one_is_the_same_by_either_way(asked, that):
    assert is_never_high(asked(that))


def test_a_neighbour_may_be_the_subject_itself(asked):
    that = "mate.mate = self and mate != self and mate.mate.age > 3 and keen"
    found = high(asked(that, "member"))
    other = found["member"][ROOT]["mate"]
    assert found["member"][other]["mate"] == ROOT
    assert found["member"][ROOT]["age"] > 3


def test_what_is_read_of_the_subject_itself_is_its_own(asked):
    assert is_never_high(asked("mate.mate = self and mate.mate.keen and not(keen)", "member"))


def test_who_would_lengthen_a_list_that_is_asked_is_not_taken_for_its_holder(asked):
    """A proof takes it for anybody; only no case is written that says so."""
    made = asked("body = who.at and count(body.members) = 0")
    assert high(made) is None
    assert made.space.bounded


def test_who_says_nothing_of_a_link_is_in_no_list_that_is_asked(asked):
    """Else it would be open whether he is in it, and with it the outcome."""
    found = high(asked("every x in body.members satisfies x.keen and who.age > 3"))
    assert found["member"]["who"]["at"] != found["post"][ROOT]["body"]
