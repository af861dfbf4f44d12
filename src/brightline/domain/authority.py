"""An individual authority: whose data may be looked at, named one by one, by whose word, and from when until when.

    {"format": "brightline/authority/1", "id": "warrant-17", "kind": "warrant", "issuer": "Example Court",
     "agreement": "pact", "organisation": "example-police", "unit": "narcotics",
     "not_before_ms": …, "expires_ms": …, "persons": ["0a1b2c3d4e5f6071", …]}

INVARIANT: the persons are a closed list of keyed hashes; nothing in it can stand for whoever comes along.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from brightline.domain.sign_off.canonical import Json, JsonObject
from brightline.domain.sign_off.encoded import Encoded
from brightline.domain.sign_off.fields import Fields, encode_base64, refuse

FORMAT = "brightline/authority/1"
_TAG = f"{FORMAT}\n".encode()
MAX_PERSONS = 1_000
MAX_SIGNATURES = 8
MAX_AUTHORITY_BYTES = 64 * 1024
MAX_SIGNATURE_BYTES = 96
_HASH = re.compile(r"[0-9a-f]{16}")
_FIELDS = frozenset(
    ("format", "id", "kind", "issuer", "agreement", "organisation", "unit", "not_before_ms", "expires_ms", "persons")
)


@dataclass(frozen=True, slots=True)
class AuthorityKind:
    """What the agreement says of one kind of authority: who may sign it, and how far it and all of its kind may go.

    At least `k` of `keys` (each by id: its algorithm and its SubjectPublicKeyInfo in DER) must sign. One authority
    covers at most `most_persons`; all of the kind together cover at most `most_covered` distinct persons within the
    last `seconds` seconds, kept in `parts` parts, and none is valid for longer than `longest_seconds`.
    """

    kind: str
    k: int
    keys: Mapping[str, tuple[str, bytes]]
    most_persons: int
    most_covered: int
    seconds: int
    parts: int
    longest_seconds: int


class Signature(NamedTuple):
    """A signature by the key with this id."""

    key: str
    signature: bytes

    @classmethod
    def read(cls, value: Json, path: str) -> "Signature":
        """The signature that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, frozenset(("key", "signature")))
        return cls(fields.hex_64("key"), fields.base64("signature", 1, MAX_SIGNATURE_BYTES))


@dataclass(frozen=True)
class Authority(Encoded):
    """The persons of `persons` (16 hexadecimal digits each) for one unit, from `not_before_ms` until `expires_ms`."""

    LIMIT: ClassVar[int] = MAX_AUTHORITY_BYTES
    LABEL: ClassVar[str] = "authority"

    id: str
    kind: str
    issuer: str
    agreement: str
    organisation: str
    unit: str
    not_before_ms: int
    expires_ms: int
    persons: tuple[str, ...]

    @classmethod
    def read(cls, value: Json, path: str) -> "Authority":
        """The authority that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        not_before_ms, expires_ms = fields.time_ms("not_before_ms"), fields.time_ms("expires_ms")
        if not_before_ms >= expires_ms:
            fields.bad("expires_ms", "is not after `not_before_ms`")
        return cls(
            id=fields.id("id"),
            kind=fields.id("kind"),
            issuer=fields.text("issuer"),
            agreement=fields.id("agreement"),
            organisation=fields.id("organisation"),
            unit=fields.id("unit"),
            not_before_ms=not_before_ms,
            expires_ms=expires_ms,
            persons=fields.set_of("persons", _read_hash, least=1, most=MAX_PERSONS),
        )

    def to_json(self) -> JsonObject:
        """The authority as JSON."""
        return {
            "format": FORMAT,
            "id": self.id,
            "kind": self.kind,
            "issuer": self.issuer,
            "agreement": self.agreement,
            "organisation": self.organisation,
            "unit": self.unit,
            "not_before_ms": self.not_before_ms,
            "expires_ms": self.expires_ms,
            "persons": list(self.persons),
        }

    @property
    def tagged(self) -> bytes:
        """What a key signs: the format, a line end, and the canonical bytes."""
        return _TAG + self.canonical

    @property
    def digest(self) -> bytes:
        """The authority's digest, 32 bytes: SHA-256 of what a key signs."""
        return hashlib.sha256(self.tagged).digest()


@dataclass(frozen=True)
class SignedAuthority(Encoded):
    """An authority with the signatures over it, each by another key."""

    LIMIT: ClassVar[int] = MAX_AUTHORITY_BYTES
    LABEL: ClassVar[str] = "signed"
    NAMES: ClassVar[frozenset[str]] = frozenset(("authority", "signatures"))

    authority: Authority
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, value: Json, path: str) -> "SignedAuthority":
        """The signed authority that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        authority = Authority.part(fields.raw("authority"), fields.path("authority"))
        signatures = fields.items("signatures", Signature.read, least=1, most=MAX_SIGNATURES)
        keys = [each.key for each in signatures]
        if keys != sorted(set(keys)):
            fields.bad("signatures", "is not in rising order of keys, each key once")
        return cls(authority, signatures)

    def to_json(self) -> JsonObject:
        """The signed authority as JSON."""
        rows: list[Json] = [{"key": each.key, "signature": encode_base64(each.signature)} for each in self.signatures]
        return {"authority": self.authority.to_json(), "signatures": rows}


def _read_hash(value: Json, path: str) -> str:
    if type(value) is not str or not _HASH.fullmatch(value):
        refuse(path, "is not 8 bytes in lower-case hexadecimal")
    return value
