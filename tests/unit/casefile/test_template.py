"""A case to fill in: whole, readable, and read back without an error."""

import re

import pytest
from tests.support.schemas import accepts

from khung.casefile.deciding import deciding
from khung.casefile.template import new_case
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.locale import languages
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer
from khung.source.from_text import parse_yaml
from khung.source.nodes import to_plain
from khung.text import SourceFile


@pytest.fixture(params=["small", "plan"])
def program(request):
    """Both rulebooks, ready to run."""
    bag = Bag()
    found = lower_rulebook(request.getfixturevalue(request.param), {}, bag)
    assert found is not None, bag.diagnostics
    return found


def read_back(program, text, request):
    fixture = "plan_case" if program.rulebook == "2021" else "case"
    return request.getfixturevalue(fixture)(text)


def form(program, *subjects, lang="vi"):
    """A case to fill in, with what is worked out told as `khung new case` does."""
    return new_case(program, subjects, Sayer(Words(program, lang)).say, lang)


@pytest.mark.parametrize("lang", languages)
def test_it_reads_back(lang, program, request):
    for subject in program.subjects:
        found = read_back(program, form(program, subject.name, lang=lang), request)
        assert list(found.sound.entities[subject.name]) == [f"{subject.name}_1"]


def test_it_reads_back_with_every_comment_opened(program, request):
    names = {name for o in program.objects.values() for name in (*o.facts, *o.links)}
    line = re.compile(rf"^( +)# ((?:  )*(?:- )?)(?:# )?({'|'.join(names)}):", re.MULTILINE)
    unknown = re.compile(r"^ +(\w+): null\n(?= +# \1:$)", re.MULTILINE)
    for subject in program.subjects:
        text = line.sub(r"\1\2\3:", unknown.sub("", form(program, subject.name)))
        assert {code for code, _ in read_back(program, text, request).reported} <= {"K0619"}
        stated = re.findall(r"^      (\w+):", text, re.MULTILINE)
        assert set(stated) >= {*subject.facts, *subject.links}


def test_a_list_of_choices_names_them(plan):
    program = lower_rulebook(plan, {}, Bag())
    flat = re.sub(r"\s*\n\s*#\s+", " ", form(program, "tap_the"))
    assert re.search(r"danh sách; [^;]+; chọn: uy_vien_thuong_vu \([^:]+\n +da_moi: null", flat)


def test_it_has_every_fact_with_its_label_and_clauses(program):
    for subject in program.subjects:
        text = form(program, subject.name)
        for fact in subject.facts.values():
            assert re.search(rf"^      (# )?{fact.name}:", text, re.M)
        flat = re.sub(r"\s*\n\s*#\s+", " ", text)
        for thing in (*subject.facts.values(), *subject.criteria.values()):
            assert thing.label is None or thing.label.vi in flat
            assert all(source in flat for source in thing.sources)


def test_lines_are_not_too_long(program):
    for subject in program.subjects:
        assert max(map(len, form(program, subject.name).split("\n"))) <= 110


def test_the_schema_accepts_it(program):
    for subject in program.subjects:
        bag = Bag()
        node = parse_yaml(SourceFile("a.yaml", form(program, subject.name)), bag)
        assert bag.diagnostics == ()
        assert accepts("case", to_plain(node))


def test_several_subjects_stand_in_one_case_and_lead_to_each_other(plan, request):
    program = lower_rulebook(plan, {}, Bag())
    text = form(program, "dang_vien", "to_chuc_dang", "dang_vien")
    found = read_back(program, text, request)
    own = {name: list(each) for name, each in found.sound.entities.items() if each}
    assert own == {"dang_vien": ["dang_vien_1"], "to_chuc_dang": ["to_chuc_dang_1"]}
    assert "\n      chi_bo: to_chuc_dang_1\n" in text
    assert "\n      cap_tren: null\n" in text  # nobody is above themselves


@pytest.mark.parametrize("lang", languages)
def test_no_expression_and_no_empty_unit_is_shown(lang, program):
    for subject in program.subjects:
        text = re.sub(r"\s*\n\s*#\s+", " ", form(program, subject.name, lang=lang))
        assert re.findall(r"satisfies|count\(|!=|>=|\bin \(|: ;|(?:vị|unit):\s*$", text, re.M) == []


def test_what_decides_a_level_comes_before_what_only_checks_ask(plan):
    program = lower_rulebook(plan, {}, Bag())
    lines = form(program, "dang_vien").splitlines()
    names = [m[1] for line in lines if (m := re.match(r"      (?:# )?(\w+):", line))]
    place = names.index
    decides = ("chi_bo", "ngay_ket_nap", "so_thang_nghi_om", "ky_luat", "phieu", "criteria")
    asked = ("mau_ban_kiem_diem", "ngay_kiem_diem", "tu_cham", "ngay_thong_bao_ca_nhan")
    assert max(map(place, decides)) < min(map(place, asked))


def test_a_level_hangs_on_what_is_read_by_the_way(plan):
    found = deciding(lower_rulebook(plan, {}, Bag()))
    link, count, field = ("dang_vien", "chi_bo"), ("to_chuc_dang", "so_uy_vien"), "vi_pham"
    assert {link, count, (field, "ngay_hieu_luc")} <= found  # of a member, of a vote, of a list
    assert ("dang_vien", "mau_ban_kiem_diem") not in found


def test_a_subject_is_asked_for_its_name_unless_a_fact_is_called_so(program, request):
    for subject in program.subjects:
        text = form(program, subject.name)
        assert ('\n      # name: "…"\n' in text) == ("name" not in subject.facts)
        named = text.replace('# name: "…"', 'name: "Ánh"')
        if named != text:
            (one,) = read_back(program, named, request).sound.entities[subject.name].values()
            assert one.name == "Ánh"
