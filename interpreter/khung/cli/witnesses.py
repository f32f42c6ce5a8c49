"""Cases that a solver found, each written as a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung.cli import saving

if TYPE_CHECKING:
    from collections.abc import Mapping


def save(texts: Mapping[str, str], folder: str) -> None:
    """Write cases into a folder, which is made if it is not there.

    Args:
        texts: The text of each, by what the file is to be called.
        folder: The folder.

    Raises:
        UsageProblem: It, or a file in it, cannot be written, or it is that of a rulebook.
    """
    to = Path(folder)
    saving.refuse_rulebook(to / "case.yaml")
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise saving.cannot_write(to, error) from error
    for name, text in texts.items():
        saving.save(text, to / f"{name}.yaml")
