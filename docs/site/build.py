"""The documents as a site of files: `python docs/site/build.py FOLDER [LANGUAGE…]`.

Made are the pages of `docs/vi` and `docs/en`, one of the codes of messages, and an index. A site
asks for no file from elsewhere, and is read, searched too, from a disk as from a server.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from sphinx.cmd.build import build_main

from khung.diagnostics.codes import all_codes, page
from khung.report.guide import without_steps

HERE = Path(__file__).parent
DOCS = HERE.parent
WORDS = json.loads((HERE / "words.json").read_text(encoding="utf-8"))
CODES = "codes"
_CODE = re.compile(r"(?:\.\./)+interpreter/khung/diagnostics/codes/(K\d+)\.md")
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_PLACE = re.compile(r'<a id="([^"]+)"></a>')
_FENCED = re.compile(r"(^```.*?^```)", re.S | re.M)


def build(target: Path, langs: tuple[str, ...]) -> int:
    """Write the site into a folder; return 0, or another number where something is wrong."""
    shutil.rmtree(target, ignore_errors=True)
    for lang in langs:
        with tempfile.TemporaryDirectory() as folder:
            source, kept = Path(folder) / "source", Path(folder) / "kept"
            for name, text in pages(lang).items():
                path = source / f"{name}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            how = ("-q", "-W", "--keep-going", "-c", HERE, "-d", kept, "-D", f"language={lang}")
            failed = build_main([str(one) for one in (*how, source, target / lang)])
            shutil.rmtree(target / lang / "_sources", ignore_errors=True)
            if failed:
                return failed
            _make_accessible(target / lang, WORDS[lang]["pages"])
    (target / "index.html").write_text(_door(langs), encoding="utf-8")
    return 0


def _make_accessible(folder: Path, pages_word: str) -> None:
    """Say in the pages what the theme leaves out: what is scrolled by keys, how deep headings are.

    Without it `axe` finds each page wanting.
    """
    better = {
        '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
        "<pre>": '<pre tabindex="0">',
        '<div class="table-wrapper ': '<div tabindex="0" class="table-wrapper ',
        '<aside class="sidebar-drawer"': f'<aside aria-label="{pages_word}" class="sidebar-drawer"',
    }
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for old, new in better.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


def pages(lang: str) -> dict[str, str]:
    """Return all pages of a language by name, in Markdown."""
    words = WORDS[lang]
    made = {path.stem: path.read_text(encoding="utf-8") for path in (DOCS / lang).glob("*.md")}
    made = {name: _led(without_steps(text), made) for name, text in made.items()}
    made[CODES] = _codes(lang)
    made["index"] = _index(words, sorted(made))
    return made


def _index(words: dict[str, Any], names: list[str]) -> str:
    """Return the first page, which lists all others; those of no part stand in the last one."""
    listed = {name for _, part in words["parts"] for name in part}
    *before, (title, last) = words["parts"]
    all_parts = [*before, (title, [*last, *(name for name in names if name not in listed)])]
    parts = "\n".join(_tree(part, title) for title, part in all_parts)
    return f"# {words['title']}\n\n{words['about']}\n\n{parts}"


def _tree(names: list[str], title: str) -> str:
    return f"```{{toctree}}\n:caption: {title}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n"


def _codes(lang: str) -> str:
    """Return the page of all codes, a section each."""
    words = WORDS[lang]
    sections = "\n".join(_section(code, lang) for code in all_codes())
    return f"# {words['codes']}\n\n{words['codes_about']}\n\n{sections}"


def _section(code: str, lang: str) -> str:
    found, words = page(code), WORDS[lang]
    said = found.said[lang]
    helps = "\n".join(f"* {sentence}" for sentence in said.helps.values() if sentence)
    parts = [f"## {code}", f"**{words['message']}**: {said.message}"]
    if helps:
        parts.append(f"**{words['help']}**:\n\n{helps}")
    return "\n\n".join((*parts, said.body)) + "\n"


def _led(text: str, known: dict[str, str]) -> str:
    """Return a page whose links lead to pages of the site; of others only the words stay."""
    places = set(_PLACE.findall(text))
    parts = _FENCED.split(text)

    def lead(found: re.Match[str]) -> str:
        words, to = found[1], _CODE.sub(_code_place, found[2])
        file, _, place = to.partition("#")
        if not file and place in places:
            return f'<a href="#{place}">{words}</a>'
        inside = not file or file.removesuffix(".md") in {*known, CODES}
        outside = to.startswith(("http://", "https://"))
        return f"[{words}]({to})" if inside or outside else words

    return "".join(part if part.startswith("```") else _LINK.sub(lead, part) for part in parts)


def _code_place(found: re.Match[str]) -> str:
    return f"{CODES}.md#{found[1].lower()}"


def _door(langs: tuple[str, ...]) -> str:
    """Return the page at which a reader chooses the language; it goes on to the first itself."""
    rows = "".join(
        f'<li><a href="{lang}/index.html" lang="{lang}">{WORDS[lang]["title"]}</a></li>'
        for lang in langs
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{langs[0]}">\n<head><meta charset="utf-8">'
        f'<meta http-equiv="refresh" content="0; url={langs[0]}/index.html">'
        f"<title>khung</title></head>\n<body><ul>{rows}</ul></body>\n</html>\n"
    )


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]), tuple(sys.argv[2:]) or tuple(WORDS)))
