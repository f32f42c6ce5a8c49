"""A clause that does not exist is told of wherever it is cited."""

import pytest
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

CLAUSES = "clauses:\n  a/1: {summary: One, parts: [x, y]}\n  b.c/2: {summary: Two}\n"
FILES = {
    "rulebook": MANIFEST
    + """\
scales: {mark: {source: @, values: {low: {label: Low, source: @}, high: High}}}
enumerations: {tint: {source: @, values: {red: {label: Red, source: @}}}}
records: {fine: {source: @, fields: {cost: {type: number, source: @}}}}
parameters: {least: {value: 3, source: @}}
readings:
  how: {question: How, sources: [@], options: {one: {source: @}, two: {}}, chosen: one}
""",
    "shop": """\
subject: shop
source: @
kinds: {field: sort, values: {small: {source: @}}}
facts: {size: {type: number, source: @}}
definitions: {wide: {is: size > 3, source: @}}
criteria:
  scale: mark
  groups: {care: {source: @, items: {clean: {source: @}}}}
  sets: {most: {members: [{take: care}], source: @}}
not_ranked: {closed: {when: size = 0, source: @}}
ladder:
  scale: mark
  levels:
    high: {require: {wide: {that: wide, source: @}}}
    low: {otherwise: true, source: @}
  knockouts: {tiny: {when: size < 1, to: low, source: @}}
caps: {narrow: {when: size < 2, at_most: low, source: @}}
checks: {early: {require: size > 1, source: @}}
""",
}
COUNT = sum(text.count("@") for text in FILES.values())


def found(folder, source):
    """Return what is said where every entry cites `source`."""
    files = {name: text.replace("@", source) for name, text in FILES.items()}
    loaded, bag = load_files(folder, clauses=CLAUSES, **files), Bag()
    assert loaded.found == []
    lower_rulebook(loaded.rulebook, {}, bag)
    return [(d.code, d.span.text, d.help) for d in bag.diagnostics]


@pytest.mark.parametrize("source", ["a/1", "'a/1#y'", "b.c/2"])
def test_a_clause_or_a_part_of_it(tmp_path, source):
    assert found(tmp_path, source) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("b.c/3", ("K0501", "b.c/3", "near")),
        ("VIII.5", ("K0501", "VIII.5", "")),
        ("'a/1#z'", ("K0502", "a/1#z", "")),
    ],
)
def test_every_entry_that_cites_what_is_not_there(tmp_path, source, said):
    assert found(tmp_path, source) == [said] * COUNT


NO_RULES = 9  # scale, enumeration, a value of each, record, option, kind, group, set


def test_only_what_is_no_rule_may_cite_a_heading(tmp_path):
    assert found(tmp_path, "b.c") == [("K0501", "b.c", "near")] * (COUNT - NO_RULES)
