"""The comparison of two rulebooks as the object that `schemas/diff.schema.json` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.cli import output
from khung.report.json import head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.analysis.compare_outcomes import Compared
    from khung.analysis.difference import Comparison, Judged
    from khung.analysis.shelf import Ready


def as_json(found: Comparison, lang: str) -> dict[str, Any]:
    """Return the document."""
    return {
        "before": _rulebook(found.before),
        "after": _rulebook(found.after),
        "changes": [_change(judged) for judged in found.changes],
        "cases": [one for case in found.differing for one in _subjects(case, lang)],
        "witnesses": [],
        "matrix": None,
        "tried": len(found.cases),
        "shifted_months": found.shifted_months,
        "not_run": [_refused(case, lang) for case in found.refused],
        "diagnostics": [],
    }


def _rulebook(ready: Ready) -> dict[str, Any]:
    assert ready.program is not None  # noqa: S101  # the rulebooks compared are sound
    about: dict[str, Any] = head(ready.program)["rulebook"]
    return about


def _change(judged: Judged) -> dict[str, Any]:
    change = judged.change
    return {
        "path": change.path,
        "sources": list(change.item.sources),
        "before": change.before,
        "after": change.after,
        "class": judged.klass.value,
        "group": judged.group or None,
    }


def _subjects(case: Compared, lang: str) -> Iterator[dict[str, Any]]:
    for one in case.differences:
        yield {
            "case": str(case.path),
            "title": _title(case, lang),
            "subject": f"{one.type}.{one.id}",
            "before": dict(one.before.result) if one.before else None,
            "after": dict(one.after.result) if one.after else None,
            "causes": list(one.causes),
        }


def _refused(case: Compared, lang: str) -> dict[str, Any]:
    said = {
        side: output.as_json([diagnostic], lang)[0] for side, diagnostic in case.refused.items()
    }
    return {
        "case": str(case.path),
        "title": _title(case, lang),
        "before": said.get("before"),
        "after": said.get("after"),
    }


def _title(case: Compared, lang: str) -> str:
    return case.title.said(lang) if case.title else case.path.stem
