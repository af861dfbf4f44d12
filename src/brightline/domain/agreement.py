"""The values an agreement gives to the other rooms."""

from dataclasses import dataclass

from brightline.domain.call import Dialect


@dataclass(frozen=True, slots=True)
class AgreementRef:
    """Which agreement, in which enclave: carried by every table, leaf, directory and metric.

    `digest` is the SHA-256 (32 bytes) of what its parties sign.
    """

    id: str
    version: int
    digest: bytes
    enclave: str


@dataclass(frozen=True, slots=True)
class Price:
    """What tokens of the input and of the output cost: thousandths of a unit of money for a million of them."""

    input: int
    output: int

    def of(self, read: int, written: int) -> int:
        """What so many tokens cost, in millionths of a unit, rounded up."""
        return -(-(read * self.input + written * self.output) // 1000)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A running instance of a vendor's model, as the agreement names it; `model` is the provider's name for it.

    `location` says whether it runs in a cloud or at the edge, where the agreement says so.
    """

    id: str
    vendor: str
    model: str
    dialects: frozenset[Dialect]
    location: str = "unknown"
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Mission:
    """A mission as the agreement's register has it: what it is for and how; an unlisted one is as the defaults."""

    purpose: str = "unknown"
    individual_basis: bool = False
    constrained: bool = False


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a client's model name stands for: deployments in order of preference, of one agreement."""

    asked: str
    deployments: tuple[Deployment, ...]
