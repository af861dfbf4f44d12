"""Errors of the gateway.

GatewayError
├── FrontError      a request that is not HTTP as this front accepts it
├── SettingsError   a settings file that cannot be used
├── HouseError      a data directory that cannot be opened
├── UseError        a use refused by the journey itself (limits, idempotency, draining)
│   └── ForbiddenError   a use that the agreement forbids, with the decision
└── AdminError      a command that the running gateway refuses
"""

from brightline.domain.decision import Decision
from brightline.domain.errors import BrightlineError


class GatewayError(BrightlineError):
    """Anything the gateway itself refuses."""


class FrontError(GatewayError):
    """A request that is not HTTP as this front accepts it; the connection closes after the answer."""


class SettingsError(GatewayError):
    """A settings file that cannot be used."""


class HouseError(GatewayError):
    """A data directory that cannot be opened."""


class UseError(GatewayError):
    """A use refused by the journey itself."""


class ForbiddenError(UseError):
    """A use that the agreement forbids; `decision` says by which policies."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.code)
        self.decision = decision


class AdminError(GatewayError):
    """A command that the running gateway refuses."""
