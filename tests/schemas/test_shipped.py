"""Every YAML file of a rulebook or a case says which schema it follows, and follows it."""

import re
from decimal import Decimal

import pytest
from tests.support.schemas import ROOT, validator

from khung.diagnostics.bag import Bag
from khung.source.files import read_source
from khung.source.from_text import parse_yaml
from khung.source.nodes import to_plain

FOLDERS = ("rulebooks", "cases", "tests/rulebooks", "tests/cases")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.yaml"))
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


def as_json(document):
    match document:
        case dict():
            return {key: as_json(value) for key, value in document.items()}
        case list():
            return [as_json(value) for value in document]
        case Decimal():
            return float(document)
        case _:
            return document


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_it_follows_the_schema_that_it_names(path):
    line = MODELINE.match(path.read_text("utf-8"))
    assert line, "the first line names no schema"
    named = (path.parent / line[1]).resolve()
    assert named.parent == ROOT / "schemas"
    bag = Bag()
    node = parse_yaml(read_source(path, bag), bag)
    assert bag.diagnostics == ()
    assert (
        list(
            validator(named.name.removesuffix(".schema.json")).iter_errors(as_json(to_plain(node)))
        )
        == []
    )
