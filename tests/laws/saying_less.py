"""Saying less in `complete` makes no result surer: what a case says is whole is taken back in turn.

`python -m tests.laws.saying_less [PATH…]` lets each case file say nothing of what is whole, then
all subject types but one in place of `true`, or all names but one of those that it gives; it
compares the results as `tests.laws.forgetting` does.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.laws.forgetting import ROOT, SHIPPED, Cases, Found, Law, case_files, text_of

from khung.report.result.json import results_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.ir.program import Program

_UNCOMMENTED = re.compile(r"#.*")
_SAID = re.compile(r"^complete:(?P<what>.*(?:\n .*)*)$", re.MULTILINE)


def sayings(text: str, program: Program) -> list[str]:
    """Return what a case file may say instead of what it says is whole; of nothing, nothing."""
    said = _SAID.search(text)
    names = (
        re.findall(r"[^\s\[\],-][^\s\[\],]*", _UNCOMMENTED.sub("", said["what"])) if said else []
    )
    if names == ["true"]:
        names = [ty.name for ty in program.subjects]
    if not names:
        return []
    fewer = ([name for name in names if name != left_out] for left_out in names)
    return ["", *(f"[{', '.join(some)}]" for some in fewer if some)]


def saying(text: str, what: str) -> str:
    """Return a case file that says something else of what is whole."""
    return _SAID.sub(lambda _: f"complete: {what}", text, count=1)


def try_out(cases: Cases, path: Path, found: Found, only: int | None = None) -> None:
    """Let a case file say less of what is whole in turn, and note what is against the law.

    `only` takes one way, by its number around all of them.
    """
    text = text_of(path)
    whole = cases.whole(path)
    assert whole.results is not None, (path, whole.diagnostics)
    assert whole.ready is not None
    assert whole.ready.program is not None
    law, known = Law(whole.ready), results_json(whole.results, "en")
    ways = sayings(text, whole.ready.program)
    for what in ways if only is None or not ways else [ways[only % len(ways)]]:
        found.tries += 1
        less = cases.instead(whole, saying(text, what))
        where = f"{path.relative_to(ROOT)}: complete: {what}"
        found.compare(law, known, less, where)


def _tried(cases: Cases, files: Sequence[Path], found: Found) -> Iterator[str]:
    for path in files:
        before = len(found.faults)
        try_out(cases, path, found)
        yield from found.faults[before:]


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all that some case files say is whole; return 1 if anything is against the law."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.saying_less", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="case files or folders; else all")
    args = parser.parse_args(arguments)
    found = Found()
    files = case_files([path.absolute() for path in args.paths] or SHIPPED)
    for fault in _tried(Cases(), files, found):
        print(fault, flush=True)
    print(f"{found.tries} times less was whole, {found.compared} results compared,", end=" ")
    print(f"{len(found.faults)} against the law")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
