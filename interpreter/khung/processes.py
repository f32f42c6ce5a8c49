"""Work shared out among processes: what comes of each task, in the order in which they were stated.

What a process is asked and what it says is JSON. A process that breaks down takes nothing with it:
its task is done here instead. Processes end when whoever asks does, or stops asking.
"""

from __future__ import annotations

import gc
import json
import os
import signal
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    Doing = Callable[[Any], Iterator[Any]]
    """Does a task, and yields what comes of it as data."""
    Open = Callable[[Any], Doing]
    """Makes ready what tasks need, by what is said of all; a process imports it by its name."""

_GARBAGE = 500_000  # as of the command line


def end_as_by_hand() -> None:
    """Have whatever ends this process end it as Ctrl+C does, so that nothing stays half written.

    What it was told not to hear, as by `nohup`, it does not hear.
    """
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def processors() -> int:
    """Return how many processors this process may use; one in a process that may start no other."""
    from multiprocessing import current_process  # noqa: PLC0415  # only where work is shared out

    return 1 if current_process().daemon else usable()


def usable() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))  # type: ignore[attr-defined,unused-ignore]  # not on all
    except AttributeError:
        return os.cpu_count() or 1


def in_order(
    opening: Open, said: Any, tasks: Sequence[Any], processes: int, here: Doing
) -> Iterator[Any]:
    """Yield what comes of tasks, as it comes, in the order of the tasks.

    Args:
        opening: Makes ready what tasks need, in each process once.
        said: What it is told, as data.
        tasks: The tasks, as data; the first are begun first.
        processes: How many processes there are; with one all is done here.
        here: Does a task in this process.
    """
    if min(processes, len(tasks)) < 2:  # noqa: PLR2004  # one is no other
        for task in tasks:
            yield from here(task)
        return
    shared = Sharing(tasks, here)
    try:
        shared.start(opening, said, processes)
        yield from shared.results()
    finally:
        shared.stop()


class Sharing:
    """Tasks that are shared out, and what is known of each, by its place.

    Attributes:
        waiting: Those that nobody has begun.
        came: What came of each and was not passed on yet.
        given: How much of each was passed on.
        done: Those of which all has come.
        lost: Those whose process broke down.
        at_work: Which task is done at the other end of a connection.
    """

    def __init__(self, tasks: Sequence[Any], here: Doing) -> None:
        self.tasks, self.here = tasks, here
        self.waiting = list(range(len(tasks)))
        self.came: dict[int, list[Any]] = {place: [] for place in self.waiting}
        self.given = dict.fromkeys(self.waiting, 0)
        self.done, self.lost = set[int](), set[int]()
        self.at_work: dict[Any, int] = {}
        self.processes: list[BaseProcess] = []

    def start(self, opening: Open, said: Any, count: int) -> None:
        """Start processes, each with a task; no more than there are tasks."""
        from multiprocessing import get_context  # noqa: PLC0415  # only where one is started

        context = get_context("spawn")
        for _ in range(min(count, len(self.tasks))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, opening, said), daemon=True)
            with _uninterrupted():
                process.start()
            theirs.close()
            self.processes.append(process)
            self._hand_out(ours)

    def results(self) -> Iterator[Any]:
        """Yield what comes of tasks, in their order; what nobody does is done here."""
        for place, task in enumerate(self.tasks):
            yield from self.told(place)
            if place in self.lost:
                yield from islice(self.here(task), self.given[place], None)

    def poll(self) -> None:
        """Take what has come, so that nobody waits to tell more."""
        if self.at_work:
            self._listen(0)

    def told(self, place: int) -> Iterator[Any]:
        """Yield what comes of a task, until it is done or lost."""
        while True:
            while self.came[place]:
                self.given[place] += 1
                yield self.came[place].pop(0)
            if place in self.done or place in self.lost:
                return
            if not self.at_work:  # nobody is left who would do it
                self.lost.add(place)
                return
            self._listen()

    def _listen(self, seconds: float | None = None) -> None:
        from multiprocessing.connection import wait  # noqa: PLC0415  # as above

        ready: list[Any] = wait(list(self.at_work), seconds)
        for connection in ready:
            place = self.at_work[connection]
            try:
                kind, what = json.loads(connection.recv_bytes())
            except (EOFError, OSError):
                self._drop(connection)
                continue
            if kind == "told":
                self.came[place].append(what)
            else:
                self.done.add(place)
                self._hand_out(connection)

    def _hand_out(self, connection: Any) -> None:
        self.at_work.pop(connection, None)
        if not self.waiting:
            connection.close()
            return
        self.at_work[connection] = self.waiting.pop(0)
        try:
            connection.send_bytes(json.dumps(self.tasks[self.at_work[connection]]).encode())
        except OSError:
            self._drop(connection)

    def _drop(self, connection: Any) -> None:
        self.lost.add(self.at_work.pop(connection))
        connection.close()

    def stop(self) -> None:
        """End all processes."""
        for connection in self.at_work:
            connection.close()
        for process in self.processes:
            process.kill()
            process.join()


def _serve(connection: Connection, opening: Open, said: Any) -> None:
    """Do tasks until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who breaks off ends this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.set_threshold(_GARBAGE)
    try:
        doing = opening(said)
        while True:
            for what in doing(json.loads(connection.recv_bytes())):
                connection.send_bytes(json.dumps(["told", what]).encode())
            connection.send_bytes(json.dumps(["done", None]).encode())
    except (EOFError, OSError):
        return
    except Exception:  # noqa: BLE001  # the task is done once more by who asked, who says what it is
        return


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a process be started that does not hear Ctrl-C; it is for whoever starts it."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # in another thread than the main one nobody hears it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
