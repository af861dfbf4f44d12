"""Proofs that stand alone (C2SP tlog-proof): one entry's index, its path, and the signed checkpoint it leads to.

INVARIANT: what `parse` takes, `encode` writes back byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from brightline.crypto.checkpoint import Checkpoint, open_checkpoint, parse_decimal
from brightline.crypto.errors import ProofError
from brightline.crypto.merkle import HASH_BYTES, verify_inclusion
from brightline.crypto.note import MAX_NOTE_BYTES, Verifier, decode_base64, encode_base64

HEADER = "c2sp.org/tlog-proof@v1"
# A path has at most one hash for each bit of an index.
MAX_PATH = 64
MAX_EXTRA_BYTES = 64 * 1024
_MAX_PROOF_BYTES = MAX_NOTE_BYTES + MAX_PATH * 45 + MAX_EXTRA_BYTES * 2


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A proof as it is handed over; `checkpoint` is the signed note, `extra` is not authenticated by anything."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = field(default=None)

    def encode(self) -> bytes:
        """The proof's bytes (file extension `.tlog-proof`)."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += (encode_base64(hash_) for hash_ in self.path)
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "TlogProof":
        """The proof that `data` writes; raises `ProofError` for any other form. Nothing is verified yet."""
        if len(data) > _MAX_PROOF_BYTES:
            raise ProofError("it is too long")
        head, blank, checkpoint = data.partition(b"\n\n")
        if not blank or not checkpoint:
            raise ProofError("no blank line parts it from its checkpoint")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise ProofError("it is not ASCII before its checkpoint") from error
        if lines[0] != HEADER:
            raise ProofError(f"its first line is not `{HEADER}`")
        extra = None
        if len(lines) > 1 and lines[1].startswith("extra "):
            extra = _decode("extra", lines.pop(1).removeprefix("extra "))
        if len(lines) < 2 or not lines[1].startswith("index "):
            raise ProofError("it has no index line")
        if len(lines) > 2 + MAX_PATH:
            raise ProofError("its path is too long")
        path = tuple(_parse_hash(line) for line in lines[2:])
        return cls(_parse_index(lines[1].removeprefix("index ")), path, checkpoint, extra)

    def verify(self, hash_: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
        """The checkpoint under which the leaf hash stands at `index`.

        Raises `NoteError`, `CheckpointError` or `ProofError` when the signature, the tree head or the path fails.
        """
        checkpoint, _ = open_checkpoint(self.checkpoint, verifiers)
        verify_inclusion(index=self.index, size=checkpoint.size, hash_=hash_, path=self.path, root=checkpoint.root)
        return checkpoint


def _decode(what: str, text: str) -> bytes:
    try:
        return decode_base64(text)
    except ValueError as error:
        raise ProofError(f"its {what} line is not canonical base64") from error


def _parse_hash(line: str) -> bytes:
    hash_ = _decode("path", line)
    if len(hash_) != HASH_BYTES:
        raise ProofError(f"a hash of its path does not have {HASH_BYTES} bytes")
    return hash_


def _parse_index(text: str) -> int:
    try:
        return parse_decimal(text)
    except ValueError as error:
        raise ProofError("its index is not a decimal number without leading zeros") from error
