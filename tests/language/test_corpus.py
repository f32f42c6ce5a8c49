"""Every record of the corpus gives what a person reasoned that it gives."""

from pathlib import Path

import pytest
from tests.language.corpus import Record, answer, fault, records

_ALL = list(records())


def _marks(record: Record) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=record.defect)] if record.defect else []


def _named(record: Record) -> str:
    return f"{record.file}: {record.expr}"[:90]


@pytest.mark.parametrize("record", [pytest.param(r, marks=_marks(r), id=_named(r)) for r in _ALL])
def test_expression(record: Record, tmp_path: Path) -> None:
    assert not fault(answer(record, tmp_path), record.wanted)


def test_the_corpus_is_large() -> None:
    assert len(_ALL) >= 900
