"""One request to the desk, and how it is answered."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from khung.desk.guard import POLICY
from khung.desk.told import all_said, sentence
from khung.locale import languages, phrase
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from khung.desk.desk import Desk
    from khung.desk.refusals import RefusedError
    from khung.desk.work import Task

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
"""The folder of style and scripts."""

_SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        lang: The language of the page.
        form: What was sent with it; empty for one that only reads.
        is_part: Whether a part of a page is wanted, not a whole one.
    """

    desk: Desk
    request: Request
    lang: str
    form: FormData
    is_part: bool

    def __getitem__(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def value(self, name: str) -> str:
        """Return what was sent under a name, in the form or in the address; empty if nothing."""
        found = self.form.get(name) or self.request.query_params.get(name) or ""
        return found if isinstance(found, str) else ""

    def say(self, key: str, **args: object) -> str:
        """Return a phrase of the desk."""
        return phrase(self.lang, f"desk.{key}", **args)

    def url(self, place: str = "", lang: str = "", **query: str) -> str:
        """Return the address of a page of the desk."""
        asked = f"?{urlencode(query)}" if query else ""
        return f"/{self.desk.token}/{lang or self.lang}/{quote(place)}{asked}"

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Return a page made of a template; with `style`, rules of its own stand in it."""
        from starlette.responses import HTMLResponse  # noqa: PLC0415  # not for the help

        shown = _environment().get_template(f"{template}.html")
        nonce, headers = secrets.token_urlsafe(12), {}
        if values.get("style"):
            own = POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
            headers = {"Content-Security-Policy": own}
        given = {"style": "", "nonce": nonce} | self.common() | values
        return HTMLResponse(shown.render(given), status, headers)

    def common(self) -> dict[str, Any]:
        """Return what every template uses."""
        here = self.request.url.path
        rest = here.split("/", 3)[3] if here.count("/") > 2 else ""  # noqa: PLR2004  # token, language
        asked = self.request.url.query
        asked = f"?{asked}" if asked and self.request.method == "GET" else ""
        return {
            "asked": self,
            "say": self.say,
            "url": self.url,
            "lang": self.lang,
            "sentence": sentence,
            "static": f"/{self.desk.token}/static",
            "others": [
                (one, f"/{self.desk.token}/{one}/{rest}{asked}")
                for one in languages
                if one != self.lang
            ],
        }

    def waiting(self, task: Task, again: str) -> Response | None:
        """Return the page of work that goes on; None of work that is done, but to who waits."""
        from starlette.responses import Response  # noqa: PLC0415  # as above

        if not task.future.done():
            return self.page("_waiting" if self.is_part else "waiting", task=task, again=again)
        return Response(headers={"HX-Refresh": "true"}) if self.is_part else None

    def go(self, place: str = "", anchor: str = "", **query: str) -> Response:
        """Return an answer that leads to a page."""
        from starlette.responses import RedirectResponse  # noqa: PLC0415  # as above

        where = self.url(place, **query) + (f"#{anchor}" if anchor else "")
        return RedirectResponse(where, _SEE_OTHER)

    def download(self, content: bytes, name: str, kind: str) -> Response:
        """Return a file to be kept by the browser."""
        from starlette.responses import Response  # noqa: PLC0415  # as above

        told = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(content, headers={"Content-Disposition": told}, media_type=kind)

    def refusal(self, error: RefusedError) -> Response:
        """Return the page, or the part of one, that says why something is not done."""
        template = "_messages" if self.is_part else "refused"
        said = all_said(error.diagnostics, self.lang)
        answer = self.page(template, error.status, said=said, notices=())
        if self.is_part:
            answer.headers["HX-Retarget"] = "#message"
            answer.headers["HX-Reswap"] = "innerHTML"
        return answer


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  # as above

    loader = FileSystemLoader(_HERE / "templates")
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return those values of a form that are texts."""
    return {name: value for name, value in values.items() if isinstance(value, str)}
