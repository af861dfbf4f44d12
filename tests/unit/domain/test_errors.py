"""Every error speaks the catalogue's words."""

import pytest

from brightline.domain.errors import BrightlineError
from brightline.domain.messages import CATALOGUE, Message, message_for


def test_an_undocumented_code_is_a_defect() -> None:
    with pytest.raises(KeyError):
        BrightlineError("crypto/unheard-of")
    with pytest.raises(KeyError):
        message_for("crypto/unheard-of")


def test_a_missing_word_is_a_defect() -> None:
    with pytest.raises(KeyError):
        BrightlineError("crypto/bad-proof")


def test_words_fill_the_blanks_and_are_kept() -> None:
    error = BrightlineError("ledger/bad-entry", entry=3, path="tile/entries/000", what="is a second genesis")
    assert str(error) == (
        "the log does not verify: entry 3 in `tile/entries/000` is a second genesis (ledger/bad-entry)"
    )
    assert (error.code, error.status, error.words["entry"]) == ("ledger/bad-entry", 500, 3)
    assert error.hint


def test_a_word_is_never_read_as_a_blank() -> None:
    assert "{entry}" in BrightlineError("crypto/bad-proof", what="{entry}").message


def test_no_stage_takes_anothers_codes() -> None:
    assert len(CATALOGUE) > 10
    assert all(isinstance(message, Message) for message in CATALOGUE.values())
