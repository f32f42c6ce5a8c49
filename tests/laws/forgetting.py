"""Knowing less makes no result surer: each fact, link and list of a case is forgotten in turn.

`python -m tests.laws.forgetting [PATH…]` puts `null` in the place of each thing that a subject of a
case file states, and at the end of each list, one at a time, and compares what `khung eval --format
json` says of all subjects with what it said before. Each result must hold what it was among what it
may be, an undetermined one must say what is missing, and no case may become an error. Checks and
outputs that ask `is known` or take a `default` are left out: they speak of knowledge, which is what
is taken away.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from khung.casefile.from_source import case_of
from khung.diagnostics.bag import Bag
from khung.driver import Evaluated, Shelf, evaluate_file, evaluate_under
from khung.report.result.json import results_json
from khung.source.from_text import parse_yaml
from khung.text import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from khung.casefile.model import CaseFile
    from khung.driver import Ready

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "cases", ROOT / "tests" / "cases")

_NO_FACTS = frozenset({"repeat", "like", "given"})
"""What an entry says besides facts: who it is, and what was decided, which is stated."""

_OF_KNOWLEDGE = ("is known", "default(")

_MAY_BE = {
    "undetermined": ("ranked", "not_ranked", "pending", "undetermined", "needs_decision"),
    "pending": ("pending", "not_ranked"),
    "needs_decision": ("needs_decision", "ranked"),
}
"""What a status may turn out to be; a choice is asked for even if a quota may yet settle it."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A value in a case file: its path, where it begins and ends, and what is put there."""

    path: tuple[str, ...]
    start: int
    end: int
    put: str = " null"

    def __str__(self) -> str:
        """Say it as a path."""
        return ".".join(self.path)


@dataclass
class Found:
    """What came of forgetting: how many comparisons were made, and what is against the law."""

    tries: int = 0
    compared: int = 0
    faults: list[str] = field(default_factory=list)

    def compare(self, law: Law, known: Json, less: Evaluated, where: str) -> None:
        """Note what is against the law in what came of a case that says less."""
        if less.results is None:
            self.faults.append(f"{where}: {[d.code for d in less.diagnostics]}")
            return
        said = results_json(less.results, "en")
        self.compared += sum(map(len, said["results"].values()))
        self.faults.extend(f"{where}: {fault}" for fault in law.faults(known, said))


# -- what can be forgotten -------------------------------------------------------------------------


def places(text: str, keys: frozenset[str] = frozenset()) -> list[Place]:
    """Return the place of every fact, link, criterion, list and field of a record.

    Args:
        text: A case file.
        keys: Fields that tell records apart, which are names and no facts.
    """
    found: list[Place] = []
    for ty, entries in _entries(_composed(text), "subjects"):
        for name, entry in _pairs(entries):
            found.extend(_of_entry(entry, ("subjects", ty, name), text, keys))
    return found


def _composed(text: str) -> yaml.Node:
    root = yaml.compose(text, yaml.CSafeLoader)
    assert root is not None
    return root


def _pairs(node: yaml.Node) -> list[tuple[str, yaml.Node]]:
    """Return the entries of a map; of what is none there are none."""
    found = node.value if isinstance(node, yaml.MappingNode) else ()
    return [(key.value, value) for key, value in found]


def _entries(root: yaml.Node, key: str) -> list[tuple[str, yaml.Node]]:
    """Return the entries of the map that stands at a key."""
    return [entry for name, value in _pairs(root) if name == key for entry in _pairs(value)]


def _of_entry(
    entry: yaml.Node, path: tuple[str, ...], text: str, keys: frozenset[str]
) -> Iterator[Place]:
    for key, value in _pairs(entry):
        own = (*path, key)
        if key in _NO_FACTS:
            continue
        if key == "criteria":
            for item, grade in _pairs(value):
                yield _place(grade, (*own, item), text)
            continue
        yield _place(value, own, text)
        if isinstance(value, yaml.SequenceNode):
            yield _end_of(value, (*own, "end"), text)
            for number, row in enumerate(value.value, 1):
                yield from _of_row(row, (*own, str(number)), text, keys)


def _of_row(
    row: yaml.Node, path: tuple[str, ...], text: str, keys: frozenset[str]
) -> Iterator[Place]:
    for key, value in _pairs(row):
        if key not in keys:
            yield _place(value, (*path, key), text)


def _place(node: yaml.Node, path: tuple[str, ...], text: str) -> Place:
    """Return where a node stands; one in block style ends before the line that follows it."""
    start, end = node.start_mark.index, node.end_mark.index
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    if is_block:
        end = text.rfind("\n", 0, end)
    return Place(path, start, max(start, end))


def _end_of(node: yaml.SequenceNode, path: tuple[str, ...], text: str) -> Place:
    """Return the end of a list, where `null` says that there may be more."""
    whole = _place(node, path, text)
    if not node.flow_style:
        return Place(path, whole.end, whole.end, f"\n{' ' * node.start_mark.column}- null")
    end = whole.end - 1
    return Place(path, end, end, ", null" if node.value else "null")


def forgotten(text: str, place: Place) -> str:
    """Return a case file in which `null` stands at a place, and nothing is expected."""
    return f"{text[: place.start]}{place.put}{text[place.end :]}"


# -- evaluating ------------------------------------------------------------------------------------


class Cases:
    """Reads case files and evaluates them with something forgotten; rulebooks are read once."""

    def __init__(self) -> None:
        self.shelf = Shelf()

    def whole(self, path: Path) -> Evaluated:
        """Return what comes of a case file as it is."""
        return evaluate_file(path, self.shelf, {}, _rulebooks(path))

    def without(self, whole: Evaluated, text: str, place: Place) -> Evaluated:
        """Return what comes of it with a value forgotten, under the same rulebook."""
        return self.instead(whole, forgotten(text, place))

    def instead(self, whole: Evaluated, text: str) -> Evaluated:
        """Return what comes of another text of it, under the same rulebook."""
        assert whole.ready is not None
        bag = Bag()
        case_file = _read(text, bag)
        assert case_file is not None, (whole.path, bag.diagnostics)
        return evaluate_under(whole.path, case_file, whole.ready, bag)


def text_of(path: Path) -> str:
    """Return a case file without what it expects."""
    return path.read_text("utf-8").partition("\nexpect:")[0] + "\n"


def _rulebooks(path: Path) -> Path | None:
    own = path.is_relative_to(ROOT / "tests")
    return ROOT / "tests" / "rulebooks" if own else None


def _read(text: str, bag: Bag) -> CaseFile | None:
    node = parse_yaml(SourceFile("forgotten.yaml", text), bag)
    return None if node is None else case_of(node, bag)


def case_files(paths: Iterable[Path] = SHIPPED) -> list[Path]:
    """Return the case files at some paths, in order."""
    found = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])
    ]
    return [file for file in found if "subjects:" in file.read_text("utf-8")]


# -- the law ---------------------------------------------------------------------------------------


class Law:
    """Compares what is said with a value known and with it forgotten."""

    def __init__(self, ready: Ready) -> None:
        assert ready.program is not None
        self.program = ready.program
        self.of_knowledge = _of_knowledge()

    def faults(self, known: Json, less: Json) -> Iterator[str]:
        """Yield what is surer, or contradicts, where less is known."""
        for ty, of_type in less["results"].items():
            declared = self.program.objects[ty]
            assert declared.ladder is not None
            ranks = self.program.values[declared.ladder.scale.name].values
            for name, result in of_type.items():
                for fault in self._of_subject(known["results"][ty][name], result, ranks):
                    yield f"{ty}.{name}: {fault}"
        yield from self._of_groups(known["groups"], less["groups"])

    def _of_subject(self, known: Json, less: Json, ranks: Sequence[str]) -> Iterator[str]:
        status, real = less["status"], known["status"]
        if real not in _MAY_BE.get(status, (status,)):
            yield f"{status} where it is {real}"
        if status == "undetermined" and not less["missing"]:
            yield "undetermined, and nothing is missing"
        if less["scope"] not in (known["scope"], "open"):
            yield f"scope {less['scope']} where it is {known['scope']}"
        if real != "not_ranked" and status != "not_ranked":
            yield from _outside(known, less, ranks)
        if status == real == "needs_decision":
            choice, rest = known["decision"], less["decision"]
            more = set(choice["options"]) - set(rest["options"])
            if choice["kind"] == rest["kind"] and (more or choice["places"] != rest["places"]):
                yield f"decision {rest} where it is {choice}"
        yield from self._of_outputs(known["outputs"], less["outputs"])
        yield from self._of_checks(known["checks"], less["checks"])

    def _of_outputs(self, known: Json, less: Json) -> Iterator[str]:
        for name, output in less.items():
            real = known.get(name, {"value": None})["value"]
            if name not in self.of_knowledge and not _covers(output["value"], real):
                yield f"{name} is {output['value']} where it is {real}"

    def _of_checks(self, known: Json, less: Json) -> Iterator[str]:
        for name, state in less.items():
            real = known[name]
            if name not in self.of_knowledge and not _may_be(state, real):
                yield f"check {name} is {state} where it is {real}"

    def _of_groups(self, known: list[Json], less: list[Json]) -> Iterator[str]:
        reals = {(group["rule"], str(group["key"])): group for group in known}
        for group in less:
            real = reals.get((group["rule"], str(group["key"])))
            for part in ("base", "places") if real else ():
                if not _is_within(real[part], group[part]):
                    yield f"{group['rule']} {group['key']}: {part} {group[part]}, is {real[part]}"


def _is_within(narrow: list[Any], wide: list[Any]) -> bool:
    """Whether two ends lie between two others; null is no end."""
    (low, high), (least, most) = narrow, wide
    return bool(least <= low and (most is None or (high is not None and high <= most)))


def _outside(known: Json, less: Json, ranks: Sequence[str]) -> Iterator[str]:
    """Yield the stages, and the result, that do not lie within what they may be."""
    ends = {"level": (known["at_worst"], known["at_best"]), **known["bounds"]}
    wide = {"level": (less["at_worst"], less["at_best"]), **less["bounds"]}
    for stage in ends.keys() & wide.keys():
        least, most = map(ranks.index, wide[stage])
        low, high = map(ranks.index, ends[stage])
        if not least <= low <= high <= most:
            yield f"{stage} {wide[stage]} where it is {ends[stage]}"


def _may_be(state: str, real: str) -> bool:
    """Whether a check may be in another state: one that is not asked is met whatever is asked."""
    return state in ("unknown", real) or {state, real} == {"met", "not_applicable"}


def _covers(wide: Any, real: Any) -> bool:
    """Whether a value, in which null is unknown, may be another."""
    if wide is None:
        return True
    if isinstance(wide, dict) and isinstance(real, dict):
        return all(_covers(value, real.get(key)) for key, value in wide.items())
    if isinstance(wide, list) and isinstance(real, list) and len(wide) == len(real):
        return all(map(_covers, wide, real))
    return bool(wide == real)


@cache
def _of_knowledge() -> frozenset[str]:
    """Return the checks, definitions and tables of all rulebooks that ask what is known."""
    entries: dict[str, str] = {}
    for file in sorted([*ROOT.glob("rulebooks/*/*.yaml"), *ROOT.glob("tests/rulebooks/*/*.yaml")]):
        text = file.read_text("utf-8")
        for part in ("checks", "definitions", "tables"):
            for name, entry in _entries(_composed(text), part):
                written = text[entry.start_mark.index : entry.end_mark.index]
                entries[name] = entries.get(name, "") + written
    asking = {name for name, text in entries.items() if any(word in text for word in _OF_KNOWLEDGE)}
    while more := {n for n, text in entries.items() if n not in asking and _reads(text, asking)}:
        asking |= more
    return frozenset(asking)


def _reads(text: str, names: set[str]) -> bool:
    return any(re.search(rf"\b{name}\b", text) for name in names)


# -- running ---------------------------------------------------------------------------------------


def try_out(cases: Cases, path: Path, found: Found, only: int | None = None) -> None:
    """Forget what a case file states, one thing at a time, and note what is against the law.

    `only` takes one thing, by its number around all of them.
    """
    text = text_of(path)
    whole = cases.whole(path)
    assert whole.results is not None, (path, whole.diagnostics)
    assert whole.ready is not None
    law, known = Law(whole.ready), results_json(whole.results, "en")
    every = places(text, _keys(law))
    for place in every if only is None else [every[only % len(every)]]:
        found.tries += 1
        where = f"{path.relative_to(ROOT)}: {place}"
        try:
            less = cases.without(whole, text, place)
        except Exception as error:  # noqa: BLE001  # a defect is against the law
            found.faults.append(f"{where}: {type(error).__name__}: {error}")
            continue
        found.compare(law, known, less, where)


def _keys(law: Law) -> frozenset[str]:
    types = law.program.objects.values()
    return frozenset(fact.key for ty in types for fact in ty.facts.values() if fact.key)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all that some case files state; return 1 if anything is against the law."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.forgetting", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="case files or folders; else all")
    args = parser.parse_args(arguments)
    cases, found = Cases(), Found()
    files = case_files([path.absolute() for path in args.paths] or SHIPPED)
    for number, path in enumerate(files, 1):
        before = len(found.faults)
        try_out(cases, path, found)
        for fault in found.faults[before:]:
            print(fault, flush=True)
        print(f"{number} of {len(files)}: {found.tries} forgotten", end="\r", file=sys.stderr)
    kinds = Counter(fault.partition(": ")[0] for fault in found.faults)
    print(f"{found.tries} forgotten, {found.compared} results compared,", end=" ")
    print(f"{len(found.faults)} against the law in {len(kinds)} cases")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
