"""`khung format PATH…`: files laid out, and rulebooks in the words of a surface."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem
from khung.locale import voice
from khung.surfaces import SURFACES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import click

    from khung.analysis.formatting import Laid, Turned


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "format",
        lang,
        _format,
        [
            options.argument(lang, "files", nargs=-1, required=True),
            options.option(lang, "surface", type=options.OneOf(*SURFACES)),
            options.option(lang, "check", is_flag=True),
            options.option(lang, "diff", is_flag=True),
            options.language(lang),
        ],
    )


def _format(files: tuple[str, ...], surface: str | None, lang: str, **how: bool) -> int:
    named = [Path(file) for file in files]
    found: list[Laid] = []
    broken = 0
    for turned in _turned(named, surface) if surface else ():
        output.report(turned.diagnostics, lang)
        broken += bool(turned.diagnostics)
        found += turned.files
    if surface is None:
        found = list(_laid_out(named))
    for laid in found:
        output.report(laid.diagnostics, lang)
        broken += laid.after is None
    differing = [laid for laid in found if laid.differs]
    only_told = how["check"] or how["diff"]
    if not only_told:
        _save(differing)
    _tell(differing, len(found), broken, lang, only_told=only_told, as_diff=how["diff"])
    if broken:
        return ExitCode.INVALID
    return ExitCode.NO if how["check"] and differing else ExitCode.DONE


def _laid_out(named: Sequence[Path]) -> Iterator[Laid]:
    """Yield the files of some paths: of a folder those of khung's below it."""
    from khung.analysis.formatting import lay_out  # noqa: PLC0415  # not for the help
    from khung.cli.folders import cases_below  # noqa: PLC0415  # as above

    seen: set[Path] = set()
    for path in named:
        is_named = not paths.is_folder(path)
        files = [file for file in cases_below([path]) if is_named or not _is_leftover(file)]
        found = [laid for file in files if (laid := lay_out(file, is_named=is_named)) is not None]
        if not found:
            raise UsageProblem("K0846", path=str(path))
        yield from (laid for laid in found if laid.path not in seen)
        seen |= {laid.path for laid in found}


def _is_leftover(path: Path) -> bool:
    return any(part.startswith(".") and part not in (".", "..") for part in path.parts)


def _turned(named: Sequence[Path], surface: str) -> Iterator[Turned]:
    from khung.analysis.formatting import turn  # noqa: PLC0415  # not for the help

    folders = [(path, _rulebooks(path)) for path in named]
    for path, held in folders:
        if not held:
            raise UsageProblem("K0845", path=str(path))
    for folder in dict.fromkeys(folder for _, held in folders for folder in held):
        yield turn(folder, surface)


def _rulebooks(path: Path) -> Sequence[Path]:
    """Return a folder that is a rulebook, or those right in it."""
    from khung.rulebook.folder import MANIFEST, rulebooks_in  # noqa: PLC0415  # not for the help

    return [path] if paths.is_file(path / MANIFEST) else rulebooks_in(path)


def _save(files: Sequence[Laid]) -> None:
    """Write all files or none: what was written before a mistake is put back."""
    from khung.cli.saving import save  # noqa: PLC0415  # not for the help

    written: list[Laid] = []
    try:
        for laid in files:
            save(laid.after or b"", laid.path)
            written.append(laid)
    except UsageProblem:
        for laid in written:
            save(laid.before, laid.path)
        raise


def _tell(
    files: Sequence[Laid], count: int, broken: int, lang: str, *, only_told: bool, as_diff: bool
) -> None:
    say = voice(lang, "format")
    if as_diff:
        for laid in files:
            output.write(_diff(laid))
    elif files:
        told = "would" if only_told else "changed"
        for laid in files:
            output.write(say(told, path=laid.path) + "\n")
    changed, kept = len(files), count - len(files) - broken
    if not as_diff and count > broken:
        key = "sum_would" if only_told else "sum"
        output.write(say(key, changed=changed, kept=max(kept, 0)) + "\n")


def _diff(laid: Laid) -> str:
    from difflib import unified_diff  # noqa: PLC0415  # only where asked for

    before, after = (
        data.decode("utf-8", "replace").splitlines(keepends=True)
        for data in (laid.before, laid.after or b"")
    )
    lines = unified_diff(before, after, str(laid.path), str(laid.path))
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
