from pathlib import Path

import pytest
import yaml
from tests.support.syntax import parsed, refused

from khung.diagnostics.codes import page

BROKEN = yaml.safe_load(Path(__file__).with_name("broken.yaml").read_text(encoding="utf-8"))
EXAMPLES = [(start, example) for start, examples in BROKEN.items() for example in examples]


@pytest.mark.parametrize(("start", "example"), EXAMPLES, ids=lambda x: str(x)[:60])
def test_mistake_is_told_where_it_is(start: str, example: dict[str, str]) -> None:
    found = refused(example["text"], start, example.get("surface", "en"))
    assert found.span is not None
    expected = (example["code"], example["under"], example.get("help", ""))
    assert (found.code, found.span.text, found.help) == expected
    said = page(found.code).said["vi"]
    assert found.help in said.helps
    assert f"{said.message} {said.helps[found.help]}".format(**found.args)


@pytest.mark.parametrize("number", range(1, 17))
def test_page_shows_the_mistake_and_its_mending(number: int) -> None:
    code = f"K03{number:02}"
    example = page(code).example
    assert example is not None
    wrong, right = (
        next(iter(yaml.safe_load(text).values())) for text in (example.wrong, example.right)
    )
    assert refused(wrong).code == code
    assert parsed(right)


def test_every_code_has_an_example() -> None:
    limits = {"K0317", "K0318"}
    codes = {example["code"] for _, example in EXAMPLES} | limits
    assert codes == {f"K03{number:02}" for number in range(1, 20)}


def test_every_advice_has_an_example() -> None:
    given = {(example["code"], example.get("help", "")) for _, example in EXAMPLES}
    for number in range(1, 20):
        code = f"K03{number:02}"
        for advice in page(code).said["vi"].helps:
            if code not in {"K0317", "K0318"} and (code, advice) != ("K0319", "invisible"):
                assert (code, advice) in given | {("K0301", ""), ("K0310", "")}


def test_invisible_character_is_named() -> None:
    found = refused("a\u200b + b")
    assert (found.code, found.help, found.args["point"]) == ("K0319", "invisible", "U+200B")


def test_sign_of_another_language_is_translated() -> None:
    assert refused("a ≥ b").args["instead"] == ">="
    assert refused("a＋b").args["instead"] == "+"
    assert refused("d > 2/9/2021").args["instead"] == '@"2021-09-02"'


def test_number_is_respelt() -> None:
    assert refused("0,5 + 1").args["instead"] == "0.5"
    assert refused("1.000.000").args["instead"] == "1000000"


def test_underlined_in_the_second_line() -> None:
    span = refused("a = 1\nand b ==\n2").span
    assert span is not None
    assert span.file.position(span.start) == (2, 7)
