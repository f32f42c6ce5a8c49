"""What the loader makes of a folder, and of each way to write a thing."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.support.rulebook import MANIFEST, RULEBOOKS, load, load_files

from khung.rulebook.folder import digest
from khung.rulebook.model import (
    Basis,
    Everything,
    Except,
    Label,
    Takes,
    TypeForm,
)
from khung.source import limits
from khung.syntax.unparse import unparse

LECTURERS = RULEBOOKS / "lecturers"


@pytest.fixture(scope="module")
def lecturers():
    return load(LECTURERS).sound


@pytest.fixture(scope="module")
def lecturer(lecturers):
    return next(s for s in lecturers.subjects if s.head.id == "lecturer")


def _by_id(things):
    return {thing.head.id: thing for thing in things}


def test_suppliers_load():
    assert [s.head.id for s in load(RULEBOOKS / "suppliers").sound.subjects] == ["supplier"]


def test_the_manifest(lecturers):
    assert lecturers.id == "lecturers"
    assert lecturers.title.said("en") == "Yearly classification of lecturers"
    assert lecturers.period == (date(2024, 9, 1), date(2025, 8, 31))
    assert lecturers.document == "UR-7"
    assert [(d.head.id, d.number, d.date) for d in lecturers.documents] == [
        ("UR-7", "7", date(2024, 6, 30)),
        ("HR-2", "HR-2", None),
    ]


def test_values_are_labels_or_entries(lecturers):
    rating = lecturers.scales[0]
    assert [v.head.id for v in rating.values] == ["weak", "fair", "good", "excellent"]
    assert _by_id(rating.values)["good"].head.sources[0].address == "2.1"
    absence = _by_id(lecturers.enumerations[0].values)
    assert absence["illness"].head.label == Label("Nghỉ ốm")
    assert absence["unpaid"].head.label is None


def test_a_record_has_facts_and_links(lecturers):
    record = lecturers.records[0]
    assert [f.head.id for f in record.fields] == ["number", "kind", "first_day", "months"]
    assert [(one.head.id, one.to.name, one.back) for one in record.links] == [
        ("host", "department", "guests")
    ]
    assert [r.name for r in record.held_by] == ["lecturer"]


def test_ranges(lecturers, lecturer):
    fields = _by_id(lecturers.records[0].fields)
    assert fields["first_day"].range.low == date(2020, 1, 1)
    assert fields["first_day"].range.high is None
    assert fields["months"].range.high == Decimal(12)
    guidance = _by_id(_by_id(lecturer.criteria.groups)["research"].items)["guidance"]
    assert guidance.range.low == Decimal(-10)


def test_a_percentage_may_end_a_range():
    defects = _by_id(load(RULEBOOKS / "suppliers").sound.records[0].fields)["defects"]
    assert defects.range.high == Decimal(1)


def test_types(lecturer):
    facts = _by_id(lecturer.facts)
    assert facts["absences"].type.form is TypeForm.LIST
    assert facts["absences"].key.name == "number"
    assert unparse(facts["absences"].default) == "[]"
    assert facts["ballots"].type.form is TypeForm.BALLOTS
    assert facts["ballots"].type.name == "rating"


def test_sources_name_a_document_and_a_part(lecturer):
    first, second = lecturer.pending[0].head.sources
    assert (first.document, first.address, first.part) == ("", "1/4", "")
    assert (second.document, second.address, second.part) == ("HR-2", "3", "report")


def test_readings_take_their_sources(lecturers):
    reading = lecturers.readings[0]
    assert [c.address for c in reading.head.sources] == ["5.1/2", "3"]
    assert reading.chosen.name == "counted"
    assert _by_id(reading.options)["left_out"].because == Label("Họ không dự bình xét")


def test_a_selection_has_a_binder(lecturer):
    selection = _by_id(lecturer.definitions)["long_absences"]
    assert selection.value is None
    assert (selection.each.name, unparse(selection.each.list)) == ("a", "absences")
    assert unparse(selection.where) == "a.this_year and a.months >= 3"


def test_sets_of_criteria(lecturer):
    sets = _by_id(lecturer.criteria.sets)
    assert isinstance(sets["all_criteria"].members, Everything)
    assert isinstance(sets["other"].members, Except)
    assert sets["other"].head.sources
    taught = sets["taught"].members
    assert isinstance(taught, Takes)
    assert [(t.group.name, t.item and t.item.name) for t in taught.takes] == [
        ("teaching", None),
        ("research", "guidance"),
    ]


def test_a_set_with_a_head(tmp_path):
    text = """\
        subject: s
        criteria:
          scale: r
          groups: {g: {items: {i: {}}}}
          sets:
            a: {members: all, label: A}
            b: {members: [{take: g.i}], basis: secondary}
        """
    sets = _by_id(load_files(tmp_path, s=text).sound.subjects[0].criteria.sets)
    assert isinstance(sets["a"].members, Everything)
    assert sets["b"].head.basis is Basis.SECONDARY


def test_the_ladder(lecturer):
    ladder = lecturer.ladder
    assert [level.head.id for level in ladder.levels] == ["excellent", "good", "fair", "weak"]
    assert ladder.levels[-1].otherwise
    assert unparse(ladder.cumulative) == "true"
    papers = ladder.levels[0].require[1]
    assert (papers.head.id, unparse(papers.head.when)) == ("papers", "hours < 200")
    assert unparse(ladder.knockouts[0].to) == "weak"


def test_a_ladder_may_name_its_result():
    ladder = load(RULEBOOKS / "suppliers").sound.subjects[0].ladder
    assert ladder.alias == "class"


def test_votes(lecturer):
    meeting, proposal = lecturer.votes
    assert (unparse(meeting.wins.share), meeting.wins.strict) == ("50%", True)
    assert [(r.name, m.strict, unparse(m.share)) for r, m in meeting.wins_at] == [
        ("excellent", False, "2 / 3")
    ]
    assert meeting.binding is None
    assert unparse(proposal.binding) == "false"
    assert proposal.wins is None


def test_deferred_choices(lecturer):
    assert unparse(lecturer.defer[0].among) == "[fair, weak, not_ranked]"


def test_quotas(lecturer):
    quota = lecturer.quotas[0]
    assert [unparse(key) for key in quota.per] == ["department"]
    assert [(unparse(k.value), k.highest) for k in quota.order] == [
        ("ballots.excellent", True),
        ("hours", False),
    ]
    assert unparse(quota.rounding) == "floor"
    assert quota.small_group.sources[0].address == "5.1/3"


def test_a_quota_takes_one_key_or_none(tmp_path):
    text = "subject: s\nquotas:\n"
    for name, per in ("a", "k"), ("b", "[]"):
        text += f"  {name}: {{level: l, per: {per}, counts: c, at_most: 1}}\n"
    one, none = load_files(tmp_path, s=text).sound.subjects[0].quotas
    assert ([unparse(key) for key in one.per], none.per) == (["k"], ())


@pytest.mark.parametrize(
    ("keys", "absent"),
    [
        ("places: 1", []),
        ("places: 1, at_most: 20%, counts: c", []),
        ("places: 1, at_most: 20%", ["counts"]),
        ("places: 1, counts: c", ["at_most"]),
        ("places: 1, rounding: floor", ["counts", "at_most"]),
        ("places: 1, small_group: {fewer_than: 5, allow: 1}", ["counts", "at_most"]),
        ("order: []", ["counts", "at_most"]),
    ],
)
def test_a_quota_has_a_share_of_a_base_or_a_number_of_places(tmp_path, keys, absent):
    text = f"subject: s\nquotas: {{a: {{level: l, per: k, {keys}}}}}\n"
    loaded = load_files(tmp_path, s=text)
    assert [(d.code, d.args["key"]) for d in loaded.diagnostics] == [("K0121", k) for k in absent]


def test_an_entry_may_exist_under_a_condition(tmp_path):
    text = "subject: s\nfacts: {a: {type: number, when: readings.q = x}}\n"
    fact = load_files(tmp_path, s=text).sound.subjects[0].facts[0]
    assert unparse(fact.head.when) == "readings.q = x"


def test_a_link_may_be_optional(tmp_path):
    text = "subject: s\nlinks: {a: {to: s, tree: true, optional: true}, b: {to: s}}\n"
    first, second = load_files(tmp_path, s=text).sound.subjects[0].links
    assert (first.optional, first.tree) == (True, True)
    assert (second.optional, second.tree) == (False, False)


def test_kinds_have_attributes(lecturers):
    department = next(s for s in lecturers.subjects if s.head.id == "department")
    institute, faculty = department.kinds.values
    assert [(name, ref.name) for name, ref in institute.attributes] == [("size", "small")]
    assert faculty.head.label == Label("Khoa lớn", "Faculty")


def test_clauses(lecturers):
    purpose = lecturers.clauses[-1]
    assert (purpose.address, purpose.kind) == ("7/1", "guidance")
    assert lecturers.clauses[2].parts == ("report", "deadline")


def test_every_entry_knows_its_place(lecturer):
    assert [cap.head.id for cap in lecturer.caps if cap.last] == ["institute"]
    cap = _by_id(lecturer.caps)["absent"]
    assert cap.head.span.text == "absent"
    assert cap.head.at == "caps.absent"


def test_plain_numbers_and_booleans_are_expressions(tmp_path):
    loaded = load_files(
        tmp_path, rulebook=MANIFEST + "parameters: {a: {value: 3.50}, b: {value: true}}"
    )
    assert [unparse(p.value) for p in loaded.sound.parameters] == ["3.50", "true"]


def test_on_is_a_name(tmp_path):
    text = "subject: s\nfacts: {day: {type: date, default: on}}\n"
    assert unparse(load_files(tmp_path, s=text).sound.subjects[0].facts[0].default) == "on"


# -- the folder -----------------------------------------------------------------------------


def test_the_digest_depends_on_names_and_bytes_alone():
    whole = digest({"a.yaml": b"x", "b.yaml": b"y"})
    assert whole == digest({"b.yaml": b"y", "a.yaml": b"x"})
    assert whole.startswith("sha256:")
    assert digest({"a.yaml": b"x", "b.yaml": b"z"}) != whole


def test_names_and_bytes_do_not_run_into_one_another():
    assert digest({"a": b"bc", "d": b""}) != digest({"a": b"b", "d": b"c"})


def test_hidden_files_and_leftovers_are_passed_over(tmp_path):
    for name in (".hidden.yaml", "~$book.yaml", "#s.yaml#", "s.yaml~", "s.yaml.bak", "README.md"):
        (tmp_path / name).write_text("not: [yaml")
    assert load_files(tmp_path, s="subject: s\n").sound.subjects[0].head.id == "s"


@pytest.mark.parametrize("name", ["s.yml", "S.YML", "parts/s.yaml"])
def test_files_that_look_as_if_they_were_read_get_a_warning(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("subject: s\n")
    loaded = load_files(tmp_path)
    assert loaded.found == [("K0405", "")]
    assert loaded.rulebook.subjects == ()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    outside, folder = tmp_path / "outside.yaml", tmp_path / "book"
    folder.mkdir()
    outside.write_text("subject: s\n")
    (folder / "s.yaml").symlink_to(outside)
    loaded = load_files(folder)
    assert loaded.found == [("K0428", "")]
    assert loaded.rulebook.subjects == ()


def test_links_that_lead_in_a_circle(tmp_path):
    (tmp_path / "s.yaml").symlink_to(tmp_path / "t.yaml")
    (tmp_path / "t.yaml").symlink_to(tmp_path / "s.yaml")
    assert {code for code, _ in load_files(tmp_path).found} <= {"K0428", "K0101", "K0103"}


def test_the_names_of_the_files_do_not_matter(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, names in (one, ("a", "b")), (two, ("z", "y")):
        folder.mkdir()
        texts = dict(zip(names, ("subject: p\n", "subject: q\n"), strict=True))
        load_files(folder, **texts)
    first, second = load(one).sound, load(two).sound
    assert first.subjects == second.subjects
    assert first.digest != second.digest


def test_too_many_files(tmp_path):
    for number in range(limits.RULEBOOK_FILES):
        (tmp_path / f"s{number}.yaml").write_text("")
    assert load_files(tmp_path).found == [("K0429", "")]


def test_a_file_that_says_nothing_of_itself(tmp_path):
    assert load_files(tmp_path, odd="facts: {}\n").found == [("K0404", "facts")]


def test_one_subject_has_one_home(tmp_path):
    loaded = load_files(tmp_path, a="subject: s\n", b="subject: s\n")
    assert loaded.found == [("K0401", "s")]


def test_a_folder_may_be_written_as_relative(monkeypatch):
    monkeypatch.chdir(LECTURERS.parent)
    assert load(Path("lecturers")).sound.id == "lecturers"
