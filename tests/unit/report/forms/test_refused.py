"""Templates that ask for what is not there, try to run code, or are no sound files."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from tests.support.rulebook import load
from tests.unit.report.forms import support as s

from khung.diagnostics.bag import Bag, InvalidError
from khung.driver import Shelf
from khung.report.forms import package
from khung.report.forms.templates import check_forms

LIST = "  list: {label: A list, template: forms/list.docx, for: choir}\n"
SHEET = "  sheet: {label: A sheet, template: forms/sheet.xlsx, for: choir}\n"


@pytest.fixture
def folder(tmp_path):
    return s.rulebook(tmp_path, LIST)


@pytest.mark.parametrize(
    ("text", "code", "advice"),
    [
        ("{{ choir.nam }}", "K0594", "near"),
        ("{{ choir.zzzzzz }}", "K0594", ""),
        ("{{ singer.name }}", "K0594", ""),
        ("{{ choir.name.first }}", "K0594", "nothing"),
        ("{{ choir.singers.name }}", "K0594", "list"),
        ("{% for x in choir.name %}{% endfor %}", "K0594", "loop"),
        ("{% for x in choir.singers %}{{ x.levle }}{% endfor %}", "K0594", "near"),
        ("{{ choir.name|join }}", "K0594", "loop"),
        ("{{ choir.name|uper }}", "K0595", "filter"),
        ("{{ choir.name|attr('x') }}", "K0595", "filter"),
        ("{{ choir.__class__ }}", "K0595", ""),
        ("{{ choir.name.upper() }}", "K0595", ""),
        ("{{ choir['name'] }}", "K0595", ""),
        ("{% for i in range(1000000000) %}{% endfor %}", "K0595", ""),
        ("{{ 'x' * 1000000000 }}", "K0595", ""),
        ("{{ 10 ** 10 ** 10 }}", "K0595", ""),
        ("{% set x = 1 %}", "K0595", ""),
        ("{% import 'os' as os %}", "K0595", ""),
        ("{% include '/etc/passwd' %}", "K0595", ""),
        ("{% macro m() %}{% endmacro %}", "K0595", ""),
        ("{% for x in choir.singers recursive %}{% endfor %}", "K0595", ""),
        ("{% for loop in choir.singers %}{% endfor %}", "K0595", ""),
        ("{% for a, b in choir.singers %}{% endfor %}", "K0595", ""),
        ("{% for x in choir.singers %}", "K0596", ""),
        ("{{ choir.name ", "K0596", ""),
        ("{% endif %}", "K0596", ""),
        ("{% debug %}", "K0595", ""),
        ("{{ lipsum }}", "K0594", ""),
    ],
)
def test_what_a_template_may_not_say_is_told_before_anything_is_made(folder, text, code, advice):
    s.word(folder / "forms/list.docx", text)
    assert s.wrong(folder) == [(code, advice)]
    with pytest.raises(InvalidError) as raised:
        s.made(folder.parents[1])
    assert [one.code for one in raised.value.diagnostics] == [code]


def test_all_that_is_wrong_is_told_in_one_run_with_its_place(tmp_path):
    folder = s.rulebook(tmp_path, LIST + SHEET)
    s.word(folder / "forms/list.docx", "Sung by {{ choir.singrs|count }}", "{{ choir.nam }}")
    s.excel(folder / "forms/sheet.xlsx", ("", "{{ choir.name }}"), ("", "{{ choir.sons }}"))
    bag, ready = Bag(), Shelf().ready(folder, {})
    check_forms(ready, "en", bag)
    told = [(d.args["text"], d.args["place"], d.args["near"]) for d in bag.diagnostics]
    assert told == [
        ("choir.singrs", "Sung by {{ choir.singrs|count }}", "singers"),
        ("choir.nam", "{{ choir.nam }}", "name"),
        ("choir.sons", "B2", "songs"),
    ]


def test_of_what_follows_a_wrong_name_nothing_more_is_said(folder):
    s.word(folder / "forms/list.docx", "{% for x in choir.singrs %}{{ x.a.b|join }}{% endfor %}")
    assert s.wrong(folder) == [("K0594", "near")]


def test_loops_within_loops_end(folder):
    loops = "".join("{% for " + x + " in case.singer %}" for x in "abcdefghij")
    s.word(folder / "forms/list.docx", loops + "." + "{% endfor %}" * 10)
    # four singers: 4 to the tenth is a million turns, of which 200,000 are allowed
    with pytest.raises(InvalidError) as raised:
        s.made(folder.parents[1])
    assert [one.code for one in raised.value.diagnostics] == ["K0597"]


@pytest.mark.parametrize(
    "text",
    ["{% if choir.songs > 3 %}many{% endif %}", "{{ choir.songs + 1 }}"],
)
def test_what_cannot_be_compared_is_told(folder, text):
    s.word(folder / "forms/list.docx", text)
    assert s.wrong(folder) == []
    with pytest.raises(InvalidError) as raised:
        s.made(folder.parents[1])
    (said,) = raised.value.diagnostics
    assert (said.code, said.args["whose"]) == ("K0598", "choir.south")


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "advice"),
    [
        ("forms/list.doc", "ending"),
        ("forms/list.docm", "macros"),
        ("forms/list.XLSM", "macros"),
        ("../list.docx", "path"),
        ("forms/../../list.docx", "path"),
        ("/etc/list.docx", "path"),
        ("C:/list.docx", "path"),
        ('"forms\\\\list.docx"', "path"),
    ],
)
def test_a_template_is_named_by_its_path_in_the_folder(tmp_path, template, advice):
    folder = s.rulebook(tmp_path, f"  list: {{label: A list, template: {template}}}\n")
    told = [(d.code, d.help) for d in load(folder).diagnostics]
    assert told == [("K0590", advice)]


def test_when_needs_somebody_to_be_asked_of(tmp_path):
    folder = s.rulebook(tmp_path, "  list: {label: L, template: a.docx, when: on > on}\n")
    assert "K0121" in [d.code for d in load(folder).diagnostics]


def test_a_type_that_is_not_there_is_told(tmp_path):
    folder = s.rulebook(tmp_path, "  list: {label: L, template: a.docx, for: chior}\n")
    ready = Shelf().ready(folder, {})
    assert [(d.code, d.span.text) for d in ready.diagnostics] == [("K0201", "chior")]


def test_a_condition_is_one_of_the_subject(tmp_path):
    form = "  list: {label: L, template: a.docx, for: choir, when: concerts > 1}\n"
    ready = Shelf().ready(s.rulebook(tmp_path, form), {})
    assert [(d.code, d.span.text) for d in ready.diagnostics] == [("K0354", "concerts")]


def test_a_missing_file_is_told(folder):
    assert s.wrong(folder) == [("K0591", "")]


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path):
    s.word(tmp_path / "elsewhere.docx", "{{ choir.name }}")
    (folder / "forms/list.docx").symlink_to(tmp_path / "elsewhere.docx")
    assert s.wrong(folder) == [("K0591", "outside")]


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        new.writestr(name, content)
    return made.getvalue()


RELS = (
    b'<Relationships><Relationship Id="r" Type="x/attachedTemplate" Target="http://x"'
    b' TargetMode="External"/></Relationships>'
)
BODY = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
)


@pytest.mark.parametrize(
    ("name", "content", "code", "advice"),
    [
        ("word/vbaProject.bin", b"x", "K0593", "macros"),
        ("word/embeddings/oleObject1.bin", b"x", "K0593", "active"),
        ("word/_rels/settings.xml.rels", RELS, "K0593", "active"),
        (
            "word/document.xml",
            BODY + b"<w:instrText> DDEAUTO c:\\x </w:instrText>",
            "K0593",
            "active",
        ),
        (
            "word/document.xml",
            BODY + b"<w:instrText>D</w:instrText><w:r/><w:instrText>DE c:\\x</w:instrText>",
            "K0593",
            "active",
        ),
        ("word/header1.xml", b'<w:fldSimple w:instr=" includetext x"/>', "K0593", "active"),
        ("word/document.xml", b'<!DOCTYPE x [<!ENTITY a "a">]>' + BODY, "K0592", "entities"),
        (
            "[Content_Types].xml",
            b'<Types ContentType="x.macroEnabled.main+xml"/>',
            "K0593",
            "macros",
        ),
    ],
)
def test_what_runs_or_fetches_is_refused(folder, name, content, code, advice):
    path = folder / "forms/list.docx"
    s.word(path, "{{ choir.name }}")
    path.write_bytes(with_part(path.read_bytes(), name, content))
    assert s.wrong(folder) == [(code, advice)]


def test_a_link_for_readers_may_stay(folder):
    path = folder / "forms/list.docx"
    s.word(path, "{{ choir.name }}")
    rels = RELS.replace(b"x/attachedTemplate", b"x/relationships/hyperlink")
    path.write_bytes(with_part(path.read_bytes(), "word/_rels/header1.xml.rels", rels))
    assert s.wrong(folder) == []


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("damage", "advice"),
    [
        (cut, "broken"),
        (lambda _: b"", "broken"),
        (lambda _: b"no zip at all", "broken"),
        (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old"),
        (lambda data: data[:60] + bytes(60) + data[120:], "broken"),
    ],
)
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_a_broken_file_is_told(tmp_path, ending, damage, advice):
    form = f"  list: {{label: A list, template: forms/list.{ending}, for: choir}}\n"
    folder = s.rulebook(tmp_path, form)
    path = folder / f"forms/list.{ending}"
    if ending == "docx":
        s.word(path, "{{ choir.name }}")
    else:
        s.excel(path, ("{{ choir.name }}",))
    path.write_bytes(damage(path.read_bytes()))
    assert s.wrong(folder) == [("K0592", advice)]


def test_a_package_that_unpacks_to_too_much_is_not(folder, monkeypatch):
    monkeypatch.setattr(package, "_MOST_UNPACKED", 2_000_000)
    path = folder / "forms/list.docx"
    s.word(path, "{{ choir.name }}")
    assert s.wrong(folder) == []
    path.write_bytes(with_part(path.read_bytes(), "word/media/a.bin", bytes(2_100_000)))
    assert s.wrong(folder) == [("K0592", "large")]


def test_a_workbook_under_the_name_of_a_word_file_is_no_crash(folder):
    s.excel(folder / "forms/list.docx", ("{{ choir.name }}",))
    assert s.wrong(folder) == [("K0592", "broken")]


def test_a_word_file_under_the_name_of_a_workbook_is_no_crash(tmp_path):
    folder = s.rulebook(tmp_path, SHEET)
    s.word(folder / "forms/sheet.xlsx", "{{ choir.name }}")
    assert s.wrong(folder) == [("K0592", "broken")]


def test_what_a_filter_cannot_take_is_no_crash(folder):
    s.word(folder / "forms/list.docx", "{{ choir.name|share }}")
    with pytest.raises(InvalidError) as raised:
        s.made(folder.parents[1])
    assert [one.code for one in raised.value.diagnostics] == ["K0598"]


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|'/C calc'!A0",
        "='[other.xlsx]Sheet1'!A1",
        '=WEBSERVICE("http://x")',
        '=hyperlink("http://x")',
    ],
)
def test_formulas_that_fetch_are_refused(tmp_path, formula):
    folder = s.rulebook(tmp_path, SHEET)
    s.excel(folder / "forms/sheet.xlsx", ("{{ choir.name }}", formula))
    assert s.wrong(folder) == [("K0593", "active")]


def test_formulas_that_reckon_may_stay(tmp_path):
    folder = s.rulebook(tmp_path, SHEET)
    s.excel(folder / "forms/sheet.xlsx", ("{{ choir.name }}", '=IF(A1="a|[b]",SUM(B2:B3),0)'))
    assert s.wrong(folder) == []


def test_a_sheet_that_goes_on_to_its_end_is_told(tmp_path):
    folder = s.rulebook(tmp_path, SHEET)
    path = folder / "forms/sheet.xlsx"
    s.excel(path, ("{{ choir.name }}",))
    book = load_workbook(path)
    book.active["A1048576"].font = Font(bold=True)
    book.save(path)
    assert s.wrong(folder) == [("K0592", "rows")]


def test_a_loop_that_cuts_a_table_in_two_is_told_and_makes_no_broken_file(folder):
    path, rows = folder / "forms/list.docx", (("{% endfor %}",),)
    s.word(path, "{% for x in choir.singers %}{{ x.name }}", rows=rows)
    assert s.wrong(folder) == []
    with pytest.raises(InvalidError) as raised:
        s.made(folder.parents[1])
    assert [one.code for one in raised.value.diagnostics] == ["K0599"]
