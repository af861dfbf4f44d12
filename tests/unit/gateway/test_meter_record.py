"""The sealed record of a meter entry: read back whole, and not at all where anything is odd."""

import orjson
import pytest

from brightline.crypto.seal import WrappingKey, seal
from brightline.domain.leaf import Kind, Leaf, decode
from brightline.domain.metering import Per, Tally
from brightline.domain.record import Group
from brightline.gateway.meter_record import MeterRecord, encode_record, meter_entry, open_record
from brightline.metering import MeterRecordError

SEALING = WrappingKey(bytes(32))
RECORD = MeterRecord(
    {Per.UNIT: b"u" * 16, Per.APP: b"a" * 16},
    Tally(
        data_subjects=frozenset({1, 2**64 - 1}),
        mentions={3: 4},
        settled={5: 0},
        unreadable={6: 1},
        effects={"read": 2},
        tokens=-7,
        money=8,
        corrects_ms=9,
    ),
)
USE = Leaf(kind=Kind.METER, use_id=b"i" * 16, agreement_digest=b"d" * 32, enclave_id=b"e" * 8)


def random(size: int) -> bytes:
    return bytes(range(size % 256)) + bytes(size - size % 256)


def sealed(data: bytes, group: Group = Group.METER) -> bytes:
    return seal({group: data}, wrapping_key=SEALING, random=random).blob


def test_an_entry_commits_to_its_record_which_reads_back() -> None:
    entry = meter_entry(RECORD, USE, sealing=SEALING, random=random, reference=11)
    leaf = decode(entry.leaf)
    assert (leaf.kind, leaf.use_id, leaf.reference, leaf.agreement_digest) == (Kind.METER, b"i" * 16, 11, b"d" * 32)
    assert leaf.commitment != bytes(32)
    assert open_record(entry.blob, SEALING) == RECORD


def bent(**changes: object) -> bytes:
    return sealed(orjson.dumps({**orjson.loads(encode_record(RECORD)), **changes}))


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        sealed(b"no JSON"),
        sealed(b"{}"),
        sealed(encode_record(RECORD), Group.CONTENT),
        bent(format=2),
        bent(extra=1),
        bent(place=[]),
        bent(place={"unit": "xy"}),
        bent(place={"planet": "00"}),
        bent(data_subjects=["xy"]),
        bent(mentions=[]),
        bent(effects={"read": "two"}),
        bent(tokens=1.5),
    ],
)
def test_what_is_no_record_is_not_read(blob: bytes) -> None:
    with pytest.raises(MeterRecordError, match="metering/bad-record"):
        open_record(blob, SEALING)


def test_a_lost_record_and_another_key_are_told() -> None:
    with pytest.raises(MeterRecordError, match="metering/no-record"):
        open_record(None, SEALING)
    with pytest.raises(MeterRecordError, match="metering/bad-record"):
        open_record(sealed(encode_record(RECORD)), WrappingKey(b"k" * 32))
