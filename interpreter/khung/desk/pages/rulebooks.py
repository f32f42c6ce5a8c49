"""A rulebook as a page, and two of them side by side.

What is shown is what `khung show --page` and `khung diff` tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.desk.compare import compared as found_of
from khung.desk.compare import told_as
from khung.desk.pages.tables import narrow_style
from khung.desk.refusals import ABSENT, RefusedError
from khung.report.document.html import fragment

if TYPE_CHECKING:
    from starlette.responses import Response

    from khung.desk.asked import Asked

KIND = "compare"


def show(asked: Asked) -> Response:
    """Show a rulebook with its clauses, each leading to the other."""
    from khung.report.page.from_rulebook import page  # noqa: PLC0415  # heavy

    ready = asked.desk.ready(asked["name"])
    rulebook = ready.loaded.rulebook
    if rulebook is None or ready.program is None:
        raise RefusedError("K0906", ABSENT)
    document = page(rulebook, ready.program, asked.lang, full=asked.value("full") == "yes")
    return asked.page(
        "rulebook",
        name=asked["name"],
        title=document.title,
        body=fragment(document.blocks),
        style=narrow_style(document.blocks),
        full=asked.value("full") == "yes",
    )


def choose(asked: Asked) -> Response:
    """Show what can be compared: two rulebooks, or one under another option of a reading."""
    names = [one.name for one in asked.desk.known]
    return asked.page(
        "compare", names=names, before=asked.value("before"), after=asked.value("after")
    )


def compare(asked: Asked) -> Response:
    """Begin to compare two rulebooks."""
    before, after = asked.value("before"), asked.value("after")
    pair = asked.desk.ready(before).folder, asked.desk.ready(after).folder
    lang = asked.lang
    name = asked.say("compare_of", before=before, after=after)
    task = asked.desk.work.start(KIND, name, lambda told: found_of(pair, lang, told))
    return asked.go(f"compare/{task.id}")


def compared(asked: Asked) -> Response:
    """Show what was found of two rulebooks, or that it is still being worked out."""
    task = asked.desk.work.get(asked["id"], KIND)
    waiting = asked.waiting(task, f"{KIND}/{task.id}")
    if waiting is not None:
        return waiting
    full = asked.value("full") == "yes"
    document = told_as(task.future.result(), asked.lang, full=full)
    return asked.page(
        "compared",
        task=task,
        full=full,
        title=document.title,
        body=fragment(document.blocks),
        style=narrow_style(document.blocks),
    )
