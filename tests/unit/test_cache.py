"""The cache: it changes nothing but the time, and counts only where all is as it was."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from multiprocessing import get_context
from shutil import copytree

import pytest
from tests.support.schemas import ROOT

from khung import cache
from khung.driver import Shelf, evaluate_file
from khung.engine.compiled import compiled
from khung.report.encode import dumps
from khung.report.result.json import evaluated_json

BOOKS = ROOT / "tests" / "rulebooks"
CASES = ROOT / "tests" / "cases" / "lecturers"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Return the folder of the cache, which is not there yet."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def books(tmp_path):
    """Return a folder of rulebooks that may be changed."""
    return copytree(BOOKS, tmp_path / "rulebooks")


def entries(folder):
    return sorted(folder.glob("*.khung"))


def program(folder, readings=None, *, cached=True):
    return Shelf(cached=cached).ready(folder, readings or {}).program


def is_kept(folder, readings=None):
    return cache.find(folder, readings or {}) is not None


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_results_are_the_same_to_the_letter(kept):
    for path in sorted(CASES.glob("*.yaml")):
        said = [
            dumps(
                evaluated_json(evaluate_file(path, Shelf(cached=cached), {}), "vi", with_next=False)
            )
            for cached in (False, True, True)
        ]
        assert said[1] == said[0]
        assert said[2] == said[0]
    assert entries(kept)


def test_words_come_with_it(kept, books):
    folder = books / "lecturers"
    first, second = (Shelf(cached=True).ready(folder, {}) for _ in range(2))
    assert entries(kept)
    assert second.clauses == first.clauses
    assert second.clauses
    assert second.program == first.program
    assert second.loaded.rulebook == first.loaded.rulebook  # what was not kept is read


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data[:-40] + b"9" + data[-39:],
        lambda data: b"{}\n" + data.partition(b"\n")[2],
        lambda data: b"[1]\n" + data.partition(b"\n")[2],
        lambda data: b"\xff" + data,
        lambda data: data.replace(b'"sum": "', b'"sum": "0', 1),
        lambda data: data + b"\n[0]",
    ],
)
def test_what_is_spoilt_is_made_anew(kept, books, spoil):
    folder = books / "lecturers"
    expected = program(folder)
    (entry,) = entries(kept)
    data = entry.read_bytes()
    entry.write_bytes(spoil(data))
    assert not is_kept(folder)
    assert program(folder) == expected
    assert entry.read_bytes() == data


def test_a_changed_file_is_seen(kept, books):
    folder = books / "lecturers"
    program(folder)
    assert is_kept(folder)
    edit(folder / "rulebook.yaml", "title:", "title: ")
    assert not is_kept(folder)


def test_a_changed_base_is_seen(kept, books):
    program(books / "lecturers_next")
    assert is_kept(books / "lecturers_next")
    edit(books / "lecturers" / "rulebook.yaml", "title:", "title: ")
    assert not is_kept(books / "lecturers_next")


@pytest.mark.parametrize("name", ["more.yaml", "more.yml"])
def test_a_new_file_is_seen(kept, books, name):
    folder = books / "lecturers"
    program(folder)
    (folder / name).write_text("a: 1\n")
    assert not is_kept(folder)
    assert Shelf(cached=True).ready(folder, {}).diagnostics


def test_a_file_that_went_is_seen(kept, books):
    folder = books / "lecturers"
    program(folder)
    (folder / "lecturer.yaml").unlink()
    assert not is_kept(folder)


def test_each_choice_of_readings_is_kept_apart(kept):
    folder = BOOKS / "lecturers"
    own = program(folder)
    reading = next(iter(own.readings.values()))
    other = next(option for option in reading.options.values if option != reading.chosen)
    asked = {reading.name: other}
    plain = program(folder, asked, cached=False)
    assert plain != own
    for _ in range(2):
        assert program(folder, asked) == plain
        assert program(folder) == own
        assert program(folder, {reading.name: reading.chosen}) == own
    assert len(entries(kept)) == 2


def test_warnings_are_said_each_time(kept, books):
    folder = books / "lecturers"
    (folder / "old.yml").write_text("a: 1\n")
    for _ in range(2):
        ready = Shelf(cached=True).ready(folder, {})
        assert [d.code for d in ready.diagnostics] == ["K0405"]
        assert ready.program is not None
    assert not entries(kept)


def test_it_can_be_switched_off(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv(cache.VARIABLE, "off")
    assert program(BOOKS / "lecturers") is not None
    assert not list(tmp_path.iterdir())
    monkeypatch.delenv(cache.VARIABLE)
    program(BOOKS / "lecturers")
    assert entries(tmp_path / "khung")


def test_a_folder_that_cannot_be_is_no_matter(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below", "\0", "a" * 5000):
        monkeypatch.setattr(cache, "folder", lambda place=place: tmp_path.__class__(place))
        assert program(BOOKS / "lecturers") is not None
    assert (tmp_path / "file").read_text() == ""


def test_check_looks_for_itself(kept):
    command = [sys.executable, "-m", "khung", "check", str(BOOKS / "lecturers")]
    environment = {**os.environ, cache.VARIABLE: str(kept)}
    subprocess.run(command, env=environment, check=False, capture_output=True)
    assert not kept.exists()


def test_a_case_of_a_kept_rulebook_needs_no_parser(kept):
    script = (
        "import sys; from khung.cli.main import run; code = run(sys.argv[1:]);"
        "names = ('syntax.ast', 'syntax.from_text', 'rulebook.reader', 'rulebook.from_source',"
        " 'ir.from_rulebook');"
        "print(code, [n for n in names if f'khung.{n}' in sys.modules], file=sys.stderr)"
    )
    case = str(min(CASES.glob("*.yaml")))
    environment = {**os.environ, cache.VARIABLE: str(kept)}
    said = [
        subprocess.run(
            [sys.executable, "-c", script, "eval", case],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        for _ in range(2)
    ]
    assert "from_source" in said[0].stderr
    assert said[1].stderr == "0 []\n"
    assert said[1].stdout == said[0].stdout


# -- what was made to evaluate ------------------------------------------------------------------


def evaluated(path):
    """Return what is said of a case, from a new start, and how many functions were made for it."""
    shelf = Shelf(cached=True)
    found = evaluate_file(path, shelf, {})
    said = dumps(evaluated_json(found, "vi", with_next=False))
    made = [compiled(ready.program) for ready in shelf._ready.values()]
    shelf.keep_made()
    return said, sum(len(of.by_source) - len(of.ahead.data.sources) for of in made)


@pytest.fixture
def case():
    return min(CASES.glob("*.yaml"))


def codes(folder):
    return sorted(folder.glob("*.code"))


def test_functions_are_made_once(kept, case):
    first, made = evaluated(case)
    assert made > 100
    assert len(codes(kept)) == 1
    second, made = evaluated(case)
    assert second == first
    assert made <= 0


def test_a_case_evaluated_again_needs_nothing_more():
    """Whoever evaluates case after case would else hold more with each."""
    shelf, held = Shelf(), []
    path = ROOT / "cases" / "2021" / "dang_vien-010-nghi-om-4-thang.yaml"
    for _ in range(3):
        found = evaluate_file(path, shelf, {})
        evaluated_json(found, "vi", with_next=False)
        made = compiled(found.results.program)
        layouts = [layout for of in made.layouts.values() for layout in of]
        held.append((len(made.functions), len(made.known), [len(of.testers) for of in layouts]))
    assert held[0][0] > 100
    assert held[1:] == held[:1] * 2


def test_rulebooks_under_other_readings_keep_their_own_functions(kept, case):
    """Cases that ask for readings bring several programs of one rulebook into one run."""
    own = program(BOOKS / "lecturers", cached=False)
    asked = [
        {name: option}
        for name, reading in own.readings.items()
        for option in reading.options.values
    ]

    def said(*, cached):
        shelf = Shelf(cached=cached)
        results = [evaluate_file(case, shelf, readings) for readings in asked]
        shelf.keep_made()
        return [dumps(evaluated_json(found, "vi", with_next=False)) for found in results]

    plain = said(cached=False)
    for _ in range(3):
        assert said(cached=True) == plain
    assert len(codes(kept)) > 1


def test_functions_of_another_case_are_added(kept, case):
    evaluated(case)
    (entry,) = codes(kept)
    others = sorted(CASES.glob("*.yaml"))
    for _ in range(2):
        size = entry.stat().st_size
        said = [evaluated(path)[0] for path in others]
    assert entry.stat().st_size == size  # all are there
    entry.unlink()
    assert [evaluated(path)[0] for path in others] == said
    assert codes(kept) == [entry]


@pytest.mark.parametrize("who", ["folder", "file"])
@pytest.mark.parametrize("mode", [0o020, 0o002])
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such rights")
def test_code_is_not_taken_from_where_others_may_write(kept, case, who, mode):
    first, made = evaluated(case)
    place = kept if who == "folder" else codes(kept)[0]
    place.chmod(place.stat().st_mode | mode)
    assert evaluated(case) == (first, made)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no owners")
def test_code_is_not_taken_from_others(kept, case, monkeypatch):
    first, made = evaluated(case)
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert evaluated(case) == (first, made)


def test_where_rights_cannot_be_asked_only_the_own_folder_is_trusted(
    kept, case, monkeypatch, tmp_path
):
    first, made = evaluated(case)
    monkeypatch.delattr(os, "geteuid")
    assert evaluated(case) == (first, made)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv(cache.VARIABLE)
    assert evaluated(case) == (first, made)
    assert evaluated(case)[1] <= 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"0",
        lambda data: b"0" + data,
        lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
        lambda data: b"\xff\n" + data,
    ],
)
def test_spoilt_code_is_made_anew(kept, case, spoil):
    first, made = evaluated(case)
    (entry,) = codes(kept)
    data = entry.read_bytes()
    entry.write_bytes(spoil(data))
    assert evaluated(case) == (first, made)
    assert evaluated(case)[1] <= 0


def test_code_of_another_entry_is_not_taken(kept, case):
    of = case.parent.parent / "grants"
    evaluated(case)
    (entry,) = codes(kept)
    evaluated(min(of.glob("*.yaml")))
    (other,) = set(codes(kept)) - {entry}
    first, _ = evaluated(case)
    entry.write_bytes(other.read_bytes())
    again, made = evaluated(case)
    assert again == first
    assert made > 100


def test_code_goes_when_there_is_no_room(kept, case, monkeypatch):
    evaluated(case)
    (entry,), (code,) = entries(kept), codes(kept)
    os.utime(entry, (0, 0))
    monkeypatch.setattr(cache, "_LIMIT", code.stat().st_size)  # which has room alone
    code.unlink()
    evaluated(case)
    assert codes(kept) == [code]
    assert not entries(kept)


def test_what_is_of_use_stays_longest(kept, case):
    evaluated(case)
    for path in (*entries(kept), *codes(kept)):
        os.utime(path, (0, 0))
    evaluated(case)
    assert all(path.stat().st_mtime > 0 for path in (*entries(kept), *codes(kept)))


def test_a_program_ends_with_its_last_user(kept, case):
    for _ in range(2):  # made, and found
        shelf = Shelf(cached=True)
        assert evaluate_file(case, shelf, {}).results is not None
        (ready,) = shelf._ready.values()
        program = weakref.ref(ready.program)
        shelf.keep_made()
        del ready, shelf
        gc.collect()
        assert program() is None


def _write_often(place, folder):
    os.environ[cache.VARIABLE] = str(place)
    for _ in range(20):
        for entry in place.glob("*.khung"):
            entry.unlink(missing_ok=True)
        program(folder)


def test_two_may_write_while_one_reads(kept):
    folder = BOOKS / "grants"
    expected = program(folder)
    work = get_context("spawn")
    writers = [work.Process(target=_write_often, args=(kept, folder)) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        for entry in kept.glob("*.khung"):
            try:
                data = entry.read_bytes()
            except FileNotFoundError:
                continue
            head, _, body = data.partition(b"\n")
            assert cache._sum(body).encode() in head  # whole, or not there
        assert program(folder) == expected
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert not list(kept.glob("*.part"))


def test_old_entries_go_when_there_is_no_room(kept, monkeypatch):
    program(BOOKS / "lecturers")
    (old,) = entries(kept)
    os.utime(old, (0, 0))
    program(BOOKS / "grants")
    assert len(entries(kept)) == 2
    (other,) = set(entries(kept)) - {old}
    monkeypatch.setattr(cache, "_LIMIT", other.stat().st_size)  # which has room alone
    other.unlink()
    program(BOOKS / "grants")
    assert entries(kept) == [other]
