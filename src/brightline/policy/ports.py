"""What the gateway asks of an agreement, so that journeys and their tests can stand on it without a directory."""

from collections.abc import Mapping
from typing import Protocol

from brightline.domain.agreement import AgreementRef, Deployment, Resolution
from brightline.domain.authority import AuthorityKind
from brightline.domain.call import Dialect
from brightline.domain.decision import Decision
from brightline.domain.description import Bands
from brightline.domain.metering import MeterRule
from brightline.domain.use import ToolEffect, Use
from brightline.policy.meter_limits import MeterLimit


class AgreementPort(Protocol):
    """An agreement in force in one enclave; every method is pure and fast, none reads a clock, file or network."""

    @property
    def ref(self) -> AgreementRef:
        """Which agreement this is."""
        ...

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """The deployments that are authorised in this enclave, in order of id."""
        ...

    def resolve(self, asked: str, dialect: Dialect) -> Resolution:
        """The deployments behind the name `asked` that speak `dialect`, in order; raises `PolicyError`.

        Codes: `policy/unknown-model`, `policy/alias-without-deployment`, `policy/no-translation`.
        """
        ...

    def effect_of(self, tool: str) -> ToolEffect:
        """What the effector register says of `tool`; `unknown` throughout without an entry."""
        ...

    @property
    def meters(self) -> tuple[MeterRule, ...]:
        """The meters that policies read; a use is decided with a reading of each."""
        ...

    @property
    def meter_limits(self) -> tuple[MeterLimit, ...]:
        """What meters may tell before a prohibition holds, as far as policies say it in numbers."""
        ...

    @property
    def authority_kinds(self) -> tuple[AuthorityKind, ...]:
        """The kinds of individual authority that take persons out of meters."""
        ...

    @property
    def describer(self) -> str:
        """The digest of what describes the texts of uses, in hexadecimal; empty where nothing does."""
        ...

    def bands(self, app: str) -> Bands | None:
        """The thresholds for the words of uses of `app`; none where it is uncalibrated."""
        ...

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """Each organisation with each of its units, sorted."""
        ...

    @property
    def null_audiences(self) -> tuple[str, ...]:
        """The effector ids that no machine has, in order of id: decoys are made out to them."""
        ...

    def aliases(self, dialect: Dialect) -> tuple[str, ...]:
        """The names a client of `dialect` may ask for here, sorted."""
        ...

    def decide(self, use: Use, sign_offs: Mapping[str, int] = ..., break_glass: Mapping[str, int] = ...) -> Decision:
        """The decision about `use`, with a code unless it permits, and all determining policies.

        `sign_offs` says how many distinct persons of each role have signed for it, `break_glass` how many have broken
        the glass; nobody has unless they say so.
        """
        ...
