"""How Sphinx makes the site; `build.py` beside it says of what."""

from __future__ import annotations

import unicodedata

from sphinx.search import SearchLanguage, languages

project = "khung"
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = "khung"
html_copy_source = False
html_show_copyright = False
html_show_search_summary = False  # it asks a server for each page, and from files there is none
html_show_sourcelink = False
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]
suppress_warnings = ["misc.highlighting_failure"]  # examples of mistakes are no YAML

_SAME_LETTER = str.maketrans("đĐ", "dD")


class Plain(SearchLanguage):
    """Search that takes a word with its accents or without, as people type it."""

    lang = "vi"
    language_name = "Vietnamese"
    js_stemmer_code = """
var Stemmer = function () {
  this.stemWord = function (word) {
    return word.normalize("NFD").replace(/[\\u0300-\\u036f]/g, "").replace(/\\u0111/g, "d");
  };
};
"""

    def stem(self, word: str) -> str:
        """Return a word without its accents."""
        letters = unicodedata.normalize("NFD", word.lower())
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
        return plain.translate(_SAME_LETTER)


languages["vi"] = Plain  # type: ignore[assignment]  # Sphinx takes a name or a class
