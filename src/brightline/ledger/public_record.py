"""Records of the log's own entries: plain bytes that anybody may read, bound to their leaf by its ciphertext hash.

They hold no contents of any use: who opened the log and why, which agreement is in force, which key signs.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from brightline.crypto.note import NoteSigner
from brightline.domain.agreement import AgreementRef
from brightline.domain.leaf import Kind, Leaf, Outcome, short_id
from brightline.domain.record import Entry
from brightline.ledger.settings import Acceptance

Fields = Mapping[str, str | int | Sequence[str] | Mapping[str, str | int]]


def own_entry(kind: Kind, agreement: AgreementRef, record: bytes, *, flags: int = 0) -> Entry:
    """An entry of the log about itself, with a plain record."""
    leaf = Leaf(
        kind=kind,
        flags=flags,
        agreement_digest=agreement.digest,
        enclave_id=short_id(agreement.enclave),
        ciphertext_hash=hashlib.sha256(record).digest(),
    )
    return Entry(leaf.encode(), record)


def plain_record(what: str, fields: Fields) -> bytes:
    """A record as JSON with sorted keys."""
    return json.dumps({"record": what, **fields}, sort_keys=True, separators=(",", ":")).encode()


def agreement_fields(agreement: AgreementRef) -> Mapping[str, str | int]:
    """Which agreement, as records name it."""
    return {"id": agreement.id, "version": agreement.version, "digest": agreement.digest.hex()}


def acceptance_record(agreement: AgreementRef, acceptance: Acceptance) -> bytes:
    """The record of an `agreement` entry: which version, and how it came into force."""
    how = {"how": acceptance.how, "signers": list(acceptance.signers), "by": acceptance.by}
    return plain_record("agreement", {**agreement_fields(agreement), **how})


def rotation_record(old: NoteSigner, vkey: str) -> bytes:
    """A note, signed by the key in use, that says which key signs from here on."""
    return old.sign(f"brightline key rotation\n{old.name}\n{old.vkey}\n{vkey}\n".encode())


def abandoned_entry(index: int, intent: Leaf) -> Entry:
    """What closes the intent at `index` when nobody will say how its use ended."""
    leaf = replace(
        intent,
        kind=Kind.ABANDONED,
        reference=index,
        outcome=Outcome.ABANDONED,
        commitment=bytes(32),
        ciphertext_hash=bytes(32),
        checks=0,
    )
    return Entry(leaf.encode())
