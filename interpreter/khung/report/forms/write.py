"""The forms of a case, filled in and written into a folder.

Reports: K0597-K0599 and those of `templates`.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from unicodedata import normalize

from jinja2 import TemplateError

from khung.diagnostics.bag import Bag, InvalidError
from khung.engine.progress import Phase, advancing
from khung.report.forms.cases import tree_of
from khung.report.forms.sandbox import TooLongError
from khung.report.forms.templates import ending_of, form_of
from khung.report.forms.word import NotWholeError
from khung.report.result.context import context_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from khung.driver import Evaluated
    from khung.engine.facts import Entity
    from khung.ir.documents import Form
    from khung.report.forms.excel import ExcelForm
    from khung.report.forms.offers import Offer
    from khung.report.forms.tree import Tree
    from khung.report.forms.word import WordForm
    from khung.why.result import Results

FOLDER = "forms"
"""The folder of the forms among the results of a case."""

_NOT_FILLED = (TypeError, ValueError, ArithmeticError, AttributeError, TemplateError)
"""What comes of a sum or comparison with what is not known, or is no number."""

MOST_UNASKED = 1_000
"""How many documents are made of a case where nobody names the forms to make."""

_LONGEST = 80  # characters of a file name without its ending: less than any system has room for
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def form_names(found: Evaluated) -> tuple[str, ...]:
    """Return the names of the forms of the rulebook that a case ran under."""
    program = found.results.program if found.results else None
    return tuple(form.name for form in program.forms) if program else ()


def number_of_documents(found: Evaluated) -> dict[str, int]:
    """Return how many documents each form of the rulebook of a case comes to, by its name."""
    assert found.results is not None  # noqa: S101  # only of sound cases
    results = found.results
    return {form.name: _number(form, results) for form in results.program.forms}


def _number(form: Form, results: Results) -> int:
    if not form.subject:
        return 1
    entities = results.case.entities.get(form.subject, {}).values()
    return sum(_has_one(form, entity, results) for entity in entities)


def write_forms(
    found: Evaluated, folder: Path, lang: str, names: Collection[str] | None = None
) -> list[Path]:
    """Write the forms of a case into `forms/` in a folder; return the files.

    Each is written whole or not at all, in place of one that is there.

    Args:
        found: A case with its results.
        folder: The folder of its results.
        lang: The language of what is filled in.
        names: The forms to make; all for None.

    Raises:
        InvalidError: A template is not sound, or is too long filled in; nothing was written.
        OSError: A file cannot be written.
    """
    written = []
    for place, data in made_forms(found, lang, names):
        path = folder / FOLDER / place
        path.parent.mkdir(parents=True, exist_ok=True)
        _save(data, path)
        written.append(path)
    return written


def _save(data: bytes, path: Path) -> None:
    part = path.with_name(f".khung-{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)  # noqa: PTH105  # Path.replace returns what is not asked for
    finally:
        with suppress(OSError):  # it was put into its place, or never made
            part.unlink()


def made_forms(
    found: Evaluated, lang: str, names: Collection[str] | None = None
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the forms of a case: the path of each among the forms, and its bytes.

    All templates are looked at before the first is filled in. Raises InvalidError.
    """
    assert found.results is not None  # noqa: S101  # only of sound cases
    assert found.ready is not None  # noqa: S101  # as above
    context = context_of(found.results, lang, found.ready.clauses)
    tree, bag = tree_of(context.words, context), Bag()
    forms = [one for one in found.results.program.forms if names is None or one.name in names]
    opened = [(form, form_of(form, found.ready.folder, tree, bag)) for form in forms]
    if bag.has_errors:
        raise InvalidError(bag.diagnostics)
    for form, template in opened:
        if template is not None:
            yield from _made(form, template, tree)


def _made(
    form: Form, template: WordForm | ExcelForm, tree: Tree
) -> Iterator[tuple[PurePosixPath, bytes]]:
    case, ending = tree.context.results.case, ending_of(form)
    shared = {"case": tree.offer(case, "case"), "rulebook": tree.offer(case, "rulebook")}
    if not form.subject:
        yield PurePosixPath(f"{safe(form.name)}{ending}"), _filled(form, template, shared, "")
        return
    taken: set[str] = set()
    entities = case.entities.get(form.subject, {}).values()
    for entity in advancing(entities, len(entities), Phase.FILLING):
        if _has_one(form, entity, tree.context.results):
            own = {form.subject: tree.offer(entity, f"subject:{form.subject}")}
            data = _filled(form, template, {**shared, **own}, entity.path)
            yield PurePosixPath(safe(form.name), f"{_free(entity.id, taken)}{ending}"), data


def _has_one(form: Form, entity: Entity, results: Results) -> bool:
    if form.when is None:
        return True
    evaluator = results.run.evaluator
    return bool(evaluator.truth(form.when, evaluator.env(entity)).least)


def _filled(
    form: Form, template: WordForm | ExcelForm, names: dict[str, Offer], whose: str
) -> bytes:
    bag = Bag()
    try:
        return template.made(names)
    except TooLongError:
        bag.add("K0597", form.span, template=form.template, form=form.name, whose=whose or "—")
    except NotWholeError:
        bag.add("K0599", form.span, template=form.template, form=form.name, whose=whose or "—")
    except _NOT_FILLED:
        bag.add("K0598", form.span, template=form.template, form=form.name, whose=whose or "—")
    raise InvalidError(bag.diagnostics)


# -- names of files -------------------------------------------------------------------------------


def safe(name: str) -> str:
    """Return a name that any system takes for a file: nothing special, not reserved, not long."""
    plain = _UNSAFE.sub("_", normalize("NFC", name)).strip(" .")[:_LONGEST].rstrip(" .")
    return f"{plain}_" if not plain or _RESERVED.fullmatch(plain) else plain


def _free(name: str, taken: set[str]) -> str:
    """Return a safe name that no other has, whatever the case of its letters, and take it."""
    plain, number = safe(name), 1
    found = plain
    while found.casefold() in taken:
        number += 1
        found = f"{plain}-{number}"
    taken.add(found.casefold())
    return found
