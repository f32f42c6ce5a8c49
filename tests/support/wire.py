"""Messages of the Language Server Protocol as bytes (LSP 3.17, "Base Protocol")."""

from __future__ import annotations

import json
from typing import IO, Any

Message = dict[str, Any]


def framed(message: Message) -> bytes:
    """Return a message of JSON-RPC 2.0 with its header."""
    data = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(data), data)


def next_message(stream: IO[bytes]) -> Message | None:
    """Return the next message; None once the other side has closed."""
    length = 0
    while line := stream.readline():
        name, _, value = line.strip().partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif not name and length:
            message: Message = json.loads(stream.read(length))
            return message
    return None
