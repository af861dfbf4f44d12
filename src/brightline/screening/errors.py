"""Why an answer does not go on.

GateError                 the gate lets nothing more pass
├── ScreeningError        the answer breaks a rule of ours
│   └── ForbiddenToolError   it proposes an act that the agreement forbids, with the decision
└── ReportedFailureError  the provider reports a failure inside its answer
"""

from brightline.domain.decision import Decision
from brightline.domain.errors import BrightlineError


class GateError(BrightlineError):
    """The gate lets nothing more pass."""


class ScreeningError(GateError):
    """The answer breaks a rule of ours."""


class ForbiddenToolError(ScreeningError):
    """The answer proposes an act that the agreement forbids; `decision` says by which policies."""

    def __init__(self, tool: str, decision: Decision) -> None:
        super().__init__("screening/tool-forbidden", tool=tool)
        self.decision = decision


class ReportedFailureError(GateError):
    """The provider reports a failure inside its answer; its words stay in the sealed record."""

    def __init__(self) -> None:
        super().__init__("screening/provider-failed")
