from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from khung.diagnostics.bag import Bag
from khung.source.files import decode, read_source


def reading(path: Path, **options) -> Bag:
    bag = Bag()
    assert read_source(path, bag, **options) is None
    return bag


def test_a_text_file(tmp_path):
    path = tmp_path / "an.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + "a: Đa\u0309ng\r\n".encode())
    bag = Bag()
    file = read_source(path, bag, shown="cases/an.yaml")
    assert file is not None
    assert (file.name, file.text) == ("cases/an.yaml", "a: Đảng\r\n")
    assert bag.diagnostics == ()


def test_a_missing_file_names_one_like_it(tmp_path, reported):
    (tmp_path / "đảng_viên.yaml").touch()
    bag = reading(tmp_path / "dang_vien.yaml")
    assert reported(bag) == [("K0101", "")]
    assert bag.diagnostics[0].args["near"] == "đảng_viên.yaml"


def test_a_missing_folder(tmp_path, reported):
    assert reported(reading(tmp_path / "no" / "an.yaml")) == [("K0101", "")]


def test_a_folder(tmp_path, reported):
    bag = reading(tmp_path)
    assert reported(bag) == [("K0102", "")]
    assert bag.diagnostics[0].help == "folder"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path, reported):
    os.mkfifo(tmp_path / "pipe")
    assert reported(reading(tmp_path / "pipe")) == [("K0102", "")]


@pytest.mark.skipif(sys.platform == "win32", reason="no such device on Windows")
def test_a_device(reported):
    assert reported(reading(Path("/dev/zero"))) == [("K0102", "")]


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b"])
def test_names_that_no_file_can_have(tmp_path, name, reported):
    assert reported(reading(tmp_path / name)) == [("K0103", "")]


def test_a_file_that_may_not_be_read(tmp_path, reported, monkeypatch):
    path = tmp_path / "an.yaml"
    path.touch()
    with monkeypatch.context() as patched:  # pages of diagnostics are files, too
        patched.setattr(Path, "open", lambda *_: (_ for _ in ()).throw(PermissionError()))
        found = reading(path)
    assert reported(found) == [("K0103", "")]


def test_a_file_that_is_too_large(tmp_path, reported):
    path = tmp_path / "an.yaml"
    path.write_bytes(b"a" * 11)
    assert reported(reading(path, limit=10)) == [("K0107", "")]


@pytest.mark.parametrize(
    ("data", "code", "underlined", "help_name"),
    [
        (b"a: 1\0", "K0105", "", ""),
        (b"PK\x03\x04rest", "K0105", "", "office"),
        ("a: 1".encode("utf-16-le"), "K0106", "", "utf16"),
        ("a: 1".encode("utf-16-be"), "K0106", "", "utf16"),
        ("a: 1".encode("utf-16")[:-1], "K0106", "", "utf16"),
        (b"\xef\xbb\xbf{\\rtf1 a: 1}", "K0105", "", "rtf"),
        (b" <!DOCTYPE HTML><p>a: 1", "K0105", "", "html"),
        (b"<HTML xmlns:o='x'>", "K0105", "", "html"),
        (b"a: 1\nb: \xd0\xcf\n", "K0106", "\ufffd", ""),
        ("a: đảng".encode()[:-3] + b"\xff", "K0106", "\ufffd", ""),
    ],
)
def test_bytes_that_are_no_text_in_utf8(data, code, underlined, help_name, reported):
    bag = Bag()
    assert decode(data, "an.yaml", bag) is None
    assert reported(bag) == [(code, underlined)]
    assert bag.diagnostics[0].help == help_name


def test_utf16_with_its_mark_is_read():
    for name in ("utf-16-le", "utf-16-be"):
        bag = Bag()
        file = decode("\ufeffa: đảng".encode(name), "an.yaml", bag)
        assert file.text == "a: đảng"
        assert bag.diagnostics == ()


def test_the_first_bad_byte_is_named():
    bag = Bag()
    decode(b"a: 1\nb: \xd0\xcf\n", "an.yaml", bag)
    assert bag.diagnostics[0].args == {"file": "an.yaml", "byte": "0xD0", "line": 2}
