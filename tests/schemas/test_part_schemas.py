"""The schemas of files that stand over others are made from the full ones, and refuse slips."""

from __future__ import annotations

import pytest
from tests.support.part_schemas import NAMES, part_of, path_of, text_of
from tests.support.schemas import accepts


@pytest.mark.parametrize("name", NAMES)
def test_it_is_as_the_full_one_says_now(name):
    assert path_of(f"{name}-part").read_text("utf-8") == text_of(part_of(name)), (
        "python -m tests.support.part_schemas"
    )


SUBJECT = {
    "subject": "x",
    "facts": {"a": {"label": "A"}, "b": {}, "c": {"remove": True}},
    "ladder": {"levels": {"good": {"require": {"a": {"source": "1"}, "b": {"remove": True}}}}},
    "quotas": {"best": {"remove": True}},
    "tables": {"asked": {"inputs": {"a": {}, "b": "c"}, "rows": {"one": {"then": {"x": "1"}}}}},
}


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("facts", "a"), {"lable": "A"}),
        (("facts", "c"), {"remove": False}),
        (("facts", "c"), {"removed": True}),
        (("ladder", "levels", "good"), {"requires": {}}),
        (("quotas", "best"), {"rounding": []}),
        (("factss",), {}),
        (("remove",), True),
        (("subject",), 7),
    ],
)
def test_parts_are_accepted_and_slips_in_them_refused(at, value):
    assert accepts("subject-part", SUBJECT)
    assert not accepts("subject", SUBJECT)
    *path, last = at
    changed = {**SUBJECT}
    holder = changed
    for step in path:
        holder[step] = {**holder[step]}
        holder = holder[step]
    holder[last] = value
    assert not accepts("subject-part", changed)


def test_the_manifest_of_a_whole_rulebook_is_no_part():
    head = {"khung": 1, "id": "b", "title": "B"}
    assert accepts("rulebook-part", {**head, "extends": {"rulebook": "a", "as": "overlay"}})
    assert not accepts("rulebook-part", head)
