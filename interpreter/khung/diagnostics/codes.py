"""The registry of diagnostic codes: one page a code, in `codes/CODE.md`, in both languages.

A page holds everything that is said about a code: severity, message, advice, explanation. A page
is read when it is first asked for. Adding a code is adding a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from khung.diagnostics.model import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.diagnostics.model import Diagnostic

_FOLDER = Path(__file__).parent / "codes"


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
class Page:
    """One code. `said` has an entry for every language of `khung.locale`."""

    code: str
    slug: str
    severity: Severity
    said: Mapping[str, Sentences]


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
        text: `# CODE slug`, `severity: …`, then one part a language, each beginning `## vi`.

    Raises:
        ValueError: The page has not that form.
    """
    head, *parts = text.replace("\r\n", "\n").split("\n## ")
    title, severity, *_ = head.strip().split("\n")
    code, slug = title.removeprefix("# ").split()
    said = dict(_language(part) for part in parts)
    return Page(code, slug, Severity(severity.removeprefix("severity: ").strip()), said)


def _language(part: str) -> tuple[str, Sentences]:
    first, _, rest = part.partition("\n")
    sentences, _, body = rest.strip().partition("\n\n")
    pairs = dict(line.split(": ", 1) for line in sentences.split("\n"))
    helps = {
        k.removeprefix("help").removeprefix("."): v for k, v in pairs.items() if k != "message"
    }
    return first.strip(), Sentences(pairs["message"], helps, body.strip() + "\n")
