"""Which clauses a small rulebook accounts for."""

from __future__ import annotations

import pytest
from tests.support.rulebook import load_files

from khung.analysis.clauses import account

CLAUSES = """\
clauses:
  A/1: {summary: Cited by a rule}
  A/2: {summary: Cited by nobody}
  A/3: {summary: An aim, kind: guidance, because: Nothing to compute}
  A/4: {summary: Two rules, parts: [one, two]}
  A/5: {summary: Says so}
  A/6: {summary: Worked out}
"""

SUBJECT = """\
subject: firm
source: A/4
facts:
  sound: {type: boolean, source: A/5}
  loud: {type: boolean}
  staff: {type: number, source: A/6}
not_ranked:
  small: {when: staff < 3, source: [A/1, A/4#one, D-2 A/2]}
  silent: {when: not(sound), source: A/5}
  loud: {when: loud}
"""

MANIFEST = """\
khung: 1
id: small
title: A small rulebook
period: {from: 2021-01-01, to: 2021-12-31}
document: D-1
documents: {D-1: {}, D-2: {}}
"""


@pytest.fixture
def found(tmp_path):
    files = {"rulebook": MANIFEST, "firm": SUBJECT, "clauses": CLAUSES}
    rulebook = load_files(tmp_path, **files).rulebook
    assert rulebook is not None
    return account(rulebook)


def test_what_nothing_cites_is_missing(found):
    assert found.total == 6
    assert found.missing == ("A/2", "A/4#two")
    assert found.accounted == 4


def test_what_somebody_only_asserts_is_told_apart(found):
    assert found.asserted_only == ("A/5",)


@pytest.mark.parametrize(
    ("rule", "asserted"),
    [
        ("{when: sound, source: A/5}", True),
        ("{when: not(sound), source: A/5}", True),
        ("{when: loud, source: A/5}", False),  # two assertions are more than one
        ("{when: sound and loud, source: A/5}", False),
        ("{when: staff < 3, source: A/5}", False),
    ],
)
def test_what_counts_as_asserted(tmp_path, rule, asserted):
    subject = SUBJECT.replace("silent: {when: not(sound), source: A/5}", f"silent: {rule}")
    files = {"rulebook": MANIFEST, "firm": subject, "clauses": CLAUSES}
    rulebook = load_files(tmp_path, **files).rulebook
    assert rulebook is not None
    assert ("A/5" in account(rulebook).asserted_only) == asserted
