"""What one change costs in an editor: `python -m benchmarks.editor`.

A line is added at the end of a file, again and again; what `khung lsp` does then is timed: what is
told at once, by the thread that reads, and the whole check, by the process beside it. Processor
time of this process, so that a busy machine shows the same. The first time, when nothing is kept
yet, is told apart.
"""

from __future__ import annotations

import gc
import statistics
import time
from typing import TYPE_CHECKING

from khung.driver import Shelf
from khung.editor.files import Kind, Target
from khung.editor.index import index_of
from khung.editor.reading import at_once, load_kept, whole
from khung.editor.told import tell
from khung.resources import data_dir
from khung.rulebook.keeping import Keeping
from khung.source.files import unsaved

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = (
    ("2020", "rulebook.yaml"),
    ("2020", "dang_vien.yaml"),
    ("2021", "rulebook.yaml"),
    ("2021", "dang_vien.yaml"),
    ("2021-xa-a", "dang_vien.yaml"),
)
ROUNDS = 9


def lines_of(folder: str) -> int:
    """Return the lines of all files of a rulebook."""
    files = (data_dir("rulebooks") / folder).glob("*.yaml")
    return sum(len(path.read_text("utf-8").splitlines()) for path in files)


def cost(folder: str, file: str, work: Callable[[Target, Keeping], object]) -> tuple[float, float]:
    """Return the milliseconds of the first time, and the median of those after a change."""
    path, keeping = data_dir("rulebooks").absolute() / folder / file, Keeping()
    text, target = path.read_text("utf-8"), Target(Kind.RULEBOOK, str(path.parent))
    taken = []
    for count in range(ROUNDS + 1):
        with unsaved({str(path): (text + "# …\n" * count).encode()}):
            start = time.process_time()
            work(target, keeping)
            taken.append(1000 * (time.process_time() - start))
    return taken[0], statistics.median(taken[1:])


WORK: dict[str, Callable[[Target, Keeping], object]] = {
    "at once": lambda target, keeping: tell(at_once(target, keeping), "vi", target.main_file()),
    "whole check": lambda target, keeping: whole(target, keeping, Shelf()),
    "names": lambda target, keeping: index_of(load_kept(target.place, keeping)),
}


def main() -> None:
    """Print the table."""
    gc.set_threshold(500_000)  # as of the command line
    print("| file | lines of its rulebook |", " | ".join(f"{w}, ms (first)" for w in WORK), "|")
    print("|---|--:|", "--:|" * len(WORK), sep="")
    for folder, file in FILES:
        cells = [cost(folder, file, work) for work in WORK.values()]
        told = " | ".join(f"{after:.0f} ({first:.0f})" for first, after in cells)
        print(f"| {folder}/{file} | {lines_of(folder):,} | {told} |")


if __name__ == "__main__":
    main()
