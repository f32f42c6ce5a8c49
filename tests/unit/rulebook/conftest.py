"""A small shelf: a rulebook, and what is put over it."""

from __future__ import annotations

from textwrap import dedent

import pytest
from tests.support.rulebook import Loaded

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

BASE = """\
khung: 1
id: base
title: Base
period: {from: 2024-01-01, to: 2024-12-31}
document: D-1
documents: {D-1: {}}
scales: {mark: {values: {low: Low, high: High}}}
enumerations: {sort: {values: {near: Near, far: Far}}}
parameters:
  least: {value: 5, label: {vi: Ít nhất, en: Least}, source: a/1}
  part: {value: 20%}
readings: {who: {question: Who, options: {all: {}, some_of_them: {}}, chosen: all, sources: [a/2]}}
"""

BASE_CLAUSES = """\
clauses:
  a/1: {summary: One, parts: [x, y]}
  a/2: {summary: Two}
  a/3: {summary: Three, kind: guidance, because: It only asks}
  a/4: {summary: Four}
"""

BASE_SUBJECT = """\
subject: shop
source: a/2
facts:
  size: {type: number, default: 0, source: a/1#x}
  open: {type: boolean, default: true}
definitions:
  big: {is: size >= parameters.least, source: a/1#y}
ladder:
  scale: mark
  levels:
    high: {require: {big: {that: big, source: [a/2, D-1 a/1#x]}}}
    low: {otherwise: true}
caps:
  closed: {when: not(open), at_most: low, source: a/4}
"""

NEXT = """\
khung: 1
id: next
title: Next
extends: {rulebook: base, as: successor}
period: {from: 2025-01-01, to: 2025-12-31}
document: D-1
carried: {parameters: {least: kept, part: kept}, readings: {who: kept}}
"""


class Shelf:
    """A folder of rulebooks, each a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.write("base", rulebook=BASE, clauses=BASE_CLAUSES, shop=BASE_SUBJECT)

    def write(self, book, **files):
        """Write files of a rulebook: `shop="…"` is shop.yaml."""
        (self.folder / book).mkdir(exist_ok=True)
        for name, text in files.items():
            (self.folder / book / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")

    def load(self, book):
        """Load a rulebook, and look its names up."""
        bag = Bag()
        rulebook = load_rulebook(self.folder / book, bag)
        if rulebook is not None:
            lower_rulebook(rulebook, {}, bag)
        return Loaded(rulebook, bag.diagnostics)

    def next(self, manifest=NEXT, **files):
        """Load a successor of `base`."""
        self.write("next", rulebook=manifest, **files)
        return self.load("next")


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)
