"""Options and arguments that commands share, each made in the language that is spoken."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import click

from khung.cli import output
from khung.cli.problems import UsageProblem, unknown
from khung.locale import languages, phrase

_THOUSANDS = re.compile(r"[.,_ ](?=[0-9]{3}(?:[.,_ ]|$))")
_SHARE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)%")


MEMORY = 200, 1_000_000
"""How little and how much memory may be given to a database, in MB."""


class OneOf(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """One of a few words."""

    name = "word"

    def __init__(self, *words: str) -> None:
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002  # click's signature
        """Return the word; report one that is none of them."""
        if value not in self.words:
            option = param.opts[0] if param else ""
            raise unknown("K0805", str(value), self.words, option=option)
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        param: click.Parameter,  # noqa: ARG002  # as above
        incomplete: str,
    ) -> list[Any]:
        """Return the words that begin as what is typed."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  # only for a shell

        return [CompletionItem(word) for word in self.words if word.startswith(incomplete)]

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002  # click's signature
        """Return the words as the help shows them."""
        return "|".join(self.words)


class NameAndOption(click.ParamType):  # type: ignore[type-arg]  # as above
    """`NAME=OPTION`: a reading with the option to follow, or a subject with the id of one."""

    name = "reading"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,  # noqa: ARG002  # click's signature
    ) -> tuple[str, str]:
        """Return the two names."""
        if isinstance(value, tuple):
            return value
        name, sign, option = str(value).partition("=")
        if not (name.strip() and sign and option.strip()):
            advice = "unit" if param and param.name == "for" else ""
            raise UsageProblem("K0808", help=advice, value=str(value))
        return name.strip(), option.strip()


class Whole(click.ParamType):  # type: ignore[type-arg]  # as above
    """A whole number within two ends."""

    name = "number"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ARG002  # click's signature
        """Return the number, which may have dots or commas between thousands."""
        text = str(value)
        digits = text if text.isdecimal() else _THOUSANDS.sub("", text)
        if not (digits.isascii() and digits.isdecimal() and self.low <= int(digits) <= self.high):
            option = param.opts[0] if param else ""
            raise UsageProblem(
                "K0870", option=option, value=text, low=f"{self.low}", high=f"{self.high}"
            )
        return int(digits)


class Share(click.ParamType):  # type: ignore[type-arg]  # as above
    """A share, such as `1%`."""

    name = "share"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,  # noqa: ARG002  # click's signature
    ) -> Fraction:
        """Return the share."""
        found = _SHARE.fullmatch(str(value))
        share = Fraction(found[1].replace(",", ".")) / 100 if found else None
        if share is None or share > 1:
            raise UsageProblem("K0871", option=param.opts[0] if param else "", value=str(value))
        return share


def option(lang: str, name: str, *others: str, help_key: str = "", **settings: Any) -> click.Option:
    """Return the option `--name`, also called otherwise; its help is `cli.option.HELP_KEY`.

    Without a key of its own the help is that of the name.
    """
    said = phrase(lang, f"cli.option.{help_key or name}")
    called = [f"--{one}" for one in (name, *others)]
    settings |= _completed(settings)
    return click.Option([name.replace("-", "_"), *called], help=said, **settings)


def _completed(settings: dict[str, Any]) -> dict[str, Any]:
    """Return what lets a shell complete a value; words do it themselves, and flags have none."""
    words = isinstance(settings.get("type"), OneOf)
    return {} if words or settings.get("is_flag") else {"shell_complete": _offered}


def _offered(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    from khung.cli.completion import offered  # noqa: PLC0415  # only for a shell

    return offered(ctx, param, incomplete)


def version(lang: str) -> click.Option:
    """Return `--version`, which ends the command line."""
    return option(lang, "version", is_flag=True, is_eager=True, callback=_say_version)


def _say_version(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ARG001  # click's signature
    if value:
        from importlib.metadata import version as of  # noqa: PLC0415  # 20 ms, only here

        output.write(f"khung {of('khung')}\n")
        ctx.exit()


def argument(lang: str, name: str, **settings: Any) -> click.Argument:
    """Return an argument, called in usage lines by `cli.argument.NAME`."""
    settings |= _completed(settings)
    return click.Argument([name], metavar=phrase(lang, f"cli.argument.{name}"), **settings)


def form(lang: str, *words: str) -> click.Option:
    """Return `--format`; the first form is the default."""
    return option(lang, "format", type=OneOf(*words), default=words[0])


def language(lang: str) -> click.Option:
    """Return `--lang`."""
    return option(lang, "lang", type=OneOf(*languages), default=lang)


def reading(lang: str, help_key: str = "reading") -> click.Option:
    """Return `--reading`, which may stand several times; its help is `cli.option.HELP_KEY`."""
    said, metavar = phrase(lang, f"cli.option.{help_key}"), phrase(lang, "cli.metavar.reading")
    how: dict[str, Any] = {"type": NameAndOption(), "multiple": True, "metavar": metavar}
    how |= _completed(how)
    return click.Option(["--reading"], help=said, **how)


def full(lang: str, help_key: str) -> click.Option:
    """Return `--full`; what it adds says `cli.option.HELP_KEY`."""
    return click.Option(["--full"], is_flag=True, help=phrase(lang, f"cli.option.{help_key}"))


def folder(lang: str) -> click.Option:
    """Return `--output`, also called `--to`, where it names a file or a folder to be made."""
    said, metavar = phrase(lang, "cli.option.output_folder"), phrase(lang, "cli.metavar.path")
    how = _completed({})
    return click.Option(["--output", "--to"], help=said, metavar=metavar, **how)


def rulebooks(lang: str) -> click.Option:
    """Return `--rulebooks`."""
    return option(lang, "rulebooks", metavar=phrase(lang, "cli.metavar.folder"))
