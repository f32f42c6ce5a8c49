"""The registry of diagnostic codes: one page a code, in `codes/CODE.md`, in both languages.

A page holds everything that is said about a code: severity, message, advice, explanation, and one
example for all languages. It is read when it is first asked for. Adding a code is adding a file.
"""

from __future__ import annotations

import json
import re
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from khung.diagnostics.model import Severity
from khung.locale import phrase
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.diagnostics.model import Diagnostic

_FOLDER = Path(__file__).parent / "codes"
_EXAMPLE = re.compile(
    r"wrong:\n```(?P<form>\w*)\n(?P<wrong>.*?)\n```\nright:\n```(?P=form)\n(?P<right>.*?)\n```",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a page says in one language.

    Attributes:
        message: What is wrong: one line with `{placeholders}`.
        helps: What to do, by the name of the advice; the plain one is named "".
        body: Markdown: what the code means, an example, why.
    """

    message: str
    helps: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Example:
    """What is reported under a code, and what to write instead, in no language of khung's own.

    Attributes:
        form: What follows the fence: `yaml`; empty for a command line.
    """

    form: str
    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What is to stand in place of what is underlined, with the placeholders of the sentences.

    It is `certain` if it may be done unasked, as nobody could have meant anything else.
    """

    text: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One code. `said` has an entry for every language of `khung.locale`, `fixes` by advice."""

    code: str
    slug: str
    severity: Severity
    said: Mapping[str, Sentences]
    example: Example | None = None
    fixes: Mapping[str, Fix] = field(default_factory=dict)


def all_codes() -> tuple[str, ...]:
    """Return every code that has a page, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("K[0-9][0-9][0-9][0-9].md")))


def severity_of(code: str) -> Severity:
    """Return the severity of a code. Raises KeyError for a code without a page: a defect."""
    return page(code).severity


def is_error(diagnostic: Diagnostic) -> bool:
    """Say whether a diagnostic stops the command."""
    return severity_of(diagnostic.code) is Severity.ERROR


@cache
def page(code: str) -> Page:
    """Return the page of a code. Raises KeyError for a code without a page: a defect."""
    path = _FOLDER / f"{code}.md"
    if not (code[:1] == "K" and code[1:].isdecimal() and path.is_file()):
        raise KeyError(code)
    return parse_page(path.read_text(encoding="utf-8"))


def parse_page(text: str) -> Page:
    """Read one page.

    Args:
        text: `# CODE slug`, `severity: …`, perhaps lines `fix.ADVICE: "…"` or `maybe.ADVICE: "…"`,
            then one part a language, each beginning `## vi`, and perhaps `## example`.

    Raises:
        ValueError: The page has not that form.
    """
    head, *parts = text.replace("\r\n", "\n").split("\n## ")
    title, severity, *mends = head.strip().split("\n")
    code, slug = title.removeprefix("# ").split()
    by_name = {name.strip(): rest for name, _, rest in (part.partition("\n") for part in parts)}
    example = _example(by_name.pop("example", ""))
    said = {lang: _sentences(lang, part, example) for lang, part in by_name.items()}
    worst = Severity(severity.removeprefix("severity: ").strip())
    return Page(code, slug, worst, said, example, dict(map(_fix, mends)))


def _fix(line: str) -> tuple[str, Fix]:
    """Return the advice that a line is for, and the fix; the text stands there as JSON has it."""
    key, text = line.split(": ", 1)
    word, _, advice = key.partition(".")
    if word not in ("fix", "maybe"):
        raise ValueError(line)
    return advice, Fix(json.loads(text), word == "fix")


def _example(part: str) -> Example | None:
    if not part:
        return None
    found = _EXAMPLE.fullmatch(part.strip())
    if found is None:
        raise ValueError(part)
    return Example(found["form"], found["wrong"], found["right"])


def _sentences(lang: str, part: str, example: Example | None) -> Sentences:
    sentences, _, body = part.strip().partition("\n\n")
    pairs = dict(line.split(": ", 1) for line in sentences.split("\n"))
    helps = {
        k.removeprefix("help").removeprefix("."): v for k, v in pairs.items() if k != "message"
    }
    return Sentences(pairs["message"], helps, f"{body.strip()}\n{_shown(example, lang)}")


def _shown(example: Example | None, lang: str) -> str:
    """Return an example as Markdown under the words of a language."""
    if example is None:
        return ""
    blocks = {"wrong": example.wrong, "right": example.right}
    return "".join(
        f"\n{phrase(lang, f'word.{key}')}:\n\n```{example.form}\n{text}\n```\n"
        for key, text in blocks.items()
    )
