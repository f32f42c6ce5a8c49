"""What an editor is answered about a place: in a rulebook, a successor, an overlay and a case."""

from __future__ import annotations

import pytest
from tests.support.editor_client import applied, place, under

CASE = """case: {vi: "Một trường hợp"}
rulebook: "2021"
on: 2021-12-15
readings: {lam_tron: xuong}
subjects:
  to_chuc_dang:
    thon_1: {loai: chi_bo_truc_thuoc}
  dang_vien:
    an: {chi_bo: thon_1, so_thang_nghi_om: 4, criteria: {tu_tuong: tot}}
"""


@pytest.fixture
def base(client, folder):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    client.open(path)
    return path


@pytest.fixture
def successor(client, folder):
    path = folder / "rulebooks/2021/dang_vien.yaml"
    client.open(path)
    return path


@pytest.fixture
def overlay(client, folder):
    path = folder / "rulebooks/2021-xa-a/dang_vien.yaml"
    client.open(path)
    return path


@pytest.fixture
def case(client, folder):
    path = folder / "cases/features.yaml"
    client.open(path, CASE)
    return path


def hover(client, path, marked):
    found = client.ask("textDocument/hover", client.at(path, marked))
    return "" if found is None else found["contents"]["value"]


def places(client, method, path, marked):
    more = {"context": {"includeDeclaration": True}}
    found = client.ask(f"textDocument/{method}", {**client.at(path, marked), **more})
    return [
        (one["uri"].rpartition("rulebooks/")[2], one["range"]["start"]["line"]) for one in found
    ]


def offered(client, path, marked):
    """What may follow where `|` is, once that piece stands in the text."""
    text, _ = client.texts[path]
    begin, at = marked.replace("|", ""), marked.index("|")
    client.rewrite(path, text + begin + "\n")
    position = place(client.texts[path][0], len(text) + at)
    params = {"textDocument": {"uri": path.as_uri()}, "position": position}
    found = client.ask("textDocument/completion", params)["items"]
    client.rewrite(path, text)
    return {one["label"]: one for one in found}


# -- hover ----------------------------------------------------------------------------------------


def test_a_fact_is_told_with_label_type_and_clause(client, base):
    said = hover(client, base, "so_thang_nghi|_om >= 3 or")
    assert "`dang_vien.so_thang_nghi_om`" in said
    assert "`number`" in said
    assert "month" in said


def test_a_clause_is_told_with_its_text(client, base):
    assert "sick 3 months" in hover(client, base, "source: II.B.6/8#nghi|_om}")


def test_a_reading_is_told_with_its_options(client, base):
    said = hover(client, base, "(if readings.tu_bieu|_quyet = khong_tinh and la_dang_uy_vien")
    assert "khong_tinh" in said
    assert "chosen" in said


def test_a_key_is_told_what_it_is_for(client, base):
    assert "greatest level" in hover(client, base, "or so_ngay_nghi_om >= 90, at_|most: hoan_thanh")


def test_a_name_of_the_year_before(client, successor):
    assert "**`dang_vien.phan_cong_covid`**" in hover(
        client, successor, "not(huu_tri_khong_cong_tac), covid: true}".replace("not", "n|ot")
    ) or hover(client, successor, "inputs: {dien: {}, covid: phan_cong|_covid}")


def test_names_of_a_case(client, case):
    assert "month" in hover(client, case, "so_thang_nghi|_om: 4")
    assert "`can_do`" not in hover(client, case, "tu_tuong: t|ot")
    assert "tot" in hover(client, case, "tu_tuong: t|ot")
    assert "lam_tron" in hover(client, case, "lam_t|ron: xuong")


# -- definition, references -----------------------------------------------------------------------


def line_of(path, text):
    lines = path.read_text("utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines) if line.startswith(text)]
    return found


def test_where_a_fact_is_declared(client, folder, base):
    at = places(client, "definition", base, "so_thang_nghi|_om >= 3 or")
    assert at == [("2020/dang_vien.yaml", line_of(base, "  so_thang_nghi_om:"))]


def test_where_a_reading_and_a_clause_are_declared(client, folder, base):
    path = folder / "rulebooks/2020/rulebook.yaml"
    marked = "(if readings.tu_bieu|_quyet = khong_tinh and la_dang_uy_vien"
    assert places(client, "definition", base, marked) == [
        ("2020/rulebook.yaml", line_of(path, "  tu_bieu_quyet:"))
    ]
    clauses = folder / "rulebooks/2020/clauses.yaml"
    assert places(client, "definition", base, "source: II.B.6/8#nghi|_om}") == [
        ("2020/clauses.yaml", line_of(clauses, "  II.B.6/8:"))
    ]


def test_a_successor_leads_to_its_base(client, folder, successor):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    marked = "    when: phai_kiem|_diem\n    require: ngay_kiem_diem in"
    assert places(client, "definition", successor, marked) == [
        ("2020/dang_vien.yaml", line_of(path, "  phai_kiem_diem:"))
    ]


def test_a_case_leads_to_the_rulebook(client, folder, case):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    assert places(client, "definition", case, "so_thang_nghi|_om: 4") == [
        ("2020/dang_vien.yaml", line_of(path, "  so_thang_nghi_om:"))
    ]


def test_where_a_fact_is_used(client, base):
    found = places(client, "references", base, "so_thang_nghi|_om >= 3 or")
    text = base.read_text("utf-8")
    assert len(found) == text.count("so_thang_nghi_om")
    assert {name for name, _ in found} == {"2020/dang_vien.yaml"}


# -- choices --------------------------------------------------------------------------------------


def test_keys(client, base):
    assert {"label", "source", "when", "at_most"} <= set(
        offered(client, base, "caps:\n  x:\n    la|")
    )
    assert {"caps", "definitions", "quotas"} <= set(offered(client, base, "ca|"))


def test_names_in_expressions(client, base):
    found = offered(client, base, "caps:\n  x:\n    when: so_thang|")
    assert {"so_thang_nghi_om", "and", "readings", "hoan_thanh"} <= set(found)
    text, _ = client.texts[base]
    after = text + "caps:\n  x:\n    when: so_thang\n"
    chosen = applied(after, [found["so_thang_nghi_om"]["textEdit"]])
    assert chosen.endswith("    when: so_thang_nghi_om\n")


def test_readings_their_options_and_parameters(client, base):
    start = "caps:\n  x:\n    when: readings."
    assert "tu_bieu_quyet" in offered(client, base, f"{start}|")
    options = offered(client, base, f"{start}tu_bieu_quyet = k|")
    assert "khong_tinh" in options
    assert "so_thang_nghi_om" not in options
    assert set(offered(client, base, "caps:\n  x:\n    when: parameters.|")) == {
        "ty_le_xuat_sac",
        "so_ngay_gui_truoc",
        "so_ngay_toi_da",
        "so_noi_kiem_diem",
    }


def test_members_of_what_a_link_leads_to(client, base):
    found = offered(client, base, "caps:\n  x:\n    when: chi_bo.|")
    assert "so_dang_vien" in found
    assert "so_thang_nghi_om" not in found


def test_clauses_and_types(client, base):
    assert "II.B.6/8" in offered(client, base, "caps:\n  x:\n    source: II.B.6|")
    assert {"number", "muc", "list of"} <= set(offered(client, base, "facts:\n  x: {type: n|"))
    assert {"true", "false"} <= set(offered(client, base, "facts:\n  x: {fixed: |"))


def test_a_successor_is_offered_what_it_takes_over(client, successor, overlay):
    assert "so_thang_nghi_om" in offered(client, successor, "definitions:\n  a: so_thang|")
    assert "nghi_om" in offered(client, successor, "caps:\n  |")
    assert "so_thang_nghi_om" in offered(client, overlay, "definitions:\n  a: so_thang|")


def test_a_case_is_offered_facts_levels_and_ids(client, case):
    assert {"so_thang_nghi_om", "criteria", "chi_bo"} <= set(
        offered(client, case, "    binh: {so|")
    )
    found = offered(client, case, "    binh: {criteria: {tu_tuong: |")
    assert {"tot", "xuat_sac"} <= set(found)
    assert "thon_1" in offered(client, case, "    binh: {chi_bo: |")
    assert "subjects" in offered(client, case, "sub|")


# -- the file -------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["2020", "2021", "2021-xa-a"])
def test_an_outline(client, folder, year):
    path = folder / f"rulebooks/{year}/dang_vien.yaml"
    text = client.open(path)
    document = {"textDocument": {"uri": path.as_uri()}}
    found = client.ask("textDocument/documentSymbol", document)
    assert found[0]["name"] == "subject"
    facts = next(one for one in found if one["name"] == "facts")
    inner = facts["children"][0]
    assert under(text, inner["selectionRange"]) == inner["name"]


def test_layout(client, folder):
    path = folder / "cases/layout.yaml"
    wrong = "case:   {vi: Một}\nrulebook:    '2021'\non: 2021-12-15\nsubjects: {}  # ghi chú\n"
    text = client.open(path, wrong)
    document = {"textDocument": {"uri": path.as_uri()}, "options": {"tabSize": 2}}
    params = {**document, "options": {"tabSize": 2, "insertSpaces": True}}
    (edit,) = client.ask("textDocument/formatting", params)
    after = applied(text, [edit])
    assert after.splitlines()[1] == 'rulebook: "2021"'
    assert "# ghi chú" in after
    client.rewrite(path, after)
    assert client.ask("textDocument/formatting", params) == []


@pytest.mark.parametrize(
    "text", ["", "a: [", "\ufeff", "{" * 50, "a:\n  - b: {c: 'd", "\t\t", "𝐀: “"]
)
def test_whatever_is_in_it_everything_is_answered(client, folder, text):
    path = folder / "rulebooks/2020/can_bo.yaml"
    client.open(path, text)
    at = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 0, "character": len(text)}}
    far = {**at, "position": {"line": 999, "character": 999}}
    for params in (at, far):
        client.ask("textDocument/completion", params)
        client.ask("textDocument/hover", params)
        assert client.ask("textDocument/definition", params) == []
    client.ask("textDocument/documentSymbol", at)
