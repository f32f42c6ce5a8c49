"""What the desk does not do, said as a diagnostic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from khung.diagnostics.model import Value

BAD, FORBIDDEN, ABSENT, CONFLICT, TOO_LARGE = 400, 403, 404, 409, 413
"""Of HTTP: what answers come with a refusal."""


class RefusedError(Exception):
    """A request that the desk refuses, with what is to be said of it."""

    def __init__(
        self,
        code: str,
        status: int = BAD,
        *,
        help: str = "",  # noqa: A002  # as in Bag
        **args: Value,
    ) -> None:
        """Refuse with a code and what its sentences name."""
        super().__init__(code)
        self.status = status
        self.diagnostics: tuple[Diagnostic, ...] = (Diagnostic(code, None, args, help),)


def refused(diagnostic: Diagnostic, status: int = BAD) -> RefusedError:
    """Return the refusal that says what was found elsewhere."""
    error = RefusedError(diagnostic.code, status)
    error.diagnostics = (diagnostic,)
    return error
