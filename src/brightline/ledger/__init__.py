"""The record everybody can check: appends entries durably, publishes them as a Merkle log, and verifies such a log.

One sequencer writes; `append` returns when the entry is durable, and raises when it cannot be. `verify` needs no store,
no network and no secret, and imports `domain` and `crypto` only.

INVARIANT: what is re-exported here loads on first use, so importing `ledger.verify` loads nothing else of this room.
INVARIANT: no signed checkpoint is ever contradicted by a later one.
"""

import importlib

_FACE = {
    "Acceptance": "brightline.ledger.settings",
    "AgreementChangedError": "brightline.ledger.errors",
    "BehindAnchorError": "brightline.ledger.errors",
    "Claim": "brightline.ledger.service",
    "Condition": "brightline.ledger.state",
    "DirectoryReader": "brightline.ledger.verify",
    "EntryRefusedError": "brightline.ledger.errors",
    "Ledger": "brightline.ledger.service",
    "LedgerError": "brightline.ledger.errors",
    "LedgerSettings": "brightline.ledger.settings",
    "LedgerState": "brightline.ledger.state",
    "LedgerUnavailableError": "brightline.ledger.errors",
    "LogFaultError": "brightline.ledger.errors",
    "Machine": "brightline.ledger.settings",
    "Metrics": "brightline.ledger.state",
    "NoEntryError": "brightline.ledger.errors",
    "OpenRefusedError": "brightline.ledger.errors",
    "StoredEntry": "brightline.ledger.service",
    "Verified": "brightline.ledger.verify",
    "VerifyError": "brightline.ledger.verify",
    "verify_directory": "brightline.ledger.verify",
    "verify_proof": "brightline.ledger.verify",
}


def __getattr__(name: str) -> object:
    if name not in _FACE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_FACE[name]), name)
