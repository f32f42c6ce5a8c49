"""Where the folders that come with khung are: `rulebooks` and `schemas`."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


class MissingDataError(Exception):
    """A folder that belongs to khung is not there: the installation is broken."""


def data_dir(name: str) -> Path:
    """Return a folder of data: inside the installed package, else in the checkout around it.

    Args:
        name: `rulebooks` or `schemas`.

    Raises:
        MissingDataError: Neither place has the folder.
    """
    installed = _PACKAGE / name
    if installed.is_dir():
        return installed
    checkout = _PACKAGE.parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise MissingDataError(name)
