"""An agreement with its envelope of signatures, and whether the envelope is about that agreement at all."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from brightline.crypto.dsse import SignedEnvelope, read_envelope
from brightline.policy.directory import SIGNATURES
from brightline.policy.draft import Draft, read_draft
from brightline.policy.errors import AgreementFaultsError, PolicyError
from brightline.policy.strict_json import Plain, StrictJsonError, read

PAYLOAD_TYPE = "application/vnd.brightline.agreement+json"


@dataclass(frozen=True, slots=True)
class SignedDraft:
    """A draft and the envelope beside it; whether that is enough is for `accept` to say."""

    draft: Draft
    envelope: SignedEnvelope


def read_signed(directory: Path) -> SignedDraft:
    """The agreement in `directory` with its signatures.

    Raises `AgreementFaultsError` for faults, `PolicyError` (`policy/unsigned`) when nobody signed, `EnvelopeError`.
    """
    draft, faults = read_draft(directory)
    if draft is None:
        raise AgreementFaultsError(faults)
    return signed_of(draft)


def signed_of(draft: Draft) -> SignedDraft:
    """`draft` with the signatures that lay beside it; raises `PolicyError` (`policy/unsigned`), `EnvelopeError`."""
    text = draft.texts.get(SIGNATURES)
    if text is None:
        raise PolicyError("policy/unsigned", agreement=draft.manifest.id, version=draft.manifest.version)
    return SignedDraft(draft, read_envelope(text.encode(), PAYLOAD_TYPE))


def check_covers(signed: SignedDraft) -> None:
    """Check that what was signed is this agreement, byte for byte.

    Raises `PolicyError`: `policy/swapped-file` when the manifest is the same and a file is not, else
    `policy/signed-another`.
    """
    envelope, draft = signed.envelope, signed.draft
    if envelope.payload == draft.payload and envelope.payload_type == PAYLOAD_TYPE:
        return
    theirs, ours = _parts(envelope.payload), _parts(draft.payload)
    if theirs is not None and ours is not None and theirs[0] == ours[0]:
        names = sorted(name for name in {*theirs[1], *ours[1]} if theirs[1].get(name) != ours[1].get(name))
        if names:
            raise PolicyError("policy/swapped-file", file=names[0][:200], count=len(names))
    found = hashlib.sha256(envelope.payload).hexdigest()
    raise PolicyError("policy/signed-another", found=found, wanted=draft.digest.hex())


def _parts(payload: bytes) -> tuple[Plain, Mapping[str, Plain]] | None:
    """The manifest and the files in a payload; none when it is no agreement's."""
    try:
        whole = read(payload.decode()).plain()
    except (StrictJsonError, UnicodeDecodeError):
        return None
    if not isinstance(whole, dict):
        return None
    files = whole.get("files")
    return (whole.get("manifest"), files) if isinstance(files, dict) else None
