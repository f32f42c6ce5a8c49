"""Advice for names that nothing has."""

from __future__ import annotations

import pytest
from tests.support.rulebook import MANIFEST, RULEBOOKS, load_files

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook


@pytest.mark.parametrize(
    ("fact", "help_"),
    [
        ("{type: boolean, default: no}", "boolean"),
        ("{type: boolean, default: yes}", "boolean"),
        ("{type: boolean, default: off}", "boolean"),
        ("{type: boolean, default: sai}", "boolean"),
        ("{type: boolean, default: sort}", "near"),
        ("{type: number, default: no}", "known"),
    ],
)
def test_a_word_for_a_truth_value(tmp_path, fact, help_):
    subject = f"subject: firm\nfacts: {{sorts: {{type: number}}, a: {fact}}}\n"
    bag = Bag()
    lower_rulebook(load_files(tmp_path, rulebook=MANIFEST, firm=subject).sound, {}, bag)
    (found,) = bag.diagnostics
    assert (found.code, found.help) == ("K0201", help_)
    assert fact.endswith(f" {found.span.text}}}")


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ("list of number, complete: many", []),
        ("list of number, complete: mny", [("K0201", "mny")]),
        ("list of number, complete: word", [("K0201", "word")]),
        ("number, complete: many", [("K0351", "many")]),
    ],
)
def test_a_number_counts_a_list(tmp_path, scores, said):
    facts = f"{{many: {{type: number}}, word: {{type: string}}, scores: {{type: {scores}}}}}"
    bag = Bag()
    files = load_files(tmp_path, rulebook=MANIFEST, item=f"subject: item\nfacts: {facts}\n")
    lower_rulebook(files.sound, {}, bag)
    assert [(d.code, d.span.text) for d in bag.diagnostics] == said


def test_the_key_of_an_entry_is_a_value_of_its_type(tmp_path):
    book = (RULEBOOKS / "pupils" / "rulebook.yaml").read_text("utf-8")
    wrong = load_files(tmp_path, rulebook=book.replace("entry(marks, maths)", "entry(marks, mats)"))
    bag = Bag()
    lower_rulebook(wrong.sound, {}, bag)
    (told,) = bag.diagnostics
    assert (told.code, told.span.text, told.args["near"]) == ("K0201", "mats", "maths")
