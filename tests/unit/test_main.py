"""The way into the program, before anything of it is loaded."""

import sys

import pytest

from khung.__main__ import main


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
