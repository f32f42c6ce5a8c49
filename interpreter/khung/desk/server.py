"""The desk as a server on this machine alone: a port of its own, an address with a token."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from errno import EACCES, EADDRINUSE
from typing import TYPE_CHECKING

from khung import paths
from khung.desk.app import app_of
from khung.desk.desk import Desk
from khung.locale import phrase
from khung.processes import end_as_by_hand

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from khung.desk.desk import Save

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
_SECONDS = 2  # for answers that are under way when it is stopped
_BACKLOG = 64


class PortTakenError(Exception):
    """A port that another program has, or that may not be had."""

    def __init__(self, port: int) -> None:
        """Say which."""
        super().__init__(port)
        self.port = port


def serve(  # noqa: PLR0913  # what comes from the command line is by keyword only
    folder: Path,
    port: int,
    lang: str,
    rulebooks: Path | None,
    *,
    save: Save,
    say: Callable[[str], None],
    browser: bool,
) -> None:
    """Open the desk, and keep it open until the user stops it.

    Args:
        folder: The folder to read and write in.
        port: Where; 0 takes a free one.
        lang: Of what is said at the console, and of the first page.
        rulebooks: The folder of rulebooks that the user names, if any.
        save: Writes a file.
        say: Writes to the console.
        browser: Whether to open the browser.

    Raises:
        PortTakenError: The port cannot be had.
    """
    import uvicorn  # noqa: PLC0415  # not for the help

    listening = bound(port)
    port = listening.getsockname()[1]
    desk = Desk(folder, secrets.token_urlsafe(16), save, rulebooks)
    app = app_of(desk, frozenset(f"{name}:{port}" for name in _NAMES))
    url = f"http://{HOST}:{port}/{desk.token}/{lang}/"
    say(phrase(lang, "desk.serving", url=url, folder=folder))
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_SECONDS,
    )
    if browser:
        _open(url)
    end_as_by_hand()
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
    desk.work.end_all()
    for path in kept(desk, lang):
        say(phrase(lang, "desk.kept", path=path))
    say(phrase(lang, "desk.stopped"))


def bound(port: int) -> socket.socket:
    """Return a socket of this machine alone. Raises PortTakenError."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # else a port stays taken for a minute after a desk has closed
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno in (EADDRINUSE, EACCES):
            raise PortTakenError(port) from error
        raise
    return listening


def kept(desk: Desk, lang: str) -> list[Path]:
    """Write what is not saved into new files of the folder, so that it is not lost."""
    written, word = [], phrase(lang, "desk.unsaved_name")
    for draft in desk.drafts.unsaved:
        stem = (draft.path.stem if draft.path else draft.suggested.removesuffix(".yaml"))[:80]
        names = (f"{stem}-{word}{n}.yaml" for n in ("", *map("-{}".format, range(2, 1000))))
        path = next(p for name in names if not paths.exists(p := desk.folder / name))
        if desk.save(draft.text, path) is None:
            written.append(path)
    return written


def _open(url: str) -> None:
    import threading  # noqa: PLC0415  # only where a browser is opened
    import webbrowser  # noqa: PLC0415  # as above

    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
