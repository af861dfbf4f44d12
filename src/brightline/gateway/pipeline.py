"""The way of one use, read as one sentence (DESIGN: a use, step by step).

authenticate → resolve → read meters → describe → decide → (have it signed) → record intent → call → screen →
(have acts signed) → record outcome

Nothing is decided twice, with two exceptions: when another version of the agreement takes effect between a decision and
its entry, the ledger refuses the entry, and the use is decided again under the version that is in force; and what is
held is decided again with the signatures that people gave.

INVARIANT: each step either leaves the run richer or raises; a raise refuses. A call that was read and whose caller is
known leaves one entry when it is refused; nothing else refused is in the ledger.
"""

import contextlib
from collections.abc import Mapping, Sequence

from brightline.domain.agreement import Deployment
from brightline.domain.call import FUNCTION, Call, Claimed, Operation, ToolOffer
from brightline.domain.decision import Decision, Effect
from brightline.domain.errors import BrightlineError
from brightline.domain.principal import Principal
from brightline.domain.use import Use
from brightline.gateway.answering import Answering
from brightline.gateway.counting import counted_in
from brightline.gateway.errors import ForbiddenError, HeldError, ProviderRunsError, UseError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.holding import BEGUN, HEADER, NOTHING, Holding, Named
from brightline.gateway.idempotency import Idempotency
from brightline.gateway.ports import HoldState, Rooms
from brightline.gateway.refusing import Refusing
from brightline.gateway.run import AUTHENTICATED, DECIDED, DESCRIBED, MISSION, RESOLVED, Run
from brightline.gateway.waiting import Waiting
from brightline.identity import choose_mission
from brightline.ledger.errors import AgreementChangedError
from brightline.policy import AgreementPort
from brightline.use import describe, describe_action, reading
from brightline.wire import DialectCodec

# A version takes effect some times a year; a use that meets more changes than this is told to try again.
MOST_CHANGES = 3
# From the ledger's entry to the swap is a turn of the loop; longer means that the version could not be loaded.
CHANGE_SECONDS = 5.0
# Asking an enumeration for its member, or a decision for a property, costs every use what a name does not.
_PERMIT, _FORBID = Effect.PERMIT, Effect.FORBID


class Pipeline:
    """Carries uses through the rooms; one instance for the life of the gateway."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._refusing = Refusing(rooms)
        self._idempotency = Idempotency(rooms.replays)
        self._holding = Holding(rooms)

    async def use(self, exchange: Exchange, operation: Operation, codec: DialectCodec) -> None:
        """Answer one exchange in the dialect of `codec`; it ends as an answer, a refusal or a closed connection."""
        rooms = self._rooms
        run = Run(use_id=rooms.random(16), started=rooms.clock(), agreement=rooms.standing.term.agreement.ref)
        rooms.counters.running += 1
        try:
            await self._try(run, exchange, operation, codec)
        except AgreementChangedError:
            await self._try_again(run, exchange, operation, codec)
        finally:
            rooms.counters.running -= 1
            self._idempotency.end(run.claim)
            rooms.counting.end(run.counted)
            if run.held:
                self._holding.end(run)

    async def _try(self, run: Run, exchange: Exchange, operation: Operation, codec: DialectCodec) -> None:
        """Answer or refuse; raises `AgreementChangedError` when neither was recorded and it must be decided again."""
        rooms = self._rooms
        try:
            await self._govern(run, exchange, operation, codec)
        except ClientGoneError as error:
            rooms.counters.unparsable += run.call is None
            if run.held and run.intent is None:
                await self._refusing.refuse(run, exchange, codec, error)
        except AgreementChangedError:
            raise
        except BrightlineError as error:
            await self._refusing.refuse(run, exchange, codec, error)
        except Exception as error:  # noqa: BLE001 - the journey's outer edge: it refuses and records
            rooms.log.fault("use-fault", error, decision=run.decision_id)
            await self._refusing.refuse(run, exchange, codec, UseError("gateway/internal"))

    async def _try_again(self, run: Run, exchange: Exchange, operation: Operation, codec: DialectCodec) -> None:
        """Decide afresh under the agreement that took effect; the caller notices nothing but the time it took."""
        standing = self._rooms.standing
        try:
            for _ in range(MOST_CHANGES):
                await standing.after(run.agreement.digest, CHANGE_SECONDS)
                self._idempotency.end(run.claim)
                self._rooms.counting.end(run.counted)
                run.begin_again(standing.term.agreement.ref)
                with contextlib.suppress(AgreementChangedError):
                    await self._try(run, exchange, operation, codec)
                    return
            raise AgreementChangedError
        except AgreementChangedError as error:
            self._rooms.log.warning("agreement-behind", decision=run.decision_id)
            self._refusing.tell(run, exchange, codec, error)

    async def _govern(self, run: Run, exchange: Exchange, operation: Operation, codec: DialectCodec) -> None:
        principal = self._authenticate(run, exchange)
        call = run.call or await self._read(run, exchange, operation, codec)
        agreement = self._agreement(run)
        self._mission(run, principal, call.claimed)
        deployment = self._resolve(run, agreement, call)
        readings = self._count(run, agreement, principal, call, deployment)
        use = self._describe(run, agreement, principal, call, deployment, readings)
        decision = self._decide(run, agreement, call, use)
        named = NOTHING
        if run.held or HEADER in run.headers:
            named = self._holding.named(run, exchange.head)
            if named is not NOTHING and await self._given_again(run, exchange, codec, call, named):
                return
        replay = self._idempotency.begin(run, principal, call, exchange.head)
        if replay is not None and decision.permitted:
            self._refusing.replay(run, exchange, codec, replay)
            return
        if decision.effect is not _PERMIT or named is not NOTHING:
            if self._rooms.holds is None or replay is not None:
                raise ForbiddenError(decision)
            waiting = Waiting(self._rooms, run, exchange, codec, pings=call.stream)
            run.decision = await self._holding.lift(run, use, decision, named.call, waiting)
        await self._record_intent(run, codec, call, deployment)
        await Answering(self._rooms, run, exchange, codec, self._holding).answer(call, deployment)

    def _authenticate(self, run: Run, exchange: Exchange) -> Principal:
        if self._rooms.counters.running > self._rooms.limits.uses:
            raise UseError("gateway/too-many-uses")
        principal = self._rooms.door.authenticate(exchange.head.headers, exchange.peer)
        run.principal = principal
        run.checks |= AUTHENTICATED
        return principal

    async def _read(self, run: Run, exchange: Exchange, operation: Operation, codec: DialectCodec) -> Call:
        body = await exchange.body()
        run.headers = exchange.head.mapping()
        run.call = codec.parse_request(operation, body, run.headers, limit=self._rooms.limits.body_bytes)
        return run.call

    def _agreement(self, run: Run) -> AgreementPort:
        """The agreement that this use is decided under, all of it, whatever takes effect meanwhile."""
        standing = self._rooms.standing
        run.agreement = standing.term.agreement.ref
        return standing.agreement_at(self._rooms.ledger.now_ms())

    def _mission(self, run: Run, principal: Principal, claimed: Claimed) -> None:
        run.mission = choose_mission(principal, claimed.mission)
        run.checks |= MISSION

    def _resolve(self, run: Run, agreement: AgreementPort, call: Call) -> Deployment:
        resolution = agreement.resolve(call.model, call.dialect)
        deployment = self._prefer(resolution.deployments)
        run.deployment = deployment
        run.checks |= RESOLVED
        return deployment

    def _prefer(self, deployments: Sequence[Deployment]) -> Deployment:
        """The first deployment in order of preference that can be tried now, else the first."""
        for deployment in deployments:
            if self._rooms.upstream.available(deployment.id):
                return deployment
        return deployments[0]

    def _count(
        self, run: Run, agreement: AgreementPort, principal: Principal, call: Call, deployment: Deployment
    ) -> Mapping[str, int]:
        """Reserve in the meters what the call adds and may cost, and read them."""
        counting = self._rooms.counting
        run.counted = counting.begin(principal, run.mission, agreement, call.claimed.authority)
        return counting.call(run.counted, call, deployment, agreement.effect_of)

    def _describe(
        self,
        run: Run,
        agreement: AgreementPort,
        principal: Principal,
        call: Call,
        deployment: Deployment,
        readings: Mapping[str, int],
    ) -> Use:
        described = run.described = self._rooms.describing.call(agreement, call)
        if described is not None:
            self._rooms.counters.described(described)
            run.reading = reading(described, agreement.bands(principal.app))
        use = describe(
            call,
            use_id=run.use_id,
            principal=principal,
            mission=run.mission,
            deployment=deployment,
            effect_of=agreement.effect_of,
            readings=readings,
            text=run.reading,
        )
        run.use = use
        run.checks |= DESCRIBED
        return use

    def _decide(self, run: Run, agreement: AgreementPort, call: Call, use: Use) -> Decision:
        """Decide about the call; what is held goes on, to be lifted, and everything else but a permit refuses."""
        decision = run.decision = agreement.decide(use)
        run.checks |= DECIDED
        if decision.effect is _FORBID:
            raise ForbiddenError(decision)
        for tool in call.tools:
            if tool.kind != FUNCTION:
                self._decide_elsewhere(tool, agreement, use)
        return decision

    def _decide_elsewhere(self, tool: ToolOffer, agreement: AgreementPort, use: Use) -> None:
        """Refuse a call that lets the provider run a tool whose acts are forbidden or held: nobody could stop one."""
        if tool.runs_at_provider and use.operation is Operation.GENERATE:
            effect = agreement.effect_of(tool.name)
            decision = agreement.decide(describe_action(use, effect, use.readings))
            if not decision.permitted:
                raise ProviderRunsError(tool.name, decision)
            if counted_in(effect, agreement.meters):
                raise UseError("metering/provider-runs", tool=tool.name)

    async def _given_again(self, run: Run, exchange: Exchange, codec: DialectCodec, call: Call, named: Named) -> bool:
        """Whether the request got an answer that its holds kept; raises `HeldError` when there is none to give."""
        port, view = self._rooms.holds, named.call
        if named.acts:
            await Answering(self._rooms, run, exchange, codec, self._holding).resume(call, named.acts)
            return True
        if port is None or view is None or view.state not in BEGUN:
            return False
        self._holding.agreement_of(view)
        if view.state is HoldState.STARTED:
            raise HeldError("hold/unknown", (view.hold,))
        answer = port.answer(view.hold)
        if answer is None:
            raise HeldError("hold/spent", (view.hold,))
        self._refusing.give_again(run, exchange, codec, answer)
        return True

    async def _record_intent(self, run: Run, codec: DialectCodec, call: Call, deployment: Deployment) -> None:
        run.sent = codec.rewrite_model(call.body, deployment.model)
        rooms, counted = self._rooms, run.counted
        entry = rooms.counting.joined(counted, rooms.recorder.intent(run), run.use_id, run.agreement)
        try:
            if run.lifted and rooms.holds is not None:
                run.intent = await rooms.holds.start(run.lifted, entry)
            else:
                run.intent = await rooms.ledger.append(entry)
        except BrightlineError:
            rooms.counting.refused(counted)
            raise
        rooms.counting.take(counted, run.intent)
