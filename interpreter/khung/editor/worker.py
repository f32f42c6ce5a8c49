"""Whole checks in a process of their own, so that they never keep an editor waiting.

What is asked and answered is JSON. The process ends when who asks is gone.
"""

from __future__ import annotations

import gc
import json
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from khung import paths
from khung.driver import Shelf
from khung.editor.files import Kind, Target, target_of
from khung.editor.reading import whole
from khung.editor.told import defect, tell
from khung.records import dataclass
from khung.rulebook.keeping import Keeping
from khung.source.files import unsaved

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from khung.editor.told import Told

_PATIENCE = 60.0  # seconds after which a check is given up: no rulebook takes so long
_GARBAGE = 500_000  # as of the command line


@dataclass(slots=True)
class Kept:
    """What the process keeps from one check to the next: rulebooks as read, and ready for cases."""

    keeping: dict[str, Keeping] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    stamp: object = None


def serve(connection: Connection) -> None:
    """Answer what is asked until nobody asks any more."""
    gc.set_threshold(_GARBAGE)
    kept = Kept()
    while True:
        try:
            asked = json.loads(connection.recv_bytes())
            connection.send_bytes(json.dumps(answer(asked, kept)).encode())
        except (EOFError, OSError, KeyboardInterrupt):
            return


def answer(asked: dict[str, Any], kept: Kept) -> dict[str, list[Told]]:
    """Return what is to be told: `early`, what reading said, and `late`, what checking said."""
    target = Target(Kind(asked["kind"]), asked["path"])
    texts = {path: _bytes(text) for path, text in asked["unsaved"].items()}
    with unsaved(texts):
        if target.kind is Kind.CASE and kept.stamp != _stamp(kept.shelf, texts):
            kept.shelf = Shelf()
        keeping = kept.keeping.setdefault(target.path, Keeping())
        try:
            early, late = whole(target, keeping, kept.shelf)
        except Exception as error:  # noqa: BLE001  # told as a defect: the editor goes on
            early, late = (), (defect(error),)
        kept.stamp = _stamp(kept.shelf, texts)
    lang, main = asked["lang"], target.main_file()
    return {"early": tell(early, lang, main), "late": tell(late, lang, main)}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _stamp(shelf: Shelf, texts: Mapping[str, bytes]) -> object:
    """Return what tells whether the files of rulebooks on a shelf are as they were."""
    beside = {one for folder in shelf.folders for one in paths.inside(folder.parent) or ()}
    files = sorted(str(file) for one in beside for file in paths.inside(one) or ())
    found = ((file, paths.status(Path(file))) for file in files)
    on_disk = tuple((file, of.st_mtime_ns, of.st_size) for file, of in found if of is not None)
    return on_disk, {path: data for path, data in texts.items() if _is_of_rulebook(path, texts)}


def _is_of_rulebook(path: str, texts: Mapping[str, bytes]) -> bool:
    target = target_of(path, "", texts)
    return target is not None and target.kind is Kind.RULEBOOK


# -- from the side of who asks --------------------------------------------------------------------


class Worker:
    """The process, started when something is asked, and anew after it broke down."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def ask(self, asked: dict[str, Any]) -> dict[str, list[Told]] | None:
        """Return the answer; None if there was none: then the process is started anew."""
        try:
            connection = self._open()
            connection.send_bytes(json.dumps(asked).encode())
            if connection.poll(_PATIENCE):
                return cast("dict[str, list[Told]]", json.loads(connection.recv_bytes()))
        except (EOFError, OSError, ValueError):
            pass
        self.stop()
        return None

    def stop(self) -> None:
        """End the process."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None

    def _open(self) -> Connection:
        if self._connection is not None and self._process and self._process.is_alive():
            return self._connection
        from multiprocessing import get_context  # noqa: PLC0415  # only where one is started

        context = get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._connection = ours
        return self._connection
