"""The README's examples of the command line: `make readme` writes what khung prints now.

A `console` block that begins with `$ khung …` shows that command and its whole output.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

from khung.cli.exit_codes import ExitCode
from khung.cli.main import run

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=```console\n)\$ khung (?P<command>.*)\n(?:.*\n)*?(?=```)")


def written(text: str) -> str:
    """Return a text whose examples show what khung prints now, run in the root of the project.

    Raises:
        RuntimeError: A command ran into a defect, which is nothing to show.
    """
    with contextlib.chdir(ROOT):
        return BLOCK.sub(_example, text)


def _example(block: re.Match[str]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = run(shlex.split(block["command"]))
    if code == ExitCode.DEFECT:
        raise RuntimeError(out.getvalue())
    lines = (line.rstrip() for line in out.getvalue().strip("\n").split("\n"))
    return f"$ khung {block['command']}\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), encoding="utf-8")
