"""Of each case that is tested, the results are also written in every form that people read."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from tests.support.written import WrittenCase

from khung.pytest_plugin import CaseModule
from khung.why.result import DEPTH

if TYPE_CHECKING:
    import pytest

sys.setrecursionlimit(DEPTH)  # an evaluation does so, and Hypothesis warns of a change

os.environ["KHUNG_CACHE"] = "off"  # what is tried is made anew, here and in each process started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put a test of the writers behind the tests of each case, which is evaluated already."""
    grouped = [(file, list(found)) for file, found in groupby(items, key=lambda i: i.parent)]
    items[:] = [
        item
        for file, found in grouped
        for item in (*found, *([WrittenCase.of(file)] if isinstance(file, CaseModule) else ()))
    ]
