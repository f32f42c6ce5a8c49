"""`python -m tests.proof`: whether the solver and the reference say the same of random cases.

With `--mutants`: whether the proofs of a comparison see each change of a rulebook that cases see.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.proof.compare import Tally, compare
from tests.proof.mutants import judged

if TYPE_CHECKING:
    from collections.abc import Sequence


ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare until enough cases were compared, and say what came of it.

    Returns:
        0 if the two agree on all, 1 if not.
    """
    args = _parser().parse_args(arguments)
    if args.mutants is not None:
        return _of_mutants(args)
    tally, start, seed = Tally(), monotonic(), args.seed
    while tally.compared < args.cases:
        compare(seed, tally, args.each)
        seed += 1
        if seed % args.every == 0:
            print(f"{seed} rulebooks, {tally.compared} cases, {monotonic() - start:.0f} s")
    passed = ", ".join(f"{why}: {n}" for why, n in tally.passed.most_common())
    print(f"{tally.compared} cases compared; passed over: {passed or 'nothing'}")
    for one in tally.found:
        print(f"seed {one.seed}, {one.subject}: {one.solver} not {one.reference}\n{one.text}")
    return 1 if tally.found else 0


def _of_mutants(args: argparse.Namespace) -> int:
    """Take mutants for changes of a rulebook, and say what proofs say of them."""
    folder, start, tally = ROOT / "rulebooks" / args.rulebook, monotonic(), None
    for tally in judged(folder, ROOT / "cases" / args.rulebook, args.mutants, args.only):
        told = ", ".join(f"{said}: {n}" for said, n in sorted(tally.said.items()))
        print(f"{told} ({monotonic() - start:.0f} s)", flush=True)
    wrong = tally.wrong if tally is not None else []
    for one in wrong:
        print(f"{one.name}: {one.why}")
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    made.add_argument("--cases", type=int, default=10_000, help="how many cases to compare")
    made.add_argument("--each", type=int, default=10, help="cases of one subject of a rulebook")
    made.add_argument("--seed", type=int, default=0, help="the first rulebook")
    made.add_argument("--every", type=int, default=10, help="rulebooks between two lines")
    made.add_argument("--mutants", type=int, help="take so many changes of a rulebook instead")
    made.add_argument("--rulebook", default="2021", help="of which rulebook")
    made.add_argument("--only", default="", help="how the paths of their entries begin")
    return made


if __name__ == "__main__":
    sys.exit(main())
