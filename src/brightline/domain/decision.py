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
    """One determining policy: its unique `@id`, its layer, and the words its author gave.

    `text` is its `@reason`, `hint` its `@hint`; `clause` and `source` say where the rule comes from.
    """

    policy_id: str
    layer: Layer
    text: str = ""
    hint: str = ""
    clause: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """Who may lift a hold in an emergency: `quorum` distinct persons in `role`, whose act is reviewed afterwards."""

    role: str
    quorum: int


@dataclass(frozen=True, slots=True)
class Hold:
    """What a held use waits for: sign-offs by `quorum` distinct persons in `role`, as policy `policy_id` demands.

    `risk` is `low`, `high` or `top`. A call waits `wait_seconds` before it is answered that it is held; the hold and
    what comes of it live `term_seconds`. `own_machine` asks that one approver signs on a machine of his own.
    `break_glass` is the other way to lift the hold, and none where there is no other.
    """

    policy_id: str
    role: str
    quorum: int
    risk: str = "high"
    wait_seconds: int = 30
    term_seconds: int = 900
    own_machine: bool = False
    break_glass: BreakGlass | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """What must be done along with a decision, because policy `policy_id` says so.

    `kind` is `retention` (a class), `notify` (a role), `buffer` (`whole`: release the answer only as a whole) or
    `narrow` (a tool that is taken out of the call).
    """

    kind: str
    value: str
    policy_id: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why.

    `code` is a stable error code for a refusal (`policy/forbidden`, `policy/not-permitted`, …) or a hold
    (`policy/held`) and empty for a permit; `reasons` are all determining policies, in order of `policy_id`; where a
    permit is missing, one reason without id names the layer. `errored` are the ids of policies that could not be
    evaluated. `holds` are the sign-offs that are still missing, and there are none but in a hold. `obligations` are
    those of the determining policies, each kind and value once.
    """

    effect: Effect
    code: str
    reasons: tuple[Reason, ...]
    errored: tuple[str, ...] = ()
    holds: tuple[Hold, ...] = ()
    obligations: tuple[Obligation, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether the use may go on."""
        return self.effect is Effect.PERMIT
