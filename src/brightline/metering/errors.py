"""What metering refuses.

BrightlineError
└── MeteringError           metering/no-sketches                       too many people for the libraries that are there
    │                       metering/no-meters, metering/no-entry      what was asked about is not there
    │                       metering/authority-…                       an authority is none, or covers too many
    ├── MeterStateError    metering/bad-state, metering/changed       a kept window is not one, or not in use any more
    └── MeterRecordError   metering/no-record, metering/bad-record    an entry of the ledger does not say what was added
"""

from brightline.domain.errors import BrightlineError


class MeteringError(BrightlineError):
    """Anything that keeps meters from being read: without a reading nothing is permitted."""


class MeterStateError(MeteringError):
    """A kept window cannot be read; rebuild it from the ledger's meter entries."""


class MeterRecordError(MeteringError):
    """A meter entry of the ledger cannot be read, so what it added is not known."""
