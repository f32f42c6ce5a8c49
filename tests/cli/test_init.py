"""`khung init FOLDER`: all that a person with nothing but the installed program begins with."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import pytest

from khung.cli import start
from khung.cli.exit_codes import ExitCode
from khung.locale import languages

LINK = re.compile(r'href="([^"]*)"')
PLACE = re.compile(r'id="([^"]*)"')


@pytest.fixture(scope="module", params=languages)
def made(request, tmp_path_factory):
    """Return a folder as it is made, and its language."""
    folder = tmp_path_factory.mktemp("made") / "mine"
    folder.mkdir()
    start.put_start(folder, request.param)
    return folder, request.param


def commands_in(text):
    """Return the command lines of a text, which are indented."""
    return [shlex.split(line)[1:] for line in re.findall(r"^  (khung .*)$", text, re.M)]


def test_what_it_says_to_do_first_can_be_done(khung, made, monkeypatch, tmp_path):
    folder, lang = made
    (said,) = folder.glob("*.txt")
    monkeypatch.chdir(folder)
    asked = commands_in(said.read_text("utf-8"))
    assert [words[0] for words in asked] == ["eval", "eval", "new", "eval", "eval"]
    one, many, new, own, workbook = asked
    for words in (one, new, own):
        assert khung_in(khung, folder, monkeypatch, *words, "--lang", lang).code == ExitCode.DONE
    out = ("--out", str(tmp_path / "out"))
    assert khung_in(khung, folder, monkeypatch, *many[:2], *out).code == ExitCode.DONE
    assert Path(workbook[1]).is_file()
    (folder / own[1]).unlink()


def khung_in(khung, folder, monkeypatch, *words):
    """Run a command line in a folder; the fixture begins in the checkout each time."""
    monkeypatch.chdir(folder)
    return khung(*words)


def test_commands_take_what_is_in_the_folder(khung, made, monkeypatch):
    folder, _ = made
    text = (folder / "rulebooks" / "2021" / "rulebook.yaml").read_text("utf-8")
    (folder / "rulebooks" / "2021" / "rulebook.yaml").write_text(text + "nonsense: 1\n", "utf-8")
    ran = khung_in(khung, folder, monkeypatch, "check", "2021")
    (folder / "rulebooks" / "2021" / "rulebook.yaml").write_text(text, "utf-8")
    assert ran.code == ExitCode.INVALID
    assert os.path.join("rulebooks", "2021", "rulebook.yaml") in ran.err + ran.out  # noqa: PTH118  # as a person reads it


def test_next_year_can_be_made_in_it(khung, made, monkeypatch):
    folder, lang = made
    ran = khung_in(khung, folder, monkeypatch, "new", "2022", "--from", "2021", "--lang", lang)
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert (folder / "rulebooks" / "2022" / "rulebook.yaml").is_file()


def test_links_of_pages_lead_to_something_and_nothing_comes_from_elsewhere(made):
    folder, lang = made
    pages = {path.name: path.read_text("utf-8") for path in (folder / "docs" / lang).glob("*.html")}
    assert len(pages) > 4
    for name, text in pages.items():
        assert "<!--" not in text, name
        assert not re.search(r"<(script|link|img)\b|@import|url\(", text), name
        for link in LINK.findall(text):
            if link.startswith("https://"):  # named to the reader, not fetched
                continue
            file, _, place = unquote(link).partition("#")
            assert not place or place in PLACE.findall(pages[file or name]), (name, link)
            assert not file or file in pages, (name, link)


def test_the_text_of_a_guide_shows_no_step_by_which_it_is_built(made):
    folder, lang = made
    assert not [
        p.name for p in (folder / "docs" / lang).glob("*.md") if "<!--" in p.read_text("utf-8")
    ]


# -- where it is written --------------------------------------------------------------------------


def test_a_new_folder_is_told_with_the_way_into_it(khung, tmp_path, monkeypatch):
    ran = khung_in(khung, tmp_path, monkeypatch, "init", "của tôi", "--lang", "en")
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert '\n  cd "của tôi"\n' in ran.out
    assert (tmp_path / "của tôi" / "read-first.txt").read_text("utf-8") in ran.out


def test_an_empty_folder_is_filled_and_stays_the_one_it_is(khung, tmp_path, monkeypatch):
    before = tmp_path.stat().st_ino
    ran = khung_in(khung, tmp_path, monkeypatch, "init", ".")
    assert ran.code == ExitCode.DONE
    assert "  cd " not in ran.out
    assert tmp_path.stat().st_ino == before
    assert {"rulebooks", "cases", "docs", ".vscode"} <= {path.name for path in tmp_path.iterdir()}
    assert not list(tmp_path.glob(".khung*"))


@pytest.mark.parametrize("name", ["full", "file"])
def test_what_is_there_is_left_alone(khung, tmp_path, name):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    ran = khung("init", str(tmp_path / name))
    assert ran.code == ExitCode.USAGE
    assert "K0830" in ran.err
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("name", ["new", "empty"])
def test_nothing_is_left_where_it_does_not_succeed(khung, tmp_path, monkeypatch, name):
    (tmp_path / "empty").mkdir()

    def fill_the_disk(folder, lang):
        (folder / "part").write_text(lang)
        raise OSError(28, "full")

    monkeypatch.setattr(start, "put_start", fill_the_disk)
    ran = khung("init", str(tmp_path / name))
    assert ran.code == ExitCode.USAGE
    assert "K0813" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
    assert list((tmp_path / "empty").iterdir()) == []


def test_what_was_moved_in_is_moved_out_where_the_rest_cannot_be(khung, tmp_path, monkeypatch):
    moved = []
    rename = Path.rename

    def rename_two(self, to):
        if len(moved) == 2 and ".part" in str(self.parent):
            raise OSError(28, "full")
        moved.append(self)
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", rename_two)
    ran = khung("init", str(tmp_path))
    assert "K0813" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["con", "NUL", "aux.d", "a."])
def test_a_name_that_no_folder_has_on_windows(khung, tmp_path, name):
    ran = khung("init", str(tmp_path / name))
    assert ran.code == ExitCode.USAGE
    assert "K0407" in ran.err
    assert list(tmp_path.iterdir()) == []
