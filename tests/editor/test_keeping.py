"""What is kept of a rulebook from one key to the next is what reading it anew would give."""

from __future__ import annotations

import random
import shutil

import pytest
from tests.support.rulebook import RULEBOOKS

from khung.diagnostics.bag import Bag
from khung.editor.files import Kind, Target
from khung.editor.reading import at_once
from khung.editor.told import tell
from khung.rulebook.from_source import decode, load_written
from khung.rulebook.keeping import Keeping, kept_in
from khung.source import blocks
from khung.source.files import place_of, unsaved

FILES = (
    "2020/rulebook.yaml",
    "2021/dang_vien.yaml",
    "2021/clauses.yaml",
    "2021-xa-a/dang_vien.yaml",
)
SIGNS = (" ", "  ", "x", "{", "\n", ":", "'", "3", "# ", "-", "%")


def read(folder, texts):
    bag = Bag()
    with unsaved(texts):
        written = load_written(folder, bag)
        rulebook = None if written is None else decode(written, bag)
    said = [(d.code, d.help, d.at, d.span and (d.span.start, d.span.end)) for d in bag.diagnostics]
    return rulebook, said


def edited(text, draw):
    at = draw.randrange(len(text))
    return text[:at] + draw.choice(SIGNS) + text[at + draw.randrange(3) :]


@pytest.mark.parametrize("name", FILES)
def test_kept_is_as_read_anew(name, folder):
    draw, keeping = random.Random(name), Keeping()  # noqa: S311  # no secret
    path = folder / "rulebooks" / name
    text, sound = path.read_text("utf-8"), 0
    for _ in range(12):
        texts = {place_of(path): edited(text, draw).encode()}
        with kept_in(keeping):
            kept = read(path.parent, texts)
        anew = read(path.parent, texts)
        assert kept == anew
        sound += anew[0] is not None
    assert sound > 2


@pytest.mark.parametrize("name", ["lecturers", "suppliers", "permits_june"])
def test_what_is_told_at_once_is_what_is_told_of_the_whole(name, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "_LONG", 2)
    shutil.copytree(RULEBOOKS, tmp_path, dirs_exist_ok=True)
    path = tmp_path / name / "rulebook.yaml"
    target, keeping = Target(Kind.RULEBOOK, str(path.parent)), Keeping(blocks={})
    draw, text, wrong = random.Random(name), path.read_text("utf-8"), 0  # noqa: S311  # no secret
    for _ in range(40):
        with unsaved({place_of(path): edited(text, draw).encode()}):
            kept = tell(at_once(target, keeping), "vi", "")
            anew = tell(at_once(target, Keeping()), "vi", "")
        assert kept == anew
        wrong += bool(anew)
    assert 10 < wrong < 40


def test_a_changed_base_is_read_anew(folder):
    keeping, base = Keeping(), folder / "rulebooks/2020/rulebook.yaml"
    own = folder / "rulebooks/2021"
    with kept_in(keeping):
        before, _ = read(own, {})
    text = base.read_text("utf-8")
    label = next(
        p for p in before.parameters if p.head.label and p.head.span.file.name == str(base)
    )
    assert text.count(label.head.label.vi) >= 1
    texts = {place_of(base): text.replace(label.head.label.vi, "Tên khác").encode()}
    with kept_in(keeping):
        after, _ = read(own, texts)
    assert {p.head.id: p.head.label.vi for p in after.parameters}[label.head.id] == "Tên khác"
