"""Finds the version of the agreement in force in a data directory, and that it follows from the first trust.

The rules, in order, of a directory whose log has begun:
1. the store's log is of this enclave, and knows which versions were accepted;
2. the trust is the one that the genesis of every shard names;
3. every accepted version's files are those that were accepted, and are signed as the version before demands;
4. the highest of them is in force.
A directory whose log has not begun has version 1 alone, which the trust judges.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from brightline.domain.agreement import AgreementRef
from brightline.domain.leaf import decode
from brightline.gateway.errors import HouseError
from brightline.gateway.versions import Versions, trust_digest
from brightline.ledger.settings import Acceptance
from brightline.policy import PolicyError
from brightline.policy.draft import Draft
from brightline.policy.signing import Accepted, GenesisTrust, Kept, accept, check_history, read_signed
from brightline.policy.signing.acceptance import TIGHTENING
from brightline.storage import AcceptedVersion, Shard, Store

FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Lineage:
    """The version in force, and the versions it descends from by tightening alone, newest first.

    `acceptance` is how it came into force, for the entries of a log that has not begun.
    """

    draft: Draft
    tightened: tuple[Draft, ...] = ()
    acceptance: Acceptance = field(default_factory=Acceptance)

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The version in force, then those that it only tightened."""
        return (self.draft, *self.tightened)

    def ref(self, enclave: str) -> AgreementRef:
        """Which agreement it is, in `enclave`."""
        manifest = self.draft.manifest
        return AgreementRef(manifest.id, manifest.version, self.draft.digest, enclave)

    def followed_by(self, accepted: Accepted) -> "Lineage":
        """What is in force once `accepted` is."""
        tightened = self.drafts if accepted.how == TIGHTENING else ()
        return Lineage(accepted.draft, tightened, acceptance_of(accepted))


def acceptance_of(accepted: Accepted, by: str = "") -> Acceptance:
    """How `accepted` came into force, as its entry says."""
    signers = [f"{signer.party} {signer.key_id}" for signer in accepted.signers]
    return Acceptance(how=accepted.how, signers=signers, by=by)


def find_in_force(store: Store, versions: Versions, trust: GenesisTrust, enclave: str) -> Lineage:
    """The version in force in this directory; raises `BrightlineError` for whatever breaks one of the rules."""
    scopes = store.scopes()
    if not scopes:
        return _first(versions, trust)
    agreement = next((name for name, place in scopes if place == enclave), None)
    if agreement is None:
        raise HouseError("gateway/other-enclave", enclave=enclave, known=", ".join(place for _, place in scopes))
    shards = store.shards(agreement=agreement, enclave=enclave).shards()
    accepted = store.agreements(shards[-1].scope).accepted() if shards else ()
    if not accepted:
        raise HouseError("gateway/unsigned-house")
    _check_trust(store, shards, trust)
    history = [_kept(store, shards, versions, row) for row in accepted]
    check_history(history, trust)
    return _read(history)


def accept_first(versions: Versions, trust: GenesisTrust, now_ms: int | None) -> Accepted:
    """Version 1, judged by `trust`; in its lifetime at `now_ms`, where that is asked."""
    candidate = read_signed(versions.directory(FIRST_VERSION))
    when_ms = candidate.draft.manifest.not_before_ms if now_ms is None else now_ms
    return accept(candidate, before=trust, highest=None, now_ms=when_ms, tightening=None)


def _first(versions: Versions, trust: GenesisTrust) -> Lineage:
    # Its lifetime was asked when the directory was made, and is asked of every use.
    accepted = accept_first(versions, trust, None)
    return Lineage(accepted.draft, (), acceptance_of(accepted, "init"))


def _check_trust(store: Store, shards: Sequence[Shard], trust: GenesisTrust) -> None:
    """Check that every shard was opened under `trust`; raises `HouseError`."""
    for shard in shards:
        genesis = _record(store, shard, 0)
        if genesis.get("trust") != trust_digest(trust):
            raise HouseError("gateway/trust-changed", origin=shard.origin)


def _kept(store: Store, shards: Sequence[Shard], versions: Versions, row: AcceptedVersion) -> Kept:
    """An accepted version, with what its entry in the log says of it; raises `HouseError` when that is another."""
    shard = next((shard for shard in shards if shard.id == row.shard), None)
    said = {} if shard is None else _record(store, shard, row.index)
    if (said.get("version"), said.get("digest")) != (row.version, row.digest.hex()):
        raise HouseError("gateway/acceptance-differs", version=row.version)
    return Kept(row.version, row.digest, str(said.get("how")), versions.directory(row.version))


def _record(store: Store, shard: Shard, index: int) -> dict[str, object]:
    """The plain record of one of the log's own entries, which its leaf binds; empty where it does not."""
    entries = store.entries(shard)
    record = entries.blob(index)
    leaves = entries.leaves(index, index + 1)
    if record is None or not leaves or decode(leaves[0]).ciphertext_hash != hashlib.sha256(record).digest():
        return {}
    found = json.loads(record)
    return found if isinstance(found, dict) else {}


def _read(history: Sequence[Kept]) -> Lineage:
    """The highest version of `history`, whole, with those that it only tightened as far as they can be read."""
    draft = _draft(history[-1])
    tightened: list[Draft] = []
    for later, earlier in zip(reversed(history), list(reversed(history))[1:], strict=False):
        if later.how != TIGHTENING:
            break
        tightened.append(_draft(earlier))
    return Lineage(draft, tuple(tightened))


def read_accepted(versions: Versions, row: AcceptedVersion) -> Draft:
    """The files of an accepted version; raises `PolicyError` where they are not those that were accepted."""
    return _draft(Kept(row.version, row.digest, "", versions.directory(row.version)))


def _draft(kept: Kept) -> Draft:
    draft = read_signed(kept.directory).draft
    if draft.digest != kept.digest:
        found, wanted = draft.digest.hex(), kept.digest.hex()
        raise PolicyError("policy/not-the-accepted", version=draft.manifest.version, found=found, wanted=wanted)
    return draft
