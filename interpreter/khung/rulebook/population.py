"""The file `population.yaml` of a rulebook: a made-up population, to try the rules with.

In: a folder. Out: a `Population`. It is no rule: nothing of it changes what a rulebook says, and
its bytes are not in the digest. Names of subjects, facts and levels are looked up where it is used.

Reports: K0126, K0401 and those of the readers of YAML and of `reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung import paths
from khung.resources import schema
from khung.rulebook import model as m
from khung.rulebook.folder import POPULATION
from khung.rulebook.forms import read
from khung.rulebook.names import check_unique
from khung.rulebook.parts import Context
from khung.rulebook.reader import form_of
from khung.source.files import decode, read_bytes
from khung.source.from_text import parse_yaml
from khung.source.nodes import Entry
from khung.source.values import as_mapping, head_of

if TYPE_CHECKING:
    from pathlib import Path

    from khung.diagnostics.bag import Bag


def has_population(folder: Path) -> bool:
    """Say whether the folder of a rulebook describes a population."""
    return paths.is_file(folder / POPULATION)


def read_population(folder: Path, bag: Bag) -> m.Population | None:
    """Read the population of a rulebook; None after a diagnostic, or where there is none."""
    path = folder / POPULATION
    data = read_bytes(path, bag)
    file = None if data is None else decode(data, str(path), bag)
    node = None if file is None else parse_yaml(file, bag)
    root = None if node is None else as_mapping(node, bag)
    if root is None:
        return None
    form = form_of(m.Population, schema("population"))
    found: m.Population | None = read(form, Entry("", root, head_of(root)), Context(bag), "")
    if found is not None:
        check_unique([("stratum", s.ref.name, s.ref.span) for s in found.strata], bag)
    return found
