"""The release: a binding, the statements over it, and the proof that its hold stands in the log, signed by the gateway.

INVARIANT: it stands alone: with a trust bundle and a revocation list it can be judged without a network.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from brightline.domain.leaf import LEAF_BYTES
from brightline.domain.sign_off.assertion import MAX_SIGNATURE_BYTES, ReadAssertion, SignedAssertion
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.canonical import (
    Json,
    JsonObject,
    canonical,
    canonical_fields,
    composed,
    parse_object,
    tagged,
)
from brightline.domain.sign_off.encoded import Digested
from brightline.domain.sign_off.fields import Fields, encode_base64
from brightline.domain.sign_off.statement import SignedStatement

FORMAT = "brightline/release/1"
MAX_RELEASE_BYTES = 2 << 20
MAX_STATEMENTS = 32
MAX_PROOF = 512 * 1024
QUORUM = "quorum"
BREAK_GLASS = "break-glass"
PATHS = (QUORUM, BREAK_GLASS)
_WRITTEN_FORMAT = canonical(FORMAT)
_FIELDS = frozenset(("format", "binding", "statements", "path", "hold_entry", "gateway"))


@dataclass(frozen=True, slots=True)
class HoldEntry:
    """The hold's leaf and its proof in the C2SP form tlog-proof."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("leaf", "proof"))

    leaf: bytes
    proof: bytes

    @classmethod
    def read(cls, value: Json, path: str) -> "HoldEntry":
        """The entry that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.base64("leaf", LEAF_BYTES, LEAF_BYTES), fields.text("proof", MAX_PROOF).encode())

    def to_json(self) -> JsonObject:
        """The entry as JSON."""
        return {"leaf": encode_base64(self.leaf), "proof": self.proof.decode()}


@dataclass(frozen=True, slots=True)
class GatewaySignature:
    """The gateway's signature over the release without it, and the id of its key in hexadecimal."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("key", "signature"))

    key: str
    signature: bytes

    @classmethod
    def read(cls, value: Json, path: str) -> "GatewaySignature":
        """The signature that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.hex_64("key"), fields.base64("signature", 1, MAX_SIGNATURE_BYTES))

    def to_json(self) -> JsonObject:
        """The signature as JSON."""
        return {"key": self.key, "signature": encode_base64(self.signature)}


@dataclass(frozen=True)
class Release(Digested):
    """What an effector checks before it acts once; `path` says by which way the hold was lifted."""

    KIND: ClassVar[str] = "release"
    FREE: ClassVar[bool] = True
    LIMIT: ClassVar[int] = MAX_RELEASE_BYTES
    LABEL: ClassVar[str] = "release"

    binding: ActionBinding
    statements: tuple[SignedStatement, ...]
    path: str
    hold_entry: HoldEntry
    gateway: GatewaySignature

    @classmethod
    def parse_with(cls, data: bytes, assertion: ReadAssertion) -> "Release":
        """What `parse` gives, its statements' assertions as `assertion` reads them; raises `SignOffError`."""
        return cls.read(parse_object(data, limit=cls.LIMIT), cls.LABEL, assertion).written_as(data)

    @classmethod
    def read(cls, value: Json, path: str, assertion: ReadAssertion = SignedAssertion.part) -> "Release":
        """The release that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        statements = fields.items("statements", SignedStatement.part_with(assertion), most=MAX_STATEMENTS)
        persons = [signed.statement.person for signed in statements]
        # One person twice is a finding of its own, for whoever counts the quorum.
        if persons != sorted(persons):
            fields.bad("statements", "is not sorted by person")
        return cls(
            ActionBinding.part(fields.raw("binding"), fields.path("binding")),
            statements,
            fields.choice("path", PATHS),
            HoldEntry.read(fields.raw("hold_entry"), fields.path("hold_entry")),
            GatewaySignature.read(fields.raw("gateway"), fields.path("gateway")),
        )

    @classmethod
    def signed(
        cls,
        *,
        binding: ActionBinding,
        statements: Iterable[SignedStatement],
        path: str,
        hold_entry: HoldEntry,
        key: str,
        sign: Callable[[bytes], bytes],
    ) -> "Release":
        """A release by the gateway whose key has the id `key`; `sign` makes its signature over the tagged bytes."""
        ordered = tuple(sorted(statements, key=lambda signed: signed.statement.person))
        draft = cls(binding, ordered, path, hold_entry, GatewaySignature(key, b""))
        return dataclasses.replace(draft, gateway=GatewaySignature(key, sign(draft.tagged)))

    def to_json(self) -> JsonObject:
        """The release as JSON."""
        return {
            "format": FORMAT,
            "binding": self.binding.to_json(),
            "statements": [signed.to_json() for signed in self.statements],
            "path": self.path,
            "hold_entry": self.hold_entry.to_json(),
            "gateway": self.gateway.to_json(),
        }

    def _unsigned(self) -> dict[str, bytes]:
        return {
            "format": _WRITTEN_FORMAT,
            "binding": self.binding.canonical,
            "statements": b"[" + b",".join([signed.canonical for signed in self.statements]) + b"]",
            "path": canonical(self.path),
            "hold_entry": canonical_fields(self.hold_entry.to_json()),
        }

    @cached_property
    def tagged(self) -> bytes:
        """What the gateway's key signs: the canonical release without its field `gateway`, tagged."""
        return tagged(self.KIND, composed(self._unsigned()))
