"""The same expression in the words of two surfaces."""

import pytest
from tests.support.syntax import parsed, parsed_cell

from khung.diagnostics.bag import Bag
from khung.diagnostics.model import Text
from khung.diagnostics.render.sentences import advice
from khung.surfaces import SURFACES, in_words_of, others, surface
from khung.syntax.from_text import parse_expression
from khung.syntax.keywords import FUNCTIONS, KEYWORD_KINDS
from khung.syntax.respell import as_read, clashes, in_each, respelled, shown, surface_in
from khung.syntax.unparse import unparse, unparse_cell
from khung.text import SourceFile, Span, nfc, placed

PAIRS = [
    ("every m in l satisfies m.muc >= tot", "mọi m trong l thỏa m.muc >= tot"),
    ("some m in l where a satisfies b", "có m trong l mà a thỏa b"),
    ("a and b or not(c)", "a và b hoặc không(c)"),
    ("if not(a) then b else not(c)", "nếu không(a) thì b nếu không không(c)"),
    ("if a then 1 else if b then 2 else (3)", "nếu a thì 1 nếu không nếu b thì 2 nếu không (3)"),
    ("count x in l satisfies x", "đếm x trong l thỏa x"),
    ("count(l) > 1", "đếm(l) > 1"),
    ("share x in l satisfies x (empty: 0%)", "tỷ lệ x trong l thỏa x (rỗng: 0%)"),
    ("sum x in l where has(x) of x.d", "tổng x trong l mà có(x) lấy x.d"),
    ("average x in l of mean(x.d)", "trung bình x trong l lấy trung bình(x.d)"),
    ("lowest x in l of highest y in m of y", "thấp nhất x trong l lấy cao nhất y trong m lấy y"),
    ("a between 1 and 5 and b", "a giữa 1 và 5 và b"),
    ("months between(a, b) between (1) and 5", "số tháng giữa(a, b) giữa (1) và 5"),
    ("a in (> 1, [2..3])", "a trong (> 1, [2..3])"),
    ("a = true or b = false or c = null", "a = đúng hoặc b = sai hoặc c = chưa biết"),
    ("string length(a) > 1 // and", "string length(a) > 1 // and"),
    ('a = "và and"', 'a = "và and"'),
]


@pytest.mark.parametrize(("english", "vietnamese"), PAIRS)
def test_every_construct_in_both(english: str, vietnamese: str) -> None:
    assert respelled(english, "en", "vi") == vietnamese
    assert respelled(vietnamese, "vi", "en") == english
    assert parsed(vietnamese, "vi") == parsed(english)


def test_it_is_shown_in_the_words_in_which_it_was_written() -> None:
    assert unparse(parsed("((mọi x trong l  thỏa x))", "vi")) == "mọi x trong l thỏa x"
    assert unparse(parsed("((mọi x trong l  thỏa x))", "vi"), "en") == "every x in l satisfies x"
    assert unparse_cell(parsed_cell("không( a,b )", "vi")) == "không(a, b)"


def test_it_is_read_in_the_words_of_the_page_whatever_it_was_written_in() -> None:
    for english, vietnamese in PAIRS:
        for written, text in (("en", english), ("vi", vietnamese)):
            assert as_read(text, written, "en") == english
            assert as_read(text, written, "vi") == vietnamese
    assert as_read("each t in l of t.a and b", "en", "vi") == "mỗi t trong l lấy t.a và b"
    assert as_read("each_one and b", "en", "vi") == "each_one và b"


def test_what_is_shown_of_a_file_is_one_line_without_the_marks_of_yaml() -> None:
    text = 'a = \\"x and\\"\n  or   b'
    span = Span(SourceFile("rules.yaml", text), 0, len(text))
    assert shown(span, "en") == 'a = "x and" or b'
    assert in_each(span) == Text('a = "x and" hoặc b', 'a = "x and" or b')


def test_other_ways_to_spell_are_read() -> None:
    assert parsed("tỉ lệ x trong l thoả x", "vi") == parsed("share x in l satisfies x")
    assert parsed("true và null", "vi") == parsed("true and null")
    assert parsed("tỷ\n  lệ x trong l thỏa not(x)", "vi") == parsed("share x in l satisfies not(x)")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a + 1", "en"),
        ("a and b", "en"),
        ("a và b", "vi"),
        ("a và b and c", "en"),
        ("số tháng giữa(a, b)", "vi"),
        ("true", "en"),
        ("count(l) và true", "vi"),
    ],
)
def test_the_words_of_a_text_tell_its_surface(text: str, name: str) -> None:
    assert surface_in(text) == name


def test_names_that_are_keywords_elsewhere_are_found() -> None:
    assert [token.text for token in clashes("a.trong and tổng > b", "en", "vi")] == [
        "trong",
        "tổng",
    ]
    assert list(clashes("trong_nam and a", "en", "vi")) == []


def test_advice_is_in_the_words_of_the_file() -> None:
    def said(text: str, name: str) -> str:
        bag = Bag()
        assert parse_expression(placed(text, surface=name), bag) is None
        return advice(bag.diagnostics[0], "en")

    assert "`not(x in list)`" in said("not a", "en")
    assert "`không(x trong list)`" in said("không a", "vi")


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("write `a and b`, and no `or`", "write `a và b`, and no `hoặc`"),
        ("`count(x)` or `count x in l`", "`đếm(x)` or `đếm x trong l`"),
        ("`type: list of …`, `tree: true`, `{word}`", "`type: list of …`, `tree: true`, `{word}`"),
        ("`share x in … (empty: 0%)`", "`tỷ lệ x trong … (rỗng: 0%)`"),
        ("`months between(a, b)`", "`số tháng giữa(a, b)`"),
    ],
)
def test_sentences_of_khung_speak_in_the_words_of_a_surface(sentence: str, said: str) -> None:
    assert in_words_of(sentence, "vi") == said
    assert in_words_of(sentence, "en") == sentence


@pytest.mark.parametrize("name", SURFACES)
def test_tables_have_a_word_for_every_keyword_and_none_twice(name: str) -> None:
    own = surface(name)
    assert own.words.keys() == KEYWORD_KINDS == set(own.keywords.values())
    assert own.names.keys() <= FUNCTIONS
    words = [*own.keywords, *own.functions, own.empty]
    assert [word for word in words if word != nfc(word) or word != " ".join(word.split())] == []
    assert len(own.functions) == len(own.names)
    for other in others(name):
        assert own.phrases.keys() == other.phrases.keys()
        assert own.forms.keys() == other.forms.keys()
    assert set(own.also_meant.values()) <= KEYWORD_KINDS


@pytest.mark.parametrize("name", SURFACES)
def test_forms_are_read(name: str) -> None:
    for kind, form in surface(name).forms.items():
        assert surface(name).words[kind] in form
        assert unparse(parsed(form, name)) == form
