"""`python -m tests.engines`: whether two engines answer random rulebooks and cases alike."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.engines import coverage
from tests.engines.engines import NAMES, engine_of
from tests.engines.log import Log, resumed
from tests.engines.scope import FEATURES
from tests.engines.trials import Tally, by_cause, trials, trials_of, write

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from tests.engines.harness import Engine


def main(arguments: Sequence[str] | None = None) -> int:
    """Try rulebooks and say what came of it.

    Returns:
        0 if the engines agree on all, 1 if not.
    """
    args = _parser().parse_args(arguments)
    engine = engine_of(args.engine, args.but)
    tally, start = Tally(frozenset(args.without)), monotonic()
    each = max(1, args.subjects // args.rulebooks)
    seed, said = (args.seed, []) if args.log is None else resumed(tally, args.log, args.seed)
    log = None if args.log is None else Log(args.log, tally)
    tried = trials(seed, args.rulebooks, each, engine, tally)
    if args.rulebook:
        tried = trials_of(args.rulebook, args.seed, args.subjects, engine, tally)
    for now in tried:
        if log is not None:
            log.note(now.seed, now)
        if now.valid % args.every == 0:
            _tell(now, monotonic() - start)
    _tell(tally, monotonic() - start)
    print(_summary(tally))
    print("\n".join(said))
    if args.to is not None:
        _write(tally, args.to, engine, args.trials)
    return 1 if tally.found or said else 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    made.add_argument("--rulebooks", type=int, default=20)
    made.add_argument(
        "--rulebook", type=Path, nargs="+", help="folders, in the place of random ones"
    )
    made.add_argument("--without", nargs="+", default=(), choices=FEATURES, metavar="FEATURE")
    made.add_argument("--but", nargs="+", default=(), help="fields that are passed over")
    made.add_argument("--subjects", type=int, default=2000)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--engine", choices=NAMES, default="sql")
    made.add_argument("--every", type=int, default=10, help="rulebooks between two lines")
    made.add_argument(
        "--log", type=Path, help="a file with a line for each rulebook; a run goes on where it ends"
    )
    made.add_argument("--to", type=Path, help="a folder for disagreements, made small")
    made.add_argument("--trials", type=int, default=1000, help="to make one of them small")
    return made


def _tell(tally: Tally, seconds: float) -> None:
    print(
        f"{tally.valid} rulebooks ({tally.drawn} drawn), {tally.cases} cases, {tally.compared} of"
        f" {tally.subjects} subjects compared, {len(tally.found)} disagreements, {seconds:.0f} s",
        file=sys.stderr,
    )


def _summary(tally: Tally) -> str:
    unused = sorted(coverage.expected() - set(tally.used))
    return "\n".join(
        [
            coverage.table(tally.used, {*coverage.expected(), *tally.used}),
            f"unused: {', '.join(unused) or 'nothing'}",
            f"refused: {_counts(tally.refused)}",
            f"left to the reference: {sum(tally.left.values())} cases, {_counts(tally.left)}",
            (
                f"of types left to the reference: {sum(tally.beside.values())} subjects,"
                f" {_counts(tally.beside)}"
            ),
            f"statuses: {_counts(tally.statuses)}",
            (
                f"{tally.valid} rulebooks, {tally.cases} cases, {tally.compared} of"
                f" {tally.subjects} subjects compared: {len(tally.found)} disagreements"
            ),
        ]
    )


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.most_common()) or "nothing"


def _write(tally: Tally, folder: Path, engine: Engine, most: int) -> None:
    """Write the smallest disagreement of each cause, made smaller, and a line of it in `LOG`."""
    for cause, found in by_cause(tally.found).items():
        name = re.sub(r"\W+", "-", cause)[:60].strip("-")
        said = write(found[0], cause, folder / f"{name}-{found[0].seed}", engine, most)
        line = f"{len(found)} like {name}-{found[0].seed}: {'; '.join(said[:2])[:300]}"
        with (folder / "LOG").open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")
        print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
