"""Makes signatures, and enters keys into a manifest that nobody has signed yet."""

import json
from collections.abc import Mapping, Sequence

from brightline.crypto.dsse import SignedEnvelope
from brightline.crypto.dsse import sign as sign_payload
from brightline.crypto.party_keys import PrivateKey, PublicKey
from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.parties import Party
from brightline.policy.signing.signed import PAYLOAD_TYPE


def enrol(manifest: bytes, keys: Mapping[str, Sequence[PublicKey]]) -> bytes:
    """The text of `manifest` with `keys` listed for each party that is named; raises `PolicyError` for an unknown one.

    For manifests of one's own making: it changes what will be signed, and reads the text no more strictly than JSON.
    """
    whole = json.loads(manifest)
    parties = {party["name"]: party for party in whole["parties"]}
    for name, listed in keys.items():
        if name not in parties:
            raise PolicyError("policy/no-such-party", party=name, known=", ".join(sorted(parties)))
        parties[name]["keys"] = [key.entry() for key in listed]
    return json.dumps(whole, indent=2).encode() + b"\n"


def party_of(draft: Draft, key: PublicKey, *, named: str | None = None) -> Party:
    """The party that lists `key`, and that is called `named` where that is given.

    Raises `PolicyError`: `policy/no-such-party`, or `policy/key-not-listed` when it does not list the key.
    """
    parties = draft.manifest.parties
    if named is not None and named not in {party.name for party in parties}:
        known = ", ".join(sorted(party.name for party in parties))
        raise PolicyError("policy/no-such-party", party=named, known=known)
    for party in parties:
        if key.id in party.keys and named in (None, party.name):
            return party
    raise PolicyError("policy/key-not-listed", key=key.id, party=named or "any party")


def sign(draft: Draft, keys: Sequence[PrivateKey], before: SignedEnvelope | None = None) -> SignedEnvelope:
    """The envelope of `draft` signed with each of `keys`, beside the signatures in `before` over the same draft.

    Signatures over another payload are dropped: they say nothing about this one. Checks nothing else; a key of the
    version before signs a change of keys with this as well.
    """
    kept = before if before is not None and before.payload == draft.payload else None
    for key in keys:
        kept = sign_payload(draft.payload, PAYLOAD_TYPE, key, kept)
    if kept is None:
        raise PolicyError("policy/unsigned", agreement=draft.manifest.id, version=draft.manifest.version)
    return kept
