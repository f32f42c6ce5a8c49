"""Who and what a text speaks of: by name, together with others, as many as are named."""

from __future__ import annotations

import pytest
from tests.support.rulebook import RULEBOOKS
from tests.unit.report.support import evaluated

from khung.driver import Shelf, evaluate_file
from khung.report.result.context import context_of
from khung.report.result.document import Manner, results_text

HEAD = "case: A case\nrulebook: clubs\non: 2024-12-20\ncomplete: true\nsubjects:\n  athlete:\n"


@pytest.fixture
def named(tmp_path):
    """Return the words of a case of athletes, and these in its order."""

    def made(subjects, lang="en"):
        path = tmp_path / "case.yaml"
        path.write_text(f"{HEAD}    {subjects}\n", encoding="utf-8")
        results = evaluated(path).results
        return context_of(results, lang, None).words, list(
            results.case.entities["athlete"].values()
        )

    return made


def test_people_are_called_by_their_names_and_others_by_type_and_id(named):
    words, athletes = named("{a: {name: Hoa}, b: {}}")
    assert [words.entity(one) for one in athletes] == ["Hoa", "Athlete b"]


def test_who_share_a_name_are_told_with_their_ids(named):
    words, athletes = named("{a: {name: Hoa}, b: {name: Hoa}, c: {name: An}}")
    assert words.names(athletes) == "Hoa (a), Hoa (b) and An"


@pytest.mark.parametrize(
    ("lang", "said"),
    [("vi", "x, y và 3 vận động viên khác"), ("en", "x, y and 3 other athletes")],
)
def test_of_many_the_first_are_named_and_the_others_counted(named, lang, said):
    words, athletes = named("{x: {}, y: {}, a: {repeat: 3}}", lang)
    assert words.names(athletes, 2) == said


@pytest.mark.parametrize(("lang", "one", "many"), [("vi", "04", "34"), ("en", "4", "34")])
def test_numbers_of_people_have_two_digits_where_offices_write_them_so(named, lang, one, many):
    words, _ = named("{a: {}}", lang)
    assert (words.count(4), words.count(34)) == (one, many)


@pytest.mark.parametrize(
    ("noun", "plural"), [("member", "members"), ("body", "bodies"), ("bus", "buses")]
)
def test_several_in_english(named, noun, plural):
    words, _ = named("{a: {}}")
    assert words.plural(noun) == plural


def test_a_noun_of_another_language_has_no_english_plural(named):
    words, _ = named("{a: {}}")
    assert (words.plural("athlete"), words.plural("đảng viên")) == ("athletes", "đảng viên")


@pytest.mark.parametrize(("lang", "said"), [("vi", "Tiếng Anh (điểm"), ("en", "English (tests")])
def test_a_record_is_called_by_the_label_of_its_key(lang, said):
    path = RULEBOOKS.parent / "cases/pupils/a-class.yaml"
    found = evaluate_file(path, Shelf(), {}, RULEBOOKS).results
    assert said in results_text(found, lang, Manner(only=["pupil.open"]))


def test_a_record_called_as_the_body_that_it_leads_to_is_called_so_once(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(
        'case: C\nrulebook: "2021"\non: 2021-12-15\ncomplete: true\nsubjects:\n'
        "  tap_the: {u: {name: Body, loai: cap_uy_co_so, given: {level: hoan_thanh}}}\n"
        "  can_bo:\n    a: {name: A, cap: xa, muc_theo_quy_dinh: hoan_thanh_tot,"
        " dung_dau: [{ten: Body, loai: tap_the, tap_the: u}],"
        " criteria: {neu_guong: tot, covid: tot, doi_moi: tot}, da_kiem_diem: true}\n",
        encoding="utf-8",
    )
    text = results_text(evaluated(path).results, "vi", Manner(only=["can_bo.a"]))
    assert "Body (Tập thể lãnh đạo): Hoàn thành nhiệm vụ" in text
