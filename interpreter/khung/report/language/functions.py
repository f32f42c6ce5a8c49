"""The builtins in words: what they take and what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import builtins
from khung.ir import types as t
from khung.ir.words import type_word
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.builtins import Signature
    from khung.ir.types import Type

_MARKS = {builtins.ITEM: "item", builtins.ORDERED: "ordered", builtins.LEVEL: "level"}


def calls(lang: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each builtin by name with its forms: `floor(n: number) → number`."""
    for name, signatures in builtins.SIGNATURES.items():
        yield name, tuple(_form(name, signature, lang) for signature in signatures)


def _form(name: str, signature: Signature, lang: str) -> str:
    return f"{name}({_parameters(signature, lang)}) → {_type(signature.result, lang)}"


def _parameters(signature: Signature, lang: str) -> str:
    said = []
    for parameter in signature.parameters:
        ty = _type(parameter.ty, lang)
        text = f"{parameter.name}: {ty}" if parameter.name else ty
        said.append(f"[{text}]" if parameter.optional else text)
    return ", ".join(said) + (", …" if signature.variadic else "")


def _type(ty: Type, lang: str) -> str:
    if ty in _MARKS:
        return phrase(lang, f"cli.explain.{_MARKS[ty]}")
    if isinstance(ty, t.List):
        return phrase(lang, "cli.explain.list", element=_type(ty.element, lang))
    word = type_word(ty)
    return phrase(lang, f"word.{word.key}", name=word.name)
