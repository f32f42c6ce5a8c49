"""What is said where it is read, instead of in a column of its own."""

from __future__ import annotations

from khung.sql.inline import LONGEST, inlined

JOINS = {('"v.unit"',): ' JOIN unit ON unit.rid = s.".unit"'}


def test_what_one_other_reads_once_is_said_there():
    layers = [[("a", 's."raw" + 1')], [("b", 's."a" * 2')], [("c", """s."b" || ' s."b"' """)]]
    assert inlined(layers, {}, {"c"}) == [[("c", """((s."raw" + 1) * 2) || ' s."b"' """)]]


def test_what_is_read_twice_or_elsewhere_stays_a_column():
    layers = [[("a", 's."raw"'), ("b", 's."raw"')], [("c", 's."a" + s."a" + s."b"')]]
    assert inlined(layers, {}, {"b", "c"}) == layers


def test_what_leads_to_a_table_that_is_joined_stays_a_column_and_comes_before_what_reads_that():
    layers = [[(".unit", 's."raw"'), ("a", 's."raw"')], [("b", '"v.unit"."size" + s."a"')]]
    assert inlined(layers, JOINS, {"b"}) == [
        [(".unit", 's."raw"')],
        [("b", '"v.unit"."size" + (s."raw")')],
    ]


def test_a_long_text_stays_a_column():
    layers = [[("a", "1" * LONGEST)], [("b", 's."a"')]]
    assert inlined(layers, {}, {"b"}) == layers


def test_where_all_that_is_new_is_constant_there_is_a_layer_of_no_columns():
    assert inlined([[]], {}, set()) == [[]]
