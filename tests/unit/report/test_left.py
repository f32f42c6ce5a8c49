"""Why something is left to the reference: in the reader's language, whatever the reason."""

import ast

import pytest
from tests.support.schemas import ROOT

from khung.locale import languages, table
from khung.report.words.left import key_of, left_in_words

PACKAGE = ROOT / "interpreter" / "khung"
FOLDERS = ("sql", "population")


def reasons():
    """Yield every constant reason that the code gives."""
    for path in (p for folder in FOLDERS for p in sorted((PACKAGE / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UnsupportedError":
                given = node.args[0]
                if isinstance(given, ast.Constant):
                    yield given.value


@pytest.mark.parametrize("lang", languages)
def test_every_reason_has_words_in_every_language(lang):
    found = set(map(key_of, reasons()))
    assert found
    assert found <= table(lang, "left").keys()


def test_what_a_reason_is_of_stands_beside_it():
    assert (
        left_in_words("a quota that waits for itself: q.a.0.0", "en")
        == "a quota that waits for itself"
    )
    assert left_in_words("notes: a list or ballots as one value", "vi").startswith("cả danh sách")


def test_a_reason_without_words_is_told_in_general():
    assert left_in_words("Ratio", "en") == "something SQL has no form for"
