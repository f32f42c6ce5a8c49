"""Which facts are named as missing where they leave a result open."""

import pytest
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files

SHARED = """\
scales: {rank: {values: {low: L, middle: M, high: H}}}
records: {note: {fields: {most: {type: rank}, counts: {type: boolean}}}}
"""
ITEM = """\
subject: item
facts: {good: {type: boolean}, notes: {type: list of note}}
ladder:
  scale: rank
  levels:
    high: {require: {all: {that: good, source: X}}}
    middle: {require: {all: {that: "true", source: X}}}
    low: {otherwise: true, source: X}
caps: {noted: {each: n in notes, where: n.counts, at_most: n.most, source: X}}
"""


@pytest.mark.parametrize(
    ("notes", "missing"),
    [
        ("null", ("item.i.notes",)),
        ("[{most: null, counts: true}]", ("item.i.notes[1].most",)),
        ("[{most: middle, counts: null}]", ("item.i.notes[1].counts",)),
        ("[{most: null, counts: false}]", ()),
    ],
)
def test_of_a_cap_on_each_of_a_list(tmp_path, notes, missing):
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SHARED, item=ITEM).sound
    results = results_of(rulebook, f"{{item: {{i: {{good: true, notes: {notes}}}}}}}")
    assert results.by_type["item"]["i"].missing == missing


# -- what cannot be worked out ---------------------------------------------------------------------

YEARS = """\
scales: {rank: {values: {low: L, high: H}}}
records: {year: {fields: {year: {type: number}, most: {type: rank}}}}
"""
DEFINED = "definitions: {ratio: {is: part / whole}, double: {is: ratio * 2}}\n"
JUDGED = f"""\
subject: item
facts:
  years: {{type: list of year, key: year, default: []}}
  part: {{type: number, range: "0..9"}}
  whole: {{type: number, range: "0..9"}}
{DEFINED}\
ladder:
  scale: rank
  levels:
    high: {{require: {{all: {{that: "REQUIRED", source: X}}}}}}
    low: {{otherwise: true, source: X}}
"""


@pytest.mark.parametrize(
    ("required", "facts", "missing"),
    [
        ("entry(years, 2020).most = high", "years: [{year: 2019, most: high}]", ("item.i.years",)),
        ("part / whole > 1", "part: 1, whole: 0", ("item.i.part", "item.i.whole")),
        ("double > 1", "part: 1, whole: 0", ("item.i.ratio",)),
        ("double > 1", "part: 1, whole: null", ("item.i.whole",)),
        ("(lowest y in years of y.year) > 1", "years: []", ("item.i.years",)),
        ("(average y in years of y.year) > 1", "years: []", ("item.i.years",)),
    ],
)
def test_what_cannot_be_worked_out_is_named(tmp_path, required, facts, missing):
    judged = JUDGED.replace("REQUIRED", required)
    if "double" not in required:
        judged = judged.replace(DEFINED, "")
    loaded = load_files(tmp_path, rulebook=MANIFEST + YEARS, item=judged)
    assert loaded.rulebook is not None
    results = results_of(loaded.rulebook, f"{{item: {{i: {{{facts}}}}}}}")
    assert results.by_type["item"]["i"].missing == missing


# -- others ----------------------------------------------------------------------------------------

CONTEST = """\
subject: entry
facts:
  hall: {type: string}
  points: {type: number, range: "0..100"}
  bold: {type: boolean, default: false}
  sent: {type: boolean, default: false}
ladder:
  scale: prize
  cumulative: true
  levels:
    first: {require: {bold: {that: bold, source: X}}}
    second: {require: {points: {that: points >= 90, source: X}}}
    third: {require: {points: {that: points >= 50, source: X}}}
    none: {otherwise: true, source: X}
defer:
  sent: {when: sent, question: "Which?", among: [third, not_ranked], source: X}
quotas:
  second:
    {level: second, per: hall, counts: "true", at_most: 50%, order: [{highest: points}],
     others: third, source: X}
  first:
    {level: first, per: hall, counts: prize >= second, at_most: 20%, order: [{highest: points}],
     others: second, source: X}
"""
PRIZES = "scales: {prize: {values: {none: N, third: T, second: S, first: F}}}\n"


def contest(tmp_path, entries):
    """Return what is found of the entries of a contest with two quotas, one within the other."""
    rulebook = load_files(tmp_path, rulebook=MANIFEST + PRIZES, entry=CONTEST).sound
    return results_of(rulebook, f"{{entry: {{{entries}}}}}").by_type["entry"]


@pytest.mark.parametrize(
    ("entries", "missing"),
    [
        # One place for two of three; the third may have it.
        (
            "a: {hall: x, points: 96, bold: null}, b: {hall: x, points: 95}, c: {hall: x}",
            ("entry.c",),
        ),
        # Where `b` belongs is not known, so that of the second quota its result is not either.
        ("a: {hall: x, points: 96}, b: {hall: null, points: 97}", ("entry.b.hall", "entry.b")),
        # The level is known; whether there is one at all is for a board, if it has the case.
        ("a: {hall: x, points: 60, sent: null}", ("entry.a.sent",)),
    ],
)
def test_a_quota_or_a_choice_hangs_on_others_and_on_what_opens_it(tmp_path, entries, missing):
    result = contest(tmp_path, entries)["a"]
    assert (result.status.value, result.missing) == ("undetermined", missing)


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        ("a: {hall: x, points: 96, bold: true}, b: {like: a}", "needs_decision"),
        ("a: {hall: x, points: 96, bold: null}, b: {hall: x, points: 96}", "undetermined"),
    ],
)
def test_a_tie_is_asked_for_though_the_quota_behind_it_waits_for_the_answer(
    tmp_path, entries, status
):
    """Only what is not known of the subject itself, and keeps that open, stands against it."""
    assert contest(tmp_path, entries)["a"].status.value == status


# -- lists -----------------------------------------------------------------------------------------

MARKED = """\
subject: item
facts: {marks: {type: list of number, range: "0..100"}, tests: {type: list of test}}
ladder:
  scale: rank
  levels:
    high: {require: {all: {that: "AVERAGE >= LIMIT", source: X}}}
    low: {otherwise: true, source: X}
"""
TESTS = """\
scales: {rank: {values: {low: L, high: H}}}
records: {test: {fields: {mark: {type: number, range: "0..100"}}}}
"""
AVERAGES = [
    ("(average m in marks of m)", "marks: [80, 60, null, 80]", "item.i.marks[3]"),
    ("mean(marks)", "marks: [80, 60, null, 80]", "item.i.marks[3]"),
    (
        "(average t in tests of t.mark)",
        "tests: [{mark: 80}, {mark: 60}, {mark: 80}, {mark: null}]",
        "item.i.tests[4].mark",
    ),
    (
        "mean(tests.mark)",
        "tests: [{mark: 80}, {mark: 60}, {mark: 80}, {mark: null}]",
        "item.i.tests[4].mark",
    ),
]


@pytest.mark.parametrize(("average", "facts", "missing"), AVERAGES)
@pytest.mark.parametrize(
    ("limit", "ends"), [(55, (1, 1)), (56, (0, 1)), (80, (0, 1)), (81, (0, 0))]
)
def test_an_average_hangs_on_the_elements_that_are_not_known(
    tmp_path, average, facts, missing, limit, ends
):
    """Of four up to 100, three are 220 together: the average is from 55 to 80."""
    marked = MARKED.replace("AVERAGE", average).replace("LIMIT", str(limit))
    loaded = load_files(tmp_path, rulebook=MANIFEST + TESTS, item=marked)
    assert loaded.rulebook is not None
    result = results_of(loaded.rulebook, f"{{item: {{i: {{{facts}}}}}}}").by_type["item"]["i"]
    assert (result.at_worst, result.at_best) == ends
    assert result.missing == ((missing,) if ends == (0, 1) else ())


# -- a quota that cuts further than it need --------------------------------------------------------

FALLING = """\
subject: item
facts: {good: {type: boolean}, place: {type: number}}
ladder:
  scale: rank
  levels:
    high: {require: {all: {that: good, source: X}}}
    middle: {require: {all: {that: "true", source: X}}}
    low: {otherwise: true, source: X}
quotas:
  best: {level: high, GROUPS, order: [{lowest: place}], others: low, source: X}
"""


@pytest.mark.parametrize(
    "groups", ["per: [], places: 1", "within: {a: place > 0, b: place < 9}, places: {a: 1, b: 1}"]
)
def test_who_is_cut_below_the_level_it_has_else_hangs_on_reaching_the_higher_one(tmp_path, groups):
    text = FALLING.replace("GROUPS", groups)
    rulebook = load_files(tmp_path, rulebook=MANIFEST + SHARED, item=text).sound
    results = results_of(rulebook, "{item: {a: {good: true, place: 1}, b: {place: 2}}}")
    found = results.by_type["item"]["b"]
    assert (found.at_worst, found.at_best) == (0, 1)
    assert found.missing == ("item.b.good",)
