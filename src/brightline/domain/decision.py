"""A decision is a value; being unable to decide is an error, and an error refuses."""

from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """The three answers."""

    PERMIT = "permit"
    FORBID = "forbid"
    HOLD = "hold"


class Layer(Enum):
    """Who wrote a rule."""

    LAW = "law"
    VENDOR = "vendor"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Reason:
    """One determining policy: its unique `@id`, its layer, and the words its author gave (`@reason`, `@hint`)."""

    policy_id: str
    layer: Layer
    text: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why.

    `code` is a stable error code for a refusal (`policy/forbidden`, `policy/not-permitted`, …) and empty for a permit;
    `reasons` are all determining policies, in order of `policy_id`; where a permit is missing, one reason without id
    names the layer. `errored` are the ids of policies that could not be evaluated.
    """

    effect: Effect
    code: str
    reasons: tuple[Reason, ...]
    errored: tuple[str, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether the use may go on."""
        return self.effect is Effect.PERMIT
