"""khung as a library: what `khung/__init__.py` names, as it says it."""

from __future__ import annotations

import doctest
import inspect
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from tests.support.schemas import ROOT, schema, validator

import khung
from khung.cli.main import run
from khung.diagnostics.codes import page

CASE = Path("cases/2021/dang_vien-010-nghi-om-4-thang.yaml")
SUPPLIERS = ROOT / "tests" / "rulebooks" / "suppliers"
ACME = {
    "certified": True,
    "deliveries": [{"on_time": True, "value": 100, "defects": 0.05}],
    "criteria": {"finish": 40, "papers": 10, "answers": 0},
}
SUPPLIED = {"on": date(2025, 11, 30), "subjects": {"supplier": {"acme": ACME}}}


@pytest.fixture(autouse=True)
def checkout(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def rulebook():
    return khung.open_rulebook(SUPPLIERS)


def test_every_public_name_is_there_and_explained():
    for name in khung.__all__:
        assert inspect.getdoc(getattr(khung, name)), name
    with pytest.raises(AttributeError):
        khung.load_rulebook  # noqa: B018  # asked for what is not there


def test_importing_khung_loads_nothing_else():
    program = (
        "import sys; import khung; "
        "print([name for name in sys.modules if name.startswith(('khung.', 'yaml', 'decimal'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


def test_the_example_of_the_package_runs():
    example = inspect.getdoc(khung).partition("    import khung\n")[2]
    example = example.replace("TYPE", "supplier").replace("ID", "acme")
    example = example.replace('open_rulebook("2021")', "open_rulebook(SUPPLIERS)")
    names = {"khung": khung, "case": SUPPLIED, "SUPPLIERS": SUPPLIERS}
    lines = [line.strip() for line in example.splitlines() if line.strip()]
    assert len(lines) == 4
    exec("\n".join(lines), names)  # noqa: S102  # the program's own docstring
    assert names["found"].results["supplier"]["acme"].level == "a"


@pytest.mark.parametrize("guide", ["docs/vi/su-dung.md", "docs/en/using.md"])
def test_the_examples_of_the_guides_run(guide):
    text = (ROOT / guide).read_text("utf-8")
    blocks = [block.partition("```")[0] for block in text.split("```pycon\n")[1:]]
    parsed = doctest.DocTestParser().get_doctest("".join(blocks), {}, guide, guide, 0)
    said: list[str] = []
    found = doctest.DocTestRunner(verbose=False).run(parsed, out=said.append)
    assert (said, found.attempted > 0) == ([], True)


# -- opening ------------------------------------------------------------------------------------


def test_a_rulebook_is_opened_by_name_or_folder():
    assert "2021" in khung.rulebook_names()
    named = khung.open_rulebook("2021")
    assert (named.id, named.period) == ("2021", (date(2021, 1, 1), date(2021, 12, 31)))
    assert named.title("en") == "Annual review and ranking 2021"
    assert khung.open_rulebook("rulebooks/2021").folder == named.folder
    assert khung.open_rulebook("suppliers", rulebooks=SUPPLIERS.parent).id == "suppliers"


def test_a_rulebook_is_opened_under_readings():
    assert khung.open_rulebook("2021").readings["lam_tron"] == "xuong"
    assert khung.open_rulebook("2021", {"lam_tron": "len"}).readings["lam_tron"] == "len"


@pytest.mark.parametrize(
    ("name", "readings", "code"),
    [
        ("2099", {}, "K0602"),
        (Path("no/such/folder"), {}, "K0427"),
        ("2021", {"lam_tron": "no_option"}, "K0504"),
        ("2021", {"no_reading": "x"}, "K0503"),
    ],
)
def test_a_rulebook_that_cannot_be_opened_says_why(name, readings, code):
    with pytest.raises(khung.InvalidError) as caught:
        khung.open_rulebook(name, readings)
    assert code in [found.code for found in caught.value.diagnostics]
    assert f"[{code}]" in str(caught.value)
    assert caught.value.said("en") != caught.value.said("vi")


# -- evaluating ---------------------------------------------------------------------------------


def test_a_file_a_text_and_data_come_out_alike(rulebook, tmp_path):
    text = (
        "case: <case>\nrulebook: suppliers\non: 2025-11-30\nsubjects:\n  supplier:\n    acme:\n"
        "      certified: true\n"
        "      deliveries: [{on_time: true, value: 100, defects: 0.05}]\n"
        "      criteria: {finish: 40, papers: 10, answers: 0}\n"
    )
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    documents = [rulebook.evaluate(case).document for case in (path, text, SUPPLIED)]
    assert documents[0] == documents[1] == documents[2]
    assert documents[0]["results"]["supplier"]["acme"]["status"] == "ranked"
    named = {**SUPPLIED, "rulebook": "suppliers"}
    assert khung.evaluate(named, rulebooks=SUPPLIERS.parent).document == documents[0]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_document_is_what_the_command_writes(capsys, monkeypatch, lang):
    monkeypatch.setenv("COLUMNS", "100")
    found = khung.evaluate(CASE, lang=lang)
    run(["eval", str(CASE), "--format", "json", "--lang", lang])
    assert found.json() == capsys.readouterr().out
    assert list(validator("result").iter_errors(json.loads(found.json()))) == []
    run(["eval", str(CASE), "--lang", lang])
    assert found.text() == capsys.readouterr().out


def test_results_are_objects():
    found = khung.evaluate(CASE, lang="en").results["dang_vien"]["an"]
    assert isinstance(found, khung.Result)
    assert (found.status, found.level) == ("ranked", "hoan_thanh")
    assert found.bounds["cap"] == ("hoan_thanh", "hoan_thanh")
    assert found.reasons[0].rule == "dang_vien.caps.nghi_om"
    assert isinstance(found.next, khung.Next)
    assert found.next.failed[0].values == {"so_thang_nghi_om": 4}
    assert isinstance(found.outputs["phai_kiem_diem"], khung.Output)
    assert found.outputs["phai_kiem_diem"].value is True
    with pytest.raises(AttributeError):
        found.level = "hoan_thanh_tot"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (khung.Result, "result"),
        (khung.Group, "group"),
        (khung.Reason, "reason"),
        (khung.Failed, "failed"),
        (khung.Decision, "decision"),
        (khung.Finding, "finding"),
        (khung.Output, "output"),
    ],
)
def test_objects_have_the_fields_of_the_contract(kind, name):
    assert set(kind.__dataclass_fields__) == set(schema("result")["$defs"][name]["properties"])


def test_groups_and_decisions_are_objects():
    path = next(Path("cases/2021").glob("dang_vien-099-*.yaml"))
    found = khung.evaluate(path)
    group = found.groups[0]
    assert isinstance(group, khung.Group)
    decision = found.results["dang_vien"][group.open[0]].decision
    assert isinstance(decision, khung.Decision)
    assert (decision.kind, decision.group) == ("tie", group.key)
    assert set(decision.options) == set(group.open)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({**SUPPLIED, "subjects": {"supplier": {"acme": {"certifed": True}}}}, "K0610"),
        ({**SUPPLIED, "rulebook": "2021"}, "K0603"),
        ({**SUPPLIED, "on": "soon"}, "K0125"),
        ({**SUPPLIED, "case": "\x1b[2K"}, "K0108"),
        ("case: [", "K0113"),
        (Path("no_such.yaml"), "K0101"),
    ],
)
def test_an_invalid_case_says_why(rulebook, case, code):
    with pytest.raises(khung.InvalidError) as caught:
        rulebook.evaluate(case)
    assert code in [found.code for found in caught.value.diagnostics]


@pytest.mark.parametrize("code", ["K0609", "K0630", "K0632"])
def test_the_checks_of_the_commands_are_made(code):
    rulebook, example = khung.open_rulebook("2021"), page(code).example
    assert code in _said(rulebook, example.wrong)
    assert code not in _said(rulebook, example.right)


def _said(rulebook, subjects):
    """Return the codes of what is said of a case, be it valid or not."""
    try:
        found = rulebook.evaluate(f'rulebook: "2021"\non: 2021-12-15\n{subjects}')
    except khung.InvalidError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return [diagnostic.code for diagnostic in found.diagnostics]


def test_numbers_are_exact_also_those_of_python(rulebook):
    months = []
    for defects in (0.05, Decimal("0.05"), Decimal("0.0500000000000000000000000001")):
        deliveries = [{"on_time": True, "value": 100, "defects": defects}]
        case = {**SUPPLIED, "subjects": {"supplier": {"acme": {**ACME, "deliveries": deliveries}}}}
        outputs = rulebook.evaluate(case).results["supplier"]["acme"].outputs
        months.append(outputs["audit"].value["months"])
    assert months == [12, 12, 1]  # the audit comes monthly from more than 5%


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x"])
def test_what_no_case_can_hold_is_a_mistake_of_the_program(rulebook, value):
    with pytest.raises(TypeError):
        rulebook.evaluate({**SUPPLIED, "subjects": value})


def test_results_are_tables_that_others_take(rulebook):
    found = rulebook.evaluate(SUPPLIED)
    tables = found.tables()
    assert set(tables) == {"supplier", "groups", "decisions", "waiting", "summary"}
    (row,) = tables["supplier"].to_pylist()
    own = found.results["supplier"]["acme"]
    assert (row["id"], row["level"], row["status"]) == ("acme", own.level, own.status)
    frame = tables["supplier"].to_pandas()
    assert list(frame["id"]) == ["acme"]
    assert pl.from_arrow(tables["supplier"])["level"].to_list() == [own.level]
