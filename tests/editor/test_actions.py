"""What is offered to mend, in an editor."""

from __future__ import annotations

import pytest
from tests.editor.test_told import CASE
from tests.support.editor_client import applied


def offered(client, path, told, only=None):
    context = {"diagnostics": [], **({"only": only} if only else {})}
    document = {"uri": path.as_uri()}
    params = {"textDocument": document, "range": told["range"], "context": context}
    return client.ask("textDocument/codeAction", params)


def test_a_mend_of_rules(client, folder):
    path = folder / "rulebooks/2020/dang_vien.yaml"
    sound = client.open(path)
    text = client.replace(path, "so_thang_nghi_om >= 3 or", "so_thang_nghi_om ≥ 3 or")
    (told,) = client.wait_for(path, "K0307")
    (action,) = offered(client, path, told)
    assert (action["kind"], action["isPreferred"]) == ("quickfix", True)
    assert "≥" in action["title"]
    edits = action["edit"]["changes"][path.as_uri()]
    assert applied(text, edits) == sound


def test_all_of_a_case(client, folder):
    path = folder / "cases/actions.yaml"
    wrong = CASE.replace(": 4", ': "4 tháng"').replace("2021-12-15", "15/12/2021")
    text = client.open(path, wrong)
    first, second = client.wait_for(path, "K0616", "K0629")
    assert len(offered(client, path, first)) == len(offered(client, path, second)) == 1
    (every,) = offered(client, path, first, ["source.fixAll"])
    assert applied(text, every["edit"]["changes"][path.as_uri()]) == CASE


def test_one_way_of_several_is_not_preferred(client, folder):
    path = folder / "cases/actions.yaml"
    client.open(path, CASE.replace(": 4", ": 1.000"))
    (told,) = client.wait_for(path, "K0140")
    (action,) = offered(client, path, told)
    assert action.get("isPreferred") is None
    assert offered(client, path, told, ["source.fixAll"]) == []


@pytest.mark.parametrize("name", ["2021", "2021-xa-a"])
def test_a_successor_and_an_overlay(client, folder, name):
    path = folder / f"rulebooks/{name}/dang_vien.yaml"
    sound = client.open(path)
    text = client.replace(path, "\nfacts:\n", "\nfact:\n")
    told = client.wait_until(path, lambda codes: "K0120" in codes)
    first = next(one for one in told if one["code"] == "K0120")
    (action, *_) = offered(client, path, first)
    assert applied(text, action["edit"]["changes"][path.as_uri()]) == sound
