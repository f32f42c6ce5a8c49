"""Each thing that can be wrong with the shape of a rulebook: its code, and what is underlined."""

import pytest
from tests.support.rulebook import MANIFEST, load, load_files

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import all_codes, page
from khung.diagnostics.render.forms import render_concise
from khung.diagnostics.render.sentences import advice
from khung.locale import languages
from khung.source.from_text import parse_yaml
from khung.text import SourceFile

SUBJECT = "subject: s\n"
SCALE = "scales: {r: {values: {low: L, high: H}}}\n"

IN_MANIFEST = [
    ("K0401", "scales: {a: {values: {x: X}}}\nrecords: {a: {fields: {n: {type: number}}}}", "a"),
    ("K0401", "records: {a: {fields: {n: {type: number}}, definitions: {n: {is: 1}}}}", "n"),
    ("K0402", "scales: {number: {values: {x: X}}}", "number"),
    ("K0402", "scales: {r: {values: {default: X}}}", "default"),
    ("K0402", "readings: {every: {question: Q, options: {a: {}}, chosen: a}}", "every"),
    ("K0402", "records: {a: {fields: {owner: {type: number}}}}", "owner"),
    ("K0409", 'parameters: {p: {value: 1, source: "a b c"}}', "a b c"),
    ("K0409", "parameters: {p: {value: 1, source: [x, '#part']}}", "#part"),
    ("K0409", "parameters: {p: {value: 1, source: 'a/1, a/2'}}", "a/1, a/2"),
    ("K0410", "parameters: {p: {value: 1, source: D-2 x}}", "D-2 x"),
    ("K0412", 'records: {a: {fields: {n: {type: number, range: "0-12"}}}}', '"0-12"'),
    ("K0412", 'records: {a: {fields: {n: {type: number, range: ".."}}}}', '".."'),
    ("K0412", 'records: {a: {fields: {n: {type: number, range: "0..2021-01-01"}}}}', None),
    ("K0412", 'records: {a: {fields: {n: {type: date, range: "2021-13-01.."}}}}', None),
    ("K0413", 'records: {a: {fields: {n: {type: number, range: "3..2"}}}}', '"3..2"'),
    ("K0413", 'records: {a: {fields: {n: {type: date, range: "2021-02-01..2021-01-01"}}}}', None),
    ("K0423", "readings: {q: {question: Q, options: {one: {}, two: {}}, chosen: onee}}", "onee"),
    ("K0425", "scales: {r: {values: {}}}", "{}"),
    ("K0425", "readings: {q: {question: Q, options: {}, chosen: a}}", "{}"),
    ("K0120", "scales: {r: {value: {x: X}, values: {x: X}}}", "value"),
    ("K0120", "parameters: {p: {value: 1, when: true}}", "when"),
    ("K0121", "parameters: {p: {label: P}}", "label"),
    ("K0122", "parameters: {p: {value: }}", ""),
    ("K0123", "title_of: 1\nparameters: {p: {value: 1, label: 5}}", "5"),
    ("K0124", "parameters: {two words: {value: 1}}", "two words"),
]

IN_SUBJECT = [
    ("K0401", "facts: {a: {type: number}}\ndefinitions: {a: {is: 1}}", "a"),
    ("K0401", "kinds: {field: a, values: {x: X}}\nfacts: {a: {type: number}}", "a"),
    (
        "K0401",
        "facts: {r: {type: number}}\nladder: {scale: r, levels: {low: {otherwise: true}}}",
        "r",
    ),
    ("K0401", "criteria: {scale: r, groups: {g: {items: {i: {}, g: {}}}}}", "g"),
    ("K0401", "criteria: {scale: r, groups: {g: {items: {i: {}}}, h: {items: {i: {}}}}}", "i"),
    ("K0401", "criteria: {scale: r, groups: {g: {items: {i: {}}}}, sets: {i: all}}", "i"),
    ("K0402", "facts: {given: {type: number}}", "given"),
    ("K0402", "facts: {and: {type: number}}", "and"),
    ("K0402", "links: {up: {to: s, back: ranked}}", "ranked"),
    ("K0402", "criteria: {scale: r, groups: {all: {items: {i: {}}}}}", "all"),
    ("K0402", "ladder: {scale: r, as: status, levels: {low: {otherwise: true}}}", "status"),
    ("K0411", "facts: {a: {type: s list}}", "s list"),
    ("K0411", "facts: {a: {type: list of list of s}}", "list of list of s"),
    ("K0414", "caps: {c: {each: chiefs, at_most: low}}", "chiefs"),
    ("K0414", "caps: {c: {each: m.a in chiefs, at_most: low}}", "m.a in chiefs"),
    ("K0414", "definitions: {d: {each: 'm in (1, 2)'}}", "'m in (1, 2)'"),
    ("K0415", "definitions: {d: {output: true}}", "output"),
    ("K0415", "criteria: {groups: {g: {items: {i: {}}}}}", "groups"),
    ("K0415", "ladder: {scale: r, levels: {high: {label: H}, low: {otherwise: true}}}", "label"),
    ("K0416", "definitions: {d: {is: 1, each: m in b}}", "each"),
    ("K0416", "definitions: {d: {is: 1, where: a}}", "where"),
    ("K0416", "criteria: {scale: r, points: true, groups: {g: {items: {i: {}}}}}", "points"),
    (
        "K0416",
        "votes: {v: {ballots: b, base: 3, wins: {more_than: 1/2, at_least: 1/2}}}",
        "at_least",
    ),
    (
        "K0417",
        "ladder: {scale: r, levels: {high: {otherwise: true}, low: {otherwise: true}}}",
        "high",
    ),
    (
        "K0418",
        "criteria: {scale: r, groups: {g: {items: {i: {}}}}, sets: {t: [{take: g.i.j}]}}",
        "g.i.j",
    ),
    ("K0419", "criteria: {points: true, groups: {g: {items: {i: {}}}}}", "i"),
    ("K0419", 'criteria: {points: true, groups: {g: {items: {i: {range: "0.."}}}}}', "i"),
    ("K0420", 'criteria: {scale: r, groups: {g: {items: {i: {range: "0..9"}}}}}', '"0..9"'),
    ("K0421", "criteria: {scale: r, groups: {g: {items: {i: {}}}}, sets: {t: g}}", "g"),
    ("K0421", "criteria: {scale: r, groups: {g: {items: {i: {}}}}, sets: {t: []}}", "[]"),
    ("K0422", "ladder: {scale: r, levels: {high: {require: {a: {that: true}}}}}", "high"),
    ("K0425", "ladder: {scale: r, levels: {}}", "{}"),
    ("K0425", "ladder: {scale: r, levels: {high: {require: {}}, low: {otherwise: true}}}", "{}"),
    ("K0426", "criteria: {points: false, groups: {g: {items: {i: {}}}}}", "false"),
    ("K0121", "votes: {v: {base: 3}}", "base"),
    ("K0121", "votes: {v: {ballots: b, base: 3, wins: {low: {at_least: 1/2}}}}", "low"),
    ("K0121", "not_ranked: {n: {label: N}}", "label"),
    ("K0121", "caps: {c: {where: true, at_most: low}}", "where"),
    ("K0120", "caps: {c: {when: true, at_mots: low, at_most: low}}", "at_mots"),
    ("K0122", "not_ranked: {n: {when: }}", ""),
    ("K0123", "not_ranked: {n: {when: [a]}}", "[a]"),
    ("K0126", "caps: {c: {at_most: low, basis: guess}}", "guess"),
    ("K0121", "checks: {c: {when: a, severity: error}}", "when"),
    ("K0126", "checks: {c: {require: a, severity: grave}}", "grave"),
    ("K0120", "checks: {c: {require: a, requires: a}}", "requires"),
    ("K0124", "checks: {two words: {require: a}}", "two words"),
]

IN_CLAUSES = [
    ("K0401", "a/1: {summary: S}", "a/1"),
    ("K0409", "'b 1': {summary: S}", "'b 1'"),
    ("K0424", "b: {summary: S, kind: guidance}", "kind"),
    ("K0424", "b: {summary: S, because: B}", "because"),
    ("K0126", "b: {summary: S, because: B, kind: other}", "other"),
    ("K0121", "b: {parts: [p]}", "parts"),
]


def _says(found, code, underlined):
    codes = [c for c, _ in found]
    texts = [text for c, text in found if c == code]
    assert code in codes
    assert underlined is None or underlined in texts


@pytest.mark.parametrize(("code", "text", "underlined"), IN_MANIFEST)
def test_a_broken_manifest(tmp_path, code, text, underlined):
    loaded = load_files(tmp_path, rulebook=MANIFEST + text)
    _says(loaded.found, code, underlined)
    assert loaded.rulebook is not None


@pytest.mark.parametrize(("code", "text", "underlined"), IN_SUBJECT)
def test_a_broken_subject(tmp_path, code, text, underlined):
    loaded = load_files(tmp_path, rulebook=MANIFEST + SCALE, s=SUBJECT + text)
    _says(loaded.found, code, underlined)
    assert [subject.head.id for subject in loaded.rulebook.subjects] == ["s"]


@pytest.mark.parametrize(("code", "text", "underlined"), IN_CLAUSES)
def test_a_broken_list_of_clauses(tmp_path, code, text, underlined):
    first = load_files(
        tmp_path, first="clauses:\n  a/1: {summary: S}\n", more=f"clauses:\n  {text}\n"
    )
    _says(first.found, code, underlined)


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("K0406", "khung: 1", "khung: 2021"),
        ("K0407", "id: small", "id: năm 2021"),
        ("K0407", "D-1: {}", "'D 1': {}"),
        ("K0408", "to: 2021-12-31", "to: 2020-12-31"),
        ("K0410", "document: D-1", "document: D1"),
        ("K0121", "id: small\n", ""),
        ("K0123", "id: small", "id: true"),
        ("K0125", "2021-12-31", "2021-02-30"),
    ],
)
def test_what_a_manifest_says_of_the_rulebook(tmp_path, code, old, new):
    loaded = load_files(tmp_path, rulebook=MANIFEST.replace(old, new), s=SUBJECT)
    assert code in [c for c, _ in loaded.found]
    assert [subject.head.id for subject in loaded.rulebook.subjects] == ["s"]


def test_all_errors_come_in_one_run(tmp_path):
    loaded = load_files(
        tmp_path,
        rulebook=MANIFEST + "parameters: {p: {valeu: 1}}\n",
        a="subject: a\ncaps: {c: {at_most: low, wen: x}}\nfacts: {f: {type: number, range: 3}}\n",
        b="facts: {}\n",
    )
    assert [code for code, _ in loaded.found] == ["K0120", "K0123", "K0404", "K0120"]


def test_a_broken_entry_is_left_out_and_the_others_stay(tmp_path):
    loaded = load_files(tmp_path, s="subject: s\ncaps:\n  a: {label: A}\n  b: {at_most: low}\n")
    assert [cap.head.id for cap in loaded.rulebook.subjects[0].caps] == ["b"]


def test_a_cap_for_each_element_is_none_without_its_binder(tmp_path):
    loaded = load_files(tmp_path, s="subject: s\ncaps: {c: {each: chiefs, at_most: d.level}}\n")
    assert loaded.found == [("K0414", "chiefs")]
    assert loaded.rulebook.subjects[0].caps == ()


def _codes_here():
    return [code for code in all_codes() if "K0400" <= code < "K0430"]


def test_every_code_is_provoked_somewhere():
    by_folder = {"K0403", "K0404", "K0405", "K0406", "K0407", "K0408", "K0427", "K0428", "K0429"}
    listed = {code for code, *_ in [*IN_MANIFEST, *IN_SUBJECT, *IN_CLAUSES]}
    assert listed | by_folder >= set(_codes_here())


@pytest.mark.parametrize("code", _codes_here())
def test_every_page_speaks_both_languages(code):
    said = page(code).said
    assert set(said) == set(languages)
    for sentences in said.values():
        assert sentences.message
        assert sentences.helps[""]
        assert not sentences.message[0].isupper()


@pytest.mark.parametrize("lang", languages)
def test_no_message_forgets_a_value(tmp_path, lang):
    for folder, texts in ("m", IN_MANIFEST), ("s", IN_SUBJECT):
        for number, (_, text, _) in enumerate(texts):
            place = tmp_path / f"{folder}{number}"
            place.mkdir()
            files = {"rulebook": MANIFEST + text} if folder == "m" else {"s": SUBJECT + text}
            for diagnostic in load_files(place, **files).diagnostics:
                said = render_concise([diagnostic], lang) + advice(diagnostic, lang)
                assert "{near}" not in said
                assert "{name}" not in said
                assert "{keys}" not in said
                assert "{key}" not in said


def test_a_folder_that_is_not_there(tmp_path):
    assert load(tmp_path / "none").found == [("K0427", "")]


def test_a_folder_without_manifest(tmp_path):
    (tmp_path / "s.yaml").write_text(SUBJECT)
    loaded = load(tmp_path)
    assert loaded.rulebook is None
    assert loaded.found == [("K0403", "")]


@pytest.mark.parametrize("code", [code for code in _codes_here() if page(code).example])
def test_the_examples_of_a_page_are_yaml(code):
    example = page(code).example
    assert example.form == "yaml"
    for text in (example.wrong, example.right):
        bag = Bag()
        parse_yaml(SourceFile(code, text), bag)
        assert bag.diagnostics == ()


def test_of_points_whose_range_is_none_that_alone_is_said(tmp_path):
    items = "criteria: {points: true, groups: {g: {items: {i: {range: 0-40, source: a/1}}}}}\n"
    loaded = load_files(tmp_path, rulebook=MANIFEST, crew="subject: crew\n" + items)
    assert [code for code, _ in loaded.found if code in ("K0412", "K0419")] == ["K0412"]
