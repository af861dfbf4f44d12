"""Counts whom an answer names before it leaves: a whole one at once, a streamed one some hundred characters at a time.

What a streamed answer says is held back until it was looked at, with enough after it that no identifier is cut in two.
INVARIANT: nothing leaves that names somebody who is not in the ledger's meter entries.
"""

from collections import deque
from dataclasses import replace

from brightline.domain.decision import Effect
from brightline.domain.errors import BrightlineError
from brightline.domain.metering import Measure, Tally
from brightline.gateway.counting import use_leaf
from brightline.gateway.errors import ForbiddenError, UseError
from brightline.gateway.ports import Rooms
from brightline.gateway.run import Run
from brightline.wire import words_in

# So many characters are looked at together, and so many after them must be there.
LOOK_CHARACTERS = 256
BEHIND_CHARACTERS = 64
# An identifier is no longer: what went before is looked at again so far.
_BEFORE_CHARACTERS = 320


class Watching:
    """One answer of one use."""

    def __init__(self, rooms: Rooms, run: Run) -> None:
        counted = run.counted
        self._rooms = rooms
        self._run = run
        self._held: deque[tuple[bytes, int]] = deque()  # pieces, each with how long the text is after it
        self._text = ""
        self._looked = 0
        rules = () if counted is None else counted.meters.rules
        self._active = any(rule.measure is Measure.DATA_SUBJECTS for rule in rules)

    def whole(self, body: bytes) -> None:
        """Count whom a whole answer names, for the meter entry of its outcome; raises `BrightlineError` if too many."""
        if self._active:
            self._decide(self._rooms.counting.answer(words_in(body)))

    async def take(self, raw: bytes) -> bytes:
        """What may leave now that `raw` came; raises `BrightlineError` where it names too many."""
        if not self._active:
            return raw
        self._text += words_in(raw)
        self._held.append((raw, len(self._text)))
        if len(self._text) - self._looked < LOOK_CHARACTERS:
            return self._leaving(self._looked - BEHIND_CHARACTERS)
        # A word that is not whole yet may be half an identifier.
        cut = max(self._text.rfind(" "), self._text.rfind("\n")) + 1
        await self._look(cut if len(self._text) - cut <= BEHIND_CHARACTERS else len(self._text))
        return self._leaving(self._looked - BEHIND_CHARACTERS)

    async def end(self) -> bytes:
        """What is left once the answer is whole; raises `BrightlineError` where it names too many."""
        if self._held:
            await self._look(len(self._text))
        return self._leaving(len(self._text))

    def _leaving(self, upto: int) -> bytes:
        held, leaving = self._held, list[bytes]()
        while held and held[0][1] <= max(0, upto):
            leaving.append(held.popleft()[0])
        return b"".join(leaving)

    async def _look(self, upto: int) -> None:
        """Count whom the text names before `upto`; what is new is durable when this returns."""
        run, counting = self._run, self._rooms.counting
        start = max(0, self._looked - _BEFORE_CHARACTERS)
        tally = counting.streamed(run.use_id, self._text[:upto], self._text[start:upto])
        self._looked = upto
        if run.counted is None or not self._decide(tally):
            return
        if run.intent is None:
            raise UseError("gateway/internal")
        entry = counting.alone(run.counted, use_leaf(run.use_id, run.agreement), run.intent.index)
        try:
            appended = await self._rooms.ledger.append(entry)
        except BrightlineError:
            counting.refused(run.counted)
            raise
        counting.take(run.counted, appended, after=0)

    def _decide(self, tally: Tally) -> bool:
        """Whether `tally` adds anything; raises `ForbiddenError` where that may not be."""
        run, counting = self._run, self._rooms.counting
        if run.use is None or tally.empty:
            return False
        before = counting.reserve(run.counted)
        readings = counting.reserve(run.counted, tally)
        if readings != before:
            agreement = self._rooms.standing.agreement_at(self._rooms.ledger.now_ms())
            decision = agreement.decide(replace(run.use, readings=readings))
            if decision.effect is not Effect.PERMIT:
                raise ForbiddenError(decision)
        return True
