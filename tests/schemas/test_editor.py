"""What an editor shows: no false problem in a shipped file, a true one in a wrong one."""

from __future__ import annotations

import pytest
from tests.schemas.test_shipped import FILES
from tests.support.language_server import PROGRAM, LanguageServer
from tests.support.schemas import ROOT

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="yaml-language-server is not here")


@pytest.fixture(scope="module")
def server():
    with LanguageServer() as running:
        yield running


def test_no_shipped_file_has_a_problem(server):
    found = {
        str(path.relative_to(ROOT)): server.open(path, path.read_text("utf-8")) for path in FILES
    }
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_a_slip_in_a_file_that_stands_over_another_is_seen(server):
    path = ROOT / "rulebooks/2021/dang_vien.yaml"
    for was, now in (("subject: dang_vien", "subjct: dang_vien"), ("\nfacts:\n", "\nfact:\n")):
        text = path.read_text("utf-8")
        assert was in text
        slip = path.with_name(f"slip-{now.strip(' :').split(':')[0].strip()}.yaml")
        assert server.open(slip, text.replace(was, now, 1)), now
