"""Why an answer does not go on.

GateError                 the gate lets nothing more pass
├── ScreeningError        the answer breaks a rule of ours
└── ReportedFailureError  the provider reports a failure inside its answer
"""

from brightline.domain.errors import BrightlineError


class GateError(BrightlineError):
    """The gate lets nothing more pass."""


class ScreeningError(GateError):
    """The answer breaks a rule of ours."""


class ReportedFailureError(GateError):
    """The provider reports a failure inside its answer; its words stay in the sealed record."""

    def __init__(self) -> None:
        super().__init__("screening/provider-failed")
