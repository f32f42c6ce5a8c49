"""`python -m tests.mutation`: whether the cases of a rulebook notice each rule that is changed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutation.report import as_json, as_text
from tests.mutation.run import run
from tests.mutation.survivors import LIST, compared, listed
from tests.mutation.trial import Fate, UnsoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.mutation.mutants import Mutant
    from tests.mutation.run import Run
    from tests.mutation.survivors import Compared

ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants.

    Returns:
        0 if every survivor is explained, 1 if not or if khung itself failed on a mutant, 3 if the
        rulebook is not sound as it is.
    """
    args = _parser().parse_args(arguments)
    folder = _rulebook(args.rulebook)
    cases = args.cases or ROOT / "cases" / folder.name
    names = _names(args.names)

    def wanted(mutant: Mutant) -> bool:
        return mutant.entry.path.startswith(args.only) and (names is None or mutant.name in names)

    try:
        found = run(folder, cases, wanted, jobs=args.jobs, limit=args.limit)
    except UnsoundError as error:
        print(f"not sound as it is: {error}", file=sys.stderr)
        return 3
    judged = _compared(found, args.survivors)
    if args.format == "json":
        print(json.dumps(as_json(found, judged), ensure_ascii=False, indent=1))
    else:
        print(as_text(found, judged))
    failed = any(verdict.fate is Fate.FAILED for verdict in found.verdicts)
    return 1 if judged.new or failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("rulebook", nargs="?", default="2021", help="an id, or a folder")
    parser.add_argument("--cases", type=Path, help="where its cases are; else cases/ID")
    parser.add_argument("--only", default="", help="a subject, or how the path of a rule begins")
    parser.add_argument("--names", type=Path, help="a file of names of mutants, one a line")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limit", type=int, help="try so many, spread over all")
    parser.add_argument("--survivors", type=Path, default=LIST, help="those that are known")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    return parser


def _rulebook(name: str) -> Path:
    return Path(name) if Path(name).is_dir() else ROOT / "rulebooks" / name


def _names(path: Path | None) -> set[str] | None:
    return None if path is None else set(path.read_text("utf-8").splitlines())


def _compared(found: Run, path: Path) -> Compared:
    name = {number: mutant.name for number, mutant in enumerate(found.mutants)}
    tried = {name[v.mutant] for v in found.verdicts}
    survived = {name[v.mutant] for v in found.verdicts if v.fate is Fate.SURVIVED}
    return compared(survived, tried, set(name.values()), listed(found.rulebook, path))


if __name__ == "__main__":
    sys.exit(main())
