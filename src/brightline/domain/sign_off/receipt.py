"""Execution receipts: what an effector says became of a release that it consumed."""

from dataclasses import dataclass
from functools import cached_property

from brightline.domain.sign_off.assertion import MAX_SIGNATURE_BYTES
from brightline.domain.sign_off.canonical import Json, JsonObject, canonical, digest, parse_object, tagged
from brightline.domain.sign_off.fields import Fields, encode_base64

FORMAT = "brightline/execution-receipt/1"
KIND = "execution-receipt"
MAX_RECEIPT_BYTES = 16 * 1024
DONE = "done"
FAILED = "failed"
UNKNOWN = "unknown"
OUTCOMES = (DONE, FAILED, UNKNOWN)
MAX_DETAIL = 200
_FIELDS = (
    *("format", "binding", "audience", "store_epoch", "sequence", "outcome", "consumed_at_ms", "finished_at_ms"),
    "detail",
)


@dataclass(frozen=True)
class ExecutionReceipt:
    """How the action of one binding ended at `audience`; `store_epoch` names the replay store that consumed it.

    `sequence` counts the receipts of that epoch. `unknown` means that nobody knows whether it was done: it is never
    tried again.
    """

    binding: str
    audience: str
    store_epoch: str
    sequence: int
    outcome: str
    consumed_at_ms: int
    finished_at_ms: int
    detail: str

    @classmethod
    def parse(cls, data: bytes) -> "ExecutionReceipt":
        """The receipt of which `data` is the canonical form; raises `SignOffError`."""
        return cls.read(parse_object(data, limit=MAX_RECEIPT_BYTES), "receipt")

    @classmethod
    def read(cls, value: Json, path: str) -> "ExecutionReceipt":
        """The receipt that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        return cls(
            binding=fields.hex_64("binding"),
            audience=fields.id("audience"),
            store_epoch=fields.hex_32("store_epoch"),
            sequence=fields.integer("sequence"),
            outcome=fields.choice("outcome", OUTCOMES),
            consumed_at_ms=fields.time_ms("consumed_at_ms"),
            finished_at_ms=fields.time_ms("finished_at_ms"),
            detail=fields.text("detail", MAX_DETAIL),
        )

    def to_json(self) -> JsonObject:
        """The receipt as JSON."""
        return {
            "format": FORMAT,
            "binding": self.binding,
            "audience": self.audience,
            "store_epoch": self.store_epoch,
            "sequence": self.sequence,
            "outcome": self.outcome,
            "consumed_at_ms": self.consumed_at_ms,
            "finished_at_ms": self.finished_at_ms,
            "detail": self.detail,
        }

    @cached_property
    def canonical(self) -> bytes:
        """The receipt's canonical bytes."""
        return canonical(self.to_json())

    @cached_property
    def digest(self) -> bytes:
        """The receipt's digest, 32 bytes: what the log commits to."""
        return digest(KIND, self.canonical)

    @cached_property
    def tagged(self) -> bytes:
        """What the effector's key signs."""
        return tagged(KIND, self.canonical)


@dataclass(frozen=True)
class SignedReceipt:
    """An execution receipt with the signature of the effector's key named by its id."""

    receipt: ExecutionReceipt
    effector_key: str
    signature: bytes

    @classmethod
    def parse(cls, data: bytes) -> "SignedReceipt":
        """The signed receipt of which `data` is the canonical form; raises `SignOffError`."""
        return cls.read(parse_object(data, limit=MAX_RECEIPT_BYTES), "receipt")

    @classmethod
    def read(cls, value: Json, path: str) -> "SignedReceipt":
        """The signed receipt that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, ("receipt", "effector_key", "signature"))
        return cls(
            ExecutionReceipt.read(fields.raw("receipt"), fields.path("receipt")),
            fields.hex_64("effector_key"),
            fields.base64("signature", 1, MAX_SIGNATURE_BYTES),
        )

    def to_json(self) -> JsonObject:
        """The signed receipt as JSON."""
        return {
            "receipt": self.receipt.to_json(),
            "effector_key": self.effector_key,
            "signature": encode_base64(self.signature),
        }

    @cached_property
    def canonical(self) -> bytes:
        """The signed receipt's canonical bytes."""
        return canonical(self.to_json())

    @property
    def digest(self) -> bytes:
        """The digest of the receipt that is signed."""
        return self.receipt.digest
