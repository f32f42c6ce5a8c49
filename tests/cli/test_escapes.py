"""What files hold cannot steer a terminal, a build server or what reads an XML report."""

import json
import shutil
import xml.etree.ElementTree as ET

import pytest
from tests.support.schemas import ROOT

from khung.cli.exit_codes import ExitCode
from khung.cli.main import run

SUPPLIERS = ROOT / "tests" / "rulebooks" / "suppliers"
ESCAPES = {
    "\\x1b[2K": "U+001B",
    "\\e[2K": "U+001B",
    "\\a": "U+0007",
    "\\r\\n::error::injected": "U+000D",
    "\\x9b1m": "U+009B",
    "\\u202e": "U+202E",
    "\\u061c": "U+061C",
    "\\L": "U+2028",
    "\\U000e0041": "U+E0041",
}


def case(title, **more):
    head = {"rulebook": "suppliers", "on": "2025-11-30", "subjects": {"supplier": {"acme": {}}}}
    lines = [f"case: {title}", *(f"{key}: {json.dumps(value)}" for key, value in head.items())]
    return "\n".join([*lines, *(f"{key}: {json.dumps(value)}" for key, value in more.items())])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(SUPPLIERS, tmp_path / "rulebooks" / "suppliers")
    (tmp_path / "cases").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["eval", "test"])
@pytest.mark.parametrize("written", ESCAPES)
def test_a_case_with_an_escape_is_refused(folder, capsys, command, written):
    (folder / "cases" / "a.yaml").write_text(case(f'"Ti{written}tle"', expect={}), encoding="utf-8")
    assert run([command, "cases/a.yaml", "--lang", "en"]) == ExitCode.INVALID
    said = capsys.readouterr()
    assert "K0108" in said.err
    assert ESCAPES[written] in said.err
    assert _harmless(said.out + said.err)


@pytest.mark.parametrize("where", ["title", "key"])
def test_a_rulebook_with_an_escape_is_refused(folder, capsys, where):
    manifest = folder / "rulebooks" / "suppliers" / "rulebook.yaml"
    text = manifest.read_text("utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title:"))
    bad = 'title: "a\\x1bb"' if where == "title" else title + '\n"ti\\x1b": x'
    manifest.write_text(text.replace(title, bad), encoding="utf-8")
    for command in (["check"], ["show"], ["new", "2027", "--from"]):
        assert run([*command, "suppliers"]) == ExitCode.INVALID
        said = capsys.readouterr()
        assert "K0108" in said.err
        assert _harmless(said.out + said.err)
    assert not (folder / "rulebooks" / "2027").exists()


@pytest.mark.parametrize("command", [["check"], ["show"], ["eval"], ["test"]])
def test_a_title_is_no_command_to_a_build_server(folder, capsys, command):
    title = "::error::injected"
    manifest = folder / "rulebooks" / "suppliers" / "rulebook.yaml"
    lines = manifest.read_text("utf-8").splitlines()
    lines = [f'title: "{title}"' if line.startswith("title:") else line for line in lines]
    manifest.write_text("\n".join(lines), encoding="utf-8")
    expected = {"supplier": {"acme": {"status": "pending"}}}
    text = case(f"|\n  a\n  {title}\n  ::warning::b", expect=expected)
    (folder / "cases" / "a.yaml").write_text(text, encoding="utf-8")
    named = "suppliers" if command[0] in ("check", "show") else "cases/a.yaml"
    run([*command, named])
    said = capsys.readouterr().out
    assert title in said
    assert not [line for line in said.splitlines() if line.strip().startswith("::")]


def test_the_report_for_a_build_server_still_gives_commands(folder, capsys):
    manifest = folder / "rulebooks" / "suppliers" / "rulebook.yaml"
    manifest.write_text(manifest.read_text("utf-8") + "\nunknown: 1\n", encoding="utf-8")
    run(["check", "suppliers", "--format", "github"])
    assert capsys.readouterr().out.startswith("::error ")


def test_names_of_files_fit_into_xml_and_a_line(folder, capsys):
    path = folder / "cases" / "a\x01\x1b[2Kb.yaml"
    expected = {"supplier": {"acme": {"status": "pending"}}}
    path.write_text(case("x", expect=expected), encoding="utf-8")
    run(["test", "cases", "--format", "junit"])
    found = ET.fromstring(capsys.readouterr().out)  # noqa: S314  # written by khung itself
    assert [case.get("file") for case in found.iter("testcase")] == ["cases/a\ufffd\ufffd[2Kb.yaml"]
    run(["test", "cases"])
    said = capsys.readouterr().out
    assert "a\\x01\\x1b[2Kb.yaml" in said
    assert _harmless(said)


@pytest.mark.parametrize("point", ["0085", "009b", "202e", "2028"])
def test_what_an_expression_makes_is_shown_by_its_number(capsys, point):
    assert run(["expr", f'"a\\u{point}b"']) == ExitCode.DONE
    assert capsys.readouterr().out == f'"a\\u{point}b"\n'
    assert run(["expr", f'"a\\u{point}b"', "--format", "json"]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert _harmless(said)
    assert json.loads(said)["value"] == f"a{chr(int(point, 16))}b"


def _harmless(text):
    return all(c.isprintable() or c == "\n" for c in text)
