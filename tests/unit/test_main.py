"""The way into the program, before anything of it is loaded."""

import subprocess
import sys
from importlib.util import find_spec

import pytest
from tests.support.made_tables import MADE, made_tables

from khung.__main__ import main

RULEBOOK = (
    MADE
    + """\
subjects:
  member:
    facts: {points: {type: number, range: 0..9}}
    ladder:
      scale: lv
      levels:
        high: {require: {enough: {that: points > 3}}}
        low: {otherwise: true}
"""
)


class Stopped:
    """Stands in the way of every import of khung, as somebody who presses Ctrl+C."""

    def find_spec(self, name, path=None, target=None):
        if name.startswith("khung.cli"):
            raise KeyboardInterrupt


def test_who_stops_it_while_it_is_loaded_sees_no_traceback(monkeypatch, capfd):
    for name in [name for name in sys.modules if name.startswith("khung.cli")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Stopped(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capfd.readouterr() == ("", "")


def test_nothing_is_loaded_that_only_lies_about(tmp_path):
    folder = made_tables(tmp_path, RULEBOOK, {"member": ["id,points", "a,4"]})
    script = (
        "import atexit, sys; from khung.__main__ import main;"
        "names = ('numpy', 'pandas', 'pyarrow');"
        "atexit.register(lambda: print([n for n in names if sys.modules.get(n)])); main()"
    )
    told = (
        "eval",
        str(folder),
        "--out",
        str(tmp_path / "out"),
        "--engine",
        "duckdb",
        "--rulebooks",
        str(tmp_path),
    )
    command = [sys.executable, "-c", script, *told]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "['pyarrow']"
    assert all(map(find_spec, ("numpy", "pandas")))
