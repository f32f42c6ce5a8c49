"""A test of a case file beside what it expects: its results can be written in every form."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.schemas import ROOT, validator

from khung.diagnostics.render.columns import columns
from khung.engine.values import Value
from khung.locale import languages
from khung.report.document.terminal import NARROWEST
from khung.report.encode import dumps
from khung.report.result.document import Manner, results_html, results_text
from khung.report.result.json import results_json

if TYPE_CHECKING:
    from khung.engine.facts import Entity
    from khung.pytest_plugin import CaseModule
    from khung.why.result import Results


SHIPPED = ROOT / "cases"
CODE = re.compile(r"`|[<>!]=|\w\(|\bsatisfies\b")
INSIDE = re.compile(rf"{CODE.pattern}|[a-z]+_[a-z_]+|#\w")


class WrittenCase(pytest.Item):
    """One case, evaluated for its other tests."""

    @classmethod
    def of(cls, case: CaseModule) -> WrittenCase:
        """Return the test of a case."""
        made: WrittenCase = cls.from_parent(case, name="written")
        return made

    def runtest(self) -> None:
        """Write the results, if there are any: that there are none is told by the other tests."""
        found = self.parent.found
        if found.results is None:
            return
        clauses = found.ready.clauses
        for lang, full in product(languages, (False, True)):
            manner = Manner(full=full)
            text = results_text(found.results, lang, manner, width=NARROWEST, clauses=clauses)
            assert [line for line in text.split("\n") if columns(line) > NARROWEST] == []
            assert full or leaks(text, found.results, shipped=SHIPPED in self.path.parents) == []
            page = results_html(found.results, lang, manner, clauses=clauses)
            assert page.endswith("</html>\n")
        assert misfits(found.results) == []

    def reportinfo(self) -> tuple[Any, None, str]:
        """Return where the case is, and the name of the test."""
        return self.path, None, self.name


def leaks(text: str, results: Results, *, shipped: bool) -> list[str]:
    """Return what stands in a text of code, and of names that only files have.

    Made-up rulebooks have no label for all that they name; a case names its own subjects.
    """
    case = results.case
    ids = {key for own in case.entities.values() for key in own} | {r.key for r in case.records}
    stated = (v.least for e in _entities(results) for v in e.facts.values() if isinstance(v, Value))
    own = sorted(filter(None, {*ids, *(v for v in stated if isinstance(v, str))}), key=len)
    said = " ".join(text.split())
    for name in reversed(own):
        said = said.replace(name, "")
    return (INSIDE if shipped else CODE).findall(said)


def _entities(results: Results) -> list[Entity]:
    subjects = (e for own in results.case.entities.values() for e in own.values())
    return [*subjects, *results.case.records]


def misfits(results: Results) -> list[str]:
    """Return what the schema says of the results as JSON."""
    document = json.loads(dumps(results_json(results, languages[0])), parse_float=Decimal)
    return [error.message for error in validator("result").iter_errors(document)]
