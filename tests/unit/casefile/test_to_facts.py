"""Names resolved, values typed, every mistake in one run."""

import unicodedata
from datetime import date
from decimal import Decimal

import pytest

from khung.engine.facts import Stated
from khung.engine.values import OPEN
from khung.source import limits

UNITS = "unit: {a: {kind: cell, above: b}, b: {kind: base, above: t}, t: {kind: top}}"


def person(text, more=""):
    """Return a case with one person."""
    return f"subjects: {{{UNITS}, person: {{p: {{{text}}}{more}}}}}"


def stated(case, name, subject="p"):
    """Return what is stated of a fact, in run-time form."""
    found = case.entities["person"][subject].facts[name]
    return found if isinstance(found, Stated) or found is OPEN else found.least


VALUES = [
    ("joined: 2010-05-19", "joined", date(2010, 5, 19)),
    ("active: false", "active", False),
    ('name: "12"', "name", "12"),
    ("colour: red", "colour", "red"),
    ("part: 0.8", "part", Decimal("0.8")),
    ("part: 1", "part", Decimal(1)),
    ("part: null", "part", OPEN),
    ("votes: {high: 2, low: 1}", "votes", (1, 0, 2)),
    ("votes: {}", "votes", (0, 0, 0)),
    ('votes: "-"', "votes", Stated.ABSENT),
    ("votes: -", "votes", Stated.ABSENT),
    ("faults: null", "faults", OPEN),
    ('active: false, reason: "-"', "reason", Stated.ABSENT),
    ("criteria: {speed: good}", "criteria.speed", 2),
    ('criteria: {care: "-"}', "criteria.care", Stated.ABSENT),
    ("criteria: {speed: null}", "criteria.speed", OPEN),
]


@pytest.mark.parametrize(("text", "name", "value"), VALUES)
def test_values(text, name, value, case):
    found = stated(case(person(text)).sound, name)
    assert found == value
    assert type(found) is type(value)


def test_what_is_not_named_is_not_there(case):
    found = case(person("active: true")).sound.entities["person"]["p"]
    assert set(found.facts) == {"active"}


def test_links_lead_to_entities(case):
    found = case(person("unit: a, friends: [q, p]", ", q: {}")).sound
    units, people = found.entities["unit"], found.entities["person"]
    assert stated(found, "unit") is units["a"]
    assert units["a"].facts["above"].least is units["b"]
    friends = stated(found, "friends").items
    assert [item.value.least for item in friends] == [people["q"], people["p"]]


def test_the_other_end_of_a_link_is_found(case):
    found = case(person("unit: a", ", q: {unit: a}, r: {unit: b}")).sound
    back = found.back_list(found.entities["unit"]["a"], "people")
    assert [(e.value.least.id, e.sure) for e in back.items] == [("p", True), ("q", True)]


def test_records_have_keys_and_owners(case):
    text = "faults: [{code: F1, grade: fair, place: a}, {code: F2}], notes: [{size: 1}, {size: 2}]"
    found = case(person(text)).sound
    owner = found.entities["person"]["p"]
    assert [(r.id, r.owner) for r in found.records] == [
        (name, owner) for name in ("faults[F1]", "faults[F2]", "notes[1]", "notes[2]")
    ]
    assert [e.value.least for e in stated(found, "faults").items] == list(found.records[:2])
    assert (found.records[0].key, found.records[0].path) == ("F1", "person.p.faults[F1]")
    first = found.records[0].facts
    assert (first["grade"].least, first["place"].least.id) == (1, "a")


def test_lists_may_be_empty(case):
    found = case(person("faults: [], tags: [], friends: []")).sound
    assert [stated(found, n).items for n in ("faults", "tags", "friends")] == [(), (), ()]


def test_an_entry_with_its_id_alone(case):
    assert case("subjects: {unit: {a: }}").sound.entities["unit"]["a"].facts == {}


# -- repeat and like ------------------------------------------------------------------------


def test_repeat_makes_subjects_with_facts_of_their_own(case):
    found = case("subjects: {person: {p: {repeat: 3, faults: [{code: F}]}}}").sound
    people = found.entities["person"]
    assert list(people) == ["p_1", "p_2", "p_3"]
    assert [r.owner.id for r in found.records] == ["p_1", "p_2", "p_3"]


def test_like_takes_over_and_own_facts_win(case):
    found = case(
        """
        subjects:
          person:
            c: {like: b, active: null}
            a: {active: true, part: 0.5, criteria: {speed: good, care: fair}, faults: [{code: F}]}
            b: {like: a, part: 0.75, criteria: {care: poor}}
        """
    ).sound
    assert stated(found, "part", "c") == Decimal("0.75")
    assert stated(found, "active", "c") is OPEN
    assert (stated(found, "criteria.speed", "c"), stated(found, "criteria.care", "c")) == (2, 0)
    assert [r.owner.id for r in found.records] == ["c", "a", "b"]


def test_like_takes_over_a_decision_unless_there_is_an_own_one(case):
    found = case(
        """
        subjects:
          person:
            a: {given: {level: low}}
            b: {like: a}
            c: {like: a, given: {status: not_ranked, after: cap}}
        """
    ).sound.entities["person"]
    assert [(found[i].given.level, found[i].given.status, found[i].given.after) for i in "abc"] == [
        (0, "", "quota"),
        (0, "", "quota"),
        (None, "not_ranked", "cap"),
    ]


def test_a_long_chain_of_likes(case):
    lines = ["    p0: {active: true}"] + [f"    p{n}: {{like: p{n - 1}}}" for n in range(1, 3000)]
    text = "subjects:\n  person:\n" + "\n".join(reversed(lines)) + "\n"
    assert stated(case(text).sound, "active", "p2999") is True


RINGS = [
    ("a: {like: a}", [("K0608", "a")]),
    ("a: {like: b}, b: {like: c}, c: {like: a}", [("K0608", "a")]),
    ("z: {like: a}, a: {like: b}, b: {like: a}", [("K0608", "a")]),
    ("aaa: {}, b: {like: aab}", [("K0607", "aab")]),
    ("aaa: {}, b: {like: zzzz}", [("K0607", "zzzz")]),
]


@pytest.mark.parametrize(("text", "codes"), RINGS)
def test_wrong_likes(text, codes, case):
    assert case(f"subjects: {{person: {{{text}}}}}").reported == codes


def test_what_like_takes_over_from_another_kind_is_passed_over(case):
    text = "subjects: {unit: {a: {kind: cell, above: b}, b: {like: a, kind: top}}}"
    assert case(text).reported == []


# -- mistakes -------------------------------------------------------------------------------

MISTAKES = [
    ("actve: true", "K0610", "actve", "near"),
    ("zzzzzz: true", "K0610", "zzzzzz", ""),
    ("old: true", "K0610", "old", "computed"),
    ("speed: good", "K0610", "speed", "criterion"),
    ("kind: cell", "K0610", "kind", "elsewhere"),
    ("criteria: {sped: good}", "K0201", "sped", "near"),
    ("active: yes", "K0123", "yes", "boolean"),
    ('active: "-"', "K0612", '"-"', ""),
    ('faults: "-"', "K0612", '"-"', "list"),
    ('criteria: {speed: "-"}', "K0612", '"-"', ""),
    ("part: many", "K0123", "many", "number"),
    ("part: 80 phần", "K0629", "80 phần", ""),
    ("active: chưa rõ", "K0642", "chưa rõ", ""),
    ("colour: '?'", "K0642", "'?'", ""),
    ("joined: N/A", "K0642", "N/A", ""),
    ("unit: chưa biết", "K0642", "chưa biết", ""),
    ("joined: 40317", "K0616", "40317", "serial"),
    ("joined: 4031", "K0123", "4031", ""),
    ('part: "1"', "K0123", '"1"', "unquote"),
    ('part: "1,5 điểm"', "K0629", '"1,5 điểm"', ""),
    ("size: 3", "K0610", "size", "elsewhere"),
    ("part: 70", "K0615", "70", "share"),
    ("part: 200", "K0615", "200", "high"),
    ("joined: 1999-12-31", "K0615", "1999-12-31", "low"),
    ("joined: 15/12/2021", "K0616", "15/12/2021", ""),
    ("joined: 2021-02-30", "K0125", "2021-02-30", "calendar"),
    ("name: 12", "K0123", "12", "quote"),
    ("colour: gren", "K0614", "gren", "near"),
    ("colour: zzz", "K0614", "zzz", ""),
    ("colour: 3", "K0613", "3", ""),
    ("criteria: {speed: 3}", "K0613", "3", ""),
    ("criteria: {speed: high}", "K0614", "high", "other"),
    ("unit: aa1", "K0617", "aa1", ""),
    ("unit: p", "K0618", "p", ""),
    ("unit: [a]", "K0613", "[a]", ""),
    ("faults: F1", "K0123", "F1", "list"),
    ("faults: [F1]", "K0123", "F1", "mapping"),
    ("faults: [{grade: good}]", "K0619", "grade", ""),
    ("faults: [{code: null}]", "K0619", "code", ""),
    ("faults: [{code: F}, {code: F}]", "K0620", "F", ""),
    ("faults: [{code: F, grad: good}]", "K0610", "grad", "near"),
    ("faults: [{code: F, place: z}]", "K0617", "z", ""),
    ("friends: [q]", "K0617", "q", ""),
    ("tags: [red, gren]", "K0614", "gren", "near"),
    ("votes: {high: -1}", "K0621", "-1", ""),
    ("votes: {high: 1.5}", "K0621", "1.5", ""),
    ("votes: {high: null}", "K0621", "null", ""),
    ("votes: {hihg: 1}", "K0614", "hihg", "near"),
    ("votes: 3", "K0613", "3", "ballots"),
    ("given: {level: hihg}", "K0614", "hihg", "near"),
]


@pytest.mark.parametrize(("text", "code", "underlined", "advice"), MISTAKES)
def test_mistakes(text, code, underlined, advice, case):
    found = case(person(text))
    assert found.case is None
    assert found.reported == [(code, underlined)]
    assert found.helps == [advice]


UNIT_MISTAKES = [
    ("kind: sell", [("K0614", "sell")]),
    ('kind: "-"', [("K0612", '"-"')]),
    ("kind: top, above: b", [("K0611", "above")]),
    ('kind: top, above: "-"', []),
    ("kind: top, above: null", []),
    ("kind: null, above: b", []),
    ('kind: cell, friend: "-"', []),
    ("kind: cell, tight_only: 3", []),
    ("kind: cell, size: 101", [("K0615", "101")]),
    ("kind: cell, people: [p]", [("K0610", "people")]),
    ("given: {level: high}", [("K0622", "given")]),
]


@pytest.mark.parametrize(("text", "codes"), UNIT_MISTAKES)
def test_mistakes_about_units(text, codes, case):
    assert case(f"subjects: {{unit: {{a: {{{text}}}, b: {{kind: top}}}}}}").reported == codes


LOOPS = [
    ("a: {above: a}", [("K0628", "a")]),
    ("a: {above: b}, b: {above: c}, c: {above: b}", [("K0628", "b")]),
    ("a: {above: b}, b: {above: c}, c: {above: null}, d: {above: b}", []),
    ("a: {friend: b}, b: {friend: a}", []),
    ("a: {above: b_2}, b: {repeat: 2, above: a}", [("K0628", "a")]),
    (
        "a: {above: b}, b: {like: a, above: a}, c: {above: d}, d: {above: c}",
        [("K0628", "a"), ("K0628", "c")],
    ),
]


@pytest.mark.parametrize(("text", "codes"), LOOPS)
def test_links_that_lead_back(text, codes, case):
    assert case(f"subjects: {{unit: {{{text}}}}}").reported == codes


KINDS = [
    ("a: {kind: cell, above: b}, b: {kind: base, above: t}, t: {kind: top}", []),
    ("a: {kind: cell, above: t}, t: {kind: top}", []),
    ("a: {kind: cell, above: b}, b: {kind: cell}", [("K0631", "b")]),
    ("a: {kind: base, above: b}, b: {kind: cell}", [("K0631", "b")]),
    ("a: {kind: base, above: c}, b: {like: a}, c: {kind: base}", [("K0631", "c"), ("K0631", "b")]),
    ("a: {repeat: 3, kind: base, above: c}, c: {kind: cell}", [("K0631", "c")]),
    ("a: {above: b}, b: {kind: cell}", []),
    ("a: {kind: cell, above: b}, b: {}", []),
    ("a: {kind: cell, friend: b}, b: {kind: cell}", []),
    ("a: {kind: cell, above: b}, b: {kind: cell, above: a}", [("K0628", "a")]),
]


@pytest.mark.parametrize(("text", "codes"), KINDS)
def test_links_lead_to_later_kinds(text, codes, case):
    assert case(f"subjects: {{unit: {{{text}}}}}").reported == codes


def test_what_may_stand_above_is_named(case):
    (found,) = case("subjects: {unit: {a: {kind: base, above: b}, b: {kind: cell}}}").diagnostics
    assert (found.help, found.args["later"]) == ("", ("top",))
    assert (found.args["kind"], found.args["above"]) == ("base", "cell")


HEADS = [
    ('rulebook: "2020"', [("K0603", '"2020"')]),
    ("readings: {strikt: tight}", [("K0503", "strikt")]),
    ("readings: {strict: tigt}", [("K0504", "tigt")]),
    ("subjects: {persons: {}}", [("K0201", "persons")]),
    ("subjects: {fault: {}}", [("K0201", "fault")]),
    ("subjects: {person: {a_1: {}, a: {repeat: 2}}}", [("K0605", "a")]),
]


@pytest.mark.parametrize(("text", "codes"), HEADS)
def test_mistakes_of_the_head(text, codes, case):
    assert case(text).reported == codes


def test_a_day_outside_the_period_is_a_warning(case):
    found = case('"on": 2022-01-15')
    assert found.reported == [("K0604", "2022-01-15")]
    assert found.case is not None


def test_the_readings_of_a_case_are_followed(case):
    assert case("readings: {strict: tight}").sound.program.readings["strict"].chosen == "tight"


NUMBERS = [
    ("4 tháng", "4"),
    ('"1,25"', "1.25"),
    ("-2 lần", "-2"),
    ('"1.000,5"', "1000.5"),
    ('"1,000.5"', "1000.5"),
    ("1.000.000", "1000000"),
    ("1 000", "1000"),
    ("–1", "-1"),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_the_plain_form_of_a_number_is_told(text, number, case):
    (found,) = case(person(f"part: {text}")).diagnostics
    assert (found.code, found.args["number"]) == ("K0629", number)


def test_a_percentage_is_a_share_and_no_other_number(case):
    assert case(person("part: 70%")).sound.entities["person"]["p"].facts["part"].least == Decimal(
        "0.7"
    )
    assert case("subjects: {unit: {a: {size: 70%}}}").reported == [("K0629", "70%")]


def test_the_day_of_a_number_of_a_spreadsheet(case):
    (found,) = case(person("joined: 40317")).diagnostics
    assert found.args["iso"] == "2010-05-19"


def test_a_text_may_say_that_it_is_not_known(case):
    assert case(person('name: "?"')).reported == []


LABELS = [
    ("Tổng số tháng nghỉ ốm trong năm: 4", "other", "so_thang_nghi_om"),
    ("xep_loai_cong_chuc: hoàn thành tốt nhiệm vụ", "near", "hoan_thanh_tot"),
    ("criteria: {tu_tuong: Excellent}", "near", "xuat_sac"),
    ("criteria: {tu_tuong: Tốt}", "near", "tot"),
]


@pytest.mark.parametrize(("text", "key", "meant"), LABELS)
def test_who_writes_a_label_is_told_the_name(text, key, meant, plan_case):
    (found,) = plan_case(f"subjects: {{dang_vien: {{an: {{{text}}}}}}}").diagnostics
    assert (found.help, found.args[key]) == ("near", meant)


def test_there_is_a_greatest_number_of_subjects(case, monkeypatch):
    monkeypatch.setattr(limits, "CASE_SUBJECTS", 3)
    assert case("subjects: {person: {p: {repeat: 9}}}").reported == [("K0606", "p")]


def test_all_mistakes_come_in_one_run(case):
    texts = [text for text, *_ in MISTAKES]
    entries = [f"    p{n}: {{{text}}}" for n, text in enumerate(texts)]
    found = case("subjects:\n  unit: {a: }\n  person:\n    p: {}\n" + "\n".join(entries))
    assert len(found.reported) == len(texts)


def test_a_mistake_in_a_repeated_entry_is_told_once(case):
    assert len(case("subjects: {person: {p: {repeat: 50, actve: 1}}}").reported) == 1


# -- Unicode --------------------------------------------------------------------------------


def test_names_and_ids_in_other_unicode_forms_are_the_same(case):
    text = "subjects: {unit: {tổ_một: {kind: cell}}, person: {an: {unit: tổ_một, name: Đỗ Ảnh}}}"
    for form in ("NFC", "NFD"):
        found = case(unicodedata.normalize(form, text)).sound
        assert stated(found, "unit", "an") is found.entities["unit"]["tổ_một"]
        assert stated(found, "name", "an") == unicodedata.normalize("NFC", "Đỗ Ảnh")


def test_of_subjects_that_cannot_be_read_nothing_more_is_said(case):
    subjects = "subjects: {persn: {b: {}}, person: {p: {friends: [b]}}}"
    expect = "\nexpect: {person: {b: {level: low}}}"
    assert case(subjects + expect).reported == [("K0201", "persn")]
    assert case("subjcts: {person: {b: {}}}" + expect).reported == [("K0120", "subjcts")]


def test_the_key_of_a_record_that_is_mistyped_is_not_missed_too(case):
    assert case(person("faults: [{cod: x}]")).reported == [("K0610", "cod")]
    assert case(person("faults: [{grade: good}]")).reported == [("K0619", "grade")]


@pytest.mark.parametrize(
    ("where", "reported"),
    [
        ("given: {level: high, after: floor}", [("K0201", "given")]),
        ("given: {level: high, after: cap}", []),
    ],
)
def test_a_decision_stands_for_a_stage_that_the_subject_has(where, reported, case):
    assert case(person(where)).reported == reported


PERCENT = [
    ("gain: 70%", "0.7"),
    ("gain: '70,5%'", "0.705"),
    ("gain: 70 %", "0.7"),
    ("gain: 250%", "2.5"),
    ("gain: -5%", "-0.05"),
    ("gain: 0.7", "0.7"),
]


@pytest.mark.parametrize(("text", "value"), PERCENT)
def test_a_percentage_is_a_share_where_the_range_is_in_percent(text, value, case):
    assert stated(case(person(text)).sound, "gain", "p") == Decimal(value)


def test_percentages_in_lists_and_records(case):
    found = case(person("gains: [70%, 0.5, null], notes: [{grown: '12,5%'}]")).sound
    facts = found.entities["person"]["p"].facts
    gains = [item.value.least for item in facts["gains"].least.items]
    assert gains == [Decimal("0.7"), Decimal("0.5")]
    (note,) = (item.value.least for item in facts["notes"].least.items)
    assert note.facts["grown"].least == Decimal("0.125")


NO_SHARES = [
    ("gain: 70 phần", "K0629", "70 phần", ""),
    ("gain: 70", "K0615", "70", "share"),
    ("gain: 400%", "K0615", "400%", ""),
    ("gains: [400%]", "K0615", "400%", ""),
    ("held: 70%", "K0629", "70%", ""),
]


@pytest.mark.parametrize(("text", "code", "under", "advice"), NO_SHARES)
def test_what_is_no_share_is_told(text, code, under, advice, case):
    found = case(person(text))
    assert found.reported == [(code, under)]
    assert found.helps == [advice]
    assert all(d.args["value"] == under for d in found.diagnostics)


def test_the_ends_of_a_range_in_percent_are_told_in_percent(case):
    (told,) = case(person("gain: 400%")).diagnostics
    assert (told.args["low"], told.args["high"]) == ("-100%", "300%")
