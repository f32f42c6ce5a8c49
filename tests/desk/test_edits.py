"""One value changed in a text: what else stands there stays."""

import pytest

from khung.desk.edits import NotEditedError, parsed, scalar, with_value, without
from khung.source.nodes import to_plain

TEXT = """\
case: x
subjects:
  dv:
    an:
      # how long
      # ten: "…"
      a: null  # of a
      b:
      l:
        - {k: 1}
        - k: 2
          z: 3   # of z

      criteria:
        x: tot  # of x
        y: null
      # om: 0
      # visits:
      #   - at: null

    binh: {a: 1, b: [1, 2]}
    cc:
  # end
expect:
  a: 1
"""
AN = ("subjects", "dv", "an")


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        ((*AN, "a"), "true", "a: null  # of a", "a: true  # of a"),
        ((*AN, "b"), "5", "      b:\n", "      b: 5\n"),
        ((*AN, "om"), "3", "# om: 0", "om: 3"),
        ((*AN, "ten"), "An", '# ten: "…"', "ten: An"),
        ((*AN, "visits"), "[]", "y: null\n", "y: null\n      visits: []\n"),
        ((*AN, "new"), '"x: y"', "y: null\n", 'y: null\n      new: "x: y"\n'),
        ((*AN, "l", 0, "k"), "7", "{k: 1}", "{k: 7}"),
        ((*AN, "l", 2), "{k: 9}", "# of z\n", "# of z\n        - {k: 9}\n"),
        ((*AN, "criteria", "z"), "tot", "y: null\n", "y: null\n        z: tot\n"),
        (("subjects", "dv", "binh", "c"), "1", "[1, 2]}", "[1, 2], c: 1}"),
        (("subjects", "dv", "cc", "q"), "1", "cc:\n", "cc: {q: 1}\n"),
        (("subjects", "tc", "t1", "loai"), "a", "cc:\n", "cc:\n  tc:\n    t1:\n      loai: a\n"),
        (("readings", "r"), "o", "  a: 1\n", "  a: 1\nreadings:\n  r: o\n"),
    ],
)
def test_a_value_is_put_where_it_belongs(path, value, before, after):
    assert TEXT.count(before) == 1
    assert with_value(TEXT, path, value) == TEXT.replace(before, after)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ((*AN, "b"), "      b:\n", ""),
        ((*AN, "criteria", "y"), "        y: null\n", ""),
        ((*AN, "l", 0), "{k: 1}\n        - ", ""),
        ((*AN, "l", 1, "z"), "\n          z: 3   # of z", ""),
        ((*AN, "l", 1, "k"), "k: 2\n          ", ""),
        (("subjects", "dv", "binh", "b"), ", b: [1, 2]", ""),
        (("subjects", "dv", "binh", "a"), "a: 1, ", ""),
        (("subjects", "dv", "cc"), "    cc:\n", ""),
        ((*AN, "nothing"), "case", "case"),
    ],
)
def test_a_value_goes_with_its_key(path, before, after):
    assert before in TEXT
    gone = without(TEXT, path)
    assert gone == TEXT.replace(before, after)


def test_the_last_of_a_mapping_or_list_leaves_an_empty_one():
    assert without("a: {b: 1}\n", ("a", "b")) == "a: {}\n"
    assert without("a:\n  - 1\n", ("a", 0)) == "a:\n  []\n"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: [", ("a",)),
        ("a: 1", ("a", "b")),
        ("a: [1]", ("a", "b")),
        ("- 1\n", ("a",)),
    ],
)
def test_what_cannot_be_changed_surely_is_left(text, path):
    with pytest.raises(NotEditedError):
        with_value(text, path, "2")


@pytest.mark.parametrize(
    "text", ["An", "Nguyễn Văn An", "a: b", "", "- x", '"q"', "a#b", "x\\y", "{"]
)
def test_a_text_is_written_so_that_it_is_read_as_it_is(text):
    read = to_plain(parsed(f"x: {scalar(text)}"))
    assert read == {"x": text}


def test_lines_of_windows_stay():
    text = "a:\r\n  b: 1\r\n"
    assert with_value(text, ("a", "b"), "2") == "a:\r\n  b: 2\r\n"
    assert to_plain(parsed(with_value(text, ("a", "c"), "2"))) == {"a": {"b": 1, "c": 2}}
