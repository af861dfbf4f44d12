"""Judges what comes back together with what was asked, before a byte of it leaves.

Face: `ReleaseGate` (`take`, `proposed`, `clear`, `release_terminal`, `checks`), `read_arguments` and the errors. It
holds an answer to the tools its call offered, keeps proposed calls back until they are whole, and to an order of
release; later parts add their judgements at the same gate.

INVARIANT: every event of every answer passes the gate; whole answers are two events of the same kind.
INVARIANT: each check writes its own bit, when it was done and not when it was meant.
INVARIANT: nothing of a proposed call leaves before `clear`, whatever else was released.
"""

from brightline.screening.arguments import read_arguments
from brightline.screening.errors import ForbiddenToolError, GateError, ReportedFailureError, ScreeningError
from brightline.screening.gate import HELD_BYTES, ReleaseGate

__all__ = [
    "HELD_BYTES",
    "ForbiddenToolError",
    "GateError",
    "ReleaseGate",
    "ReportedFailureError",
    "ScreeningError",
    "read_arguments",
]
