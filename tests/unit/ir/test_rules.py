"""The rules of a subject, typed: what is reported where they are lowered."""

from shutil import copytree

import pytest
from tests.support.rulebook import RULEBOOKS, load

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook

ORDER = "order: [{highest: score}, {lowest: requested}]"


@pytest.fixture
def lower_with_order(tmp_path):
    """Return what is said of the grants where their quota has another order."""
    copytree(RULEBOOKS / "grants", tmp_path / "grants")
    file = tmp_path / "grants" / "project.yaml"
    text = file.read_text(encoding="utf-8")
    assert ORDER in text

    def lower(order):
        file.write_text(text.replace(ORDER, f"order: {order}"), encoding="utf-8")
        bag = Bag()
        lower_rulebook(load(tmp_path / "grants").sound, {}, bag)
        return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]

    return lower


@pytest.mark.parametrize("key", ["call", "partners", "share p in partners satisfies p.ranked"])
def test_an_order_key_must_have_an_order(key, lower_with_order):
    assert lower_with_order(f"[{{highest: {key}}}]") == [("K0323", key)]


@pytest.mark.parametrize("key", ["score", "submitted", "conflict"])
def test_numbers_dates_and_truths_have_one(key, lower_with_order):
    assert lower_with_order(f"[{{lowest: {key}}}]") == []
