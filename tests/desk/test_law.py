"""Of every shipped case: a form shows what the case says, and says what it shows."""

import pytest
from tests.support.schemas import ROOT

from khung.desk.desk import Desk
from khung.desk.drafts import Draft
from khung.desk.edits import parsed, with_value
from khung.desk.fields import written
from khung.source.nodes import to_plain

EVERY = 40
CASES = sorted((ROOT / "cases").glob("20*/**/*.yaml"))[::EVERY]
MADE_UP = sorted((ROOT / "tests" / "cases").rglob("*.yaml"))[:: EVERY // 8]


@pytest.mark.parametrize("path", [*CASES, *MADE_UP], ids=lambda path: path.stem)
def test_what_a_field_shows_is_what_it_says(path, shelf, tmp_path):
    rulebooks = ROOT / ("tests/rulebooks" if path in MADE_UP else "rulebooks")
    desk = Desk(tmp_path, "t", lambda *_: None, rulebooks, shelf)
    text = path.read_text(encoding="utf-8")
    sheet, said = desk.sheet(Draft("x", text, path), "vi"), to_plain(parsed(text))
    assert sheet.subjects
    for who in sheet.subjects:
        fields = [leaf for one in sheet.fields(who) for leaf in one.leaves()]
        assert len({one.key for one in fields}) == len(fields)
        grouped = [one.key for group in sheet.groups(who) for one in group.fields]
        assert sorted(grouped) == sorted(one.key for one in sheet.fields(who))
        for one in fields:
            if one.value:
                again = with_value(text, one.path, written(one, one.value))
                assert to_plain(parsed(again)) == said
