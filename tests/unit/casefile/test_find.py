"""Where a rulebook is looked for."""

import unicodedata

import pytest

from khung import resources
from khung.casefile.find import find_rulebook
from khung.diagnostics.bag import Bag


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Make folders with rulebooks; nothing is installed, the current folder is `here`."""
    for folder in (
        "named/2019",
        "work/rulebooks/2021",
        "work/cases/rulebooks/2021",
        "here",
        "rb/x",
    ):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("named/2019", "work/rulebooks/2021", "work/cases/rulebooks/2021"):
        (tmp_path / folder / "rulebook.yaml").write_text("khung: 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(resources, "data_dir", lambda name: tmp_path / "installed")
    return tmp_path


def test_the_nearest_folder_comes_first(tree):
    case, bag = tree / "work" / "cases" / "a.yaml", Bag()
    assert find_rulebook("2021", case, None, bag) == tree / "work/cases/rulebooks/2021"
    case = tree / "work" / "a.yaml"
    assert find_rulebook("2021", case, None, bag) == tree / "work/rulebooks/2021"
    assert bag.diagnostics == ()


def test_a_named_folder_is_the_only_one(tree):
    case, bag = tree / "work" / "a.yaml", Bag()
    assert find_rulebook("2019", case, tree / "named", bag) == tree / "named/2019"
    assert find_rulebook("2021", case, tree / "named", bag) is None
    (found,) = bag.diagnostics
    assert (found.code, found.help, found.args["looked"]) == (
        "K0602",
        "before",
        (str(tree / "named"),),
    )


def test_the_current_folder_then_those_installed(tree, monkeypatch):
    bag = Bag()
    (tree / "installed" / "2018").mkdir(parents=True)
    (tree / "installed" / "2018" / "rulebook.yaml").write_text("khung: 1\n", encoding="utf-8")
    assert find_rulebook("2018", None, None, bag) == tree / "installed/2018"
    monkeypatch.chdir(tree / "work")
    assert find_rulebook("2021", None, None, bag) == tree / "work/rulebooks/2021"


@pytest.mark.parametrize("name", ["..", "../2021", "", "/", "a/b", "x", "C:\\x"])
def test_an_id_that_is_none_leads_nowhere(name, tree):
    bag = Bag()
    assert find_rulebook(name, tree / "work" / "cases" / "a.yaml", None, bag) is None
    assert [d.code for d in bag.diagnostics] == ["K0602"]


def test_ids_are_compared_in_one_unicode_form(tree):
    folder = tree / "named" / unicodedata.normalize("NFD", "huyện")
    folder.mkdir()
    (folder / "rulebook.yaml").write_text("khung: 1\n", encoding="utf-8")
    assert (
        find_rulebook(unicodedata.normalize("NFC", "huyện"), None, tree / "named", Bag()) == folder
    )


def test_nothing_installed(tree, monkeypatch):
    def missing(name):
        raise resources.MissingDataError(name)

    monkeypatch.setattr(resources, "data_dir", missing)
    bag = Bag()
    assert find_rulebook("2021", None, None, bag) is None
    assert [d.help for d in bag.diagnostics] == [""]


@pytest.mark.parametrize(
    ("name", "advice", "near"),
    [("2020", "before", "2019"), ("2o19", "near", "2019"), ("2018", "known", "")],
)
def test_another_year_is_no_misspelling(name, advice, near, tree):
    bag = Bag()
    assert find_rulebook(name, None, tree / "named", bag) is None
    (found,) = bag.diagnostics
    assert (found.help, found.args["near"]) == (advice, near)
