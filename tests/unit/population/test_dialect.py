"""What DuckDB and Spark have no common form of is turned, and stays what it was."""

from __future__ import annotations

import pytest

from khung.population.dialect import as_spark

TURNED = {
    'SELECT max(a) FROM "q.m~1"': "SELECT MAX(`a`) FROM `v1` AS `q.m~1`",
    # DuckDB passes over values that are null, and Spark gives them
    "SELECT arg_min(a, b) FROM t": "SELECT MIN_BY(`a`, `b`) FILTER(WHERE NOT `a` IS NULL) FROM `t`",
    "SELECT arg_max(a, b) FILTER (WHERE c) FROM t": (
        "SELECT MAX_BY(`a`, `b`) FILTER(WHERE `c` AND NOT `a` IS NULL) FROM `t`"
    ),
    # Spark's list has no order, and leaves nulls out
    "SELECT list(a ORDER BY b) FILTER (WHERE c) FROM t": (
        "SELECT TRANSFORM(ARRAY_SORT(COLLECT_LIST(STRUCT(`b`, `a` AS `value`)) FILTER(WHERE `c`)),"
        " `e` -> `e`.`value`) FROM `t`"
    ),
    "SELECT row_number() OVER () FROM t": "SELECT MONOTONICALLY_INCREASING_ID() + 1 FROM `t`",
    'SELECT row_number() OVER () FROM "in.t"': "SELECT `@row` FROM `in.t`",
    "SELECT array_length(a) FROM t": "SELECT SIZE(`a`) FROM `t`",
    "SELECT row_number() OVER (ORDER BY a) FROM t": (
        "SELECT ROW_NUMBER() OVER (ORDER BY `a` NULLS LAST) FROM `t`"
    ),
    "SELECT extract(isodow FROM a) FROM t": "SELECT EXTRACT(DAYOFWEEK_ISO FROM `a`) FROM `t`",
    "SELECT CAST(a + INTERVAL (1) MONTH * b AS DATE) FROM t": (
        "SELECT CAST(ADD_MONTHS(`a`, `b`) AS DATE) FROM `t`"
    ),
    "SELECT date_diff('day', a, b) FROM t": "SELECT DATEDIFF(DAY, `a`, `b`) FROM `t`",
    "SELECT CAST([] AS VARCHAR[])": "SELECT CAST(ARRAY() AS ARRAY<STRING>)",
    "SELECT 'a\\b''c'": r"SELECT 'a\\b\'c'",  # a backslash is a letter of DuckDB
    # Spark has unions by place only
    "SELECT a AS x FROM t UNION ALL BY NAME SELECT b AS y, c AS x FROM u": (
        "SELECT `a` AS `x`, NULL AS `y` FROM `t` UNION ALL SELECT `c` AS `x`, `b` AS `y` FROM `u`"
    ),
}


@pytest.mark.parametrize("text", TURNED)
def test_a_statement_is_turned(text: str) -> None:
    assert as_spark(text, {("main", "q.m~1"): "v1"}) == TURNED[text]


def test_what_is_within_is_turned_too() -> None:
    day = "extract(isodow FROM a)"
    text = f"SELECT list({day} ORDER BY b) FILTER (WHERE {day} > 1) FROM t"
    assert as_spark(text, {}).count("DAYOFWEEK_ISO") == 2


def test_a_part_of_a_statement_is_not_taken_for_a_relation_of_its_name() -> None:
    text = "WITH l0 AS (SELECT 1 AS a) SELECT a FROM l0"
    assert (
        as_spark(text, {("main", "l0"): "v1"})
        == "WITH `l0` AS (SELECT 1 AS `a`) SELECT `a` FROM `l0`"
    )


def test_a_relation_is_that_of_the_first_schema_that_has_it() -> None:
    names = {("main", "m"): "v1", ("again", "m"): "v2", ("main", "n"): "v3"}
    text = "SELECT x.a FROM m AS x JOIN main.m AS y ON x.a = y.a JOIN n AS z ON z.a = x.a"
    found = as_spark(text, names, ("again", "main"))
    assert "FROM `v2` AS `x` JOIN `v1` AS `y`" in found
    assert "JOIN `v3` AS `z`" in found
