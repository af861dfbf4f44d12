"""The agreement in force: what a name stands for, what a tool does, and whether a use may go on."""

from pathlib import Path

from brightline.domain.agreement import AgreementRef, Deployment, Resolution
from brightline.domain.call import Dialect
from brightline.domain.decision import Decision
from brightline.domain.use import Use
from brightline.policy.faults import Fault


class Agreement:
    """One agreement in one enclave, loaded, checked and compiled."""

    @property
    def ref(self) -> AgreementRef:
        """Which agreement this is."""
        raise NotImplementedError

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """The deployments authorised in this enclave, in order of id."""
        raise NotImplementedError

    def resolve(self, asked: str, dialect: Dialect) -> Resolution:
        """The deployments behind `asked` that speak `dialect`; raises `PolicyError`."""
        raise NotImplementedError

    def effect_of(self, tool: str) -> str:
        """The effect class registered for `tool`; `unknown` without an entry."""
        raise NotImplementedError

    def aliases(self, dialect: Dialect) -> tuple[str, ...]:
        """The names a client of `dialect` may ask for here, sorted."""
        raise NotImplementedError

    def decide(self, use: Use) -> Decision:
        """The decision about `use`."""
        raise NotImplementedError


def load_agreement(directory: Path, enclave: str) -> Agreement:
    """The agreement in `directory`, for `enclave`; raises `AgreementFaultsError` with all faults, or `PolicyError`."""
    raise NotImplementedError


def check(directory: Path) -> tuple[Fault, ...]:
    """Every fault of the agreement in `directory`, in order of file and place; empty when it can be loaded."""
    raise NotImplementedError
