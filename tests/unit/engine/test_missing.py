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
