"""What a description of a population may say, and what is told of one that says it wrongly."""

from __future__ import annotations

from fractions import Fraction

import pytest

from khung.analysis.population.checks import check_plan
from khung.analysis.population.columns import columns_of
from khung.analysis.population.making import connect, make
from khung.analysis.population.plan import Plan
from khung.analysis.population.strata import layers_of
from khung.diagnostics.bag import Bag
from khung.driver import Shelf
from khung.rulebook.population import POPULATION, read_population

RULEBOOK = """
khung: 1
id: clubs
title: Clubs
period: {from: 2021-01-01, to: 2021-12-31}
document: R
documents: {R: {label: Rules}}
scales: {grade: {label: Grade, values: {low: Low, fair: Fair, good: Good}}}
records:
  note: {label: Note, held_by: [person], fields: {about: {type: string, label: About}}}
subjects:
  club:
    label: Club
    facts: {size: {type: number, range: 0..100, label: Size}, head: {type: string, label: Head}}
  person:
    label: Person
    links: {club: {to: club, back: people, label: Club}}
    facts:
      age: {type: number, range: 0..120, label: Age}
      active: {type: boolean, label: Active}
      joined: {type: date, label: Joined}
      level: {type: grade, label: Level}
      ballots: {type: ballots of grade, label: Ballots}
      friend: {type: string, applies_when: active, label: Friend}
      notes: {type: list of note, key: about, default: [], label: Notes}
"""
POPULATION_TEXT = """
population: town
label: Town
size: people
on: 2021-06-30
words: {given: [An, Binh]}
strata:
  clubs: {subject: club, one_for: 10, id: "c{n}", CLUBS}
  people: {subject: person, one_for: 1, in: clubs, id: "p{n}", PEOPLE}
MORE
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rulebooks") / "clubs"
    folder.mkdir()
    (folder / "rulebook.yaml").write_text(RULEBOOK.lstrip(), encoding="utf-8")
    ready = Shelf().ready(folder, {})
    assert ready.program is not None, ready.diagnostics
    return ready.program


def described(tmp_path, clubs="known: []", people="known: []", more=""):
    text = POPULATION_TEXT.replace("CLUBS", clubs).replace("PEOPLE", people).replace("MORE", more)
    (tmp_path / POPULATION).write_text(text.lstrip(), encoding="utf-8")
    bag = Bag()
    return read_population(tmp_path, bag), bag


def said_of(program, tmp_path, **parts):
    """Return the codes and the places of all that is said of a description."""
    population, bag = described(tmp_path, **parts)
    layers = () if population is None else layers_of(population, program, bag)
    if population is not None and not bag.diagnostics:
        check_plan(Plan(layers, {"given": ("An",)}, 1, 1), bag)
    return [(d.code, d.span.text) for d in bag.diagnostics]


def made(program, tmp_path, size=1000, unknown=Fraction(0), seed=1, **parts):
    """Return the tables of a population, each as a list of rows by name of the column."""
    population, bag = described(tmp_path, **parts)
    layers = layers_of(population, program, bag)
    assert [(d.code, d.span.text) for d in bag.diagnostics] == []
    given = {layer.name: columns_of(layer.sheet, program) for layer in layers}
    plan = Plan(layers, {ref.name: listed for ref, listed in population.words}, size, seed)
    found = {}
    with connect(tmp_path) as con:
        for table in make(con, plan, given, unknown):
            rows = con.execute(table.query).fetchall()
            found[table.key] = [dict(zip(table.columns, row, strict=True)) for row in rows]
    return found


# -- what can be drawn ----------------------------------------------------------------------------


def test_as_many_are_made_as_asked_and_those_that_lie_in_one_stand_together(program, tmp_path):
    people = made(program, tmp_path, 137, people="facts: {club: in}")["person"]
    assert [row["id"] for row in people] == [f"p{i + 1}" for i in range(137)]
    clubs = [row["club"] for row in people]
    assert clubs == sorted(clubs, key=lambda club: int(club[1:]))
    assert len(set(clubs)) == 14


def test_ranges_shares_and_weights(program, tmp_path):
    drawn = "facts: {age: {5: 1, 20..29: 3}, active: 25%, joined: 2020-02-01..2020-02-29}"
    people = made(program, tmp_path, 4000, people=drawn)["person"]
    ages = [row["age"] for row in people]
    assert set(ages) == {5, *range(20, 30)}
    assert 0.21 < ages.count(5) / 4000 < 0.29
    assert 0.21 < sum(row["active"] for row in people) / 4000 < 0.29
    assert {row["joined"].day for row in people} == set(range(1, 30))


def test_another_seed_makes_others(program, tmp_path):
    one, two = (made(program, tmp_path, people="facts: {age: 1..90}", seed=i) for i in (1, 2))
    alike = [a["age"] == b["age"] for a, b in zip(one["person"], two["person"], strict=True)]
    assert alike.count(True) < 50


def test_columns_are_drawn_apart(program, tmp_path):
    people = made(program, tmp_path, 4000, people="facts: {active: 50%, age: {1: 1, 2: 1}}")
    both = sum(row["active"] and row["age"] == 1 for row in people["person"])
    assert 0.22 < both / 4000 < 0.28


def test_one_column_by_another_and_by_that_of_what_it_lies_in(program, tmp_path):
    tables = made(
        program,
        tmp_path,
        clubs="hidden: {kind: {big: 1, small: 1}}, facts: {size: {by: kind, big: 50, else: 5}}",
        people="""facts: {club: in, active: 50%,
            age: {by: in.kind, big: 40, small: {by: active, true: 30}}}""",
    )
    sizes = {row["id"]: row["size"] for row in tables["club"]}
    for row in tables["person"]:
        small = 30 if row["active"] else None
        assert row["age"] == (40 if sizes[row["club"]] == 50 else small)


def test_what_lies_in_one_is_counted(program, tmp_path):
    tables = made(
        program,
        tmp_path,
        333,
        clubs="facts: {size: {count: people, where: {active: true}}}",
        people="facts: {club: in, active: 50%, age: in.size}",
    )
    found = dict.fromkeys((row["id"] for row in tables["club"]), 0)
    for row in tables["person"]:
        found[row["club"]] += row["active"]
    assert found == {row["id"]: row["size"] for row in tables["club"]}
    assert all(row["age"] == found[row["club"]] for row in tables["person"])


def test_ballots_are_all_that_there_are(program, tmp_path):
    drawn = "facts: {level: {good: 1, fair: 1}, ballots: {of: 13, share: 60%..100%, to: level}}"
    for row in made(program, tmp_path, 200, people=drawn)["person"]:
        low, fair, good = (row[f"ballots.{level}"] for level in ("low", "fair", "good"))
        assert low + fair + good == 13
        assert (good if row["level"] == "good" else fair) >= 8
        assert (low if row["level"] == "good" else good) == 0


def test_elements_of_a_list_and_texts_put_together(program, tmp_path):
    own = 'list: notes, in: people, number: {0: 1, 2: 1}, facts: {about: "{k} of {in.name}"}'
    more = f"  notes: {{subject: person, {own}}}"
    tables = made(program, tmp_path, 200, people='name: "{given} {n}"', more=more)
    names = {row["id"]: row["name"] for row in tables["person"]}
    assert {name.split()[0] for name in names.values()} == {"An", "Binh"}
    notes = tables["person.notes"]
    assert 140 < len(notes) < 260
    pairs = list(zip(notes[::2], notes[1::2], strict=True))
    for one, two in pairs:
        assert one["of"] == two["of"]
        assert one["about"] == f"1 of {names[one['of']]}"
        assert two["about"] == f"2 of {names[two['of']]}"


def test_a_mark_says_what_no_value_can(program, tmp_path):
    people = made(program, tmp_path, people='facts: {friend: {An: 1, "-": 1, "?": 1}}')["person"]
    assert {(row["friend"], row["friend?"]) for row in people} == {
        ("An", None),
        (None, "-"),
        (None, "?"),
    }


def test_a_share_of_what_is_known_is_forgotten(program, tmp_path):
    drawn = "facts: {club: in, age: 3..9, active: 50%}, known: [active]"
    whole = made(program, tmp_path, 2000, people=drawn)["person"]
    partly = made(program, tmp_path, 2000, Fraction(1, 10), people=drawn)["person"]
    for before, after in zip(whole, partly, strict=True):
        assert after["age"] == (None if after["age?"] else before["age"])
        assert after["active"] == before["active"]
    assert 150 < sum(row["age?"] == "?" for row in partly) < 250
    assert 150 < sum(row["club?"] == "?" for row in partly) < 250


def test_names_that_queries_use_themselves_are_as_good_as_any(program, tmp_path):
    tables = made(
        program,
        tmp_path,
        50,
        people="""hidden: {u: {3: 1, 4: 1}, row: 5, first: u, siblings: row},
            facts: {club: in, age: {by: first, 3: siblings, 4: k}}""",
    )
    ages = [row["age"] for row in tables["person"]]
    assert set(ages) >= {1, 5}
    assert ages.count(5) > 10


def test_another_stratum_is_taken_over_but_for_what_is_said_anew(program, tmp_path):
    more = '  elders: {like: people, one_for: 20, id: "e{n}", facts: {age: 80, active: "-"}}'
    drawn = "facts: {age: 20, active: 50%}"
    people = made(program, tmp_path, 100, people=drawn, more=more)["person"]
    elders = [row for row in people if row["id"].startswith("e")]
    assert len(elders) == 5
    assert {(row["age"], row["active"]) for row in elders} == {(80, None)}


# -- what is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("facts: {aeg: 3}", [("K0201", "aeg")]),
        ("facts: {level: god}", [("K0126", "god")]),
        ("facts: {level: {good: 1, far: 2}}", [("K0126", "far")]),
        ("facts: {age: old}", [("K0580", "old")]),
        ("facts: {age: 3..200}", [("K0581", "3..200")]),
        ("facts: {age: 9..3}", [("K0580", "9..3")]),
        ("facts: {age: 5%}", [("K0580", "5%")]),
        ("facts: {active: 105%}", [("K0580", "105%")]),
        ("facts: {age: {5: many}}", [("K0123", "many")]),
        ("facts: {age: {5: 0}}", [("K0580", "0")]),
        ('facts: {age: {5: 1, "-": 1}}', [("K0580", '"-"')]),
        ("facts: {joined: 30/6/2021}", [("K0125", "30/6/2021")]),
        ("facts: {age: {by: aktive, true: 5}}", [("K0201", "aktive")]),
        ("facts: {age: {by: active, yes: 5}, active: 50%}", [("K0580", "yes")]),
        ("facts: {age: {count: peple}}", [("K0201", "peple")]),
        ("facts: {age: {count: people, where: {agge: 3}}}", [("K0201", "agge")]),
        ("facts: {age: {of: 4}}", [("K0121", "of")]),
        ("facts: {ballots: {of: 13, share: 60%}}", [("K0121", "of")]),
        ("facts: {age: {share: half, of: 4}}", [("K0580", "half")]),
        ("facts: {club: in.in}", [("K0201", "in.in")]),
        ('name: "{frist}"', [("K0201", '"{frist}"')]),
        ('name: "{in.name}"', [("K0201", '"{in.name}"')]),
        ("facts: {club: {pick: notes}}", [("K0201", "notes")]),
        ("facts: {club: {pick: clubs, of: all}}", [("K0201", "clubs")]),
        ("facts: {age: {count: people, of: in.in}}", [("K0201", "in.in")]),
        ("facts: {age: {count: people, of: out}}", [("K0580", "out")]),
        ("known: [agge]", [("K0201", "agge")]),
        ("criteria: {work: good}", [("K0201", "work")]),
        ("fact: {age: 3}", [("K0120", "fact")]),
        ("hidden: {a: {by: b, 1: 2}, b: {by: a, 1: 2}}", [("K0584", "people")]),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_drawn(program, tmp_path, people, said):
    assert said_of(program, tmp_path, people=people) == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('  x: {subject: persn, in: clubs, id: "x{n}"}', [("K0201", "persn")]),
        ('  x: {subject: person, list: note, in: people}', [("K0201", "note")]),
        ('  x: {subject: person, in: club, id: "x{n}"}', [("K0201", "club")]),
        ('  x: {subject: person, in: y, id: "x{n}"}\n  y: {subject: club, one_for: 5, id: "y{n}"}',
         [("K0582", "y")]),
        ('  x: {subject: person, id: "x{n}"}', [("K0121", "x")]),
        ('  x: {subject: person, in: clubs, id: x}', [("K0583", "x")]),
        ('  x: {subject: person, in: clubs, id: "p{n}"}', [("K0583", "x")]),
        ('  x: {like: z, id: "x{n}"}', [("K0201", "z")]),
        ('  x: {subject: person, in: clubs, id: "x{n}", number: {by: in.size, 5: 2}}', []),
    ],
)  # fmt: skip
def test_a_mistake_in_a_stratum(program, tmp_path, more, said):
    assert said_of(program, tmp_path, clubs="facts: {size: 5}", more=more) == said


def test_how_many_there_are_cannot_hang_on_a_count(program, tmp_path):
    more = '  x: {subject: person, in: clubs, id: "x{n}", number: {by: in.size, 5: 2}}'
    said = said_of(program, tmp_path, clubs="facts: {size: {count: people}}", more=more)
    assert said == [("K0585", "x")]
