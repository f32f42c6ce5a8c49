"""The mutants of a rulebook, by their names."""

import pytest
from tests.mutation.mutants import mutants
from tests.support.rulebook import load_files

MANIFEST = """\
khung: 1
id: small
title: Small
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}}
scales: {grade: {values: {poor: P, fair: F, good: G}}, level: {values: {low: L, high: H}}}
enumerations: {body: {values: {cell: C, board: B}}}
parameters: {part: {value: 20%, source: A.4}}
readings:
  strict: {question: Q, options: {yes_it_is: {}, no_it_is_not: {}}, chosen: yes_it_is}
"""

SUBJECT = """\
subject: person
facts:
  absent: {type: number, default: 0}
  leads: {type: boolean, default: false}
  group: {type: string}
  ballots: {type: ballots of level}
criteria:
  scale: grade
  groups: {work: {items: {plan: {}, result: {}}}, ways: {items: {manner: {}}}}
  sets: {main: [{take: work}], every_one: all}
not_ranked: {new: {when: "absent > 11", source: A.1}}
ladder:
  scale: level
  levels:
    high:
      require:
        work: {when: leads, that: every c in main satisfies c >= fair, source: A.2}
    low: {otherwise: true, source: A.3}
votes:
  board: {binding: true, ballots: ballots, base: 10, wins: {more_than: 50%}, source: A.5}
quotas:
  high:
    level: high
    per: [group]
    counts: level = high
    at_most: parameters.part
    rounding: floor
    small_group: {fewer_than: 5, allow: 1, source: A.4}
    order: [{highest: absent}]
    others: low
    source: A.4
tables:
  asked:
    hit: collect
    inputs: {leads: leads}
    outputs: {by: body}
    source: A.6
    rows: {one: {if: {leads: true}, then: {by: board}}, all: {then: {by: cell}}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    rulebook = load_files(folder, rulebook=MANIFEST, subject=SUBJECT).sound
    return mutants(rulebook)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("number", "parameters.part.value: 20% → 21%"),
        ("scope rule dropped", "person.not_ranked.new: there → dropped"),
        ("number", "person.not_ranked.new.when: 11 → 12"),
        ("default", "person.facts.leads.default: false → true"),
        ("requirement dropped", "person.ladder.levels.high.require.work: there → dropped"),
        ("condition dropped", "person.ladder.levels.high.require.work: when: leads → dropped"),
        ("level", "person.ladder.levels.high.require.work.that: fair → good"),
        ("vote dropped", "person.votes.board: there → dropped"),
        ("number", "person.votes.board.wins: 50% → 49%"),
        ("vote", "person.votes.board.wins: more_than 50% → at_least 50%"),
        ("setting", "person.votes.board: above_ceiling: none → wins"),
        ("setting", "person.votes.board: counting: none → cumulative"),
        ("setting", "person.quotas.high: rounding: floor → ceiling"),
        ("setting", "person.quotas.high: ties: none → all"),
        ("number", "person.quotas.high.small_group: 5 → 6"),
        ("quota", "person.quotas.high: small_group: fewer_than 5 → dropped"),
        ("quota", "person.quotas.high.order: highest absent → lowest absent"),
        ("level", "person.quotas.high.others: low → high"),
        ("row dropped", "person.tables.asked.rows.one: there → dropped"),
        ("cell", "person.tables.asked.rows.one.tests.leads: true → -"),
        ("answer", "person.tables.asked.rows.one: by: board → cell"),
        ("set", "person.criteria.sets.main: plan → dropped"),
        ("set", "person.criteria.sets.every_one: manner → dropped"),
    ],
)
def test_each_rule_is_changed_in_the_ways_a_person_would(made, kind, name):
    assert [mutant.kind for mutant in made if mutant.name == name] == [kind]


def test_names_are_unique_and_tell_the_clause(made):
    assert len({mutant.name for mutant in made}) == len(made)
    sources = {m.entry.path: m.entry.sources for m in made}
    assert sources["person.ladder.levels.high.require.work"] == ("A.2",)


def test_what_declares_names_is_not_changed(made):
    assert {m.name.split(".")[0] for m in made} == {"parameters", "person"}
