"""What is typed as YAML, and YAML as it is typed."""

import pytest

from khung.desk.edits import parsed
from khung.desk.typed import shown, yaml_of
from khung.ir import types as t
from khung.source.nodes import to_plain

NAMES = t.List(t.STRING)


@pytest.mark.parametrize(
    ("typed", "ty", "written"),
    [
        ("true", t.BOOLEAN, "true"),
        ("12", t.NUMBER, "12"),
        ("-0.5", t.NUMBER, "-0.5"),
        ("70%", t.NUMBER, "70%"),
        ("15/12/2021", t.DATE, "2021-12-15"),
        ("5.3.2021", t.DATE, "2021-03-05"),
        ("?", t.NUMBER, "null"),
        ("-", t.DATE, '"-"'),
        ("12", t.STRING, '"12"'),
        ("true", t.STRING, '"true"'),
        ("2021-12-15", t.STRING, "2021-12-15"),
        ("  Nguyễn   An ", t.STRING, "Nguyễn An"),
        ("a: b", t.STRING, '"a: b"'),
        ("tot", t.Scale("s"), "tot"),
        ("a, b c", NAMES, "[a, b c]"),
        ("[]", NAMES, "[]"),
        ("1,5", t.NUMBER, '"1,5"'),
        ("vài", t.NUMBER, "vài"),
        ("31/2/2021", t.DATE, "31/2/2021"),
        ("x]: {", t.NUMBER, '"x]: {"'),
    ],
)
def test_what_is_typed_is_written_by_its_type(typed, ty, written):
    assert yaml_of(typed, ty) == written


@pytest.mark.parametrize(
    ("written", "ty", "typed"),
    [
        ("2021-12-15", t.DATE, "15/12/2021"),
        ("19/5", t.DATE, "19/5"),
        ("4.50", t.NUMBER, "4.50"),
        ("false", t.BOOLEAN, "false"),
        ("null", t.NUMBER, "?"),
        ("", t.NUMBER, "?"),
        ("[]", NAMES, "[]"),
        ("[a, b]", NAMES, "a, b"),
        ('"-"', t.NUMBER, "-"),
    ],
)
def test_what_is_written_is_shown_as_it_is_typed(written, ty, typed):
    node = parsed(f"x: {written}").get("x")
    assert shown(node, ty, "vi") == typed


@pytest.mark.parametrize("ty", [t.STRING, t.NUMBER, t.DATE, t.BOOLEAN, NAMES])
@pytest.mark.parametrize(
    "typed", ["'", '"', "#", ": ", "&a", "*a", "!x", "{", "]", "|", "%", "\\", "a\tb"]
)
def test_nothing_that_is_typed_breaks_the_text(ty, typed):
    found = parsed(f"a: 1\nx: {yaml_of(typed, ty)}\nb: 2\n")
    assert found is not None
    assert to_plain(found)["b"] == 2
