"""What a machine that acts refuses, and what it says when it could not act.

BrightlineError
└── EffectorError      effector/*         a release that is not taken, or a replay store that cannot be relied on
    └── NotDoneError   effector/not-done  raised by the machine itself: the action was begun and is known not to be done
"""

from brightline.domain.errors import BrightlineError


class EffectorError(BrightlineError):
    """The machine does not act; the code says which check refused."""


class NotDoneError(EffectorError):
    """Raised by what runs the action when it knows that nothing was done; `why` goes into the receipt."""

    def __init__(self, why: str) -> None:
        super().__init__("effector/not-done", why=why)
