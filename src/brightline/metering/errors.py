"""What metering refuses.

BrightlineError
└── MeterStateError   metering/bad-state   a kept window is not one
"""

from brightline.domain.errors import BrightlineError


class MeterStateError(BrightlineError):
    """A kept window cannot be read; rebuild it from the ledger's meter entries."""
