"""A small client of `khung lsp`: JSON-RPC over its standard input and output, nothing else.

It takes nothing from pygls or lsprotocol, so that it is not wrong where they are.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.wire import framed, next_message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from tests.support.wire import Message

PATIENCE = 120.0


@dataclass
class Client:
    """A running server and what it has told so far."""

    root: Path
    lang: str = "en"
    encodings: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] = field(init=False)
    listener: threading.Thread = field(init=False)
    asked: int = 0
    told: dict[str, list[Message]] = field(default_factory=dict)
    versions: dict[str, Any] = field(default_factory=dict)
    able: Message = field(default_factory=dict)
    texts: dict[Path, tuple[str, int]] = field(default_factory=dict)
    _came: queue.Queue[Message | None] = field(default_factory=queue.Queue)

    def __enter__(self) -> Client:
        command = [sys.executable, "-m", "khung", "lsp", "--stdio", "--lang", self.lang]
        pipe = subprocess.PIPE
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment
        )
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        general = {"positionEncodings": list(self.encodings)} if self.encodings else {}
        can = {"general": general, "textDocument": {"publishDiagnostics": {}}}
        params = {"processId": os.getpid(), "rootUri": self.root.as_uri(), "capabilities": can}
        self.able = self.ask("initialize", params)["capabilities"]
        self.tell("initialized", {})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.ask("shutdown", None)
                self.tell("exit", None)
                self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self.listener.join(PATIENCE)
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    # -- the protocol -----------------------------------------------------------------------------

    def ask(self, method: str, params: Any) -> Any:
        """Return the result of a request; an error of the server is one of the test."""
        self.asked += 1
        number = self.asked
        self._send({"id": number, "method": method, "params": params})
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            message = self._next(until)
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message.get("result")
        raise TimeoutError(method)

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def _send(self, message: Message) -> None:
        self.send_bytes(framed(message))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        while (message := next_message(self.process.stdout)) is not None:
            self._came.put(message)
        self._came.put(None)

    def _next(self, until: float) -> Message:
        message = self._came.get(timeout=max(until - time.monotonic(), 0.001))
        assert message is not None, self.process.stderr.read().decode()  # type: ignore[union-attr]
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.told[params["uri"]] = params["diagnostics"]
            self.versions[params["uri"]] = params.get("version")
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message

    # -- documents --------------------------------------------------------------------------------

    def open(self, path: Path, text: str | None = None) -> str:
        text = path.read_text("utf-8") if text is None else text
        self.texts[path] = (text, 1)
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return text

    def replace(self, path: Path, old: str, new: str) -> str:
        """Put one text in place of another, which stands there once, as a change of a range."""
        text, version = self.texts[path]
        assert text.count(old) == 1, text.count(old)
        at = text.index(old)
        change = {"range": span(text, at, at + len(old)), "text": new}
        self.texts[path] = (text[:at] + new + text[at + len(old) :], version + 1)
        self._change(path, change)
        return self.texts[path][0]

    def rewrite(self, path: Path, text: str) -> None:
        self.texts[path] = (text, self.texts[path][1] + 1)
        self._change(path, {"text": text})

    def _change(self, path: Path, change: Message) -> None:
        document = {"uri": path.as_uri(), "version": self.texts[path][1]}
        params = {"textDocument": document, "contentChanges": [change]}
        self.tell("textDocument/didChange", params)

    def close(self, path: Path) -> None:
        del self.texts[path]
        self.tell("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})

    # -- what is told -----------------------------------------------------------------------------

    def codes(self, path: Path) -> list[str]:
        return [one["code"] for one in self.told.get(path.as_uri(), [])]

    def wait_for(self, path: Path, *codes: str) -> list[Message]:
        """Return what is told of a file, as soon as it has these codes and no others."""
        return self.wait_until(path, lambda found: sorted(found) == sorted(codes), codes)

    def wait_until(
        self, path: Path, is_so: Callable[[list[str]], bool], wanted: object = ""
    ) -> list[Message]:
        """Return what is told of a file, as soon as that is so of its codes."""
        until = time.monotonic() + PATIENCE
        while path.as_uri() not in self.told or not is_so(self.codes(path)):
            try:
                self._next(until)
            except queue.Empty:
                raise AssertionError((wanted, self.told.get(path.as_uri()))) from None
        return self.told[path.as_uri()]

    def settle(self, seconds: float) -> None:
        """Take what comes for a while."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                self._next(until)
            except queue.Empty:
                return

    # -- places -----------------------------------------------------------------------------------

    def at(self, path: Path, marked: str) -> Message:
        """Return the request for the place that `|` marks in a piece of a text that is open."""
        text, before = self.texts[path][0], marked.index("|")
        piece = marked.replace("|", "")
        assert text.count(piece) == 1, (piece, text.count(piece))
        return {
            "textDocument": {"uri": path.as_uri()},
            "position": place(text, text.index(piece) + before),
        }


def place(text: str, offset: int) -> Message:
    """Return a position as the protocol counts without a word: in units of UTF-16."""
    line = text.count("\n", 0, offset)
    start = text.rfind("\n", 0, offset) + 1
    return {"line": line, "character": len(text[start:offset].encode("utf-16-le")) // 2}


def span(text: str, start: int, end: int) -> Message:
    return {"start": place(text, start), "end": place(text, end)}


def under(text: str, found: Message) -> str:
    """Return the text of a range."""
    return text[offset_of(text, found["start"]) : offset_of(text, found["end"])]


def offset_of(text: str, at: Message) -> int:
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: at["line"]])
    line = lines[at["line"]] if at["line"] < len(lines) else ""
    units = line.encode("utf-16-le")[: 2 * at["character"]]
    return start + len(units.decode("utf-16-le"))


def applied(text: str, edits: list[Message]) -> str:
    """Return a text after edits, which are of the text as it was."""
    found = sorted(edits, key=lambda e: offset_of(text, e["range"]["start"]), reverse=True)
    for edit in found:
        start, end = (offset_of(text, edit["range"][key]) for key in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text
