"""The revocation list: keys, persons, assertions and bindings that no longer count, and when that was said."""

from dataclasses import dataclass
from typing import ClassVar

from brightline.domain.sign_off.assertion import MAX_SIGNATURE_BYTES
from brightline.domain.sign_off.canonical import Json, JsonObject
from brightline.domain.sign_off.encoded import Digested, Encoded
from brightline.domain.sign_off.fields import Fields, encode_base64, read_hex_64, read_id, read_integer

FORMAT = "brightline/revocation-list/1"
MAX_REVOCATIONS_BYTES = 1 << 20
MAX_REVOKED = 10_000
_FIELDS = frozenset(("format", "issued_ms", "number", "keys", "persons", "serials", "bindings"))


@dataclass(frozen=True)
class RevocationList(Digested):
    """What is revoked as of `issued_ms`; each list has a higher `number` than the one before and holds it whole."""

    KIND: ClassVar[str] = "revocation-list"
    LIMIT: ClassVar[int] = MAX_REVOCATIONS_BYTES
    LABEL: ClassVar[str] = "revocations"

    issued_ms: int
    number: int
    keys: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    serials: tuple[int, ...] = ()
    bindings: tuple[str, ...] = ()

    @classmethod
    def read(cls, value: Json, path: str) -> "RevocationList":
        """The list that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        return cls(
            issued_ms=fields.time_ms("issued_ms"),
            number=fields.integer("number"),
            keys=fields.set_of("keys", read_hex_64, most=MAX_REVOKED),
            persons=fields.set_of("persons", read_id, most=MAX_REVOKED),
            serials=fields.set_of("serials", read_integer, most=MAX_REVOKED),
            bindings=fields.set_of("bindings", read_hex_64, most=MAX_REVOKED),
        )

    def to_json(self) -> JsonObject:
        """The list as JSON."""
        return {
            "format": FORMAT,
            "issued_ms": self.issued_ms,
            "number": self.number,
            "keys": list(self.keys),
            "persons": list(self.persons),
            "serials": list(self.serials),
            "bindings": list(self.bindings),
        }


@dataclass(frozen=True)
class SignedRevocationList(Encoded):
    """A revocation list with the signature of the directory key named by its id."""

    LIMIT: ClassVar[int] = MAX_REVOCATIONS_BYTES
    LABEL: ClassVar[str] = "revocations"
    NAMES: ClassVar[frozenset[str]] = frozenset(("revocations", "directory_key", "signature"))

    revocations: RevocationList
    directory_key: str
    signature: bytes

    @classmethod
    def read(cls, value: Json, path: str) -> "SignedRevocationList":
        """The signed list that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(
            RevocationList.part(fields.raw("revocations"), fields.path("revocations")),
            fields.hex_64("directory_key"),
            fields.base64("signature", 1, MAX_SIGNATURE_BYTES),
        )

    def to_json(self) -> JsonObject:
        """The signed list as JSON."""
        return {
            "revocations": self.revocations.to_json(),
            "directory_key": self.directory_key,
            "signature": encode_base64(self.signature),
        }

    @property
    def digest(self) -> bytes:
        """The digest of the list that is signed."""
        return self.revocations.digest
