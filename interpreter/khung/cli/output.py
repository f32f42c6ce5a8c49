"""What is written to the console: right whatever the console is, silent when nobody listens."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager, suppress
from errno import ENOSPC
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from khung.cli.problems import UsageProblem
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from khung.diagnostics.model import Diagnostic
    from khung.report.document.model import Document

T = TypeVar("T")

_CI_COMMAND = re.compile(r"(?m)^(?=[ \t]*::)")
_NARROWEST, _USUAL, _WIDEST = (
    60,
    100,
    120,
)  # columns: text is laid out for these, whatever the terminal says


def prepare() -> None:
    """Write UTF-8 whatever the console says; what even that cannot hold is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def write(text: str, *, for_ci: bool = False) -> None:
    """Write to standard output.

    Args:
        text: What to write.
        for_ci: Whether lines that begin with `::` are commands to the build server that reads
            them; otherwise no text of a file may become one.
    """
    _write(sys.stdout, text if for_ci else _CI_COMMAND.sub(r"\\", text))


def write_json(answer: object) -> None:
    """Write one JSON value to standard output; decimals keep their digits."""
    from khung.report.encode import dumps  # noqa: PLC0415  # only where asked for

    write(dumps(answer))


def write_document(document: Document) -> None:
    """Write a document to standard output, laid out for its width; nothing of an empty one."""
    from khung.report.document.terminal import to_terminal  # noqa: PLC0415  # not for the help

    if document.blocks:
        write(to_terminal(document, width=width(), color=colored(sys.stdout)))


def typed() -> bytes:
    """Return what comes in at standard input; nothing where there is none."""
    stream = getattr(sys.stdin, "buffer", None)
    return b"" if stream is None else bytes(stream.read())


def say(text: str) -> None:
    """Write to standard error."""
    _write(sys.stderr, text)


def watched(running: Iterator[T], total: int, lang: str) -> Iterator[T]:
    """Pass on what runs; on a terminal say how far it is."""
    shown = sys.stderr.isatty()
    for done, item in enumerate(running, 1):
        if shown:
            say("\r" + phrase(lang, "cli.test.running", done=done, total=total))
        yield item
    if shown:
        say("\r\x1b[K")


def gathered(coming: Iterable[T], said: Callable[[T, int], str]) -> tuple[list[T], bool]:
    """Return what comes, and whether the user broke it off: then it is what came until then.

    Args:
        coming: What is gathered.
        said: What a terminal shows of one of them, and how many there are with it.
    """
    found: list[T] = []
    shown, stopped = sys.stderr.isatty(), False
    try:
        for one in coming:
            found.append(one)
            if shown:
                say(f"\r\x1b[K{said(one, len(found))}")
    except KeyboardInterrupt:
        stopped = True
    if shown:
        say("\r\x1b[K")
    return found, stopped


@contextmanager
def progress(lang: str) -> Iterator[None]:
    """Say on a terminal how far work on a large case is, and take it back."""
    if not sys.stderr.isatty():
        yield
        return
    from khung.engine.progress import listening  # noqa: PLC0415  # only where someone looks

    shown = False

    def tell(phase: str, percent: int) -> None:
        nonlocal shown
        shown = True
        say("\r\x1b[K" + phrase(lang, f"cli.eval.{phase}", percent=percent))

    try:
        with listening(tell):
            yield
    finally:
        if shown:
            say("\r\x1b[K")


@contextmanager
def steps(lang: str, key: str) -> Iterator[Callable[[str, int], None]]:
    """Give what says on a terminal which table is being written, and take it back at the end."""
    shown = sys.stderr.isatty()

    def tell(table: str, rows: int) -> None:
        if shown:
            say("\r\x1b[K" + phrase(lang, key, table=table, rows=rows))

    try:
        yield tell
    finally:
        if shown:
            say("\r\x1b[K")


def report(diagnostics: Sequence[Diagnostic], lang: str) -> None:
    """Write diagnostics to standard error, in the form for people."""
    if not diagnostics:
        return
    from khung.diagnostics.render.full import render_full  # noqa: PLC0415  # only after a mistake

    color = colored(sys.stderr)
    say(render_full(diagnostics, lang, color=color, width=width()) + "\n")


def refuse(diagnostics: Sequence[Diagnostic], lang: str, *, as_data: bool = False) -> None:
    """Say why a command has nothing to show: to people, or as the only thing in a document."""
    if as_data:
        write_json({"diagnostics": as_json(diagnostics, lang)})
    else:
        report(diagnostics, lang)


def as_json(diagnostics: Sequence[Diagnostic], lang: str) -> list[dict[str, Any]]:
    """Return diagnostics as data."""
    from khung.diagnostics.render.forms import render_json  # noqa: PLC0415  # only where asked for

    return list(render_json(diagnostics, lang))


def colored(stream: TextIO | None) -> bool:
    """Say whether a stream is a terminal that wants colours."""
    if stream is None:
        return False
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return for how many columns to lay out text."""
    return min(max(_columns(), _NARROWEST), _WIDEST)


def _columns() -> int:
    """Return what `shutil` does, which takes 3 ms to load: as told, or as wide as the terminal."""
    with suppress(ValueError):
        told = int(os.environ.get("COLUMNS", ""))
        if told > 0:
            return told
    with suppress(AttributeError, ValueError, OSError):
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _USUAL  # type: ignore[union-attr]
    return _USUAL


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # closed by whoever started the program: nobody listens
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _close(stream)
    except OSError as error:
        _close(stream)
        raise UsageProblem("K0820", help="full" if error.errno == ENOSPC else "") from error


def _close(stream: TextIO) -> None:
    """Send what is still to come nowhere: Python would complain of it when it ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
