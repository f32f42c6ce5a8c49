"""A rulebook put over another: what is taken over, what is said anew, what is wrong with it."""

from __future__ import annotations

import pytest
from tests.unit.rulebook.conftest import BASE, BASE_SUBJECT, NEXT

from khung.syntax.unparse import unparse

NEW_DOCUMENT = NEXT.replace("document: D-1", "document: D-2\ndocuments: {D-2: {}}")
CARRIED = """\
clauses:
  a/1: {carries: true}
  b/2: {carries: a/2}
  b/4: {carries: a/4}
"""


def ids(things):
    return [thing.head.id for thing in things]


def cited(head):
    return [f"{c.document} {c.address}#{c.part}" for c in head.sources]


def by_id(things):
    return {thing.head.id: thing for thing in things}


# -- what is taken over -----------------------------------------------------------------------


def test_an_empty_change_takes_all_over_but_the_head(shelf):
    base, found = shelf.load("base").sound, shelf.next().sound
    assert (found.id, found.title.vi, str(found.period[0])) == ("next", "Next", "2025-01-01")
    for part in ("scales", "enumerations", "documents", "parameters", "readings", "subjects"):
        assert getattr(found, part) == getattr(base, part)
    assert found.clauses == base.clauses
    assert found.digest != base.digest


def test_the_digest_covers_the_base(shelf):
    before = shelf.next().sound.digest
    path = shelf.folder / "base" / "shop.yaml"
    path.write_text(path.read_text("utf-8") + "# said\n", encoding="utf-8")
    assert shelf.next().sound.digest != before


def test_maps_merge_and_lists_are_replaced(shelf):
    found = shelf.next(
        shop="""
        subject: shop
        label: {vi: Cửa hàng}
        ladder: {levels: {high: {require: {big: {source: a/4}}}}}
        caps: {closed: {at_most: high}}
        """
    ).sound
    shop = found.subjects[0]
    assert shop.head.label.vi == "Cửa hàng"
    assert cited(shop.ladder.levels[0].head) == []
    assert cited(shop.ladder.levels[0].require[0].head) == [" a/4#"]
    assert shop.caps[0].head.when is not None
    assert shop.caps[0].at_most.name == "high"


def test_new_entries_stand_after_the_one_before_them(shelf):
    found = shelf.next(
        NEXT + "enumerations: {sort: {values: {last: Last, near: {}, mid: Mid, more: More}}}\n"
    ).sound
    assert ids(found.enumerations[0].values) == ["near", "mid", "more", "far", "last"]


def test_entries_and_subjects_go(shelf):
    shelf.write("base", other="subject: other\nfacts: {a: {type: number}}\n")
    found = shelf.next(
        shop="subject: shop\ncaps: {closed: {remove: true}}", other="subject: other\nremove: true"
    ).sound
    assert ids(found.subjects) == ["shop"]
    assert found.subjects[0].caps == ()
    assert {one.path for one in found.removed} == {"other", "shop.caps.closed"}


SLIPS = "  slips: {type: ballots of mark, source: a/2}\n"
SETS = """\
criteria:
  scale: mark
  groups: {looks: {items: {clean: {source: a/2}}}}
  sets:
    basic: {label: Basic, members: [{take: looks}]}
    rest: {label: Rest, except: basic}
"""
VOTE = """\
votes:
  {id}: {{ballots: slips, base: size, wins: {wins}, source: a/2}}
"""
MAJORITIES = [
    ("{more_than: 50%}", "{high: {at_least: 2/3}, default: {more_than: 50%}}", ("50%", ["2 / 3"])),
    ("{high: {at_least: 2/3}, default: {more_than: 50%}}", "{at_least: 60%}", ("60%", [])),
    ("{more_than: 50%}", "{at_least: 60%}", ("60%", [])),
    (
        "{high: {at_least: 2/3}, default: {more_than: 50%}}",
        "{high: {more_than: 3/4}}",
        ("50%", ["3 / 4"]),
    ),
]


@pytest.mark.parametrize(("before", "after", "expected"), MAJORITIES)
def test_a_majority_in_another_form_takes_the_place_of_the_old(before, after, expected, shelf):
    path = shelf.folder / "base" / "shop.yaml"
    text = path.read_text("utf-8").replace("definitions:", SLIPS + "definitions:")
    path.write_text(text + VOTE.format(id="all", wins=before), "utf-8")
    found = shelf.next(shop=f"subject: shop\nvotes: {{all: {{wins: {after}}}}}").sound
    vote = found.subjects[0].votes[0]
    said = unparse(vote.wins.share), [unparse(each.share) for _, each in vote.wins_at]
    assert said == expected


def test_a_set_in_another_form_takes_the_place_of_the_old(shelf):
    path = shelf.folder / "base" / "shop.yaml"
    path.write_text(path.read_text("utf-8") + SETS, "utf-8")
    change = "subject: shop\ncriteria: {sets: {rest: {members: all}, basic: {except: rest}}}"
    sets = {s.head.id: s for s in shelf.next(shop=change).sound.subjects[0].criteria.sets}
    assert (sets["rest"].head.label.vi, sets["basic"].head.label.vi) == ("Rest", "Basic")


def test_a_chain(shelf):
    shelf.next(NEXT.replace("part: kept", "part: changed") + "parameters: {part: {value: 30%}}")
    last = NEXT.replace("id: next", "id: last").replace("rulebook: base", "rulebook: next")
    shelf.write("last", rulebook=last.replace("2025", "2026"))
    found = shelf.load("last").sound
    assert found.id == "last"
    assert by_id(found.parameters)["part"] == by_id(shelf.load("next").sound.parameters)["part"]
    assert by_id(found.parameters)["part"] != by_id(shelf.load("base").sound.parameters)["part"]


# -- carried ----------------------------------------------------------------------------------


def fates(found):
    answers = found.rulebook.carried.answers
    return {name: a.fate.value for held in answers.values() for name, a in held.items()}


FEWER = "least: {value: 4}"


def test_answers_stand_without_their_section(shelf):
    manifest = answered("{least: changed, part: ended, who: kept}") + f"parameters: {{{FEWER}}}\n"
    found = shelf.next(manifest)
    assert found.sound
    assert fates(found) == {"least": "changed", "part": "ended", "who": "kept"}
    assert ids(found.rulebook.parameters) == ["least"]


def test_the_rest_is_kept_at_once_but_for_readings(shelf):
    manifest = answered("{rest: kept, least: changed}") + f"parameters: {{{FEWER}}}\n"
    found = shelf.next(manifest)
    assert found.found == [("K0527", "rest")]
    manifest = manifest.replace("rest: kept", "rest: kept, rest_of_readings: kept")
    found = shelf.next(manifest)
    assert found.sound
    assert fates(found) == {"least": "changed", "part": "kept", "who": "kept"}
    answers = found.rulebook.carried.answers
    assert answers["parameters"]["part"].with_rest
    assert not answers["parameters"]["least"].with_rest


WRONG = {
    "a name that the base lacks": ("{leest: kept, rest: kept, who: kept}", "K0528", "leest"),
    "a value that is no answer": ("{least: yes, part: kept, who: kept}", "K0544", "yes"),
    "said twice": (
        "{least: kept, parameters: {least: kept}, part: kept, who: kept}",
        "K0549",
        "least",
    ),
    "a section that is misspelt": (
        "{paramters: {least: kept}, rest: kept, who: kept}",
        "K0120",
        "paramters",
    ),
    "an answer of more words": ("{rest: changed, who: kept}", "K0126", "changed"),
}


@pytest.mark.parametrize(("text", "code", "under"), WRONG.values(), ids=WRONG)
def test_answers_without_a_section_that_are_wrong(text, code, under, shelf):
    assert shelf.next(answered(text)).found == [(code, under)]


def test_what_the_rest_keeps_is_not_said_anew(shelf):
    manifest = answered("{rest: kept, who: kept}") + f"parameters: {{{FEWER}}}\n"
    assert shelf.next(manifest).found == [("K0529", "least")]


def test_a_name_in_two_sections_wants_the_section(shelf):
    calendar = "calendars: {part: {from: 2024-01-01, to: 2024-12-31, weekend: []}}\n"
    path = shelf.folder / "base" / "rulebook.yaml"
    path.write_text(path.read_text("utf-8") + calendar, encoding="utf-8")
    found = shelf.next(answered("{part: kept, least: kept, who: kept}"))
    assert found.found == [("K0549", "part")]


def test_what_ended_is_gone(shelf):
    found = shelf.next(NEXT.replace("part: kept", "part: ended")).sound
    assert ids(found.parameters) == ["least"]


def test_label_and_source_of_what_is_kept_may_change(shelf):
    found = shelf.next(NEXT + "parameters: {least: {label: {en: At least}, source: a/4}}").sound
    least = by_id(found.parameters)["least"]
    assert (least.head.label.vi, least.head.label.en) == ("Ít nhất", "At least")


def test_groups_are_read(shelf):
    manifest = NEXT.replace(
        "carried: {parameters: {least: kept, part: kept}, readings: {who: kept}}",
        "carried:\n  parameters: {least: kept, part: kept}\n  readings: {who: kept}\n"
        "  groups:\n    closing: {label: Đóng cửa, entries: [shop.caps.closed, 'shop.facts.si*']}",
    )
    found = shelf.next(
        manifest, shop="subject: shop\ncaps: {closed: {at_most: high}}\nfacts: {size: {default: 1}}"
    ).sound
    group = found.carried.groups[0]
    assert (group.id, group.label.vi) == ("closing", "Đóng cửa")
    assert [entry.name for entry in group.entries] == ["shop.caps.closed", "shop.facts.si*"]


# -- clauses ----------------------------------------------------------------------------------


def test_citations_are_moved_along(shelf):
    found = shelf.next(NEW_DOCUMENT, clauses=CARRIED).sound
    shop = found.subjects[0]
    assert cited(shop.head) == [" b/2#"]
    assert cited(shop.facts[0].head) == [" a/1#x"]
    assert cited(shop.ladder.levels[0].require[0].head) == [" b/2#", " a/1#x"]
    assert cited(by_id(found.readings)["who"].head) == [" b/2#"]
    clauses = {clause.address: clause for clause in found.clauses}
    assert clauses["a/1"].parts == ("x", "y")
    assert clauses["b/4"].summary.vi == "Four"
    assert clauses["b/4"].carries == ("a/4",)


def test_a_clause_cut_in_two_and_two_made_one(shelf):
    clauses = """\
    clauses:
      c/1: {summary: X alone, carries: a/1#x}
      c/2: {summary: Y and whole, carries: a/1, parts: [y]}
      c/3: {summary: Two and four, carries: [a/2, "D-1 a/4"]}
    """
    shop = shelf.next(NEW_DOCUMENT, clauses=clauses).sound.subjects[0]
    assert cited(shop.facts[0].head) == [" c/1#"]
    assert cited(shop.definitions[0].head) == [" c/2#y"]
    assert cited(shop.caps[0].head) == [" c/3#"]
    assert cited(shop.head) == [" c/3#"]


def test_a_clause_carried_twice_is_cited_twice(shelf):
    clauses = CARRIED + "  b/5: {summary: Again, carries: a/4}\n"
    shop = shelf.next(NEW_DOCUMENT, clauses=clauses).sound.subjects[0]
    assert cited(shop.caps[0].head) == [" b/4#", " b/5#"]


def test_nothing_to_compute_passes_on(shelf):
    clauses = CARRIED + "  b/3: {carries: a/3}\n"
    found = {c.address: c for c in shelf.next(NEW_DOCUMENT, clauses=clauses).sound.clauses}
    assert (found["b/3"].kind, found["b/3"].because.vi) == ("guidance", "It only asks")


def test_own_citations_stay(shelf):
    shop = "subject: shop\ncaps: {late: {when: open, at_most: low, source: [b/4, D-1 a/4]}}"
    found = shelf.next(NEW_DOCUMENT, clauses=CARRIED, shop=shop).sound
    assert cited(by_id(found.subjects[0].caps)["late"].head) == [" b/4#", "D-1 a/4#"]


# -- what is wrong ----------------------------------------------------------------------------

KEPT = "carried: {parameters: {least: kept, part: kept}, readings: {who: kept}}"


def answered(text):
    return NEXT.replace(KEPT, f"carried: {text}")


def grouped(first, second):
    """Return a manifest that changes one parameter, and names paths in two groups."""
    groups = f"{{groups: {{g: {{entries: [{first}]}}, h: {{entries: [{second}]}}}}, "
    changed = answered(groups + KEPT[10:]).replace("part: kept", "part: changed")
    return changed + "parameters: {part: {value: 30%}}\n"


WITH_SHOP = [
    ("K0525", "caps: {closed: {at_most: low}}", "at_most"),
    ("K0525", "caps: {closed: {}}", "closed"),
    ("K0525", "facts: {open: {type: boolean, default: true}}", "open"),
    ("K0526", "caps: {closd: {remove: true}}", "closd"),
    (
        "K0526",
        "caps: {new: {when: open, at_most: low, source: a/4, basis: {remove: true}}}",
        "basis",
    ),
    ("K0540", "caps: {closed: {remove: true, at_most: high}}", "remove"),
    ("K0530", "facts: {open: {remove: true}}", "open"),
    ("K0530", "definitions: {big: {remove: true}}", "big"),
    ("K0530", "ladder: {levels: {high: {require: {big: {that: size > parameters.gone}}}}}", None),
]
IN_MANIFEST = [
    ("K0520", NEXT.replace("rulebook: base", "rulebook: bsae"), "bsae"),
    ("K0520", NEXT.replace("rulebook: base", "rulebook: ../base"), "../base"),
    ("K0522", NEXT.replace("rulebook: base", "rulebook: next"), "next"),
    ("K0524", NEXT.replace("2025-01-01", "2024-12-31"), "2024-12-31"),
    ("K0125", NEXT.replace("2025-01-01", "2025-02-30"), "2025-02-30"),
    ("K0121", NEXT.replace("period: {from: 2025-01-01, to: 2025-12-31}", ""), "khung"),
    ("K0126", NEXT.replace("as: successor", "as: heir"), "heir"),
    ("K0121", NEXT.replace(", as: successor", ""), "rulebook"),
    ("K0527", answered("{parameters: {least: kept, part: open}, readings: {who: kept}}"), "part"),
    ("K0527", answered("{parameters: {least: kept, part: kept}}"), "base"),
    ("K0544", NEXT.replace("part: kept", "part: keep"), "keep"),
    ("K0544", NEXT.replace("part: kept", "part: yes"), "yes"),
    ("K0544", NEXT.replace("part: kept", "part: true"), "true"),
    ("K0544", NEXT.replace("part: kept", "part: {value: 30%}"), "part"),
    ("K0544", NEXT.replace("part: kept", "part: [kept]"), "part"),
    ("K0528", NEXT.replace("part: kept", "part: kept, shore: kept"), "shore"),
    ("K0529", NEXT + "parameters: {part: {value: 30%}}", "part"),
    ("K0529", NEXT.replace("part: kept", "part: changed"), "part"),
    ("K0529", NEXT.replace("part: kept", "part: ended") + "parameters: {part: {label: S}}", None),
    ("K0530", NEXT.replace("least: kept", "least: ended"), "least"),
    ("K0533", NEXT.replace("extends: {rulebook: base, as: successor}", ""), "carried"),
    ("K0534", answered("{groups: {g: {entries: []}}, " + KEPT[10:]), "g"),
    ("K0535", answered("{groups: {g: {entries: [shop.caps]}}, " + KEPT[10:]), "shop.caps"),
    ("K0539", grouped("parameters.part", "parameters.part.value"), "parameters.part.value"),
    ("K0539", grouped("'parameters.p*'", "parameters.part"), "parameters.part"),
    ("K0536", NEXT.replace("document: D-1", "document: open"), "open"),
    ("K0536", NEXT.replace("document: D-1\n", ""), "base"),
]
IN_CLAUSES = [
    ("K0531", CARRIED.replace("b/4: {carries: a/4}", "b/4: {summary: New}"), "clauses"),
    ("K0531", CARRIED.replace("b/4: {carries: a/4}", "a/4: {summary: New}"), "a/4"),
    ("K0531", CARRIED.replace("b/4: {carries: a/4}", "a/4: {summary: N, carries: a/3}"), "clauses"),
    ("K0531", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: true, parts: [y]}"), None),
    ("K0532", CARRIED + "  b/9: {summary: Nine, carries: a/9}", "a/9"),
    ("K0532", CARRIED + "  b/9: {summary: Nine, carries: a/1#z}", "a/1#z"),
    ("K0532", CARRIED + "  b/9: {summary: Nine, carries: true}", "true"),
    ("K0532", CARRIED + "  b/9: {summary: Nine, carries: x}", "x"),
    ("K0545", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: yes}"), "yes"),
    ("K0545", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: Đúng}"), "Đúng"),
    ("K0545", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: kept}"), "kept"),
    ("K0545", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: false}"), "false"),
    ("K0545", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: {}}"), "{}"),
    ("K0545", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: [true, no]}"), "no"),
    ("K0545", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: }"), None),
    ("K0545", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: ''}"), "''"),
    ("K0532", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: 7}"), "7"),
    ("K0538", CARRIED.replace("a/1: {carries: true}", "a/1: {carries: open}"), "a/1"),
    ("K0121", CARRIED.replace("b/4: {carries: a/4}", "b/4: {carries: [a/4, a/2]}"), "carries"),
]


def check_found(loaded, code, underlined):
    assert {found for found, _ in loaded.found} == {code}
    if underlined is not None:
        assert loaded.found[0][1] == underlined


@pytest.mark.parametrize(("code", "text", "underlined"), WITH_SHOP)
def test_broken_entries(code, text, underlined, shelf):
    manifest = NEXT
    if "gone" in text:
        shelf.write("base", more="subject: more")
        path = shelf.folder / "base" / "rulebook.yaml"
        new = "parameters:\n  gone: {value: 1}\n"
        path.write_text(path.read_text("utf-8").replace("parameters:\n", new), encoding="utf-8")
        manifest = NEXT.replace("part: kept", "part: kept, gone: ended")
    check_found(shelf.next(manifest, shop=f"subject: shop\n{text}\n"), code, underlined)


@pytest.mark.parametrize(("code", "text", "underlined"), IN_MANIFEST)
def test_broken_manifests(code, text, underlined, shelf):
    if code == "K0533":
        (shelf.folder / "next").mkdir()
        text = text.replace("document: D-1", "document: D-1\ndocuments: {D-1: {}}")
    check_found(shelf.next(text), code, underlined)


@pytest.mark.parametrize(("code", "text", "underlined"), IN_CLAUSES)
def test_broken_clauses(code, text, underlined, shelf):
    check_found(shelf.next(NEW_DOCUMENT, clauses=text), code, underlined)


def test_two_files_of_one_subject(shelf):
    two = {"a": "subject: shop\ncaps: {closed: {at_most: high}}", "b": "subject: shop\ncaps: {}"}
    (found,) = shelf.next(**two).diagnostics
    assert (found.code, found.span.text, found.help) == ("K0401", "shop", "file")
    places = [found.span, *found.related]
    assert [place.file.name.rpartition("/")[2] for place in places] == ["b.yaml", "a.yaml"]


@pytest.mark.parametrize("manifest", [NEXT, NEW_DOCUMENT])
def test_two_lists_of_one_clause(manifest, shelf):
    said = CARRIED if manifest is NEW_DOCUMENT else "clauses: {a/1: {summary: Anew}}"
    (found,) = shelf.next(manifest, clauses=said, more="clauses: {a/1: {summary: X}}").diagnostics
    assert (found.code, found.span.text, len(found.related)) == ("K0401", "a/1", 1)


def test_carries_without_another_document(shelf):
    check_found(shelf.next(clauses="clauses: {a/1: {carries: true}}"), "K0533", "carries")
    many = "".join(f"  a/{i}: {{carries: open}}\n" for i in range(1, 5))
    (found,) = shelf.next(clauses=f"clauses:\n{many}").diagnostics
    assert (found.help, found.args["count"], len(found.related)) == ("document", 4, 2)
    shelf.write("base", clauses="clauses: {a/1: {summary: One, carries: true}}")
    assert ("K0533", "carries") in shelf.load("base").found


@pytest.mark.parametrize(("address", "near"), [("a/33", "a/3"), ("a/9", "")])
def test_where_an_unknown_address_stands(address, near, shelf):
    clauses = CARRIED + f"  b/9: {{summary: Nine, carries: [a/2, {address}]}}"
    (found,) = shelf.next(NEW_DOCUMENT, clauses=clauses).diagnostics
    assert (found.at, found.args["near"]) == ("clauses.b/9.carries", near)


def test_a_manifest_that_cannot_be_read_is_all_that_is_said(shelf):
    broken = NEW_DOCUMENT.replace("carried: {", "carried: kept\n  {")
    found = shelf.next(broken, clauses=CARRIED).diagnostics
    assert {d.span.file.name.rpartition("/")[2] for d in found} == {"rulebook.yaml"}


def test_a_broken_base_is_shown(shelf):
    shelf.write("base", shop="subject: shop\nfcats: {}\n")
    assert shelf.next().found == [("K0120", "fcats"), ("K0521", "base")]


def test_no_base_at_all(tmp_path, shelf):
    found = shelf.next(NEXT.replace("rulebook: base", "rulebook: bsae")).diagnostics[0]
    assert (found.help, found.args["near"]) == ("near", "base")


def test_the_base_of_another_year_is_no_misspelling(shelf):
    shelf.write("2024", rulebook=BASE.replace("id: base", "id: '2024'"))
    found = shelf.next(NEXT.replace("rulebook: base", "rulebook: '2023'")).diagnostics[0]
    assert (found.code, found.help) == ("K0520", "known")


def test_the_folder_of_a_base_may_have_any_name(shelf):
    (shelf.folder / "base").rename(shelf.folder / "bộ cũ (2)")
    assert shelf.next(NEXT.replace("rulebook: base", "rulebook: bộ cũ (2)")).found == []


def test_a_ring_names_its_way(shelf):
    shelf.write("base", rulebook=NEXT.replace("rulebook: base", "rulebook: next"))
    found = shelf.next().diagnostics
    assert [d.args["path"] for d in found if d.code == "K0522"] == ["next → base → next"]


def test_too_long_a_chain(shelf):
    last = "base"
    for year in range(2025, 2034):
        text = NEXT.replace("id: next", f"id: y{year}").replace("2025", str(year))
        shelf.write(f"y{year}", rulebook=text.replace("rulebook: base", f"rulebook: {last}"))
        last = f"y{year}"
    assert shelf.load("y2031").found == []
    assert "K0523" in [code for code, _ in shelf.load("y2032").found]


def test_what_no_expression_names_was_not_meant(shelf):
    new = "{when: closed, at_most: low, source: a/4}"
    found = shelf.next(shop=f"subject: shop\ncaps: {{closed: {{remove: true}}, new: {new}}}").found
    assert found == [("K0201", "closed")]


def test_removed_names_tell_where_they_went(shelf):
    found = shelf.next(shop="subject: shop\ndefinitions: {big: {remove: true}}").diagnostics[0]
    assert (found.code, found.span.file.name.rpartition("/")[2]) == ("K0530", "shop.yaml")
    assert [span.text for span in found.related] == ["big"]
    assert "next" in found.related[0].file.name


# -- what tells of the last period ------------------------------------------------------------


def test_what_is_taken_out_keeps_its_label(shelf):
    shelf.write("base", shop=BASE_SUBJECT.replace("closed: {", "closed: {label: Đóng, "))
    gone = "subject: shop\ncaps: {closed: {remove: true}}\nfacts: {open: {remove: true}}\n"
    carried = NEXT.replace("least: kept", "least: ended").replace("who: kept", "who: ended")
    found = shelf.next(carried, shop=gone).rulebook.removed
    said = {one.path: one.label and one.label.said("vi") for one in found}
    assert said == {
        "parameters.least": "Ít nhất",
        "readings.who": "Who",
        "shop.caps.closed": "Đóng",
        "shop.facts.open": None,
    }
