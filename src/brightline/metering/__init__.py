"""Meters: how many people, acts, tokens and how much money uses touched in sliding windows, across all of them.

Face: `Meters`, which reserves what a use may add and takes it down once the ledger has it; `Windows`, which holds what
counts now; `WindowStore`, what is asked of a store; `data_subject_hash`, `occurrence_hash` and `place_hash`.

INVARIANT: what counts can be made again from the ledger's meter entries alone.
INVARIANT: a reading is never below the truth but where a sketch says how often it may be.
"""

from brightline.metering.errors import MeteringError, MeterRecordError, MeterStateError
from brightline.metering.hashes import data_subject_hash, occurrence_hash
from brightline.metering.meters import Meters, Reservation, place_hash
from brightline.metering.ports import WindowStore
from brightline.metering.windows import Windows

__all__ = [
    "MeterRecordError",
    "MeterStateError",
    "MeteringError",
    "Meters",
    "Reservation",
    "WindowStore",
    "Windows",
    "data_subject_hash",
    "occurrence_hash",
    "place_hash",
]
