"""Errors of holds.

BrightlineError
└── HoldError      hold/*   a hold that cannot be placed, signed, started or released
"""

from brightline.domain.errors import BrightlineError


class HoldError(BrightlineError):
    """What is asked of a hold cannot be; the code says why."""
