"""One use on its way through the pipeline: what is known of it so far.

Only the pipeline's steps write here, each its own fields, in order. `checks` is written by the checks themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from brightline.domain.agreement import AgreementRef, Deployment
from brightline.domain.call import Call, Claimed
from brightline.domain.decision import Decision
from brightline.domain.description import NO_READING, TextDescription, TextReading
from brightline.domain.leaf import Check, Outcome, UseLeaf
from brightline.domain.principal import Principal
from brightline.domain.record import Appended, IdempotencyClaim
from brightline.domain.sign_off.canonical import Json
from brightline.domain.use import Use
from brightline.gateway.counting import Counted

# The bits as plain numbers: combining enum members costs a microsecond each time, and a use does it six times.
AUTHENTICATED, MISSION, RESOLVED = int(Check.AUTHENTICATED), int(Check.MISSION), int(Check.RESOLVED)
DESCRIBED, DECIDED = int(Check.DESCRIBED), int(Check.DECIDED)


@dataclass(slots=True)
class Run:
    """A use in the making; `started` is monotonic seconds, `use_id` 16 random bytes of ours."""

    use_id: bytes
    started: float
    agreement: AgreementRef
    principal: Principal | None = None
    call: Call | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    mission: str = ""
    deployment: Deployment | None = None
    decision: Decision | None = None
    use: Use | None = None
    described: TextDescription | None = None
    reading: TextReading = NO_READING
    answered: TextDescription | None = None
    counted: Counted | None = None
    # Holds that this use asked for or names: those of its call, which its intent starts, and those of its answer, which
    # its outcome starts.
    held: tuple[bytes, ...] = ()
    lifted: tuple[bytes, ...] = ()
    acts: tuple[bytes, ...] = ()
    proposed: tuple[Json, ...] = field(default=(), repr=False)
    claim: IdempotencyClaim | None = None
    checks: int = 0
    leaf: UseLeaf | None = None
    sent: bytes = field(default=b"", repr=False)
    returned: list[bytes] = field(default_factory=list, repr=False)
    intent: Appended | None = None
    outcome: Outcome = Outcome.NONE

    def begin_again(self, agreement: AgreementRef) -> None:
        """Forget what rests on the agreement: another took effect before anything was recorded."""
        self.agreement = agreement
        self.mission, self.deployment, self.decision = "", None, None
        self.claim, self.leaf, self.sent, self.use = None, None, b"", None
        self.described, self.reading = None, NO_READING
        # What is held stays named: people signed it under the other agreement, and it is not asked anew in silence.
        self.lifted, self.acts, self.proposed = (), (), ()
        self.checks &= AUTHENTICATED

    @property
    def decision_id(self) -> str:
        """The id a caller can quote: the use id in hexadecimal."""
        return self.use_id.hex()

    @property
    def claimed(self) -> Claimed:
        """What the caller stated (nothing before the call was read)."""
        return self.call.claimed if self.call is not None else Claimed()
