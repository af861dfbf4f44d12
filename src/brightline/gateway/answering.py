"""The second half of a use: call the provider, screen what comes back, record the outcome, release the end.

INVARIANT: runs only after the intent is durable, and writes exactly one outcome. Of a whole answer nothing, and of a
streamed one never its end, leaves before that outcome is durable; where it cannot be written the caller gets an error.
INVARIANT: nothing of a proposed tool call leaves before each of the answer's calls is permitted, signed where it is
held, and the holds that let it pass are started in the transaction of the outcome.
"""

import asyncio

from brightline.domain.agreement import Deployment
from brightline.domain.call import Call
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Outcome
from brightline.domain.record import Appended, Entry
from brightline.gateway.acting import Acting
from brightline.gateway.errors import ForbiddenError, HeldError, UseError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.holding import BEGUN, HEADER, Holding
from brightline.gateway.ports import HoldView, Rooms
from brightline.gateway.refusing import STREAM_TYPE, answer_headers, refusal_headers, refusal_of
from brightline.gateway.refusing import Headers as Pairs
from brightline.gateway.run import Run
from brightline.gateway.waiting import Waiting
from brightline.gateway.watching import Watching
from brightline.oversight import carriage
from brightline.providers import AnswerError, AnswerPort, ProvidersError, UpstreamRequest, fault_of
from brightline.screening import ReleaseGate, ScreeningError
from brightline.wire import DialectCodec, HeaderPairs, TruncatedError, words_in

MOST_RELEASE_BYTES = 8192  # proxies cut or refuse longer header fields
_EVENT_STREAM = "text/event-stream"
# As metrics name them; asking a member of an enumeration for its name costs half a microsecond.
_OUTCOMES = {int(outcome): outcome.name.lower() for outcome in Outcome}
# Statuses that speak about our key or our path at the provider: never the caller's business as they are.
_OURS = frozenset({300, 301, 302, 303, 304, 307, 308, 401, 403, 407})


class Answering:
    """One answer on its way back."""

    def __init__(self, rooms: Rooms, run: Run, exchange: Exchange, codec: DialectCodec, holding: Holding) -> None:
        self._rooms = rooms
        self._holding = holding
        self._run = run
        self._exchange = exchange
        self._codec = codec
        self._gate = ReleaseGate(run.call.tools if run.call is not None else ())
        self._watching = None if run.counted is None else Watching(rooms, run)
        self._task = asyncio.current_task()
        self._cancelled = False
        self._refused = False
        self._waiting: Waiting | None = None

    async def answer(self, call: Call, deployment: Deployment) -> None:
        """Bring the answer back, or end it as an error; the outcome is in the ledger either way."""
        try:
            if self._exchange.gone:
                raise ClientGoneError
            self._exchange.on_gone(self._interrupt)
            await self._fetch(call, deployment)
        except (ClientGoneError, asyncio.CancelledError):
            if not (self._cancelled or self._exchange.gone):
                raise
            await self._leave()
        except BrightlineError as error:
            await self._fail(error)
        finally:
            self._exchange.on_gone(None)

    def _interrupt(self) -> None:
        """The caller left: stop what runs for it, so that the provider sees it too."""
        if self._task is not None and not self._cancelled:
            self._cancelled = True
            self._task.cancel()

    async def _leave(self) -> None:
        """The caller is gone: the use is cancelled, unless its outcome was durable before that showed."""
        if self._run.outcome is Outcome.NONE:
            await self._close(Outcome.CANCELLED, "gateway/client-gone")
        else:
            self._ended("permit", self._run.outcome)

    async def _fetch(self, call: Call, deployment: Deployment) -> None:
        request = UpstreamRequest(
            path=self._codec.upstream_path(call),
            body=self._run.sent,
            headers=self._codec.upstream_headers(self._run.headers),
        )
        answer = await self._rooms.upstream.send(deployment.id, request)
        try:
            if answer.status != 200:
                await self._provider_error(answer, deployment)
            elif call.stream and answer.content_type == _EVENT_STREAM:
                await self._stream(answer)
            else:
                await self._whole(answer, call, deployment)
        finally:
            # Whatever ended this, nobody reads on: the provider must not go on writing (a no-op for a whole answer).
            answer.cancel()

    async def resume(self, call: Call, views: tuple[HoldView, ...]) -> None:
        """Release an answer that was held at its tool calls, or give it once more; raises `BrightlineError` if not."""
        port = self._rooms.holds
        if port is None or not views:
            raise UseError("gateway/internal")
        run, body = self._run, port.content(views[0].hold)
        if all(view.state in BEGUN for view in views):
            for view in views:
                self._holding.agreement_of(view)
            await self._deliver(body, views, again=True)
            return
        self._rooms.counting.sent_before(run.counted)
        self._read_kept(call, body)
        acting = Acting(self._rooms, self._holding, run, self._codec)
        await acting.clear(self._gate.proposed, lambda: body, self._waits(pings=is_stream(body)), views)
        self._gate.clear()
        run.intent = await self._rooms.ledger.append(self._rooms.recorder.intent(run))
        run.returned.append(body)
        run.checks |= self._gate.checks
        await self._record(Outcome.COMPLETE, "")
        await self._deliver(body, views, again=False)
        self._ended("permit", Outcome.COMPLETE)

    def _read_kept(self, call: Call, body: bytes) -> None:
        """Let an answer that was kept pass the gate as it did when it came."""
        if is_stream(body):
            decoder = self._codec.decoder()
            events = [*decoder.feed(body), *decoder.close()]
        else:
            events = list(self._codec.read_answer(call.operation, body))
        for event in events:
            self._gate.take(event)

    async def _deliver(self, body: bytes, views: tuple[HoldView, ...], *, again: bool) -> None:
        kind = STREAM_TYPE if is_stream(body) else "application/json"
        headers = [("content-type", kind), *([("brightline-replayed", "true")] if again else [])]
        headers += answer_headers(self._rooms, self._run, self._codec)
        headers += await self._releases(tuple([view.hold for view in views]))
        if self._exchange.answered:
            self._exchange.finish(body)
        else:
            self._exchange.respond(200, headers, body)

    def _waits(self, *, pings: bool) -> Waiting:
        if self._waiting is None:
            self._waiting = Waiting(self._rooms, self._run, self._exchange, self._codec, pings=pings)
        return self._waiting

    async def _clear(self, *, pings: bool) -> None:
        """Have every proposed call decided, and signed where the agreement holds it; raises `BrightlineError`."""
        proposed = self._gate.proposed
        if proposed:
            acting = Acting(self._rooms, self._holding, self._run, self._codec)
            await acting.clear(proposed, self._returned, self._waits(pings=pings))
            self._gate.clear()

    def _returned(self) -> bytes:
        return b"".join(self._run.returned)

    async def _releases(self, holds: tuple[bytes, ...]) -> Pairs:
        """The headers with the ids of `holds`, and with their releases where those fit; else each is fetched by id."""
        port = self._rooms.holds
        if port is None or not holds:
            return []
        named = [(HEADER, ", ".join([hold.hex() for hold in holds]))]
        try:
            releases = [carriage.to_text(await port.release(hold)) for hold in holds]
        except BrightlineError as error:
            self._rooms.log.warning("release-later", code=error.code, decision=self._run.decision_id)
            return named
        value = ", ".join(releases)
        return [*named, (carriage.HEADER.lower(), value)] if len(value) <= MOST_RELEASE_BYTES else named

    async def _whole(self, answer: AnswerPort, call: Call, deployment: Deployment) -> None:
        """A whole answer: read, screened and recorded before its first byte leaves."""
        run, gate = self._run, self._gate
        body = await answer.read(self._rooms.answer_bytes)
        run.returned.append(body)
        for event in self._codec.read_answer(call.operation, body):
            gate.take(event)
        if run.held and self._exchange.answered:  # pinged while it was held, so that its reader waits for a stream
            raise AnswerError("providers/garbage", deployment=deployment.id, why="it is whole where a stream began")
        if self._watching is not None:
            self._watching.whole(body)
        if gate.holding:
            await self._clear(pings=False)
        run.checks |= gate.checks
        await self._record(Outcome.COMPLETE, "")
        headers = self._headers(answer)
        if run.acts:
            headers += await self._releases(run.acts)
        self._exchange.respond(200, headers, body)
        self._ended("permit", Outcome.COMPLETE)

    async def _stream(self, answer: AnswerPort) -> None:
        """A streamed answer: each event leaves once the gate lets it, the end once the outcome is durable."""
        exchange, gate, watching, returned = self._exchange, self._gate, self._watching, self._run.returned
        decoder = self._codec.decoder()
        if not exchange.answered:
            exchange.start(200, self._headers(answer))
        async for chunk in answer.chunks():
            returned.append(chunk)
            released = b"".join([gate.take(event) for event in decoder.feed(chunk)])
            if released and watching is not None:
                released = await watching.take(released)
            if released:
                if exchange.send(released):
                    await exchange.drained()
            elif gate.holding:
                self._waits(pings=True).ping()
        # A stream may end in an event that only its end completes.
        last = b"".join([gate.take(event) for event in decoder.close()])
        if watching is not None:
            last = await watching.take(last) + await watching.end()
        if last:
            await exchange.write(last)
        if gate.holding:
            await self._clear(pings=True)
        self._run.checks |= gate.checks
        await self._record(Outcome.COMPLETE, "")
        exchange.finish(gate.release_terminal())
        self._ended("permit", Outcome.COMPLETE)

    async def _provider_error(self, answer: AnswerPort, deployment: Deployment) -> None:
        """A refusal by the provider: passed on as it is where it is the dialect's own, else worded by us."""
        self._refused = True
        body = await answer.read(self._rooms.answer_bytes)
        self._run.returned.append(body)
        passes = self._codec.is_error(body)
        fault: ProvidersError | None = fault_of(answer.status, deployment=deployment.id)
        if fault is None:  # a success that is not 200 carries nothing a dialect knows
            fault = AnswerError("providers/garbage", deployment=deployment.id, why=f"its status is {answer.status}")
        await self._close(Outcome.PROVIDER_ERROR, fault.code)
        if passes and answer.status not in _OURS and not self._exchange.answered:
            self._exchange.respond(answer.status, self._headers(answer), body)
        else:
            self._word(fault, self._codec.response_headers(dict(answer.headers)))

    async def _fail(self, error: BrightlineError) -> None:
        """Record how the use ended, then tell the caller; where recording fails, tell that instead."""
        try:
            if self._run.outcome is Outcome.NONE:
                await self._close(_outcome_of(error), error.code)
        except BrightlineError as ledger_error:
            error = ledger_error
        self._rooms.log.warning("use-failed", code=error.code, decision=self._run.decision_id)
        self._word(error)

    def _word(self, error: BrightlineError, passed: HeaderPairs = ()) -> None:
        """Tell the caller, whole or as the last event of a stream that then has no end of its own."""
        if self._exchange.gone or self._exchange.finished:
            return
        if self._exchange.answered:
            self._exchange.finish(self._codec.encode_error_event(refusal_of(error, self._run)))
            return
        refusal = refusal_of(error, self._run)
        retry = [(name, value) for name, value in passed if name.startswith("retry-after")]
        headers = [*refusal_headers(refusal, retry), *answer_headers(self._rooms, self._run, self._codec)]
        self._exchange.respond(refusal.status, headers, self._codec.encode_error(refusal))

    async def _close(self, outcome: Outcome, code: str) -> None:
        self._run.checks |= self._gate.checks
        await self._record(outcome, code)
        self._ended("permit", outcome)

    async def _record(self, outcome: Outcome, code: str) -> None:
        """Make the outcome durable; a caller that leaves meanwhile does not undo it."""
        self._cancelled = self._cancelled or self._exchange.gone
        self._exchange.on_gone(None)
        self._run.outcome = outcome
        run, rooms = self._run, self._rooms
        if outcome is not Outcome.COMPLETE:
            rooms.counting.let_go(run.counted)
        self._settle()
        if run.described is not None and run.call is not None and run.returned:
            run.answered = rooms.describing.answer(run.call, words_in(self._returned()))
        entry = rooms.counting.joined(run.counted, rooms.recorder.outcome(run, code=code), run.use_id, run.agreement)
        acts = run.acts if outcome is Outcome.COMPLETE else ()
        try:
            appended = await self._append(entry, acts)
        except BrightlineError:
            rooms.counting.refused(run.counted)
            if run.held:
                # Nothing was recorded: how the use ended is still to be said.
                run.outcome, run.acts = Outcome.NONE, ()
            raise
        rooms.counting.take(run.counted, appended)
        if rooms.holds is not None:
            for hold in (*run.lifted, *acts):
                await rooms.holds.finish(hold, appended.index)

    def _settle(self) -> None:
        """Charge what the call took."""
        run, counted = self._run, self._run.counted
        if counted is not None and run.deployment is not None and run.intent is not None:
            self._rooms.counting.settle(
                counted, self._returned(), run.deployment, intent_ms=run.intent.time_ms, refused=self._refused
            )

    async def _append(self, entry: Entry, acts: tuple[bytes, ...]) -> Appended:
        """Append the outcome; with it begin the holds that let the acts of the answer pass."""
        holds = self._rooms.holds
        return await (holds.start(acts, entry) if acts and holds is not None else self._rooms.ledger.append(entry))

    def _headers(self, answer: AnswerPort) -> list[tuple[str, str]]:
        return [
            *self._codec.response_headers(dict(answer.headers)),
            *answer_headers(self._rooms, self._run, self._codec),
        ]

    def _ended(self, decision: str, outcome: Outcome) -> None:
        seconds = self._rooms.clock() - self._run.started
        self._rooms.counters.ended(decision, _OUTCOMES[outcome], seconds)


def is_stream(body: bytes) -> bool:
    """Whether a kept answer is a stream; a whole one is an object, with which no line of a stream begins."""
    return not body.lstrip().startswith(b"{")


def _outcome_of(error: BrightlineError) -> Outcome:
    if isinstance(error, ScreeningError | HeldError | ForbiddenError) or error.code.startswith("hold/"):
        return Outcome.SCREENED
    if isinstance(error, TruncatedError) or error.code == "providers/cut":
        return Outcome.INCOMPLETE
    return Outcome.PROVIDER_ERROR
