"""What a machine says of itself before an act: how it stands, and what the act would change of that.

INVARIANT: what people are shown as `before` is a precondition, so the machine holds it against itself when it acts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from brightline.domain.sign_off.assertion import MAX_SIGNATURE_BYTES
from brightline.domain.sign_off.binding import MAX_BINDING_BYTES, MAX_LIST, Change
from brightline.domain.sign_off.canonical import Json, JsonObject
from brightline.domain.sign_off.encoded import Digested, Encoded
from brightline.domain.sign_off.fields import MAX_NAME, Fields, encode_base64, read_text

REQUEST_FORMAT = "brightline/effector-state-request/1"
FORMAT = "brightline/effector-state/1"
# A page's worth of state: what people cannot read through before they sign does not belong on it.
MAX_STATE_BYTES = 64 * 1024


@dataclass(frozen=True)
class StateRequest(Digested):
    """A gateway's question to the machine `audience`: how it stands, and what `tool` with `arguments` would change.

    `nonce` is new in every question, so that no earlier answer fits.
    """

    KIND: ClassVar[str] = "effector-state-request"
    FREE: ClassVar[bool] = True
    LIMIT: ClassVar[int] = MAX_BINDING_BYTES
    LABEL: ClassVar[str] = "request"
    NAMES: ClassVar[frozenset[str]] = frozenset(("format", "audience", "tool", "arguments", "nonce"))

    audience: str
    tool: str
    arguments: JsonObject
    nonce: str

    @classmethod
    def read(cls, value: Json, path: str) -> "StateRequest":
        """The question that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        fields.constant("format", REQUEST_FORMAT)
        audience, tool = fields.id("audience"), fields.tool("tool")
        return cls(audience, tool, fields.object("arguments"), fields.hex_32("nonce"))

    def to_json(self) -> JsonObject:
        """The question as JSON."""
        return {
            "format": REQUEST_FORMAT,
            "audience": self.audience,
            "tool": self.tool,
            "arguments": self.arguments,
            "nonce": self.nonce,
        }


@dataclass(frozen=True)
class EffectorState(Digested):
    """How the machine `audience` stood at `read_at_ms`, in answer to the question with the digest `request`.

    `preconditions` must still hold when it acts: at least one, so that a binding without any was made without asking.
    `diff` is what the act would change of them, in the machine's own order.
    """

    KIND: ClassVar[str] = "effector-state"
    LIMIT: ClassVar[int] = MAX_STATE_BYTES
    LABEL: ClassVar[str] = "state"
    # Names of state may be of any script.
    FREE: ClassVar[bool] = True
    NAMES: ClassVar[frozenset[str]] = frozenset(
        ("format", "audience", "request", "preconditions", "diff", "read_at_ms")
    )

    audience: str
    request: str
    preconditions: Mapping[str, str]
    diff: tuple[Change, ...]
    read_at_ms: int

    @classmethod
    def read(cls, value: Json, path: str) -> "EffectorState":
        """The state that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        fields.constant("format", FORMAT)
        preconditions = fields.members("preconditions", read_text, most=MAX_LIST, named=MAX_NAME)
        if not preconditions:
            fields.bad("preconditions", "is empty")
        return cls(
            audience=fields.id("audience"),
            request=fields.hex_64("request"),
            preconditions=preconditions,
            diff=_changes(fields, preconditions),
            read_at_ms=fields.time_ms("read_at_ms"),
        )

    def to_json(self) -> JsonObject:
        """The state as JSON."""
        return {
            "format": FORMAT,
            "audience": self.audience,
            "request": self.request,
            "preconditions": dict(self.preconditions),
            "diff": [change.to_json() for change in self.diff],
            "read_at_ms": self.read_at_ms,
        }


def _changes(fields: Fields, preconditions: Mapping[str, str]) -> tuple[Change, ...]:
    diff = fields.items("diff", Change.read, most=MAX_LIST)
    if len({change.name for change in diff}) != len(diff):
        fields.bad("diff", "names a state more than once")
    for change in diff:
        if preconditions.get(change.name) != change.before:
            fields.bad("diff", "has a `before` that is no precondition")
    return diff


@dataclass(frozen=True)
class SignedState(Encoded):
    """A machine's state with the signature of the effector's key named by its id, the one that signs receipts."""

    FREE: ClassVar[bool] = True
    LIMIT: ClassVar[int] = MAX_STATE_BYTES
    LABEL: ClassVar[str] = "state"
    NAMES: ClassVar[frozenset[str]] = frozenset(("state", "effector_key", "signature"))

    state: EffectorState
    effector_key: str
    signature: bytes

    @classmethod
    def read(cls, value: Json, path: str) -> "SignedState":
        """The signed state that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(
            EffectorState.part(fields.raw("state"), fields.path("state")),
            fields.hex_64("effector_key"),
            fields.base64("signature", 1, MAX_SIGNATURE_BYTES),
        )

    def to_json(self) -> JsonObject:
        """The signed state as JSON."""
        return {
            "state": self.state.to_json(),
            "effector_key": self.effector_key,
            "signature": encode_base64(self.signature),
        }

    @property
    def digest(self) -> bytes:
        """The digest of the state that is signed."""
        return self.state.digest
