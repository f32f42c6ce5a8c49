"""A change of the base under a name that it does not have."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.conftest import BASE_SUBJECT, NEXT
from tests.unit.rulebook.test_extend import KEPT, answered

MISSPELT = [
    ("facts: {sizee: {default: 3}}", "sizee", "size", ("type", "source")),
    ("caps: {closed_: {at_most: high}}", "closed_", "closed", ("source",)),
    ("caps: {closd: {}}", "closd", "closed", ("source",)),
    ("definitions: {bigg: {source: a/2}}", "bigg", "big", ("is",)),
    (
        "ladder: {levels: {high: {require: {bigs: {label: B}}}}}",
        "bigs",
        "big",
        ("source",),
    ),
]


@pytest.mark.parametrize(("text", "name", "near", "missing"), MISSPELT)
def test_a_misspelt_change_is_not_a_new_entry(text, name, near, missing, shelf):
    (found,) = shelf.next(shop=f"subject: shop\n{text}").diagnostics
    assert (found.code, found.span.text, found.args["near"]) == ("K0543", name, near)
    assert found.args["missing"] == missing
    assert [place.text for place in found.related] == [near]


NOT_MISSPELT = [
    "caps: {closed_2: {when: size < 1, at_most: low, source: a/2}}",  # says all that a new one does
    "caps: {closed: {at_most: high}, closed_: {when: size < 1, at_most: low}}",  # beside the other
    "caps: {clouded: {when: size < 1, at_most: low}}",  # another word
    "facts: {sizes: {type: number, source: a/2}}",
]


@pytest.mark.parametrize("text", NOT_MISSPELT)
def test_a_new_entry_may_be_called_nearly_alike(text, shelf):
    assert "K0543" not in [code for code, _ in shelf.next(shop=f"subject: shop\n{text}").found]


def test_a_misspelt_parameter_and_subject(shelf):
    shelf.write("base", shop=BASE_SUBJECT.replace("source: a/2\nfacts", "label: Shop\nfacts"))
    found = shelf.next(NEXT + "parameters: {leest: {label: L}}\n", shop="subject: shopp\ncaps: {}")
    assert [(d.code, d.span.text) for d in found.diagnostics] == [
        ("K0543", "leest"),
        ("K0543", "shopp"),
    ]
    assert shelf.next(shop="subject: shopp\nlabel: Others").found == []


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("subject: shop\ncaps: {closd: {remove: true}}", "closed"),
        ("subject: shopp\nremove: true", "shop"),
        ("subject: shop\ncaps: {others: {remove: true}}", ""),
    ],
)
def test_what_was_meant_to_go(text, near, shelf):
    (found,) = shelf.next(shop=text).diagnostics
    assert (found.code, found.args["near"], found.help) == ("K0526", near, "near" if near else "")


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("shop.caps.closd", "shop.caps.closed"),
        ("shop.cpas.closed", "shop.caps.closed"),
        ("shop.caps.closed.at_mst", "shop.caps.closed.at_most"),
        ("parameters.part", ""),
    ],
)
def test_the_change_that_a_group_means(path, near, shelf):
    manifest = answered(f"{{groups: {{g: {{entries: [{path}]}}}}, " + KEPT[10:])
    shop = "subject: shop\ncaps: {closed: {at_most: high}}\ndefinitions: {closer: {is: size}}"
    (found,) = shelf.next(manifest, shop=shop).diagnostics
    assert (found.code, found.span.text, found.args["near"]) == ("K0535", path, near)
