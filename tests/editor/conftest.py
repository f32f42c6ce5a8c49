from __future__ import annotations

import shutil

import pytest
from tests.support.editor_client import Client

from khung.resources import data_dir


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the shipped rulebooks."""
    made = tmp_path_factory.mktemp("desk")
    shutil.copytree(data_dir("rulebooks"), made / "rulebooks")
    return made


@pytest.fixture(scope="module")
def running(folder):
    with Client(folder) as client:
        yield client


@pytest.fixture
def client(running):
    """A client that has nothing open yet."""
    yield running
    for path in list(running.texts):
        running.close(path)
    running.told.clear()
