"""Work that takes long, done beside what the desk answers: tables, two rulebooks compared."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import Future
from dataclasses import field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from khung.desk.refusals import ABSENT, RefusedError
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = tuple[Future[Any], Callable[[], Any]]

MOST = 20
"""Pieces of work of which what came of them is kept."""

_STACK = 512 * 1024 * 1024  # bytes of address space: explanations of large cases go deep


class Worker:
    """One thread in which things are done one after the other; the program does not wait for it."""

    def __init__(self) -> None:
        """Start the thread."""
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        before = threading.stack_size(_STACK)
        threading.Thread(target=self._run, name="khung", daemon=True).start()
        threading.stack_size(before)

    def submit(self, job: Callable[[], Any]) -> Future[Any]:
        """Have a job done; return what it will come to."""
        future: Future[Any] = Future()
        self._jobs.put((future, job))
        return future

    def _run(self) -> None:
        while True:
            future, job = self._jobs.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001  # who asked hears of it
                future.set_exception(error)


@dataclass(slots=True)
class Task:
    """A piece of work: what it is, how far it is, and what comes of it.

    Attributes:
        kind: What page shows it.
        about: What it is about, in words.
        done: What to tell on the way.
    """

    id: str
    kind: str
    about: str
    future: Future[Any]
    done: list[str] = field(default_factory=list)
    close: Callable[[], None] | None = None


@dataclass(slots=True)
class Work:
    """All pieces of work, by their id; the thread for them is made with the first."""

    tasks: dict[str, Task] = field(default_factory=dict)
    worker: Worker | None = None

    def start(
        self,
        kind: str,
        about: str,
        job: Callable[[list[str]], Any],
        close: Callable[[], None] | None = None,
    ) -> Task:
        """Start a piece of work, which is handed where to tell how far it is."""
        self.worker = self.worker or Worker()
        told: list[str] = []
        future = self.worker.submit(lambda: job(told))
        task = Task(secrets.token_hex(4), kind, about, future, told, close)
        self.tasks[task.id] = task
        while len(self.tasks) > MOST:
            self.end(next(iter(self.tasks)))
        return task

    def get(self, name: str, kind: str) -> Task:
        """Return a piece of work. Raises RefusedError (K0906) where there is none of the name."""
        found = self.tasks.get(name)
        if found is None or found.kind != kind:
            raise RefusedError("K0906", ABSENT)
        return found

    def end(self, name: str) -> None:
        """Forget a piece of work, and what it left on disk."""
        task = self.tasks.pop(name)
        task.future.cancel()
        if task.close is not None:
            task.close()

    def end_all(self) -> None:
        """Forget all pieces of work."""
        for name in list(self.tasks):
            self.end(name)
