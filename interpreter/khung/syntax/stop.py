"""Where a parse stopped, and what is found to say of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from khung.surfaces import Surface, surface
from khung.syntax.parser import CLOSING, OPENING, Token, accepted

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Finding:
    """A code for the tokens `first` to `last`, an advice, and the values of its sentences."""

    code: str
    first: Token
    last: Token
    help: str
    args: dict[str, str]


@dataclass(frozen=True)
class Stop:
    """Where a parse stopped, and what could have stood there."""

    start: str
    tokens: Sequence[Token]
    at: int
    surface: str

    @property
    def words(self) -> Surface:
        """The words in which the expression is written."""
        return surface(self.surface)

    @property
    def token(self) -> Token:
        """The token that does not fit."""
        return self.tokens[self.at]

    @property
    def before(self) -> Token | None:
        """The token before it."""
        return self.tokens[self.at - 1] if self.at else None

    @cached_property
    def accepted(self) -> frozenset[str]:
        """The terminals that could have stood here."""
        return accepted(self.start, self.tokens[: self.at])

    @cached_property
    def open_brackets(self) -> list[Token]:
        """The brackets that are open here, the innermost one last."""
        brackets: list[Token] = []
        for token in self.tokens[: self.at]:
            if token.kind in OPENING:
                brackets.append(token)
            elif token.kind in CLOSING:
                brackets.pop()
        return brackets

    @property
    def expects_value(self) -> bool:
        """Whether a value could have stood here."""
        return "NUMBER" in self.accepted

    def finding(self, code: str, help: str = "", **args: str) -> Finding:  # noqa: A002  # as in Bag
        """Return a finding about the token that does not fit."""
        return Finding(code, self.token, self.token, help, {"found": self.token.text, **args})


def at_token(code: str, token: Token, help: str = "", **args: str) -> Finding:  # noqa: A002  # as in Bag
    """Return a finding about one token."""
    return Finding(code, token, token, help, {"found": token.text, **args})
