from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.schemas import ROOT

from khung.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Ran:
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def khung(capsys, monkeypatch) -> Callable[..., Ran]:
    """Run one command line in the checkout, in Vietnamese unless it says otherwise."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("KHUNG_LANG", raising=False)

    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(arguments)
        captured = capsys.readouterr()
        return Ran(int(code), captured.out, captured.err)

    return call
