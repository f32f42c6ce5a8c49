"""The templates of a rulebook, found, opened and checked before anything is made of them.

Reports: K0590-K0596.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung import paths
from khung.records import dataclass
from khung.report.forms import excel, word
from khung.report.forms.cases import tree_of
from khung.report.forms.filters import Teller
from khung.report.forms.offers import Sort
from khung.report.forms.package import MOST_BYTES, UnsoundError, parts_of
from khung.report.forms.sandbox import Language
from khung.report.forms.shapes_check import Kind, check_names
from khung.report.words.labels import Words
from khung.rulebook.folder import base_of_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jinja2 import nodes

    from khung.diagnostics.bag import Bag
    from khung.driver import Ready
    from khung.ir.documents import Form
    from khung.report.forms.excel import ExcelForm
    from khung.report.forms.sandbox import RefusedError
    from khung.report.forms.source import Source
    from khung.report.forms.tree import Tree
    from khung.report.forms.word import WordForm

EXCEL, WORD = ".xlsx", ".docx"


def check_forms(ready: Ready, lang: str, bag: Bag) -> None:
    """Report all that is wrong with the templates of a sound rulebook."""
    if ready.program is not None and ready.program.forms:
        tree = tree_of(Words(ready.program, lang, ready.clauses))
        for form in ready.program.forms:
            checked(form, ready.folder, tree, bag)


def shapes_for(form: Form) -> dict[str, str]:
    """Return the shapes of what stands at the top of a form, by name."""
    own = {form.subject: f"subject:{form.subject}"} if form.subject else {}
    return {**own, "case": "case", "rulebook": "rulebook"}


@dataclass(frozen=True, slots=True)
class Sound:
    """A template of which nothing is to be said: its bytes, its parts, and what it asks for."""

    data: bytes
    parts: Mapping[str, bytes]
    trees: Mapping[str, nodes.Template]
    language: Language


def form_of(form: Form, folder: Path, tree: Tree, bag: Bag) -> WordForm | ExcelForm | None:
    """Return a form ready to be filled in; None after a diagnostic.

    Args:
        form: The form.
        folder: The folder of the rulebook that is run.
        tree: What templates may name.
        bag: Where to report.
    """
    found = checked(form, folder, tree, bag)
    if found is None:
        return None
    if ending_of(form) == EXCEL:
        return excel.excel_form(found.data, found.trees, found.language)
    return word.word_form(found.parts, found.trees, found.language)


def checked(form: Form, folder: Path, tree: Tree, bag: Bag) -> Sound | None:
    """Return the template of a form as it is checked; None after a diagnostic."""
    data = _read(form, folder, bag)
    if data is None:
        return None
    is_excel = ending_of(form) == EXCEL
    language = Language(Teller(tree.words), xml=not is_excel)
    try:
        parts = parts_of(data)
        found = list(_excel_sources(data) if is_excel else word.sources(parts))
    except UnsoundError as error:
        bag.add(
            error.code, form.span, help=error.advice, template=form.template, part=error.part or "—"
        )
        return None
    trees = _trees(found, form, tree, language, bag)
    return None if trees is None else Sound(data, parts, trees, language)


def ending_of(form: Form) -> str:
    """Return the ending of the files of a form."""
    return EXCEL if form.template.lower().endswith(EXCEL) else WORD


def _excel_sources(data: bytes) -> Iterable[Source]:
    try:
        return list(excel.sources(excel.opened(data)))
    except UnsoundError:
        raise
    except Exception as error:
        # openpyxl raises whatever its parts come upon in a workbook that is not one
        raise UnsoundError("K0592", "broken") from error


def _trees(
    found: list[Source], form: Form, tree: Tree, language: Language, bag: Bag
) -> dict[str, nodes.Template] | None:
    """Return the sources of a template as trees; None after what it asks for and is not there."""
    names: Mapping[str, Kind] = {n: Kind(Sort.ONE, s) for n, s in shapes_for(form).items()}
    trees: dict[str, nodes.Template] = {}
    wrong: list[tuple[Source, RefusedError]] = []
    for source in found:
        parsed, refused = language.parsed(source.text)
        if parsed is not None and not refused:
            trees[source.part] = parsed
            refused = check_names(parsed, names, tree.shapes)
        wrong += [(source, problem) for problem in refused]
    for source, problem in wrong:
        words: dict[str, Any] = {"place": source.place(problem.line) or source.part}
        advice = problem.words.pop("help", "")
        words |= {"template": form.template, "form": form.name, **problem.words}
        bag.add(problem.code, form.span, help=advice, **words)
    return None if wrong else trees


# -- files ----------------------------------------------------------------------------------------


def _read(form: Form, folder: Path, bag: Bag) -> bytes | None:
    """Return the bytes of a template, which must really be in the folder that names it (K0591)."""
    home = _home(form, folder)
    path = None if home is None else home / form.template
    if home is None or path is None or not paths.is_file(path):
        bag.add("K0591", form.span, template=form.template)
        return None
    if not paths.real(path).is_relative_to(paths.real(home)):
        bag.add("K0591", form.span, help="outside", template=form.template)
        return None
    found = paths.status(path)
    if found is None or found.st_size > MOST_BYTES:
        bag.add("K0592", form.span, help="large", template=form.template, part="—")
        return None
    try:
        return path.read_bytes()
    except OSError:
        bag.add("K0591", form.span, help="unread", template=form.template)
        return None


def _home(form: Form, folder: Path) -> Path | None:
    """Return the folder that has the template: of the rulebook, or of one that it extends."""
    if form.folder in ("", paths.real(folder).name, folder.name):
        return folder
    return base_of_name(folder, form.folder)
