"""What this room refuses or cannot do.

BrightlineError
├── VerifyError                  in `verify`, which loads no other file of this room
│   ├── CheckpointFaultError     ledger/bad-checkpoint
│   ├── FileFaultError           ledger/bad-file
│   ├── EntryFaultError          ledger/bad-entry
│   ├── HistoryFaultError        ledger/not-append-only
│   └── ProofFaultError          ledger/bad-proof
└── LedgerError
"""

from brightline.domain.errors import BrightlineError


class LedgerError(BrightlineError):
    """The ledger cannot take, keep or show an entry."""
