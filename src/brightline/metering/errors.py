"""What metering refuses.

BrightlineError
└── MeteringError           metering/no-sketches                       too many people for the libraries that are there
    ├── MeterStateError    metering/bad-state                         a kept window is not one
    └── MeterRecordError   metering/no-record, metering/bad-record    an entry of the ledger does not say what was added
"""

from brightline.domain.errors import BrightlineError


class MeteringError(BrightlineError):
    """Anything that keeps meters from being read: without a reading nothing is permitted."""


class MeterStateError(MeteringError):
    """A kept window cannot be read; rebuild it from the ledger's meter entries."""


class MeterRecordError(MeteringError):
    """A meter entry of the ledger cannot be read, so what it added is not known."""
