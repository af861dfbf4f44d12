"""An agreement with one kind of authority, the court that signs it, and authorities as it signs them."""

import base64
from dataclasses import replace

from brightline.crypto.party_keys import ED25519, PrivateKey, create
from brightline.crypto.signatures import sign
from brightline.domain.authority import Authority, AuthorityKind, Signature, SignedAuthority
from brightline.metering import data_subject_hash
from tests.unit.gateway.counting_rig import PEOPLE, Rig

COURT, CLERK, NOBODY = (create(ED25519, lambda size, seed=seed: bytes([seed]) * size) for seed in (1, 2, 3))
HOUR_MS = 3_600_000
WARRANT = AuthorityKind(
    kind="warrant",
    k=1,
    keys={key.public.id: (key.public.algorithm, key.public.der) for key in (COURT, CLERK)},
    most_persons=3,
    most_covered=4,
    seconds=3600,
    parts=6,
    longest_seconds=86_400,
)


def under_authorities(rig: Rig) -> Rig:
    """`rig`, whose agreement has the kind `warrant`."""
    rig.agreement.meters = (PEOPLE,)
    rig.agreement.authority_kinds = (WARRANT,)
    return rig


def authority(rig: Rig, *names: str, **changes: object) -> Authority:
    """An authority over the people of these names, for the unit of the rig, from the ledger's now on."""
    opened = rig.counting.opened(rig.agreement)
    assert opened is not None
    hashes = {data_subject_hash(opened.keys.people, "email", f"{name}@x.example") for name in names}
    drafted = Authority(
        id="w-1",
        kind="warrant",
        issuer="Example Court",
        agreement=rig.agreement.ref.id,
        organisation="org",
        unit="unit",
        not_before_ms=rig.log.time_ms,
        expires_ms=rig.log.time_ms + HOUR_MS,
        persons=tuple([f"{each:016x}" for each in sorted(hashes)]),
    )
    return replace(drafted, **changes)  # type: ignore[arg-type]


def signed(said: Authority, *keys: PrivateKey) -> SignedAuthority:
    """`said` as `keys` sign it; the court where none is named."""
    made = [Signature(key.public.id, sign(key, said.tagged)) for key in keys or (COURT,)]
    return SignedAuthority(said, tuple(sorted(made)))


def encoded(said: SignedAuthority) -> str:
    """What `authority.register` takes."""
    return base64.b64encode(said.canonical).decode()
