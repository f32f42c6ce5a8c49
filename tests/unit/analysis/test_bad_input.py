"""What a yearly round gets wrong most: each has a code, a place, and advice to follow."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from khung.analysis.checking import check
from khung.diagnostics.render.sentences import advice
from khung.driver import Shelf, evaluate_file
from khung.locale import languages

BASE = """\
khung: 1
id: y1
title: One year
period: {from: 2024-01-01, to: 2024-12-31}
document: D-1
documents: {D-1: {}}
scales: {mark: {values: {low: Low, high: High}}}
parameters: {least: {value: 5, source: a/1#x}}
calendars: {days: {weekend: [sunday], from: 2024-01-01, to: 2024-12-31, holidays: {}}}
"""
CLAUSES = """\
clauses:
  a/1: {summary: One, parts: [x, y]}
  a/2: {summary: Two}
"""
SHOP = """\
subject: shop
facts:
  size: {type: number, source: a/1#x}
  opened: {type: date, source: a/1#y}
  sign: {type: boolean, source: a/1#y}
definitions:
  big: {is: size >= parameters.least, source: a/1#y}
criteria:
  scale: mark
  groups: {care: {items: {clean: {source: a/2}, quick: {source: a/2}}}}
  sets: {asked: {members: [{take: care}], local: true}}
tables:
  place:
    inputs: {big: big, sign: sign}
    outputs: {mark: mark}
    rows:
      front: {if: {big: true}, then: {mark: high}, source: a/2}
      back: {if: {big: false}, then: {mark: low}, source: a/2}
ladder:
  scale: mark
  levels:
    high: {require: {big: {that: "big and every c in asked satisfies c = high", source: a/2}}}
    low: {otherwise: true, source: a/2}
caps:
  late: {when: "working days between(opened, on, calendars.days) < 3", at_most: low, source: a/2}
"""
NEXT = """\
khung: 1
id: y2
title: The next year
extends: {rulebook: y1, as: successor}
period: {from: 2025-01-01, to: 2025-12-31}
document: D-1
carried:
  parameters: {least: kept}
  calendars: {days: changed}
calendars: {days: {from: 2025-01-01, to: 2025-12-31}}
"""
LOCAL = """\
khung: 1
id: unit
title: A unit
extends: {rulebook: y1, as: overlay}
applies_to: {shop: [a]}
period: {from: 2024-01-01, to: 2024-12-31}
"""
STRICT = """\
subject: shop
caps: {dirty: {when: not(sign), at_most: low, source: a/2}}
"""
CASE = """\
case: A shop
rulebook: y1
on: 2024-12-15
subjects:
  shop: {a: {size: 7, sign: true, opened: 2024-02-01, criteria: {clean: high, quick: high}}}
"""
FILES = {
    "rulebooks/y1/rulebook.yaml": BASE,
    "rulebooks/y1/clauses.yaml": CLAUSES,
    "rulebooks/y1/shop.yaml": SHOP,
    "rulebooks/y2/rulebook.yaml": NEXT,
    "rulebooks/y2/shop.yaml": "subject: shop\nfacts: {size: {default: 6, provisional: true}}\n",
    "rulebooks/unit/rulebook.yaml": LOCAL,
    "rulebooks/unit/shop.yaml": STRICT,
    "a.yaml": CASE,
}


@dataclass(frozen=True)
class Mistake:
    """A text of one file put for another, and what is said of a rulebook or of the case."""

    file: str
    old: str
    new: str
    of: str
    said: tuple[str, str]
    to_do: str = field(kw_only=True)  # words of the advice, in Vietnamese


MISTAKES = {
    "a clause cited that does not exist": Mistake(
        "y1/shop", "clean: {source: a/2}", "clean: {source: a/3}", "y1", ("K0501", "a/3"),
        to_do="thêm vào clauses.yaml: `a/3: {summary: …}`",
    ),
    "a part cited that does not exist": Mistake(
        "y1/shop", "size: {type: number, source: a/1#x}", "size: {type: number, source: a/1#z}",
        "y1", ("K0502", "a/1#z"), to_do="`x`, `y`",
    ),
    "a part never cited": Mistake(
        "y1/clauses", "parts: [x, y]", "parts: [x, y, z]", "y1", ("K0506", "a/1"),
        to_do="ghi địa chỉ ấy ở `source`",
    ),
    "a clause never cited": Mistake(
        "y1/clauses", "  a/2:", "  a/3: {summary: Three}\n  a/2:", "y1", ("K0506", "a/3"),
        to_do="`kind` và `because`",
    ),
    "an override that changes nothing": Mistake(
        "y2/shop", "{default: 6, provisional: true}", "{type: number}",
        "y2", ("K0525", "type"), to_do="bỏ dòng này",
    ),
    "a removed thing still used": Mistake(
        "y2/rulebook", "{least: kept}", "{least: ended}", "y2", ("K0530", "least"),
        to_do="giữ lại `parameters.least`",
    ),
    "a removed fact still used": Mistake(
        "y2/shop", "size: {default: 6, provisional: true}", "opened: {remove: true}",
        "y2", ("K0530", "opened"),
        to_do="giữ lại `shop.facts.opened`",
    ),
    "a yearly value without an answer": Mistake(
        "y2/rulebook", "  parameters: {least: kept}\n", "", "y2", ("K0527", "y1"),
        to_do="thêm `least` vào `carried.parameters`",
    ),
    "a yearly value still open": Mistake(
        "y2/rulebook", "least: kept", "least: open", "y2", ("K0527", "least"),
        to_do="thay `open` bằng `kept`",
    ),
    "a cycle of extends": Mistake(
        "y1/rulebook", "document: D-1\n", "document: D-1\nextends: {rulebook: y2, as: successor}\n",
        "y2", ("K0522", "y2"), to_do="bỏ `extends` ở một trong các bộ ấy",
    ),
    "an overlay that sets a requirement anew": Mistake(
        "unit/shop", "caps:", "definitions: {big: {is: 'true'}}\ncaps:", "unit", ("K0541", "big"),
        to_do="chỉ thêm",
    ),
    "an overlay that takes a cap away": Mistake(
        "unit/shop", "{dirty: {when: not(sign), at_most: low, source: a/2}}",
        "{late: {remove: true}}", "unit", ("K0570", "late"), to_do="chỉ thêm",
    ),
    "an overlay that asks for less": Mistake(
        "unit/shop", "caps:", "criteria: {sets: {asked: {members: [{take: care.clean}]}}}\ncaps:",
        "unit", ("K0542", "asked"), to_do="ghi lại đủ các thành phần cũ",
    ),
    "table rows that overlap": Mistake(
        "y1/shop", "back: {if: {big: false},", "back: {", "y1", ("K0454", "back"),
        to_do="`hit: first`",
    ),
    "a table row that is missing": Mistake(
        "y1/shop", "back: {if: {big: false},", "back: {if: {big: false, sign: true},", "y1",
        ("K0453", "place"), to_do="thêm dòng cho trường hợp này",
    ),
    "a calendar that does not cover a date": Mistake(
        "a", "opened: 2024-02-01", "opened: 2023-02-01", "a", ("K0640", "2023-02-01"),
        to_do="bổ sung ngày nghỉ của năm ấy vào lịch",
    ),
    "a case dated outside the period": Mistake(
        "a", "on: 2024-12-15", "on: 2025-01-15", "a", ("K0604", "2025-01-15"),
        to_do="kiểm tra lại năm",
    ),
}  # fmt: skip


def said(folder, of):
    """Return all that is said of a rulebook of the folder, or of the case `a`."""
    if of == "a":
        return evaluate_file(folder / "a.yaml", Shelf(), {}).diagnostics
    return check(Shelf().ready(folder / "rulebooks" / of, {})).diagnostics


def written(folder, **changed):
    for name, text in {**FILES, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("of", ["y1", "y2", "unit", "a"])
def test_without_a_mistake_nothing_is_said(tmp_path, of):
    assert said(written(tmp_path), of) == ()


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_to_do(tmp_path, mistake):
    name = "a.yaml" if mistake.file == "a" else f"rulebooks/{mistake.file}.yaml"
    assert FILES[name].count(mistake.old) == 1
    text = FILES[name].replace(mistake.old, mistake.new)
    found = said(written(tmp_path, **{name: text}), mistake.of)
    assert [(d.code, d.span.text) for d in found if d.span] == [mistake.said]
    assert mistake.to_do in advice(found[0], "vi")
    assert all(advice(found[0], lang) for lang in languages)
