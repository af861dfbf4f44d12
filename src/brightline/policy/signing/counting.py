"""Counts signatures by party: whose they are, and which parties are still missing.

INVARIANT: a key counts once, for one party, and only when its signature verifies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brightline.crypto.dsse import SignedEnvelope, verify
from brightline.crypto.errors import SignatureError
from brightline.crypto.party_keys import PublicKey
from brightline.policy.errors import PolicyError
from brightline.policy.parties import Party


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signed, and the party that it speaks for."""

    party: str
    key_id: str


def holders_of(*lists: Iterable[Party]) -> Mapping[str, tuple[str, PublicKey]]:
    """Every key of the parties in `lists` by its id, with whom it speaks for.

    Raises `PolicyError` (`policy/shared-key`) for a key that speaks for two: then one signature would count for both.
    """
    holders: dict[str, tuple[str, PublicKey]] = {}
    for parties in lists:
        for party in parties:
            for key_id, key in party.keys.items():
                other = holders.setdefault(key_id, (party.name, key))[0]
                if other != party.name:
                    raise PolicyError("policy/shared-key", key=key_id, party=party.name, other=other)
    return holders


def signers_of(envelope: SignedEnvelope, holders: Mapping[str, tuple[str, PublicKey]]) -> tuple[Signer, ...]:
    """Who signed `envelope`, in order of party and key.

    Raises `PolicyError`: `policy/unknown-signer` for a key that nobody lists, `policy/forged-signature` for a
    signature that its key did not make. Passing over either would let an envelope mean more than it shows.
    """
    found: list[Signer] = []
    for key_id in sorted(envelope.signatures):
        if key_id not in holders:
            raise PolicyError("policy/unknown-signer", key=key_id)
        party, key = holders[key_id]
        try:
            verify(envelope, key)
        except SignatureError as error:
            raise PolicyError("policy/forged-signature", key=key_id, party=party) from error
        found.append(Signer(party, key_id))
    return tuple(sorted(found, key=lambda signer: (signer.party, signer.key_id)))


def missing_of(parties: Iterable[Party], signers: Iterable[Signer]) -> tuple[str, ...]:
    """The parties that have not signed with as many of their keys as they must, in order."""
    keys = {signer.key_id for signer in signers}
    return tuple(sorted(party.name for party in parties if len(keys & party.keys.keys()) < party.k))


def signed_alone(parties: Iterable[Party], signers: Iterable[Signer]) -> Party | None:
    """The one party that signed, when it did so with as many keys as it must and nobody else signed."""
    listed, names = list(parties), {signer.party for signer in signers}
    whole = [party for party in listed if party.name in names and party.name not in missing_of(listed, signers)]
    return whole[0] if len(names) == 1 and len(whole) == 1 else None
