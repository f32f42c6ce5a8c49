"""Compiled rules kept from one run to the next: the same results, and never a stranger's text."""

from functools import partial

import pytest

from khung import cache
from khung.cli.exit_codes import ExitCode
from khung.cli.main import run
from khung.population import run as solving

ASKED = ("--subject", "dang_vien", "--columns", "level", "--engine", "duckdb")


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "district"
    told = ("--members", "30", "--seed", "3", "--to", str(folder))
    assert run(("new", "district", "2021", *told)) == ExitCode.DONE
    return str(folder)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The folder of the cache, which is the user's alone."""
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    return folder


@pytest.fixture
def levels(district, tmp_path):
    def evaluate(name):
        out = tmp_path / name
        assert run(("eval", district, "--out", str(out), *ASKED)) == ExitCode.DONE
        return (out / "results" / "dang_vien.csv").read_bytes()

    return evaluate


def refuse(*_, **__):
    raise AssertionError("compiled once more")


def test_rules_compiled_once_are_found_again(levels, place, monkeypatch):
    first = levels("first")
    assert len(list(place.glob("*.sql"))) == 1
    monkeypatch.setattr(solving, "compiled", refuse)
    assert levels("again") == first


def test_a_file_that_others_may_write_is_not_read(levels, place, monkeypatch):
    first = levels("first")
    (text,) = place.glob("*.sql")
    text.chmod(0o666)
    called = []
    monkeypatch.setattr(solving, "compiled", partial(_noted, called, solving.compiled))
    assert (levels("again"), len(called)) == (first, 1)


def test_what_is_not_as_it_was_written_is_made_anew(levels, place, monkeypatch):
    first = levels("first")
    (text,) = place.glob("*.sql")
    text.write_bytes(text.read_bytes()[:-9])
    called = []
    monkeypatch.setattr(solving, "compiled", partial(_noted, called, solving.compiled))
    assert (levels("again"), len(called)) == (first, 1)


def _noted(called, compiled, *how, **more):
    called.append(how)
    return compiled(*how, **more)


def test_other_data_and_other_questions_are_other_rules(levels, district, tmp_path, place):
    levels("first")
    asked = ("--subject", "dang_vien", "--columns", "bounds", "--engine", "duckdb")
    assert run(("eval", district, "--out", str(tmp_path / "more"), *asked)) == ExitCode.DONE
    assert len(list(place.glob("*.sql"))) == 2
