"""A text for people. It stands alone, as a program that was kept needs no more of the model."""

from __future__ import annotations

from khung.records import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A text for people, Vietnamese first; `en` is empty where the author gave none."""

    vi: str
    en: str = ""

    def said(self, lang: str) -> str:
        """Return the text in `lang`, or in Vietnamese where there is none."""
        return self.en if lang == "en" and self.en else self.vi
