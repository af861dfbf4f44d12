"""What this room refuses or cannot do.

BrightlineError
├── VerifyError                  in `verify`, which loads no other file of this room
│   ├── CheckpointFaultError     ledger/bad-checkpoint
│   ├── FileFaultError           ledger/bad-file
│   ├── EntryFaultError          ledger/bad-entry
│   ├── HistoryFaultError        ledger/not-append-only
│   └── ProofFaultError          ledger/bad-proof
└── LedgerError
    ├── LedgerUnavailableError   nothing can be recorded now, so nothing may leave
    │   └── BehindAnchorError    the store holds less than somebody has seen of it
    ├── EntryRefusedError        this entry cannot follow the entries before it
    │   └── AgreementChangedError    it rests on an agreement that is not in force any more
    ├── NoEntryError             there is no such entry
    ├── OpenRefusedError         the log cannot be opened, forked or acknowledged as asked
    └── LogFaultError            the log's files or places are not as they must be; healing looks again
"""

from brightline.domain.errors import BrightlineError


class LedgerError(BrightlineError):
    """The ledger cannot take, keep or show an entry."""


class LedgerUnavailableError(LedgerError):
    """Nothing can be recorded now, so nothing may leave; what was handed in counts as not written."""


class EntryRefusedError(LedgerError):
    """This entry cannot follow the entries before it; others can."""


class AgreementChangedError(EntryRefusedError):
    """This entry rests on an agreement that is not in force any more; what it records must be decided again."""

    def __init__(self) -> None:
        super().__init__("ledger/agreement-changed")


class NoEntryError(LedgerError):
    """There is no such entry."""


class OpenRefusedError(LedgerError):
    """The log cannot be opened, forked or acknowledged as asked."""


class LogFaultError(LedgerError):
    """The log's files or places are not as they must be."""


class BehindAnchorError(LedgerUnavailableError):
    """Somebody has seen more of this log than the store holds, or something else; `why` says what."""

    def __init__(self, why: str) -> None:
        super().__init__("ledger/behind-anchor", why=why)
