"""What the schemas say of entries is what is read of them."""

from __future__ import annotations

import pytest

from khung.diagnostics.bag import Bag
from khung.resources import schema
from khung.rulebook import model as m
from khung.rulebook import reader
from khung.rulebook.forms import read
from khung.rulebook.names import reserved
from khung.rulebook.parts import Context
from khung.rulebook.special import INLINE
from khung.source.from_text import parse_yaml
from khung.source.nodes import Entry
from khung.syntax.keywords import KEYWORDS
from khung.text import SourceFile


def forms():
    """Return the forms of all that the three kinds of file hold."""
    rulebook, subject, clauses = (schema(name) for name in ("rulebook", "subject", "clauses"))
    reader.form_of(m.Rulebook, rulebook)
    reader.form_of(m.Extends, rulebook, rulebook["properties"]["extends"])
    reader.form_of(m.Carried, rulebook, rulebook["properties"]["carried"])
    reader.form_of(m.Subject, subject)
    reader.form_of(m.Clause, clauses, clauses["$defs"]["clause"])
    return list(reader._FORMS.values())


BY_THEMSELVES = {
    m.Rulebook: {"khung", "id", "basis", "extends", "carried", "applies_to", *INLINE, "language"},
    m.Subject: {"subject"},
}
"""Keys that `files` and `translations` read, before or after the rest."""


NOTHING_THERE = {"K0122", "K0421", "K0545"}


def test_every_class_that_has_a_name_of_its_own_has_a_form():
    made = {form.made for form in forms()}
    assert {m.Cap, m.Quota, m.SmallGroup, m.Reading, m.Fact, m.Link, m.Row, m.Group} <= made
    assert len(made) >= 34


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.made.__name__)
def test_under_every_key_something_is_read(form):
    bag = Bag()
    node = parse_yaml(SourceFile("f", "".join(f"{key}: null\n" for key in form.keys)), bag)
    read(form, Entry("name", node, node.span), Context(bag), "at")
    told = {d.at.removeprefix("at.") for d in bag.diagnostics if d.code in NOTHING_THERE}
    assert told - {"at"} == set(form.keys) - BY_THEMSELVES.get(form.made, set())


def test_names_that_are_taken():
    assert set(KEYWORDS) < reserved()
    assert {"on", "self", "criteria"} < reserved()
