"""A test of a case file beside what it expects: its results can be written in every form."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.schemas import validator

from khung.diagnostics.render.columns import columns
from khung.locale import languages
from khung.report.document.terminal import NARROWEST
from khung.report.encode import dumps
from khung.report.result.document import Manner, results_html, results_text
from khung.report.result.json import results_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.pytest_plugin import CaseModule
    from khung.rulebook.model import Label
    from khung.why.result import Results


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
            assert too_wide(found.results, lang, manner, clauses) == []
            page = results_html(found.results, lang, manner, clauses=clauses)
            assert page.endswith("</html>\n")
        assert misfits(found.results) == []

    def reportinfo(self) -> tuple[Any, None, str]:
        """Return where the case is, and the name of the test."""
        return self.path, None, self.name


def too_wide(
    results: Results, lang: str, manner: Manner, clauses: Mapping[str, Label]
) -> list[str]:
    """Return the lines that do not fit the narrowest terminal."""
    text = results_text(results, lang, manner, width=NARROWEST, clauses=clauses)
    return [line for line in text.split("\n") if columns(line) > NARROWEST]


def misfits(results: Results) -> list[str]:
    """Return what the schema says of the results as JSON."""
    document = json.loads(dumps(results_json(results, languages[0])), parse_float=Decimal)
    return [error.message for error in validator("result").iter_errors(document)]
