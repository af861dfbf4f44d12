"""Decoys go among the holds: which of them bring one, from what it is made, and when it comes.

It is made from a tool call that is settled, and comes some time after the call that brings it: of two that are nearly
alike at once, or of two that come together, everybody would know one for a decoy.
INVARIANT: it is made from a call that was bound under the agreement in force, and out to a null audience of that
version. No bundle for such an audience trusts that version, whatever a later one says.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.sign_off.binding import TOOL_CALL, ActionBinding
from brightline.oversight.decoys import Decoy, Identity, Material, is_due, make_decoy
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.holds import Draft, Kept
from brightline.oversight.service import Holds
from brightline.storage import HoldRow, RowState

_WAITING = frozenset({RowState.OPEN, RowState.APPROVED})
_LOOKED_THROUGH = 256
_MOST_SETTLED = 32
_MOST_USED = 1024
# Of the hour and the rest by chance: what is looked up by id lies together, as it was written.
_TIME_BYTES, _CHANCE_BYTES = 6, 10


def new_id(now_ms: int, random: Callable[[int], bytes]) -> bytes:
    """The id of a hold that is placed now (UTC milliseconds); `random` gives n random bytes."""
    return now_ms.to_bytes(_TIME_BYTES, "big") + random(_CHANCE_BYTES)


def no_null_audiences(_: AgreementRef) -> Sequence[str]:
    """None are reserved."""
    return ()


@dataclass(frozen=True, slots=True)
class DecoyPlan:
    """How many of the held tool calls bring a decoy (0 to 1), and the chance that approvers cannot foresee.

    It comes up to `spread_seconds` later. `null_audiences` are those that the given version of the agreement reserves.
    """

    share: float
    chance: random.Random
    spread_seconds: float = 0.0
    null_audiences: Callable[[AgreementRef], Sequence[str]] = no_null_audiences


class Decoys:
    """The decoys among `holds`; `random` gives n random bytes.

    `notify` is told of each, as of any hold, and `failed` of one that could not be placed.
    """

    def __init__(
        self,
        holds: Holds,
        plan: DecoyPlan,
        *,
        random: Callable[[int], bytes],
        notify: Callable[[ActionBinding], None],
        failed: Callable[[BrightlineError], None],
    ) -> None:
        self._holds = holds
        self._plan = plan
        self._random = random
        self._notify = notify
        self._failed = failed
        self._used: deque[bytes] = deque(maxlen=_MOST_USED)
        self._placing: set[asyncio.Task[None]] = set()

    def after(self, binding: ActionBinding) -> None:
        """Something was held: perhaps a decoy comes, some time later, while the caller goes on."""
        if binding.kind != TOOL_CALL or not is_due(self._plan.chance, self._plan.share):
            return
        task = asyncio.get_running_loop().create_task(self._come())
        self._placing.add(task)
        task.add_done_callback(self._placing.discard)

    async def _come(self) -> None:
        await asyncio.sleep(self._plan.chance.random() * self._plan.spread_seconds)
        try:
            await self.place()
        except BrightlineError as error:
            self._failed(error)

    async def place(self) -> bytes | None:
        """Hold something wrong: its id, or none where no settled call is left that can be made wrong."""
        made = self._make(self._settled())
        if made is None:
            return None
        decoy, original = made
        self._used.append(original.hold)
        hold = await self._holds.place(
            Draft(
                binding=decoy.binding,
                use=self._random(16),
                principal="",
                body_sha256=bytes(32),
                content=decoy.content,
                wrong=decoy.wrong,
            )
        )
        # As loud as any other, or it would be known by its silence.
        self._notify(decoy.binding)
        return hold

    def _make(self, settled: list[Kept]) -> tuple[Decoy, Kept] | None:
        ref, chance = self._holds.parts.agreement(), self._plan.chance
        left = [kept for kept in settled if kept.hold not in self._used]
        left = [kept for kept in left if kept.binding.agreement.digest == ref.digest.hex()]
        chance.shuffle(left)
        for original in left:
            material = Material(
                original=original.binding,
                others=[kept.binding for kept in settled if kept is not original],
                content=self._holds.content(original.hold),
                null_audiences=self._plan.null_audiences(ref),
            )
            decoy = make_decoy(material, self._identity(original.binding), chance)
            if decoy is not None:
                return decoy, original
        return None

    def _identity(self, original: ActionBinding) -> Identity:
        now_ms = self._holds.parts.ledger.now_ms()
        return Identity(
            hold=new_id(now_ms, self._random).hex(),
            nonce=self._random(16).hex(),
            not_before_ms=now_ms,
            not_after_ms=now_ms + original.not_after_ms - original.not_before_ms,
        )

    def _settled(self) -> list[Kept]:
        """The newest calls of tools on which nobody votes any more."""
        ledger, found = self._holds.parts.ledger, []
        now_ms = ledger.now_ms()
        for row in self._holds.parts.rows().latest(start=ledger.size, limit=_LOOKED_THROUGH):
            if row.state in _WAITING and row.expires_ms > now_ms:
                continue
            kept = self._readable(row)
            if kept is not None and not kept.wrong and kept.binding.kind == TOOL_CALL:
                found.append(kept)
            if len(found) == _MOST_SETTLED:
                break
        return found

    def _readable(self, row: HoldRow) -> Kept | None:
        """The hold of `row`; none for one that was tampered with."""
        try:
            return self._holds.kept(row)
        except HoldError:
            return None
