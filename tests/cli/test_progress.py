"""On a terminal it is said how far work on a large case is; elsewhere nothing is."""

from __future__ import annotations

import re
import sys

import pytest

from khung.engine import progress

CASE = "cases/2021/can_bo-010-theo-quy-dinh-cua-huyen.yaml"


@pytest.fixture
def terminal(monkeypatch, khung):
    """Let standard error be a terminal, and cases of so many things to do be large ones."""

    def use(large):
        monkeypatch.setattr(progress, "LARGE", large)
        return khung("eval", CASE, "--format", "json")

    quiet = khung("eval", CASE, "--format", "json")
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    return use, quiet


def test_a_large_case_says_how_far_it_is(terminal):
    use, quiet = terminal
    ran = use(large=1)
    said = re.findall(r"\r\x1b\[K([^\r]*)", ran.err)
    assert said[0] == "đang tính kết quả: 0%"
    assert any(one.startswith("đang tìm lý do: ") for one in said)
    assert said[-1] == ""
    assert (ran.code, ran.out) == (quiet.code, quiet.out)


def test_a_small_case_says_nothing(terminal):
    use, quiet = terminal
    assert use(large=10_000) == quiet


def test_nothing_is_said_where_no_one_looks(monkeypatch, khung):
    monkeypatch.setattr(progress, "LARGE", 1)
    assert khung("eval", CASE, "--format", "json").err == ""
