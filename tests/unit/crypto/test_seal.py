"""Sealed records: what must not open, what must not show, and the vectors."""

import hashlib
import json
from pathlib import Path
from unittest.mock import patch

import pytest

from brightline.crypto import seal as seal_module
from brightline.crypto.errors import KeyFormatError, SealError
from brightline.crypto.seal import (
    NO_COMMITMENT,
    Disclosed,
    WrappingKey,
    disclose,
    read_digests,
    salted_digest,
    seal,
    unseal,
)
from brightline.domain.record import Group

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "sealed.json").read_text(encoding="utf-8"))
KEY = WrappingKey(bytes.fromhex(VECTORS["wrapping_key"]))
GROUPS = {Group.WHO: b"analyst-1", Group.CONTENT: b"the exact bytes"}
CASES = pytest.mark.parametrize("case", VECTORS["sealed"], ids=lambda case: case["name"])


def groups_of(case: dict[str, dict[str, str]]) -> dict[Group, bytes]:
    return {Group[name.upper()]: bytes.fromhex(data) for name, data in case["groups"].items()}


def test_a_record_without_groups_is_not_sealed() -> None:
    with pytest.raises(SealError, match="at least one"):
        seal({}, wrapping_key=KEY)


def test_a_group_too_large_is_not_sealed() -> None:
    with patch.object(seal_module, "MAX_GROUP_BYTES", 3), pytest.raises(SealError):
        seal(GROUPS, wrapping_key=KEY)


def test_every_changed_byte_refuses() -> None:
    blob = seal(GROUPS, wrapping_key=KEY).blob
    for at in range(len(blob)):
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        with pytest.raises(SealError):
            unseal(changed, KEY)


def test_every_shorter_and_any_longer_record_refuses() -> None:
    blob = seal(GROUPS, wrapping_key=KEY).blob
    for length in range(len(blob)):
        with pytest.raises(SealError):
            unseal(blob[:length], KEY)
    with pytest.raises(SealError):
        unseal(blob + b"\0", KEY)


def test_another_key_refuses() -> None:
    with pytest.raises(SealError, match="another key"):
        unseal(seal(GROUPS, wrapping_key=KEY).blob, WrappingKey(bytes(32)))


def test_a_key_of_another_length_refuses() -> None:
    with pytest.raises(KeyFormatError):
        WrappingKey(bytes(16))


@pytest.mark.parametrize("order", [[], [1, 0], [0, 0], [0, 1, 0]])
def test_groups_out_of_order_refuse(order: list[int]) -> None:
    blob = seal(GROUPS, wrapping_key=KEY).blob
    groups = [blob[86:119], blob[119:152]]
    header = blob[:85] + bytes([len(order)]) + b"".join(groups[at] for at in order)
    with pytest.raises(SealError, match="order"):
        read_digests(header)


@pytest.mark.parametrize("body", [b"", bytes(36), bytes(32) + b"\0\0\0\7abcdefg"])
def test_a_body_that_is_not_its_digests_refuses(body: bytes) -> None:
    """Only who holds the record key could write such a body: AES-GCM alone would let it pass."""
    digests = {Group.WHO: salted_digest(bytes(32), b"abcdefgh")}
    with pytest.raises(SealError, match="match"):
        seal_module._parse_body(body, digests)


def test_bytes_after_the_last_group_refuse() -> None:
    body = bytes(32) + (8).to_bytes(4, "big") + b"abcdefgh"
    digests = {Group.WHO: salted_digest(bytes(32), b"abcdefgh")}
    assert seal_module._parse_body(body, digests)[Group.WHO].data == b"abcdefgh"
    with pytest.raises(SealError, match="follow"):
        seal_module._parse_body(body + b"\0", digests)


@CASES
def test_sealing_gives_the_vector(case: dict[str, dict[str, str]]) -> None:
    drawn = bytes.fromhex(str(case["drawn"]))
    record = seal(groups_of(case), wrapping_key=KEY, random=lambda size: drawn[:size])
    assert record.blob.hex() == case["blob"]
    assert record.commitment.hex() == case["commitment"]
    assert record.ciphertext_hash.hex() == case["ciphertext_hash"]


@CASES
def test_the_vector_opens(case: dict[str, dict[str, str]]) -> None:
    blob = bytes.fromhex(str(case["blob"]))
    assert unseal(blob, KEY) == groups_of(case)
    digests = read_digests(blob)
    for group, part in disclose(blob, KEY).items():
        assert part.salt.hex() == case["salts"][group.name.lower()]
        assert digests[group] == salted_digest(part.salt, part.data)


def test_the_commitment_is_over_the_exact_content() -> None:
    record = seal(GROUPS, wrapping_key=KEY)
    part = disclose(record.blob, KEY)[Group.CONTENT]
    assert record.commitment == hashlib.sha256(part.salt + b"the exact bytes").digest()
    assert record.ciphertext_hash == hashlib.sha256(record.blob).digest()
    assert seal({Group.WHO: b"x"}, wrapping_key=KEY).commitment == NO_COMMITMENT


def test_two_seals_share_nothing() -> None:
    first, second = (seal(GROUPS, wrapping_key=KEY) for _ in range(2))
    assert first.commitment != second.commitment
    assert first.blob[25:] != second.blob[25:]


def test_nothing_secret_is_shown() -> None:
    shown = f"{KEY!r} {Disclosed(b'salt-bytes', b'data-bytes')!r} {seal(GROUPS, wrapping_key=KEY)!r}"
    assert KEY.id.hex() in shown
    for secret in (VECTORS["wrapping_key"], "salt-bytes", "data-bytes", "exact bytes"):
        assert secret not in shown


def test_the_group_of_a_meter_is_committed_to_where_it_stands_alone() -> None:
    alone = seal({Group.METER: b"hashes"}, wrapping_key=WrappingKey(bytes(32)))
    beside = seal({Group.METER: b"hashes", Group.WHO: b"x"}, wrapping_key=WrappingKey(bytes(32)))
    assert alone.commitment == read_digests(alone.blob)[Group.METER]
    assert beside.commitment == bytes(32)
