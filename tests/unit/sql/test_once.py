"""What layers read of tables that are joined."""

from __future__ import annotations

from khung.sql.once import joined_once

JOINS = {('"v.unit"',): " JOIN unit", ('"a0"', '"b0"'): " JOIN sums"}


def test_a_table_is_joined_by_the_first_layer_that_reads_it():
    layers = [
        [("x", 's."own" + 1')],
        [("y", '"v.unit"."size" * 2')],
        [("z", '''"v.unit"."size" + "v.unit".kind || '"v.unit".kind' || s."y"''')],
    ]
    first, second, third = joined_once(layers, JOINS, {}, 3)
    assert (first.joins, second.joins, third.joins) == ("", " JOIN unit", "")
    assert second.new[1:] == [
        ("3 v.unit size", '"v.unit"."size"'),
        ("3 v.unit kind", '"v.unit".kind'),
    ]
    text = '''s."3 v.unit size" + s."3 v.unit kind" || '"v.unit".kind' || s."y"'''
    assert third.new == [("z", text)]


def test_what_an_earlier_view_has_is_read_of_it():
    there = {('"a0"', "n"): "2 a0 n"}
    (layer,) = joined_once([[("x", '"a0".n')]], JOINS, there, 5)
    assert layer.new == [("x", 's."2 a0 n"')]
    assert layer.joins == ""
    (layer,) = joined_once([[("x", '"a0".n + "b0".n')]], JOINS, there, 6)
    assert layer.joins == " JOIN sums"
    assert layer.new[0] == ("x", 's."2 a0 n" + "b0".n')
