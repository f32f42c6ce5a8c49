"""Texts written in one language, with their translations in a file of their own."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.support.rulebook import RULEBOOKS, load
from tests.support.yaml_files import read_yaml, write_yaml
from tests.unit.rulebook.conftest import BASE, BASE_CLAUSES, BASE_SUBJECT, NEXT, Shelf

from khung import driver
from khung.analysis.checking import check
from khung.analysis.flat import flat_json
from khung.analysis.skeleton import overlay_skeleton, skeleton
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import page
from khung.resources import schema
from khung.rulebook.from_source import load_written

SHOP = BASE_SUBJECT.replace("size: {", "size: {label: Kích thước, ")
WHOLE = """\
khung: 1
id: host
title: {vi: Một bộ, en: A rulebook}
period: {from: 2021-01-01, to: 2021-12-31}
"""
TEXTS = """\
translations: en
texts:
  Base: The base
  Kích thước: Size
"""


def fact(found, name="size"):
    return next(f for f in found.rulebook.subjects[0].facts if f.head.id == name).head.label


def warned(shelf, book="base"):
    """What `check` says of translations: code, what is underlined, the nearest."""
    checked = check(driver.Shelf().ready(shelf.folder / book, {}))
    return [
        (d.code, d.span.text, d.args.get("near"))
        for d in checked.diagnostics
        if d.code in ("K0740", "K0741")
    ]


def test_a_plain_text_is_translated_wherever_it_stands(shelf):
    clauses = "clauses:\n  a/1: {summary: One, parts: [x, y]}\n  a/2: {summary: Two}\n"
    texts = TEXTS + "  High: Top\n  Near: Close\n  Who: Who is it\n  One: The first\n"
    shelf.write("base", shop=SHOP.replace("a/4", "a/2"), clauses=clauses, en=texts)
    found = shelf.load("base")
    book = found.sound
    assert (book.title.vi, book.title.en) == ("Base", "The base")
    assert fact(found).texts == {"vi": "Kích thước", "en": "Size"}
    assert book.scales[0].values[1].head.label.en == "Top"
    assert book.enumerations[0].values[0].head.label.en == "Close"
    assert book.readings[0].question.en == "Who is it"
    assert book.clauses[0].summary.en == "The first"


def test_a_text_without_translation_is_said_as_it_is(shelf):
    shelf.write("base", en=TEXTS)
    high = shelf.load("base").sound.scales[0].values[1].head.label
    assert (high.said("vi"), high.said("en")) == ("High", "High")


def test_both_languages_at_the_place_win(shelf):
    shop = BASE_SUBJECT.replace("size: {", "size: {label: {vi: Kích thước, en: Width}, ")
    shelf.write("base", shop=shop, en=TEXTS)
    assert fact(shelf.load("base")).en == "Width"


def test_lines_are_broken_at_will(shelf):
    shop = BASE_SUBJECT.replace(
        "  size: {", "  size:\n    label: >-\n      Kích\n      thước\n    "
    )
    shop = shop.replace(
        "type: number, default: 0, source: a/1#x}", "type: number\n    default: 0", 1
    )
    shelf.write("base", shop=shop, en=TEXTS.replace("Kích thước", '"Kích  thước"'))
    assert fact(shelf.load("base")).en == "Size"


def test_the_language_of_plain_texts_may_be_the_other(shelf):
    book = BASE.replace("title: Base", "title: Base\nlanguage: en")
    shelf.write("base", rulebook=book, vi="translations: vi\ntexts: {Base: Bộ gốc}\n")
    title = shelf.load("base").sound.title
    assert title.texts == {"vi": "Bộ gốc", "en": "Base"}


def test_values_are_written_in_each_language(shelf):
    shop = BASE_SUBJECT.replace("size: {", 'size: {label: "Dưới {parameters.part}", ')
    texts = TEXTS + '  "Dưới {parameters.part}": "Below {parameters.part}"\n'
    book = BASE.replace("20%", "12.5%")
    shelf.write("base", rulebook=book, shop=shop, en=texts)
    label = fact(shelf.load("base"))
    assert (label.vi, label.en) == ("Dưới 12,5%", "Below 12.5%")
    assert label.texts["en"] == "Below {parameters.part}"


@pytest.mark.parametrize("name", ["contests", "apprentices"])
def test_a_file_of_translations_says_what_pairs_at_their_places_say(tmp_path, name):
    """A rulebook with all its pairs moved to a file of their own is the same rulebook."""
    folder = RULEBOOKS / name
    documents = {path.name: read_yaml(path.read_text("utf-8")) for path in folder.glob("*.yaml")}
    moved = {}
    for file, document in documents.items():
        write_yaml(tmp_path / file, in_one_language(document, moved))
    write_yaml(tmp_path / "more.yaml", {"translations": "en", "texts": moved})
    longhand, short = load(folder).sound, load(tmp_path).sound
    alike = {"digest": "", "catalogue": None}
    assert replace(short, **alike) == replace(longhand, **alike)
    assert len(moved) > 10


def in_one_language(value, moved):
    """Return a document without the pairs that can be moved, which are added to `moved`."""
    if isinstance(value, dict) and set(value) == {"vi", "en"} and _may_move(value, moved):
        moved[value["vi"]] = value["en"]
        return value["vi"]
    if isinstance(value, dict):
        return {key: in_one_language(inner, moved) for key, inner in value.items()}
    if isinstance(value, list):
        return [in_one_language(inner, moved) for inner in value]
    return value


def _may_move(pair, moved):
    """Say whether both say the same values, and no other pair has another translation."""
    placeholders = [sorted(re.findall(r"{[^{}]*}", text)) for text in pair.values()]
    same_values = placeholders[0] == placeholders[1]
    return same_values and moved.get(pair["vi"], pair["en"]) == pair["en"]


# -- versions -----------------------------------------------------------------------------------


def test_a_successor_takes_translations_over_and_adds_its_own(shelf):
    shelf.write("base", shop=SHOP, en=TEXTS)
    shop = "subject: shop\nfacts: {open: {label: Mở}}\n"
    found = shelf.next(shop=shop, en="translations: en\ntexts: {Mở: Open, Kích thước: Area}\n")
    assert found.found == []
    assert (fact(found, "open").en, fact(found).en) == ("Open", "Area")
    assert warned(shelf, "next") == [("K0740", "Next", None)]


def test_a_translation_that_changes_nothing_is_an_error(shelf):
    shelf.write("base", shop=SHOP, en=TEXTS)
    found = shelf.next(en="translations: en\ntexts: {Kích thước: Size}\n")
    assert found.found == [("K0525", "Kích thước")]


def test_what_is_taken_out_keeps_its_translation(shelf):
    shelf.write(
        "base", shop=SHOP.replace("definitions:", "definitions:\n  d: {is: size}"), en=TEXTS
    )
    removed = NEXT.replace("part: kept", "part: ended") + "parameters: {}\n"
    book = BASE.replace("part: {value: 20%}", "part: {value: 20%, label: Kích thước}")
    shelf.write("base", rulebook=book)
    (one,) = shelf.next(removed.replace("parameters: {}\n", "")).rulebook.removed
    assert (one.path, one.label.en) == ("parameters.part", "Size")


def test_an_overlay_brings_translations_too(shelf):
    shelf.write("base", shop=SHOP, en=TEXTS)
    overlay = """\
    khung: 1
    id: part
    title: Phần
    extends: {rulebook: base, as: overlay}
    period: {from: 2024-01-01, to: 2024-12-31}
    applies_to: {shop: [one]}
    """
    shelf.write("part", rulebook=overlay, en="translations: en\ntexts: {Phần: A part}\n")
    assert shelf.load("part").sound.title.en == "A part"


def test_the_whole_rulebook_is_shown_with_them(shelf):
    shelf.write("base", shop=SHOP, en=TEXTS)
    shelf.write("next", rulebook=NEXT, en="translations: en\ntexts: {Next: The next}\n")
    shown = flat_json(load_written(shelf.folder / "next", Bag()))
    assert shown["rulebook"]["texts"] == {
        "Base": "The base",
        "Kích thước": "Size",
        "Next": "The next",
    }
    assert shown["origins"]["texts.Next"].endswith("en.yaml:2")


def test_a_new_year_begins_with_a_file_of_translations(shelf):
    shelf.write("base", shop=SHOP, en=TEXTS)
    base = shelf.load("base").sound
    # the id of the base in a title becomes that of the new one, in each language
    files = skeleton(base, base.period, "base", "later", "en")
    assert 'title: "Base"' in files["rulebook.yaml"]
    assert files["en.yaml"].endswith('translations: en\ntexts:\n  "Base": "The later"\n')
    part = overlay_skeleton(base, "base", "part", ("shop", "one"), "vi")
    assert part["en.yaml"].endswith('  "Base – one": "The base – one"\n')


def test_without_translations_no_file_of_them_is_begun(shelf):
    base = shelf.load("base").sound
    assert set(skeleton(base, base.period, "base", "x", "en")) == {"rulebook.yaml", "clauses.yaml"}


def test_they_count_in_the_digest(shelf):
    shelf.write("base", en=TEXTS)
    before = shelf.load("base").sound.digest
    shelf.write("base", en=TEXTS.replace("Size", "Area"))
    assert shelf.load("base").sound.digest != before


# -- what is warned of ----------------------------------------------------------------------------


def test_what_has_no_translation_is_told_once(shelf):
    shelf.write("base", shop=SHOP, en=TEXTS)
    (one,) = warned(shelf)
    assert one[0] == "K0740"
    assert one[1] == "Low"  # the first of the manifest, of Low High Near Far Who and the clauses


def test_without_a_file_of_translations_nothing_is_asked(shelf):
    shelf.write("base", shop=SHOP)
    assert warned(shelf) == []


def test_a_translation_that_nothing_uses_names_what_the_text_may_be_now(shelf):
    shop = BASE_SUBJECT.replace("size: {", "size: {label: Kích thước nhà, ")
    shelf.write("base", shop=shop, en=TEXTS)
    assert ("K0741", "Kích thước", "Kích thước nhà") in warned(shelf)


def test_a_successor_is_not_told_what_its_base_lacks(shelf):
    shelf.write("base", shop=SHOP, en=TEXTS)
    shelf.write("next", rulebook=NEXT, en="translations: en\ntexts: {Next: The next}\n")
    assert warned(shelf, "next") == []


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("translations: en\n", [("K0121", "translations")]),
        ("translations: fr\ntexts: {}\n", [("K0126", "fr")]),
        ("translations: vi\ntexts: {}\n", [("K0146", "vi")]),
        ("translations: en\ntexts: [a]\n", [("K0123", "[a]")]),
        ("translations: en\ntexts: {Base: 3}\n", [("K0123", "3")]),
        ("translations: en\ntexts: {Base: null}\n", [("K0122", "null")]),
        ("translations: en\ntexts: {Base: {en: B}}\n", [("K0123", "en")]),
        ("translations: en\ntexts: {}\nmore: 1\n", [("K0120", "more")]),
        ('translations: en\ntexts: {"A  b": x, A b: y}\n', [("K0401", "A b")]),
        ("texts: {Base: B}\n", [("K0404", "texts")]),
    ],
)
def test_a_mistake_is_told_at_its_place(shelf, text, expected):
    shelf.write("base", en=text)
    assert shelf.load("base").found == expected


def test_one_text_has_one_translation(shelf):
    shelf.write("base", en=TEXTS, more="translations: en\ntexts: {Base: B}\n")
    assert shelf.load("base").found == [("K0401", "Base")]


def test_a_successor_is_written_in_the_language_of_its_base(shelf):
    own = NEXT.replace("title: Next", "title: Next\nlanguage: en")
    assert shelf.next(own).found == [("K0147", "en")]


@pytest.mark.parametrize(
    ("vi", "en", "expected"),
    [
        ("a {parameters.part}", "b", [("K0463", "b")]),
        ("a", "b {parameters.part}", [("K0463", "b {parameters.part}")]),
        ("{parameters.part} {period.year}", "{period.year} {parameters.part}", []),
        ("a {parameters.part}", "b {parameters.prat}", [("K0460", "{parameters.prat}")]),
        ("a {{b}", "b", []),
    ],
)
def test_both_languages_say_the_same_values(shelf, vi, en, expected):
    shop = BASE_SUBJECT.replace("size: {", f'size: {{label: "{vi}", ')
    shelf.write("base", shop=shop, en=f'{TEXTS}  "{vi}": "{en}"\n')
    assert shelf.load("base").found == expected


@pytest.mark.parametrize("code", ["K0146", "K0147", "K0463", "K0740", "K0741"])
def test_the_examples_of_the_pages_do_what_they_say(tmp_path, code):
    def told(text):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        write_files(folder, text)
        checked = check(driver.Shelf().ready(folder / "host", {}))
        return {d.code for d in checked.diagnostics} & {code}

    example = page(code).example
    assert told(example.wrong) == {code}
    assert told(example.right) == set()


def write_files(folder, text):
    """Write a successor with the files of an example, each under a comment with its name."""
    shelf = Shelf(folder)
    shelf.write("2021", rulebook=BASE, clauses=BASE_CLAUSES, shop=BASE_SUBJECT)
    parts = re.split(r"^# (\w+)\.yaml\n", text, flags=re.MULTILINE)[1:]
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    said = files.pop("rulebook", "")
    if "extends" in said:
        whole = NEXT.replace("extends: {rulebook: base, as: successor}\n", "")
    else:
        whole = WHOLE
    shelf.write("host", rulebook=whole + said)
    for name, said in files.items():
        subject = f"subject: {name}\n" if "translations:" not in said else ""
        shelf.write("host", **{name: subject + said})


def test_the_example_of_the_reference_can_be_read(shelf):
    (example,) = schema("translations")["examples"]
    lines = "".join(f'  "{text}": "{said}"\n' for text, said in example["texts"].items())
    shelf.write("base", en=f"translations: {example['translations']}\ntexts:\n{lines}")
    assert shelf.load("base").found == []
