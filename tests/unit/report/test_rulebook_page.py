"""The page of a rulebook: nothing is left out, links lead both ways, conditions are in words."""

from functools import cache
from pathlib import Path

import pytest
from tests.support.rulebook import MANIFEST, RULEBOOKS, load_files

from khung.driver import Shelf
from khung.ir.entries import entries_of, rules_by_key
from khung.locale import languages, table
from khung.report.document.html import to_html
from khung.report.document.markdown import to_markdown
from khung.report.document.model import (
    Anchor,
    Code,
    Grid,
    Heading,
    Link,
    Listing,
    Paragraph,
    Strong,
    anchor,
)
from khung.report.page.from_rulebook import page
from khung.report.page.guidance import is_cell
from khung.report.page.pager import CLAUSE, DOCUMENT, RULE, pager, path_of
from khung.resources import schema
from khung.rulebook import model as m
from khung.rulebook.model.rules import KINDS, Stage
from khung.syntax.respell import respelled

SHIPPED = Path(__file__).parents[3] / "rulebooks"
YEAR = SHIPPED / "2021"
FOLDERS = [
    manifest.parent
    for shelf in (RULEBOOKS, SHIPPED)
    for manifest in sorted(shelf.glob("*/rulebook.yaml"))
]
every_rulebook = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)

IN_A_ROW = (
    *(kind for kind in KINDS if kind is not m.Level),
    *(m.Fact, m.Link, m.Definition, m.Criterion, m.Row, m.Parameter),
)
"""Entries of which each has a row of a table."""


@cache
def ready(folder):
    return Shelf().ready(folder, {})


@cache
def written(folder, lang="vi"):
    found = ready(folder)
    assert found.program is not None
    return page(found.loaded.rulebook, found.program, lang, full=True)


@cache
def brief(folder, lang="vi"):
    found = ready(folder)
    return page(found.loaded.rulebook, found.program, lang)


def lines(document):
    """Every heading, paragraph, item and row, as the parts that stand in it."""
    for block in document.blocks:
        if isinstance(block, Heading):
            yield [Anchor(block.anchor), block.text]
        elif isinstance(block, Paragraph):
            yield list(block.text)
        elif isinstance(block, Listing):
            yield from map(list, block.items)
        elif isinstance(block, Grid):
            yield from ([part for cell in row for part in cell] for row in block.rows)


def anchors(document):
    parts = [part for line in lines(document) for part in line if isinstance(part, Anchor)]
    return [part.id for part in parts if part.id]


def links(parts):
    return {part.to for part in parts if isinstance(part, Link)}


def said(parts):
    texts = (part if isinstance(part, str) else getattr(part, "text", " ") for part in parts)
    return "".join(texts)


def row(document, place):
    """The line in which an anchor stands."""
    (found,) = [line for line in lines(document) if Anchor(place) in line]
    return found


@every_rulebook
def test_no_place_stands_twice(folder):
    found = anchors(written(folder))
    assert sorted(found) == sorted(set(found))


@every_rulebook
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_link_leads_somewhere(folder, lang):
    document = written(folder, lang)
    used = {to for line in lines(document) for to in links(line)}
    assert used - set(anchors(document)) == set()


@every_rulebook
def test_every_entry_has_its_place(folder):
    found = ready(folder)
    writer = pager(found.loaded.rulebook, found.program, "vi")
    places = set(anchors(written(folder)))
    for entry in writer.found:
        is_document = isinstance(entry.node, m.Document)
        kind, name = (
            (DOCUMENT, entry.head.id) if is_document else (RULE, writer.names[entry.head.span])
        )
        assert anchor(kind, name) in places, path_of(entry)


@every_rulebook
def test_every_clause_leads_to_the_rules_that_cite_it(folder):
    found = ready(folder)
    writer = pager(found.loaded.rulebook, found.program, "vi")
    document = written(folder)
    rulebook = found.loaded.rulebook
    known = {clause.address for clause in rulebook.clauses}
    for entry in writer.found:
        for citation in entry.citations:
            if citation.document in ("", rulebook.document) and citation.address in known:
                clause = row(document, anchor(CLAUSE, citation.address))
                assert anchor(RULE, writer.names[entry.head.span]) in links(clause), path_of(entry)


@every_rulebook
def test_every_rule_leads_to_its_clauses(folder):
    found = ready(folder)
    writer = pager(found.loaded.rulebook, found.program, "vi")
    document = written(folder)
    rulebook = found.loaded.rulebook
    known = {clause.address for clause in rulebook.clauses}
    for entry in (entry for entry in writer.found if isinstance(entry.node, IN_A_ROW)):
        own = row(document, anchor(RULE, writer.names[entry.head.span]))
        for citation in entry.head.sources:
            if citation.document in ("", rulebook.document) and citation.address in known:
                part = f"#{citation.part}" if citation.part else ""
                assert anchor(CLAUSE, citation.address + part) in links(own), path_of(entry)


def places(document):
    """The links of every place: of the line with its anchor, and those up to the next anchor."""
    found, here = {}, []
    for line in lines(document):
        own = [part.id for part in line if isinstance(part, Anchor) and part.id]
        here = own or here
        for place in here:
            found.setdefault(place, set()).update(links(line))
    return found


@every_rulebook
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_a_clause_leads_to_leads_back(folder, lang):
    found = places(written(folder, lang))
    for clause in ready(folder).loaded.rulebook.clauses:
        place = anchor(CLAUSE, clause.address)
        for to in found[place]:
            assert place in {link.partition(":")[0] for link in found[to]}, to


@every_rulebook
def test_a_clause_without_anything_to_compute_says_why(folder):
    document = written(folder)
    for clause in ready(folder).loaded.rulebook.clauses:
        if clause.because is not None:
            assert clause.because.vi in said(row(document, anchor(CLAUSE, clause.address)))


@every_rulebook
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_both_forms_hold_the_whole(folder, lang):
    document = written(folder, lang)
    markdown, html = to_markdown(document), to_html(document)
    for place in anchors(document):
        assert f'<a id="{place}"></a>' in markdown
        assert f'id="{place}"' in html
    assert "<script" not in html
    assert "http" not in html


# -- as the document has it ----------------------------------------------------------------------


@every_rulebook
def test_clauses_stand_in_their_order_and_each_rule_is_told(folder):
    found = ready(folder)
    order = [anchor(CLAUSE, clause.address) for clause in found.loaded.rulebook.clauses]
    places = anchors(brief(folder))
    assert [place for place in places if place in order] == order
    lines_said = [said(line) for line in lines(brief(folder))]
    writer = pager(found.loaded.rulebook, found.program, "vi")
    named = (m.Knockout, m.Cap, m.Check, m.Requirement, m.Table)
    own = (e for e in writer.found if isinstance(e.node, named) and e.head.label)
    own = (e for e in own if not is_cell(e))
    heads = {rule.head.span: rule for one in found.program.subjects for rule in entries_of(one)}
    told = (e for e in own if not (r := heads.get(e.head.span)) or not writer.never(r.head.when))
    labels = [writer.called(entry.head) for entry in told]
    assert [label for label in labels if not any(label in line for line in lines_said)] == []


@every_rulebook
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_guidance_holds_no_ids_and_its_links_lead_somewhere(folder, lang):
    document = brief(folder, lang)
    parts = [part for line in lines(document) for part in line]
    assert [part for part in parts if isinstance(part, Code)] == []
    assert links(parts) - set(anchors(document)) == set()


@pytest.mark.parametrize("lang", languages)
def test_the_guidance_can_be_read_in_a_meeting(lang):
    text = to_markdown(brief(YEAR, lang))
    assert len(text.split()) <= 15_000


def test_the_matrix_of_the_levels_stands_before_them():
    blocks = brief(YEAR).blocks
    at = next(i for i, b in enumerate(blocks) if getattr(b, "text", "") == STANDARDS)
    assert isinstance(blocks[at + 1], Grid)
    results = [row[1] for row in blocks[at + 1].rows]  # the criteria of results, level by level
    assert results == [("Xuất sắc",), ("Tốt",), ()]


STANDARDS = "II.B.1.3 Tiêu chuẩn các mức"


def test_a_matrix_under_no_heading_stands_under_the_first_clause_that_it_rests_on():
    blocks = brief(RULEBOOKS / "grants").blocks
    clauses = (i for i, b in enumerate(blocks) if isinstance(b, Paragraph))
    at = next(i for i in clauses if Strong("2/1") in blocks[i].text)
    assert isinstance(blocks[at + 1], Grid)
    assert [row[1] for row in blocks[at + 1].rows] == [
        ("reserves từ 6 tháng trở lên",),
        ("reserves từ 3 tháng trở lên",),
    ]


def test_headings_of_the_document_are_those_of_the_guidance():
    headings = [b.text for b in brief(YEAR).blocks if isinstance(b, Heading)]
    assert "II.B.2.3 Tiêu chuẩn các mức" in headings
    assert headings.index("II.B.2 Đảng viên") < headings.index("II.B.2.3 Tiêu chuẩn các mức")


# -- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("dang_vien.caps.nghi_om", "Tổng số tháng nghỉ ốm trong năm từ 3 tháng trở lên"),
        ("dang_vien.caps.nghi_om", "Hoàn thành nhiệm vụ"),
        ("dang_vien.knockouts.duoi_50", "Tỷ lệ chỉ tiêu, nhiệm vụ hoàn thành dưới 50 %"),
        ("dang_vien.pending.chua_kiem_diem", "Không phải “Đã kiểm điểm xong”"),
        ("dang_vien.checks.cuoi_nam", "không trước"),
        ("dang_vien.votes.dang_uy", "Được tán thành khi trên 50 % đồng ý"),
        ("dang_vien.votes.de_xuat", "Chỉ để đề xuất"),
        ("dang_vien.quotas.xuat_sac", "Nhiều nhất: 20 %"),
        ("dang_vien.quotas.xuat_sac", "Số lẻ: bỏ phần lẻ"),
        ("dang_vien.quotas.xuat_sac", "Nơi có dưới 5 thì được 1"),
        ("to_chuc_dang.definitions.ngay_tinh_xep_loai", "ngày xếp loại ghi trong trường hợp"),
    ],
)
def test_a_rule_is_told_in_words(rule, words):
    assert words in said(row(written(YEAR), anchor(RULE, rule)))


def test_a_number_of_places_is_told_and_no_base_where_there_is_none():
    document = written(RULEBOOKS / "contests")
    first, third = (said(row(document, f"r-entry.quotas.{name}")) for name in ("first", "third"))
    assert "Số suất: 1" in first
    assert "Tính trên" not in first
    assert "Số lẻ" not in first
    assert "Nhiều nhất: nếu Cuộc thi lớn của contest thì 60 %, còn không thì 50 %" in third
    assert "Tính trên tất cả trong nhóm" in third


@pytest.mark.parametrize("shown", [written, brief])
def test_points_of_no_level_are_told_above_the_level_below_them(shown):
    said = to_markdown(shown(RULEBOOKS / "climbers")).replace("Total", "total")
    body = "không thuộc mức nào, cấp có thẩm quyền chọn"
    assert f"total trên 89 và dưới 90: {body} Vàng hoặc Bạc" in said
    assert f"total trên 69 và dưới 70: {body} Bạc hoặc Đồng" in said
    assert f"Điểm lỗi trên 5 và dưới 6: {body} Vàng hoặc Bạc" in said
    times = 1 if shown is brief else 2  # in whole the levels say it, too
    assert (said.count("total trên"), said.count("Điểm lỗi trên")) == (2 * times, times)


@pytest.mark.parametrize(("lang", "word"), [("en", "or"), ("vi", "hoặc")])
def test_a_condition_stands_as_an_expression_too_in_the_words_of_the_page(lang, word):
    found = row(written(YEAR, lang), "r-dang_vien.caps.nghi_om")
    assert Code(f"so_thang_nghi_om >= 3 {word} so_ngay_nghi_om >= 90") in found


@pytest.mark.parametrize(("lang", "others"), [("en", "vi"), ("vi", "en")])
def test_no_expression_of_a_page_is_in_the_words_of_the_other_language(lang, others):
    shown = [
        part.text
        for line in lines(written(YEAR, lang))
        for part in line
        if isinstance(part, Code) and " " in part.text
    ]
    assert len(shown) > 100
    own = [text for text in shown if respelled(text, lang, others) != text]
    assert len(own) > 100
    assert [text for text in shown if respelled(text, others, lang) != text] == []


def test_a_link_to_what_has_no_label_says_what_it_gives():
    found = {
        part.to: part.text
        for line in lines(written(YEAR))
        for part in line
        if isinstance(part, Link)
    }
    assert found["r-can_bo.tables.noi_kiem_diem.chi_bo"] == (
        "Cán bộ phải kiểm điểm ở những nơi nào: Chi bộ nơi sinh hoạt"
    )
    assert found["r-dang_vien.levels.khong_hoan_thanh"] == "Không hoàn thành nhiệm vụ"


def test_the_page_follows_the_readings_chosen():
    found = Shelf().ready(YEAR, {"lam_tron": "len"})
    document = page(found.loaded.rulebook, found.program, "vi", full=True)
    assert "Số lẻ: làm tròn lên" in said(row(document, "r-dang_vien.quotas.xuat_sac"))
    chosen = row(document, "r-readings.lam_tron.options.len")
    assert "Đang chọn" in said(chosen)


def test_what_is_new_leads_to_the_entries():
    document = written(RULEBOOKS / "lecturers_next")
    items = [links(item) for b in document.blocks if isinstance(b, Listing) for item in b.items]
    assert {"r-lecturer.quotas.excellent"} in items
    assert {"r-lecturer.criteria.groups.teaching.items.exams"} in items


def test_marks_of_markdown_in_a_text_are_no_marks():
    text = to_markdown(written(YEAR))
    assert "| <a id=" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    bars = {line.replace(r"\|", "").count(" | ") for line in rows}
    assert bars <= set(range(1, 12))


def test_subjects_stand_in_the_order_in_which_the_document_comes_to_their_levels(tmp_path):
    shared = f"{MANIFEST}scales: {{mark: {{values: {{low: Low, high: High}}}}}}\n"
    clauses = "clauses: {c/1: {summary: One}, c/2: {summary: Two}}\n"
    ladder = """\
ladder:
  scale: mark
  levels:
    high: {{require: {{ok: {{that: ok, source: {}}}}}}}
    low: {{otherwise: true}}
"""
    files = {
        name: f"subject: {name}\nsource: c/1\nfacts: {{ok: {{type: boolean}}}}\n{ladder.format(at)}"
        for name, at in (("a", "c/2"), ("b", "c/1"), ("c", "c/2"))
    }
    load_files(tmp_path, rulebook=shared, clauses=clauses, **files)
    for document in (written(tmp_path), brief(tmp_path)):
        titles = [b.text for b in document.blocks if isinstance(b, Heading) and b.level == 2]
        found = dict.fromkeys(title for title in titles if title in files)
        assert [*found] == ["b", "a", "c"]


@pytest.mark.parametrize("lang", languages)
def test_the_words_of_a_construct_stand_in_one_file(lang):
    """Whoever adds one needs no other: not for its section, its name in a diff, its stage."""
    subjects = [one for folder in FOLDERS for one in ready(folder).program.subjects]
    keys = {key for declared in subjects for key, _ in rules_by_key(declared)}
    assert {"floors", "caps", "votes", "defer", "quotas", "checks"} <= keys
    words = table(lang, "constructs")
    asked = {f"constructs.{key}.{what}" for key in keys for what in ("section", "about", "part")}
    of_stages = {f"constructs.{k}.{s}" for k in ("after", "until", "next") for s in Stage}
    assert asked | of_stages <= words.keys()
    whole = schema("subject")
    parts = (whole["properties"][key]["additionalProperties"] for key in keys)
    held = (part.get("anyOf", [part])[0]["$ref"] for part in parts)
    forms = [whole["$defs"][ref.rpartition("/")[2]]["properties"] for ref in held]
    assert [k for own in forms for k in own if f"constructs.key.{k}" not in words] == []
    elsewhere = {key for file in ("page", "diff") for key in table(lang, file)}
    assert [key for key in elsewhere if keys & set(key.split("."))] == []


@pytest.mark.parametrize(
    ("lang", "rule", "bound"),
    [
        ("vi", "Đơn vị được thay quy tắc này", "50% (đơn vị được đặt không quá 50%)"),
        ("en", "Units may replace this rule", "50% (units may set no more than 50%)"),
    ],
)
def test_what_is_left_to_units_is_said(lang, rule, bound):
    text = to_markdown(written(RULEBOOKS / "wards", lang))
    (line,) = (line for line in text.splitlines() if rule in line)
    assert "r-nurse.knockouts.warned" in line
    assert bound in text


@pytest.mark.parametrize(("lang", "said"), [("vi", "văn bản ghi"), ("en", "printed as")])
def test_points_that_a_document_prints_from_and_to_are_told_so(lang, said):
    text = to_markdown(brief(RULEBOOKS / "climbers", lang))
    found = [line for line in text.splitlines() if said in line]
    assert [line.partition(f"{said} ")[2] for line in found] == BANDS


BANDS = ["\\[70..89\\])", "\\[50..69\\])", "\\[6..10\\])", "(5..10\\])", "(10..20))"]
