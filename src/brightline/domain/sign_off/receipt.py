"""Execution receipts: what an effector says became of a release that it consumed."""

from dataclasses import dataclass
from typing import ClassVar

from brightline.domain.sign_off.assertion import MAX_SIGNATURE_BYTES
from brightline.domain.sign_off.canonical import Json, JsonObject
from brightline.domain.sign_off.encoded import Digested, Encoded
from brightline.domain.sign_off.fields import Fields, encode_base64

FORMAT = "brightline/execution-receipt/1"
MAX_RECEIPT_BYTES = 16 * 1024
DONE = "done"
FAILED = "failed"
UNKNOWN = "unknown"
OUTCOMES = (DONE, FAILED, UNKNOWN)
MAX_DETAIL = 200
_FIELDS = frozenset(
    (
        *("format", "binding", "audience", "store_epoch", "sequence", "outcome", "consumed_at_ms", "finished_at_ms"),
        "detail",
    )
)


@dataclass(frozen=True)
class ExecutionReceipt(Digested):
    """How the action of one binding ended at `audience`; `store_epoch` names the replay store that consumed it.

    `sequence` counts the receipts of that epoch. `unknown` means that nobody knows whether it was done: it is never
    tried again.
    """

    KIND: ClassVar[str] = "execution-receipt"
    LIMIT: ClassVar[int] = MAX_RECEIPT_BYTES
    LABEL: ClassVar[str] = "receipt"

    binding: str
    audience: str
    store_epoch: str
    sequence: int
    outcome: str
    consumed_at_ms: int
    finished_at_ms: int
    detail: str

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


@dataclass(frozen=True)
class SignedReceipt(Encoded):
    """An execution receipt with the signature of the effector's key named by its id."""

    LIMIT: ClassVar[int] = MAX_RECEIPT_BYTES
    LABEL: ClassVar[str] = "receipt"
    NAMES: ClassVar[frozenset[str]] = frozenset(("receipt", "effector_key", "signature"))

    receipt: ExecutionReceipt
    effector_key: str
    signature: bytes

    @classmethod
    def read(cls, value: Json, path: str) -> "SignedReceipt":
        """The signed receipt that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(
            ExecutionReceipt.part(fields.raw("receipt"), fields.path("receipt")),
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

    @property
    def digest(self) -> bytes:
        """The digest of the receipt that is signed."""
        return self.receipt.digest
