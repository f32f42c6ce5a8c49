from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from khung.source.shape import Fields
from khung.source.values import as_boolean, as_number, as_placed, looks_boolean


def value_of(fields, reader):
    """Return what is read under `a`, by a method or by one of the readers of values."""
    return fields.read("a", reader) if callable(reader) else getattr(fields, reader)("a")


READERS = [
    ("text", "a: x", "x"),
    ("text", 'a: "12"', "12"),
    ("name", "a: cấp_độ", "cấp_độ"),
    (as_boolean, "a: true", True),
    (as_number, "a: 1.5", Decimal("1.5")),
    (as_number, "a: 2", Decimal(2)),
    ("integer", "a: 0", 0),
    ("date", "a: 2021-12-31", date(2021, 12, 31)),
]


@pytest.mark.parametrize(("reader", "text", "value"), READERS)
def test_what_is_read(reader, text, value, read):
    node, bag = read(text)
    assert value_of(Fields(node, {"a"}, bag), reader) == value
    assert bag.diagnostics == ()


REFUSED = [
    ("text", "a: 12", "K0123", "12", "quote"),
    ("text", "a: true", "K0123", "true", "quote"),
    ("text", "a: [x]", "K0123", "[x]", ""),
    ("text", "a:\n  b: 1", "K0123", "b", "colon"),
    ("text", "a:", "K0122", "", ""),
    ("name", "a: 2", "K0123", "2", ""),
    ("name", "a: ngày kết nạp", "K0124", "ngày kết nạp", "near"),
    ("name", "a: '2x'", "K0124", "'2x'", ""),
    (as_boolean, "a: yes", "K0123", "yes", "boolean"),
    (as_boolean, "a: 1", "K0123", "1", ""),
    (as_number, "a: '1'", "K0123", "'1'", "unquote"),
    (as_number, "a: 1,5", "K0123", "1,5", "digits"),
    (as_number, "a: 1_000", "K0123", "1_000", "digits"),
    (as_number, "a: nhiều", "K0123", "nhiều", "number"),
    (as_number, "a: true", "K0123", "true", ""),
    ("integer", "a: 1.5", "K0123", "1.5", ""),
    ("integer", "a: -1", "K0127", "-1", ""),
    ("date", "a: 15/12/2021", "K0125", "15/12/2021", "near"),
    ("date", "a: 31/2/2021", "K0125", "31/2/2021", ""),
    ("date", "a: 15/12/21", "K0125", "15/12/21", "year"),
    ("date", "a: 2021-13-01", "K0125", "2021-13-01", "calendar"),
    ("date", "a: open", "K0125", "open", "open"),
    ("date", "a: 20211201", "K0123", "20211201", ""),
    ("date", "a: “2021-12-01”", "K0125", "“2021-12-01”", "curly"),
    (as_number, "a: “4”", "K0123", "“4”", "curly"),
    (as_boolean, "a: ‘true’", "K0123", "‘true’", "curly"),
    ("mapping", "a: x", "K0123", "x", "mapping"),
    ("sequence", "a: x", "K0123", "x", "list"),
    (as_placed, "a: [x]", "K0123", "[x]", "brackets"),
    (as_placed, "a:\n  - x", "K0123", "- x", ""),
]


@pytest.mark.parametrize("example", REFUSED)
def test_what_is_refused(example, read, reported):
    reader, text, code, underlined, help_name = example
    node, bag = read(text)
    assert value_of(Fields(node, {"a"}, bag, "top"), reader) is None
    assert reported(bag) == [(code, underlined)]
    (found,) = bag.diagnostics
    assert (found.help, found.at) == (help_name, "top.a")


def test_a_key_that_is_not_there_gives_none(read):
    node, bag = read("b: 1")
    fields = Fields(node, {"a", "b"}, bag)
    assert [fields.text("a"), fields.date("a"), fields.mapping("a"), fields.choice("a", ["x"])] == [
        None
    ] * 4
    assert (fields.texts("a"), fields.named("a"), "a" in fields, "b" in fields) == (
        (),
        (),
        False,
        True,
    )
    assert bag.diagnostics == ()


def test_unknown_keys_are_told_at_once_with_the_nearest(read, reported):
    node, bag = read("whn: x\nat_most: y\nzzz: 1\n")
    Fields(node, {"when", "at_most"}, bag, "caps.nghi_om")
    assert reported(bag) == [("K0120", "whn"), ("K0120", "zzz")]
    assert [(d.help, d.args["near"], d.at) for d in bag.diagnostics] == [
        ("near", "when", "caps.nghi_om.whn"),
        ("", "", "caps.nghi_om.zzz"),
    ]


def test_missing_keys_are_told_at_the_first_key(read, reported):
    node, bag = read("at_most: y\n")
    fields = Fields(node, {"when", "at_most", "source"}, bag)
    assert not fields.require("when", "at_most", "source")
    assert reported(bag) == [("K0121", "at_most"), ("K0121", "at_most")]


def test_choice(read, reported):
    node, bag = read("rounding: flor\nhit: unique\n")
    fields = Fields(node, {"rounding", "hit"}, bag)
    assert fields.choice("hit", ("unique", "first")) == "unique"
    assert fields.choice("rounding", ("floor", "ceiling")) is None
    assert reported(bag) == [("K0126", "flor")]
    assert bag.diagnostics[0].args["near"] == "floor"


def test_upper_limit_of_an_integer(read, reported):
    node, bag = read("repeat: 11\n")
    assert Fields(node, {"repeat"}, bag).integer("repeat", 1, 10) is None
    assert reported(bag) == [("K0127", "11")]


def test_texts_takes_one_or_a_list(read, reported):
    node, bag = read("a: x\nb: [y, true, 1.10, z]\n")
    fields = Fields(node, {"a", "b"}, bag)
    assert [t.text for t in fields.texts("a")] == ["x"]
    assert [t.text for t in fields.texts("b")] == ["y", "1.10", "z"], "an address is as written"
    assert reported(bag) == [("K0123", "true")]
    assert bag.diagnostics[0].at == "b[1]"


def test_named_entries_leave_out_what_is_no_name(read, reported):
    node, bag = read("facts: {tốt: 1, 2x: 2, a b: 3}\n")
    assert [e.key for e in Fields(node, {"facts"}, bag).named("facts")] == ["tốt"]
    assert reported(bag) == [("K0124", "2x"), ("K0124", "a b")]


def test_nested_fields_carry_the_path(read, reported):
    node, bag = read("a: {b: {c: x, d: 1}}\n")
    outer = Fields(node, {"a"}, bag).fields("a", {"b"})
    assert outer is not None
    inner = outer.fields("b", {"c"})
    assert inner is not None
    assert inner.text("c") == "x"
    assert reported(bag) == [("K0120", "d")]
    assert bag.diagnostics[0].at == "a.b.d"


def test_fields_of_what_is_no_mapping(read, reported):
    node, bag = read("- x\n")
    assert Fields.of(node, {"a"}, bag) is None
    assert [code for code, _ in reported(bag)] == ["K0123"]


@pytest.mark.parametrize("text", ["yes", "No", "ON", "off", "y", "N", "True", "có", "Không"])
def test_looks_boolean(text):
    assert looks_boolean(text)


def test_a_placed_text_is_any_scalar(read):
    node, bag = read("a: 5\nb: true\nc: x > 1\n")
    fields = Fields(node, {"a", "b", "c"}, bag)
    assert [fields.read(key, as_placed).text for key in "abc"] == ["5", "true", "x > 1"]


def test_a_key_that_is_mistyped_is_not_missed_too(read, reported):
    node, bag = read("whn: x\nzzz: 1\n")
    fields = Fields(node, {"when", "at_most"}, bag)
    assert not fields.require("when", "at_most")
    assert reported(bag) == [("K0120", "whn"), ("K0121", "whn"), ("K0120", "zzz")]
    assert [d.args["key"] for d in bag.diagnostics if d.code == "K0121"] == ["at_most"]
