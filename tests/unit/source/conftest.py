"""What the tests of this folder share: reading a text, and what was reported about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from khung.diagnostics.bag import Bag
from khung.diagnostics.render.sentences import advice, message
from khung.locale import languages
from khung.source.from_text import parse_yaml
from khung.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.source.nodes import Node

Reported = list[tuple[str, str]]

LOADERS = [yaml.SafeLoader] + ([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest) -> type:
    """Each of PyYAML's two parsers."""
    return request.param  # type: ignore[no-any-return]  # pytest: a parameter has no type


@pytest.fixture
def reported() -> Callable[[Bag], Reported]:
    """The codes found with the text each underlines; both languages must have whole sentences."""
    return _reported


def _reported(bag: Bag) -> Reported:
    for found in bag.diagnostics:
        for lang in languages:
            said = message(found, lang) + advice(found, lang)
            assert "\n" not in said
            assert not re.search(r"\{[a-z_]+\}", said), said
    return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics]


@pytest.fixture
def read() -> Callable[..., tuple[Node | None, Bag]]:
    """Parse a YAML text."""

    def parse(text: str, loader: type | None = None) -> tuple[Node | None, Bag]:
        bag = Bag()
        file = SourceFile("an.yaml", text)
        return (parse_yaml(file, bag, loader) if loader else parse_yaml(file, bag)), bag

    return parse
