"""Decides about the calls of tools that an answer proposes, each by itself, before a byte of any leaves.

What must hold: each is read strictly, described, and decided under the agreement in force; one that is forbidden
refuses the answer; one that is held waits for people; the answer leaves when all are permitted and not before.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from brightline.domain.agreement import AgreementRef
from brightline.domain.decision import Decision, Effect
from brightline.domain.event import ProposedCall
from brightline.domain.sign_off.binding import TOOL_CALL
from brightline.domain.sign_off.canonical import Json, JsonObject, canonical
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.use import ToolEffect, Use
from brightline.gateway.errors import HeldError, UseError
from brightline.gateway.holding import Holding, wait_seconds
from brightline.gateway.ports import HoldState, HoldView, Proposal, Rooms
from brightline.gateway.run import Run
from brightline.gateway.waiting import Waiting
from brightline.screening import ForbiddenToolError, read_arguments
from brightline.use import describe_action
from brightline.wire import DialectCodec


@dataclass(slots=True)
class Act:
    """One proposed call on its way: what it would do, and what was decided under which agreement."""

    call: ProposedCall
    arguments: JsonObject
    effect: ToolEffect
    use: Use
    agreement: AgreementRef
    decision: Decision
    hold: bytes | None = None

    @property
    def key(self) -> tuple[str, str, bytes]:
        """What makes it this act in its answer, beside another."""
        return self.call.tool, self.call.call_id, canonical(self.arguments)

    def to_json(self) -> Json:
        """What the sealed record says of it; the arguments by their digest alone, since the content has them."""
        told: JsonObject = {
            "tool": self.call.tool,
            "call_id": self.call.call_id,
            "arguments_sha256": hashlib.sha256(self.call.arguments).hexdigest(),
            "effect": self.decision.effect.value,
            "reasons": [reason.policy_id or reason.layer.value for reason in self.decision.reasons],
        }
        if self.use.readings:
            told["meter"] = {**self.use.readings}
        return told if self.hold is None else {**told, "hold": self.hold.hex()}


class Acting:
    """The proposed calls of one answer; `holding` is shared by all uses."""

    def __init__(self, rooms: Rooms, holding: Holding, run: Run, codec: DialectCodec) -> None:
        self._rooms = rooms
        self._holding = holding
        self._run = run
        self._codec = codec

    async def clear(
        self,
        calls: tuple[ProposedCall, ...],
        content: Callable[[], bytes],
        waiting: Waiting,
        known: tuple[HoldView, ...] = (),
    ) -> None:
        """Return once each of `calls` is permitted; the holds that let them pass then are `run.acts`.

        `content` gives the answer's bytes, which are kept where something is held; `known` are holds of this answer
        that were placed before. Raises `BrightlineError` when one is forbidden, and `HeldError` when one is not signed.
        """
        acts = [self._decide(call) for call in calls]
        held = [act for act in acts if act.decision.effect is Effect.HOLD]
        left = list(known)
        try:
            for act in acts:
                if act.decision.effect is Effect.FORBID:
                    raise ForbiddenToolError(act.call.tool, act.decision)
            if held:
                await self._lift(held, content, waiting, left)
            for view in left:
                self._refuse_left(view)
        finally:
            self._run.proposed = tuple([act.to_json() for act in acts])

    def _decide(self, call: ProposedCall) -> Act:
        use = self._run.use
        if use is None:
            raise UseError("gateway/internal")
        arguments = read_arguments(call)
        agreement = self._rooms.standing.agreement_at(self._rooms.ledger.now_ms())
        effect = agreement.effect_of(call.tool)
        readings = self._rooms.counting.act(self._run.counted, effect, call)
        act = describe_action(use, effect, readings)
        return Act(call, arguments, effect, act, agreement.ref, agreement.decide(act))

    async def _lift(
        self, held: list[Act], content: Callable[[], bytes], waiting: Waiting, left: list[HoldView]
    ) -> None:
        """Have `held` signed, each under its own hold: the one of `left` that is of it, or a new one."""
        port = self._rooms.holds
        if port is None:
            raise HeldError("policy/held", (), held[0].decision)
        for act in held:
            view = _take(left, act)
            act.hold = view.hold if view else await self._holding.place(self._run, self._proposal(act, content()))
        holds = tuple([act.hold for act in held if act.hold is not None])
        seconds = min([wait_seconds(act.decision) for act in held])
        await waiting.until_approved(port, holds, seconds, held[0].decision)
        for act, hold in zip(held, holds, strict=True):
            act.decision = self._holding.decide_signed(port, hold, self._run, act.use)
            if not act.decision.permitted:
                raise ForbiddenToolError(act.call.tool, act.decision)
        self._run.acts = holds

    def _refuse_left(self, view: HoldView) -> None:
        """An act that needs no signature any more still needs the agreement it was held under, and nobody's denial."""
        self._holding.agreement_of(view)
        if view.state is HoldState.DENIED:
            raise HeldError("hold/denied", (view.hold,))

    def _proposal(self, act: Act, content: bytes) -> Proposal:
        run = self._run
        call, principal, deployment = run.call, run.principal, run.deployment
        if call is None or principal is None or deployment is None:
            raise UseError("gateway/internal")
        return Proposal(
            kind=TOOL_CALL,
            tool=act.call.tool,
            definition=self._definition(call.body, act.call.tool),
            call_id=act.call.call_id,
            arguments=act.arguments,
            use=act.use,
            decision=act.decision,
            principal=principal,
            mission=run.mission,
            agreement=act.agreement,
            deployment=deployment,
            audience=act.effect.audience,
            body_sha256=hashlib.sha256(call.body).digest(),
            content=content,
        )

    def _definition(self, body: bytes, tool: str) -> bytes:
        """The tool's definition as offered, canonical; raises `UseError` where there is not exactly one."""
        found = self._codec.definition(body, tool)
        if found is None:
            raise UseError("hold/cannot-bind", why=f"`{tool}` has no definition of its own, or more than one")
        try:
            return canonical(found)
        except SignOffError as error:
            raise UseError("hold/cannot-bind", why=error.message) from error


def _take(known: list[HoldView], act: Act) -> HoldView | None:
    """The hold of exactly this act, each for one act."""
    for place, view in enumerate(known):
        binding = view.binding
        if (binding.tool, binding.call_id, canonical(binding.arguments)) == act.key:
            return known.pop(place)
    return None
