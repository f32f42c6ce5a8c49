"""What stands between the browser and the desk: who asks, from where, and how much.

Only requests that the desk's own pages make come through. The token stands in the address, and no
other site knows it; that the host is this machine keeps away names that are made to lead here.

Reports: K0901, K0902.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from khung.desk.refusals import FORBIDDEN, TOO_LARGE
from khung.desk.told import plain_page
from khung.diagnostics.model import Diagnostic
from khung.locale import default, languages
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]

MIB = 1024 * 1024
MOST_BYTES = 64 * MIB
"""How much one request may bring: a large workbook has a tenth of that."""

_DRAINED = 512 * MIB  # how much of what is refused is read, so that the browser hears why
_SAFE = ("GET", "HEAD")
_OWN_SITE = ("same-origin", "none")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load: nothing but what the desk itself hands out."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets through what comes from the desk's own pages.

    Attributes:
        app: What is behind it.
        token: What stands first in every address.
        hosts: Under which names and ports the desk is asked.
        most: How many bytes a request may bring.
    """

    app: App
    token: str
    hosts: frozenset[str]
    most: int = MOST_BYTES

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        why = self._why_not(scope)
        if why:
            await _drain(receive)
            await _refuse(Diagnostic("K0901", None, {}, why), FORBIDDEN, scope, send)
            return
        body = await self._body(receive)
        if body is None:
            limit = Diagnostic("K0902", None, {"limit": self.most // MIB or 1})
            await _refuse(limit, TOO_LARGE, scope, send)
            return
        await self.app(scope, _told(body, receive), _with_headers(send))

    def _why_not(self, scope: Message) -> str:
        """Return which advice holds for a request that is none of the desk's own; else nothing."""
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        if headers.get("host", "") not in self.hosts:
            return "host"
        first = scope["path"].split("/")[1]
        if not hmac.compare_digest(first.encode(), self.token.encode()):
            return "token"
        if headers.get("sec-fetch-site", "none") not in _OWN_SITE:
            return "origin"
        origin = headers.get("origin")
        if origin is None:
            return "" if scope["method"] in _SAFE else "origin"
        own = {f"http://{host}" for host in self.hosts}
        return "" if origin in own else "origin"

    async def _body(self, receive: Receive) -> bytes | None:
        """Return what a request brings; None if it is too much, all of which is taken in."""
        parts: list[bytes] = []
        size, more = 0, True
        while more and size <= _DRAINED:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            if size <= self.most:
                parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts) if size <= self.most else None


def _told(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read already, then what comes after it."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def _with_headers(send: Send) -> Send:
    """Return what sends an answer under the rules of the desk."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(
                    (k.lower().encode(), v.encode())
                    for k, v in HEADERS.items()
                    if k.lower().encode() not in own
                ),
            ]
        await send(message)

    return sending


async def _drain(receive: Receive) -> None:
    size, more = 0, True
    while more and size <= _DRAINED:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)


async def _refuse(diagnostic: Diagnostic, status: int, scope: Message, send: Send) -> None:
    """Send a page of its own that says why, in the language of the address."""
    named = [part for part in scope["path"].split("/") if part in languages]
    body = plain_page(diagnostic, (*named, default)[0]).encode()
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"hx-retarget", b"#message")]
    sending = _with_headers(send)
    await sending({"type": "http.response.start", "status": status, "headers": headers})
    await sending({"type": "http.response.body", "body": body})
