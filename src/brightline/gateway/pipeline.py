"""The way of one use, read as one sentence (DESIGN: a use, step by step).

authenticate → resolve → describe → decide → record intent → call → screen → record outcome

INVARIANT: each step either leaves the run richer or raises; a raise refuses. A call that was read and whose caller is
known leaves one entry when it is refused; nothing else refused is in the ledger.
"""

from collections.abc import Sequence

from brightline.domain.agreement import Deployment
from brightline.domain.call import Call, Claimed, Operation
from brightline.domain.errors import BrightlineError
from brightline.domain.principal import Principal
from brightline.domain.use import Use
from brightline.gateway.answering import Answering
from brightline.gateway.errors import ForbiddenError, UseError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.idempotency import Idempotency
from brightline.gateway.ports import Rooms
from brightline.gateway.refusing import Refusing
from brightline.gateway.run import AUTHENTICATED, DECIDED, DESCRIBED, MISSION, RESOLVED, Run
from brightline.identity import choose_mission
from brightline.use import describe
from brightline.wire import DialectCodec


class Pipeline:
    """Carries uses through the rooms; one instance for the life of the gateway."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._refusing = Refusing(rooms)
        self._idempotency = Idempotency(rooms.replays)

    async def use(self, exchange: Exchange, operation: Operation, codec: DialectCodec) -> None:
        """Answer one exchange in the dialect of `codec`; it ends as an answer, a refusal or a closed connection."""
        rooms = self._rooms
        run = Run(use_id=rooms.random(16), started=rooms.clock(), agreement=rooms.agreement.ref)
        rooms.counters.running += 1
        try:
            await self._govern(run, exchange, operation, codec)
        except ClientGoneError:
            rooms.counters.unparsable += run.call is None
        except BrightlineError as error:
            await self._refusing.refuse(run, exchange, codec, error)
        except Exception as error:  # noqa: BLE001 - the journey's outer edge: it refuses and records
            rooms.log.fault("use-fault", error, decision=run.decision_id)
            await self._refusing.refuse(run, exchange, codec, UseError("gateway/internal"))
        finally:
            rooms.counters.running -= 1
            self._idempotency.end(run.claim)

    async def _govern(self, run: Run, exchange: Exchange, operation: Operation, codec: DialectCodec) -> None:
        principal = self._authenticate(run, exchange)
        call = await self._read(run, exchange, operation, codec)
        mission = self._mission(run, principal, call.claimed)
        deployment = self._resolve(run, call)
        use = self._describe(run, principal, call, mission, deployment)
        self._decide(run, use)
        replay = self._idempotency.begin(run, principal, call, exchange.head)
        if replay is not None:
            self._refusing.replay(run, exchange, codec, replay)
            return
        await self._record_intent(run, codec, call, deployment)
        await Answering(self._rooms, run, exchange, codec).answer(call, deployment)

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

    def _mission(self, run: Run, principal: Principal, claimed: Claimed) -> str:
        run.mission = choose_mission(principal, claimed.mission)
        run.checks |= MISSION
        return run.mission

    def _resolve(self, run: Run, call: Call) -> Deployment:
        resolution = self._rooms.agreement.resolve(call.model, call.dialect)
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

    def _describe(self, run: Run, principal: Principal, call: Call, mission: str, deployment: Deployment) -> Use:
        use = describe(
            call,
            use_id=run.use_id,
            principal=principal,
            mission=mission,
            deployment=deployment,
            effect_of=self._rooms.agreement.effect_of,
        )
        run.checks |= DESCRIBED
        return use

    def _decide(self, run: Run, use: Use) -> None:
        run.decision = self._rooms.agreement.decide(use)
        run.checks |= DECIDED
        if not run.decision.permitted:
            raise ForbiddenError(run.decision)

    async def _record_intent(self, run: Run, codec: DialectCodec, call: Call, deployment: Deployment) -> None:
        run.sent = codec.rewrite_model(call.body, deployment.model)
        run.intent = await self._rooms.ledger.append(self._rooms.recorder.intent(run))
