"""The statement that an agreement is still current: short-lived, signed by every party that the manifest names for it.

Without a fresh one nothing is permitted, so nobody can keep a gateway on an old version by holding the new one back.
It is about one version in one enclave, and lasts no longer than the manifest gives that enclave.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import rfc8785

from brightline.crypto.dsse import SignedEnvelope, read_envelope
from brightline.crypto.dsse import sign as sign_payload
from brightline.crypto.party_keys import PrivateKey
from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.faults import Fault
from brightline.policy.fields import HEX_DIGEST, ID, Fields
from brightline.policy.signing.counting import Signer, holders_of, missing_of, signers_of
from brightline.policy.strict_json import StrictJsonError, read

CURRENT_TYPE = "application/vnd.brightline.current+json"
FORMAT = 1
DAY_MS = 86_400_000
MAX_MS = 2**53 - 1
# Clocks of two organisations differ; a statement issued further ahead than this was issued by a wrong one.
CLOCK_SLACK_MS = 300_000
_MEMBERS = ("agreement", "digest", "enclave", "format", "issued", "until")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that verified; times are UTC milliseconds, `digest` is the SHA-256 of its payload."""

    enclave: str
    issued_ms: int
    until_ms: int
    signers: tuple[Signer, ...]
    digest: bytes


def make_current(draft: Draft, enclave: str, *, issued_ms: int, days: int, keys: Sequence[PrivateKey]) -> bytes:
    """The statement that `draft` is current in `enclave` for `days` from `issued_ms`, signed with each of `keys`.

    Raises `PolicyError`: `policy/unknown-enclave`, `policy/current-too-long`, `policy/unsigned` without keys.
    """
    most = _most_days(draft, enclave)
    if not 1 <= days <= most:
        raise PolicyError("policy/current-too-long", days=days, most=most, enclave=enclave)
    payload = rfc8785.dumps(
        {
            "agreement": draft.manifest.id,
            "digest": draft.digest.hex(),
            "enclave": enclave,
            "format": FORMAT,
            "issued": issued_ms,
            "until": issued_ms + days * DAY_MS,
        }
    )
    envelope: SignedEnvelope | None = None
    for key in keys:
        envelope = sign_payload(payload, CURRENT_TYPE, key, envelope)
    if envelope is None:
        raise PolicyError("policy/unsigned", agreement=draft.manifest.id, version=draft.manifest.version)
    return envelope.to_bytes()


def add_to_current(data: bytes, draft: Draft, enclave: str, key: PrivateKey) -> bytes:
    """The statement in `data` with the signature of `key` beside those of others; raises as `check_current` reads."""
    envelope = read_envelope(data, CURRENT_TYPE)
    _times(envelope, draft, enclave)
    return sign_payload(envelope.payload, CURRENT_TYPE, key, envelope).to_bytes()


def check_current(
    data: bytes, draft: Draft, enclave: str, now_ms: int, *, kept_issued_ms: int | None = None
) -> Statement:
    """The statement in `data`, as it holds for `draft` in `enclave` at `now_ms`.

    `kept_issued_ms` is when the statement held so far was issued: an older one is refused. Raises `EnvelopeError` and
    `PolicyError`: `policy/bad-current`, `policy/current-of-another`, `policy/current-too-long`,
    `policy/current-unsigned`, `policy/current-goes-back`, `policy/not-current`, and what `signers_of` raises.
    """
    envelope = read_envelope(data, CURRENT_TYPE)
    issued, until = _times(envelope, draft, enclave)
    signers = _signers(envelope, draft)
    if kept_issued_ms is not None and issued < kept_issued_ms:
        raise PolicyError("policy/current-goes-back", agreement=draft.manifest.id, enclave=enclave)
    if issued > now_ms + CLOCK_SLACK_MS:
        raise PolicyError("policy/current-ahead", agreement=draft.manifest.id, enclave=enclave)
    if now_ms >= until:
        raise PolicyError("policy/not-current", agreement=draft.manifest.id, enclave=enclave)
    return Statement(enclave, issued, until, signers, hashlib.sha256(envelope.payload).digest())


def _most_days(draft: Draft, enclave: str) -> int:
    days = draft.manifest.current_days
    if enclave not in days:
        raise PolicyError("policy/unknown-enclave", enclave=enclave, known=", ".join(sorted(days)) or "none")
    return days[enclave]


def _signers(envelope: SignedEnvelope, draft: Draft) -> tuple[Signer, ...]:
    named = [party for party in draft.manifest.parties if party.name in draft.manifest.current_by]
    signers = signers_of(envelope, holders_of(named))
    missing = missing_of(named, signers)
    if missing:
        raise PolicyError("policy/current-unsigned", missing=", ".join(missing))
    return signers


def _times(envelope: SignedEnvelope, draft: Draft, enclave: str) -> tuple[int, int]:
    """When the statement was issued and until when it lasts, if it is about `draft` in `enclave`."""
    try:
        node = read(envelope.payload.decode())
    except (StrictJsonError, UnicodeDecodeError) as error:
        raise PolicyError("policy/bad-current", why="it is not strict JSON") from error
    fields = Fields("statement")
    members = fields.members(node, "statement", _MEMBERS)
    fields.number(members.get("format"), "format", FORMAT, FORMAT)
    about = (
        fields.text(members.get("agreement"), "agreement", ID),
        fields.text(members.get("digest"), "digest", HEX_DIGEST),
        fields.text(members.get("enclave"), "enclave", ID),
    )
    issued = fields.number(members.get("issued"), "issued", 0, MAX_MS)
    until = fields.number(members.get("until"), "until", 0, MAX_MS)
    if fields.faults:
        raise PolicyError("policy/bad-current", why=_first(fields.faults))
    wanted = (draft.manifest.id, draft.digest.hex(), enclave)
    for what, one, other in zip(("agreement", "version", "enclave"), about, wanted, strict=True):
        if one != other:
            raise PolicyError("policy/current-of-another", what=what, found=one, wanted=other)
    most = _most_days(draft, enclave)
    if not issued < until <= issued + most * DAY_MS:
        days = max(0, -(-(until - issued) // DAY_MS))
        raise PolicyError("policy/current-too-long", days=days, most=most, enclave=enclave)
    return issued, until


def _first(faults: list[Fault]) -> str:
    return min(faults).text
