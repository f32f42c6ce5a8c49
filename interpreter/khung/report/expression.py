"""The value of one expression: for people and as data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from khung.analysis.values import plain
from khung.diagnostics.render.forms import render_json
from khung.engine.values import ERROR, INFINITY, Interval, known
from khung.ir.operators import type_word
from khung.ir.program import Program
from khung.locale import phrase
from khung.report.encode import dumps
from khung.rulebook.model import Label

if TYPE_CHECKING:
    from khung.analysis.expressions import Answer
    from khung.engine.values import Value
    from khung.ir.types import Type


def as_json(answer: Answer, lang: str) -> dict[str, Any]:
    """Return the value as data, with its type and what is known of it."""
    diagnostics = render_json(answer.diagnostics, lang)
    if answer.value is None or answer.ty is None:
        return {"value": None, "type": None, "diagnostics": diagnostics}
    value, ty = answer.value, answer.ty
    bounds = {} if value.known else {"least": _end(value, ty), "most": _end(value, ty, most=True)}
    known = {"value": _end(value, ty) if value.known else None, "known": value.known, **bounds}
    return {**known, "why": value.why or None, "type": _type(ty, lang), "diagnostics": diagnostics}


def _end(value: Value, ty: Type, *, most: bool = False) -> Any:
    """Return an end of a value as data; None where it has none."""
    end = value.most if most else value.least
    if end is None or end in (date.min, date.max, INFINITY, -INFINITY):
        return None
    nothing = Program("", "", Label(""), (date.min, date.max), {}, {}, {})
    return plain(known(end), ty, nothing)


def text(answer: Answer, lang: str) -> str:
    """Return the value in a line; empty if there is none."""
    if answer.value is None or answer.ty is None:
        return ""
    return _said(answer.value, answer.ty, lang) + "\n"


def _said(value: Value, ty: Type, lang: str) -> str:
    if value.known:
        if isinstance(value.least, bool):
            return phrase(lang, f"cli.expr.{str(value.least).lower()}")
        found = _end(value, ty)
        plainly = isinstance(found, str) and not isinstance(value.least, str)
        if isinstance(value.least, Interval):
            return _range(value, found)
        return str(found) if plainly else dumps(found).strip()
    if value.why == ERROR:
        return phrase(lang, "cli.expr.failed")
    if isinstance(value.least, bool):
        return phrase(lang, "cli.expr.maybe")
    least, most = _end(value, ty), _end(value, ty, most=True)
    if least is None and most is None:
        return phrase(lang, "cli.expr.open")
    ends = ["…" if end is None else dumps(end).strip() for end in (least, most)]
    return phrase(lang, "cli.expr.between", least=ends[0], most=ends[1])


def _range(value: Value, ends: dict[str, Any]) -> str:
    left = "[" if value.least.low_closed else "("
    right = "]" if value.least.high_closed else ")"
    return f"{left}{ends['from']}..{ends['to']}{right}"


def _type(ty: Type, lang: str) -> str:
    word = type_word(ty)
    return phrase(lang, f"word.{word.key}", name=word.name)
