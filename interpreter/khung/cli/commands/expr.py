"""`khung expr EXPRESSION`: the value of one expression."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.locale import phrase

if TYPE_CHECKING:
    import click

    from khung.analysis.expressions import Answer
    from khung.engine.values import Value
    from khung.ir.types import Type


_NEGATIVE = re.compile(r"-(?!-)(?![A-Za-z]*$)")
"""A minus with anything behind it that no option has."""


def command(lang: str) -> click.Command:
    """Return the command."""
    return _Command(
        "expr",
        lang,
        _expr,
        [
            options.argument(lang, "expression"),
            options.option(lang, "given", metavar=phrase(lang, "cli.metavar.file")),
            options.form(lang, "text", "json"),
            options.language(lang),
        ],
    )


class _Command(Command):
    """Takes an expression that begins with a minus, as `-(1)`, for what it is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such an expression where no option can stand."""
        given = next((a for a in args if _NEGATIVE.match(a)), None)
        if given is not None and "--" not in args:
            args.remove(given)
            args += ["--", given]
        return super().parse_args(ctx, args)


def _expr(expression: str, given: str | None, lang: str, format: str) -> int:  # noqa: A002  # the option's name
    from khung.analysis.expressions import evaluate_text  # noqa: PLC0415  # not for the help

    answer = evaluate_text(expression, Path(given) if given else None)
    if format == "json":
        output.write_json(_as_json(answer, lang))
    else:
        output.report(answer.diagnostics, lang)
        if answer.value is not None and answer.ty is not None:
            output.write(_said(answer.value, answer.ty, lang) + "\n")
    return ExitCode.INVALID if answer.value is None else ExitCode.DONE


def _as_json(answer: Answer, lang: str) -> dict[str, Any]:
    diagnostics = output.as_json(answer.diagnostics, lang)
    if answer.value is None or answer.ty is None:
        return {"value": None, "type": None, "diagnostics": diagnostics}
    value, ty = answer.value, answer.ty
    bounds = {} if value.known else {"least": _end(value, ty), "most": _end(value, ty, most=True)}
    known = {"value": _end(value, ty) if value.known else None, "known": value.known, **bounds}
    return {**known, "why": value.why or None, "type": _type(ty, lang), "diagnostics": diagnostics}


def _end(value: Value, ty: Type, *, most: bool = False) -> Any:
    """Return an end of a value as data; None where it has none."""
    from khung.engine.values import INFINITY, known  # noqa: PLC0415  # not for the help
    from khung.report.values import plain  # noqa: PLC0415  # as above

    end = value.most if most else value.least
    if end is None or end in (date.min, date.max, INFINITY, -INFINITY):
        return None
    return plain(known(end), ty, _nothing())


def _said(value: Value, ty: Type, lang: str) -> str:
    from khung.engine.values import ERROR, Interval  # noqa: PLC0415  # not for the help
    from khung.report.encode import dumps  # noqa: PLC0415  # as above

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
    from khung.ir.words import type_word  # noqa: PLC0415  # not for the help

    word = type_word(ty)
    return phrase(lang, f"word.{word.key}", name=word.name)


def _nothing() -> Any:
    """Return a program that declares nothing."""
    from khung.ir.program import Program  # noqa: PLC0415  # not for the help
    from khung.rulebook.model import Label  # noqa: PLC0415  # as above

    return Program("", "", Label(""), (date.min, date.max), {}, {}, {})
