"""The parties of an agreement for tests: a key for each, versions signed by all or by some, and statements.

The certificate in them names the right policies and red lines and proves nothing: acceptance without solvers reads
whose it is. INVARIANT: nothing of the product imports this.
"""

import hashlib
import json
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from brightline.crypto.party_keys import ED25519, PrivateKey, create
from brightline.policy import AgreementFaultsError
from brightline.policy.directory import CERTIFICATE, MANIFEST, SIGNATURES
from brightline.policy.draft import Draft, read_draft
from brightline.policy.proof.certificate import (
    PERMITTED,
    REFUSED,
    SIGNED_CHART,
    SOLVERS,
    Certificate,
    ProvedClaim,
    Witness,
)
from brightline.policy.proof.properties import claims_of
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.subject import subject_digest, subject_of
from brightline.policy.signing import GenesisTrust, enrol, make_current, sign, trust_in

Files = Mapping[str, bytes]
# The formulas of a certificate are named by their digests; this is of none.
_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Signed:
    """An agreement as its parties signed it: its files, what it is read as, and the trust that names its parties."""

    files: Files
    draft: Draft

    @property
    def trust(self) -> GenesisTrust:
        """The parties and keys that it lists."""
        return trust_in(self.draft.manifest)


class Parties:
    """The parties that a manifest names, with one key each."""

    def __init__(self, names: Iterable[str]) -> None:
        self.keys: Mapping[str, PrivateKey] = {name: create(ED25519) for name in names}

    def sign(self, files: Files, *, by: Iterable[str] | None = None) -> Signed:
        """`files` with the parties' keys in the manifest, a certificate, and signatures by those named (default: all).

        Raises `AgreementFaultsError`.
        """
        listed = {name: [key.public] for name, key in self.keys.items()}
        written = {**files, MANIFEST: enrol(files[MANIFEST], listed)}
        written.pop(SIGNATURES, None)
        written[CERTIFICATE] = certificate_for(read_files(written)).to_json().encode()
        draft = read_files(written)
        names = list(self.keys) if by is None else list(by)
        written[SIGNATURES] = sign(draft, [self.keys[name] for name in names]).to_bytes()
        return Signed(written, read_files(written))

    def state(self, draft: Draft, enclave: str, *, issued_ms: int | None = None, days: int | None = None) -> bytes:
        """The statement that `draft` is current, by those it names, from now and for as long as it may last."""
        lasts = draft.manifest.current_days[enclave] if days is None else days
        since = time.time_ns() // 1_000_000 if issued_ms is None else issued_ms
        keys = [self.keys[name] for name in draft.manifest.current_by]
        return make_current(draft, enclave, issued_ms=since, days=lasts, keys=keys)


def parties_of(files: Files) -> Parties:
    """Fresh keys for the parties that the manifest in `files` names."""
    return Parties(party["name"] for party in json.loads(files[MANIFEST])["parties"])


def next_version(files: Files, before: Draft, **manifest: object) -> dict[str, bytes]:
    """`files` as the version after `before`, still to be signed; `manifest` are fields to change."""
    whole = json.loads(files[MANIFEST])
    whole |= {"version": before.manifest.version + 1, "previous": before.digest.hex(), **manifest}
    return {**files, MANIFEST: json.dumps(whole).encode()}


@cache
def shared_parties(names: tuple[str, ...]) -> Parties:
    """The parties of every test house of this process: keys are public there, and making them takes time."""
    return Parties(names)


@cache
def signed_once(files: tuple[tuple[str, bytes], ...]) -> Signed:
    """`files` signed by the shared parties; the same files are signed once in a process."""
    whole = dict(files)
    names = tuple(party["name"] for party in json.loads(whole[MANIFEST])["parties"])
    return shared_parties(names).sign(whole)


def parties_in(signed: Signed) -> Parties:
    """The shared parties that signed `signed`."""
    return shared_parties(tuple(party.name for party in signed.draft.manifest.parties))


def read_files(files: Files) -> Draft:
    """The agreement that `files` are; raises `AgreementFaultsError`."""
    with tempfile.TemporaryDirectory(prefix="brightline-agreement-") as place:
        write_files(Path(place), files)
        draft, faults = read_draft(Path(place))
    if draft is None:
        raise AgreementFaultsError(faults)
    return draft


def write_files(place: Path, files: Files) -> Path:
    """Write an agreement's files below `place`."""
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return place


def certificate_for(draft: Draft) -> Certificate:
    """A certificate that makes every claim that `draft` needs, and that no solver ever saw."""
    subject = subject_of(draft)
    claims = [
        ProvedClaim(
            claim=claim.id,
            red_line=claim.red_line.reason.policy_id if claim.red_line else "",
            words=claim.words,
            chart=SIGNED_CHART,
            strings="interned",
            formulas=dict.fromkeys(SOLVERS, _NOTHING),
            verdicts=dict.fromkeys(SOLVERS, "unsat"),
        )
        for claim in claims_of(subject, read_schema(subject.schema))
    ]
    witnesses = [
        Witness(rule.reason.policy_id, kind, "claimed for a test", decision, {})
        for rule in draft.red_lines
        for kind, decision in ((REFUSED, "forbid"), (PERMITTED, "permit"))
    ]
    return Certificate(
        subject=subject_digest(draft),
        made_by="0",
        solvers=dict.fromkeys(SOLVERS, "0"),
        claims=tuple(claims),
        witnesses=tuple(witnesses),
        texts={},
    )
