"""Holds in the way of a use: which ones a request names, and how people's signatures lift what the agreement holds.

What must hold: a hold serves the caller and the body it was made for; what people signed is decided again, with their
signatures, under the agreement in force, and is worth nothing under another; one request at a time works on a hold.
"""

import hashlib
import re
from dataclasses import dataclass, replace

from brightline.domain.call import Call
from brightline.domain.decision import Decision, Effect
from brightline.domain.sign_off.binding import MAX_BINDING_BYTES, MODEL_CALL, TOOL_CALL
from brightline.domain.sign_off.canonical import Json, parse
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.use import Use
from brightline.gateway.errors import ForbiddenError, HeldError, UseError
from brightline.gateway.http1 import Head
from brightline.gateway.ports import HoldsPort, HoldState, HoldView, Proposal, Rooms
from brightline.gateway.run import Run
from brightline.gateway.waiting import Waiting
from brightline.policy import AgreementPort

HEADER = "brightline-hold"
MOST_NAMED = 16
# What was begun: its answer is kept, or nobody knows.
BEGUN = frozenset({HoldState.STARTED, HoldState.ENDED})
_IDS = re.compile(rf"[0-9a-f]{{32}}(?:[ \t]*,[ \t]*[0-9a-f]{{32}}){{0,{MOST_NAMED - 1}}}")


@dataclass(frozen=True, slots=True)
class Named:
    """The holds that a request resumes: the one of its call, or those of its answer, never both."""

    call: HoldView | None = None
    acts: tuple[HoldView, ...] = ()


NOTHING = Named()


class Holding:
    """The holds of running uses."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._running: set[bytes] = set()

    def named(self, run: Run, head: Head) -> Named:
        """The holds that the request of `run` names, which then are its own until `end`.

        Raises `BrightlineError` for a header that is none, and for holds of another caller, request or answer.
        """
        port = self._rooms.holds
        ids = run.held or _read(head)
        if port is None or not ids:
            return NOTHING
        views = [self._view(port, run, hold) for hold in dict.fromkeys(ids)]
        acts = [view for view in views if view.kind == TOOL_CALL]
        calls = [view for view in views if view.kind == MODEL_CALL]
        uses = {view.use_id for view in acts} or {view.use_id for view in calls}
        if len(uses) > 1:
            raise HeldError("hold/mismatch", ids)
        found = Named(acts=_acts(port, uses.pop())) if acts else self._of_call(port, calls[0])
        for view in found.acts:
            self._check_term(view)
        held = tuple([view.hold for view in found.acts]) if found.call is None else (found.call.hold,)
        self._claim(run, held)
        return found

    def _of_call(self, port: HoldsPort, view: HoldView) -> Named:
        """The hold of a call, or those of the answer that the call got once it was let pass."""
        if view.begun_by is not None and view.state in BEGUN:
            acts = _acts(port, view.begun_by)
            if acts:
                return Named(acts=acts)
        return Named(call=view)

    def _view(self, port: HoldsPort, run: Run, hold: bytes) -> HoldView:
        view = port.find(hold)
        if view is None:
            raise UseError("hold/not-found", hold=hold.hex())
        mine = run.principal is not None and view.principal == run.principal.name
        same = run.call is not None and view.body_sha256 == hashlib.sha256(run.call.body).digest()
        if not (mine and same):
            raise HeldError("hold/mismatch", (hold,))
        if view.state is HoldState.FORKED:
            raise HeldError("hold/forked", (hold,))
        self._check_term(view)
        return view

    def _check_term(self, view: HoldView) -> None:
        if view.expires_ms <= self._rooms.ledger.now_ms():
            raise HeldError("hold/expired", (view.hold,))

    def _claim(self, run: Run, holds: tuple[bytes, ...]) -> None:
        mine = set(run.held)
        if not self._running.isdisjoint(set(holds) - mine):
            raise HeldError("hold/running", holds)
        self._running.update(holds)
        run.held = tuple(dict.fromkeys((*run.held, *holds)))

    def end(self, run: Run) -> None:
        """The use is over: another request may work on its holds."""
        self._running.difference_update(run.held)

    async def place(self, run: Run, proposal: Proposal) -> bytes:
        """Hold `proposal` for `run`; raises `BrightlineError` when it cannot be held."""
        port = self._port()
        hold = await port.place(proposal)
        self._claim(run, (hold,))
        return hold

    async def lift(self, run: Run, use: Use, decision: Decision, view: HoldView | None, waiting: Waiting) -> Decision:
        """The decision about a call with the signatures it needs: it permits. Raises `BrightlineError` if it does not.

        A call that is permitted without any still uses up a hold that was approved.
        """
        port = self._port()
        if decision.permitted and (view is None or view.state is not HoldState.APPROVED):
            return decision
        hold = view.hold if view is not None else await self.place(run, self._call_proposal(run, use, decision))
        await waiting.until_approved(port, (hold,), wait_seconds(decision), decision)
        lifted = self.decide_signed(port, hold, run, use)
        if not lifted.permitted:
            raise ForbiddenError(lifted)
        run.lifted = (hold,)
        return lifted

    def decide_signed(self, port: HoldsPort, hold: bytes, run: Run, use: Use) -> Decision:
        """The decision about `use` with the signatures of `hold`: permitted or forbidden, under what is in force now.

        The meters are read again, for others went on meanwhile. Raises `HeldError` where the agreement is another than
        the one under which people signed.
        """
        view = port.find(hold)
        if view is None:
            raise HeldError("hold/changed", (hold,))
        if run.counted is not None:
            use = replace(use, readings=self._rooms.counting.reserve(run.counted))
        decision = self.agreement_of(view).decide(use, view.sign_offs, view.break_glass)
        if decision.effect is Effect.HOLD:
            raise HeldError("hold/changed", (hold,), decision)
        return decision

    def agreement_of(self, view: HoldView) -> AgreementPort:
        """The agreement in force; raises `HeldError` when it is not the one that `view` was decided under."""
        rooms = self._rooms
        agreement = rooms.standing.agreement_at(rooms.ledger.now_ms())
        if agreement.ref.digest.hex() != view.binding.agreement.digest:
            raise HeldError("hold/changed", (view.hold,))
        return agreement

    def _port(self) -> HoldsPort:
        if self._rooms.holds is None:
            raise UseError("gateway/internal")
        return self._rooms.holds

    def _call_proposal(self, run: Run, use: Use, decision: Decision) -> Proposal:
        call = run.call
        if call is None or run.principal is None or run.deployment is None:
            raise UseError("gateway/internal")
        body_sha256 = hashlib.sha256(call.body).digest()
        return Proposal(
            kind=MODEL_CALL,
            tool="",
            definition=b"{}",
            call_id="",
            arguments={"dialect": call.dialect.value, "body_sha256": body_sha256.hex(), "request": _body(call)},
            use=use,
            decision=decision,
            principal=run.principal,
            mission=run.mission,
            agreement=run.agreement,
            deployment=run.deployment,
            audience="",
            body_sha256=body_sha256,
            content=call.body,
        )


def wait_seconds(decision: Decision) -> float:
    """How long what `decision` holds may wait: no longer than any of its rules says."""
    return float(min([hold.wait_seconds for hold in decision.holds], default=0))


def _acts(port: HoldsPort, use_id: bytes) -> tuple[HoldView, ...]:
    return tuple([view for view in port.of_use(use_id) if view.kind == TOOL_CALL])


def _read(head: Head) -> tuple[bytes, ...]:
    """The ids that the request's header names; raises `UseError`."""
    if HEADER not in head.mapping():
        return ()
    values = head.all(HEADER)
    if len(values) > 1 or not _IDS.fullmatch(values[0]):
        raise UseError("hold/bad-header", limit=MOST_NAMED)
    return tuple([bytes.fromhex(text.strip()) for text in values[0].split(",")])


def _body(call: Call) -> Json:
    try:
        return parse(call.body, limit=MAX_BINDING_BYTES)
    except SignOffError as error:
        raise UseError("hold/cannot-bind", why=error.message) from error
