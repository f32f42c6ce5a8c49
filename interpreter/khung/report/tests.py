"""The outcome of test cases: for people, as JSON, as JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.analysis.testing import CaseRun, Outcome
from khung.diagnostics.render.forms import render_json
from khung.locale import phrase, voice
from khung.report.document.model import BLANK, Document, Fit, Line
from khung.report.document.terminal import rendered
from khung.report.encode import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.coverage import Count, Coverage
    from khung.diagnostics.model import Diagnostic

_COUNTS = ("rules", "conditions", "clauses")
_COLUMNS = 100  # for which what differs is laid out where no terminal says


def counted(runs: Sequence[CaseRun], outcome: Outcome) -> int:
    """Return how many runs came out so."""
    return sum(run.outcome is outcome for run in runs)


# -- JSON -------------------------------------------------------------------------------------


def as_json(runs: Sequence[CaseRun], coverage: Coverage, lang: str) -> dict[str, Any]:
    """Return the document that `schemas/test.schema.json` describes."""
    return {
        "passed": counted(runs, Outcome.PASSED),
        "failed": counted(runs, Outcome.FAILED) + counted(runs, Outcome.INVALID),
        "cases": [_case(run, lang) for run in runs],
        "coverage": {name: _count(getattr(coverage, name)) for name in _COUNTS},
    }


def _case(run: CaseRun, lang: str) -> dict[str, Any]:
    differences = [
        {"path": f"{d.subject}.{d.what}", "expected": d.expected, "actual": d.actual}
        for d in run.differences
    ]
    return {
        "file": str(run.path),
        "title": _title(run, lang),
        "status": run.outcome.value,
        "differences": differences,
        "diagnostics": render_json(run.diagnostics, lang),
    }


def _count(count: Count) -> dict[str, Any]:
    return {"covered": count.covered, "total": count.total, "missing": list(count.missing)}


def _title(run: CaseRun, lang: str) -> str:
    return run.title.said(lang) if run.title else run.path.name


# -- JUnit ------------------------------------------------------------------------------------


def as_junit(runs: Sequence[CaseRun], lang: str) -> str:
    """Return an XML report as build servers read it."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415  # written, never read

    failed, invalid = counted(runs, Outcome.FAILED), counted(runs, Outcome.INVALID)
    numbers = {"tests": str(len(runs)), "failures": str(failed), "errors": str(invalid)}
    numbers["time"] = f"{sum(run.seconds for run in runs):.3f}"
    root = ET.Element("testsuites", numbers)
    suite = ET.SubElement(root, "testsuite", {"name": "khung", **numbers})
    for run in runs:
        names = {"classname": run.path.parent, "name": run.path.stem, "file": run.path}
        cleaned = {key: _clean(str(value)) for key, value in names.items()}
        case = ET.SubElement(suite, "testcase", {**cleaned, "time": f"{run.seconds:.3f}"})
        if run.outcome is not Outcome.PASSED:
            sign = "failure" if run.outcome is Outcome.FAILED else "error"
            found = ET.SubElement(case, sign, {"message": _clean(_title(run, lang))})
            found.text = _clean("\n".join([details(run, lang), *_coded(run)]))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _coded(run: CaseRun) -> Iterator[str]:
    """Yield each difference by its path and values, for programs that look for them."""
    for d in run.differences:
        expected, actual = (dumps(value).strip() for value in (d.expected, d.actual))
        yield f"{d.subject}.{d.what}: {expected} → {actual}"


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(
        c if c in "\t\n" or (c.isprintable() and c < "\ufffe") else "\ufffd" for c in text
    )


# -- text -------------------------------------------------------------------------------------


def told(
    runs: Sequence[CaseRun], lang: str
) -> Iterator[tuple[Document, tuple[Diagnostic, ...], Document]]:
    """Yield what is said of each run that is not as expected, before and after its diagnostics.

    Of what was said of an earlier run, such as of a rulebook, nothing is said again.
    """
    said: set[Any] = set()
    for run in runs:
        if run.outcome is Outcome.PASSED:
            continue
        title, outcome = _title(run, lang), phrase(lang, f"cli.test.case_{run.outcome.value}")
        new = tuple(d for d in run.diagnostics if (d.code, d.span, str(d.args)) not in said)
        said.update((d.code, d.span, str(d.args)) for d in new)
        head = Line(f"{outcome}  {run.path}  {title}", fit=Fit.WHOLE)
        lines = (*_differences(run, lang, 2), BLANK)
        yield Document(title, lang, (head,)), new, Document(title, lang, lines)


def details(run: CaseRun, lang: str) -> str:
    """Return what differs and what is wrong with the files."""
    from khung.diagnostics.render.forms import render_concise  # noqa: PLC0415  # only here

    differences = rendered(_differences(run, lang), _COLUMNS) if run.differences else ""
    return f"{differences}{render_concise(run.diagnostics, lang)}".rstrip("\n")


def _differences(run: CaseRun, lang: str, indent: int = 0) -> Iterator[Line]:
    from khung.report.differences import difference_lines  # noqa: PLC0415  # where some case fails

    if run.found is not None:
        yield from difference_lines(run.found, run.differences, lang, indent)


def sums(runs: Sequence[CaseRun], coverage: Coverage, lang: str) -> Document:
    """Return how many cases are as expected, and what of the rulebooks they use."""
    say = voice(lang, "cli.test")
    counts = {outcome.value: counted(runs, outcome) for outcome in Outcome}
    told = [say(name, **{name: n}) for name, n in counts.items() if n or name == "passed"]
    lines = [", ".join(told) + "."]
    for name in _COUNTS:
        count: Count = getattr(coverage, name)
        if count.total:
            lines.append(say(name, covered=count.covered, total=count.total) + ".")
    return Document("", lang, tuple(Line(line, fit=Fit.WHOLE) for line in lines))
