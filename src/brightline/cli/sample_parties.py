"""Signs the sample agreement as both of its parties, with fresh keys, for somebody who looks at the product alone.

A court is played too: the agreement takes its orders as individual authorities.

INVARIANT: nothing but `init --sample` and the demo uses this; a real agreement is signed by its parties, each apart.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from brightline.cli.data_directory import Beginning
from brightline.crypto.party_keys import ED25519, PrivateKey, create
from brightline.policy import AgreementFaultsError
from brightline.policy.directory import MANIFEST, SIGNATURES
from brightline.policy.draft import Draft, read_draft
from brightline.policy.signing import enrol, make_current, sign, trust_in

# The kind of authority that the court signs, and the file of its key.
COURT_ORDER, COURT_KEY = "court-order", "court.pem"
_DAY_SECONDS = 86_400


def sign_as_all(
    files: Mapping[str, bytes], *, enclave: str, now_ms: int, random: Callable[[int], bytes]
) -> tuple[Beginning, Draft]:
    """The agreement in `files` with a fresh key for each party, signed by all and stated to be current in `enclave`.

    Raises `AgreementFaultsError`, and `PolicyError` for an enclave that it does not name.
    """
    unsigned = read_texts(files)
    keys = {party.name: create(ED25519, random) for party in unsigned.manifest.parties}
    court = create(ED25519, random)
    listed = {name: [key.public] for name, key in keys.items()}
    written = {**files, MANIFEST: _with_court(enrol(files[MANIFEST], listed), court)}
    draft = read_texts(written)
    written[SIGNATURES] = sign(draft, list(keys.values())).to_bytes()
    days = draft.manifest.current_days.get(enclave, 1)
    current_by = [keys[name] for name in draft.manifest.current_by]
    statement = make_current(draft, enclave, issued_ms=now_ms, days=days, keys=current_by)
    trust, played = trust_in(draft.manifest), {**_named(draft, keys), COURT_KEY: court}
    return Beginning(files=written, trust=trust, statement=statement, played=played), draft


def read_texts(files: Mapping[str, bytes]) -> Draft:
    """The agreement that `files` are; raises `AgreementFaultsError`."""
    with tempfile.TemporaryDirectory(prefix="brightline-sample-") as scratch:
        for name, content in files.items():
            place = Path(scratch) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        draft, faults = read_draft(Path(scratch))
    if draft is None:
        raise AgreementFaultsError(faults)
    return draft


def _with_court(manifest: bytes, court: PrivateKey) -> bytes:
    """The manifest with the kind of authority that `court` signs."""
    kind = {
        "kind": COURT_ORDER,
        "k": 1,
        "keys": [court.public.entry()],
        "most_persons": 5,
        "most_covered": 50,
        "seconds": 30 * _DAY_SECONDS,
        "parts": 30,
        "longest_seconds": 90 * _DAY_SECONDS,
    }
    return json.dumps({**json.loads(manifest), "authorities": [kind]}, indent=2, ensure_ascii=False).encode()


def _named(draft: Draft, keys: Mapping[str, PrivateKey]) -> Mapping[str, PrivateKey]:
    """Each key by the name of its file: the party's role."""
    return {f"{party.role}.pem": keys[party.name] for party in draft.manifest.parties}
