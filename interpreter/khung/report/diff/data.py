"""The comparison of two rulebooks as the object that `schemas/diff.schema.json` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.diagnostics.render.forms import render_json
from khung.report.result.json import head, result_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.analysis.compare_outcomes import Compared
    from khung.analysis.difference import Comparison, Judged
    from khung.analysis.outcomes import Difference, Outcome
    from khung.driver import Ready

_SHOWN = ("status", "level", "at_best", "at_worst")


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
            "before": outcome(one.before, one, lang),
            "after": outcome(one.after, one, lang),
            "causes": list(one.causes),
        }


def outcome(side: Outcome | None, one: Difference, lang: str) -> dict[str, Any] | None:
    """Return what is shown of a side: its level, its reasons, and other parts that differ.

    Args:
        side: What the side makes of a subject; None if it has no result there.
        one: How the subject differs.
        lang: The language of its texts.
    """
    if side is None:
        return None
    assert side.found.results is not None  # noqa: S101  # an outcome is one of them
    data = result_json(side.found.results, side.result, lang)
    shown = {key: data[key] for key in _SHOWN}
    alone = None in (one.before, one.after)
    if ("", "decision") in one.facets or (alone and data["decision"] is not None):
        shown["decision"] = data["decision"]
    for part in ("outputs", "checks"):
        names = [name for held, name in one.facets if held == part]
        if names:
            shown[part] = {name: _value(data[part][name]) for name in names if name in data[part]}
    return {**shown, "reasons": data["reasons"]}


def _value(found: Any) -> Any:
    """Return the state of a check; of an output the value alone."""
    return found["value"] if isinstance(found, dict) else found


def _refused(case: Compared, lang: str) -> dict[str, Any]:
    said = {side: render_json([diagnostic], lang)[0] for side, diagnostic in case.refused.items()}
    return {
        "case": str(case.path),
        "title": _title(case, lang),
        "before": said.get("before"),
        "after": said.get("after"),
    }


def _title(case: Compared, lang: str) -> str:
    return case.title.said(lang) if case.title else case.path.stem
