"""Test data that is not part of the project."""

import os
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[3] / "shared"


def outside(name: str) -> Path:
    """Return a file of the folder `../shared`, such as `conformance/feel_tck.jsonl`.

    Without it the test is skipped, or fails where the environment sets CI.
    """
    path = _FOLDER / name
    if path.is_file():
        return path
    if os.environ.get("CI"):
        pytest.fail(f"outside test data is missing: {name}")
    pytest.skip(f"outside test data is missing: {name}")
