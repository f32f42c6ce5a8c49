"""Examples out of pages, put into a whole rulebook to see what khung says of them."""

from __future__ import annotations

import atexit
import shutil
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.support.yaml_files import merge, read_yaml, write_yaml

from khung.analysis.clauses import account, report_missing
from khung.analysis.constants import check_constants
from khung.analysis.defaults import check_defaults
from khung.analysis.lints import lint, try_options
from khung.analysis.tables import check_tables
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.resources import data_dir
from khung.rulebook import folder as reading
from khung.rulebook.files import OF_VERSIONS
from khung.rulebook.folder import subject_id, without
from khung.rulebook.from_source import load_rulebook, load_written
from khung.rulebook.versions.citations import CARRIES
from khung.source.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.diagnostics.model import Diagnostic
    from khung.source.nodes import Node

HOST, CLAUSES = "dang_vien", "clauses"
OF_MANIFEST = {
    "scales",
    "enumerations",
    "records",
    "parameters",
    "readings",
    "documents",
    "calendars",
}
SOURCE = "II.B.6/3"


def _flat(folder: Path) -> Path:
    """Return a folder with a rulebook as one, without what it extends."""
    written = load_written(folder, Bag())
    assert written is not None
    target = Path(mkdtemp(prefix="khung-"))
    atexit.register(shutil.rmtree, target)
    write_yaml(target / "rulebook.yaml", _plain(without(written.manifest, *OF_VERSIONS)))
    for root in written.subjects:
        write_yaml(target / f"{subject_id(root)}.yaml", _plain(root))
    for root in written.clauses:
        write_yaml(target / "clauses.yaml", _plain(root))
    return target


def _plain(node: Node) -> Any:
    """Return a node as the loader of this module would read it."""
    match node:
        case Mapping():
            return {e.key: _plain(e.value) for e in node.entries if e.key != CARRIES}
        case Sequence():
            return [_plain(item) for item in node.items]
        case _:
            is_read = isinstance(node.value, bool | int) and not node.quoted
            return node.value if is_read else node.text.text


def said_of(
    fragment: str, folder: Path, *, lints: bool = False, options: bool = False
) -> tuple[Diagnostic, ...]:
    """Return what khung says of the 2021 rulebook with a fragment put in.

    Args:
        fragment: YAML: one expression (`when: …`, `that: …`, `is: …`), parts of the manifest or
            of the subject `dang_vien`, or a whole subject file.
        folder: An empty folder to write to.
        lints: Whether to look at the rulebook as a whole, too, as `khung check` does.
        options: Whether to try every option of its readings, too.
    """
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    _put_in(read_yaml(fragment), folder)
    bag = Bag()
    with base_parsed_once():
        rulebook = load_rulebook(folder, bag)
    if rulebook is not None:
        program = lower_rulebook(rulebook, {}, bag)
        if lints:
            lint(rulebook, bag)
            report_missing(rulebook, account(rulebook), frozenset(), bag)
        if lints and program is not None:
            check_tables(program, bag)
            check_constants(program, bag)
            check_defaults(rulebook, program, bag)
        if options:
            try_options(rulebook, bag)
    return bag.diagnostics


@contextmanager
def base_parsed_once() -> Iterator[None]:
    """Read folders; their files that are as those of the base are not parsed again."""
    parsed, nodes = reading._parsed, _base_nodes()

    def kept(data: bytes, path: Path, bag: Bag, *surface: str) -> Mapping | None:
        found = nodes.get(data)
        return parsed(data, path, bag, *surface) if found is None else found

    with patch.object(reading, "_parsed", kept):
        yield


@cache
def _base_nodes() -> dict[bytes, Mapping]:
    parsed = {path: reading._parsed(path.read_bytes(), path, Bag()) for path in BASE.iterdir()}
    return {path.read_bytes(): node for path, node in parsed.items() if node is not None}


def _put_in(fragment: dict[str, Any], folder: Path) -> None:
    if "subject" in fragment:
        write_yaml(folder / f"{fragment['subject']}.yaml", fragment)
        return
    documents: dict[str, dict[str, Any]] = {}
    for key, value in fragment.items():
        name = key if key == CLAUSES else "rulebook" if key in OF_MANIFEST else HOST
        document = documents.setdefault(name, deepcopy(_document(name)))
        merge(document, _placed(key, value))
    for name, document in documents.items():
        write_yaml(folder / f"{name}.yaml", document)


@cache
def _document(name: str) -> dict[str, Any]:
    text = (BASE / f"{name}.yaml").read_text("utf-8")
    return read_yaml(text)


def _placed(key: str, value: Any) -> dict[str, Any]:
    match key:
        case "is":
            return {"definitions": {"vi_du": {"is": value}}}
        case "when" | "that":
            return {"not_ranked": {"vi_du": {"when": value, "source": SOURCE}}}
        case _:
            return {key: value}


BASE = _flat(data_dir("rulebooks") / "2021")
"""A folder with the rulebook of 2021 as one, which no other stands beside."""
