"""Checkpoints (C2SP tlog-checkpoint): the note text that states a log's origin, size and root.

LIMIT: extension lines are refused; ours has none, and nobody can audit them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from brightline.crypto.errors import CheckpointError
from brightline.crypto.merkle import EMPTY_ROOT, HASH_BYTES
from brightline.crypto.note import OpenNote, Verifier, decode_base64, encode_base64, open_note

# A log index is an unsigned 64-bit number, of which the leaf layout keeps one for "none".
MAX_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log: who it is, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> bytes:
        """The note text, in its one form; what it encodes, `parse` reads back."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n".encode()

    @classmethod
    def parse(cls, text: bytes) -> "Checkpoint":
        """The checkpoint that a note's text states; raises `CheckpointError` for anything but its one form."""
        try:
            lines = text.decode().split("\n")
        except UnicodeDecodeError as error:
            raise CheckpointError("it is not UTF-8") from error
        if len(lines) != 4 or lines[3]:
            raise CheckpointError("it has three lines: origin, size and root")
        origin, size, root = lines[0], _parse_size(lines[1]), _parse_root(lines[2])
        if not origin:
            raise CheckpointError("the origin is empty")
        if size == 0 and root != EMPTY_ROOT:
            raise CheckpointError("an empty tree has another root")
        return cls(origin, size, root)


def open_checkpoint(note: bytes, verifiers: Sequence[Verifier]) -> tuple[Checkpoint, OpenNote]:
    """The checkpoint in a signed note, and the note; raises `NoteError` or `CheckpointError`.

    The origin must be the name of a key that signed: a log's key under another log's origin is not its word.
    """
    opened = open_note(note, verifiers)
    checkpoint = Checkpoint.parse(opened.text)
    if all(line.name != checkpoint.origin for line in opened.signed_by):
        raise CheckpointError(f"its origin `{checkpoint.origin}` is not the name of a key that signed it")
    return checkpoint, opened


def parse_decimal(text: str, limit: int = MAX_SIZE) -> int:
    """The number that ASCII decimal `text` writes, up to `limit`; raises `ValueError` on a leading zero or sign."""
    # The length is bounded first: int() of a very long string is slow.
    if not (0 < len(text) <= 20 and text.isascii() and text.isdigit()):
        raise ValueError("not an ASCII decimal")
    number = int(text)
    if str(number) != text or number > limit:
        raise ValueError("not a canonical decimal in range")
    return number


def _parse_size(line: str) -> int:
    try:
        return parse_decimal(line)
    except ValueError as error:
        raise CheckpointError("the size is not a decimal number without leading zeros") from error


def _parse_root(line: str) -> bytes:
    try:
        root = decode_base64(line)
    except ValueError as error:
        raise CheckpointError("the root is not canonical base64") from error
    if len(root) != HASH_BYTES:
        raise CheckpointError(f"the root has {HASH_BYTES} bytes")
    return root
