"""The forms of a rulebook: which subjects have one, and where the template is.

In: a form as written. Out: a `Form`, its condition lowered over the subject.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.declare import cited
from khung.ir.documents import Document, Form
from khung.records import replace

if TYPE_CHECKING:
    from khung.ir.declare import Declarations
    from khung.ir.definitions import Definitions
    from khung.rulebook import model as m


def lower_form(model: m.Form, declared: Declarations, definitions: Definitions) -> Form:
    """Return a form; its condition may ask what is known, as no level hangs on it."""
    head, template = model.head, model.template
    subject = declared.subject_named(model.subject) if model.subject else None
    when = None
    if subject and head.when is not None:
        scope = replace(definitions.scope_of(subject, head.span), lax=True)
        when = scope.lower(head.when, t.BOOLEAN)
    return Form(
        head.id,
        head.label,
        cited(declared, head.sources),
        PurePath(template.span.file.name).parent.name,
        template.name,
        subject or "",
        when,
        span=template.span,
    )


def document_of(rulebook: m.Rulebook) -> Document:
    """Return the document that a rulebook rests on, as far as it tells."""
    found = next((one for one in rulebook.documents if one.head.id == rulebook.document), None)
    if found is None:
        return Document()
    return Document(found.head.label, found.number, found.date, found.issued_by)
