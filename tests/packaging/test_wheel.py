"""The wheel, installed where nothing else is: the data is inside, and a case can be evaluated.

The environment gets the wheel and what its metadata asks for, and nothing more. The dependencies
are copied from the environment of the tests, so no network is needed, and one that is used but not
declared is missed here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASE = ROOT / "cases" / "2021" / "dang_vien-010-nghi-om-4-thang.yaml"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

pytestmark = pytest.mark.packaging


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def built(folder: Path, *kinds: str) -> list[Path]:
    """Build from a copy of what is in the checkout, so that nothing is written there."""
    source = folder / "source"
    made = (".git", ".venv", ".hypothesis", ".*_cache", "__pycache__", "dist", "build")
    ignored = shutil.ignore_patterns(*made, "tests")
    shutil.copytree(ROOT, source, ignore=ignored, copy_function=shutil.copyfile)  # new times
    build = (sys.executable, "-m", "build", *kinds, "--no-isolation", "--outdir", folder)
    run(*build, source, cwd=folder)
    return sorted(path for path in folder.iterdir() if path.is_file())


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the source distribution and the wheel."""
    return built(tmp_path_factory.mktemp("build"), "--sdist", "--wheel")


@pytest.fixture(scope="module")
def wheel(packages: list[Path]) -> Path:
    (found,) = (path for path in packages if path.suffix == ".whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder outside the checkout with an environment in `venv`."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", "--without-pip", "venv", cwd=folder)
    python = folder / "venv" / SCRIPTS / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=folder)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run(python, "-c", where, cwd=folder).strip())
    for needed in closure(wheel):
        copy(needed, packages)
    return folder


def closure(wheel: Path) -> list[Distribution]:
    """Return what a wheel needs, and what that needs, without its extras."""
    found: dict[str, Distribution] = {}
    waiting: list[str] = []
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        asked = message_from_bytes(archive.read(name)).get_all("Requires-Dist")
    while asked is not None:
        for text in asked:
            requirement, _, marker = text.partition(";")
            other = re.split(r"[^\w.-]", requirement.strip())[0]
            if other not in found and "extra" not in marker and _holds(marker):
                found[other] = distribution(other)
                waiting.append(other)
        asked = (distribution(waiting.pop()).requires or []) if waiting else None
    return list(found.values())


def _holds(marker: str) -> bool:
    """Say whether a marker holds here, for those on the version of Python or the platform."""
    version = re.search(r"""python_version\s*<\s*["']([\d.]+)["']""", marker)
    if version:
        return sys.version_info[:2] < tuple(map(int, version[1].split(".")))
    return "win32" not in marker.lower() or os.name == "nt"


def copy(needed: Distribution, packages: Path) -> None:
    for file in needed.files or ():
        if ".." not in file.parts:
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(str(file.locate())), target)


def test_what_is_inside(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.stat().st_size < 3_100_000
    for folder in ("rulebooks", "schemas", "cases"):
        shipped = {
            f"khung/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
        }
        assert shipped
        assert shipped <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"khung"}
    assert "khung/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_two_builds_are_the_same_to_the_last_byte(packages, tmp_path):
    again = built(tmp_path, "--sdist", "--wheel")
    assert [path.name for path in again] == [path.name for path in packages]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in packages]


def test_a_case_is_evaluated_elsewhere(installed):
    shutil.copy(CASE, installed / "case.yaml")
    khung = installed / "venv" / SCRIPTS / "khung"
    said = json.loads(run(khung, "eval", "case.yaml", "--format", "json", cwd=installed))
    result = said["results"]["dang_vien"]["an"]
    assert (result["status"], result["level"]) == ("ranked", "hoan_thanh")
    assert said["diagnostics"] == []


def test_a_folder_to_work_in_is_made_elsewhere(installed):
    khung = installed / "venv" / SCRIPTS / "khung"
    run(khung, "init", "mine", cwd=installed)
    mine = installed / "mine"
    first = run(khung, "eval", "cases/2021/xa-mau/xa-mau.xlsx", "--format", "json", cwd=mine)
    assert json.loads(first)["results"]["dang_vien"]
    assert (mine / "docs" / "vi" / "huong-dan.html").is_file()
    assert (mine / ".vscode" / "settings.json").is_file()
    assert not list(mine.rglob("2021.md"))
    run(khung, "new", "2022", "--from", "2021", cwd=mine)
    assert (mine / "rulebooks" / "2022" / "rulebook.yaml").is_file()
