"""Role assertions: the operator's directory says which person holds which key, in which roles, and for how long.

INVARIANT: the key's id is the SHA-256 of its public bytes, so no assertion names one key and carries another.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from brightline.domain.sign_off.canonical import Json, JsonObject, canonical_fields
from brightline.domain.sign_off.encoded import Digested, Encoded
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import Fields, encode_base64, read_id

FORMAT = "brightline/role-assertion/1"
MAX_ASSERTION_BYTES = 16 * 1024
MAX_ROLES = 32
MAX_PUBLIC_BYTES = 150  # SubjectPublicKeyInfo of P-384 has 120
MAX_SIGNATURE_BYTES = 96  # r and s of P-384
ED25519 = "ed25519"
P256 = "ecdsa-p256"
P384 = "ecdsa-p384"
KEY_ALGORITHMS = (ED25519, P256, P384)
WEBAUTHN = "webauthn-uv"
HARDWARE = "hardware"
FILE = "file"
ASSURANCES = (WEBAUTHN, HARDWARE, FILE)
# A person in this role writes the rules, and is never one of those who approve under them.
POLICY_AUTHOR = "policy-author"
_FIELDS = frozenset(("format", "person", "key", "roles", "not_before_ms", "not_after_ms", "serial"))


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A public key as a trust bundle lists it; `public` is its SubjectPublicKeyInfo in DER."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("id", "algorithm", "public"))

    id: str
    algorithm: str
    public: bytes

    @classmethod
    def of(cls, algorithm: str, public: bytes) -> "KeyEntry":
        """The entry of a key."""
        return cls(hashlib.sha256(public).hexdigest(), algorithm, public)

    @classmethod
    def read(cls, value: Json, path: str) -> "KeyEntry":
        """The key that `value` is; raises `SignOffError`."""
        return _read_key(Fields(value, path, cls.NAMES))

    @property
    def encoded(self) -> str:
        """The public key in base64, as `crypto.party_keys.read_public` takes it."""
        return encode_base64(self.public)

    def to_json(self) -> JsonObject:
        """The key as JSON."""
        return {"id": self.id, "algorithm": self.algorithm, "public": self.encoded}


@dataclass(frozen=True, slots=True)
class ApproverKey:
    """A person's public key and what keeps its private half: `webauthn-uv`, `hardware` or `file`."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("id", "algorithm", "public", "assurance"))

    entry: KeyEntry
    assurance: str

    @classmethod
    def read(cls, value: Json, path: str) -> "ApproverKey":
        """The key that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(_read_key(fields), fields.choice("assurance", ASSURANCES))

    @property
    def id(self) -> str:
        """The key's id, in hexadecimal."""
        return self.entry.id

    def to_json(self) -> JsonObject:
        """The key as JSON."""
        return {**self.entry.to_json(), "assurance": self.assurance}


def _read_key(fields: Fields) -> KeyEntry:
    public = fields.base64("public", 1, MAX_PUBLIC_BYTES)
    entry = KeyEntry.of(fields.choice("algorithm", KEY_ALGORITHMS), public)
    if fields.raw("id") != entry.id:
        fields.bad("id", "is not the SHA-256 of `public`")
    return entry


@dataclass(frozen=True)
class RoleAssertion(Digested):
    """Whose key it is, and in which roles that person signs from `not_before_ms` until `not_after_ms` (exclusive)."""

    KIND: ClassVar[str] = "role-assertion"
    LIMIT: ClassVar[int] = MAX_ASSERTION_BYTES
    LABEL: ClassVar[str] = "assertion"

    person: str
    key: ApproverKey
    roles: tuple[str, ...]
    not_before_ms: int
    not_after_ms: int
    serial: int

    @classmethod
    def read(cls, value: Json, path: str) -> "RoleAssertion":
        """The assertion that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        not_before_ms, not_after_ms = fields.time_ms("not_before_ms"), fields.time_ms("not_after_ms")
        if not_before_ms >= not_after_ms:
            fields.bad("not_after_ms", "is not after `not_before_ms`")
        return cls(
            person=fields.id("person"),
            key=ApproverKey.read(fields.raw("key"), fields.path("key")),
            roles=fields.set_of("roles", read_id, least=1, most=MAX_ROLES),
            not_before_ms=not_before_ms,
            not_after_ms=not_after_ms,
            serial=fields.integer("serial"),
        )

    def to_json(self) -> JsonObject:
        """The assertion as JSON."""
        return {
            "format": FORMAT,
            "person": self.person,
            "key": self.key.to_json(),
            "roles": list(self.roles),
            "not_before_ms": self.not_before_ms,
            "not_after_ms": self.not_after_ms,
            "serial": self.serial,
        }


@dataclass(frozen=True)
class SignedAssertion(Encoded):
    """A role assertion with the signature of the directory key named by its id."""

    LIMIT: ClassVar[int] = MAX_ASSERTION_BYTES
    LABEL: ClassVar[str] = "assertion"
    NAMES: ClassVar[frozenset[str]] = frozenset(("assertion", "directory_key", "signature"))

    assertion: RoleAssertion
    directory_key: str
    signature: bytes

    @classmethod
    def read(cls, value: Json, path: str) -> "SignedAssertion":
        """The signed assertion that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(
            RoleAssertion.part(fields.raw("assertion"), fields.path("assertion")),
            fields.hex_64("directory_key"),
            fields.base64("signature", 1, MAX_SIGNATURE_BYTES),
        )

    def __hash__(self) -> int:
        return hash(self.signature)  # it stands for the rest, and is looked up for every statement

    def to_json(self) -> JsonObject:
        """The signed assertion as JSON."""
        return {
            "assertion": self.assertion.to_json(),
            "directory_key": self.directory_key,
            "signature": encode_base64(self.signature),
        }

    @property
    def digest(self) -> bytes:
        """The digest of the assertion that is signed."""
        return self.assertion.digest


ReadAssertion = Callable[[Json, str], SignedAssertion]


class AssertionReader:
    """Reads assertions as parts of larger objects; of the `limit` last used each is read once.

    The same few people sign again and again. INVARIANT: what is known again has the canonical bytes of one that was
    read strictly, so it is that one.
    """

    __slots__ = ("_known",)

    def __init__(self, limit: int = 256) -> None:
        self._known = lru_cache(maxsize=limit)(SignedAssertion.parse)

    def read(self, value: Json, path: str) -> SignedAssertion:
        """What `SignedAssertion.part` gives; raises `SignOffError` as that does."""
        try:
            return self._known(canonical_fields(value))
        except SignOffError:
            return SignedAssertion.part(value, path)  # it says where in the whole
