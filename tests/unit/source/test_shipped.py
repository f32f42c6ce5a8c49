"""The files of the project are read without PyYAML's C parser, too, which not every machine has."""

import pytest
import yaml
from tests.support.schemas import ROOT

from khung.diagnostics.bag import Bag
from khung.source.files import read_source
from khung.source.from_text import parse_yaml

FOLDERS = ("rulebooks", "cases", "tests/rulebooks", "tests/cases")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_pure_parser_reads_every_file(folder):
    bag, files = Bag(), sorted((ROOT / folder).rglob("*.yaml"))
    assert files
    for path in files:
        file = read_source(path, bag)
        assert file is not None
        assert parse_yaml(file, bag, yaml.SafeLoader) is not None
    assert [(d.code, d.span and d.span.file.name) for d in bag.diagnostics] == []
