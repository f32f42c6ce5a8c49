"""Work shared out among processes: the same comes of it as if one had done all."""

from __future__ import annotations

import os
from multiprocessing import active_children

import pytest

from khung.processes import in_order

TASKS = ["one", "two", "three", "four", "five"]


def opening(said):
    """Return what tells of each letter of a task, and where that is done."""

    def doing(task):
        for letter in task:
            if task in said["ends"] and os.getpid() != said["here"] and letter == task[-1]:
                os._exit(3)
            if task in said["fails"]:
                raise ValueError(task)
            yield [letter, os.getpid() == said["here"]]

    return doing


def told(processes, tasks=TASKS, *, ends=(), fails=()):
    said = {"here": os.getpid(), "ends": ends, "fails": fails}
    return in_order(opening, said, tasks, processes, opening(said))


def test_what_comes_is_in_the_order_of_tasks_whoever_does_them():
    alone, shared = [*told(1)], [*told(2)]
    assert "".join(letter for letter, _ in shared) == "onetwothreefourfive"
    assert [letter for letter, _ in alone] == [letter for letter, _ in shared]
    assert {here for _, here in alone} == {True}
    assert {here for _, here in shared} == {False}


def test_what_a_process_leaves_undone_is_done_here():
    found = [*told(2, ends=("two",))]
    # it told of `t` and `w`, and broke down before `o`
    assert "".join(letter for letter, _ in found) == "onetwothreefourfive"
    assert found[3:6] == [["t", False], ["w", False], ["o", True]]


def test_all_is_done_here_if_no_process_is_left():
    found = [*told(2, ends=TASKS)]
    assert "".join(letter for letter, _ in found) == "onetwothreefourfive"
    assert found[-1] == ["e", True]


def test_a_defect_is_that_of_who_asks():
    with pytest.raises(ValueError, match="three"):
        [*told(2, fails=("three",))]
    assert active_children() == []


def test_who_stops_asking_leaves_no_process_behind():
    asking = told(2, ["x" * 100_000] * 2)  # more than a pipe holds, so that neither ends by itself
    next(asking)
    assert len(active_children()) == 2
    asking.close()
    assert active_children() == []
