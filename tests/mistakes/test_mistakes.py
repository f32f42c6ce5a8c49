"""Mistakes that people make: each is told once, at its place, with what to write instead."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from khung.analysis.checking import check
from khung.cli.main import run
from khung.diagnostics.render.sentences import advice, message
from khung.driver import Shelf, evaluate_file

HERE = Path(__file__).parent
SOUND, MISTAKES = (
    yaml.load((HERE / name).read_text("utf-8"), yaml.BaseLoader)  # noqa: S506, TID251  # all as texts, with what khung refuses
    for name in ("small.yaml", "mistakes.yaml")
)
CASE = "case.yaml"
FULL = 3
AIM = 2.8


@dataclass(frozen=True)
class Said:
    """What was said of one thing: where, and in which words."""

    code: str
    under: str
    line: int
    words: str


def expected(mistake: dict[str, Any]) -> int:
    """Return what a mistake is to come to."""
    return int(mistake.get("score", FULL))


def score(mistake: dict[str, Any], said: list[Said]) -> int:
    """Return 0 if nothing is found, 1 if something, 2 if place or advice or number fail, else 3."""
    code = mistake.get("code")
    if code is None:
        return 0 if said else FULL
    if not said:
        return 0
    found = next((one for one in said if one.code == code), None)
    if found is None:
        return 1
    in_place = mistake.get("under", found.under) == found.under
    in_line = mistake.get("line", str(found.line)) == str(found.line)
    lacks = [not (in_place and in_line), mistake.get("says", "") not in found.words, len(said) > 1]
    return max(1, FULL - sum(lacks))


# -- a mistake in its file ------------------------------------------------------------------------


def content(mistake: dict[str, Any], sound: str) -> bytes:
    """Return the bytes of the file with the mistake."""
    if "bytes" in mistake:
        return str(mistake["bytes"]).encode("latin-1")
    text = str(mistake.get("text", sound))
    if "was" in mistake:
        assert text.count(mistake["was"]) == 1, mistake
        text = text.replace(mistake["was"], mistake["now"])
    text += mistake.get("add", "")
    match mistake.get("as"):
        case "nfd":
            return unicodedata.normalize("NFD", text).encode()
        case "crlf":
            return text.replace("\n", "\r\n").encode()
        case "cp1258":
            return text.replace("ộ", "ô").encode("cp1258", "replace")
        case encoding:
            return text.encode(encoding or "utf-8")


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name if name.startswith("case") else folder / "rulebooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def reported(mistake: dict[str, Any], folder: Path) -> list[Said]:
    """Return what khung says of the files with a mistake in one."""
    file = mistake["file"]
    for name, text in SOUND.items():
        put(folder, name, text.encode())
    if "name" in mistake:
        (folder / file).unlink()
        put(folder, mistake["name"], SOUND[file].encode())
    else:
        put(folder, file, content(mistake, SOUND.get(file, "")))
    if file == CASE:
        found = evaluate_file(folder / CASE, Shelf(), {}, folder / "rulebooks").diagnostics
    else:
        year = "2020" if file.startswith("2020") else "2021"
        found = check(Shelf().ready(folder / "rulebooks" / year, {})).diagnostics
    return [
        Said(
            one.code,
            one.span.text if one.span else "",
            one.span.file.position(one.span.start)[0] if one.span else 0,
            f"{message(one, 'vi')} {advice(one, 'vi')}",
        )
        for one in found
    ]


IN_FILES = [mistake for mistake in MISTAKES if "file" in mistake]
IN_COMMANDS = [mistake for mistake in MISTAKES if "run" in mistake]


@pytest.mark.parametrize("mistake", IN_FILES, ids=lambda mistake: mistake["of"])
def test_in_a_file(mistake, tmp_path):
    said = reported(mistake, tmp_path)
    assert score(mistake, said) == expected(mistake), said


@pytest.mark.parametrize("mistake", IN_COMMANDS, ids=lambda mistake: mistake["of"])
def test_in_a_command(mistake, tmp_path, monkeypatch, capsys):
    for name, text in SOUND.items():
        put(tmp_path, name, text.encode())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KHUNG_LANG", "vi")
    run(mistake["run"])
    said = " ".join(capsys.readouterr().err.split())
    assert mistake["code"] in said
    assert mistake["says"] in said
    assert said.count("[K") == 1


def test_the_files_themselves_are_sound(tmp_path):
    assert reported({"file": CASE}, tmp_path) == []
    assert reported({"file": "2020/rulebook.yaml"}, tmp_path) == []
    assert reported({"file": "2021/rulebook.yaml"}, tmp_path) == []


def test_all_of_them_come_to_what_is_aimed_at():
    scores = [expected(mistake) for mistake in MISTAKES]
    assert sum(scores) / len(scores) >= AIM
