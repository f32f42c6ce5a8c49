"""What is locked is what `pyproject.toml` asks for, each file with its hash, and names no host."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "run": (),
    "dev": ("dev",),
    "site": ("dev", "site"),
    "release": ("dev", "release"),
}


def locked(name: str) -> dict[str, list[tuple[str, int]]]:
    """Return the versions of each package in a file, and how many hashes each has."""
    found: dict[str, list[tuple[str, int]]] = {}
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            package, version = re.match(r"([\w.-]+)==(\S+)", line).groups()
            entry = (version, line.count("--hash=sha256:"))
            found.setdefault(canonicalize_name(package), []).append(entry)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_locked(name):
    found = locked(name)
    asked = [*PROJECT["dependencies"], *(one for extra in LOCKS[name] for one in EXTRAS[extra])]
    assert asked
    for text in asked:
        wanted = Requirement(text)
        versions = found.get(canonicalize_name(wanted.name), [])
        assert versions, f"{text} is not in requirements/{name}.txt: make lock"
        assert all(v in wanted.specifier for v, _ in versions), f"{text}: make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_each_has_hashes_and_no_host_is_named(name):
    assert all(hashes for versions in locked(name).values() for _, hashes in versions)
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|@ ", text)


@pytest.mark.parametrize("name", [name for name in LOCKS if name != "run"])
def test_all_take_the_versions_that_khung_runs_with(name):
    """Else tests would try other versions than those that people get."""
    run, more = locked("run"), locked(name)
    assert {package: more[package] for package in run} == run
