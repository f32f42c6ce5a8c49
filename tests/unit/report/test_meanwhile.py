"""What another thread does meanwhile: it is done in the end, and what goes wrong is not lost."""

from __future__ import annotations

from threading import Event, current_thread

import pytest

from khung.report.tables.meanwhile import meanwhile


def fail() -> None:
    raise OSError("no room")


def test_it_is_done_when_the_block_ends() -> None:
    begun, done = Event(), list[str]()

    def work() -> None:
        begun.wait()  # for ever, if the block came only afterwards
        done.append(current_thread().name)

    with meanwhile(work):
        begun.set()
    assert done
    assert done != [current_thread().name]


def test_what_goes_wrong_there_is_raised_here() -> None:
    with pytest.raises(OSError, match="no room"), meanwhile(fail):
        pass


def test_what_goes_wrong_here_comes_first() -> None:
    done = list[int]()
    with pytest.raises(ValueError, match="here"), meanwhile(lambda: done.append(1)):
        raise ValueError("here")
    assert done == [1]
    with pytest.raises(ValueError, match="here"), meanwhile(fail):
        raise ValueError("here")
