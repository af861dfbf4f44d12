"""Holds from placing to release: what stands, who signed, and what may be let pass.

INVARIANT: nothing that lies in the store is believed. Whether a hold is approved is built anew, each time it is asked,
from what people signed, under the directory and the revocations of that moment; a row set by hand releases nothing.
INVARIANT: everything is durable before it is acknowledged: an entry and its row are one transaction.
INVARIANT: a hold starts at most once, in the transaction of the entry that records it.
INVARIANT: what the log says of a hold, the rows say too; where one is gone, nothing of that hold passes
(`hold/store-differs`).
LIMIT: a row alone says which entry began a hold. Who may write the store can set a started hold back, and the gateway
would begin it again; the machine that acts would not, for it keeps what it consumed itself.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakValueDictionary

from brightline.crypto.party_keys import PrivateKey
from brightline.crypto.signatures import sign
from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Outcome, decode
from brightline.domain.record import Appended, Entry
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.release import HoldEntry, Release
from brightline.domain.sign_off.statement import SignedStatement
from brightline.oversight.caps import Caps
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.holds import Draft, HoldRecords, Kept, roles_of
from brightline.oversight.people import People
from brightline.oversight.ports import HoldLedger
from brightline.oversight.quorum import Tally, tally
from brightline.storage import HoldRow, HoldStore, RowState, SaidStore

# How soon somebody who waits sees that a list of revocations came, or that the clock ran out.
LOOK_SECONDS = 2.0
BEGUN = frozenset({RowState.STARTED, RowState.ENDED})
_FINAL = frozenset({RowState.DENIED, RowState.REVOKED, RowState.EXPIRED})
# A binding is up to a mebibyte; so many are kept read.
_MOST_READ = 32
_READ_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What holds work with; `people` raises `BrightlineError` where no directory of people was set up."""

    ledger: HoldLedger
    rows: Callable[[], HoldStore]
    said: Callable[[], SaidStore]
    people: Callable[[], People]
    records: HoldRecords
    agreement: Callable[[], AgreementRef]
    signer: PrivateKey
    caps: Caps


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold, where it stands now, and what people said of it."""

    kept: Kept
    row: HoldRow
    state: RowState
    tally: Tally


class Holds:
    """The holds of one log."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._turned: WeakValueDictionary[bytes, asyncio.Event] = WeakValueDictionary()
        self._read = lru_cache(maxsize=_MOST_READ)(self._read_entry)

    # Placing

    async def place(self, draft: Draft) -> bytes:
        """Hold `draft`: its id, once its entry and its row are durable.

        Raises `HoldError` beyond a cap, and what the ledger raises.
        """
        parts = self.parts
        entry, row = parts.records.place(draft, parts.agreement())
        roles = roles_of(draft.binding)
        self.check_room(draft.principal, roles)

        def also(index: int) -> None:
            self.check_room(draft.principal, roles)
            parts.rows().add(index, row)

        await parts.ledger.append_with([entry], also)
        return row.hold

    def check_room(self, principal: str, roles: Collection[str]) -> None:
        """Check that `principal` may have one more hold that asks `roles`; raises `HoldError` beyond a cap."""
        parts, now_ms = self.parts, self.parts.ledger.now_ms()
        parts.caps.check_principal(parts.rows(), parts.records.principal_tag(principal), now_ms=now_ms)
        for role in sorted(roles):
            parts.caps.check_queue(parts.rows(), parts.records.role_tag(role), role, now_ms=now_ms)

    # Looking

    def find(self, hold: bytes) -> Standing | None:
        """The hold with this id as it stands now; none when there is none in this log."""
        row = self.parts.rows().find(hold)
        return None if row is None else self.standing(row)

    def get(self, hold: bytes) -> Standing:
        """As `find`; raises `HoldError` when there is none, or none that the log goes on with."""
        return self.standing(self.row(hold))

    def row(self, hold: bytes) -> HoldRow:
        """The row of a hold; raises `HoldError` when there is none in this log, `hold/forked` for one before a fork."""
        rows = self.parts.rows()
        row = rows.find(hold)
        if row is None:
            raise HoldError("hold/not-found" if rows.find_earlier(hold) is None else "hold/forked", hold=hold.hex())
        return row

    def earlier(self, hold: bytes) -> Kept | None:
        """The hold with this id that a fork of the log ended: it is in a shard before this one, or there is none."""
        found = self.parts.rows().find_earlier(hold)
        if found is None:
            return None
        kept = self.kept_at(found.shard, found.index)
        if kept.hold != hold:
            raise HoldError("hold/damaged")
        return kept

    def kept_at(self, shard: int, index: int) -> Kept:
        """The hold whose entry stands at `index` of the shard with the id `shard`; raises `HoldError`."""
        if shard == self.parts.ledger.shard.id:
            return self._read(index)
        found = self.parts.said().entry(shard, index)
        if found is None:
            raise HoldError("hold/damaged")
        return self.parts.records.read(index, *found)

    def of_use(self, use: bytes) -> tuple[Standing, ...]:
        """The holds of a use, in the order in which they were placed."""
        return tuple(self.standing(row) for row in self.parts.rows().of_use(use))

    def kept(self, row: HoldRow) -> Kept:
        """The hold of `row` as it was placed; raises `HoldError` when the row is not of its entry."""
        kept = self._read(row.index)
        if kept.hold != row.hold or kept.binding.digest != row.binding or kept.use != row.use:
            raise HoldError("hold/damaged")
        return kept

    def _read_entry(self, index: int) -> Kept:
        ledger = self.parts.ledger
        if index >= ledger.size:
            raise HoldError("hold/damaged")
        return self.parts.records.read(index, ledger.leaves(index, index + 1)[0], ledger.blob(index))

    def standing(self, row: HoldRow) -> Standing:
        """How the hold of `row` stands: a row alone can only keep it from passing.

        Raises `HoldError` where the store is not what the log says of this hold.
        """
        kept = self.kept(row)
        if self.parts.said().differs(row.index):
            raise HoldError("hold/store-differs")
        found = tally(kept.binding, self.verified(kept))
        return Standing(kept, row, self._state(kept, row, found), found)

    def _state(self, kept: Kept, row: HoldRow, found: Tally) -> RowState:
        if row.state in BEGUN:
            # What was begun was approved; where the signatures do not say so any more, nothing of it leaves again.
            return row.state if found.path and self._begun(kept, row) is not None else RowState.REVOKED
        if row.state in _FINAL:
            return row.state
        if found.denied or found.revoked:
            return RowState.DENIED if found.denied else RowState.REVOKED
        if self.parts.ledger.now_ms() >= kept.binding.not_after_ms:
            return RowState.EXPIRED
        return RowState.APPROVED if found.path else RowState.OPEN

    def begun_by(self, standing: Standing) -> bytes | None:
        """The use id in the entry that started the hold."""
        return self._begun(standing.kept, standing.row)

    def _begun(self, kept: Kept, row: HoldRow) -> bytes | None:
        if row.begun is None or row.begun <= kept.index:
            return None
        # The row may be of a commit that the ledger's size does not tell yet.
        stored = self.parts.ledger.stored_leaf(row.begun)
        if stored is None:
            return None
        leaf = decode(stored)
        return leaf.use_id if leaf.kind in (Kind.INTENT, Kind.OUTCOME) else None

    def statements(self, kept: Kept) -> tuple[SignedStatement, ...]:
        """What was signed on the hold, in order, each as its entry committed to it."""
        ledger, records = self.parts.ledger, self.parts.records
        indexes = self.parts.rows().statements(kept.index)
        return tuple(
            records.read_statement(kept, ledger.leaves(index, index + 1)[0], ledger.blob(index))
            for index in indexes
            if kept.index < index < ledger.size
        )

    def verified(self, kept: Kept) -> Iterable[SignedStatement]:
        """The statements that count now."""
        try:
            people, now_ms = self.parts.people(), self.parts.ledger.now_ms()
        except BrightlineError:
            # Nobody whose word counts: then nothing counts.
            return
        for signed in self.statements(kept):
            with contextlib.suppress(SignOffError):
                people.verify_statement(signed, kept.binding, now_ms=now_ms)
                yield signed

    def content(self, hold: bytes) -> bytes:
        """What was sealed with the hold; raises `HoldError`."""
        row = self.row(hold)
        return self.parts.records.content(hold, self.parts.rows().content(row.index))

    def outcome(self, standing: Standing) -> int | None:
        """The entry with which a started hold ended whole, or none."""
        index, ledger = standing.row.outcome, self.parts.ledger
        if standing.state is not RowState.ENDED or index is None or not standing.kept.index < index < ledger.size:
            return None
        leaf = decode(ledger.leaves(index, index + 1)[0])
        whole = (leaf.kind, leaf.outcome) == (Kind.OUTCOME, Outcome.COMPLETE)
        return index if whole and leaf.use_id == self.begun_by(standing) else None

    def differing(self, *, since_ms: int) -> Iterator[bytes]:
        """The ids of holds placed since then (UTC milliseconds) of which the store lacks what the log says."""
        parts, start = self.parts, self.parts.ledger.size
        while page := parts.said().holds(start=start, limit=_READ_AT_ONCE):
            for said in page:
                leaf, start = said.read, said.index
                if leaf.time_ms < since_ms:
                    return
                row = parts.rows().at(said.index)
                known = row is not None and (row.hold, row.binding) == (leaf.use_id, leaf.commitment)
                if not known or parts.said().differs(said.index):
                    yield leaf.use_id

    # Waiting

    async def settled(self, hold: bytes, seconds: float) -> RowState:
        """Where the hold stands once it is not open any more, or after `seconds`; raises `HoldError` for none."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            event = self._turned.get(hold)
            if event is None:
                event = self._turned[hold] = asyncio.Event()
            state = self.get(hold).state
            left = deadline - loop.time()
            if state is not RowState.OPEN or left <= 0:
                return state
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), min(left, LOOK_SECONDS))

    def told(self, hold: bytes) -> None:
        """Wake whoever waits for the hold: something was said of it."""
        event = self._turned.pop(hold, None)
        if event is not None:
            event.set()

    # Starting and ending

    async def start(self, holds: tuple[bytes, ...], entry: Entry) -> Appended:
        """Append `entry`, and with it start every one of `holds`, at most once.

        Raises `HoldError` (`hold/not-approved`, `hold/started`) and what the ledger raises; then nothing began.
        """
        parts = self.parts
        for hold in holds:
            self._check_start(hold)

        def also(index: int) -> None:
            rows = parts.rows()
            for hold in holds:
                # Once more, with nobody in between: a veto, a revocation or another version may have come.
                begun = rows.begin(self._check_start(hold).index, index)
                assert begun, "what is approved is neither begun nor decided otherwise"

        (appended,) = await parts.ledger.append_with([entry], also)
        for hold in holds:
            self.told(hold)
        return appended

    def _check_start(self, hold: bytes) -> Kept:
        standing = self.get(hold)
        kept = standing.kept
        if standing.row.state in BEGUN:
            raise HoldError("hold/started")
        if standing.state is not RowState.APPROVED:
            raise HoldError("hold/not-approved")
        if kept.wrong:
            raise HoldError("hold/decoy")
        if self.parts.ledger.agreement.hex() != kept.binding.agreement.digest:
            raise HoldError("hold/changed")
        return kept

    async def finish(self, hold: bytes, outcome: int) -> None:
        """A started hold ended with the entry at index `outcome`; raises `StorageError`."""
        row = self.parts.rows().find(hold)
        if row is not None:
            await asyncio.to_thread(self._finish, row.index, outcome)

    def _finish(self, index: int, outcome: int) -> None:
        rows = self.parts.rows()
        with rows.transaction():
            rows.finish(index, outcome)

    # Releasing

    async def release(self, hold: bytes) -> bytes:
        """The release of an approved, started or ended hold, canonical; raises `HoldError`."""
        standing = self.get(hold)
        kept, found = standing.kept, standing.tally
        if kept.wrong:
            raise HoldError("hold/decoy")
        if standing.state not in (RowState.APPROVED, *BEGUN) or not found.path:
            raise HoldError("hold/not-approved")
        proof = await self.parts.ledger.proof(kept.index)
        signer = self.parts.signer
        return Release.signed(
            binding=kept.binding,
            statements=found.counted,
            path=found.path,
            hold_entry=HoldEntry(kept.leaf, proof),
            key=signer.public.id,
            sign=lambda message: sign(signer, message),
        ).canonical
