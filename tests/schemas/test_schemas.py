"""The schemas themselves: valid, closed, and described in both languages throughout."""

import json

import pytest
from jsonschema import Draft202012Validator
from tests.support.schemas import FOLDER, NAMES, parts, schema

from khung import resources
from khung.rulebook.model.rules import Stage


def _properties(name):
    for at, part in parts(schema(name)):
        if isinstance(part.get("properties"), dict) and not at.endswith("/properties"):
            yield from ((f"{at}/{key}", value) for key, value in part["properties"].items())


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_schema(name):
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"{name}.schema.json"


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_described_in_both_languages(name):
    lacking = [at for at, value in _properties(name) if " — " not in value.get("description", "")]
    assert lacking == []


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_has_a_title_and_a_description(name):
    for key, value in [("", schema(name)), *schema(name).get("$defs", {}).items()]:
        assert value.get("title"), key
        assert " — " in value.get("description", ""), key


@pytest.mark.parametrize("name", NAMES)
def test_nothing_unknown_is_allowed(name):
    for at, part in parts(schema(name)):
        closed = "additionalProperties" in part or "if" in part or at.endswith("/if")
        assert part.get("type") != "object" or closed, f"{name}{at} takes any key"


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_is_used(name):
    text = json.dumps(schema(name))
    others = "".join(json.dumps(schema(other)) for other in NAMES)
    for key in schema(name).get("$defs", {}):
        assert f'"#/$defs/{key}"' in text or f'"{name}.schema.json#/$defs/{key}"' in others


@pytest.mark.parametrize("name", NAMES)
def test_it_is_laid_out_as_all_are(name):
    text = json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == text


def test_names_of_schemas():
    assert resources.schema_names() == NAMES


def test_what_is_installed_is_what_stands_here():
    own = [name for name in NAMES if ".schema.json#/$defs" not in json.dumps(schema(name))]
    assert {name: resources.schema(name) for name in own} == {name: schema(name) for name in own}
    assert {"rulebook", "subject", "clauses"} <= set(own)


def test_what_is_told_of_a_schema_stands_alone():
    stages = schema("subject")["$defs"]["stage"]
    for name in ("case", "result", "diff"):
        assert ".schema.json#" in json.dumps(schema(name))
        assert ".schema.json#" not in json.dumps(resources.schema(name))
        assert resources.schema(name)["$defs"]["stage"] == stages


def test_the_stages_are_those_of_the_engine():
    assert schema("subject")["$defs"]["stage"]["enum"] == list(Stage)
