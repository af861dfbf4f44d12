"""What the policy room refuses.

BrightlineError
└── PolicyError              a request that names what the agreement does not have, or an agreement that cannot serve
    └── AgreementFaultsError an agreement directory with faults: carries all of them

A refusal of a use is not an error but a `Decision`.
"""

from brightline.domain.errors import BrightlineError
from brightline.policy.faults import Fault


class PolicyError(BrightlineError):
    """The agreement cannot answer; an error refuses."""


class AgreementFaultsError(PolicyError):
    """An agreement directory cannot be loaded; `faults` are all of them, by file and place."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        super().__init__("policy/agreement-faults", count=len(faults), first=str(first))
        self.faults = faults
