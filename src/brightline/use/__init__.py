"""Describes a call as a use: exact facts that a decision can rest on, derived and never taken on trust.

Face: `describe`, and `describe_action` for one tool about to run. Text scoring has its place here and comes later.

INVARIANT: pure; what the caller stated stays in `Use.claimed` and nowhere else.
"""

from brightline.use.describe import describe, describe_action

__all__ = ["describe", "describe_action"]
