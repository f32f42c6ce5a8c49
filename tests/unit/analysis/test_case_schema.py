"""The schema of cases under one rulebook takes the cases of that rulebook, and no slip in them."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache

import pytest
from jsonschema import Draft202012Validator
from tests.schemas.test_shipped import as_json
from tests.support.language_server import PROGRAM, LanguageServer
from tests.support.schemas import ROOT

from khung.analysis.case_schema import case_schema
from khung.cli.main import run
from khung.diagnostics.bag import Bag
from khung.driver import Shelf
from khung.source.files import read_source
from khung.source.from_text import parse_yaml
from khung.source.nodes import to_plain

FOLDERS = {
    ROOT / "rulebooks/2020": ROOT / "cases/2020",
    ROOT / "rulebooks/2021": ROOT / "cases/2021",
    ROOT / "rulebooks/2021-xa-a": ROOT / "cases/2021-xa-a",
    ROOT / "tests/rulebooks/suppliers": ROOT / "tests/cases/suppliers",
    ROOT / "tests/rulebooks/grants": ROOT / "tests/cases/grants",
    ROOT / "tests/rulebooks/lecturers": ROOT / "tests/cases/lecturers",
}


@cache
def schema_of(folder, lang="vi"):
    program = Shelf().ready(folder, {}).program
    assert program is not None
    return case_schema(program, lang)


def document(path):
    bag = Bag()
    return as_json(to_plain(parse_yaml(read_source(path, bag), bag)))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_takes_every_case_of_its_rulebook(folder):
    schema = schema_of(folder)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    paths = sorted(FOLDERS[folder].rglob("*.yaml"))
    assert paths
    wrong = {
        path.name: [error.message for error in validator.iter_errors(document(path))]
        for path in paths
    }
    assert {name: errors for name, errors in wrong.items() if errors} == {}


CASE = {
    "rulebook": "2021",
    "on": "2021-12-20",
    "readings": {"lam_tron": "xuong"},
    "subjects": {
        "to_chuc_dang": {"thon_1": {"loai": "chi_bo_truc_thuoc", "so_uy_vien": 5}},
        "dang_vien": {
            "an": {
                "chi_bo": "thon_1",
                "ngay_ket_nap": "2010-05-19",
                "la_cong_chuc": None,
                "ngay_xep_loai": "-",
                "ky_luat": [{"khoa": "1", "hinh_thuc": "khien_trach"}, None],
                "phieu": {"hoan_thanh": 3},
                "criteria": {"tu_tuong": "tot"},
                "given": {"level": "hoan_thanh", "after": "vote"},
            }
        },
    },
    "expect": {"dang_vien": {"an": {"level": "hoan_thanh", "stages": {"cap": "hoan_thanh"}}}},
}
AN = ("subjects", "dang_vien", "an")


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ((*AN, "so_chi_tiu"), 4),
        ((*AN, "so_chi_tieu"), "nhiều"),
        ((*AN, "so_chi_tieu"), -1),
        ((*AN, "la_cong_chuc"), "có"),
        ((*AN, "ngay_ket_nap"), "19/5/2010"),
        ((*AN, "muc_tu_xep"), "hoan_thanh_tott"),
        ((*AN, "so_chi_tieu"), "-"),
        ((*AN, "ky_luat"), [{"khoa": "1", "hinh_thuc": "phe_binh"}]),
        ((*AN, "ky_luat"), [{"so": "1"}]),
        ((*AN, "phieu"), {"tot": 3}),
        ((*AN, "criteria"), {"tu_tuong": "hoan_thanh"}),
        ((*AN, "criteria"), {"tutuong": "tot"}),
        ((*AN, "given"), {"level": "tot"}),
        ((*AN, "given"), {"level": "hoan_thanh", "after": "floor"}),
        (("subjects", "dangvien"), {}),
        (("subjects", "to_chuc_dang", "thon_1", "loai"), "chi_bo"),
        (("readings", "lam_tron"), "floor"),
        (("readings", "lam_tronn"), "xuong"),
        (("expect", "dang_vien", "an", "level"), "tot"),
        (("expect", "dangvien"), {}),
    ],
)
def test_it_refuses_a_slip(at, value):
    validator = Draft202012Validator(schema_of(ROOT / "rulebooks/2021"))
    assert validator.is_valid(CASE)
    changed = deepcopy(CASE)
    holder = changed
    for step in at[:-1]:
        holder = holder[step]
    holder[at[-1]] = value
    assert not validator.is_valid(changed)


def test_it_says_what_facts_and_values_mean():
    for lang, fact, level in (
        ("vi", "Mức tự nhận", "hoan_thanh_tot: Hoàn thành tốt nhiệm vụ"),
        ("en", "Level claimed", "hoan_thanh_tot: Completed well"),
    ):
        found = schema_of(ROOT / "rulebooks/2021", lang)["$defs"]["subject.dang_vien"]
        said = found["properties"]["muc_tu_xep"]["description"].splitlines()
        assert said[0] == fact
        assert level in said


def test_the_command_prints_it(capsys):
    assert run(["schema", "case", "--rulebook", "2021", "--lang", "en"]) == 0
    assert json.loads(capsys.readouterr().out) == schema_of(ROOT / "rulebooks/2021", "en")
    assert run(["schema", "subject", "--rulebook", "2021"]) != 0
    assert "[K0812]" in capsys.readouterr().err


@pytest.mark.skipif(PROGRAM is None, reason="yaml-language-server is not here")
def test_an_editor_completes_facts_and_levels(tmp_path):
    (tmp_path / "case.json").write_text(json.dumps(schema_of(ROOT / "rulebooks/2021")), "utf-8")
    path = tmp_path / "a.yaml"
    lines = [
        "# yaml-language-server: $schema=case.json",
        'rulebook: "2021"',
        "on: 2021-12-20",
        "subjects:",
        "  dang_vien:",
        "    an:",
        "      muc_tu_xep: ",
        "      so_chi_t",
    ]
    with LanguageServer() as server:
        assert server.open(path, "\n".join(lines)) != []
        assert "hoan_thanh_tot" in server.offered(path, 6, len(lines[6]))
        assert "so_chi_tieu" in server.offered(path, 7, len(lines[7]))
