"""Whether a version of an agreement takes effect. The rules, in the order in which `accept` applies them:

1. What was signed is this agreement, byte for byte.
2. It carries the certificate of a proof about itself.
3. It follows: the same agreement, the next version, naming the digest of the one before; never lower than the highest
   that was ever accepted, never another of an equal version.
4. It is in its lifetime.
5. Each party lists as many keys as must sign, and no key speaks for two, the version before included.
6. Every signature verifies, under a key that a party lists.
7. EACH party has signed with at least k distinct keys: of those that the version before lists, and of those that the
   new one lists. In version 1, the lists are the ones that were read out of band.
8. Where one party alone has signed: the version in force gives it the right, the form is a tightening's, and the
   prover, which is asked here, has shown that nothing more is permitted.

INVARIANT: what comes back has passed all of them; nothing is remembered here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.manifest import Manifest
from brightline.policy.parties import Party
from brightline.policy.signing.certified import check_certified
from brightline.policy.signing.counting import Signer, holders_of, missing_of, signed_alone, signers_of
from brightline.policy.signing.signed import SignedDraft, check_covers
from brightline.policy.signing.tightening import beyond_tightening
from brightline.policy.signing.trust import GenesisTrust, InForce, trust_in

ALL_PARTIES, TIGHTENING = "all-parties", "tightening"
# Asked with the version in force and the new one; returns when it has shown that the new one permits no more, and
# raises `PolicyError` when it has not.
Tightening = Callable[[Draft, Draft], None]
Highest = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A version that takes effect: `how` is `all-parties` or `tightening`."""

    draft: Draft
    how: str
    signers: tuple[Signer, ...]


def accept(
    candidate: SignedDraft,
    *,
    before: GenesisTrust | InForce,
    highest: Highest | None,
    now_ms: int,
    tightening: Tightening | None,
) -> Accepted:
    """`candidate` as it takes effect at `now_ms`, after `before`.

    `highest` is the version and digest accepted last, from wherever they are kept; `tightening` asks the prover, and
    is none where there is no solver. Raises `PolicyError` with one code for each way to be refused.
    """
    check_covers(candidate)
    draft = candidate.draft
    check_certified(draft)
    _check_sequence(draft, before, highest)
    check_lifetime(draft.manifest, now_ms)
    parties = draft.manifest.parties
    _check_keys(parties)
    judges = before.draft.manifest.parties if isinstance(before, InForce) else parties
    if isinstance(before, GenesisTrust):
        check_genesis(draft.manifest, before)
    signers = signers_of(candidate.envelope, holders_of(judges, parties))
    missing = sorted({*missing_of(judges, signers), *missing_of(parties, signers)})
    if not missing:
        return Accepted(draft, ALL_PARTIES, signers)
    alone = signed_alone(judges, signers)
    if alone is None or isinstance(before, GenesisTrust):
        raise _incomplete(draft, before, signers, missing)
    _check_tightening(before.draft, draft, alone, signers, tightening)
    return Accepted(draft, TIGHTENING, signers)


def check_lifetime(manifest: Manifest, now_ms: int) -> None:
    """Check that `now_ms` lies in the agreement's lifetime; raises `PolicyError` (`not-yet-valid`, `expired`)."""
    code = "policy/not-yet-valid" if now_ms < manifest.not_before_ms else "policy/expired"
    if not manifest.not_before_ms <= now_ms < manifest.expires_ms:
        raise PolicyError(code, agreement=manifest.id, version=manifest.version)


def _check_sequence(draft: Draft, before: GenesisTrust | InForce, highest: Highest | None) -> None:
    manifest, version = draft.manifest, draft.manifest.version
    if isinstance(before, InForce):
        _check_same(manifest, before.draft.manifest)
    if highest is not None and version < highest[0]:
        raise PolicyError("policy/rollback", version=version, highest=highest[0])
    if highest is not None and version == highest[0]:
        code = "policy/already-accepted" if draft.digest == highest[1] else "policy/equal-version"
        raise PolicyError(code, version=version, agreement=manifest.id)
    if isinstance(before, InForce):
        check_follows(draft, before.draft)
    elif version != 1:
        raise PolicyError("policy/skipped-version", version=version, wanted=1)


def _check_same(manifest: Manifest, before: Manifest) -> None:
    if manifest.id != before.id:
        raise PolicyError("policy/another-agreement", found=manifest.id, wanted=before.id)


def check_follows(draft: Draft, before: Draft) -> None:
    """Check that `draft` is the version that comes next after `before`.

    Raises `PolicyError`: `policy/another-agreement`, `policy/rollback`, `policy/skipped-version`, `policy/unchained`.
    """
    _check_same(draft.manifest, before.manifest)
    version, earlier = draft.manifest.version, before.manifest.version
    if version <= earlier:
        raise PolicyError("policy/rollback", version=version, highest=earlier)
    if version != earlier + 1:
        raise PolicyError("policy/skipped-version", version=version, wanted=earlier + 1)
    if draft.manifest.previous != before.digest:
        raise PolicyError("policy/unchained", found=draft.manifest.previous.hex(), wanted=before.digest.hex())


def _check_keys(parties: tuple[Party, ...]) -> None:
    for party in parties:
        if len(party.keys) < party.k:
            raise PolicyError("policy/party-without-keys", party=party.name, k=party.k, count=len(party.keys))


def check_genesis(manifest: Manifest, trust: GenesisTrust) -> None:
    """Check that version 1 lists exactly the parties and keys that were read out of band.

    Raises `PolicyError` (`policy/genesis-differs`).
    """
    listed = {party.name: party for party in trust_in(manifest).parties}
    trusted = {party.name: party for party in trust.parties}
    for name in sorted(listed.keys() | trusted.keys()):
        if listed.get(name) != trusted.get(name):
            raise PolicyError("policy/genesis-differs", party=name)


def _incomplete(
    draft: Draft, before: GenesisTrust | InForce, signers: tuple[Signer, ...], missing: list[str]
) -> PolicyError:
    """Why these signatures are not enough."""
    names = ", ".join(missing)
    who = sorted({signer.party for signer in signers})
    if not who:
        return PolicyError("policy/unsigned", agreement=draft.manifest.id, version=draft.manifest.version)
    if len(who) == 1:
        code = "policy/one-party-twice" if len(signers) > 1 else "policy/one-party-alone"
        return PolicyError(code, party=who[0], missing=names)
    if isinstance(before, InForce) and before.draft.manifest.parties != draft.manifest.parties:
        return PolicyError("policy/party-change", missing=names)
    return PolicyError("policy/missing-signatures", missing=names)


def _check_tightening(
    before: Draft, after: Draft, alone: Party, signers: tuple[Signer, ...], tightening: Tightening | None
) -> None:
    """Check that `alone` may put `after` in force by itself; raises `PolicyError` if not."""
    beyond = beyond_tightening(before, after)
    if not alone.may_tighten:
        others = [party.name for party in before.manifest.parties if party.name != alone.name]
        if beyond:
            raise _incomplete(after, InForce(before), signers, sorted(others))
        raise PolicyError("policy/tightening-without-right", party=alone.name)
    if beyond:
        raise PolicyError("policy/tightening-changes", party=alone.name, what=beyond)
    if tightening is None:
        raise PolicyError("policy/tightening-without-solver", party=alone.name)
    tightening(before, after)
