"""The document that a rulebook rests on, and those that are made of its results."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from datetime import date

    from khung.ir.nodes import Node
    from khung.rulebook.model import Label
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Document:
    """The document that a rulebook rests on."""

    label: Label | None = None
    number: str = ""
    date: date | None = None
    issued_by: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A document to make of results.

    Attributes:
        folder: The name of the folder of the rulebook that has the template; empty where files
            were named from inside it.
        template: The path of the template in it.
        subject: The type of which each has one; empty for one of the whole case.
        when: What must hold of a subject to have one.
    """

    name: str
    label: Label | None
    sources: tuple[str, ...]
    folder: str
    template: str
    subject: str = ""
    when: Node | None = None
    span: Span = field(kw_only=True, compare=False, repr=False)
