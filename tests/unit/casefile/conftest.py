"""What the tests of this folder share: cases against two rulebooks, a made-up one and 2021."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from tests.support.rulebook import MANIFEST, load

from khung.casefile.checks import choices_of, chosen_readings
from khung.casefile.from_source import case_of
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.render.sentences import advice, message
from khung.driver import Shelf, evaluate_file
from khung.ir.from_rulebook import lower_rulebook
from khung.locale import languages
from khung.source.from_text import parse_yaml
from khung.text import SourceFile, nfc

if TYPE_CHECKING:
    from khung.casefile.model import CaseFile
    from khung.diagnostics.model import Diagnostic
    from khung.engine.facts import Case
    from khung.ir.program import Program
    from khung.rulebook.model import Rulebook

ROOT = Path(__file__).parents[3]

SHARED = """
scales:
  grade: {values: {poor: {}, fair: {}, good: {}}}
  rank: {values: {low: {}, middle: {}, high: {}}}
enumerations: {colour: {values: {red: {}, green: {}}}}
records:
  fault:
    fields:
      code: {type: string}
      grade: {type: grade}
      place: {to: unit, back: faults}
  note: {fields: {size: {type: number}, grown: {type: number, range: "0%.."}}}
readings:
  strict:
    question: How?
    options: {loose: {because: x}, tight: {because: y}}
    chosen: loose
"""

UNIT = """
subject: unit
kinds: {field: kind, values: {cell: {}, base: {}, top: {}}}
links:
  above: {to: unit, back: below, tree: true, applies_when: kind != top}
  friend: {to: unit, optional: true}
facts:
  size: {type: number, range: "0..100"}
  tight_only: {type: number, applies_when: readings.strict = tight}
"""

PERSON = """
subject: person
links: {unit: {to: unit, back: people, complete: size}}
facts:
  joined: {type: date, range: "2000-01-01.."}
  active: {type: boolean, default: true}
  name: {type: string}
  colour: {type: colour}
  part: {type: number, range: "..1"}
  gain: {type: number, range: "-100%..300%"}
  gains: {type: list of number, range: "0%..300%", default: []}
  reason: {type: string, applies_when: not(active)}
  faults: {type: list of fault, key: code, default: []}
  notes: {type: list of note, default: []}
  friends: {type: list of person, default: []}
  tags: {type: list of colour, default: []}
  places: {type: list of colour, complete: held, default: []}
  held: {type: number, default: 0}
  votes: {type: ballots of rank}
definitions: {size_of_unit: {is: unit.size}, old: {is: joined < period.from, output: true}}
criteria:
  scale: grade
  groups: {work: {items: {speed: {}, care: {applies_when: active}}}}
ladder:
  scale: rank
  levels:
    high: {require: {speed: {that: every c in work satisfies c = good}}}
    middle: {require: {active: {that: active}}}
    low: {otherwise: true}
caps: {few: {when: size_of_unit < 3, at_most: middle}}
checks: {unit_is_small: {require: size_of_unit < 3}}
votes: {meeting: {when: not(active), ballots: votes, base: unit.size, wins: {more_than: 50%}}}
quotas:
  best: {level: high, per: [unit], counts: rank >= middle, at_most: 50%, rounding: floor,
         ties: needs_decision, others: middle}
"""


@dataclass(frozen=True)
class Found:
    """What came out of the text of a case."""

    file: CaseFile | None
    case: Case | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def reported(self) -> list[tuple[str, str]]:
        """The codes with the text each underlines; both languages must have whole sentences."""
        for found in self.diagnostics:
            for lang in languages:
                said = message(found, lang) + advice(found, lang)
                assert "\n" not in said
                assert not re.search(r"\{[a-z_]+\}", said), said
        return [(d.code, d.span.text if d.span else "") for d in self.diagnostics]

    @property
    def helps(self) -> list[str]:
        """Which advice goes with each."""
        return [d.help for d in self.diagnostics]

    @property
    def sound(self) -> Case:
        """The case, of which nothing is said."""
        assert self.reported == []
        assert self.case is not None
        return self.case


_KEPT: dict[tuple[int, tuple[tuple[str, str], ...]], Program] = {}


def lowered(rulebook: Rulebook, readings: tuple[tuple[str, str], ...]) -> Program:
    """Return a rulebook of this session under some readings, lowered once."""
    key = (id(rulebook), readings)
    if key not in _KEPT:
        bag = Bag()
        program = lower_rulebook(rulebook, dict(readings), bag)
        assert program is not None, bag.diagnostics
        _KEPT[key] = program
    return _KEPT[key]


def read(text: str, rulebook: Rulebook) -> Found:
    """Read the text of a case against a rulebook."""
    bag = Bag()
    node = parse_yaml(SourceFile("a.yaml", nfc(dedent(text))), bag)
    file = None if node is None else case_of(node, bag)
    case = None
    if file is not None:
        program = lowered(rulebook, tuple(chosen_readings(file, choices_of(rulebook), bag).items()))
        case = build_case(file, program, bag)
    return Found(file, case, bag.diagnostics)


def with_head(text: str, rulebook: str = "small") -> str:
    """Return the text of a case with the lines of the head that it lacks."""
    head = {"case": "A case", "rulebook": f'"{rulebook}"', "on": "2021-12-15", "subjects": "{}"}
    lacking = (k for k in head if not re.search(rf'^"?{k}"?:', dedent(text), re.MULTILINE))
    return "".join(f"{key}: {head[key]}\n" for key in lacking) + dedent(text)


def with_small(folder: Path, files: dict[str, str]) -> Path:
    """Write the rulebook `small` of these files into a folder of rulebooks, and return that."""
    (folder / "small").mkdir()
    for name, text in files.items():
        (folder / "small" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the made-up rulebook."""
    files = {"rulebook": MANIFEST + SHARED, "unit": UNIT, "person": PERSON}
    return with_small(tmp_path_factory.mktemp("books"), files)


@pytest.fixture(scope="session")
def small(books) -> Rulebook:
    """The made-up rulebook."""
    return load(books / "small").sound


@pytest.fixture(scope="session")
def plan() -> Rulebook:
    """The rulebook of 2021."""
    return load(ROOT / "rulebooks" / "2021").sound


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """Where rulebooks are kept, for tests that evaluate."""
    return Shelf()


def evaluated(path: Path, text: str, books: Path, shelf: Shelf) -> Found:
    """Evaluate the text of a case."""
    path.write_text(text, encoding="utf-8")
    found = evaluate_file(path, shelf, {}, books)
    case = found.results.run.case if found.results else None
    return Found(found.case_file, case, found.diagnostics)


@pytest.fixture
def result(shelf, books, tmp_path):
    """Evaluate a case of the made-up rulebook; the head may be left out."""
    return lambda text: evaluated(tmp_path / "a.yaml", with_head(text), books, shelf)


@pytest.fixture
def plan_result(shelf, tmp_path):
    """Evaluate a case of the rulebook of 2021; the head may be left out."""
    books = ROOT / "rulebooks"
    return lambda text: evaluated(tmp_path / "a.yaml", with_head(text, "2021"), books, shelf)


@pytest.fixture
def case(small):
    """Read a case of the made-up rulebook; the head may be left out."""
    return lambda text: read(with_head(text), small)


@pytest.fixture
def plan_case(plan):
    """Read a case of the rulebook of 2021; the head may be left out."""
    return lambda text: read(with_head(text, "2021"), plan)
