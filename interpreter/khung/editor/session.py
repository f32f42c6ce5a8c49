"""What an editor has open, and when what is told of it.

Files that belong together are read at once after each change: runs that are outdated before they
begin are left out, so that a thousand changes a second cost no more than the last. When nobody has
typed for a moment, the whole check runs in the other process; until it answers, what it said last
is told where the text is as it was.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from khung.diagnostics.bag import Bag
from khung.editor.files import Kind, Target, target_of
from khung.editor.library import Library
from khung.editor.reading import at_once
from khung.editor.texts import Text
from khung.editor.told import defect, tell
from khung.editor.worker import Worker
from khung.rulebook.keeping import Keeping
from khung.source.files import read_source, unsaved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from khung.editor.index import Index
    from khung.editor.told import Told

T = TypeVar("T")

QUIET = 0.15  # seconds without a change after which the whole check begins
_QUIET_NAMES = 0.4  # the same before names are looked up anew
_QUIET_OTHERS = 0.6  # the same of what only hangs on what was changed

ByPath = dict[str, "list[Told]"]


@dataclass
class Document:
    """A file that is open."""

    uri: str
    path: str
    text: Text
    version: int | None = None


@dataclass
class _Found:
    """What was said of a target, each step with the texts that it read."""

    early: ByPath = field(default_factory=dict)
    late: ByPath = field(default_factory=dict)
    early_texts: dict[str, Text] = field(default_factory=dict)
    late_texts: dict[str, Text] = field(default_factory=dict)


class Session:
    """All that is open.

    Attributes:
        documents: The files that are open, by path.
        publish: Tells the editor what is wrong with a file: its path, and what is said of it.
    """

    def __init__(self, lang: str, publish: Callable[[str, Text, list[Told]], None]) -> None:
        self.lang, self.publish = lang, publish
        self.documents: dict[str, Document] = {}
        self.units = "utf-16"
        self.revision = 0
        self._keeping: dict[str, Keeping] = {}
        self._library = Library()
        self._found: dict[Target, _Found] = {}
        self._published: dict[str, set[Target]] = {}
        self._early_due: list[Target] = []
        self._late_due: dict[Target, float] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._reader = ThreadPoolExecutor(1, "khung-reader")
        self._namer = ThreadPoolExecutor(1, "khung-namer")
        self._asker = ThreadPoolExecutor(1, "khung-asker")
        self._worker = Worker()

    # -- what is open ---------------------------------------------------------------------------

    def open(self, uri: str, path: str, raw: str, version: int | None) -> None:
        """Take a file that was opened, or the whole text of one."""
        self.documents[path] = Document(uri, path, Text(raw, self.units), version)
        self.touched(path)

    def change(self, path: str, raw: str, version: int | None) -> None:
        """Take the text of a file after a change."""
        document = self.documents[path]
        document.text, document.version = Text(raw, self.units), version
        self.touched(path)

    def close(self, path: str) -> None:
        """Let go of a file; what is told of it goes, too, if nothing beside it is open."""
        document = self.documents.pop(path, None)
        target = None if document is None else self._target(document)
        if target is not None and target not in self.targets():
            self._forget(target)
        elif target is not None:
            self._due(target)

    def touched(self, path: str) -> None:
        """Read again what a file belongs to, then check it and what hangs on it."""
        self.revision += 1
        target = self._target(self.documents[path])
        if target is None:
            return
        self._due(target)
        if target.kind is Kind.RULEBOOK:
            self._late(set(self.targets()) - {target}, _QUIET_OTHERS)

    def again(self) -> None:
        """Read everything again: files on disk have changed."""
        self.revision += 1
        for target in self.targets():
            self._due(target)

    def targets(self) -> list[Target]:
        """Return what the open files belong to, each once."""
        found = (self._target(document) for document in self.documents.values())
        return list(dict.fromkeys(target for target in found if target is not None))

    def _target(self, document: Document) -> Target | None:
        return target_of(document.path, document.text.raw, self.documents)

    def held(self) -> dict[str, bytes]:
        """Return the bytes of what is open, by path."""
        return {path: document.text.data for path, document in self.documents.items()}

    def text_of(self, path: str) -> Text | None:
        """Return the text of a file, as the editor holds it, else as it is on disk."""
        if path in self.documents:
            return self.documents[path].text
        source = read_source(Path(path), Bag())
        return None if source is None else Text(source.text, self.units)

    async def read(self, work: Callable[[], T]) -> T:
        """Return what is found by reading files, one reader after the other."""
        return await self._in(self._reader, work)

    async def name(self, work: Callable[[], T]) -> T:
        """Return what is found of names, in a thread beside that of readers."""
        return await self._in(self._namer, work)

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        held = self.held()

        def run() -> T:
            with unsaved(held):
                return work()

        return await asyncio.get_running_loop().run_in_executor(threads, run)

    async def index(self, target: Target, *, fresh: bool = False) -> Index | None:
        """Return the names of a rulebook, or of that of a case; the last that could be read.

        Unless it is to be `fresh`, it may be of a moment ago: who types does not wait for it.
        """
        known = self._library.known.get(target)
        if known is None or fresh:
            return await self.name(lambda: self._index(target))
        if known[0] != self.revision:
            self._start("names", partial(self._read_names, target))
        return known[1]

    def _index(self, target: Target) -> Index | None:
        return self._library.index(target, self.revision)

    async def _read_names(self, target: Target) -> None:
        revision = -1
        while revision != self.revision:  # somebody is typing
            revision = self.revision
            await asyncio.sleep(_QUIET_NAMES)
        await self.name(lambda: self._index(target))

    async def case_schema(self, target: Target) -> dict[str, Any] | None:
        """Return the schema of cases of the rulebook of one; None if that has mistakes."""
        index = await self.index(target)
        return None if index is None else self._library.schema(index, self.lang)

    def stop(self) -> None:
        """End what is running."""
        for task in self._tasks.values():
            task.cancel()
        self._worker.stop()
        for threads in (self._reader, self._namer, self._asker):
            threads.shutdown(wait=False, cancel_futures=True)

    # -- at once ----------------------------------------------------------------------------------

    def _due(self, target: Target) -> None:
        if target in self._early_due:
            self._early_due.remove(target)
        self._early_due.insert(0, target)
        self._start("early", self._read_all)

    def _start(self, name: str, run: Callable[[], Any]) -> None:
        task = self._tasks.get(name)
        if task is None or task.done():
            self._tasks[name] = asyncio.get_running_loop().create_task(run())

    async def _read_all(self) -> None:
        while self._early_due:
            target = self._early_due.pop(0)
            texts = {path: document.text for path, document in self.documents.items()}
            keeping = self._keeping.setdefault(target.path, Keeping(blocks={}))

            told = await self.read(partial(self._at_once, target, keeping))
            found = self._found.setdefault(target, _Found())
            found.early, found.early_texts = _by_path(told), texts
            self._publish(target)
            self._late([target], QUIET)

    def _at_once(self, target: Target, keeping: Keeping) -> list[Told]:
        try:
            said = at_once(target, keeping)
        except Exception as error:  # noqa: BLE001  # told as a defect: the editor goes on
            said = (defect(error),)
        return tell(said, self.lang, target.main_file())

    # -- after a moment ---------------------------------------------------------------------------

    def _late(self, targets: Iterable[Target], quiet: float) -> None:
        now = asyncio.get_running_loop().time()
        for target in targets:
            self._late_due[target] = now + quiet
        if self._late_due:
            self._start("late", self._check_all)

    async def _check_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._late_due:
            target = min(self._late_due, key=self._late_due.__getitem__)
            wait = self._late_due[target] - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            del self._late_due[target]
            await self._check(target)

    async def _check(self, target: Target) -> None:
        texts = {path: document.text for path, document in self.documents.items()}
        unsaved_texts = {path: text.raw for path, text in texts.items()}
        asked = {"kind": target.kind.value, "path": target.path, "lang": self.lang}
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(
            self._asker, self._worker.ask, {**asked, "unsaved": unsaved_texts}
        )
        if answer is None or target not in self.targets():
            return
        found = self._found.setdefault(target, _Found())
        found.late, found.late_texts = _by_path(answer["late"]), texts
        if all(document.text is texts.get(path) for path, document in self.documents.items()):
            found.early, found.early_texts = _by_path(answer["early"]), texts
        self._publish(target)

    # -- what is told -----------------------------------------------------------------------------

    def told(self, path: str) -> list[Told]:
        """Return what is said of a file as it is now, each once."""
        seen: dict[tuple[object, ...], Told] = {}
        for found in self._found.values():
            for said, texts in ((found.early, found.early_texts), (found.late, found.late_texts)):
                for one in self._moved(path, said.get(path, ()), texts):
                    seen.setdefault((one["code"], one["start"], one["end"], one["message"]), one)
        return list(seen.values())

    def _moved(self, path: str, said: Iterable[Told], texts: Mapping[str, Text]) -> list[Told]:
        now, then = self.documents.get(path), texts.get(path)
        if now is None or then is None or now.text is then:
            return list(said)
        return moved(list(said), then.text, now.text.text)

    def _publish(self, target: Target) -> None:
        found = self._found[target]
        paths = {*found.early, *found.late}
        before = {path for path, of in self._published.items() if target in of}
        for path in paths:
            self._published.setdefault(path, set()).add(target)
        for path in before - paths:
            self._published[path].discard(target)
        own = {p for p, d in self.documents.items() if self._target(d) == target}
        for path in sorted(paths | before | own):
            self._tell(path)

    def _tell(self, path: str) -> None:
        text = self.text_of(path)
        if text is not None:
            self.publish(path, text, self.told(path))

    def _forget(self, target: Target) -> None:
        self._found.pop(target, None)
        self._late_due.pop(target, None)
        self._keeping.pop(target.path, None)
        self._library.known.pop(target, None)
        for path, of in list(self._published.items()):
            if target in of:
                of.discard(target)
                self._tell(path)


def _by_path(told: Iterable[Told]) -> ByPath:
    found: ByPath = {}
    for one in told:
        found.setdefault(one["path"], []).append(one)
    return found


def moved(said: list[Told], then: str, now: str) -> list[Told]:
    """Return what was said of a text where it is in another version; of what changed, nothing."""
    start = _common(then, now)
    rest = min(len(then), len(now)) - start
    end = _common(then[::-1], now[::-1], rest)
    last, by = len(then) - end, len(now) - len(then)
    found: list[Told] = []
    for one in said:
        if one["end"] <= start:
            found.append(one)
        elif one["start"] >= last:
            found.append(_shifted(one, by))
    return found


def _shifted(one: Told, by: int) -> Told:
    shifted = one.copy()
    shifted["start"], shifted["end"] = one["start"] + by, one["end"] + by
    shifted["offers"] = []  # their places would have to move, too: the next check offers them anew
    return shifted


def _common(one: str, other: str, most: int | None = None) -> int:
    """Return how many characters at the start of two texts are the same."""
    low, high = 0, min(len(one), len(other)) if most is None else most
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
