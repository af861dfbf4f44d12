"""What an approver signs on his own machine: the approval file, the statement made from it, and the signature.

The approval file is what the console and `brightline hold show --out` give out, canonical JSON:

    {"format": "brightline/approval-request/1", "binding": {…}, "log": {"origin", "size", "root"},
     "demands": [{"role", "quorum", "path": "quorum" | "break-glass"}, …]}

`log` is the checkpoint under which the hold is shown; every sign-off repeats it. `demands` are the binding's own, one a
role and path, sorted, the largest quorum of any rule: a file that asks for anything else is refused.
INVARIANT: what is shown is rendered here, from the bytes of the binding, and never taken from the file.
"""

from collections.abc import Callable
from dataclasses import dataclass

from brightline.domain.sign_off.assertion import SignedAssertion
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.statement import LogView, SignedStatement

FORMAT = "brightline/approval-request/1"
QUORUM, BREAK_GLASS = "quorum", "break-glass"
# A binding is at most 1 MiB; what stands around it is small.
MAX_BYTES = 1024 * 1024 + 64 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Demand:
    """How many persons in which role an action needs, on one of its two paths (`quorum`, `break-glass`)."""

    path: str
    role: str
    quorum: int


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """One action put before a person; `log` is the checkpoint that he is shown."""

    binding: ActionBinding
    log: LogView

    @classmethod
    def parse(cls, data: bytes) -> "ApprovalRequest":
        """The request that `data` holds, strictly; raises `SignOffError`."""
        raise NotImplementedError

    @property
    def demands(self) -> tuple[Demand, ...]:
        """What the binding demands."""
        return demands_of(self.binding)

    @property
    def canonical(self) -> bytes:
        """The file's bytes (RFC 8785)."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What a person decided, how, and when; `evidence` are the digests (hexadecimal) of what he opened."""

    decision: str
    role: str
    reason: str = ""
    evidence: tuple[str, ...] = ()
    dwell_ms: int = 0
    blind: bool = True
    own_machine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A person's key in use: `sign` takes the tagged bytes and gives the signature in its one encoding."""

    assertion: SignedAssertion
    sign: Callable[[bytes], bytes]


def demands_of(binding: ActionBinding) -> tuple[Demand, ...]:
    """What `binding` demands on each path: the largest quorum that any rule names for a role."""
    raise NotImplementedError


def role_for(binding: ActionBinding, signed: SignedAssertion, *, decision: str, chosen: str = "") -> str:
    """The role to sign in: `chosen`, or the one that is asked for and asserted; raises `SignOffError`."""
    raise NotImplementedError


def sign_request(request: ApprovalRequest, vote: Vote, signer: Signer, *, now_ms: int) -> SignedStatement:
    """The signed statement, checked against the asserted key before it is given out; raises `SignOffError`."""
    raise NotImplementedError
