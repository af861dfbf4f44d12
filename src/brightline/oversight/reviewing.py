"""Reviews of broken glass: which are wanted and by when, and how a signed one is taken.

What is wanted is read from the leaves alone: glass that somebody broke, and that nobody reviewed since, in this shard
or in one before it. So no row hides it, and a fork does not make it undoable: the review is entered in the shard in
use.
INVARIANT: a review counts by the signature of a person who neither asked for the action nor broke the glass.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brightline.domain.leaf import Kind
from brightline.domain.record import Appended
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.review import SignedReview
from brightline.domain.sign_off.statement import ShownLog, SignedStatement
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.holds import Kept
from brightline.oversight.review_request import ReviewRequest, check_reviewer
from brightline.oversight.service import Holds
from brightline.storage import Said

REVIEW_MS = 72 * 3_600_000
# The genesis of a shard that took the place of another one.
_FORK = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Broken glass that nobody reviewed: the hold's id, the entries that broke it, oldest first, and by when."""

    hold: bytes
    broken: tuple[Said, ...]

    @property
    def opened_ms(self) -> int:
        """When it was broken first, UTC milliseconds."""
        return self.broken[0].read.time_ms

    @property
    def due_ms(self) -> int:
        """By when it is to be reviewed, UTC milliseconds."""
        return self.opened_ms + REVIEW_MS


class Reviewing:
    """The reviews of one log and of those before it."""

    def __init__(self, holds: Holds) -> None:
        self._holds = holds
        self._parts = holds.parts

    # What is wanted

    def wanted(self) -> tuple[Wanted, ...]:
        """The reviews that are wanted, the first due first."""
        return tuple(sorted(self._wanted().values(), key=lambda each: each.due_ms))

    def overdue(self, *, now_ms: int) -> int:
        """How many reviews are late at `now_ms` (UTC milliseconds)."""
        return sum(each.due_ms <= now_ms for each in self._wanted().values())

    def _wanted(self) -> Mapping[bytes, Wanted]:
        found: dict[bytes, Wanted] = {}
        for said in self._parts.said().of_kinds(Kind.BREAK_GLASS, Kind.REVIEW):
            leaf = said.read
            if leaf.kind is Kind.REVIEW:
                found.pop(leaf.use_id, None)
            else:
                before = found[leaf.use_id].broken if leaf.use_id in found else ()
                found[leaf.use_id] = Wanted(leaf.use_id, (*before, said))
        return found

    def get(self, hold: bytes) -> Wanted:
        """The review that is wanted of this hold; raises `HoldError` for none."""
        found = self._wanted().get(hold)
        if found is None:
            raise HoldError("hold/no-review")
        return found

    # What there is to judge

    def kept(self, wanted: Wanted) -> Kept:
        """The hold as it was placed, in whichever shard; raises `HoldError` when it is not what its entry says."""
        first = wanted.broken[0]
        kept = self._holds.kept_at(first.shard, first.read.reference)
        if kept.hold != wanted.hold:
            raise HoldError("hold/damaged")
        return kept

    def broken_by(self, wanted: Wanted, kept: Kept) -> tuple[SignedStatement, ...]:
        """What was signed by those who broke the glass; raises `HoldError` for what is damaged."""
        return tuple(self._statement(said, kept) for said in wanted.broken)

    def _statement(self, said: Said, kept: Kept) -> SignedStatement:
        found = self._parts.said().entry(said.shard, said.index)
        if found is None:
            raise HoldError("hold/damaged")
        return self._parts.records.read_statement(kept, *found)

    def request(self, hold: bytes, log: ShownLog) -> ReviewRequest:
        """What a reviewer is shown, under the head `log`; raises `HoldError`."""
        wanted = self.get(hold)
        kept = self.kept(wanted)
        return ReviewRequest(kept.binding, log, self.broken_by(wanted, kept))

    # Taking

    async def take(self, data: bytes, *, person: str | None = None) -> Appended:
        """Take a signed review; `person` is who hands it in, where that is known.

        Raises `HoldError`, `SignOffError` and what the ledger raises.
        """
        signed = SignedReview.parse(data)
        if person is not None and signed.review.person != person:
            raise SignOffError("signoff/other-person")
        kept, reference = self._check(signed)
        entry = self._parts.records.review(kept, signed, self._parts.agreement(), reference=reference)

        def also(_: int) -> None:
            # Once more, with nobody in between: another's review may have come, or glass been broken again.
            self._check(signed)

        return (await self._parts.ledger.append_with([entry], also))[0]

    def _check(self, signed: SignedReview) -> tuple[Kept, int]:
        """The hold that is reviewed, and what its entry refers to."""
        parts, said = self._parts, signed.review
        wanted = self.get(bytes.fromhex(said.hold))
        kept = self.kept(wanted)
        parts.people().verify_review(signed, kept.binding, since_ms=wanted.opened_ms, now_ms=parts.ledger.now_ms())
        check_reviewer(said.person, self.broken_by(wanted, kept))
        here = [each for each in wanted.broken if each.shard == parts.ledger.shard.id]
        self._check_shown(said.log, here)
        return kept, here[0].read.reference if here else _FORK

    def _check_shown(self, shown: ShownLog, here: Iterable[Said]) -> None:
        """Check that the head he was shown is this log's, with all that is reviewed in it."""
        ledger = self._parts.ledger
        last = max((said.index for said in here), default=0)
        if shown.origin != ledger.origin or not last < shown.size <= ledger.size:
            raise HoldError("hold/other-log")
        if ledger.root_at(shown.size) != shown.root:
            raise HoldError("hold/other-log")
