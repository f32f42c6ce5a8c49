"""Case files as tests of pytest: one test for each subject and each group that a case expects.

Looked at are `.yaml` files that are named on the command line or lie in a folder `cases`; of them,
those that have the keys of a case with `expect`. What fails is told as `khung test` tells it; what
khung warns of is a warning of pytest.

pytest loads this module in every project where khung is installed. So nothing else of khung is
imported before there is a case.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike
    from pathlib import Path

    from khung.casefile.model import Expect
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Evaluated, Shelf
    from khung.text import Span

FOLDER = "cases"
"""In folders of this name cases are looked for."""

_OPTION = "--khung-reading"
_KEYS = tuple(re.compile(rb"\b%s[\"']?\s*:" % key) for key in (b"case", b"rulebook", b"expect"))


class CaseWarning(pytest.PytestWarning):
    """What khung warns of in a case or its rulebook."""


class CaseFailedError(Exception):
    """A result is not as expected, or the case is invalid. Its text says all."""


# -- what pytest calls ------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option."""
    parser.getgroup("khung", "khung, cases of rulebooks").addoption(
        _OPTION,
        action="append",
        default=[],
        metavar="NAME=OPTION",
        help="the option of a reading to follow in every case; may be given several times",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a reading that is not written as one."""
    for text in config.getoption(_OPTION):
        if not re.fullmatch(r"[^=]+=[^=]+", text):
            message = f"{_OPTION} takes NAME=OPTION, not {text}"
            raise pytest.UsageError(message)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseModule | None:
    """Collect a file that is a case with expectations."""
    if file_path.suffix != ".yaml" or not _is_asked_for(file_path, parent):
        return None
    text = file_path.read_bytes()
    if not all(key.search(text) for key in _KEYS):
        return None
    module: CaseModule = CaseModule.from_parent(parent, path=file_path)
    return module


def _is_asked_for(path: Path, parent: pytest.Collector) -> bool:
    root = parent.config.rootpath
    parts = path.relative_to(root).parts if path.is_relative_to(root) else path.parts
    return FOLDER in parts[:-1] or parent.session.isinitpath(path)


# -- what is collected ------------------------------------------------------------------------


class CaseModule(pytest.File):
    """A case file, evaluated once for all that it expects."""

    _found: Evaluated | None = None

    def collect(self) -> Iterator[ExpectedPart]:
        """Yield a test for each part of what is expected; for a broken file, one that fails."""
        from khung.casefile.model import Expect  # noqa: PLC0415  # only where cases are
        from khung.casefile.tables.case import read_any  # noqa: PLC0415  # as above
        from khung.diagnostics.bag import Bag  # noqa: PLC0415  # as above

        case_file = read_any(self.path, Bag())
        if case_file is None:
            yield ExpectedPart.from_parent(self, name="case", part=None, span=None)
            return
        expect = case_file.expect or Expect()
        if expect.diagnostics is not None:
            said, at = Expect(diagnostics=expect.diagnostics), case_file.on_span
            yield ExpectedPart.from_parent(self, name="diagnostics", part=said, span=at)
        for subject in expect.subjects:
            name, part = f"{subject.type.name}.{subject.id.name}", Expect(subjects=(subject,))
            yield ExpectedPart.from_parent(self, name=name, part=part, span=subject.id.span)
        for number, group in enumerate(expect.groups, 1):
            name, part = f"groups.{number}.{group.rule.name}", Expect(groups=(group,))
            yield ExpectedPart.from_parent(self, name=name, part=part, span=group.rule.span)

    @property
    def found(self) -> Evaluated:
        """What came of the case."""
        if self._found is None:
            from khung.driver import evaluate_file  # noqa: PLC0415  # as above

            self._found = evaluate_file(self.path, _shelf(self.config), _readings(self.config))
            if self._found.results is not None:
                _warn(_not_expected(self._found), self.path)
        return self._found


class ExpectedPart(pytest.Item):
    """What a case expects of one subject, or of one group of a quota."""

    def __init__(self, *, part: Expect | None, span: Span | None, **of_pytest: Any) -> None:
        super().__init__(**of_pytest)
        self.part = part
        self.span = span

    def runtest(self) -> None:
        """Compare.

        Raises:
            CaseFailedError: If something differs, or the case is invalid.
        """
        from khung.analysis.testing import Outcome, judged  # noqa: PLC0415  # only where cases are
        from khung.report.tests import details  # noqa: PLC0415  # as above

        assert isinstance(self.parent, CaseModule)  # noqa: S101  # nothing else makes these
        run = judged(self.parent.found, self.part)
        if run.outcome is not Outcome.PASSED:
            raise CaseFailedError(details(run, _language()))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what differs; of a defect, where in the program it is."""
        if isinstance(excinfo.value, CaseFailedError | CaseWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """Return where the expectation is written, and its name."""
        return self.path, _line(self.span) - 1, self.name


# -- one run ----------------------------------------------------------------------------------

_SHELF: pytest.StashKey[Shelf] = pytest.StashKey()


def _shelf(config: pytest.Config) -> Shelf:
    from khung.driver import Shelf  # noqa: PLC0415  # only where cases are

    return config.stash.setdefault(_SHELF, Shelf(cached=True))


def _readings(config: pytest.Config) -> Mapping[str, str]:
    return dict(text.strip().split("=") for text in config.getoption(_OPTION))


def _language() -> str:
    from khung.cli.language import language_of  # noqa: PLC0415  # only where cases are

    return language_of(())


def _not_expected(found: Evaluated) -> tuple[Diagnostic, ...]:
    expect = found.case_file and found.case_file.expect
    codes = {ref.name for ref in (expect and expect.diagnostics) or ()}
    return tuple(one for one in found.diagnostics if one.code not in codes)


def _warn(diagnostics: tuple[Diagnostic, ...], path: Path) -> None:
    from khung.diagnostics.render.sentences import message  # noqa: PLC0415  # only where cases are

    for one in diagnostics:
        file = one.span.file.name if one.span else str(path)
        text = f"[{one.code}] {message(one, _language())}"
        warnings.warn_explicit(CaseWarning(text), None, file, _line(one.span))


def _line(span: Span | None) -> int:
    return span.file.position(span.start)[0] if span else 1
