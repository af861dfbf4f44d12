"""Errors of the gateway.

GatewayError
├── FrontError      a request that is not HTTP as this front accepts it
├── SettingsError   a settings file that cannot be used
├── HouseError      a data directory that cannot be opened
├── UseError        a use refused by the journey itself (limits, idempotency, draining)
│   ├── ForbiddenError   a use that the agreement forbids, with the decision
│   │   └── ProviderRunsError   it lets the provider run a tool whose acts are forbidden or held
│   └── HeldError        a use, or an act in its answer, that waits for people or waited in vain
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


class ProviderRunsError(ForbiddenError):
    """A call that lets the provider run a tool whose acts the agreement forbids or holds."""

    def __init__(self, tool: str, decision: Decision) -> None:
        UseError.__init__(self, "hold/provider-runs", tool=tool)
        self.decision = decision


class HeldError(UseError):
    """What waits for people, or waited in vain; `holds` are the ids, `decision` says by which policies if known."""

    def __init__(self, code: str, holds: tuple[bytes, ...], decision: Decision | None = None) -> None:
        self.holds = tuple([hold.hex() for hold in holds])
        self.decision = decision
        super().__init__(code, holds=", ".join(self.holds))


class AdminError(GatewayError):
    """A command that the running gateway refuses."""
