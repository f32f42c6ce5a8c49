"""`khung fix PATH…`: mend what is certain in rulebooks and cases."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung import paths
from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

    from khung.editor.files import Target
    from khung.editor.mending import Change, Mended


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "fix",
        lang,
        _fix,
        [
            options.argument(lang, "files", nargs=-1, required=True),
            options.option(lang, "diff", help_key="fix_diff", is_flag=True),
            options.option(lang, "check", help_key="fix_check", is_flag=True),
            options.form(lang, "text", "json"),
            options.language(lang),
            options.rulebooks(lang),
        ],
    )


def _fix(files: tuple[str, ...], rulebooks: str | None, lang: str, **how: Any) -> int:
    from khung.driver import Shelf  # noqa: PLC0415  # not for the help
    from khung.editor.mending import mended  # noqa: PLC0415  # as above

    targets = _targets(files, rulebooks, lang)
    if targets is None:
        return ExitCode.INVALID
    shelf = Shelf()
    found = [mended(target, shelf, only) for target, only in targets.items()]
    only_shows = how["diff"] or how["check"]
    if not only_shows:
        _save(found)
    if how["format"] == "json":
        output.write_json(_as_json(found, lang))
    else:
        output.write(_diff(found) if how["diff"] else _told(found, lang, done=not only_shows))
    return ExitCode.NO if only_shows and any(one.changes for one in found) else ExitCode.DONE


def _save(found: list[Mended]) -> None:
    from khung.cli.saving import save  # noqa: PLC0415  # not for the help

    for one in found:
        for path, text in one.after.items():
            save(text.encode("utf-8"), Path(path))


# -- which files ----------------------------------------------------------------------------------


def _targets(
    files: tuple[str, ...], rulebooks: str | None, lang: str
) -> dict[Target, set[str] | None] | None:
    """Return what is to be mended, each with the files of it that were named; None: all of them.

    None, with a message, if a path is nothing.
    """
    from khung.diagnostics.bag import Bag  # noqa: PLC0415  # not for the help

    bag, found = Bag(), dict[Any, "set[str] | None"]()
    for name in files:
        named = list(_named(name, rulebooks))
        if not named:
            bag.add("K0101", None, file=name, near="", name=name)
        for target, file in named:
            known = found.setdefault(target, set() if file else None)
            if known is not None and file:
                known.add(file)
            elif not file:
                found[target] = None
    output.report(bag.diagnostics, lang)
    return None if bag.has_errors else found


def _named(name: str, rulebooks: str | None) -> Iterator[tuple[Target, str]]:
    """Yield what a path means: a target, and the file of it, if one is named."""
    from khung.diagnostics.bag import Bag  # noqa: PLC0415  # not for the help
    from khung.editor.files import Kind, Target  # noqa: PLC0415  # as above
    from khung.source.files import place_of  # noqa: PLC0415  # as above

    path = Path(name)
    if paths.is_file(path):
        yield from _of_file(path)
    elif paths.is_folder(path):
        yield from _of_folder(path)
    else:
        from khung.casefile.find import find_rulebook  # noqa: PLC0415  # a rulebook by its name

        within = None if rulebooks is None else Path(rulebooks)
        folder = find_rulebook(name, None, within, Bag())
        if folder is not None:
            yield Target(Kind.RULEBOOK, place_of(folder)), ""


def _of_file(path: Path) -> Iterator[tuple[Target, str]]:
    from khung.diagnostics.bag import Bag  # noqa: PLC0415  # not for the help
    from khung.editor.files import Kind, target_of  # noqa: PLC0415  # as above
    from khung.source.files import place_of, read_bytes  # noqa: PLC0415  # as above

    text = (read_bytes(path, Bag()) or b"").decode("utf-8", "replace")
    target = target_of(place_of(path), text, ())
    if target is not None:
        yield target, place_of(path) if target.kind is Kind.RULEBOOK else ""


def _of_folder(path: Path) -> Iterator[tuple[Target, str]]:
    from khung.editor.files import Kind, Target  # noqa: PLC0415  # not for the help
    from khung.rulebook.folder import MANIFEST  # noqa: PLC0415  # as above
    from khung.source.files import place_of  # noqa: PLC0415  # as above

    if paths.is_file(path / MANIFEST):
        yield Target(Kind.RULEBOOK, place_of(path)), ""
        return
    for inner in paths.inside(path) or ():
        if paths.is_folder(inner) and not paths.is_link(inner):
            yield from _of_folder(inner)
        elif paths.is_file(inner):
            yield from _of_file(inner)


# -- what is told ---------------------------------------------------------------------------------


def _told(found: list[Mended], lang: str, *, done: bool) -> str:
    changes = [change for one in found for change in one.changes]
    lines = [_line(change, lang) for change in changes]
    left = sum(len(one.left) for one in found)
    key = "none" if not changes else "done" if done else "would"
    files = len({change.path for change in changes})
    lines.append(phrase(lang, f"editor.fix.{key}", count=len(changes), files=files))
    if left:
        lines.append(phrase(lang, "editor.fix.left", count=left))
    return "\n".join(lines) + "\n"


def _line(change: Change, lang: str) -> str:
    from khung.editor.told import title_of  # noqa: PLC0415  # not for the help

    where = f"{paths.nearby(Path(change.path))}:{change.line}"
    return f"{where}: {title_of(change.was, change.now, change.code, lang)}"


def _diff(found: list[Mended]) -> str:
    return "".join(
        line if line.endswith("\n") else line + "\n"
        for one in found
        for path in sorted(one.after)
        for line in unified_diff(
            one.before[path].splitlines(keepends=True),
            one.after[path].splitlines(keepends=True),
            str(paths.nearby(Path(path))),
            str(paths.nearby(Path(path))),
        )
    )


def _as_json(found: list[Mended], lang: str) -> dict[str, Any]:
    changes = [
        {
            "file": str(paths.nearby(Path(change.path))),
            "line": change.line,
            "code": change.code,
            "before": change.was,
            "after": change.now,
        }
        for one in found
        for change in one.changes
    ]
    left = [diagnostic for one in found for diagnostic in one.left]
    return {"changes": changes, "diagnostics": output.as_json(left, lang)}
