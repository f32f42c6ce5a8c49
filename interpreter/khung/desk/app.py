"""The pages of the desk and what answers for each.

Whatever is worked out is worked out in one thread, one request after the other.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from khung.desk.asked import STATIC, Asked
from khung.desk.guard import MOST_BYTES, Guard
from khung.desk.pages import case, file, rulebooks, start, tables
from khung.desk.refusals import ABSENT, TOO_LARGE, RefusedError
from khung.desk.work import Worker
from khung.diagnostics.model import Diagnostic
from khung.locale import default, languages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from khung.desk.desk import Desk

    Page = Callable[[Asked], Response]

_FIELDS, _FILES = 20_000, 10  # of one form
_PART = "HX-Request"


def app_of(desk: Desk, hosts: frozenset[str], most: int = MOST_BYTES) -> Guard:
    """Return the desk as an application that a server runs.

    Args:
        desk: What it holds.
        hosts: Under which names and ports it is asked, such as `127.0.0.1:8000`.
        most: How many bytes a request may bring.
    """
    worker = Worker()

    def made(page: Page) -> Any:
        return _answering(page, desk, worker)

    routes = [
        Route(f"/{{lang}}/{place}", made(page), methods=[method])
        for method, place, page in (*_PAGES,)
    ]

    @asynccontextmanager
    async def living(_app: Starlette) -> AsyncIterator[None]:
        yield
        desk.work.end_all()

    inner = Starlette(
        routes=[
            Mount(
                f"/{desk.token}",
                routes=[
                    Mount("/static", StaticFiles(directory=STATIC)),
                    Route("/", made(start.enter)),
                    *routes,
                    Route("/{rest:path}", made(_nowhere), methods=["GET", "POST"]),
                ],
            )
        ],
        lifespan=living,
    )
    return Guard(inner, desk.token, hosts, most)


_PAGES: tuple[tuple[str, str, Page], ...] = (
    ("GET", "", start.start),
    ("GET", "new", start.choose),
    ("POST", "new", start.new),
    ("POST", "open", start.open_file),
    ("POST", "upload", start.upload),
    ("GET", "case/{id}", case.show),
    ("POST", "case/{id}", case.edit),
    ("GET", "case/{id}/questions", case.questions),
    ("GET", "case/{id}/what-if", case.what_if),
    ("GET", "case/{id}/lift", case.lift),
    ("GET", "case/{id}/full", case.full),
    ("GET", "case/{id}/head", case.head),
    ("POST", "case/{id}/head", case.edit_head),
    ("POST", "case/{id}/add", case.add),
    ("GET", "case/{id}/text", file.text),
    ("POST", "case/{id}/text", file.put_text),
    ("GET", "case/{id}/download", file.download),
    ("POST", "case/{id}/save", file.save),
    ("POST", "case/{id}/reload", file.reload),
    ("POST", "case/{id}/undo", file.undo),
    ("POST", "case/{id}/close", file.close),
    ("GET", "rulebook/{name}", rulebooks.show),
    ("GET", "rulebook/{name}/tables", tables.blank),
    ("GET", "compare", rulebooks.choose),
    ("POST", "compare", rulebooks.compare),
    ("GET", "compare/{id}", rulebooks.compared),
    ("GET", "tables/{id}", tables.show),
    ("POST", "tables/{id}/decisions", tables.decide),
    ("GET", "tables/{id}/all.zip", tables.all_files),
    ("GET", "tables/{id}/file/{path:path}", tables.one_file),
    ("GET", "tables/{id}/page", tables.page),
)


def _nowhere(_asked: Asked) -> Response:
    raise RefusedError("K0906", ABSENT)


def _answering(page: Page, desk: Desk, worker: Worker) -> Any:
    """Return what answers requests for a page: what is refused is told as a page, too."""

    async def answer(request: Request) -> Response:
        lang = request.path_params.get("lang", default)
        known = lang if lang in languages else default
        is_part = request.headers.get(_PART) == "true"
        try:
            form = await _form(request)
        except RefusedError as error:
            return Asked(desk, request, known, FormData(), is_part).refusal(error)
        asked = Asked(desk, request, known, form, is_part)

        def answered() -> Response:
            try:
                return page(asked)
            except RefusedError as error:
                return asked.refusal(error)
            except Exception as error:  # noqa: BLE001  # the last resort: no traceback for office staff
                what = " ".join(f"{type(error).__name__}: {error}".split())
                defect = RefusedError("K0000", 500)
                defect.diagnostics = (Diagnostic("K0000", None, {"what": what}),)
                return asked.refusal(defect)

        try:
            return await asyncio.wrap_future(worker.submit(answered))
        finally:
            await form.close()

    return answer


async def _form(request: Request) -> FormData:
    """Return what was sent. Raises RefusedError (K0902): it is too much for a form."""
    if request.method != "POST":
        return FormData()
    from starlette.exceptions import HTTPException  # noqa: PLC0415  # only where a form is sent

    try:
        return await request.form(
            max_files=_FILES, max_fields=_FIELDS, max_part_size=start.MOST_TEXT
        )
    except (MultiPartException, HTTPException) as error:
        raise RefusedError("K0902", TOO_LARGE, limit=start.MOST_TEXT // (1024 * 1024)) from error
