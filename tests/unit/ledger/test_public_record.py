"""The log's own records."""

import hashlib
import json

from brightline.crypto.note import NoteSigner, open_note
from brightline.domain.leaf import Flag, Kind, Outcome, decode
from brightline.ledger.public_record import abandoned_entry, own_entry, plain_record, rotation_record
from tests.unit.ledger.conftest import AGREEMENT, intent


def test_an_own_entry_binds_its_record() -> None:
    record = plain_record("epoch", {"b": 1, "a": "x"})
    entry = own_entry(Kind.EPOCH, AGREEMENT, record, flags=Flag.CLOCK_ACKNOWLEDGED)
    leaf = decode(entry.leaf)
    assert leaf.ciphertext_hash == hashlib.sha256(record).digest()
    assert leaf.flags == Flag.CLOCK_ACKNOWLEDGED
    assert json.loads(record) == {"a": "x", "b": 1, "record": "epoch"}


def test_an_abandoned_entry_names_its_intent() -> None:
    began = decode(intent(3).leaf)
    leaf = decode(abandoned_entry(41, began).leaf)
    assert (leaf.kind, leaf.reference, leaf.outcome) == (Kind.ABANDONED, 41, Outcome.ABANDONED)
    assert leaf.use_id == began.use_id
    assert leaf.ciphertext_hash == bytes(32)


def test_a_rotation_is_signed_by_the_key_in_use() -> None:
    old, new = NoteSigner("o", bytes([1]) * 32), NoteSigner("o", bytes([2]) * 32)
    note = open_note(rotation_record(old, new.vkey), [old.verifier])
    assert new.vkey in note.text.decode()
