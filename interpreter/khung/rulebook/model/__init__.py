"""A rulebook as its authors wrote it: sugar kept, names not yet looked up.

`from_source` makes it from YAML; `ir.from_rulebook` resolves and types it. Everything is frozen,
keeps the order of the file and knows its place, which equality ignores. `Expr` is an expression
of `khung.syntax.ast`. Where the language lets a setting be an expression, it is one here, even if
the author wrote a plain word such as `floor`.

Each class is loaded when it is first asked for: who runs a rulebook needs next to none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khung.rulebook.model.criteria import (
        Criteria,
        Criterion,
        CriterionGroup,
        CriterionSet,
        Everything,
        Except,
        Kind,
        Kinds,
        Take,
        Takes,
    )
    from khung.rulebook.model.label import Label
    from khung.rulebook.model.parts import (
        Basis,
        Citation,
        Definition,
        Fact,
        Head,
        Link,
        Range,
        Ref,
        TypeForm,
        TypeRef,
    )
    from khung.rulebook.model.rulebook import Rulebook, Subject
    from khung.rulebook.model.rules import (
        Cap,
        Check,
        Defer,
        Floor,
        Knockout,
        Ladder,
        Level,
        Majority,
        OrderKey,
        Quota,
        Requirement,
        ScopeRule,
        SmallGroup,
        Vote,
    )
    from khung.rulebook.model.shared import (
        Calendar,
        CalendarDay,
        Clause,
        Document,
        Enumeration,
        Named,
        Option,
        Parameter,
        Reading,
        Record,
        Scale,
    )
    from khung.rulebook.model.tables import Hit, Output, Row, Table
    from khung.rulebook.model.versions import (
        Answer,
        AppliesTo,
        Carried,
        Extends,
        Fate,
        Group,
        Leads,
        Manner,
        Removed,
    )

__all__ = [
    "Answer",
    "AppliesTo",
    "Basis",
    "Calendar",
    "CalendarDay",
    "Cap",
    "Carried",
    "Check",
    "Citation",
    "Clause",
    "Criteria",
    "Criterion",
    "CriterionGroup",
    "CriterionSet",
    "Defer",
    "Definition",
    "Document",
    "Enumeration",
    "Everything",
    "Except",
    "Extends",
    "Fact",
    "Fate",
    "Floor",
    "Group",
    "Head",
    "Hit",
    "Kind",
    "Kinds",
    "Knockout",
    "Label",
    "Ladder",
    "Leads",
    "Level",
    "Link",
    "Majority",
    "Manner",
    "Named",
    "Option",
    "OrderKey",
    "Output",
    "Parameter",
    "Quota",
    "Range",
    "Reading",
    "Record",
    "Ref",
    "Removed",
    "Requirement",
    "Row",
    "Rulebook",
    "Scale",
    "ScopeRule",
    "SmallGroup",
    "Subject",
    "Table",
    "Take",
    "Takes",
    "TypeForm",
    "TypeRef",
    "Vote",
]

_HOMES = {
    "criteria": (
        "Criteria",
        "Criterion",
        "CriterionGroup",
        "CriterionSet",
        "Everything",
        "Except",
        "Kind",
        "Kinds",
        "Take",
        "Takes",
    ),
    "label": ("Label",),
    "parts": (
        "Basis",
        "Citation",
        "Definition",
        "Fact",
        "Head",
        "Link",
        "Range",
        "Ref",
        "TypeForm",
        "TypeRef",
    ),
    "rulebook": ("Rulebook", "Subject"),
    "rules": (
        "Cap",
        "Check",
        "Defer",
        "Floor",
        "Knockout",
        "Ladder",
        "Level",
        "Majority",
        "OrderKey",
        "Quota",
        "Requirement",
        "ScopeRule",
        "SmallGroup",
        "Vote",
    ),
    "shared": (
        "Calendar",
        "CalendarDay",
        "Clause",
        "Document",
        "Enumeration",
        "Named",
        "Option",
        "Parameter",
        "Reading",
        "Record",
        "Scale",
    ),
    "tables": ("Hit", "Output", "Row", "Table"),
    "versions": (
        "Answer",
        "AppliesTo",
        "Carried",
        "Extends",
        "Fate",
        "Group",
        "Leads",
        "Manner",
        "Removed",
    ),
}
"""Where each class is."""


def __getattr__(name: str) -> object:
    """Load a class from where it is, once."""
    from importlib import import_module  # noqa: PLC0415  # as above

    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(name)
    found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return found
