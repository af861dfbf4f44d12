"""The face that outsiders program against, used as they would; only type-checked, never run."""

from collections.abc import Mapping
from pathlib import Path

from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Leaf, decode
from brightline.domain.messages import CATALOGUE, Message, message_for
from brightline.ledger.verify import DirectoryReader, Verified, VerifyError, verify_directory, verify_proof


def check_a_log(directory: Path, vkey: str) -> int:
    try:
        found: Verified = verify_directory(DirectoryReader(directory), vkey)
    except VerifyError as error:
        root: BrightlineError = error
        where: int | None = error.entry
        raise SystemExit(f"{root.code} {root.hint} {where} {error.path}") from error
    counts: Mapping[Kind, int] = found.counts
    return counts[Kind.INTENT] + found.size


def check_a_receipt(proof: bytes, leaf_hash: bytes, vkey: str) -> tuple[int, Leaf | None]:
    shown = verify_proof(proof, leaf_hash, vkey)
    return shown.index, shown.leaf


def read_a_leaf(data: bytes) -> bytes:
    leaf: Leaf = decode(data)
    return leaf.encode()


def explain(code: str) -> str:
    message: Message = message_for(code)
    known: Mapping[str, Message] = CATALOGUE
    return f"{message.text} {message.hint} {message.status} {len(known)}"
