"""Whether the versions that were accepted before lead, by signatures alone, from the first trust to the one in force.

Asked at every start, of the files as they lie there. Each version is read for its manifest and its signatures only:
an older one need not be readable as a whole by this release. Lifetimes are not asked: an expired version still judged
the one after it, and whether the last one is in its lifetime is asked of every use.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brightline.crypto.dsse import SignedEnvelope, read_envelope
from brightline.policy.directory import MANIFEST, SIGNATURES, read_directory
from brightline.policy.draft import payload_of
from brightline.policy.errors import PolicyError
from brightline.policy.fields import Fields
from brightline.policy.manifest import Manifest, read_manifest
from brightline.policy.signing.acceptance import TIGHTENING, check_genesis
from brightline.policy.signing.counting import Signer, holders_of, missing_of, signed_alone, signers_of
from brightline.policy.signing.signed import PAYLOAD_TYPE
from brightline.policy.signing.trust import GenesisTrust
from brightline.policy.strict_json import Node, StrictJsonError, read


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as it was accepted: its digest, how (`all-parties` or `tightening`), and where its files lie."""

    version: int
    digest: bytes
    how: str
    directory: Path


def check_history(history: Sequence[Kept], trust: GenesisTrust) -> None:
    """Check that `history`, oldest first, is what was accepted, each version signed as the one before demands.

    Raises `PolicyError`: `policy/broken-history` for files that cannot be read, `policy/another-agreement`,
    `policy/rollback`, `policy/equal-version` or `policy/not-the-accepted` for other files than were accepted,
    `policy/genesis-differs` for another trust, and what counting the signatures raises.
    """
    before: Manifest | None = None
    for kept in history:
        manifest, payload, envelope = _read(kept)
        _check_same(kept, manifest, payload, before)
        if envelope.payload != payload:
            found = hashlib.sha256(envelope.payload).hexdigest()
            raise PolicyError("policy/signed-another", found=found, wanted=kept.digest.hex())
        if before is None:
            check_genesis(manifest, trust)
        _check_signed(kept, envelope, before, manifest)
        before = manifest


def _read(kept: Kept) -> tuple[Manifest, bytes, SignedEnvelope]:
    texts, _ = read_directory(kept.directory)
    node = _node(kept, texts.get(MANIFEST))
    fields = Fields(MANIFEST)
    manifest = read_manifest(fields, node)
    if manifest is None or fields.faults:
        why = str(min(fields.faults)) if fields.faults else "it is of another format"
        raise PolicyError("policy/broken-history", version=kept.version, why=why)
    signatures = texts.get(SIGNATURES)
    if signatures is None:
        raise PolicyError("policy/unsigned", agreement=manifest.id, version=manifest.version)
    return manifest, payload_of(node.plain(), texts), read_envelope(signatures.encode(), PAYLOAD_TYPE)


def _node(kept: Kept, text: str | None) -> Node:
    if text is None:
        why = f"`{kept.directory.name}/{MANIFEST}` is not there, or cannot be read"
        raise PolicyError("policy/broken-history", version=kept.version, why=why)
    try:
        return read(text)
    except StrictJsonError as error:
        raise PolicyError("policy/broken-history", version=kept.version, why=error.why) from error


def _check_same(kept: Kept, manifest: Manifest, payload: bytes, before: Manifest | None) -> None:
    """Check that these are the files that were accepted; raises `PolicyError` saying which others they are."""
    digest = hashlib.sha256(payload).digest()
    if digest == kept.digest:
        return
    if before is not None and manifest.id != before.id:
        raise PolicyError("policy/another-agreement", found=manifest.id, wanted=before.id)
    if manifest.version < kept.version:
        raise PolicyError("policy/rollback", version=manifest.version, highest=kept.version)
    if manifest.version == kept.version:
        raise PolicyError("policy/equal-version", version=kept.version, agreement=manifest.id)
    words = {"found": digest.hex(), "wanted": kept.digest.hex()}
    raise PolicyError("policy/not-the-accepted", version=manifest.version, **words)


def _check_signed(kept: Kept, envelope: SignedEnvelope, before: Manifest | None, manifest: Manifest) -> None:
    judges = before or manifest
    signers = signers_of(envelope, holders_of(judges.parties, manifest.parties))
    missing = sorted({*missing_of(judges.parties, signers), *missing_of(manifest.parties, signers)})
    tightened = before is not None and kept.how == TIGHTENING and _may_alone(before, signers)
    if missing and not tightened:
        raise PolicyError("policy/missing-signatures", missing=", ".join(missing))


def _may_alone(judges: Manifest, signers: Sequence[Signer]) -> bool:
    """Whether one party signed alone that may tighten; that it only tightened was shown when it was accepted."""
    alone = signed_alone(judges.parties, signers)
    return alone is not None and alone.may_tighten
