"""Statements: what one person says about one binding, what that person was shown, and the signature over it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from brightline.domain.sign_off.assertion import (
    ASSURANCES,
    KEY_ALGORITHMS,
    MAX_SIGNATURE_BYTES,
    P256,
    ReadAssertion,
    SignedAssertion,
)
from brightline.domain.sign_off.binding import MAX_LIST
from brightline.domain.sign_off.canonical import Json, JsonObject, canonical_fields
from brightline.domain.sign_off.encoded import Digested, Encoded
from brightline.domain.sign_off.fields import MAX_NAME, Fields, encode_base64, read_hex_64

FORMAT = "brightline/statement/1"
MAX_STATEMENT_BYTES = 64 * 1024
ALLOW = "allow"
DENY = "deny"
BREAK_GLASS = "break-glass"
REVOKE = "revoke"
DECISIONS = (ALLOW, DENY, BREAK_GLASS, REVOKE)
WEBAUTHN_ES256 = "webauthn-es256"
SIGNATURE_ALGORITHMS = (*KEY_ALGORITHMS, WEBAUTHN_ES256)
MAX_REASON = 500
MAX_AUTHENTICATOR_BYTES = 1024
MAX_CLIENT_BYTES = 4096
_FIELDS = frozenset(
    (
        *("format", "binding", "decision", "person", "key", "role", "rendering", "log", "assurance", "own_machine"),
        *("blind", "evidence", "dwell_ms", "reason", "signed_at_ms"),
    )
)


@dataclass(frozen=True, slots=True)
class ShownLog:
    """The head of the log that the person was shown: its origin, size and root (32 bytes)."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("origin", "size", "root"))

    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, value: Json, path: str) -> "ShownLog":
        """The head that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.text("origin", MAX_NAME), fields.integer("size"), fields.base64("root", 32, 32))

    def to_json(self) -> JsonObject:
        """The head as JSON."""
        return {"origin": self.origin, "size": self.size, "root": encode_base64(self.root)}


@dataclass(frozen=True)
class Statement(Digested):
    """One person's word on the binding named by its digest; ids and digests are in hexadecimal.

    `role` is the one in which the person signs, `rendering` the digest of what was shown, `evidence` what was opened.
    LIMIT: `blind`, `own_machine`, `evidence` and `dwell_ms` are the word of the place where it was signed.
    """

    KIND: ClassVar[str] = "statement"
    LIMIT: ClassVar[int] = MAX_STATEMENT_BYTES
    LABEL: ClassVar[str] = "statement"

    binding: str
    decision: str
    person: str
    key: str
    role: str
    rendering: str
    log: ShownLog
    assurance: str
    own_machine: bool
    blind: bool
    evidence: tuple[str, ...]
    dwell_ms: int
    reason: str
    signed_at_ms: int

    @classmethod
    def read(cls, value: Json, path: str) -> "Statement":
        """The statement that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        return cls(
            binding=fields.hex_64("binding"),
            decision=fields.choice("decision", DECISIONS),
            person=fields.id("person"),
            key=fields.hex_64("key"),
            role=fields.id("role"),
            rendering=fields.hex_64("rendering"),
            log=ShownLog.read(fields.raw("log"), fields.path("log")),
            assurance=fields.choice("assurance", ASSURANCES),
            own_machine=fields.flag("own_machine"),
            blind=fields.flag("blind"),
            evidence=fields.set_of("evidence", read_hex_64, most=MAX_LIST),
            dwell_ms=fields.integer("dwell_ms"),
            reason=fields.text("reason", MAX_REASON),
            signed_at_ms=fields.time_ms("signed_at_ms"),
        )

    def to_json(self) -> JsonObject:
        """The statement as JSON."""
        return {
            "format": FORMAT,
            "binding": self.binding,
            "decision": self.decision,
            "person": self.person,
            "key": self.key,
            "role": self.role,
            "rendering": self.rendering,
            "log": self.log.to_json(),
            "assurance": self.assurance,
            "own_machine": self.own_machine,
            "blind": self.blind,
            "evidence": list(self.evidence),
            "dwell_ms": self.dwell_ms,
            "reason": self.reason,
            "signed_at_ms": self.signed_at_ms,
        }


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature; for `webauthn-es256` with what the authenticator and the browser put beside it, else without.

    INVARIANT: `value` of an ECDSA algorithm, WebAuthn's too, is r and s of fixed length with the lower s.
    """

    NAMES: ClassVar[frozenset[str]] = frozenset(("algorithm", "value", "authenticator_data", "client_data"))

    algorithm: str
    value: bytes
    authenticator_data: bytes = b""
    client_data: bytes = b""

    @classmethod
    def read(cls, value: Json, path: str) -> "Signature":
        """The signature that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        algorithm = fields.choice("algorithm", SIGNATURE_ALGORITHMS)
        most = (MAX_AUTHENTICATOR_BYTES, MAX_CLIENT_BYTES) if algorithm == WEBAUTHN_ES256 else (0, 0)
        least = 1 if algorithm == WEBAUTHN_ES256 else 0
        return cls(
            algorithm,
            fields.base64("value", 1, MAX_SIGNATURE_BYTES),
            fields.base64("authenticator_data", least, most[0]),
            fields.base64("client_data", least, most[1]),
        )

    @property
    def key_algorithm(self) -> str:
        """The algorithm of the keys that make such signatures."""
        return P256 if self.algorithm == WEBAUTHN_ES256 else self.algorithm

    def to_json(self) -> JsonObject:
        """The signature as JSON."""
        return {
            "algorithm": self.algorithm,
            "value": encode_base64(self.value),
            "authenticator_data": encode_base64(self.authenticator_data),
            "client_data": encode_base64(self.client_data),
        }


@dataclass(frozen=True)
class SignedStatement(Encoded):
    """A statement, its signature, and the assertion that says whose key signed in which roles."""

    LIMIT: ClassVar[int] = MAX_STATEMENT_BYTES
    LABEL: ClassVar[str] = "statement"
    NAMES: ClassVar[frozenset[str]] = frozenset(("statement", "signature", "assertion"))

    statement: Statement
    signature: Signature
    assertion: SignedAssertion

    @classmethod
    def read(cls, value: Json, path: str, assertion: ReadAssertion = SignedAssertion.part) -> "SignedStatement":
        """The signed statement that `value` is, its assertion as `assertion` reads it; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(
            Statement.part(fields.raw("statement"), fields.path("statement")),
            Signature.read(fields.raw("signature"), fields.path("signature")),
            assertion(fields.raw("assertion"), fields.path("assertion")),
        )

    @classmethod
    def part_with(cls, assertion: ReadAssertion) -> Callable[[Json, str], "SignedStatement"]:
        """`part`, with each assertion as `assertion` reads it."""

        def part(value: Json, path: str) -> SignedStatement:
            return cls.read(value, path, assertion).written_as(canonical_fields(value))

        return part

    def to_json(self) -> JsonObject:
        """The signed statement as JSON."""
        return {
            "statement": self.statement.to_json(),
            "signature": self.signature.to_json(),
            "assertion": self.assertion.to_json(),
        }

    @property
    def digest(self) -> bytes:
        """The digest of the statement that is signed."""
        return self.statement.digest
