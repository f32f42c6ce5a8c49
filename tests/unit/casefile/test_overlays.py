"""Cases that name overlays: who is under which, and what goes wrong with that."""

from __future__ import annotations

from textwrap import dedent

import pytest

from khung.driver import Shelf, evaluate_text

BASE = {
    "rulebook": """\
        khung: 1
        id: base
        title: Clubs
        period: {from: 2024-01-01, to: 2024-12-31}
        document: D
        documents: {D: {}}
        scales: {mark: {values: {low: Low, high: High}}}
        parameters:
          limit: {value: 50%, local: {at_most: 50%}}
          few: {value: 3, local: true}
          long: {value: 3, local: true}
        records:
          trip:
            fields: {days: {type: number, range: "0.."}, to: {to: club, back: trips_here}}
            definitions: {long: {is: days >= parameters.long}}
        """,
    "member": """\
        subject: member
        links:
          club: {to: club, back: members, unit: true}
          second: {to: club, back: seconds, unit: true, default: "-", absence: true, optional: true}
        facts:
          points: {type: number, range: "0..9"}
          trips: {type: list of trip, default: [], absence: true}
        caps:
          trips: {when: some t in trips satisfies t.long, at_most: low, source: "1"}
        criteria: {scale: mark, groups: {first: {items: {kind: {source: "1"}}}}}
        ladder:
          scale: mark
          levels:
            high: {require: {points: {that: points >= 5, source: "1"}}}
            low: {otherwise: true, source: "1"}
        quotas:
          best:
            {level: high, per: [club], counts: true, at_most: parameters.limit, rounding: floor,
             order: [{highest: points}], ties: none, others: low, source: "1",
             small_group: {fewer_than: parameters.few, allow: 1, source: "1"}}
        """,
    "club": """\
        subject: club
        links: {above: {to: club, back: below, unit: true, applies_when: is_branch}}
        facts: {is_branch: {type: boolean, default: false, absence: true}}
        definitions: {long_trips: {is: count t in trips_here satisfies t.long, output: true}}
        ladder:
          scale: mark
          levels:
            high: {require: {free: {that: true, source: "1"}}}
            low: {otherwise: true, source: "1"}
        """,
}
HEAD = """\
    khung: 1
    id: {name}
    title: {name}
    extends: {{rulebook: base, as: overlay}}
    period: {{from: 2024-01-01, to: 2024-12-31}}
    applies_to: {{club: [{club}]}}
    """


@pytest.fixture
def case(tmp_path):
    """Evaluate members and clubs under overlays; `also` adds to what overlays say, by file."""
    write(tmp_path / "base", BASE)
    shelf = Shelf()

    def evaluate(members, clubs="red: {}, blue: {}", overlays="red, blue", **also):
        write(tmp_path / "base", also.get("base", {}))
        for name in ("red", "blue"):
            head = dedent(HEAD.format(name=name, club=also.get("units", {}).get(name, name)))
            files = {"rulebook": head + also.get(name, ""), **also.get(f"{name}_files", {})}
            write(tmp_path / name, files)
        text = (
            f"rulebook: base\noverlays: [{overlays}]\non: 2024-12-31\ncomplete: true\n"
            f"subjects: {{member: {{{members}}}, club: {{{clubs}}}}}\n"
        )
        return evaluate_text(text.encode(), "case.yaml", shelf, {}, tmp_path)

    return evaluate


def write(folder, files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(dedent(text), "utf-8")


def said(found):
    return [
        (d.code, d.span.text if d.span else "") for d in found.diagnostics if d.code[:3] != "K07"
    ]


def levels(found):
    assert said(found) == []
    return {name: result.level for name, result in found.results.by_type["member"].items()}


RED_MEMBERS = {
    "member": """\
        subject: member
        facts: {late: {type: boolean, source: "1"}}
        caps: {late: {when: late, at_most: low, source: "1"}}
        """
}


def test_everyone_is_under_the_overlay_of_the_own_unit(case):
    found = case(
        "a: {club: red, points: 9, late: true}, b: {club: red_2, points: 9, late: true}, "
        "c: {club: blue, points: 9}, d: {club: green, points: 9}",
        "red: {}, red_2: {is_branch: true, above: red}, blue: {}, green: {}",
        red_files=RED_MEMBERS,
    )
    assert levels(found) == {"a": 0, "b": 0, "c": 1, "d": 1}
    under = found.results.case.under
    assert {name: under.get(("member", name)) for name in "abcd"} == {
        "a": "red",
        "b": "red",
        "c": "blue",
        "d": None,
    }


def test_what_another_overlay_asks_is_not_taken_from_who_is_not_under_it(case):
    found = case("a: {club: blue, points: 9, late: true}", red_files=RED_MEMBERS)
    assert said(found) == [("K0673", "late")]


def test_nor_are_its_criteria(case):
    own = """\
        subject: member
        criteria: {groups: {more: {items: {neat: {source: "1"}}}}}
        """
    members = "a: {club: blue, points: 9, criteria: {kind: high, neat: high}}"
    assert said(case(members, red_files={"member": own})) == [("K0673", "neat")]


def test_taken_over_from_others_it_is_passed_over(case):
    members = "a: {club: red, points: 9, late: true}, b: {like: a, club: blue}"
    assert levels(case(members, red_files=RED_MEMBERS)) == {"a": 0, "b": 1}


def test_records_are_read_under_the_overlay_of_who_holds_them(case):
    found = case(
        "a: {club: red, points: 9, trips: [{days: 4, to: blue}, {days: 2, to: red}]}, "
        "b: {like: a, club: blue}",
        blue="parameters: {long: {value: 5}}\n",
    )
    assert levels(found) == {"a": 0, "b": 1}
    clubs = found.results.by_type["club"]
    told = {name: {o.name: o.value.least for o in one.outputs} for name, one in clubs.items()}
    assert told == {"red": {"long_trips": 0}, "blue": {"long_trips": 1}}


def test_records_that_an_overlay_adds(case):
    noted = {
        "member": """\
            subject: member
            facts: {notes: {type: list of note, default: [], absence: true, source: "1"}}
            caps: {notes: {when: some n in notes satisfies n.bad, at_most: low, source: "1"}}
            """
    }
    record = "records: {note: {fields: {bad: {type: boolean}}}}\n"
    members = "a: {club: red, points: 9, notes: [{bad: true}]}, b: {like: a, notes: []}"
    found = case(f"{members}, c: {{like: a, club: blue}}", red=record, red_files=noted)
    assert levels(found) == {"a": 0, "b": 1, "c": 1}


def test_a_stage_that_an_overlay_takes_out_leaves_the_level_as_it_was(case, tmp_path):
    lifted = "floors: {kept: {when: points > 2, at_least: high, local: true, source: '1'}}\n"
    write(tmp_path / "base", {"member": BASE["member"] + lifted})
    gone = {"member": "subject: member\nfloors: {kept: {remove: true}}\n"}
    found = case("a: {club: red, points: 3}, b: {club: blue, points: 3}", red_files=gone)
    assert levels(found) == {"a": 0, "b": 1}


def test_two_overlays_for_one_unit(case):
    found = case("a: {club: red, points: 1}", units={"blue": "red"})
    assert said(found) == [("K0670", "blue")]


def test_two_overlays_at_one_distance(case):
    found = case("a: {club: red, second: blue, points: 1}, b: {club: red, second: red, points: 1}")
    assert said(found) == [("K0671", "a")]


def test_the_nearer_unit_comes_first(case):
    found = case(
        "a: {club: red, second: branch, points: 9, late: true}",
        "red: {}, blue: {}, branch: {is_branch: true, above: blue}",
        red_files=RED_MEMBERS,
    )
    assert levels(found) == {"a": 0}


def test_who_cannot_be_told_to_belong_anywhere(case):
    found = case(
        "a: {points: 1}, b: {club: branch, points: 1}, c: {club: null, points: 1}",
        "red: {}, branch: {is_branch: true}, perhaps: {is_branch: null}",
    )
    assert said(found) == [
        ("K0672", "a"),
        ("K0672", "null"),
        ("K0672", "branch"),
        ("K0672", "perhaps"),
    ]


def test_of_whom_that_cannot_be_told_no_more_is_said(case):
    found = case("a: {points: 1, late: true}, b: {points: 10}", red_files=RED_MEMBERS)
    assert said(found) == [("K0672", "a"), ("K0672", "b"), ("K0615", "10")]


def test_a_link_to_nobody_is_told_once(case):
    found = case(
        "a: {club: branch, points: 1, late: true}, b: {club: rde, points: 1}",
        "red: {}, branch: {is_branch: true, above: rde}",
        red_files=RED_MEMBERS,
    )
    assert said(found) == [("K0617", "rde"), ("K0617", "rde")]


def test_one_name_for_two_things(case):
    number = {"member": 'subject: member\nfacts: {late: {type: number, source: "1"}}\n'}
    found = case("a: {club: red, points: 1}", red_files=RED_MEMBERS, blue_files=number)
    assert said(found) == [("K0674", "blue")]


UP = {
    "member": """\
        subject: member
        caps: {club: {when: "club.ranked and club.mark = low", at_most: low, source: "1"}}
        """
}
DOWN = {
    "club": """\
        subject: club
        caps:
          all:
            when: some m in members where m.ranked satisfies m.mark = low
            at_most: low
            source: "1"
        """
}


@pytest.mark.parametrize(
    ("red", "blue", "codes"), [(UP, {}, []), ({}, DOWN, []), (UP, DOWN, [("K0675", "red")])]
)
def test_rules_that_wait_for_each_other(red, blue, codes, case):
    assert said(case("a: {club: red, points: 1}", red_files=red, blue_files=blue)) == codes


@pytest.mark.parametrize(
    ("limit", "kept"), [("", ["a", "b"]), ("parameters: {limit: {value: 25%}}\n", ["a"])]
)
def test_a_group_has_the_share_of_its_unit(limit, kept, case):
    members = ", ".join(f"{name}: {{club: red, points: {9 - n}}}" for n, name in enumerate("abcd"))
    others = ", ".join(f"{name}: {{club: blue, points: {9 - n}}}" for n, name in enumerate("efgh"))
    found = case(f"{members}, {others}", red=limit)
    by_key = {group.key[0].least.id: [e.id for e in group.kept] for group in found.results.groups}
    assert by_key == {"red": kept, "blue": ["e", "f"]}


def test_what_a_quota_reads_of_nobody_is_one_for_all(case):
    found = case("a: {club: red, points: 1}", red="parameters: {few: {value: 4}}\n")
    assert said(found) == [("K0676", "red")]


def test_members_under_another_overlay_than_their_group(case):
    head = dedent(HEAD.format(name="red", club="red")).replace("[red]}", "[red], member: [c]}")
    limit = "parameters: {limit: {value: 25%}}\n"
    members = "a: {club: red, points: 1}, b: {club: blue, points: 1}, c: {club: blue, points: 1}"
    found = case(members, red=limit, red_files={"rulebook": head + limit})
    assert said(found) == [("K0677", "c")]


@pytest.mark.parametrize(("overlays", "advice"), [("base", ""), ("far", "other")])
def test_what_is_no_overlay_of_the_rulebook(overlays, advice, case, tmp_path):
    text = dedent(HEAD.format(name="far", club="red")).replace("rulebook: base", "rulebook: red")
    write(tmp_path / "far", {"rulebook": text})
    found = case("a: {club: red, points: 1}", overlays=overlays)
    assert [(d.code, d.help) for d in found.diagnostics if d.code == "K0678"] == [("K0678", advice)]


def test_an_overlay_that_is_not_there(case):
    assert said(case("a: {club: red, points: 1}", overlays="rde")) == [("K0602", "rde")]


def test_each_group_is_told_in_the_words_of_its_own_unit(case):
    label = 'label: "At most {parameters.limit}", level: high'
    member = BASE["member"].replace("level: high, per", f"{label}, per")
    found = case(
        "a: {club: red, points: 9}, b: {club: red, points: 9}, "
        "c: {club: green, points: 9}, d: {club: green, points: 8}",
        "red: {}, green: {}",
        red="parameters: {limit: {value: 30%, source: '1'}}\n",
        base={"member": member},
    )
    assert levels(found) == {"a": 0, "b": 0, "c": 1, "d": 0}
    told = [(group.key[0].least.id, group.rule.head.label.vi) for group in found.results.groups]
    assert told == [("red", "At most 30%"), ("green", "At most 50%")]
    results = found.results.by_type["member"]
    said = [[reason.rule.label.vi for reason in results[name].reasons] for name in ("a", "d")]
    assert said == [["At most 30%"], ["At most 50%"]]
