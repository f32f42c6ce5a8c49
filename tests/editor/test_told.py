"""What an editor is told while somebody types, through the protocol alone."""

from __future__ import annotations

import pytest
from tests.support.editor_client import Client, under

CASE = """case: {vi: "Một trường hợp"}
rulebook: "2021"
on: 2021-12-15
subjects:
  dang_vien:
    an: {so_thang_nghi_om: 4}
"""


def test_a_word_of_another_language_and_its_mend(client, folder):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    text = client.open(path)
    assert client.wait_for(path) == []
    piece = next(line for line in text.splitlines() if " and " in line and text.count(line) == 1)
    text = client.replace(path, piece, piece.replace(" and ", " và ", 1))
    (told,) = client.wait_for(path, "K0303")
    assert under(text, told["range"]) == "và"
    client.replace(path, piece.replace(" and ", " và ", 1), piece)
    assert client.wait_for(path) == []


BEGUN = {"2020": (), "2021": (), "2021-xa-a": ("K0542",)}
"""What is said of the shipped files: the unit's set leaves members out."""


@pytest.mark.parametrize("year", BEGUN)
def test_half_a_file_is_told_and_forgotten(client, folder, year):
    path = folder / f"rulebooks/{year}/dang_vien.yaml"
    text = client.open(path)
    client.wait_for(path, *BEGUN[year])
    client.rewrite(path, text[: len(text) // 2] + "\n  {oh: [")
    client.wait_until(path, lambda codes: any(code.startswith("K01") for code in codes))
    client.rewrite(path, text)
    client.wait_for(path, *BEGUN[year])


def test_an_unknown_name_is_told_by_the_whole_check(client, folder):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    text = client.open(path)
    piece = next(
        line
        for line in text.splitlines()
        if "so_thang_nghi_om >=" in line and text.count(line) == 1
    )
    wrong = piece.replace("so_thang_nghi_om", "so_thang_nghi_on")
    text = client.replace(path, piece, wrong)
    (told,) = client.wait_for(path, "K0201")
    assert under(text, told["range"]) == "so_thang_nghi_on"


def test_a_successor_is_told_of_its_base(client, folder):
    base, own = folder / "rulebooks/2020/rulebook.yaml", folder / "rulebooks/2021/rulebook.yaml"
    client.open(own)
    client.wait_for(own)
    text = client.open(base)
    client.wait_for(base)
    client.rewrite(base, text + "\noh: [\n")
    client.wait_for(own, "K0521")
    client.rewrite(base, text)
    client.wait_for(own)


def test_a_case(client, folder):
    path = folder / "cases/one.yaml"
    text = client.open(path, CASE)
    client.wait_for(path)
    text = client.replace(path, "so_thang_nghi_om: 4", 'so_thang_nghi_om: "4 tháng"')
    (told,) = client.wait_for(path, "K0629")
    assert under(text, told["range"]) == '"4 tháng"'
    client.replace(path, '"4 tháng"', "4")
    client.wait_for(path)


def test_places_after_signs_that_utf_16_writes_in_two(client, folder):
    path = folder / "cases/two.yaml"
    text = client.open(path, CASE.replace("an:", 'an: {name: "𝐀𝐁 Nguyễn Thị Ẩn", muoi: 1}\n    b:'))
    (told,) = client.wait_for(path, "K0610")
    assert under(text, told["range"]) == "muoi"


def test_letters_and_accents_apart(client, folder):
    path = folder / "cases/three.yaml"
    text = client.open(path, CASE.replace("so_thang_nghi_om: 4", 'name: "e\u0302\u0309", muoi: 1'))
    (told,) = client.wait_for(path, "K0610")
    assert under(text, told["range"]) == "muoi"


def test_units_that_were_agreed_on(folder):
    path = folder / "cases/four.yaml"
    with Client(folder, encodings=("utf-32", "utf-16")) as client:
        assert client.able["positionEncoding"] == "utf-32"
        text = client.open(path, CASE.replace("so_thang_nghi_om: 4", 'name: "𝐀𝐁", muoi: 1'))
        (told,) = client.wait_for(path, "K0610")
        line = text.splitlines()[told["range"]["start"]["line"]]
        assert line[told["range"]["start"]["character"] :].startswith("muoi")


def test_a_thousand_changes_at_once_come_to_the_last(client, folder):
    path = folder / "rulebooks/2020/can_bo.yaml"
    text = client.open(path)
    client.wait_for(path)
    for count in range(1000):
        client.rewrite(path, text + "# " + "x" * (count % 7) + "\n") if count % 100 == 99 else None
        client.replace(path, text.splitlines()[0], text.splitlines()[0])
    client.rewrite(path, text + "oh: 1\n")
    (told,) = client.wait_for(path, "K0120")
    assert told["range"]["start"]["line"] == text.count("\n")
    client.rewrite(path, text)
    client.wait_for(path)


@pytest.mark.parametrize(
    "text", ["", "\ufeff", "{", "\x00", "\ud800", "a: &b [*b]\n", "rulebook: [", "- " * 3000]
)
def test_whatever_is_in_it_the_server_goes_on(client, folder, text):
    path = folder / "rulebooks/2020/can_bo.yaml"
    sound = client.open(path)
    client.rewrite(path, text)
    client.wait_until(path, bool)
    client.rewrite(path, sound)
    client.wait_for(path)


def test_a_file_of_something_else_is_left_alone(client, folder):
    path = folder / "notes.yaml"
    client.open(path, "a: [")
    client.settle(0.5)
    assert not client.told.get(path.as_uri())


def test_what_is_closed_is_told_no_more(client, folder):
    path = folder / "cases/five.yaml"
    client.open(path, CASE.replace("so_thang_nghi_om", "muoi"))
    client.wait_for(path, "K0610")
    client.close(path)
    client.wait_for(path)


def test_rubbish_between_messages(client, folder):
    path = folder / "cases/six.yaml"
    data = b'{"jsonrpc": "2.0", "method": '
    client.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
    client.tell("khung/unheardOf", {"a": 1})
    client.open(path, CASE.replace("so_thang_nghi_om", "muoi"))
    client.wait_for(path, "K0610")
