"""Sealed records: the contents of one entry, encrypted under a key of their own, opened group by group.

A sealed record is one blob: a public header, then the ciphertext. All integers are big-endian.

    offset size field
         0    4 magic "BLSR"
         4    1 version (1)
         5    8 wrapping key id
        13   12 nonce of the wrapped key
        25   48 record key (32 bytes), wrapped with AES-256-GCM under the wrapping key; bytes 0..12 authenticated
        73   12 nonce of the ciphertext
        85    1 number of groups n, 1 to 6
        86 33*n group id (1), salted digest SHA-256(salt || bytes) (32); ids rise
           then ciphertext: AES-256-GCM over, for each group, salt (32), length (4), bytes; header authenticated

INVARIANT: a salt stands in the ciphertext only, so it dies with the record key; the digests then tell nothing.
INVARIANT: AES-GCM does not commit to its key, so opening recomputes every salted digest (a second key cannot open the
same blob to other contents).
LIMIT: AES-GCM with random nonces is good for 2^32 wraps under one wrapping key (NIST SP 800-38D section 8.3).
"""

import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from brightline.crypto.errors import KeyFormatError, SealError
from brightline.domain.record import Group, SealedRecord

KEY_BYTES = 32
SALT_BYTES = 32
NONCE_BYTES = 12
# A sealed body is bounded far below this by the gateway; it guards the 4-byte length and AES-GCM's own limit.
MAX_GROUP_BYTES = 2**30
NO_COMMITMENT = bytes(32)
_START = struct.Struct(">4sB8s")
_MAGIC, _VERSION = b"BLSR", 1
_WRAPPED_BYTES = KEY_BYTES + 16
_FIXED_BYTES = _START.size + NONCE_BYTES + _WRAPPED_BYTES + NONCE_BYTES + 1
_DIGEST_BYTES = 32
_ENTRY_BYTES = 1 + _DIGEST_BYTES
# In rising order, which is the order in a record.
_PREFIXES = tuple((group, bytes([group])) for group in sorted(Group))
_ONE_BYTE = tuple(bytes([number]) for number in range(len(Group) + 1))
_CONTENT = _PREFIXES[0][0]
_METER = Group.METER
_ID_LABEL = b"brightline wrapping key id v1"


class WrappingKey:
    """The key that wraps record keys; `id` (8 bytes, public) stands in every record sealed under it."""

    __slots__ = ("cipher", "id", "start")

    def __init__(self, key: bytes) -> None:
        """Raises `KeyFormatError` unless `key` is 32 secret bytes."""
        if len(key) != KEY_BYTES:
            raise KeyFormatError(f"a wrapping key has {KEY_BYTES} bytes")
        self.id = sha256(_ID_LABEL + key).digest()[:8]
        self.start = _START.pack(_MAGIC, _VERSION, self.id)
        self.cipher = AESGCM(key)

    def __repr__(self) -> str:
        return f"WrappingKey({self.id.hex()})"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One opened group: whoever gets both can check them against the record's digest, or the leaf's commitment."""

    salt: bytes = field(repr=False)
    data: bytes = field(repr=False)


def salted_digest(salt: bytes, data: bytes) -> bytes:
    """SHA-256(salt || data): what a leaf commits to, and what a header states for each group."""
    return sha256(salt + data).digest()


def seal(
    groups: Mapping[Group, bytes], *, wrapping_key: WrappingKey, random: Callable[[int], bytes] = os.urandom
) -> SealedRecord:
    """Seal `groups` under a fresh key; `random(n)` gives n random bytes and is asked once.

    The commitment is the salted digest of `Group.CONTENT`, of `Group.METER` where that is all, or else zeros. Raises
    `SealError` when there is no group, or one is too large.
    """
    if not groups or max(map(len, groups.values())) > MAX_GROUP_BYTES:
        raise SealError("a record has at least one group, and none above 1 GiB")
    salts_at = KEY_BYTES + 2 * NONCE_BYTES
    drawn = random(salts_at + SALT_BYTES * len(groups))
    record_key, wrap_nonce, nonce = drawn[:32], drawn[32:44], drawn[44:56]
    wrapped = wrapping_key.cipher.encrypt(wrap_nonce, record_key, wrapping_key.start)
    header = [wrapping_key.start, wrap_nonce, wrapped, nonce, _ONE_BYTE[len(groups)]]
    body: list[bytes] = []
    for group, prefix in _PREFIXES:
        data = groups.get(group)
        if data is None:
            continue
        salt = drawn[salts_at : salts_at + SALT_BYTES]
        salts_at += SALT_BYTES
        header += (prefix, sha256(salt + data).digest())
        body += (salt, len(data).to_bytes(4, "big"), data)
    committed = _CONTENT in groups or (len(groups) == 1 and _METER in groups)
    commitment = header[6] if committed else NO_COMMITMENT  # the first group's digest
    associated = b"".join(header)
    blob = associated + AESGCM(record_key).encrypt(nonce, b"".join(body), associated)
    return SealedRecord(blob, commitment, sha256(blob).digest())


def unseal(blob: bytes, wrapping_key: WrappingKey) -> Mapping[Group, bytes]:
    """The groups of a sealed record; raises `SealError` when it is malformed, changed or under another key."""
    return MappingProxyType({group: part.data for group, part in disclose(blob, wrapping_key).items()})


def disclose(blob: bytes, wrapping_key: WrappingKey) -> Mapping[Group, Disclosed]:
    """The groups of a sealed record with their salts, to hand on one by one; raises `SealError` as `unseal`."""
    digests = read_digests(blob)
    start = blob[: _START.size]
    if start[5:] != wrapping_key.id:
        raise SealError("it was sealed under another key")
    wrap_nonce, wrapped = blob[13:25], blob[25:73]
    header_bytes = _FIXED_BYTES + _ENTRY_BYTES * len(digests)
    try:
        record_key = wrapping_key.cipher.decrypt(wrap_nonce, wrapped, start)
        body = AESGCM(record_key).decrypt(blob[73:85], blob[header_bytes:], blob[:header_bytes])
    except InvalidTag as error:
        raise SealError("it was changed after it was sealed") from error
    return MappingProxyType(_parse_body(body, digests))


def read_digests(blob: bytes) -> Mapping[Group, bytes]:
    """The salted digest of each group, from the public header alone; raises `SealError` when it is malformed."""
    if len(blob) < _FIXED_BYTES:
        raise SealError("it is too short")
    magic, version, _ = _START.unpack_from(blob)
    if magic != _MAGIC or version != _VERSION:
        raise SealError("it is of an unknown version")
    count = blob[_FIXED_BYTES - 1]
    if len(blob) < _FIXED_BYTES + _ENTRY_BYTES * count:
        raise SealError("it is too short")
    digests: dict[Group, bytes] = {}
    for at in range(_FIXED_BYTES, _FIXED_BYTES + _ENTRY_BYTES * count, _ENTRY_BYTES):
        digests[_parse_group(blob[at])] = blob[at + 1 : at + _ENTRY_BYTES]
    if len(digests) != count or not digests or list(digests) != sorted(digests):
        raise SealError("its groups are not in order")
    return MappingProxyType(digests)


def _parse_group(number: int) -> Group:
    try:
        return Group(number)
    except ValueError as error:
        raise SealError("it has an unknown group") from error


def _parse_body(body: bytes, digests: Mapping[Group, bytes]) -> dict[Group, Disclosed]:
    groups: dict[Group, Disclosed] = {}
    at = 0
    for group, digest in digests.items():
        data_at = at + SALT_BYTES + 4
        end = data_at + int.from_bytes(body[at + SALT_BYTES : data_at], "big")
        part = Disclosed(body[at : at + SALT_BYTES], body[data_at:end])
        if end > len(body) or salted_digest(part.salt, part.data) != digest:
            raise SealError("a group does not match its digest")
        groups[group] = part
        at = end
    if at != len(body):
        raise SealError("bytes follow the last group")
    return groups
