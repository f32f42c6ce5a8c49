"""Whatever cites a clause cites one that there is."""

import pytest
from tests.support.rulebook import MANIFEST, load_files

CLAUSES = "clauses: {a/1: {summary: Một}, a/2: {summary: Hai}, b.1/1: {summary: Ba}}\n"
SUBJECT = """\
subject: s
label: Đối tượng
source: SUBJECT
kinds: {field: kind, values: {one: {label: Một, source: KIND}}}
links: {up: {to: s, tree: true, source: LINK}}
facts: {done: {type: boolean, source: FACT}}
definitions: {undone: {is: not(done), source: DEFINITION}}
criteria:
  points: true
  groups: {work: {source: GROUP, items: {speed: {range: "0..9", source: ITEM}}}}
  sets: {main: {members: all, source: SET}}
not_ranked: {out: {when: done, source: SCOPE}}
ladder:
  scale: grade
  levels:
    good: {require: {done: {that: done, source: REQUIREMENT}}, source: LEVEL}
    bad: {otherwise: true}
  knockouts: {out: {when: done, to: bad, source: KNOCKOUT}}
caps: {low: {when: done, at_most: bad, source: CAP}}
quotas:
  few:
    level: good
    per: []
    counts: true
    at_most: 20%
    small_group: {fewer_than: 5, allow: 1, source: SMALL}
    source: QUOTA
tables:
  asked:
    source: TABLE
    inputs: {done: done}
    outputs: {days: number}
    rows: {any: {then: {days: 1}, source: ROW}}
checks: {done: {require: done, source: CHECK}}
"""
SHARED = """\
scales: {grade: {source: SCALE, values: {bad: {}, good: {label: Tốt, source: VALUE}}}}
enumerations: {colour: {values: {red: {label: Đỏ, source: COLOUR}}}}
records: {fault: {fields: {day: {type: date, source: FIELD}}, source: RECORD}}
parameters: {part: {value: 20%, source: PARAMETER}}
readings: {how: {question: Sao, sources: [READING], options: {a: {source: OPTION}}, chosen: a}}
"""
PLACES = sorted(
    word.strip("[],}{")
    for word in (SUBJECT + SHARED).split()
    if word.strip("[],}{").isupper() and word.strip("[],}{").isalpha()
)


def said(folder, place, address):
    """Return what is said where one place cites an address, and all others a clause."""
    subject, shared = SUBJECT, MANIFEST + SHARED
    for other in sorted(PLACES, key=len, reverse=True):
        cites = address if other == place else "a/1"
        subject, shared = (
            text.replace(f"source: {other}", f"source: {cites}").replace(f"[{other}]", f"[{cites}]")
            for text in (subject, shared)
        )
    return load_files(folder, rulebook=shared, s=subject, clauses=CLAUSES)


def test_every_place_is_tried():
    assert len(PLACES) == len(set(PLACES)) == (SUBJECT + SHARED).count("source")


@pytest.mark.parametrize("place", PLACES)
def test_a_clause_that_is_not_there(tmp_path, place):
    assert said(tmp_path, place, "z/9").found == [("K0501", "z/9")]


@pytest.mark.parametrize("place", PLACES)
def test_a_part_that_the_clause_does_not_have(tmp_path, place):
    assert said(tmp_path, place, "a/1#x").found == [("K0502", "a/1#x")]


@pytest.mark.parametrize("heading", ["a", "b", "b.1"])
def test_a_group_of_criteria_may_cite_a_heading(tmp_path, heading):
    assert said(tmp_path, "GROUP", heading).found == []


@pytest.mark.parametrize("place", ["ITEM", "FACT", "SET", "REQUIREMENT"])
def test_anything_else_names_the_clause_under_the_heading(tmp_path, place):
    (found,) = said(tmp_path, place, "a").diagnostics
    assert (found.code, found.help, found.args["below"]) == ("K0501", "heading", ("a/1", "a/2"))
