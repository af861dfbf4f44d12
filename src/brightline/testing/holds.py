"""Holds in memory, for tests of the live path: each is approved, denied or left open as the test says.

Nothing is signed here: who signs, and what follows from signatures, is tested where it is built.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import decode
from brightline.domain.principal import Principal
from brightline.domain.record import Appended, Entry
from brightline.domain.sign_off.binding import ActionBinding, BoundAgreement, BoundRule, Proposer, Requester
from brightline.domain.sign_off.canonical import digest
from brightline.gateway.errors import UseError
from brightline.gateway.ports import HoldState, HoldView, LedgerPort, Proposal


@dataclass
class Kept:
    """One hold, as the test turns it."""

    proposal: Proposal
    binding: ActionBinding
    expires_ms: int
    state: HoldState = HoldState.OPEN
    sign_offs: Mapping[str, int] = field(default_factory=dict)
    begun_by: bytes | None = None
    outcome: int | None = None
    answer: bytes | None = None
    turned: asyncio.Event = field(default_factory=asyncio.Event)


class MemoryHolds:
    """`HoldsPort` in memory; `error` is raised by the next `place`, `on_place` is told of every hold.

    Nobody waits longer than `patience` seconds, so that a test need not wait as long as an agreement says.
    """

    def __init__(self, ledger: LedgerPort) -> None:
        self._ledger = ledger
        self.kept: dict[bytes, Kept] = {}
        self.error: BrightlineError | None = None
        self.release_error: BrightlineError | None = None
        self.on_place: Callable[[bytes], None] | None = None
        self.received: list[tuple[bytes, str]] = []
        self.waited: list[float] = []
        self.patience = float("inf")

    # The test turns these

    @property
    def ids(self) -> list[bytes]:
        """Every hold, in the order in which they were placed."""
        return list(self.kept)

    def approve(self, hold: bytes) -> None:
        """Let everybody sign whom the hold asks for."""
        kept = self.kept[hold]
        kept.sign_offs = {rule.role: rule.quorum for rule in kept.binding.rules}
        self.turn(hold, HoldState.APPROVED)

    def turn(self, hold: bytes, state: HoldState) -> None:
        """Bring the hold to `state`."""
        kept = self.kept[hold]
        kept.state = state
        kept.turned.set()

    # The port

    async def place(self, proposal: Proposal) -> bytes:
        """Keep the proposal, or raise as told."""
        error, self.error = self.error, None
        if error is not None:
            raise error
        await asyncio.sleep(0)
        hold = hashlib.sha256(b"hold %d" % len(self.kept)).digest()[:16]
        expires_ms = self._ledger.now_ms() + 1000 * max(held.term_seconds for held in proposal.decision.holds)
        self.kept[hold] = Kept(proposal, bind(hold, proposal, expires_ms), expires_ms)
        if self.on_place is not None:
            self.on_place(hold)
        return hold

    async def settled(self, hold: bytes, seconds: float) -> HoldState:
        """Where the hold stands once the test turned it, or after `seconds`."""
        self.waited.append(seconds)
        kept = self.kept[hold]
        if kept.state is HoldState.OPEN:
            try:
                await asyncio.wait_for(kept.turned.wait(), min(seconds, self.patience))
            except TimeoutError:
                return HoldState.OPEN
        return kept.state

    def find(self, hold: bytes) -> HoldView | None:
        """The hold as it stands."""
        kept = self.kept.get(hold)
        if kept is None:
            return None
        proposal = kept.proposal
        return HoldView(
            hold=hold,
            use_id=proposal.use.use_id,
            state=kept.state,
            kind=proposal.kind,
            principal=proposal.principal.name,
            body_sha256=proposal.body_sha256,
            binding=kept.binding,
            sign_offs=kept.sign_offs,
            break_glass={},
            expires_ms=kept.expires_ms,
            begun_by=kept.begun_by,
            outcome=kept.outcome,
        )

    def of_use(self, use_id: bytes) -> tuple[HoldView, ...]:
        """The holds of one use."""
        views = [self.find(hold) for hold in self.kept]
        return tuple(view for view in views if view is not None and view.use_id == use_id)

    async def start(self, holds: tuple[bytes, ...], entry: Entry) -> Appended:
        """Append the entry, if every hold is approved."""
        for hold in holds:
            if self.kept[hold].state is not HoldState.APPROVED:
                raise UseError("hold/changed")
        appended = await self._ledger.append(entry)
        for hold in holds:
            self.kept[hold].state = HoldState.STARTED
            self.kept[hold].begun_by = decode(entry.leaf).use_id
        return appended

    async def finish(self, hold: bytes, outcome: int) -> None:
        """The hold ended."""
        self.kept[hold].state = HoldState.ENDED
        self.kept[hold].outcome = outcome

    def content(self, hold: bytes) -> bytes:
        """What was sealed with the hold."""
        return self.kept[hold].proposal.content

    def answer(self, hold: bytes) -> bytes | None:
        """What the test says that the model answered."""
        return self.kept[hold].answer if self.kept[hold].state is HoldState.ENDED else None

    async def release(self, hold: bytes) -> bytes:
        """Something that stands for the release."""
        if self.release_error is not None:
            raise self.release_error
        return b'{"release":"%s"}' % hold.hex().encode()

    async def receive(self, receipt: bytes, principal: Principal) -> Appended:
        """Keep the receipt."""
        self.received.append((receipt, principal.name))
        return Appended(7, b"e" * 32, 1000)


def bind(hold: bytes, proposal: Proposal, expires_ms: int) -> ActionBinding:
    """The binding of `proposal`, unchecked, with what a test does not look at left empty."""
    who, ref, reasons = proposal.principal, proposal.agreement, {r.policy_id: r for r in proposal.decision.reasons}
    rules = []
    for held in proposal.decision.holds:
        reason = reasons.get(held.policy_id)
        words = ("", "", "") if reason is None else (reason.clause, reason.source, reason.text)
        rules.append(BoundRule(held.policy_id, *words, held.role, held.quorum, None))
    return ActionBinding(
        hold=hold.hex(),
        audience=proposal.audience,
        kind=proposal.kind,
        tool=proposal.tool,
        definition=digest("tool-definition", proposal.definition).hex(),
        call_id=proposal.call_id,
        arguments=proposal.arguments,
        preconditions={},
        diff=(),
        requester=Requester(who.name, who.key_id, who.organisation, who.unit, who.app),
        agent_owner="",
        mission=proposal.mission,
        purpose="",
        authority="",
        model=Proposer(proposal.deployment.id, proposal.deployment.model),
        agreement=BoundAgreement(ref.id, ref.version, ref.digest.hex(), ref.enclave),
        rules=tuple(rules),
        risk="high",
        own_machine=False,
        evidence=(),
        nonce="0" * 32,
        not_before_ms=expires_ms - 1,
        not_after_ms=expires_ms,
    )
