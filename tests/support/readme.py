"""Examples of the command line in Markdown: `make readme` and `make docs` write what khung prints.

A `console` block that begins with `$ khung …` shows that command and its whole output; `> FILE`
puts the output into a file. The steps of a text are done in its order, and comments say more:

    <!-- file: an.yaml -->              the block that follows is the content of that file
    <!-- put: r/rulebook.yaml -->       the block is put, key by key, into what that file first was;
                                        `khung check` must say nothing of the rulebook, or the codes
                                        that stand after the file
    <!-- again: r/rulebook.yaml -->     that file is as it was first
    <!-- edit: an.yaml: 4 => null -->   every `4` in that file becomes `null`
    <!-- show: Member an | 8 -->        of the next output, 8 lines from that with the words
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
from functools import partial
from pathlib import Path

from tests.support.yaml_files import merge, read_yaml, write_yaml

from khung.cli.exit_codes import ExitCode
from khung.cli.main import run

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
STEP = re.compile(
    r"<!-- file: (?P<file>\S+) -->\n```\w+\n(?P<body>(?:.*\n)*?)```"
    r"|<!-- put: (?P<put>\S+)(?P<codes>(?: K\d+)*) -->\n```\w+\n(?P<part>(?:.*\n)*?)```"
    r"|<!-- again: (?P<again>\S+) -->"
    r"|<!-- edit: (?P<edited>\S+): (?P<old>.*?) => (?P<new>.*?) -->"
    r"|(?P<shown><!-- show: (?P<words>.*?) \| (?P<number>\d+) -->\n)?"
    r"```console\n\$ khung (?P<command>.*)\n(?:.*\n)*?```"
)
NEEDED = ("rulebooks", "cases", "schemas")
"""What of the project a text with steps that write may read: copies of these folders."""


def written(text: str, folder: Path = ROOT) -> str:
    """Return a text whose examples show what khung prints now, run in a folder.

    Raises:
        RuntimeError: A command ran into a defect, which is nothing to show.
    """
    first: dict[str, str] = {}
    with contextlib.chdir(folder):
        return STEP.sub(partial(_step, first), text)


def workplace(folder: Path) -> Path:
    """Return a folder filled with copies of what texts read, so that they may change it."""
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name)
    return folder


def _step(first: dict[str, str], step: re.Match[str]) -> str:
    """Do a step and return it; `first` holds the files as they were written first."""
    if step["file"]:
        first.setdefault(step["file"], step["body"])
        _write(Path(step["file"]), step["body"])
        return step[0]
    if step["again"]:
        _write(Path(step["again"]), first[step["again"]])
        return step[0]
    if step["put"]:
        path = Path(step["put"])
        _put(path, first[step["put"]], step["part"])
        if path.name == "rulebook.yaml":
            _check(path.parent, step["codes"].split())
        return step[0]
    if step["edited"]:
        old, new = (step[part].replace(r"\n", "\n") for part in ("old", "new"))
        _edit(Path(step["edited"]), old, new)
        return step[0]
    return _example(step)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _put(path: Path, first: str, part: str) -> None:
    document = read_yaml(first)
    merge(document, read_yaml(part))
    write_yaml(path, document)


def _check(folder: Path, codes: list[str]) -> None:
    """Raise what is said of a rulebook, unless it is these codes."""
    said = json.loads(_printed(f"check {folder} --format json"))["diagnostics"]
    if [one["code"] for one in said] != codes:
        raise RuntimeError(_printed(f"check {folder}"))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise RuntimeError(f"{path} does not hold {old!r}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def _example(step: re.Match[str]) -> str:
    command, _, target = step["command"].partition(" > ")
    out = _printed(command)
    if target:
        Path(target).write_text(out, encoding="utf-8")
    printed = "" if target else out.strip("\n")
    lines = [line.rstrip() for line in printed.split("\n")] if printed else []
    lines = _part(lines, step["words"], int(step["number"])) if step["shown"] else lines
    said = "".join(f"{line}\n" for line in lines)
    return f"{step['shown'] or ''}```console\n$ khung {step['command']}\n{said}```"


def _printed(command: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = run(shlex.split(command))
    if code == ExitCode.DEFECT:
        raise RuntimeError(out.getvalue())
    return out.getvalue()


def _part(lines: list[str], words: str, number: int) -> list[str]:
    """Return lines from the first that holds some words, with `…` where others are left out."""
    first = next((i for i, line in enumerate(lines) if words in line), None)
    if first is None:
        raise RuntimeError(f"{words!r} is not in\n" + "\n".join(lines))
    found = lines[first : first + number]
    before = ["…"] if first else []
    after = ["…"] if first + number < len(lines) else []
    return [*before, *found, *after]


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), encoding="utf-8")
