"""The trust bundle: whom one effector believes, and what it demands of each of its tools, carried in by hand.

INVARIANT: what it demands is a floor under what a binding says; a tool that is not in it is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from brightline.domain.sign_off.assertion import KeyEntry
from brightline.domain.sign_off.binding import MAX_LIST, NULL_AUDIENCE, Demand
from brightline.domain.sign_off.canonical import Json, JsonObject
from brightline.domain.sign_off.encoded import Digested
from brightline.domain.sign_off.fields import MAX_NAME, TOOL, Fields, read_hex_64, read_text, refuse
from brightline.domain.sign_off.statement import SIGNATURE_ALGORITHMS

FORMAT = "brightline/trust-bundle/1"
MAX_BUNDLE_BYTES = 1 << 20
MAX_KEYS = 64
MAX_AGREEMENTS = 256
MAX_TOOLS = 1024
DAY_MS = 24 * 60 * 60 * 1000
# As long as a hold may live by its policy.
MAX_WINDOW_MS = 7 * DAY_MS
MAX_SKEW_MS = 10 * 60 * 1000
MAX_AGE_MS = 366 * DAY_MS
_FIELDS = frozenset(
    (
        *(
            "format",
            "audience",
            "log",
            "gateway_keys",
            "directory_keys",
            "agreements",
            "tools",
            "webauthn",
            "algorithms",
        ),
        *("longest_window_ms", "clock_skew_ms", "revocations_max_age_ms"),
    )
)


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """The log whose word counts: its origin, and its keys in the form of C2SP signed-note."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("origin", "keys"))

    origin: str
    keys: tuple[str, ...]

    @classmethod
    def read(cls, value: Json, path: str) -> "TrustedLog":
        """The log that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.text("origin", MAX_NAME), fields.items("keys", read_text, least=1, most=MAX_KEYS))

    def to_json(self) -> JsonObject:
        """The log as JSON."""
        return {"origin": self.origin, "keys": list(self.keys)}


@dataclass(frozen=True, slots=True)
class ToolDemand:
    """What the effector demands for one tool: the digest of its definition, who must sign, and where."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("definition", "quorum", "break_glass", "own_machine"))

    definition: str
    quorum: tuple[Demand, ...]
    break_glass: Demand | None
    own_machine: bool

    @classmethod
    def read(cls, value: Json, path: str) -> "ToolDemand":
        """The demand that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        quorum = fields.items("quorum", Demand.read, least=1, most=MAX_LIST)
        roles = [demand.role for demand in quorum]
        if roles != sorted(set(roles)):
            fields.bad("quorum", "is not sorted by role, each role once")
        glass = Demand.read_optional(fields.raw("break_glass"), fields.path("break_glass"))
        return cls(fields.hex_64("definition"), quorum, glass, fields.flag("own_machine"))

    def to_json(self) -> JsonObject:
        """The demand as JSON."""
        return {
            "definition": self.definition,
            "quorum": [demand.to_json() for demand in self.quorum],
            "break_glass": self.break_glass.to_json() if self.break_glass else None,
            "own_machine": self.own_machine,
        }


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Where people sign with WebAuthn: the relying party's id and the origins of its pages."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("rp_id", "origins"))

    rp_id: str
    origins: tuple[str, ...]

    @classmethod
    def read(cls, value: Json, path: str) -> "RelyingParty":
        """The relying party that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.text("rp_id", MAX_NAME), fields.items("origins", read_text, most=MAX_LIST))

    def to_json(self) -> JsonObject:
        """The relying party as JSON."""
        return {"rp_id": self.rp_id, "origins": list(self.origins)}


@dataclass(frozen=True)
class TrustBundle(Digested):
    """All that one effector believes; `agreements` are the digests of those in force, in hexadecimal."""

    KIND: ClassVar[str] = "trust-bundle"
    LIMIT: ClassVar[int] = MAX_BUNDLE_BYTES
    LABEL: ClassVar[str] = "bundle"

    audience: str
    log: TrustedLog
    gateway_keys: tuple[KeyEntry, ...]
    directory_keys: tuple[KeyEntry, ...]
    agreements: tuple[str, ...]
    tools: Mapping[str, ToolDemand]
    webauthn: RelyingParty
    algorithms: tuple[str, ...]
    longest_window_ms: int
    clock_skew_ms: int
    revocations_max_age_ms: int

    @classmethod
    def read(cls, value: Json, path: str) -> "TrustBundle":
        """The bundle that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        if fields.id("audience") == NULL_AUDIENCE:
            fields.bad("audience", "is the name of no effector")
        return cls(
            audience=fields.id("audience"),
            log=TrustedLog.read(fields.raw("log"), fields.path("log")),
            gateway_keys=fields.items("gateway_keys", KeyEntry.read, least=1, most=MAX_KEYS),
            directory_keys=fields.items("directory_keys", KeyEntry.read, least=1, most=MAX_KEYS),
            agreements=fields.set_of("agreements", read_hex_64, least=1, most=MAX_AGREEMENTS),
            tools=fields.members("tools", ToolDemand.read, most=MAX_TOOLS, named=TOOL),
            webauthn=RelyingParty.read(fields.raw("webauthn"), fields.path("webauthn")),
            algorithms=fields.set_of("algorithms", _algorithm, least=1, most=len(SIGNATURE_ALGORITHMS)),
            longest_window_ms=fields.integer("longest_window_ms", 1, MAX_WINDOW_MS),
            clock_skew_ms=fields.integer("clock_skew_ms", 0, MAX_SKEW_MS),
            revocations_max_age_ms=fields.integer("revocations_max_age_ms", 1, MAX_AGE_MS),
        )

    def to_json(self) -> JsonObject:
        """The bundle as JSON."""
        return {
            "format": FORMAT,
            "audience": self.audience,
            "log": self.log.to_json(),
            "gateway_keys": [key.to_json() for key in self.gateway_keys],
            "directory_keys": [key.to_json() for key in self.directory_keys],
            "agreements": list(self.agreements),
            "tools": {name: demand.to_json() for name, demand in self.tools.items()},
            "webauthn": self.webauthn.to_json(),
            "algorithms": list(self.algorithms),
            "longest_window_ms": self.longest_window_ms,
            "clock_skew_ms": self.clock_skew_ms,
            "revocations_max_age_ms": self.revocations_max_age_ms,
        }


def _algorithm(value: Json, path: str) -> str:
    algorithm = read_text(value, path)
    if algorithm not in SIGNATURE_ALGORITHMS:
        refuse(path, f"is none of {', '.join(SIGNATURE_ALGORITHMS)}")
    return algorithm
