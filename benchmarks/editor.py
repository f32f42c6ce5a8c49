"""What one change costs in an editor: `python -m benchmarks.editor`.

A line is added in the middle of a file, again and again; what `khung lsp` does then is timed: what
is told at once, by the thread that reads, and the whole check, by the process beside it. Processor
time of this process, so that a busy machine shows the same. The first time, when nothing is kept
yet, is told apart. Last comes a rulebook of one file.
"""

from __future__ import annotations

import gc
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from khung.analysis.flat import flat_yaml
from khung.diagnostics.bag import Bag
from khung.driver import Shelf
from khung.editor.files import Kind, Target
from khung.editor.index import index_of
from khung.editor.reading import at_once, load_kept, whole
from khung.editor.told import tell
from khung.resources import data_dir
from khung.rulebook.from_source import load_written
from khung.rulebook.keeping import Keeping
from khung.source.files import unsaved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILES = (
    ("2020", "rulebook.yaml"),
    ("2020", "dang_vien.yaml"),
    ("2021", "rulebook.yaml"),
    ("2021", "dang_vien.yaml"),
    ("2021-xa-a", "dang_vien.yaml"),
)
ROUNDS = 9


ONE = "2020"
"""The rulebook that is written as one file, too."""


def lines_of(folder: Path) -> int:
    """Return the lines of all files of a rulebook."""
    return sum(len(path.read_text("utf-8").splitlines()) for path in folder.glob("*.yaml"))


def middle(text: str) -> int:
    """Return where the first line in the second half of a text begins that is a comment or entry.

    A comment in front of it is one, whatever it stands in.
    """
    at = len(text) // 2
    while True:
        at = text.index("\n", at) + 1
        if text[at:].lstrip(" ")[:1].isalpha():
            return at


def cost(path: Path, work: Callable[[Target, Keeping], object]) -> tuple[float, float]:
    """Return the milliseconds of the first time, and the median of those after a change."""
    keeping, text = Keeping(blocks={} if work is WORK["at once"] else None), path.read_text("utf-8")
    target, at, taken = Target(Kind.RULEBOOK, str(path.parent)), middle(text), []
    for count in range(ROUNDS + 1):
        now = text[:at] + "# …\n" * count + text[at:]
        with unsaved({str(path): now.encode()}):
            start = time.process_time()
            work(target, keeping)
            taken.append(1000 * (time.process_time() - start))
    return taken[0], statistics.median(taken[1:])


WORK: dict[str, Callable[[Target, Keeping], object]] = {
    "at once": lambda target, keeping: tell(at_once(target, keeping), "vi", target.main_file()),
    "whole check": lambda target, keeping: whole(target, keeping, Shelf()),
    "names": lambda target, keeping: index_of(load_kept(target.place, keeping)),
}


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield what is changed, and what it is called; the rulebook of one file is written here."""
    shipped = data_dir("rulebooks").absolute()
    yield from ((f"{name}/{file}", shipped / name / file) for name, file in FILES)
    made, written = folder / ONE / "rulebook.yaml", load_written(shipped / ONE, Bag())
    assert written is not None
    made.parent.mkdir()
    made.write_text(flat_yaml(written), "utf-8")
    yield f"{ONE} in one file", made


def main() -> None:
    """Print the table."""
    gc.set_threshold(500_000)  # as of the command line
    print("| file | lines of its rulebook |", " | ".join(f"{w}, ms (first)" for w in WORK), "|")
    print("|---|--:|", "--:|" * len(WORK), sep="")
    with TemporaryDirectory() as folder:
        for said, path in files(Path(folder)):
            cells = [cost(path, work) for work in WORK.values()]
            told = " | ".join(f"{after:.0f} ({first:.0f})" for first, after in cells)
            print(f"| {said} | {lines_of(path.parent):,} | {told} |")


if __name__ == "__main__":
    main()
