"""A comparison on one page: what is told as one, by which example, and who moves."""

from collections import Counter

from tests.support.pair import BEFORE, CASES, Pair, edited

from khung.analysis.diff.cases import Side, compare_outcomes
from khung.analysis.diff.summary import matrices, topics
from khung.analysis.testing import case_files
from khung.driver import Shelf, evaluate_file

GOOD = "lecturer.ladder.levels.good.require.score"
NEVER = "never: {that: hours >= 0, source: 3/2}\n        "


def compared(folder, *edits, **how):
    return Pair(edited(folder, *edits)).compared(**how)


def paths(topic):
    return {judged.change.path for judged in topic.changes}


def example(topic, found):
    shown = topic.example(found)
    return shown and shown.one.id


def test_changes_by_one_clause_are_told_as_one(tmp_path):
    found = compared(
        tmp_path,
        ("lecturer", "score: {that: score >= 75", f"{NEVER}score: {{that: score >= 76"),
        ("lecturer", "count(long_absences) > 2", "count(long_absences) > 3"),
    )
    first, other = topics(found)
    assert paths(first) == {GOOD, GOOD.replace("score", "never")}
    assert paths(other) == {"lecturer.defer.two_departments"}


def test_an_example_comes_of_its_change_alone(tmp_path):
    # he with 310 hours falls by either of the caps, so neither is shown by him
    caps = (
        "caps:\n  busy: {when: hours > 305, at_most: fair, source: 5.1/1}\n"
        "  busier: {when: hours > 306, at_most: fair, source: 5.1/2}\n"
    )
    found = compared(
        tmp_path, ("lecturer", "caps:\n", caps), ("lecturer", "score >= 75", "score >= 76")
    )
    shown = {next(iter(paths(topic))): example(topic, found) for topic in topics(found)}
    assert shown["lecturer.caps.busy"] is None
    assert shown["lecturer.caps.busier"] is None
    assert shown[GOOD] in ("of_75", "few_hours")


def test_whom_a_change_touches_is_counted_by_level_and_beside(tmp_path):
    more = "  half: {is: hours / 2, output: true}\n  score: {is: sum c"
    before = edited(tmp_path / "a", ("lecturer", "  score: {is: sum c", more))
    after = edited(
        tmp_path / "b",
        ("lecturer", "  score: {is: sum c", more.replace("/ 2", "/ 4")),
        ("lecturer", "score >= 75", "score >= 76"),
    )
    found = Pair(after).compared(before=before)
    whom = {next(iter(paths(topic))): topic.whom(found) for topic in topics(found)}
    (of_score,), (of_half,) = whom[GOOD], whom["lecturer.definitions.half"]
    assert (of_score.level, of_score.beside) == (2, 0)  # of_75 and few_hours
    assert of_half.level == 0
    assert of_half.beside > 0


def test_the_matrix_counts_what_each_side_says_by_itself(tmp_path):
    after = edited(tmp_path, ("lecturer", "score >= 75", "score >= 76"))
    counted = Counter()
    for path in case_files([CASES]):
        levels = []
        for folder in (BEFORE, after):
            shelf = Shelf()
            results = evaluate_file(path, shelf, {}, folder.parent).results
            levels.append(
                {i: (r.status.value, r.level) for i, r in results.by_type["lecturer"].items()}
            )
        counted.update((levels[0][one], levels[1][one]) for one in levels[0])
    (matrix,) = matrices(Pair(after).compared())
    assert matrix.type == "lecturer"
    assert sorted(matrix.counts.values()) == sorted(counted.values())
    assert matrix.moved == sum(n for (was, now), n in counted.items() if was != now) == 2
    assert matrix.counts["good", "fair"] == 2
    assert matrix.moving == ("good", "fair")  # the best first


def test_two_cases_that_state_the_same_are_run_once(tmp_path):
    text = (CASES / "score.yaml").read_text("utf-8").partition("expect:")[0]
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(f"{text}# {name}\n", "utf-8")
    after = edited(tmp_path / "after", ("lecturer", "score >= 75", "score >= 76"))
    files = [tmp_path / f"{name}.yaml" for name in "ab"]
    one, two = compare_outcomes(files, Side(BEFORE, {}), Side(after, {}), Shelf())
    assert one.tried is two.tried
    assert [case.path.stem for case in (one, two)] == ["a", "b"]
    assert [d.id for d in one.differences] == [d.id for d in two.differences] != []
