"""Takes what people and machines say of a hold into the ledger: votes, revocations, receipts (reviews: `reviewing`).

A vote is taken when its person may vote now, was shown a checkpoint of this log with the hold in it, and has not voted
before. One veto ends a hold; a revocation ends it until it starts. While a review of broken glass is overdue nobody
breaks it again. A decoy is opened in the transaction of the vote that decides it.

INVARIANT: an entry and what it changes are one transaction, and who is told has it durable.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from weakref import WeakValueDictionary

from brightline.crypto.errors import CryptoError
from brightline.crypto.merkle import leaf_hash
from brightline.crypto.party_keys import PublicKey
from brightline.crypto.signatures import verify
from brightline.domain.leaf import decode
from brightline.domain.record import Appended, Entry
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.receipt import SignedReceipt
from brightline.domain.sign_off.statement import ALLOW, BREAK_GLASS, DENY, REVOKE, SignedStatement, Statement
from brightline.oversight.decoys import Opening
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.holds import Kept
from brightline.oversight.people import People
from brightline.oversight.quorum import tally
from brightline.oversight.reviewing import Reviewing
from brightline.oversight.service import BEGUN, Holds, Standing
from brightline.storage import HoldRow, RowState

_MOST_RECEIPTS = 8
_MOST_SWEPT = 64
_MOST_ROOTS = 64
_WAITING = frozenset({RowState.OPEN, RowState.APPROVED})
_AFTER = {DENY: RowState.DENIED, REVOKE: RowState.REVOKED}


class Taking:
    """What is said of `holds`; `effectors` are the keys of machines that send receipts, by audience."""

    def __init__(self, holds: Holds, effectors: Mapping[str, Sequence[PublicKey]]) -> None:
        self._holds = holds
        self._parts = holds.parts
        self._effectors = effectors
        self.reviewing = Reviewing(holds)
        self._voting: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        # What is durable does not change: of one size there is one root.
        self._root = lru_cache(maxsize=_MOST_ROOTS)(self._root_at)

    # Votes

    async def sign(self, hold: bytes, data: bytes, *, person: str | None = None) -> RowState:
        """Take a signed statement on a hold, and say how the hold stands then.

        `person` is who hands it in, where that is known. Raises `HoldError`, `SignOffError` and what the ledger raises.
        """
        signed = SignedStatement.parse(data)
        if person is not None and signed.statement.person != person:
            raise SignOffError("signoff/other-person")
        # One at a time: what two votes come to is known only when the first is durable.
        lock = self._voting.setdefault(hold, asyncio.Lock())
        async with lock:
            return await self._sign(hold, signed)

    async def _sign(self, hold: bytes, signed: SignedStatement) -> RowState:
        standing = self._holds.get(hold)
        self._check(standing, signed)
        after = self._after(standing, signed)
        entries = self._entries(standing.kept, signed, after)

        def also(index: int) -> None:
            # Once more, with nobody in between.
            self._check(self._holds.get(hold), signed)
            self._keep(standing.kept, signed.statement, index, after, opens=len(entries) > 1)

        await self._parts.ledger.append_with(entries, also)
        self._holds.told(hold)
        return self._holds.get(hold).state

    def people(self) -> People:
        """The people who may sign; raises `BrightlineError` where no directory was set up."""
        return self._parts.people()

    def _check(self, standing: Standing, signed: SignedStatement) -> None:
        kept, said, parts = standing.kept, signed.statement, self._parts
        _check_open(standing, said)
        if parts.ledger.agreement.hex() != kept.binding.agreement.digest:
            raise HoldError("hold/changed")
        now_ms, rows = parts.ledger.now_ms(), parts.rows()
        self.people().verify_statement(signed, kept.binding, now_ms=now_ms)
        self._check_shown(kept, said)
        tag = parts.records.person_tag(said.person)
        if said.decision != REVOKE and rows.has_voted(kept.index, tag):
            raise HoldError("hold/voted", person=said.person)
        if said.decision in (ALLOW, BREAK_GLASS):
            # Whoever is flooded can always say no, and take back what he said.
            parts.caps.check_person(rows, tag, said.person, now_ms=now_ms)
        if said.decision == BREAK_GLASS:
            self._check_glass(said, now_ms)

    def _check_shown(self, kept: Kept, said: Statement) -> None:
        """Check that the checkpoint he was shown is this log's, with the hold in it: his signature stands for it."""
        ledger, shown = self._parts.ledger, said.log
        if shown.origin != ledger.origin or not kept.index < shown.size <= ledger.size:
            raise HoldError("hold/other-log")
        if self._root(ledger.shard.id, shown.size) != shown.root:
            raise HoldError("hold/other-log")

    def _root_at(self, shard: int, size: int) -> bytes:
        return self._parts.ledger.root_at(size)

    def _check_glass(self, said: Statement, now_ms: int) -> None:
        overdue = self.reviewing.overdue(now_ms=now_ms)
        if overdue:
            raise HoldError("hold/review-overdue", count=overdue)
        if not said.reason.strip():
            raise SignOffError("signoff/no-reason")

    def _after(self, standing: Standing, signed: SignedStatement) -> RowState:
        """Where the row puts the hold after this statement."""
        ended = _AFTER.get(signed.statement.decision)
        if ended is not None:
            return ended
        found = tally(standing.kept.binding, [*self._holds.verified(standing.kept), signed])
        return RowState.APPROVED if found.path else RowState.OPEN

    def _entries(self, kept: Kept, signed: SignedStatement, after: RowState) -> list[Entry]:
        agreement = self._parts.agreement()
        entries = [self._parts.records.statement(kept, signed, agreement)]
        # What was allowed may be denied or taken back, and was opened before.
        if kept.wrong and after is not RowState.OPEN and not self._parts.rows().is_opened(kept.index):
            entries.append(self._opening(kept))
        return entries

    def _opening(self, kept: Kept) -> Entry:
        content = Opening(kept.binding, kept.wrong).canonical
        return self._parts.records.opening(kept, content, self._parts.agreement())

    def _keep(self, kept: Kept, said: Statement, index: int, after: RowState, *, opens: bool) -> None:
        rows, now_ms = self._parts.rows(), self._parts.ledger.now_ms()
        person = self._parts.records.person_tag(said.person)
        rows.add_statement(index, hold=kept.index, person=person, taken_ms=now_ms, vote=said.decision != REVOKE)
        if after is not RowState.OPEN:
            turned = rows.turn(kept.index, _WAITING, after)
            assert turned, "what may be voted on is neither begun nor decided"
        if opens:
            rows.open_decoy(kept.index, opened=index + 1)

    # Receipts of machines

    async def receive(self, data: bytes, principal: str) -> Appended:
        """Take a machine's signed receipt of an action that `principal` asked for; the same one twice is one entry.

        Raises `HoldError`, `SignOffError`, and what the ledger raises.
        """
        signed = SignedReceipt.parse(data)
        said = signed.receipt
        row = self._parts.rows().of_binding(bytes.fromhex(said.binding))
        if row is None:
            earlier = self._parts.rows().find_earlier(bytes.fromhex(said.binding))
            raise HoldError("hold/no-such-binding" if earlier is None else "hold/forked")
        kept = self._holds.kept(row)
        if kept.principal != principal or kept.binding.audience != said.audience or kept.wrong:
            raise HoldError("hold/no-such-binding")
        self._check_effector(signed)
        known = self._known_receipt(row, signed.digest)
        if known is not None:
            return known
        entry = self._parts.records.receipt(kept, signed, self._parts.agreement())

        def also(index: int) -> None:
            if len(self._parts.rows().receipts(row.index)) >= _MOST_RECEIPTS:
                raise HoldError("hold/too-many-receipts", most=_MOST_RECEIPTS)
            if signed.digest in self._parts.rows().receipts(row.index):
                raise HoldError("hold/receipt-known")
            self._parts.rows().add_receipt(index, hold=row.index, digest=signed.digest)

        return (await self._parts.ledger.append_with([entry], also))[0]

    def _check_effector(self, signed: SignedReceipt) -> None:
        for key in self._effectors.get(signed.receipt.audience, ()):
            if key.id == signed.effector_key:
                try:
                    verify(key, signed.signature, signed.receipt.tagged)
                except CryptoError as error:
                    raise HoldError("hold/bad-receipt", audience=signed.receipt.audience) from error
                return
        raise HoldError("hold/unknown-effector", audience=signed.receipt.audience)

    def _known_receipt(self, row: HoldRow, digest: bytes) -> Appended | None:
        index = self._parts.rows().receipts(row.index).get(digest)
        if index is None:
            return None
        leaf = self._parts.ledger.leaves(index, index + 1)[0]
        return Appended(index, leaf_hash(leaf), decode(leaf).time_ms)

    # What nobody decided

    async def sweep(self) -> int:
        """Take holds whose time is over out of the queues, and open the decoys among them; how many there were."""
        now_ms = self._parts.ledger.now_ms()
        rows = self._parts.rows().overdue(now_ms=now_ms, limit=_MOST_SWEPT)
        for row in rows:
            await self._expire(row)
        return len(rows)

    async def _expire(self, row: HoldRow) -> None:
        try:
            kept = self._holds.kept(row)
        except HoldError:
            kept = None
        entries = [self._opening(kept)] if kept is not None and kept.wrong else []

        def also(index: int) -> None:
            if not self._parts.rows().turn(row.index, (RowState.OPEN,), RowState.EXPIRED):
                raise HoldError("hold/not-open", state="decided")
            if entries:
                self._parts.rows().open_decoy(row.index, opened=index)

        # Somebody decided it a moment ago, and what that opens is opened.
        with contextlib.suppress(HoldError):
            await self._parts.ledger.append_with(entries, also)
        self._holds.told(row.hold)


def _check_open(standing: Standing, said: Statement) -> None:
    """Check that something may be said of the hold; what was allowed may be denied or taken back until it starts."""
    if standing.row.state in BEGUN:
        raise HoldError("hold/started")
    allowed = _WAITING if said.decision in (DENY, REVOKE) else frozenset({RowState.OPEN})
    if standing.state not in allowed:
        raise HoldError("hold/not-open", state=standing.state.name.lower())
