"""Where names are used, noted while expressions are lowered, if anybody wants to know."""

from __future__ import annotations

from dataclasses import field

from khung.records import dataclass
from khung.text import Span


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a name is used.

    Attributes:
        kind: What it names: `member`, `value`, `parameter`, `reading`, `criterion`, `calendar`.
        owner: The object type, or the list of values, that it belongs to; empty for others.
        name: The name.
        span: Where it stands.
    """

    kind: str
    owner: str
    name: str
    span: Span


@dataclass(slots=True)
class Uses:
    """The places found so far, if they are `wanted`."""

    wanted: bool = False
    found: list[Use] = field(default_factory=list)

    def note(self, kind: str, owner: str, name: str, span: Span) -> None:
        """Note that a name is used at the end of a span, such as `b` in `a.b`."""
        if self.wanted and span.text.endswith(name):
            place = Span(span.file, span.end - len(name), span.end)
            self.found.append(Use(kind, owner, name, place))
