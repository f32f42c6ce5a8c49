from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient
from tests.support.schemas import ROOT

from khung.cli.commands.serve import _saved
from khung.desk.app import app_of
from khung.desk.desk import Desk
from khung.driver import Shelf

if TYPE_CHECKING:
    from pathlib import Path

TOKEN, HOST = "t0ken", "127.0.0.1:8021"
OWN = f"http://{HOST}"
CASE = "dang_vien-010-nghi-om-4-thang.yaml"
MANY = "case: Nhiều\nrulebook: '2021'\non: 2021-12-15\nsubjects:\n  dang_vien:\n" + "".join(
    f"    dv_{n}: {{name: {name}}}\n"
    for n, name in enumerate(["Đỗ Ánh", *(f"Người {n}" for n in range(1, 351))])
)
"""A case of more subjects than are listed at once."""


@dataclass
class Browser:
    """What a browser would do, with what it was answered last."""

    client: TestClient = field(repr=False)
    desk: Desk = field(repr=False)
    text: str = field(default="", repr=False)
    status: int = 0
    at: str = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    def _took(self, answer):
        self.text, self.status, self.at = answer.text, answer.status_code, answer.url.path
        self.headers = dict(answer.headers)
        return self

    def get(self, place="", lang="vi", **how):
        return self._took(self.client.get(f"/{TOKEN}/{lang}/{place}", **how))

    def post(self, place, data=None, lang="vi", headers=None, **how):
        headers = {"Origin": OWN} | (headers or {})
        return self._took(
            self.client.post(f"/{TOKEN}/{lang}/{place}", data=data, headers=headers, **how)
        )

    @property
    def case(self):
        """The address of the case that is shown."""
        return re.search(r"case/\w+", self.at)[0]

    @property
    def draft(self):
        return self.desk.drafts.get(self.case.removeprefix("case/"))

    @property
    def tab(self):
        return re.search(r'name="tab" value="(\w+)"', self.text)[1]

    @property
    def words(self):
        """What somebody reads."""
        bare = re.sub(r"<[^>]*>", " ", self.text)
        return " ".join(unescape(bare).split())

    @property
    def standing(self):
        found = re.search(r'role="status">(.*?)</p>', self.text, re.DOTALL)
        return unescape(re.sub(r"<span.*?</span>", "", found[1], flags=re.DOTALL)).strip()


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with one case in it."""
    shutil.copy(ROOT / "cases" / "2021" / CASE, tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """The rulebooks, taken once for all tests."""
    return Shelf(cached=True)


@pytest.fixture
def desk(folder, shelf) -> Desk:
    return Desk(folder, TOKEN, _saved, ROOT / "rulebooks", shelf)


@pytest.fixture
def browser(desk) -> Browser:
    app = app_of(desk, frozenset({HOST}), most=12 * 1024 * 1024)
    with TestClient(app, base_url=OWN) as client:
        yield Browser(client, desk)


@pytest.fixture
def opened(browser) -> Browser:
    """The case of the folder, open."""
    browser.post("open", {"path": CASE})
    assert browser.status == 200
    return browser
