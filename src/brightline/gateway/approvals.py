"""Holds as the live path, the administrator and the report on oversight see them, and the decoys that go among them."""

from collections.abc import Callable, Iterator, Sequence

from brightline.crypto.seal import WrappingKey, unseal
from brightline.domain.errors import BrightlineError
from brightline.domain.principal import Principal
from brightline.domain.record import Appended, Entry, Group
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.statement import ShownLog, SignedStatement
from brightline.gateway.approval_binding import bind
from brightline.gateway.decoying import DecoyPlan, Decoys, new_id
from brightline.gateway.machine_states import NoStates, StatesPort
from brightline.gateway.ports import HoldState, HoldView, Proposal
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.holds import Draft, Kept
from brightline.oversight.measure import VoteRecord
from brightline.oversight.service import Holds, Standing
from brightline.oversight.signing import ApprovalRequest
from brightline.oversight.taking import Taking
from brightline.storage import HoldRow, OpenHolds, RowState

_READ_AT_ONCE = 256
_WAITING = frozenset({RowState.OPEN, RowState.APPROVED})
_STATES = {row: HoldState[row.name] for row in RowState}


class Approvals:
    """The journeys of holds.

    `random` gives n random bytes, `failed` is told of a decoy that could not be placed, `notify` of every hold.
    `states` knows how machines stand; without it none is asked.
    """

    def __init__(
        self,
        holds: Holds,
        taking: Taking,
        *,
        wrapping_key: WrappingKey,
        random: Callable[[int], bytes],
        decoys: DecoyPlan,
        failed: Callable[[BrightlineError], None] = lambda _: None,
        notify: Callable[[ActionBinding], None] = lambda _: None,
        states: StatesPort | None = None,
    ) -> None:
        self.holds = holds
        self.taking = taking
        self._ledger = holds.parts.ledger
        self._wrapping_key = wrapping_key
        self._random = random
        self._notify = notify
        self._states = states or NoStates()
        self.decoys = Decoys(holds, decoys, random=random, notify=notify, failed=failed)

    # The live path

    async def place(self, proposal: Proposal) -> bytes:
        """Hold `proposal`, with the state of the machine that would act: its id, once entry and row are durable."""
        # No machine is troubled for what has no room.
        self.holds.check_room(proposal.principal.name, _roles(proposal))
        state = await self._states.ask(proposal)
        if self.holds.parts.agreement() != proposal.agreement:
            raise HoldError("hold/changed")
        now_ms, nonce = self._ledger.now_ms(), self._random(16)
        binding = bind(proposal, hold=new_id(now_ms, self._random), nonce=nonce, now_ms=now_ms, state=state)
        draft = Draft(
            binding=binding,
            use=proposal.use.use_id,
            principal=proposal.principal.name,
            body_sha256=proposal.body_sha256,
            content=proposal.content,
        )
        hold = await self.holds.place(draft)
        self._notify(binding)
        self.decoys.after(binding)
        return hold

    async def settled(self, hold: bytes, seconds: float) -> HoldState:
        """Where the hold stands once it is not open any more, or after `seconds`."""
        return _STATES[await self.holds.settled(hold, seconds)]

    def find(self, hold: bytes) -> HoldView | None:
        """The hold as it stands, rebuilt from signed statements."""
        found = self.holds.find(hold)
        if found is not None:
            return self._view(found)
        earlier = self.holds.earlier(hold)
        return None if earlier is None else _ended_by_fork(earlier)

    def of_use(self, use_id: bytes) -> tuple[HoldView, ...]:
        """The holds of one use, in the order in which they were placed."""
        return tuple(self._view(standing) for standing in self.holds.of_use(use_id))

    async def start(self, holds: tuple[bytes, ...], entry: Entry) -> Appended:
        """Append `entry`, and with it bring every one of `holds` from approved to started, at most once."""
        return await self.holds.start(holds, entry)

    async def finish(self, hold: bytes, outcome: int) -> None:
        """A started hold ended with the entry at index `outcome`."""
        await self.holds.finish(hold, outcome)

    def content(self, hold: bytes) -> bytes:
        """What was sealed with the hold."""
        return self.holds.content(hold)

    def answer(self, hold: bytes) -> bytes | None:
        """The answer of a held model call that ended whole, from its outcome's sealed record."""
        found = self.holds.find(hold)
        index = None if found is None else self.holds.outcome(found)
        blob = None if index is None else self._ledger.blob(index)
        return None if blob is None else unseal(blob, self._wrapping_key)[Group.CONTENT]

    async def release(self, hold: bytes) -> bytes:
        """The Release of an approved, started or ended hold."""
        return await self.holds.release(hold)

    async def receive(self, receipt: bytes, principal: Principal) -> Appended:
        """Take an effector's signed ExecutionReceipt into the ledger."""
        return await self.taking.receive(receipt, principal.name)

    def _view(self, standing: Standing) -> HoldView:
        kept, binding = standing.kept, standing.kept.binding
        return HoldView(
            hold=kept.hold,
            use_id=kept.use,
            state=_STATES[standing.state],
            kind=binding.kind,
            principal=kept.principal,
            body_sha256=kept.body_sha256,
            binding=binding,
            sign_offs=standing.tally.sign_offs,
            break_glass=standing.tally.break_glass,
            expires_ms=binding.not_after_ms,
            begun_by=self.holds.begun_by(standing),
            outcome=standing.row.outcome,
        )

    # Looking

    def latest(self, most: int, *, open_only: bool) -> Sequence[HoldView]:
        """The newest holds, newest first, at most so many."""
        return [self._view(standing) for standing in self._newest(most, open_only=open_only)]

    def _newest(self, most: int, *, open_only: bool) -> Iterator[Standing]:
        rows, start, now_ms = self.holds.parts.rows(), self._ledger.size, self._ledger.now_ms()
        while most > 0:
            page = rows.latest(start=start, limit=_READ_AT_ONCE)
            for row in page:
                start = row.index
                # What is over is passed over by its row, and not read: there is ever more of it.
                if open_only and (row.state not in _WAITING or row.expires_ms <= now_ms):
                    continue
                standing = self._readable(row)
                if standing is None or (open_only and standing.state is not RowState.OPEN):
                    continue
                yield standing
                most -= 1
                if most == 0:
                    return
            if len(page) < _READ_AT_ONCE:
                return

    def _readable(self, row: HoldRow) -> Standing | None:
        """How a hold stands; none for one that was tampered with, which must not hide the others."""
        try:
            return self.holds.standing(row)
        except HoldError:
            return None

    def shown_log(self) -> ShownLog:
        """The checkpoint that people are shown now."""
        size = self._ledger.size
        return ShownLog(self._ledger.origin, size, self._ledger.root_at(size))

    async def request(self, hold: bytes) -> bytes:
        """The approval request of an action, canonical: what `brightline sign` reads; raises `HoldError`."""
        return ApprovalRequest(self.holds.get(hold).kept.binding, self.shown_log()).canonical

    # What is measured

    def votes(self, damaged: Callable[[bytes], None]) -> Iterator[VoteRecord]:
        """Every vote on what is decided or over, as its signed statement has it; of decoys only those that were opened.

        A vote on what still waits would tell whoever votes next how others did, and that it is no decoy. What cannot be
        read is passed over: `damaged` is told the hold's id.
        """
        rows = self.holds.parts.rows()
        decoys, kept_of = rows.decoys(), _Remembered(self.holds, damaged, now_ms=self._ledger.now_ms())
        for row in rows.all_statements():
            kept = kept_of.get(row.hold)
            if kept is None or (kept.wrong and row.hold not in decoys):
                continue
            leaf = self._ledger.leaves(row.index, row.index + 1)[0]
            try:
                signed = self.holds.parts.records.read_statement(kept, leaf, self._ledger.blob(row.index))
            except HoldError:
                damaged(kept.hold)
                continue
            yield _vote(kept, signed, decoy=row.hold in decoys)

    def differing(self, *, since_ms: int = 0) -> tuple[str, ...]:
        """The ids of holds placed since then of which the store lacks what the log says; reads all of them."""
        return tuple(hold.hex() for hold in self.holds.differing(since_ms=since_ms))

    def reviews_overdue(self) -> int:
        """How many reviews of broken glass are late."""
        return self.taking.reviewing.overdue(now_ms=self._ledger.now_ms())

    def open_holds(self) -> OpenHolds:
        """What is open now."""
        return self.holds.parts.rows().open_holds(now_ms=self._ledger.now_ms())

    def states(self) -> dict[str, int]:
        """How many holds the rows put in each state, by name."""
        return {state.name.lower(): count for state, count in self.holds.parts.rows().states().items()}


def _roles(proposal: Proposal) -> frozenset[str]:
    """Every role that the hold will ask, on either path."""
    holds = proposal.decision.holds
    return frozenset(
        [held.role for held in holds] + [held.break_glass.role for held in holds if held.break_glass is not None]
    )


def _ended_by_fork(kept: Kept) -> HoldView:
    """A hold of an earlier shard, whose votes count for nothing here."""
    return HoldView(
        hold=kept.hold,
        use_id=kept.use,
        state=HoldState.FORKED,
        kind=kept.binding.kind,
        principal=kept.principal,
        body_sha256=kept.body_sha256,
        binding=kept.binding,
        sign_offs={},
        break_glass={},
        expires_ms=kept.binding.not_after_ms,
        begun_by=None,
        outcome=None,
    )


class _Remembered:
    """The last hold that was read, if nobody votes on it any more: statements of one hold mostly stand together."""

    def __init__(self, holds: Holds, damaged: Callable[[bytes], None], *, now_ms: int) -> None:
        self._holds = holds
        self._damaged = damaged
        self._now_ms = now_ms
        self._index = -1
        self._kept: Kept | None = None

    def get(self, index: int) -> Kept | None:
        if index != self._index:
            row = self._holds.parts.rows().at(index)
            self._index, self._kept = index, None if row is None or self._waits(row) else self._read(row)
        return self._kept

    def _read(self, row: HoldRow) -> Kept | None:
        try:
            return self._holds.kept(row)
        except HoldError:
            self._damaged(row.hold)
            return None

    def _waits(self, row: HoldRow) -> bool:
        return row.state is RowState.OPEN and row.expires_ms > self._now_ms


def _vote(kept: Kept, signed: SignedStatement, *, decoy: bool) -> VoteRecord:
    said, binding = signed.statement, kept.binding
    return VoteRecord(
        hold=binding.hold,
        person=said.person,
        role=said.role,
        risk=binding.risk,
        decision=said.decision,
        decoy=decoy,
        dwell_ms=said.dwell_ms,
        evidence_listed=len(binding.evidence),
        evidence_opened=len(said.evidence),
        opened_ms=binding.not_before_ms,
        signed_at_ms=said.signed_at_ms,
    )
