"""A case to fill in: whole, readable, and read back without an error."""

import re

import pytest
from tests.support.schemas import accepts

from khung.casefile.template import new_case
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.locale import languages
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


@pytest.mark.parametrize("lang", languages)
def test_it_reads_back(lang, program, request):
    for subject in program.subjects:
        found = read_back(program, new_case(program, subject.name, lang), request)
        assert list(found.sound.entities[subject.name]) == [f"{subject.name}_1"]


def test_it_reads_back_with_every_comment_opened(program, request):
    names = {name for o in program.objects.values() for name in (*o.facts, *o.links)}
    line = re.compile(rf"^( +)# ((?:  )*(?:- )?)(?:# )?({'|'.join(names)}):", re.MULTILINE)
    unknown = re.compile(r"^ +(\w+): null\n(?= +# \1:$)", re.MULTILINE)
    for subject in program.subjects:
        text = line.sub(r"\1\2\3:", unknown.sub("", new_case(program, subject.name)))
        assert {code for code, _ in read_back(program, text, request).reported} <= {"K0619"}
        stated = re.findall(r"^      (\w+):", text, re.MULTILINE)
        assert set(stated) >= {*subject.facts, *subject.links}


def test_a_list_of_choices_names_them(plan):
    program = lower_rulebook(plan, {}, Bag())
    flat = re.sub(r"\s*\n\s*#\s+", " ", new_case(program, "tap_the"))
    assert re.search(r"danh sách; [^;]+; chọn: uy_vien_thuong_vu \([^:]+\n +da_moi: null", flat)


def test_it_has_every_fact_with_its_label_and_clauses(program):
    for subject in program.subjects:
        text = new_case(program, subject.name)
        for fact in subject.facts.values():
            assert re.search(rf"^      (# )?{fact.name}:", text, re.M)
        flat = re.sub(r"\s*\n\s*#\s+", " ", text)
        for thing in (*subject.facts.values(), *subject.criteria.values()):
            assert thing.label is None or thing.label.vi in flat
            assert all(source in flat for source in thing.sources)


def test_lines_are_not_too_long(program):
    for subject in program.subjects:
        assert max(map(len, new_case(program, subject.name).split("\n"))) <= 110


def test_the_schema_accepts_it(program):
    for subject in program.subjects:
        bag = Bag()
        node = parse_yaml(SourceFile("a.yaml", new_case(program, subject.name)), bag)
        assert bag.diagnostics == ()
        assert accepts("case", to_plain(node))
