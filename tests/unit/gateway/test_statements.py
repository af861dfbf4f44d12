"""The statement held: which version it may be about, and that an older one never replaces it."""

from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.gateway.statements import Statements
from brightline.storage import Store
from brightline.testing.house import ENCLAVE, house_agreement
from brightline.testing.parties import next_version, parties_in

FIRST = house_agreement()
BOTH = parties_in(FIRST)
SECOND = BOTH.sign(next_version(FIRST.files, FIRST.draft))
DRAFTS = (SECOND.draft, FIRST.draft)
NOW_MS = 1_800_000_000_000


@pytest.fixture
def statements(tmp_path: Path):
    store = Store.open(tmp_path, create=True)
    yield Statements(store.settings(1), ENCLAVE)
    store.abandon()


def test_one_about_neither_version_is_refused_as_of_another(statements: Statements) -> None:
    other = BOTH.sign(next_version(FIRST.files, FIRST.draft, expires="2034-01-01T00:00:00Z")).draft
    with pytest.raises(BrightlineError) as caught:
        statements.check(BOTH.state(other, ENCLAVE, issued_ms=NOW_MS), DRAFTS, NOW_MS)
    assert caught.value.code == "policy/current-of-another"
    assert caught.value.words["wanted"] == SECOND.draft.digest.hex()


@pytest.mark.parametrize(
    ("issued_ms", "after_ms", "code"),
    [(NOW_MS - 31 * 86_400_000, None, "policy/not-current"), (NOW_MS - 2, NOW_MS - 1, "policy/current-goes-back")],
)
def test_one_that_ran_out_or_goes_back_is_refused(
    statements: Statements, issued_ms: int, after_ms: int | None, code: str
) -> None:
    data = BOTH.state(SECOND.draft, ENCLAVE, issued_ms=issued_ms)
    with pytest.raises(BrightlineError) as caught:
        statements.check(data, DRAFTS, NOW_MS, after_ms=after_ms)
    assert caught.value.code == code


def test_what_states_the_version_before_states_one_that_only_tightens_it(statements: Statements) -> None:
    for draft in DRAFTS:
        data = BOTH.state(draft, ENCLAVE, issued_ms=NOW_MS)
        assert statements.check(data, DRAFTS, NOW_MS).issued_ms == NOW_MS


def test_the_one_taken_is_kept(statements: Statements) -> None:
    assert statements.kept() is None
    data = BOTH.state(SECOND.draft, ENCLAVE, issued_ms=NOW_MS)
    statements.keep(statements.check(data, DRAFTS, NOW_MS), data)
    assert statements.kept() == (NOW_MS, data)
