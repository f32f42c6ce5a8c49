from __future__ import annotations

import pytest

import khung.resources
from khung.resources import MissingDataError, data_dir
from khung.text import PlacedText, SourceFile, Span, nfc, placed


def test_lines_and_columns():
    file = SourceFile("f", "ab\r\nđ😀\n\nx")
    assert [file.position(at) for at in (0, 2, 4, 6, 7, 8, 9)] == [
        (1, 1),
        (1, 3),
        (2, 1),
        (2, 3),
        (3, 1),
        (4, 1),
        (4, 2),
    ]
    assert [file.line(n) for n in (1, 2, 3, 4)] == ["ab", "đ😀", "", "x"]
    assert [file.start_of_line(n) for n in (1, 2, 3, 4)] == [0, 4, 7, 8]


def test_spans():
    file = SourceFile("f", "một hai ba")
    assert Span(file, 0, 3).to(Span(file, 4, 7)).text == "một hai"
    escaped = PlacedText("b a", file, 4, (4, 7, 8, 10))
    assert escaped.span(1, 3).text == " b"
    assert escaped.span(3, 3) == Span(file, 10, 10)


def test_text_of_its_own_is_in_nfc():
    assert placed("e\u0301").text == nfc("e\u0301") == "é"


def test_data_folders(tmp_path, monkeypatch):
    package = tmp_path / "src" / "khung"
    monkeypatch.setattr(khung.resources, "PACKAGE", package)
    with pytest.raises(MissingDataError):
        data_dir("rulebooks")
    (tmp_path / "rulebooks").mkdir()
    with pytest.raises(MissingDataError):
        data_dir("rulebooks")
    (tmp_path / "pyproject.toml").touch()
    assert data_dir("rulebooks") == tmp_path / "rulebooks"
    (package / "rulebooks").mkdir(parents=True)
    assert data_dir("rulebooks") == package / "rulebooks"
