"""Judges what comes back together with what was asked, before a byte of it leaves.

Face: `ReleaseGate` (`take`, `release_terminal`, `checks`) and the errors. Today it holds an answer to the tools its
call offered and to an order of release; later parts add their judgements at the same gate.

INVARIANT: every event of every answer passes the gate; whole answers are two events of the same kind.
INVARIANT: each check writes its own bit, when it was done and not when it was meant.
LIMIT: a tool's arguments are not judged yet; the decision is on the tools offered.
"""

from brightline.screening.errors import GateError, ReportedFailureError, ScreeningError
from brightline.screening.gate import HELD_BYTES, ReleaseGate

__all__ = ["HELD_BYTES", "GateError", "ReleaseGate", "ReportedFailureError", "ScreeningError"]
