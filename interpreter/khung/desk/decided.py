"""What a body has decided of a subject, as fields of a form, final or of a step on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.model import STAGES
from khung.casefile.tables.layout import GIVEN_STATUSES
from khung.desk import typed
from khung.desk.edits import at
from khung.desk.fields import GIVEN, LEVEL, STATUS, Field, Option
from khung.ir import types as t
from khung.ir.stages.names import of_stage
from khung.locale import phrase
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.desk.edits import Path
    from khung.desk.fields import Maker
    from khung.ir.program import ObjectType

_FIRST = (f"{GIVEN}.{LEVEL}", f"{GIVEN}.{STATUS}")


def decided(declared: ObjectType, path: Path, maker: Maker) -> Iterator[Field]:
    """Yield the level or the status that was decided; where there is one, of which step, by whom.

    Args:
        declared: The type of the subject.
        path: Where the subject stands in the text.
        maker: What makes the fields of the case.
    """
    if declared.ladder is None:
        return
    own = (*path, GIVEN)
    ty, told = t.Scale(declared.ladder.scale.name), at(maker.root, own)
    level, status = (at(told, (name,)) for name in (LEVEL, STATUS))
    if status is None or level is not None:
        yield _of(LEVEL, own, maker, ty, maker.of_type(ty))
    if level is None or status is not None:
        yield _of(STATUS, own, maker, t.STRING, _statuses(maker.lang))
    if level is None and status is None:
        return
    yield _of("after", own, maker, t.STRING, _steps(declared, maker))
    for name, of in (("by", t.STRING), ("on", t.DATE), ("document", t.STRING)):
        yield _of(name, own, maker, of)


def is_of_decision(one: Field) -> bool:
    """Say whether a field is there only because something was decided: it belongs beside that."""
    return one.name.startswith(f"{GIVEN}.") and one.name not in _FIRST


def _of(name: str, own: Path, maker: Maker, ty: t.Type, options: tuple[Option, ...] = ()) -> Field:
    """Return the field of one part of a decision; that nothing is said of it is chosen first."""
    path = (*own, name)
    value = typed.shown(at(maker.root, path), ty, maker.lang)
    if options:
        nothing = "given_last" if name == "after" else "not_given"
        options = (Option(typed.UNSTATED, maker.say(nothing)), *options)
        known = any(one.value == value for one in options)
        options = options if known else (*options, Option(value, value))
    label, key = maker.say(f"given_{name}"), f"{GIVEN}.{name}"
    return Field(path, key, label, ty, options=options, has_default=True, value=value)


def _statuses(lang: str) -> tuple[Option, ...]:
    return tuple(Option(one, phrase(lang, f"tables.status.{one}")) for one in GIVEN_STATUSES)


def _steps(declared: ObjectType, maker: Maker) -> tuple[Option, ...]:
    """Return the steps on the way to the level, which a decision may stand for, in their order."""
    own = (one for one in STAGES[:-1] if of_stage(Stage(one)) in declared.stages)
    return tuple(Option(one, phrase(maker.lang, f"forms.stage.{one}")) for one in own)
