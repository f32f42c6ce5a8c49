"""What yaml-language-server, which editors run, says of a file and offers in it.

The program named by `YAML_LANGUAGE_SERVER`, else the one on the path; `make editor` brings it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.wire import framed, next_message

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from tests.support.wire import Message

PROGRAM = os.environ.get("YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")
SETTINGS = {"validate": True, "completion": True, "schemaStore": {"enable": False}}


@dataclass
class LanguageServer:
    """A running server; it is asked one thing after the other."""

    process: subprocess.Popen[bytes] = field(init=False)
    asked: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict)

    def __enter__(self) -> LanguageServer:
        """Start it."""
        assert PROGRAM is not None
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [PROGRAM, "--stdio"], stdin=pipe, stdout=pipe
        )  # the user names it
        can = {"workspace": {"configuration": True}, "textDocument": {"completion": {}}}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": can})
        self._send({"method": "initialized", "params": {}})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()

    def ask(self, method: str, params: Message) -> Any:
        """Return what it answers."""
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self.asked and "method" not in message:
                return message.get("result")

    def open(self, path: Path, text: str) -> list[str]:
        """Return the problems that it sees in a file of which the text is given."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while path.as_uri() not in self.problems:
            self._read()
        return self.problems.pop(path.as_uri())

    def offered(self, path: Path, line: int, column: int) -> list[str]:
        """Return what it offers to write at a place of an open file, counted from 0."""
        at = {"line": line, "character": column}
        params = {"textDocument": {"uri": path.as_uri()}, "position": at}
        found = self.ask("textDocument/completion", params) or []
        items = found["items"] if isinstance(found, dict) else found
        return [item["label"] for item in items]

    def _send(self, message: Message) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(framed(message))
        self.process.stdin.flush()

    def _read(self) -> Message:
        """Return a message, after what it asks or tells is seen to."""
        assert self.process.stdout is not None
        message = next_message(self.process.stdout)
        assert message is not None, "the server has stopped"
        match message.get("method"):
            case "textDocument/publishDiagnostics":
                told = message["params"]["diagnostics"]
                lines = [f"{d['range']['start']['line'] + 1}: {d['message']}" for d in told]
                self.problems[message["params"]["uri"]] = lines
            case "workspace/configuration":
                asked = [one.get("section") for one in message["params"]["items"]]
                result = [SETTINGS if section == "yaml" else {} for section in asked]
                self._send({"id": message["id"], "result": result})
            case str() if "id" in message:
                self._send({"id": message["id"], "result": None})
        return message
