"""A quota of one grouping is the same quota however that is written, and however it is settled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import khung
from khung.engine import cut
from khung.ir import quotas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.scope import Scope

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
MADE_UP = [p for p in sorted(CASES.rglob("*.yaml")) if "quotas." in p.read_text("utf-8")]
SHIPPED = [
    path
    for path in sorted((ROOT / "cases" / "2021").glob("*.yaml"))
    if "quotas." in path.read_text("utf-8")
]
FILES = [*(p for p in MADE_UP if p.parent.name != "festival"), *SHIPPED[::10]]


@pytest.fixture(scope="module")
def plainly() -> dict[Path, Any]:
    """Return the results of all files."""
    return {path: khung.evaluate(path).document for path in FILES}


def test_the_files_have_groups(plainly: dict[Path, Any]) -> None:
    numbers = [len(document["groups"]) for document in plainly.values()]
    assert len(FILES) > 10
    assert sum(number > 0 for number in numbers) > len(FILES) // 2


def test_one_grouping_of_within_is_what_per_says(
    plainly: dict[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lower = quotas._written

    def named(model: Any, scope: Scope) -> Iterator[Any]:
        yield from (one._replace(name="all") for one in lower(model, scope))

    monkeypatch.setenv("KHUNG_CACHE", "off")
    monkeypatch.setattr(quotas, "_written", named)
    for path, expected in plainly.items():
        found = khung.evaluate(path).document
        assert found["results"] == expected["results"] or _but_keys(found, expected), path
        keys = [(*(group["key"] or {"all"}),) for group in found["groups"]]
        assert keys == [("all",)] * len(keys)
        assert [_but_key(g) for g in found["groups"]] == [_but_key(g) for g in expected["groups"]]


def _but_keys(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Say whether results are the same but for the keys of the groups of decisions."""
    return all(
        _but_key(result) == _but_key(expected["results"][kind][name])
        for kind, own in found["results"].items()
        for name, result in own.items()
    )


def _but_key(said: dict[str, Any]) -> dict[str, Any]:
    decision = said.get("decision")
    decision = decision and {**decision, "group": None}
    return {**said, "key": None, "decision": decision}


def test_settled_as_if_there_were_several_it_is_the_same(
    plainly: dict[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "is_joint", lambda _quota: True)
    for path, expected in plainly.items():
        found = khung.evaluate(path).document
        for kind, own in expected["results"].items():
            for name, one in own.items():
                said = found["results"][kind][name]
                asked = ("status", "level", "at_best", "at_worst", "missing")
                assert [said[key] for key in asked] == [one[key] for key in asked], (path, name)
        kept = [(g["rule"], g["kept"], g["cut"]) for g in found["groups"]]
        assert kept == [(g["rule"], g["kept"], g["cut"]) for g in expected["groups"]], path
