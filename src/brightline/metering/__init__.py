"""Meters: how many people, acts, tokens and how much money uses touched in sliding windows, across all of them.

Face: `Meters`, which reserves what a use may add and takes it down once the ledger has it; `Windows`, which holds what
counts now; `WindowStore`, what is asked of a store. Adding up needs no clock, file or network.

INVARIANT: what counts can be made again from the ledger's meter entries alone.
INVARIANT: a reading is never below the truth but where a sketch says how often it may be.
"""

from brightline.metering.errors import MeterStateError
from brightline.metering.meters import Meters, Reservation
from brightline.metering.ports import WindowStore
from brightline.metering.windows import Windows

__all__ = ["MeterStateError", "Meters", "Reservation", "WindowStore", "Windows"]
