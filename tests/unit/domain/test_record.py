"""What is handed to the ledger: sealed contents never show, and nothing in it can be changed."""

import pytest

from brightline.domain.record import Entry, SealedRecord

BLOB = b"sealed contents"


def test_sealed_contents_do_not_show() -> None:
    sealed, entry = SealedRecord(BLOB, bytes(32), bytes(32)), Entry(b"leaf", BLOB)
    assert repr(sealed) == f"SealedRecord(15 bytes, commitment={'00' * 32})"
    assert repr(entry) == f"Entry(leaf={b'leaf'.hex()}, 15 bytes sealed)"
    assert repr(Entry(b"")) == "Entry(leaf=, 0 bytes sealed)"
    assert "sealed contents" not in str((sealed, entry))


def test_an_entry_is_what_it_was_made() -> None:
    entry = Entry(b"leaf")
    assert (entry.blob, entry.idempotency) == (None, None)
    with pytest.raises(AttributeError):
        entry.leaf = b"other"  # type: ignore[misc]
